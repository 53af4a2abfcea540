"""Who reads a message: the model, the rules for words of our own, and theirs where the model finds nothing."""

from __future__ import annotations

import pytest

from bot.dialogue.coldstart import best_question
from bot.dialogue.events import DirectionSet
from bot.response.labels import Labels
from bot.response.templates import CHIPS
from bot.understanding.model_reader import ReaderFailed
from bot.understanding.reader import Reader
from bot.understanding.reading import Intent, MessageInContext, Op, Reading, Request, ShownItem
from bot.understanding.rules import RuleReading
from bot.understanding.target import RawSlot
from bot.wiring import wire_reader
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind


class Model:
    """A model that reads everything as it is told to, and counts."""

    def __init__(self, intent: Intent, *slots: RawSlot, fails: bool = False) -> None:
        self.answer, self.fails, self.calls = RuleReading(intent, slots), fails, 0

    def read_raw(self, message: MessageInContext, cancelled: object = None, /) -> RuleReading:
        self.calls += 1
        if self.fails:
            raise ReaderFailed("no")
        return self.answer


def told(reading: Reading) -> tuple[str, bool, str | None]:
    return reading.source, reading.filled, reading.degraded


def test_words_of_ours_are_read_by_the_rules_without_a_call(films: Catalogue) -> None:
    model = Model(Intent.OTHER)
    reading = wire_reader(films, model).read(MessageInContext("never mind Danish"), ours=True)
    assert (model.calls, told(reading)) == (0, ("rules", False, None))
    assert [(s.value, s.op) for s in reading.slots] == [("Danish", Op.REMOVE)]


def test_words_of_ours_that_the_rules_cannot_place_are_the_models(films: Catalogue) -> None:
    model = Model(Intent.RECOMMEND, RawSlot("genre", "horror", 1))
    reading = wire_reader(films, model).read(MessageInContext("qwrt"), ours=True)
    assert (model.calls, told(reading)) == (1, ("model", False, None))


def test_a_failed_model_is_still_told(films: Catalogue) -> None:
    reading = wire_reader(films, Model(Intent.OTHER, fails=True)).read(MessageInContext("a comedy"))
    assert told(reading) == ("rules", False, "no")


@pytest.mark.parametrize(
    ("intent", "text", "expected", "filled"),
    [
        (Intent.RECOMMEND, "cheaper", Intent.RECOMMEND, True),
        (Intent.FEEDBACK, "and no Veja", Intent.FEEDBACK, True),
        (Intent.FEEDBACK, "hmm, nice", Intent.FEEDBACK, False),
        (Intent.ASK, "is it red?", Intent.ASK, False),
        (Intent.GREET, "hello, red", Intent.GREET, False),
        (Intent.OTHER, "never mind Veja", Intent.RECOMMEND, True),
        (Intent.OTHER, "write me a poem about red coats", Intent.OTHER, False),
    ],
)
def test_slots_the_model_missed_are_the_rules(
    shop: Catalogue, intent: Intent, text: str, expected: Intent, filled: bool
) -> None:
    reading = wire_reader(shop, Model(intent)).read(MessageInContext(text))
    assert (reading.intent, bool(reading.slots)) == (expected, filled)
    assert told(reading) == ("model", filled, None)


def test_slots_the_model_wrote_are_its_own(shop: Catalogue) -> None:
    model = Model(Intent.RECOMMEND, RawSlot("color", "red", 1))
    reading = wire_reader(shop, model).read(MessageInContext("a red coat under 100 dollars"))
    assert [s.slot for s in reading.slots] == ["color", "category"]  # values named outright count, numbers do not
    assert not reading.filled


# -- everything that a chip can send ---------------------------------------------------------------------------------


@pytest.fixture(params=["films", "shop"])
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    found: Catalogue = request.getfixturevalue(request.param)
    return found


def tapped(reader: Reader, text: str, *shown: ShownItem) -> Reading:
    return reader.read(MessageInContext(text, ("Here are five.",), shown), ours=True)


