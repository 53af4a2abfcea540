"""The films that ship: plausible facts, closed lists, no film twice."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from itertools import combinations

import pytest

from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.loader import load_catalogue
from tests.conftest import ROOT

GENRE_TEXT = """
action adventure animation children comedy crime documentary drama fantasy film-noir horror musical mystery romance
sci-fi thriller war western
"""
GENRES = set(GENRE_TEXT.split())
NAME = re.compile(r"[\w'’.!\-ʻ]+( [\w'’.\-ʻ]+)*")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "retrieval" / "films")


def fields(item: Item) -> Mapping[str, list[str]]:
    return item.fields  # type: ignore[return-value]


def test_every_row_loads_and_every_synonym_means_something(catalogue: Catalogue) -> None:
    assert [str(problem) for problem in catalogue.problems] == []
    assert len(catalogue.items) > 1_500


def test_numbers_are_plausible(catalogue: Catalogue) -> None:
    for item in catalogue.items:
        year, runtime = item.number("year"), item.number("runtime")
        assert year is not None, item.id
        assert 1900 <= year <= 2026, item.id
        assert item.id.endswith(f"-{year:.0f}")
        assert runtime is None or 1 <= runtime <= 600, item.id


def test_genres_are_of_the_closed_list(catalogue: Catalogue) -> None:
    assert set(catalogue.value_counts["genre"]) == GENRES
    assert all(item.values("genre") for item in catalogue.items)


def test_no_film_twice(catalogue: Catalogue) -> None:
    titles = Counter((item.title.casefold(), item.number("year")) for item in catalogue.items)
    assert [title for title, count in titles.items() if count > 1] == []
    movielens = Counter(item.fields["movielens_id"] for item in catalogue.items if item.fields["movielens_id"])
    assert [number for number, count in movielens.items() if count > 1] == []


def test_no_film_under_two_titles(catalogue: Catalogue) -> None:
    for a, b in combinations(catalogue.items, 2):
        if a.number("year") == b.number("year") and set(fields(a)["directors"]) & set(fields(b)["directors"]):
            shared = set(fields(a)["cast"]) & set(fields(b)["cast"])
            sequels = {"the-matrix-reloaded-2003", "the-matrix-revolutions-2003"}
            assert len(shared) < 4 or {a.id, b.id} == sequels, (a.id, b.id)


def test_texts_are_there_and_clean(catalogue: Catalogue) -> None:
    for item in catalogue.items:
        synopsis = str(item.fields["synopsis"])
        assert 60 <= len(synopsis) <= 400, item.id
        assert synopsis[-1] in '.!?"', item.id
        for list_of in ("keywords", "mood", "genres", "cast", "directors"):
            values = fields(item)[list_of]
            assert len({value.casefold() for value in values}) == len(values), (item.id, list_of)
            assert all(value == value.strip() and "  " not in value for value in values), (item.id, list_of)


def test_names_are_names_spelt_one_way(catalogue: Catalogue) -> None:
    spellings: dict[str, set[str]] = {}
    for name in catalogue.value_counts["person"]:
        assert NAME.fullmatch(name), name
        assert not re.search(r"\d|\b(and|the|with)\b$|^(and|with)\b", name), name
        plain = "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalpha())
        spellings.setdefault(plain, set()).add(name)
    assert [names for names in spellings.values() if len(names) > 1] == []


def test_every_film_has_people_but_for_one_compilation(catalogue: Catalogue) -> None:
    lonely = [item.id for item in catalogue.items if not fields(item)["directors"] or not fields(item)["cast"]]
    assert lonely == ["wallace-gromit-the-best-of-aardman-animation-1996"]


@pytest.mark.parametrize(
    ("word", "values"),
    [
        ("scary", "horror"),
        ("rom-com", "romance+comedy"),
        ("mafia", "crime"),
        ("kids", "children"),
        ("noir", "film-noir"),
    ],
)
def test_synonyms(catalogue: Catalogue, word: str, values: str) -> None:
    assert catalogue.schema.facet("genre").synonyms[word] == values


def test_the_shop_loads_without_a_problem() -> None:
    shop = load_catalogue(ROOT / "examples" / "shop")
    assert len(shop.items) == 190
    assert [str(problem) for problem in shop.problems] == []
