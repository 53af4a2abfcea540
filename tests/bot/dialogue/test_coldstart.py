"""The question that narrows most, by the formula in the module's docstring worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from bot.dialogue.actions import AskFacet
from bot.dialogue.coldstart import LISTED, MOST_OPTIONS, _worth, best_question, facets_telling, worth_a_turn
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import CatalogueSchema, Facet, FacetKind


def catalogue(*rows: dict[str, object], number: str | None = None) -> Catalogue:
    names = dict.fromkeys(name for row in rows for name in row)
    facets = tuple(
        Facet(n, FacetKind.NUMBER if n == number else FacetKind.CATEGORY, (n,), unit="USD" if n == number else None)
        for n in names
    )
    schema = CatalogueSchema("t", "thing", Path(), Path(), None, "id", "title", (), facets)
    items = tuple(Item(str(i), f"T{i}", "", row) for i, row in enumerate(rows))  # type: ignore[arg-type]
    return Catalogue(schema, items)


def ids(c: Catalogue) -> list[str]:
    return [i.id for i in c.items]


def test_the_even_split_beats_the_lopsided_and_the_constant() -> None:
    c = catalogue(*({"same": ("x",), "even": ("a" if i % 2 else "b",), "odd": ("a" if i else "b",)} for i in range(8)))
    question = best_question(c, ids(c))
    assert question is not None
    assert (question.facet, set(question.options)) == ("even", {"a", "b"})
    second = best_question(c, ids(c), asked=("even",))
    assert second is not None
    assert second.facet == "odd"
    assert best_question(c, ids(c), asked=("even", "odd")) is None


def test_an_even_split_in_two_is_one_bit() -> None:
    gain, options = _worth({"a": [(0, 0.5)], "b": [(1, 0.5)]}, [0.5, 0.5])
    assert (gain, options) == (pytest.approx(1.0), ("a", "b"))
    both, _ = _worth({"a": [(0, 0.25), (1, 0.5)], "b": [(0, 0.25)]}, [0.5, 0.5])
    assert both == pytest.approx(0.25 * -math.log2(0.5))


def test_popularity_decides_what_is_even() -> None:
    c = catalogue({"f": ("a",), "g": ("a",)}, {"f": ("b",), "g": ("a",)}, {"f": ("b",), "g": ("b",)})
    popular = {"0": 1.0, "1": 1.0, "2": 0.0}
    question = best_question(c, ids(c), weights=popular)
    assert question is not None
    assert question.facet == "f"


def test_a_facet_that_tells_nothing_of_taste_is_not_asked_about() -> None:
    c = catalogue(*({"even": ("a" if i % 2 else "b",), "odd": ("a" if i % 4 else "b",)} for i in range(8)))
    for telling, facet in (({"even": 0.0, "odd": 0.1}, "odd"), ({"even": 0.1, "odd": 0.1}, "even"), ({}, "even")):
        question = best_question(c, ids(c), telling=telling)
        assert question is not None
        assert question.facet == facet


def test_likes_decide_which_facet_tells() -> None:
    c = catalogue(*({"camp": ("a" if i < 10 else "b",), "lane": ("a" if i % 2 else "b",)} for i in range(20)))
    places = np.repeat([[1.0, 0.0], [0.0, 1.0]], 10, axis=0)
    assert facets_telling(c, places) == {"camp": pytest.approx(1.0), "lane": 0.0}


def test_many_rare_names_lose_to_a_few_values() -> None:
    rows = [{"name": (f"n{i}",), "kind": (f"k{i % 4}",)} for i in range(80)]
    question = best_question(catalogue(*rows), [str(i) for i in range(80)])
    assert question is not None
    assert question.facet == "kind"


def test_numbers_are_offered_as_balanced_bands_in_order() -> None:
    c = catalogue(*({"price": float(p)} for p in range(10, 210, 2)), number="price")
    question = best_question(c, ids(c))
    assert question is not None
    assert question.options == ("under 60 USD", "60 to 110 USD", "110 to 160 USD", "over 160 USD")


def test_the_shipped_catalogues_get_short_tappable_questions(films: Catalogue, shop: Catalogue) -> None:
    for c in (films, shop):
        asked: list[str] = []
        while (question := best_question(c, ids(c), asked)) is not None:
            assert 2 <= len(question.options) <= MOST_OPTIONS
            assert question.facet not in asked
            asked.append(question.facet)
        assert len(asked) >= 2


def test_nobody_left_to_ask_about(films: Catalogue) -> None:
    assert best_question(films, []) is None
    assert best_question(films, ["no such id"]) is None


def test_a_question_is_worth_a_turn_only_while_it_finds_more_than_two_lists() -> None:
    answers = ("a", "b", "c", "d")
    many = catalogue(*({"even": (answers[i % 4],)} for i in range(200)))
    question = AskFacet("even", answers)
    assert worth_a_turn(question, many, ids(many))  # 4 · 5 of 200 against 10
    assert not worth_a_turn(question, many, ids(many)[: 2 * LISTED])  # two lists show all
    assert not worth_a_turn(AskFacet("even", ("a", "b")), many, ids(many))  # 2 · 5 is no more than 10


def test_a_question_that_is_seldom_answered_must_split_more() -> None:
    answers = ("under 100 USD", "100 to 200 USD", "over 200 USD")
    priced = catalogue(*({"price": float(i)} for i in range(300)), number="price")
    question = best_question(priced, ids(priced))
    assert not worth_a_turn(question or AskFacet("price", answers), priced, ids(priced))
