"""The generated training data: true to its own contract, breadth kept, and the same on every machine."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest

from bot.understanding.grammar import SLOTS, Sources, tidy
from bot.understanding.numbers import NumberStyle, parse_range
from bot.understanding.prompt import FacetView, kept_values
from bot.understanding.reading import Intent, MessageInContext
from bot.understanding.target import RawSlot, parse_target
from bot.understanding.training import amounts, lists
from bot.understanding.training.draft import CHOICE, TAG, Draft, Scene
from bot.understanding.training.generate import UNSEEN, Pack, Sample, _slots, clean, generate, problems
from bot.understanding.training.marks import mark, marked
from bot.understanding.training.noise import noisy
from bot.understanding.training.schema import Meaning, Mention, Schema
from retrieval.catalogue.schema import FacetKind

TRAINED = ["films", "shop", "books", "restaurants", "games", "hotels", "groceries"]
FILES = [*TRAINED, "courses", "shared", "goods", "lists", "contexts", "chat", "reactions", "recall"]
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
    assert digest == "79f7e4b2b705c24fff9cd8d97e64f8d970ce1d556c1787c342821f6abf2f93cd"


def test_a_run_can_go_on_in_the_middle() -> None:
    assert next(generate(3, skip=4)) == list(islice(generate(3), 5))[4]


def test_the_model_may_write_every_label(packs: list[Pack]) -> None:
    for pack in packs:
        kept = kept_values(pack.facets)
        for sample in pack.samples:
            assert len(sample.slots) <= SLOTS
            seen = tidy(sample.message)
            assert not seen.cut
            sources = Sources([replace(f, values=kept[f.name]) for f in pack.facets], seen.message)
            for slot in sample.slots:
                assert slot.slot in {*kept, "item", "about"}
                assert sources.permits(slot.slot, slot.value), (slot, sample.suffix)


def test_the_unseen_domain_is_never_trained_on(packs: list[Pack]) -> None:
    assert {s.domain for p in packs for s in p.samples} == set(TRAINED)
    with pytest.raises(ValueError, match="kept out of training"):
        next(generate(1, domain=UNSEEN))
    pack = next(generate(1, "dev", domain=UNSEEN))
    assert {s.domain for s in pack.samples} == {UNSEEN}
    teachers = lists.words(UNSEEN)["teacher"]
    assert not any(name.lower() in s.suffix.lower() for p in packs for s in p.samples for name in teachers)


def test_a_domain_can_be_asked_for() -> None:
    assert {p.samples[0].domain for p in islice(generate(1, domain="hotels"), 3)} == {"hotels"}


def test_references_come_in_the_order_of_the_screen() -> None:
    scene = Scene("two", [("Heat", 1995), ("Jaws", 1975)], shows=["Heat", "Jaws"])
    draft = Draft(random.Random(1), "train", "films", scene)
    draft.write("{b+}{a-}")
    assert [s.value for s in _slots(SCHEMA, draft, "")] == ["Heat", "Jaws"]


def test_no_slip_touches_an_amount() -> None:
    said = mark(0, "less than twenty dollars")
    typed = [noisy(random.Random(seed), f"something nice for {said}") for seed in range(200)]
    assert {next(marked(t))[1].lower() for t in typed} == {"less than twenty dollars"}
    assert len(set(typed)) > 20


def test_every_amount_is_one_that_code_can_read() -> None:
    r = random.Random(1)
    for _ in range(300):
        assert parse_range(amounts.price(r, "shop")[1], NumberStyle.MONEY, 2026)
        assert parse_range(amounts.no_more(r, "shop")[1], NumberStyle.MONEY, 2026)
        assert parse_range(amounts.year(r)[1], NumberStyle.YEAR, 2026)
        assert parse_range(amounts.runtime(r)[1], NumberStyle.DURATION, 2026)


def test_copied_words_begin_and_end_with_a_word(packs: list[Pack]) -> None:
    for sample in (s for p in packs for s in p.samples):
        kept = kept_values(sample.facets)
        for slot in sample.slots:
            listed = slot.value in kept.get(slot.slot, ())
            copied = not any(slot.value in turn for turn in sample.message.context)
            if not listed and copied and slot.value in sample.message.message:
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
    assert set(Counter(x.polarity for s in samples for x in s.slots)) == {-1, 0, 1}
    first = sum(not s.message.context for s in samples) / len(samples)
    assert 0.1 < first < 0.25


def test_the_splits_share_no_phrasing() -> None:
    for file in FILES:
        for section, every in lists._phrasings(file).items():
            train, dev = (set(lists.pool(split, file, section)) for split in ("train", "dev"))
            assert train.isdisjoint(dev) or dev == set(every) or train == set(every)
            assert not any(lists.held_out(p) for p in train) or train == set(every)


def test_there_are_enough_phrasings_and_all_are_well_formed() -> None:
    every = [p for file in FILES for section in lists._phrasings(file).values() for p in section]
    assert len(every) > 3500
    for phrasing in every:
        text = phrasing
        while found := CHOICE.search(text):
            text = text[: found.start()] + text[found.end() :]
        left = re.sub(r"\{[ABCTx]\}|\|\||\{plot\}|\{cast\}", "", TAG.sub("", text))
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
        (Mention((Meaning("genre", ("horror",)),), 1), "scary", [("about", "scary", 1)]),
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