def test_values_and_what_lifts_them(catalogue: Catalogue) -> None:
    labels, reader = Labels(catalogue), wire_reader(catalogue, None)
    wrong = []
    for facet in catalogue.schema.facets:
        values = list(catalogue.value_counts.get(facet.name, ())) if facet.kind is not FacetKind.NUMBER else []
        for value in values if facet.kind is FacetKind.CATEGORY else values[:60]:
            lift = [f"never mind {labels.bare(labels.wish(facet.name, value, p))}" for p in (1, -1)]
            taken = [(t, 0, Op.REMOVE) for t in lift]
            wished = [(labels.value(facet.name, value), 1, Op.ADD)] if facet.kind is FacetKind.CATEGORY else []
            for text, polarity, op in (*wished, *taken):
                reading = reader.read(MessageInContext(text, ("Here are five.",)), ours=True)
                got = [(s.slot, s.value, s.polarity, s.op) for s in reading.slots]
                if got != [(facet.name, value, polarity, op)] or reading.intent is not Intent.RECOMMEND:
                    wrong.append((text, reading.intent, got))
    assert wrong == []


def test_options_critiques_and_bounds(catalogue: Catalogue) -> None:
    labels, ids, reader = Labels(catalogue), [i.id for i in catalogue.items], wire_reader(catalogue, None)
    for facet in (f for f in catalogue.schema.facets if f.kind is FacetKind.NUMBER):
        for more in (True, False):
            reading = tapped(reader, labels.relative(facet.name, more))
            (slot,) = reading.slots
            assert slot.relative is not None
            assert (slot.relative.facet, slot.relative.direction) == (facet.name, "more" if more else "less")
            than = catalogue.items[0].number(facet.name)
            lifted = tapped(reader, f"never mind {labels.direction(DirectionSet(facet.name, more, than))}").slots
            assert (facet.name, Op.REMOVE) in [(s.slot, s.op) for s in lifted]
            assert all(s.polarity == 0 for s in lifted)
        low, high = min(known := [n for i in catalogue.items[:9] if (n := i.number(facet.name))]), max(known)
        for value in ((None, high), (low, None), (low, high)):
            lifted = tapped(reader, f"never mind {labels.bare(labels.wish(facet.name, value, -1))}").slots
            assert [(s.slot, s.op) for s in lifted] == [(facet.name, Op.REMOVE)]
        question = best_question(catalogue, ids, [f.name for f in catalogue.schema.facets if f != facet])
        for option in question.options if question else ():
            assert [(s.slot, s.polarity) for s in tapped(reader, option).slots] == [(facet.name, 1)]


def test_titles(catalogue: Catalogue) -> None:
    reader, wrong = wire_reader(catalogue, None), []
    odd = [i for i in catalogue.items if i.title.split()[0] in {"My", "A", "An", "You", "What", "Better", "Me", "Some"}]
    for item in (*catalogue.items[:100], *odd):
        shown = (ShownItem(item.id, item.title),)
        reading = reader.read(MessageInContext(f"tell me about {item.title}", ("Which?",), shown), ours=True)
        got = reading.intent, reading.request, [s.item_id for s in reading.slots]
        if got != (Intent.ASK, Request.DESCRIBE, [item.id]):
            wrong.append((item.title, got))
    assert wrong == []


def test_fixed_chips(catalogue: Catalogue) -> None:
    reader = wire_reader(catalogue, None)
    got = {key: tapped(reader, text) for key, (_, text) in CHIPS.items()}
    requests = {key: r.request for key, r in got.items() if r.request}
    assert requests == {
        "undo": Request.UNDO,
        "why": Request.WHY,
        "memory": Request.SHOW_MEMORY,
        "forget": Request.FORGET_ME,
        "help": Request.CAPABILITIES,
    }
    assert not any(r.slots for r in got.values())  # "no preference" and "yes" are no wish; the policy knows them
    assert {got["other"].intent, got["any"].intent, got["yes"].intent, got["no"].intent} == {Intent.FEEDBACK}
    assert got["show"].intent is Intent.RECOMMEND
