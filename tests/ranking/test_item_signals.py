"""What an item's own standing says: in range, in the right direction, NaN without evidence, whatever the order."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranking.behaviour import Behaviour, NoBehaviour
from ranking.item_signals import freshness_of, price_fit_of
from ranking.request import FacetWish, Session
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import Facet, FacetKind
from tests.ranking.cases import CAMPS, Row, request, tea, teas, two_camps

BEHAVIOUR = Behaviour.fit(two_camps(), CAMPS)


@given(st.permutations(CAMPS))
def test_novelty_is_between_0_and_1_and_1_where_nobody_knows_the_item(order: list[str]) -> None:
    scores = dict(zip(order, BEHAVIOUR.novelty(order), strict=True))
    assert all(0 <= score <= 1 for score in scores.values())
    assert scores["new"] == BEHAVIOUR.novelty(["not in the catalogue"])[0] == 1
    assert scores["new"] > scores["rare"] > scores["b0"]
    assert min(scores.values()) == 0  # of what most people know


@given(st.integers(1, 30), st.integers(1, 30))
def test_what_more_people_know_is_less_novel(few: int, more: int) -> None:
    rows = [Row(f"u{n}", "few") for n in range(few)] + [Row(f"u{n}", "more") for n in range(few + more)]
    scores = Behaviour.fit([*rows, *(Row(f"u{n}", "all") for n in range(60))], ["few", "more", "all"]).novelty(
        ["few", "more"]
    )
    assert scores[0] > scores[1]


def test_without_a_log_nothing_is_novel() -> None:
    assert np.isnan(NoBehaviour().novelty(["b0", "new"])).all()


# -- freshness


def dated(*years: int | None) -> Catalogue:
    return teas([tea(f"t{n}", **({} if year is None else {"year": year})) for n, year in enumerate(years)])


@given(st.lists(st.none() | st.integers(1900, 2030), min_size=1, max_size=8))
def test_what_is_newer_is_fresher_and_no_year_is_unknown(years: list[int | None]) -> None:
    catalogue = dated(*years)
    scores = freshness_of(NoBehaviour(), catalogue).score(request(catalogue.items))
    for year, score in zip(years, scores, strict=True):
        assert np.isnan(score) == (year is None)
        assert year is None or 0 < score < 1
    for year, score in zip(years, scores, strict=True):
        for other, its in zip(years, scores, strict=True):
            assert year is None or other is None or (score > its) == (year > other)


def test_without_years_an_item_is_as_new_as_its_first_row() -> None:
    rows = [
        Row(f"u{n}", item, "like", None, 1e9 + when) for n in range(5) for item, when in (("t0", n), ("t1", 50 + n))
    ]
    catalogue = teas([tea("t0"), tea("t1"), tea("t2")])
    scores = freshness_of(Behaviour.fit(rows, ["t0", "t1", "t2"]), catalogue).score(request(catalogue.items))
    assert scores[1] > scores[0]
    assert np.isnan(scores[2])


# -- price

PRICES = st.lists(st.floats(1, 1000), min_size=2, max_size=8)


def priced(*prices: float) -> Catalogue:
    catalogue = teas([tea(f"t{n}", price=price) for n, price in enumerate(prices)] + [tea("free")])
    price = Facet("price", FacetKind.NUMBER, ("price",), unit="EUR")
    return replace(catalogue, schema=replace(catalogue.schema, facets=(*catalogue.schema.facets, price)))


@given(PRICES)
def test_the_nearer_to_the_price_of_a_like_the_better(prices: list[float]) -> None:
    catalogue = priced(*prices)
    asked = replace(request(catalogue.items), session=Session(liked=("t0",)))
    scores = price_fit_of(catalogue).score(asked)
    assert np.isnan(scores[-1])
    assert ((scores[:-1] >= 0) & (scores[:-1] <= 1)).all()
    apart = [abs(math.log(price / prices[0])) for price in prices]
    for n in range(len(prices)):
        assert all(scores[n] >= scores[m] - 1e-6 for m in range(len(prices)) if apart[n] <= apart[m])


def test_the_last_like_says_most_and_a_soft_bound_more_than_all_likes() -> None:
    catalogue = priced(10.0, 100.0, 12.0, 90.0)
    fit = price_fit_of(catalogue)
    one = replace(request(catalogue.items), session=Session(liked=("t0", "t1", "t1", "t1")))
    scores = fit.score(one)
    assert scores[3] > scores[2]
    bound = FacetWish("price", (None, 15.0), 0.5)
    scores = fit.score(replace(one, wishes=(bound,)))
    assert scores[0] == scores[2] == 1
    assert 0 <= scores[1] < scores[3] < 0.01
    assert np.isnan(scores[4])


def test_price_fit_is_silent_without_a_price_or_anything_to_go_by() -> None:
    catalogue = priced(10.0, 20.0)
    assert np.isnan(price_fit_of(catalogue).score(request(catalogue.items))).all()
    undeclared = dated(1990, 2000)
    asked = replace(request(undeclared.items), session=Session(liked=("t0",)))
    assert np.isnan(price_fit_of(undeclared).score(asked)).all()
