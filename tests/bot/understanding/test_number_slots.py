"""A number belongs to the facet named beside it, else to one that has such numbers, else to the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.understanding.number_slots import number_facets, numbers_said
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import CatalogueSchema, Facet, FacetKind


@pytest.fixture(scope="module")
def cars() -> Catalogue:
    number = FacetKind.NUMBER
    facets = (
        Facet("price", number, ("price",), unit="EUR"),
        Facet("seats", number, ("seats",)),
        Facet("reach", number, ("reach",), unit="km", label="range"),
        Facet("built", number, ("built",)),
    )
    rows = [(9_000, 2, 180, 1998), (25_000, 5, 420, 2015), (61_000, 9, 700, 2024)]
    items = tuple(
        Item(f"c{n}", f"Car {n}", "", dict(zip(("price", "seats", "reach", "built"), map(float, row), strict=True)))
        for n, row in enumerate(rows)
    )
    return Catalogue(CatalogueSchema("cars", "car", Path(), Path(), None, "id", "title", (), facets), items)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("at least 5 seats", [("seats", "at least 5")]),
        ("seats: up to 5", [("seats", "up to 5")]),
        ("up to 2006", [("built", "up to 2006")]),
        ("up to 20000", [("price", "up to 20000")]),
        ("over 400 km, under 30000", [("reach", "over 400"), ("price", "under 30000")]),
        ("a range of at least 400", [("reach", "of at least 400")]),
        ("seats for 5, built after 2010", [("seats", "5"), ("built", "after 2010")]),
        ("5 of us", []),
    ],
)
def test_the_facet_of_a_number(cars: Catalogue, said: str, heard: list[tuple[str, str]]) -> None:
    found = [(facet, phrase.text) for facet, phrase in numbers_said(said, number_facets(cars), 2026, ())]
    assert sorted(found) == sorted(heard)


def test_what_is_taken_is_not_read(cars: Catalogue) -> None:
    assert list(numbers_said("at least 5 seats", number_facets(cars), 2026, [(9, 10)])) == []


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("up to 17 cm", ("height", "up to 17")),
        ("pot size up to 17 cm", ("pot", "up to 17")),
        ("in a 12 cm pot", ("pot", "12")),
        ("height from 90 cm", ("height", "90")),
    ],
)
def test_of_two_facets_in_one_unit_the_named_one_is_meant(said: str, heard: tuple[str, str]) -> None:
    number = FacetKind.NUMBER
    facets = (
        Facet("height", number, ("height",), unit="cm"),
        Facet("pot", number, ("pot",), unit="cm", label="pot size"),
    )
    items = tuple(Item(f"p{n}", f"Plant {n}", "", {"height": 40.0 * n, "pot": 6.0 * n}) for n in (1, 2, 3))
    schema = CatalogueSchema("plants", "plant", Path(), Path(), None, "id", "title", (), facets)
    found = list(numbers_said(said, number_facets(Catalogue(schema, items)), 2026, ()))
    assert [(facet, heard[1] in phrase.text) for facet, phrase in found] == [(heard[0], True)]
