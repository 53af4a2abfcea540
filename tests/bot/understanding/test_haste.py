"""Short messages of people in a hurry, read by the rules: refusals of every shape, replacements, what points."""

from __future__ import annotations

import time

import pytest

from bot.understanding import cues, stance
from bot.understanding.alternatives import alternatives
from bot.understanding.reading import Intent, MessageInContext, Op, Reading, ShownItem
from bot.understanding.resolve import Resolver
from bot.understanding.rules import RuleReader
from bot.understanding.target import RawSlot
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker
from retrieval.linking.values import ValueMention

_READERS: dict[str, tuple[RuleReader, Resolver]] = {}
SCREEN = ("Heat", "Fargo", "Seven")


def read(catalogue: Catalogue, text: str, context: tuple[str, ...] = ("Here are three.",)) -> Reading:
    if catalogue.schema.name not in _READERS:
        linker = Linker(catalogue)
        rules = RuleReader(catalogue, linker, lambda: 2026)
        _READERS[catalogue.schema.name] = rules, Resolver(catalogue, linker, lambda: 2026)
    reader, resolver = _READERS[catalogue.schema.name]
    films = [i for title in SCREEN for i in catalogue.items if i.title == title]
    message = MessageInContext(text, context, tuple(ShownItem(i.id, i.title) for i in films or catalogue.items[:3]))
    raw = reader.read_raw(message)
    return Reading(*resolver.resolve(raw.intent, raw.slots, message))


def told(reading: Reading) -> list[tuple[str, object, int]]:
    return [(s.slot, s.value, s.polarity) for s in reading.slots]


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("leave out Tom Cruise", "person", "Tom Cruise"),
        ("spare me Tom Cruise", "person", "Tom Cruise"),
        ("keep me away from musicals", "genre", "musical"),
        ("steer clear of musicals", "genre", "musical"),
        ("had enough of westerns", "genre", "western"),
        ("i'm done with superheroes", "about", "superheroes"),
        ("fed up with westerns", "genre", "western"),
        ("not into westerns", "genre", "western"),
        ("not in the mood for a musical", "genre", "musical"),
        ("action puts me off", "genre", "action"),
        ("action movies bore me", "genre", "action"),
        ("horror does nothing for me", "genre", "horror"),
        ("westerns leave me cold", "genre", "western"),
        ("romance isn't my thing", "genre", "romance"),
        ("musicals are out", "genre", "musical"),
    ],
)
def test_it_is_refused(films: Catalogue, text: str, slot: str, value: str) -> None:
    assert told(read(films, text)) == [(slot, value, -1)]


@pytest.mark.parametrize("text", ["went into a western", "a western, not a mood piece", "get away with a western"])
def test_it_is_not_refused(films: Catalogue, text: str) -> None:
    assert ("genre", "western", 1) in told(read(films, text))


@pytest.mark.parametrize(
    ("text", "replaces"),
    [
        ("actually make it a drama", True),
        ("actually drama", True),
        ("how about a drama", True),
        ("no, a drama", True),
        ("switch to drama", True),
        ("make it a 90s drama", True),
        ("a drama", False),
        ("make it a dramatic one", False),
        ("something actually dramatic", False),
    ],
)
def test_it_takes_the_place_of_what_was_wished(films: Catalogue, text: str, replaces: bool) -> None:
    (drama,) = [s for s in read(films, text).slots if s.value == "drama"]
    assert (drama.op is Op.REPLACE) is replaces


@pytest.mark.parametrize(
    "text", ["doesn't have to be from the 90s", "need not be from the 90s", "no need to be from the 90s"]
)
def test_a_softened_number_is_no_wish(films: Catalogue, text: str) -> None:
    (slot,) = read(films, text).slots
    assert (slot.value, slot.polarity, slot.op) == ((1990.0, 1999.0), 0, Op.SOFTEN)


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("nah too old. newer plz", "recommend", [("about", "newer", 1)]),
        ("which is newer?", "compare", []),
        ("the longest of these", "compare", [("item", "Heat", 0)]),
        ("is it anything like alien", "ask", [("item", "Alien", 1)]),
        ("ok the third", "accept", [("item", "Seven", 1)]),
        ("what is the second rated", "ask", [("item", "Fargo", 0)]),
        ("the second in black and white?", "ask", [("item", "Fargo", 0)]),
        ("more intense", "recommend", [("about", "more intense", 1)]),
        ("too scary", "recommend", [("about", "less scary", 1)]),
        ("not too scary", "recommend", [("about", "not too scary", 1)]),
        ("scary but not gory", "recommend", [("genre", "horror", 1), ("about", "gory", -1)]),
        ("zombies", "recommend", [("about", "zombies", 1)]),
        ("i was thrilled with it", "other", []),
        ("asdf", "other", []),
    ],
)
def test_what_a_short_message_says_of_a_list(
    films: Catalogue, text: str, intent: str, slots: list[tuple[str, object, int]]
) -> None:
    found = read(films, text)
    assert (found.intent.value, told(found)) == (intent, slots)


def test_what_was_seen_is_what_the_same_clause_says(films: Catalogue) -> None:
    found = read(films, "seen the first one, whats the 2nd about")
    assert [(s.value, s.seen) for s in found.slots] == [("Heat", True), ("Fargo", False)]


def test_a_title_that_only_our_own_words_name_is_not_what_a_reaction_means(films: Catalogue) -> None:
    assert told(read(films, "that was boring", ("Here are three films like Alien: comedy.",))) == []
    assert told(read(films, "that was boring", ("Seven: 1995, 127 min.",))) == [("item", "Seven", -1)]


def test_a_refused_word_that_the_model_took_for_a_value_stays_the_word(films: Catalogue) -> None:
    read(films, "hello")
    message = MessageInContext("smth scary but not gory")
    raw = (RawSlot("genre", "horror", 1), RawSlot("genre", "thriller", -1))
    _, slots, _ = _READERS["films"][1].resolve(Intent.RECOMMEND, raw, message)
    assert [(s.slot, s.value, s.polarity) for s in slots] == [("genre", "horror", 1), ("about", "gory", -1)]


@pytest.mark.parametrize("piece", ["-", "\n", ", ", "/", "ok ", "or ", "not ", "a-", "too ", "is also "])
def test_the_patterns_of_haste_read_what_is_crafted_in_no_time(piece: str) -> None:
    crafted = piece * (2000 // len(piece)) + "!x"
    start = time.perf_counter()
    cues.BARE_NEED.match(crafted)
    cues.EXTREME.match(crafted)
    cues.TOO.search(crafted)
    stance.REFUSED_BEFORE.search(crafted)
    stance.REFUSED_AFTER.match(crafted)
    stance.PUT_IN_PLACE.search(crafted)
    alternatives(crafted, (ValueMention("f", ("v",), 0, 1, "v"), ValueMention("f", ("w",), 1990, 1991, "w")))
    assert time.perf_counter() - start < 1.0  # seconds; milliseconds when all is well, minutes when it was not
