"""What a turn did against what its script expects: a list of mismatches, empty when all is as it should be.

Here: what was understood, done, believed and recorded. `list_checks.py` looks at the list, `word_checks.py` at words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.conversations.bench import Beliefs, Mismatch, Names, Observation
from bot.conversations.expectations import Bounds, Expectation, SlotTriple, StateExpectation, TraceExpectation
from bot.conversations.list_checks import counted, of_items, saved
from bot.conversations.predicates import named, resolved
from bot.conversations.word_checks import of_chips, of_reply
from bot.dialogue.events import Event, to_json
from bot.messages import Reply
from bot.understanding.projection import project
from bot.understanding.reading import Reading
from retrieval.catalogue.item import Catalogue

__all__ = ["mismatches", "saved", "slots_of"]

Triple = tuple[str, object, int]
REACTIONS = ("liked", "disliked", "seen", "refused", "accepted")


def mismatches(expect: Expectation, seen: Observation, catalogue: Catalogue, names: Names) -> tuple[Mismatch, ...]:
    """Everything about the turn that is not as expected."""
    return (
        *_understood(expect, seen.reply, names),
        *_acted(expect, seen.reply),
        *of_items(expect.items, seen.reply, catalogue, names),
        *_state(expect.state, seen.state, catalogue, names),
        *_events(expect, seen.recorded, names),
        *of_reply(expect.reply, seen.reply),
        *of_chips(expect.chips, seen.reply),
        *_trace(expect.trace, seen),
    )


def _understood(expect: Expectation, reply: Reply, names: Names) -> Iterator[Mismatch]:
    reading = reply.reading
    if expect.intent and (reading is None or reading.intent not in expect.intent):
        actual = "no message was read" if reading is None else f"{reading.intent.value} (source: {reading.source})"
        yield Mismatch("intent", " or ".join(expect.intent), actual)
    if expect.slots or expect.slots_exact:
        yield from _compare("slots", expect.slots, slots_of(reading), names, exact=expect.slots_exact)


def slots_of(reading: Reading | None) -> list[Triple]:
    """Slot, value and polarity as `chatalogue understand` prints them: what is taken back has polarity 0."""
    rows = project(reading.slots) if reading else []
    values = [tuple(row["value"]) if isinstance(row["value"], list) else row["value"] for row in rows]
    return [(str(row["slot"]), value, int(str(row["polarity"]))) for row, value in zip(rows, values, strict=True)]


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


def _state(expect: StateExpectation, state: Beliefs, catalogue: Catalogue, names: Names) -> Iterator[Mismatch]:
    for reaction in REACTIONS:
        wanted = getattr(expect, reaction)
        ids = {item_id for value in wanted or () for item_id in resolved(value, names)}
        actual = set(getattr(state, reaction))
        if wanted is not None and ids != actual:
            yield Mismatch(f"state: {reaction}", named(sorted(ids), catalogue), named(sorted(actual), catalogue))
    believed = [(c.facet, c.value, c.polarity) for c in state.constraints]
    if expect.constraints or expect.constraints_exact:
        yield from _compare("constraints", expect.constraints, believed, names, exact=expect.constraints_exact)
    if still := [triple for triple in believed if triple[0] in expect.free]:
        yield Mismatch("state: free", ", ".join(expect.free), _written(still))
    yield from _kinds_of_constraints(expect, state)
    needs = [need.text for need in state.needs]
    if missing := [text for text in expect.needs if text.casefold() not in {need.casefold() for need in needs}]:
        yield Mismatch("state: needs", ", ".join(missing), ", ".join(needs) or "none")


def _kinds_of_constraints(expect: StateExpectation, state: Beliefs) -> Iterator[Mismatch]:
    for what, facets, hard in (("hard", expect.hard, True), ("soft", expect.soft, False)):
        there = {c.facet for c in state.constraints if c.hard is hard}
        if not set(facets) <= there:
            yield Mismatch(f"state: {what}", ", ".join(facets), ", ".join(sorted(there)) or "none")


def _events(expect: Expectation, recorded: Sequence[Event], names: Names) -> Iterator[Mismatch]:
    """Wanted events stand in this order, others between them; unwanted ones nowhere."""
    told = [to_json(event) for event in recorded]
    rest = iter(told)
    for pattern in expect.events:
        if not any(_matches(pattern, event, names) for event in rest):
            yield Mismatch("events", f"{_event_text(pattern)}, in the order given", _events_text(told))
            break
    for pattern in expect.no_events:
        if found := [event for event in told if _matches(pattern, event, names)]:
            yield Mismatch("no_events", f"no {_event_text(pattern)}", _events_text(found))


def _matches(pattern: Mapping[str, Any], event: Mapping[str, Any], names: Names) -> bool:
    return all(_same(value, event.get(name), names) for name, value in pattern.items())


def _same(wanted: object, actual: object, names: Names) -> bool:
    if isinstance(wanted, str) and isinstance(actual, str):
        return actual.casefold() in {text.casefold() for text in resolved(wanted, names)}
    if isinstance(wanted, tuple) and isinstance(actual, list | tuple):
        return len(wanted) == len(actual) and all(_same(w, a, names) for w, a in zip(wanted, actual, strict=True))
    return wanted == actual


def _events_text(events: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(map(_event_text, events)) or "none"


def _event_text(event: Mapping[str, Any]) -> str:
    fields = ", ".join(f"{name} {value!r}" for name, value in event.items() if name != "event")
    return f"{event.get('event')} ({fields})" if fields else str(event.get("event"))


def _trace(expect: TraceExpectation, seen: Observation) -> Iterator[Mismatch]:
    for what, bounds in (("requests", expect.requests), ("model_calls", expect.model_calls)):
        number = None if seen.effort is None else getattr(seen.effort, what)
        if number is not None:  # a server does not tell, which whoever runs scripts there is told
            yield from counted(f"trace: {what}", bounds, number, "in this turn")
    reading = seen.reply.reading
    if expect.source is not None and (reading is None or reading.source != expect.source):
        because = "no message was read" if reading is None else f"{reading.source} ({reading.degraded or 'by setting'})"
        yield Mismatch("trace: source", expect.source, because)
    spent = (("understand", expect.ms.understand), ("cards", expect.ms.cards), ("total", expect.ms.total))
    for stage, limit in spent:
        yield from _within_time(stage, limit, seen.reply)


def _within_time(stage: str, limit: Bounds | None, reply: Reply) -> Iterator[Mismatch]:
    if limit is None:
        return
    if stage not in reply.ms:
        yield Mismatch(f"trace: ms.{stage}", "a time", "this turn was not timed")
        return
    yield from counted(f"trace: ms.{stage}", limit, round(reply.ms[stage], 1), "milliseconds")
