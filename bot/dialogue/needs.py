"""What the state asks of retrieval and ranking: filter, exclusions, text, wishes, directions, session.

Knows what is believed and how retrieval and ranking want it said; computes no similarity and no score.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from bot.dialogue import events as e
from bot.dialogue.constraint import Constraint, constraint_key
from bot.dialogue.hints import hinted_items, hints_in_force
from bot.dialogue.state import DialogueState
from ranking.request import Direction, FacetWish, Session
from retrieval.catalogue.item import Catalogue
from retrieval.filters import All, AnyOf, Filter, Has, Not, Range

SOFT = 0.5  #: weight of a stated taste, where a value asked for in this list has 1
_TONED_DOWN = re.compile(r"(?:less|(?:not|nothing) (?:too|so|very|that|overly))\s+(?P<what>\S.*)")
HINTED = 0.3  #: weight of what only the page or the channel suggests


def hard_filter(state: DialogueState, catalogue: Catalogue | None = None) -> Filter | None:
    """What every item of the list must satisfy; None when everything may be shown.

    Several wanted values of one facet must hold together, unless no item of the `catalogue` carries them all: then any
    of them will do (two makers that never met), as where they were wished as alternatives ("red or blue"). Several
    wanted ranges of one number are alternatives. Without a catalogue only what was wished so is. An avoided value of
    a facet of variants leaves out only what comes in nothing else ("not black" of what comes in black and navy).
    """
    wanted: dict[str, list[Filter]] = defaultdict(list)
    either: dict[str, list[Filter]] = defaultdict(list)
    avoided: dict[str, list[Filter]] = defaultdict(list)
    numbers = {c.facet for c in state.constraints if not isinstance(c.value, str)}
    for constraint in state.constraints:
        if constraint.is_alternative:
            either[constraint.facet].append(_filter(constraint))
        elif constraint.hard and constraint.polarity > 0:
            wanted[constraint.facet].append(_filter(constraint))
        elif constraint.hard:
            avoided[constraint.facet].append(_filter(constraint))
    parts: list[Filter] = []
    for facet, filters in wanted.items():
        alternatives = len(filters) > 1 and (facet in numbers or _never_together(facet, state, catalogue))
        parts += [AnyOf(tuple(filters))] if alternatives else filters
    parts += [AnyOf(tuple(filters)) if len(filters) > 1 else filters[0] for filters in either.values()]
    for facet, filters in avoided.items():
        parts += _without(facet, filters, catalogue)
    parts += _beyond(state)
    return None if not parts else parts[0] if len(parts) == 1 else All(tuple(parts))


def _without(facet: str, refused: list[Filter], catalogue: Catalogue | None) -> list[Filter]:
    """What is left of a facet without the values `refused`: none of them or, of variants, any other one too."""
    declared = next((f for f in catalogue.schema.facets if f.name == facet), None) if catalogue else None
    if catalogue is None or declared is None or not declared.variants:
        return [Not(part) for part in refused]
    gone = {part.value.casefold() for part in refused if isinstance(part, Has)}
    others = (Has(facet, v) for v in catalogue.value_counts[facet] if v.casefold() not in gone)
    return [AnyOf((Not(AnyOf(tuple(refused)) if len(refused) > 1 else refused[0]), *others))]


def _never_together(facet: str, state: DialogueState, catalogue: Catalogue | None) -> bool:
    if catalogue is None:
        return False
    mine = (c for c in state.constraints if c.facet == facet and c.hard and c.polarity > 0 and not c.either)
    values = {c.value.casefold() for c in mine if isinstance(c.value, str)}
    return not any(values <= {v.casefold() for v in item.values(facet)} for item in catalogue.items)


def _filter(constraint: Constraint) -> Filter:
    if isinstance(constraint.value, str):
        return Has(constraint.facet, constraint.value)
    low, high = constraint.value
    return Range(constraint.facet, low, high)


def _beyond(state: DialogueState) -> list[Filter]:
    """Relative wishes that name a bound: "cheaper" than what is shown is below the cheapest of it. Unknown passes."""
    bound = [d for d in state.directions if d.than is not None]
    return [Not(Range(d.facet, None, d.than)) if d.more else Not(Range(d.facet, d.than, None)) for d in bound]


def excluded(state: DialogueState, fresh: bool = False) -> frozenset[str]:
    """Items that the list must not hold: refused, accepted, named, liked, on the page; when `fresh`, all shown."""
    known = (*state.reacted("dislike", "seen", "accept", "like", "reference", "mention"), *hinted_items(state))
    return frozenset(known) | frozenset(state.shown_ever if fresh else ())


def passed_over(state: DialogueState) -> frozenset[str]:
    """Items shown before that drew no reaction: the list holds them only where too little else matches.

    A tap works through the list at hand, which may stay; a step that takes something back brings back what was shown,
    and so does the dial, which may be turned back.
    """
    restoring = (e.ConstraintRemoved, e.NeedRemoved, e.ReactionRemoved, e.Tuned)
    if state.undone or any(isinstance(x, restoring) for x in state.step):
        return frozenset()
    return frozenset(state.shown_ever) - frozenset(() if state.said else state.shown_now)


def toned_down(text: str) -> str:
    """What is to be less of: "violent" of "less violent" and of "not too violent"; empty where nothing is."""
    found = _TONED_DOWN.match(text.strip().casefold())
    return found["what"] if found else ""


def avoided_words(state: DialogueState) -> tuple[str, ...]:
    """What the list should be less of, in words that items can be compared with; a wish in words says the opposite.

    What is refused ("not gory") is among it: leaving out what says the word misses whatever does not say it.
    """
    less = (toned_down(n.text) if n.polarity > 0 else toned_down(n.text) or n.text for n in state.needs)
    return tuple(filter(None, less))


def spoken_needs(state: DialogueState) -> str:
    """What is wanted in the visitor's own words: needs, and names the catalogue does not carry. Empty when none."""
    unknown = [u.text for u in state.unknown if u.polarity > 0]
    needs = [n.text for n in state.needs if n.polarity > 0 and not toned_down(n.text)]
    return ", ".join(dict.fromkeys((*needs, *unknown)))


