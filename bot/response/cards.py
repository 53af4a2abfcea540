"""Items as cards, and beliefs as the lines of "what I understood". Knows the state; decides nothing."""

from __future__ import annotations

from collections.abc import Iterable

from bot.dialogue.constraint import Constraint, grouped, hint_key
from bot.dialogue.events import Hinted
from bot.dialogue.hints import hints_in_force
from bot.dialogue.state import DialogueState
from bot.messages import Belief, ItemCard
from bot.response.labels import Labels, joined
from bot.response.templates import SIGNALS
from ranking.request import RankedItem
from retrieval.catalogue.item import Item

REACTIONS = {
    "like": ("likes {}", 1),
    "reference": ("like {}", 1),
    "dislike": ("not {}", -1),
    "seen": ("seen {}", -1),
    "accept": ("chose {}", 1),
}  #: reaction → its label around a title, and its polarity; a click or a mention is no belief


def card(item: Item, ranked: RankedItem, why: str) -> ItemCard:
    """The card of a ranked item."""
    facets: dict[str, list[str] | float | None] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in item.facets.items()
    }
    return ItemCard(
        item.id,
        item.title,
        ranked.score,
        why,
        facets,
        image=item.image,
        url=item.url,
        text=item.text.partition("\n")[0],
        contributions=ranked.contributions,
    )


def card_again(item: Item, why: str) -> ItemCard:
    """The card of an item that was shown before; `why` as `reason` gave it."""
    return card(item, RankedItem(item.id, float("nan"), {}), why.partition("\n")[0])


def reason(shown: ItemCard, labels: Labels) -> str:
    """Why an item is in the list: its line, then the two signals that contributed most."""
    weights = sorted(shown.contributions.items(), key=lambda kv: (-kv[1], kv[0]))
    most = [SIGNALS.get(name, name) for name, weight in weights if weight > 0][:2]
    return "\n".join(
        [shown.why, *([labels.say("explain_most", 0, first=most[0], second=most[1])] if len(most) > 1 else [])]
    )


def beliefs(state: DialogueState, labels: Labels) -> tuple[Belief, ...]:
    """Everything believed, each with the key that `events_for_removal` takes."""
    lines = [
        Belief(c.key, labels.wish(c.facet, c.value, c.polarity), c.hard, c.polarity)
        for c in state.constraints
        if any(f.name == c.facet for f in labels.schema.facets)
    ]
    lines += [Belief(f"direction:{d.facet}", labels.direction(d), False, 1) for d in state.directions]
    words = [(n.text, need_label(n.text, n.polarity), n.polarity) for n in state.needs]
    words += [(u.text, f"{u.text} (not here)", u.polarity) for u in state.unknown]
    lines += [Belief(f"about:{text.casefold()}", label, False, polarity) for text, label, polarity in words]
    lines += [Belief(hint_key(h.facet, h.value), hint_label(h, labels), False, 1) for h in hints_in_force(state)]
    for reaction in state.reactions:
        if reaction.kind in REACTIONS:
            wording, polarity = REACTIONS[reaction.kind]
            label = wording.format(labels.title(reaction.item))
            lines.append(Belief(f"item:{reaction.item}", label, polarity < 0, polarity))
    return tuple(dict.fromkeys(lines))


def wished(constraints: Iterable[Constraint], labels: Labels) -> list[str]:
    """ "comedy", "red or blue", "no Robert De Niro": alternatives as one."""
    return [" or ".join(labels.wish(c.facet, c.value, c.polarity) for c in group) for group in grouped(constraints)]


def need_label(text: str, polarity: int) -> str:
    """A need in the visitor's words; an avoided one with "no"."""
    return text if polarity > 0 else f"no {text}"


def hint_label(hint: Hinted, labels: Labels) -> str:
    """ "thriller, as on this page", "like Heat, as on this page"."""
    value = f"like {labels.title(str(hint.value))}" if hint.facet is None else labels.value(hint.facet, hint.value)
    return labels.say(f"hint_{hint.source}", 0, value=value)


def understood(state: DialogueState, labels: Labels) -> tuple[str, str]:
    """What this list goes by, in words: ("like Heat and Casino", "comedy, funnier, no Robert De Niro")."""
    examples = state.reacted("reference", "like")[-2:]
    like = f"like {joined([labels.title(i) for i in examples])}" if examples else ""
    parts = wished([c for c in state.constraints if c.polarity > 0], labels)
    parts += [labels.direction(d) for d in state.directions]
    parts += [n.text for n in state.needs if n.polarity > 0]
    parts += [hint_label(h, labels) for h in hints_in_force(state) if h.facet is None or labels.knows(h.facet)]
    parts += [labels.wish(c.facet, c.value, c.polarity) for c in state.constraints if c.polarity < 0]
    parts += [need_label(n.text, n.polarity) for n in state.needs if n.polarity < 0]
    return like, ", ".join(dict.fromkeys(parts))
