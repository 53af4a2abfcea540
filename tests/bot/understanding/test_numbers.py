"""Words about numbers: examples for every style, and the laws of a range."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.number_phrases import number_phrases
from bot.understanding.numbers import NumberStyle, number_style, parse_range
from retrieval.catalogue.item import Catalogue

NOW = 2026
YEAR, MONEY, DURATION, PLAIN = NumberStyle.YEAR, NumberStyle.MONEY, NumberStyle.DURATION, NumberStyle.PLAIN


@pytest.mark.parametrize(
    ("style", "text", "expected"),
    [
        (YEAR, "80s", (1980, 1989)),
        (YEAR, "the eighties", (1980, 1989)),
        (YEAR, "'90s", (1990, 1999)),
        (YEAR, "2000s", (2000, 2009)),
        (YEAR, "early 90s", (1990, 1993)),
        (YEAR, "mid-90s", (1994, 1996)),
        (YEAR, "late 1980s", (1986, 1989)),
        (YEAR, "after 2010", (2011, None)),
        (YEAR, "since 2010", (2010, None)),
        (YEAR, "before 2000", (None, 1999)),
        (YEAR, "pre-1980", (None, 1979)),
        (YEAR, "before the 80s", (None, 1979)),
        (YEAR, "between 1990 and 2000", (1990, 2000)),
        (YEAR, "from 1980-1985", (1980, 1985)),
        (YEAR, "90s or 80s", (1980, 1999)),
        (YEAR, "1995", (1995, 1995)),
        (YEAR, "last 5 years", (2021, None)),
        (YEAR, "2010 or later", (2010, None)),
        (YEAR, "nothing before 2000", (2000, None)),
        (YEAR, "no later than 1999", (None, 1999)),
        (YEAR, "recent", None),
        (MONEY, "under $50", (None, 50)),
        (MONEY, "around 40", (30, 50)),
        (MONEY, "at least 20", (20, None)),
        (MONEY, "20-40", (20, 40)),
        (MONEY, "between $20 and $40", (20, 40)),
        (MONEY, "over 100", (100, None)),
        (MONEY, "less than a hundred", (None, 100)),
        (MONEY, "fifty bucks max", (None, 50)),
        (MONEY, "max 30", (None, 30)),
        (MONEY, "30 max", (None, 30)),
        (MONEY, "less than 2k", (None, 2000)),
        (MONEY, "my budget is 80", (None, 80)),
        (MONEY, "can't spend more than 75", (None, 75)),
        (MONEY, "dont want to spend more than a hundred and fifty dollars", (None, 150)),
        (MONEY, "up to one hundred and twenty dollars", (None, 120)),
        (MONEY, "over 20 but under 50", (20, 50)),
        (MONEY, "cheap", None),
        (DURATION, "under 2 hours", (None, 120)),
        (DURATION, "90 minutes or less", (None, 90)),
        (DURATION, "no longer than an hour and a half", (None, 90)),
        (DURATION, "over two hours", (120, None)),
        (DURATION, "between 1 and 2 hours", (60, 120)),
        (DURATION, "max 1h30", (None, 90)),
        (PLAIN, "4 stars or more", (4, None)),
        (PLAIN, "4.5+", (4.5, None)),
        (PLAIN, "at least 7.5", (7.5, None)),
        (PLAIN, "4/5 stars", (4, 4)),
    ],
)
def test_examples(style: NumberStyle, text: str, expected: tuple[float | None, float | None] | None) -> None:
    assert parse_range(text, style, NOW) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two and a half hours", (127.5, 172.5)),
        ("2 and a half hours", (127.5, 172.5)),
        ("2.5 hours", (127.5, 172.5)),
        ("two hours", (102, 138)),
        ("an hour and a half", (76.5, 103.5)),
        ("hour and a half", (76.5, 103.5)),
        ("1h30", (76.5, 103.5)),
        ("1:45", (89.25, 120.75)),
        ("half an hour", (25.5, 34.5)),
        ("three quarters of an hour", (38.25, 51.75)),
        ("a couple of hours", (102, 138)),
        ("under two and a half hours", (None, 150)),
        ("max 1:45", (None, 105)),
        ("under half an hour", (None, 30)),
        ("sub 90 minutes", (None, 90)),
        ("less than 90 min", (None, 90)),
        ("not over 2 hours", (None, 120)),
        ("up to about 2 hours", (None, 120)),
        ("one to two hours", (60, 120)),
        ("1.5 to 2 hours", (90, 120)),
        ("an hour or two", (60, 120)),
    ],
)
def test_durations(text: str, expected: tuple[float | None, float | None]) -> None:
    assert parse_range(text, DURATION, NOW) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spend over 50", (50, None)),
        ("willing to spend more than 50", (50, None)),
        ("happy to pay over 50", (50, None)),
        ("don't mind spending over 50", (50, None)),
        ("don't want to spend over 50", (None, 50)),
        ("dont wanna spend over 50", (None, 50)),
        ("not willing to spend more than 50", (None, 50)),
        ("wouldn't go over 50", (None, 50)),
        ("should not exceed 50", (None, 50)),
        ("not over 50", (None, 50)),
        ("not much over 50", (None, 50)),
        ("no more than 50", (None, 50)),
        ("nothing over 50", (None, 50)),
        ("anything over 50", (50, None)),
        ("anything over 50 is too much", (None, 50)),
        ("not too dear under 50", (None, 50)),
        ("not less than 50", (50, None)),
        ("no less than 50", (50, None)),
        ("nothing under 50", (50, None)),
        ("spend at least 50", (50, None)),
        ("spend 50", (None, 50)),
        ("can't spend 50", (None, 50)),
        ("spend around 40", (30, 50)),
        ("max 50", (None, 50)),
        ("50 tops", (None, 50)),
        ("50 or less", (None, 50)),
        ("50 at the most", (None, 50)),
        ("up to 50ish", (None, 50)),
        ("upwards of 50", (50, None)),
        ("from 50", (50, None)),
        ("from 20 to 30", (20, 30)),
        ("20ish", (15, 25)),
        ("~40 bucks", (30, 50)),
        ("40 to 50 quid", (40, 50)),
        ("no more than 20-30", (None, 30)),
        ("under 20 or 30", (None, 20)),
        ("sub 100", (None, 100)),
        ("a tenner", (7.5, 12.5)),
        ("under a fiver", (None, 5)),
        ("9" * 400, None),
    ],
)
def test_prices(text: str, expected: tuple[float | None, float | None] | None) -> None:
    assert parse_range(text, MONEY, NOW) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 2010 on", (2010, None)),
        ("2010 onwards", (2010, None)),
        ("post-2010", (2010, None)),
        ("post-90s", (2000, None)),
        ("after the 90s", (2000, None)),
        ("from 2010 to now", (2010, None)),
        ("2010-present", (2010, None)),
        ("from 1995", (1995, 1995)),
        ("from 1995 on netflix", (1995, 1995)),
        ("pre-2000", (None, 1999)),
        ("before the 90s", (None, 1989)),
        ("not before 2000", (2000, None)),
        ("no earlier than 2000", (2000, None)),
        ("not after 2000", (None, 2000)),
        ("early 2000s", (2000, 2003)),
        ("late 80s", (1986, 1989)),
        ("late 80s early 90s", (1986, 1993)),
        ("early to mid 90s", (1990, 1996)),
        ("mid to late 90s", (1994, 1999)),
        ("70s/80s", (1970, 1989)),
        ("around 1990", (1988, 1992)),
        ("turn of the millennium", (1998, 2002)),
        ("past decade", (2016, None)),
        ("last " + "9" * 400 + " years", None),
    ],
)
def test_years(text: str, expected: tuple[float | None, float | None] | None) -> None:
    assert parse_range(text, YEAR, NOW) == expected


@pytest.mark.parametrize(
    ("style", "text", "phrases"),
    [
        (MONEY, "i don't want to spend over 50", ["don't want to spend over 50"]),
        (MONEY, "jacket, willing to spend more than 50", ["willing to spend more than 50"]),
        (MONEY, "a dress for a tenner", ["a tenner"]),
        (MONEY, "size 10 under 50", ["under 50"]),
        (MONEY, "under 50 in size 10", ["under 50"]),
        (MONEY, "shirts, 50 or less", ["50 or less"]),
        (MONEY, "20-30", ["20-30"]),
        (MONEY, "20", []),
        (MONEY, "over 2 hours", []),
        (MONEY, "anything over 50 is too much", ["over 50 is too much"]),
        (DURATION, "something under two and a half hours", ["under two and a half hours"]),
        (DURATION, "max 1:45 please", ["max 1:45"]),
        (DURATION, "at 8:30 tonight", []),
        (DURATION, "one to two hours long", ["one to two hours"]),
        (YEAR, "late 80s early 90s action", ["late 80s early 90s"]),
        (YEAR, "comedies from the 90s on", ["from the 90s on"]),
        (YEAR, "in 2010 on netflix", ["in 2010"]),
        (YEAR, "films from 2010 to now", ["from 2010 to now"]),
    ],
)
def test_phrases(style: NumberStyle, text: str, phrases: list[str]) -> None:
    assert [p.text for p in number_phrases(text, style, NOW, ())] == phrases


LONG = [
    "a ",
    "1 ",
    "1:",
    "one hundred and ",
    "not ",
    "under ",
    "\n",
    "late ",
    "80s ",
    "1,",
    "$",
    "12",
    "<",
    "two and a ",
]


@pytest.mark.parametrize("unit", LONG)
def test_long_messages_take_no_longer_than_they_are(unit: str) -> None:
    text = (unit * 2000)[:2000]
    for style in NumberStyle:
        began = time.process_time()
        number_phrases(text, style, NOW, ())
        parse_range(text, style, NOW)
        assert time.process_time() - began < 0.05


def test_style_comes_from_unit_and_values(films: Catalogue, shop: Catalogue) -> None:
    assert number_style(films, films.schema.facet("year")) is YEAR
    assert number_style(shop, shop.schema.facet("price")) is MONEY


@given(st.text(max_size=40), st.sampled_from(list(NumberStyle)))
def test_any_text_gives_an_ordered_range_or_none(text: str, style: NumberStyle) -> None:
    found = parse_range(text, style, NOW)
    if found is not None:
        low, high = found
        assert (low, high) != (None, None)
        assert low is None or high is None or low <= high


@given(
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.sampled_from(["{}-{}", "between {} and {}", "from {} to {}", "${} to ${}"]),
)
def test_two_prices_bound_the_range_in_either_order(a: int, b: int, frame: str) -> None:
    found = parse_range(frame.format(a, b), PLAIN, NOW)
    assert found == (min(a, b), max(a, b))


@given(st.integers(1900, 2025))
def test_before_and_since_split_the_years(year: int) -> None:
    before, since = parse_range(f"before {year}", YEAR, NOW), parse_range(f"since {year}", YEAR, NOW)
    assert before == (None, year - 1)
    assert since == (year, None)


@given(st.integers(1, 9999))
def test_under_and_over_are_open_at_one_end(price: int) -> None:
    assert parse_range(f"under ${price}", MONEY, NOW) == (None, price)
    assert parse_range(f"over ${price}", MONEY, NOW) == (price, None)
