"""Words about numbers: examples for every style, and the laws of a range."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    ],
)
def test_examples(style: NumberStyle, text: str, expected: tuple[float | None, float | None] | None) -> None:
    assert parse_range(text, style, NOW) == expected


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
