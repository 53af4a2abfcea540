"""Items as cards, and beliefs as the lines of "what I understood". Knows the state; decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.dialogue.constraint import DIAL, REFUSED, Constraint, grouped, hint_key
from bot.dialogue.events import Hinted
from bot.dialogue.hints import hints_in_force
from bot.dialogue.state import DialogueState
from bot.messages import Belief, ItemCard
from bot.response.labels import Labels
from ranking.dial import NEUTRAL
from ranking.request import RankedItem
from retrieval.catalogue.item import Item

MOST_REFUSED = 2  #: refused items that are lines of their own; more are one
REACTIONS = {
    "like": 1,
    "reference": 1,
    "dislike": -1,
    "seen": -1,
    "accept": 1,
}  #: reaction → its polarity; a click or a mention is no belief


def card(item: Item, ranked: RankedItem, why: str, facts: Mapping[str, str] | None = None) -> ItemCard:
    """The card of a ranked item; `facts` are the lines behind its signals."""
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
        guessed=ranked.guessed,
        facts=facts or {},
    )


def card_again(item: Item, why: str) -> ItemCard:
    """The card of an item that was shown before; `why` as `reason` gave it."""
    return card(item, RankedItem(item.id, float("nan"), {}), why.partition("\n")[0])


def reason(shown: ItemCard, labels: Labels) -> str:
    """Why an item is in the list: its line, then the two signals that contributed most."""
    weights = sorted(shown.contributions.items(), key=lambda kv: (-kv[1], kv[0]))
    known = [name for name, weight in weights if weight > 0 and name not in shown.guessed]
    most = [labels.say.signals.get(name, name) for name in known][:2]
    return "\n".join(
        [shown.why, *([labels.say("explain_most", 0, first=most[0], second=most[1])] if len(most) > 1 else [])]
    )


def beliefs(state: DialogueState, labels: Labels) -> tuple[Belief, ...]:
    """Everything believed, what is wanted first, each with the key that `events_for_removal` takes."""
    lines = [
        Belief(c.key, labels.wish(c.facet, c.value, c.polarity, hard=c.hard), c.hard, c.polarity)
        for c in state.constraints
        if any(f.name == c.facet for f in labels.schema.facets)
    ]
    lines += [Belief(f"direction:{d.facet}", labels.direction(d), False, 1) for d in state.directions]
    words = [(n.text, labels.need(n.text, n.polarity), n.polarity) for n in state.needs]
    words += [(u.text, labels.say.word("not_here", text=u.text), u.polarity) for u in state.unknown]
    lines += [Belief(f"about:{text.casefold()}", label, False, polarity) for text, label, polarity in words]
    if leans(state):
        lines.append(Belief(DIAL, labels.dial(state.novelty), False, 1))
    lines += [Belief(hint_key(h.facet, h.value), hint_label(h, labels), False, 1) for h in hints_in_force(state)]
    refused = state.disliked if len(state.disliked) > MOST_REFUSED else ()
    if refused:
        label = labels.say.word("dislike_several", count=labels.count(len(refused)), nouns=labels.noun(len(refused)))
        lines.append(Belief(REFUSED, label, True, -1))
    for reaction in state.reactions:
        if reaction.kind in REACTIONS and not (reaction.kind == "dislike" and refused):
            polarity = REACTIONS[reaction.kind]
            label = labels.say.word(reaction.kind, title=labels.title(reaction.item))
            lines.append(Belief(f"item:{reaction.item}", label, polarity < 0, polarity))
    return tuple(dict.fromkeys(sorted(lines, key=lambda line: line.polarity < 0)))


def leans(state: DialogueState) -> bool:
    """Whether the visitor set the dial to one side."""
    return state.novelty not in (None, NEUTRAL)


def wished(constraints: Iterable[Constraint], labels: Labels) -> list[str]:
    """ "comedy", "red or blue", "no Robert De Niro": alternatives as one."""
    either = labels.say.word("or")
    return [
        either.join(labels.wish(c.facet, c.value, c.polarity, hard=c.hard) for c in group)
        for group in grouped(constraints)
    ]


def hint_label(hint: Hinted, labels: Labels) -> str:
    """ "thriller, as on this page", "like Heat, as on this page"."""
    titled = hint.facet is None
    title = labels.say.word("reference", title=labels.title(str(hint.value))) if titled else ""
    value = title or labels.value(str(hint.facet), hint.value)
    return labels.say(f"hint_{hint.source}", 0, value=value)


def understood(state: DialogueState, labels: Labels) -> tuple[str, str]:
    """What this list goes by, in words: (" like Heat and Casino", "comedy, funnier, no Robert De Niro")."""
    examples = state.reacted("reference", "like")[-2:]
    like = labels.say.word("like_clause", titles=labels.titles(examples)) if examples else ""
    parts = wished([c for c in state.constraints if c.polarity > 0], labels)
    parts += [labels.direction(d) for d in state.directions]
    parts += [labels.need(n.text, 1) for n in state.needs if n.polarity > 0]
    parts += [labels.dial(state.novelty)] if leans(state) else []
    parts += [hint_label(h, labels) for h in hints_in_force(state) if h.facet is None or labels.knows(h.facet)]
    parts += [labels.wish(c.facet, c.value, c.polarity, hard=c.hard) for c in state.constraints if c.polarity < 0]
    parts += [labels.need(n.text, n.polarity) for n in state.needs if n.polarity < 0]
    return like, labels.say.word("comma").join(dict.fromkeys(parts))
