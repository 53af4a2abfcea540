"""Why an item stands in the list on screen: the ranker's own shares of its score, in words and by size.

Shares are what the ranking added up (linear weights, trees, the dial), not a model of it, so they sum to the score.
They are known of the lists of this process; after a restart only the sentence of the reason is, and `Why` says so.
Knows lists and the names of signals; computes no score.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.messages import ItemCard
from bot.picking import Picked
from bot.response.labels import Labels

LISTS_KEPT = 8  #: lists whose shares are known: a rewind brings one of the latest back


@dataclass(frozen=True, slots=True)
class Explained:
    """What of a list is needed to explain it later: a whole `Picked` holds every candidate, 25 kB a list."""

    ranker: str
    cards: tuple[ItemCard, ...]


Placed = Mapping[tuple[str, ...], Explained]  #: the latest lists by the ids that were shown, the latest last


@dataclass(frozen=True, slots=True)
class Share:
    """What one signal added to a score, at most 1. `known` is False where it knows nothing of the item, which then
    counts as a typical one of its list."""

    signal: str
    label: str
    share: float
    known: bool


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation of one place. `score` in [0, 1] is the sum of `shares` within 1e-6, largest first.

    `facts` are lines about what the signals found. `reason` is the line of the card, and the only thing that is left
    of a list from before a restart: then `ranker` is empty, `score` NaN, and there are no shares and no facts.
    """

    item: str
    title: str
    reason: str
    ranker: str = ""
    score: float = math.nan
    shares: tuple[Share, ...] = ()
    facts: tuple[str, ...] = ()


def with_list(placed: Placed, picked: Picked) -> Placed:
    """`placed` with one more list; the oldest goes."""
    shown = tuple(card.id for card in picked.cards)
    others = [(ids, known) for ids, known in placed.items() if ids != shown]
    return dict([*others, (shown, Explained(picked.ranked.ranker, picked.cards))][-LISTS_KEPT:])


def why_of(item: str, shown: tuple[str, ...], placed: Placed, reason: str, labels: Labels) -> Why | None:
    """Why `item` is in the list `shown`; `reason` is what is on record of it. None: it is not in that list."""
    if item not in shown:
        return None
    kept = placed.get(shown)
    if kept is None:
        return Why(item, labels.title(item), reason.partition("\n")[0])
    card = next(card for card in kept.cards if card.id == item)
    facts = tuple(dict.fromkeys(card.facts.values()))
    return Why(item, card.title, card.why, kept.ranker, card.score, shares_of(card, labels), facts)


def shares_of(card: ItemCard, labels: Labels) -> tuple[Share, ...]:
    """The shares of a card's score, the largest first."""
    by_size = sorted(card.contributions.items(), key=lambda part: (-abs(part[1]), part[0]))
    told = labels.say.signals
    return tuple(Share(name, told.get(name, name), part, name not in card.guessed) for name, part in by_size)


def why_json(why: Why) -> dict[str, Any]:
    """Its fields by name; an unknown score is null."""
    return {**asdict(why), "score": why.score if math.isfinite(why.score) else None}