def query_text(state: DialogueState) -> str:
    """What retrieval looks for in words: the spoken needs; soft tastes when there is neither need nor example.

    A taste is a value of a facet, which ranking matches exactly; as words beside an example it would drown the example.
    """
    tastes = [c.value for c in state.constraints if isinstance(c.value, str) and c.polarity > 0 and not c.hard]
    tastes += [h.value for h in hints_in_force(state) if h.facet is not None and isinstance(h.value, str)]
    examples = state.reacted("like", "reference", "accept") or hinted_items(state)
    return spoken_needs(state) or ("" if examples else ", ".join(dict.fromkeys(tastes)))


def wishes(state: DialogueState, tastes: Iterable[FacetWish] = ()) -> tuple[FacetWish, ...]:
    """Every constraint as ranking weighs it, hard ones too: among alternatives, more of them is better; then hints.

    `tastes` known from before stand last, without those on a facet that this conversation speaks of; what was disliked
    still counts beside another value of the facet ("sci-fi" of somebody who dislikes horror).
    """
    now = tuple(FacetWish(c.facet, c.value, c.polarity * (1.0 if c.hard else SOFT)) for c in state.constraints)
    hints = tuple(FacetWish(h.facet, h.value, HINTED) for h in hints_in_force(state) if h.facet is not None)
    spoken_of = {c.facet for c in state.constraints} | {d.facet for d in state.directions}
    wanted = {c.key for c in state.constraints}

    def counts(taste: FacetWish) -> bool:
        disliked = taste.weight < 0 and isinstance(taste.value, str)
        return taste.facet not in spoken_of or (disliked and constraint_key(taste.facet, taste.value) not in wanted)

    return (*now, *hints, *filter(counts, tastes))


def directions(state: DialogueState) -> tuple[Direction, ...]:
    """The relative wishes."""
    return tuple(Direction(d.facet, d.more, d.than) for d in state.directions)


def session(state: DialogueState, user: str | None = None) -> Session:
    """What the visitor did here. An example ("something like Heat") and an acceptance count as likes, and where there
    is none, the item that the page shows."""
    liked = state.reacted("like", "reference", "accept") or hinted_items(state)
    return Session(user=user, liked=liked, disliked=state.disliked, seen=state.seen)
