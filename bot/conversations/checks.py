"""What a turn did against what its script expects: a list of mismatches, empty when all is as it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.conversations.bench import Beliefs, Bench, Mismatch, Names, Observation
from bot.conversations.predicates import holds, named, resolved, unknown_facets
from bot.conversations.script import (
    Bounds,
    ChipsExpectation,
    Expectation,
    ItemsExpectation,
    ReplyExpectation,
    SlotTriple,
    StateExpectation,
)
from bot.messages import Reply
from retrieval.catalogue.item import Item
from retrieval.catalogue.schema import CatalogueSchema

Triple = tuple[str, object, int]
SEARCH = re.IGNORECASE | re.DOTALL
REACTIONS = ("liked", "disliked", "seen", "refused", "accepted")


def mismatches(expect: Expectation, seen: Observation, bench: Bench, names: Names) -> tuple[Mismatch, ...]:
    """Everything about the turn that is not as expected."""
    return (
        *_understood(expect, seen.reply, names),
        *_acted(expect, seen.reply),
        *_items(expect.items, seen.reply, bench, names),
        *_state(expect.state, seen.state, bench, names),
        *_reply(expect.reply, seen.reply),
        *_chips(expect.chips, seen.reply),
    )


def saved(expect: ItemsExpectation, reply: Reply) -> Names:
    """The names that a turn gives; raises IndexError when the list is too short."""
    ids = tuple(card.id for card in reply.items)
    return {name: ids if place == "all" else (ids[place],) for name, place in expect.save.items()}


def _understood(expect: Expectation, reply: Reply, names: Names) -> Iterator[Mismatch]:
    reading = reply.reading
    if expect.intent and (reading is None or reading.intent not in expect.intent):
        actual = "no message was read" if reading is None else f"{reading.intent.value} (source: {reading.source})"
        yield Mismatch("intent", " or ".join(expect.intent), actual)
    if expect.slots or expect.slots_exact:
        actual_slots = [(s.slot, s.value, s.polarity) for s in reading.slots] if reading else []
        yield from _compare("slots", expect.slots, actual_slots, names, exact=expect.slots_exact)


def _compare(
    what: str, expected: Sequence[SlotTriple], actual: Sequence[Triple], names: Names, *, exact: bool
) -> Iterator[Mismatch]:
    wanted = {
        _comparable((slot, part, polarity))
        for slot, value, polarity in expected
        for part in (resolved(value, names) if isinstance(value, str) else (value,))
    }
    there = {_comparable(triple) for triple in actual}
    if not wanted <= there or (exact and wanted != there):
        yield Mismatch(what + (" (exactly)" if exact else ""), _written(expected), _written(actual))


def _comparable(triple: Triple) -> Triple:
    slot, value, polarity = triple
    if isinstance(value, str):
        return slot, value.casefold(), polarity
    if isinstance(value, tuple):
        return slot, tuple(None if end is None else float(end) for end in value), polarity
    return triple


def _written(triples: Sequence[Triple]) -> str:
    return ", ".join(f"[{slot}, {value}, {polarity}]" for slot, value, polarity in triples) or "none"


def _acted(expect: Expectation, reply: Reply) -> Iterator[Mismatch]:
    if expect.act and reply.act not in expect.act:
        yield Mismatch("act", " or ".join(expect.act), reply.act)
    if expect.asks is None:
        return
    as_expected = (
        (reply.asks is not None) is expect.asks if isinstance(expect.asks, bool) else reply.asks in expect.asks
    )
    if not as_expected:
        yield Mismatch("asks", str(expect.asks), str(reply.asks))


def _items(expect: ItemsExpectation, reply: Reply, bench: Bench, names: Names) -> Iterator[Mismatch]:
    schema = bench.catalogue.schema
    for problem in unknown_facets([*expect.all, *expect.none, *expect.some, *expect.first], schema):
        raise ValueError(problem)
    items = [bench.catalogue.by_id[card.id] for card in reply.items if card.id in bench.catalogue.by_id]
    listed = named([item.id for item in items], bench.catalogue)
    yield from _counted("items: count", expect.count, len(items), listed)
    such = [holds(expect.all, item, schema, names) for item in items]
    if expect.all and not (such and all(such)):
        yield Mismatch("items: all", str(expect.all), listed)
    for name, wanted in expect.none.items():
        if found := [item.id for item in items if holds({name: wanted}, item, schema, names)]:
            yield Mismatch("items: none", f"{name}: {wanted}", named(found, bench.catalogue))
    yield from _some(expect, items, schema, names)


def _some(expect: ItemsExpectation, items: list[Item], schema: CatalogueSchema, names: Names) -> Iterator[Mismatch]:
    titles = ", ".join(item.title for item in items) or "nothing"
    if expect.some and not any(holds(expect.some, item, schema, names) for item in items):
        yield Mismatch("items: some", str(expect.some), titles)
    if expect.first and not any(holds(expect.first, item, schema, names) for item in items[:1]):
        yield Mismatch("items: first", str(expect.first), titles)
    for name, place in expect.save.items():
        if place != "all" and not 0 <= place < len(items):
            yield Mismatch("items: save", f"an item at {place}, to be ${name}", titles)


def _counted(what: str, bounds: Bounds | None, actual: int, detail: str) -> Iterator[Mismatch]:
    if bounds and (actual < bounds.min or (bounds.max is not None and actual > bounds.max)):
        yield Mismatch(what, f"{bounds.min} to {'any' if bounds.max is None else bounds.max}", f"{actual}: {detail}")


def _state(expect: StateExpectation, state: Beliefs, bench: Bench, names: Names) -> Iterator[Mismatch]:
    for reaction in REACTIONS:
        wanted = getattr(expect, reaction)
        if wanted is None:
            continue
        ids = {item_id for value in wanted for item_id in resolved(value, names)}
        actual = set(getattr(state, reaction))
        if ids != actual:
            yield Mismatch(
                f"state: {reaction}", named(sorted(ids), bench.catalogue), named(sorted(actual), bench.catalogue)
            )
    believed = [(c.facet, c.value, c.polarity) for c in state.constraints]
    if expect.constraints or expect.constraints_exact:
        yield from _compare("constraints", expect.constraints, believed, names, exact=expect.constraints_exact)
    if still := [triple for triple in believed if triple[0] in expect.free]:
        yield Mismatch("state: free", ", ".join(expect.free), _written(still))


def _reply(expect: ReplyExpectation, reply: Reply) -> Iterator[Mismatch]:
    words = len(reply.text.split())
    if expect.max_words is not None and words > expect.max_words:
        yield Mismatch("reply: max_words", str(expect.max_words), f"{words}: {reply.text}")
    if expect.matches is not None and not re.search(expect.matches, reply.text, SEARCH):
        yield Mismatch("reply: matches", expect.matches, reply.text)
    if expect.not_matches is not None and re.search(expect.not_matches, reply.text, SEARCH):
        yield Mismatch("reply: not_matches", expect.not_matches, reply.text)


def _chips(expect: ChipsExpectation, reply: Reply) -> Iterator[Mismatch]:
    labels = [chip.label for chip in reply.chips]
    listed = ", ".join(labels) or "none"
    yield from _counted("chips: count", expect.count, len(labels), listed)
    if expect.matches is not None and not any(re.search(expect.matches, label, SEARCH) for label in labels):
        yield Mismatch("chips: matches", expect.matches, listed)
