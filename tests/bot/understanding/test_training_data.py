"""The generated training data: true to its own contract, breadth kept, and the same on every machine."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from itertools import islice

import pytest

from bot.understanding.prompt import FacetView, kept_values
from bot.understanding.reading import Intent, MessageInContext
from bot.understanding.target import RawSlot, parse_target
from bot.understanding.training import lists
from bot.understanding.training.draft import CHOICE, TAG
from bot.understanding.training.generate import Pack, Sample, clean, generate, problems
from bot.understanding.training.schema import Meaning, Mention, Schema
from retrieval.catalogue.schema import FacetKind

FILES = ["films", "shared", "goods", "shop", "books", "restaurants", "games", "hotels", "groceries", "contexts", "chat"]
GENRE = FacetView("kind", FacetKind.CATEGORY, ("Comedy", "Romance"))
SCHEMA = Schema(
    "films",
    "film",
    (GENRE, FacetView("year", FacetKind.NUMBER)),
    {"genre": "kind", "year": "year"},
    {("genre", "comedy"): "Comedy", ("genre", "romance"): "Romance"},
)


def rendered(packs: list[Pack]) -> str:
    return "\n".join(p.prefix + "".join(s.suffix + s.answer for s in p.samples) for p in packs)


@pytest.fixture(scope="module")
def packs() -> list[Pack]:
    return list(islice(generate(5), 80))


def test_the_first_packs_of_seed_0_are_these() -> None:
    digest = hashlib.sha256(rendered(list(islice(generate(0), 3))).encode()).hexdigest()
    assert digest == "b16045bb3f6f489b432659194164f1a276f1a91564dbc9cc6ec192064c3b97b1"


def test_a_run_can_go_on_in_the_middle() -> None:
    assert next(generate(3, skip=4)) == list(islice(generate(3), 5))[4]


def test_every_value_stands_in_the_prompt_or_is_listed(packs: list[Pack]) -> None:
    for pack in packs:
        kept = kept_values(pack.facets)
        for sample in pack.samples:
            for slot in sample.slots:
                assert slot.slot in {*kept, "item", "about"}
                assert slot.value in kept.get(slot.slot, ()) or slot.value in sample.suffix


def test_copied_words_begin_and_end_with_a_word(packs: list[Pack]) -> None:
    for sample in (s for p in packs for s in p.samples):
        kept = kept_values(sample.facets)
        for slot in sample.slots:
            listed = slot.value in kept.get(slot.slot, ())
            if not listed and slot.value in sample.message.message:
                assert re.search(rf"(?<!\w){re.escape(slot.value)}(?!\w)", sample.message.message)


def test_answers_are_read_back(packs: list[Pack]) -> None:
    for sample in (s for p in packs for s in p.samples):
        assert parse_target(sample.answer) == (sample.intent, sample.slots)


def test_small_talk_has_no_slots(packs: list[Pack]) -> None:
    without = {Intent.GREET, Intent.BYE, Intent.HELP, Intent.OTHER}
    assert all(not s.slots for p in packs for s in p.samples if s.intent in without)


def test_all_intents_domains_and_signs_occur(packs: list[Pack]) -> None:
    samples = [s for p in packs for s in p.samples]
    assert {s.intent for s in samples} == set(Intent)
    assert {s.domain for s in samples} == set(FILES) - {"shared", "goods", "contexts", "chat"}
    assert set(Counter(x.polarity for s in samples for x in s.slots)) == {-1, 0, 1}
    first = sum(not s.message.context for s in samples) / len(samples)
    assert 0.12 < first < 0.25


def test_the_splits_share_no_phrasing() -> None:
    for file in FILES:
        for section, every in lists._phrasings(file).items():
            train, dev = (set(lists.pool(split, file, section)) for split in ("train", "dev"))
            assert train.isdisjoint(dev) or dev == set(every) or train == set(every)
            assert not any(lists.held_out(p) for p in train) or train == set(every)


def test_there_are_enough_phrasings_and_all_are_well_formed() -> None:
    every = [p for file in FILES for section in lists._phrasings(file).values() for p in section]
    assert len(every) > 2000
    for phrasing in every:
        text = phrasing
        while found := CHOICE.search(text):
            text = text[: found.start()] + text[found.end() :]
        left = re.sub(r"\{[ABCT]\}|\{plot\}|\{cast\}", "", TAG.sub("", text))
        assert not set(left) & set("{}[]|"), phrasing


@pytest.mark.parametrize(
    ("mention", "said", "slots"),
    [
        (Mention((Meaning("genre", ("comedy",)),), 1), "funny", [("kind", "Comedy", 1)]),
        (
            Mention((Meaning("genre", ("romance", "comedy")),), -1),
            "rom-com",
            [("kind", "Romance", -1), ("kind", "Comedy", -1)],
        ),
        (Mention((Meaning("genre", ("horror",)),), 1), "scary", [("kind", "scary", 1)]),
        (Mention((Meaning("person"),), -1), "scorcese", [("about", "scorcese", -1)]),
        (Mention((Meaning("mood", ("sad",), copies=False),), 1), "sad", [("about", "sad", 1)]),
        (Mention((Meaning("year"),), 1), "80's", [("year", "80's", 1)]),
        (Mention((), 0, title="Heat"), "", [("item", "Heat", 0)]),
    ],
)
def test_what_a_mention_becomes_under_a_schema(mention: Mention, said: str, slots: list[tuple[str, str, int]]) -> None:
    assert [(s.slot, s.value, s.polarity) for s in SCHEMA.slots(mention, said)] == slots


def test_words_are_freed_of_what_surrounds_them() -> None:
    assert clean(' "Robert  Downey Jr.", ') == "Robert Downey Jr"


@pytest.mark.parametrize(
    ("slot", "problem"),
    [
        (RawSlot("item", "Jaws", 1), "stands nowhere"),
        (RawSlot("brand", "heat", 1), "no facet"),
        (RawSlot("item", "Heat", 1), "stands nowhere"),
    ],
)
def test_problems_are_seen(slot: RawSlot, problem: str) -> None:
    sample = Sample("films", "film", (GENRE,), MessageInContext("like heat"), Intent.RECOMMEND, (slot,))
    assert problem in problems(sample)[0]
