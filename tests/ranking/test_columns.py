"""Columns say of a candidate what reading it would say, whether the catalogue has it or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranking.columns import Columns, has_value
from ranking.request import FacetWish
from retrieval.catalogue.item import Item
from tests.ranking.cases import request, tea

TEXTS = st.sampled_from(("green", "Green", "straße", "STRASSE", "black"))
BOUNDS = st.none() | st.floats(0, 20)
FACETS = st.fixed_dictionaries(
    {}, optional={"kind": st.lists(TEXTS, max_size=3).map(tuple), "year": st.integers(0, 20) | st.none()}
)
ITEMS = st.lists(FACETS, min_size=1, max_size=8).map(lambda rows: [tea(f"t{n}", **row) for n, row in enumerate(rows)])
WISHES = st.builds(
    FacetWish, st.sampled_from(("kind", "year", "none")), TEXTS | st.tuples(BOUNDS, BOUNDS), st.just(1.0)
)


@given(ITEMS, st.integers(0, 8), WISHES)
def test_columns_say_what_the_items_say(items: Sequence[Item], known: int, wish: FacetWish) -> None:
    columns, asked = Columns(items[:known]), request(items[::-1])
    said = [None if np.isnan(held) else bool(held) for held in columns.held(asked, wish)]
    assert said == [has_value(item, wish) for item in asked.items]
    numbers = [None if np.isnan(number) else number for number in columns.numbers(asked, wish.facet)]
    assert numbers == [item.number(wish.facet) for item in asked.items]


def test_an_item_of_the_catalogue_is_looked_up_by_its_id() -> None:
    changed = tea("a", kind="black")
    assert Columns([tea("a", kind="green")]).held(request([changed]), FacetWish("kind", "green", 1.0)) == [1.0]


def test_a_value_that_no_item_has_is_nobodys() -> None:
    items = [tea("a", kind="green"), tea("b")]
    np.testing.assert_equal(Columns(items).held(request(items), FacetWish("kind", "white", 1.0)), [0.0, np.nan])
