"""The words of simulated users: complete, and none of them learnt by the reader they are to measure."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from importlib import resources
from string import Formatter

import pytest

from bot.simulation import phrasings
from bot.simulation.phrasings import Voice, sections
from retrieval.catalogue.item import Catalogue

TAG = re.compile(r"\{say[^:}]*:([^}]*)\}")  # in the training's syntax: a need in these very words
HOLE = re.compile(r"\{[^}]*\}|<[^>]*>")
CHOICE = re.compile(r"\[([^\[\]]*)\]")
TELLING = 5  #: words in a row that two phrasings do not share by chance


def alternatives(line: str) -> Iterator[str]:
    """`line` of the training's syntax with the first, the second, … of each of its choices."""
    widest = max((found.count("|") + 1 for found in CHOICE.findall(line)), default=1)
    for i in range(widest):
        yield CHOICE.sub(lambda found, i=i: found[1].split("|")[i % (found[1].count("|") + 1)], line)  # type: ignore[misc]


def words(phrasing: str) -> str:
    """The literal words, small, with a mark for each hole: " any # like # "."""
    return f" {' '.join(re.findall(r'#|[a-z0-9]+', HOLE.sub(' # ', phrasing.casefold().replace(chr(39), ''))))} "


def runs(phrasing: str) -> Iterator[str]:
    """All that `phrasing` says in `TELLING` literal words or more."""
    for run in words(phrasing).split("#"):
        said = run.split()
        yield from (f" {' '.join(said[i : i + TELLING])} " for i in range(len(said) - TELLING + 1))


@pytest.fixture(scope="module")
def trained() -> list[str]:
    folder = resources.files("bot.understanding.training").joinpath("phrasings")
    lines = [line for file in folder.iterdir() for line in file.read_text(encoding="utf-8").splitlines()]
    told = [TAG.sub(r" \1 ", line) for line in lines if line.strip() and not line.startswith("#")]
    assert len(told) > 1000
    return [words(option) for line in told for option in alternatives(line)]


def test_no_phrasing_is_one_that_the_reader_learns_from(trained: list[str]) -> None:
    ours = {phrasing: words(phrasing) for lines in sections().values() for phrasing in lines}
    plain = {said for said in ours.values() if said.strip(" #")}
    assert plain & set(trained) == set()


def test_no_phrasing_shares_a_telling_part_with_those_the_reader_learns_from(trained: list[str]) -> None:
    text = "\n".join(trained)
    shared = {p: run for lines in sections().values() for p in lines for run in runs(p) if run in text}
    assert shared == {}


def test_the_comparison_knows_the_syntax_of_both() -> None:
    assert words("got {title}, then?") in map(words, alternatives("Got {T+}, [now|then]?"))
    assert list(alternatives("a [b|c|] d")) == ["a b d", "a c d", "a  d"]
    assert words("{value}").strip() == "#"


@pytest.mark.parametrize("section", sorted(sections()))
def test_every_phrasing_takes_what_its_section_is_given(section: str) -> None:
    given = {"noun", "nouns"} | {
        "taste": {"value"}, "demand": {"value"}, "avoid": {"value"}, "answer": {"value"}, "more": {"value"},
        "example": {"title"}, "known": {"title"}, "loved": {"titles"}, "accept": {"title"}, "relative": {"word"},
    }.get(section.split(maxsplit=1)[0], set())  # fmt: skip
    for phrasing in sections()[section]:
        holes = {name for _, name, _, _ in Formatter().parse(phrasing) if name is not None}
        assert holes <= given
        assert given - {"noun", "nouns"} <= holes


def test_a_slip_swaps_two_letters_and_leaves_what_is_filled_in() -> None:
    phrasing = "{title} tends to remind {nouns} of something"
    slipped = {phrasings._mistyped(phrasing, random.Random(seed)) for seed in range(40)}
    assert len(slipped) > 5
    for said in slipped:
        assert sorted(said) == sorted(phrasing)
        assert "{title}" in said
        assert "{nouns}" in said
    assert phrasings._mistyped("{title} ok", random.Random(0)) == "{title} ok"


def test_values_are_spoken_in_the_catalogue_s_words(shop: Catalogue, films: Catalogue) -> None:
    voice = Voice(shop, random.Random(0))
    assert voice.spoken("price", (None, 50.0)) == "under $50"
    assert voice.spoken("price", (50.0, 75.5)) == "$50 to $75.50"
    assert voice.spoken("size", "XL") == "size XL"
    assert Voice(films, random.Random(0)).spoken("year", (1990.0, 1999.0)) == "the 1990s"
    assert "products" in {word for _ in range(20) for word in voice.say("vague").replace("?", " ").split()}


def test_small_letters_are_a_trait(shop: Catalogue) -> None:
    assert Voice(shop, random.Random(0), small=True).say("accept", title="ABC Coat").islower()
