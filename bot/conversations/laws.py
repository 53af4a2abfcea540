"""What must hold after every turn of every conversation, asked for or not.

Each law is a generator of mismatches. Knows no script. Latency budgets will join them here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.conversations.bench import Belief, Bench, Mismatch, Observation
from bot.conversations.predicates import carries, named
from retrieval.catalogue.item import Item

Law = Callable[[Observation, Bench], Iterator[Mismatch]]


def _channel_is_in_order(seen: Observation, _: Bench) -> Iterator[Mismatch]:
    kinds = [event.kind for event in seen.crossed]
    if "items" in kinds and "delta" in kinds and kinds.index("items") > kinds.index("delta"):
        yield Mismatch("events of the turn", "cards before words", " ".join(kinds))
    if kinds.count("done") != 1 or kinds[-1] != "done":
        yield Mismatch("events of the turn", "one done, as the last", " ".join(kinds))


def _cards_tell_the_truth(seen: Observation, bench: Bench) -> Iterator[Mismatch]:
    ids = [card.id for card in seen.reply.items]
    if len(ids) != len(set(ids)):
        yield Mismatch("items", "no item twice", ", ".join(ids))
    for card in seen.reply.items:
        item = bench.catalogue.by_id.get(card.id)
        if item is None:
            yield Mismatch("items", "items of the catalogue", card.id)
            continue
        if card.title != item.title:
            yield Mismatch(f"title on the card of {card.id}", item.title, card.title)
        for facet, value in card.facets.items():
            shown = tuple(value) if isinstance(value, list) else value
            if shown not in (item.facets.get(facet), item.facets.get(facet) or None):
                yield Mismatch(f"{facet} on the card of {card.id}", repr(item.facets.get(facet)), repr(value))


def _hard_constraints_hold(seen: Observation, bench: Bench) -> Iterator[Mismatch]:
    """Nothing avoided, and of the values wanted of one facet at least one."""
    if not seen.recommends:
        return
    hard = [belief for belief in seen.state.constraints if belief.hard]
    items = [bench.catalogue.by_id[card.id] for card in seen.reply.items if card.id in bench.catalogue.by_id]
    for item in items:
        for broken in _broken(item, hard):
            yield Mismatch(f"hard constraint on {broken.facet}", f"{broken.polarity:+d} {broken.value}", _facts(item))


def _broken(item: Item, hard: list[Belief]) -> Iterator[Belief]:
    yield from (belief for belief in hard if belief.polarity < 0 and carries(item, belief.facet, belief.value))
    wanted = [belief for belief in hard if belief.polarity > 0]
    for facet in dict.fromkeys(belief.facet for belief in wanted):
        options = [belief for belief in wanted if belief.facet == facet]
        if not any(carries(item, facet, belief.value) for belief in options):
            yield options[0]


def _facts(item: Item) -> str:
    return f"{item.title}: " + ", ".join(f"{name} {value}" for name, value in item.facets.items())


def _nothing_refused_returns(seen: Observation, bench: Bench) -> Iterator[Mismatch]:
    gone = {*seen.state.refused, *seen.state.disliked, *seen.state.seen}
    returned = [card.id for card in seen.reply.items if card.id in gone]
    if seen.recommends and returned:
        yield Mismatch("items", "nothing refused, disliked or seen", named(returned, bench.catalogue))


def _something_is_said(seen: Observation, _: Bench) -> Iterator[Mismatch]:
    if not seen.reply.text.strip():
        yield Mismatch("reply", "words that are grounded, or the template in their place", "an empty text")


def _state_is_the_replay(seen: Observation, bench: Bench) -> Iterator[Mismatch]:
    replayed = bench.replay(seen.events)
    if replayed != seen.state:
        yield Mismatch("state", f"the replay of its events: {replayed!r}", repr(seen.state))


LAWS: tuple[Law, ...] = (
    _channel_is_in_order,
    _cards_tell_the_truth,
    _hard_constraints_hold,
    _nothing_refused_returns,
    _something_is_said,
    _state_is_the_replay,
)


def broken_laws(seen: Observation, bench: Bench) -> tuple[Mismatch, ...]:
    """Every law that the turn breaks."""
    return tuple(mismatch for law in LAWS for mismatch in law(seen, bench))
