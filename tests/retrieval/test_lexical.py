"""Words find titles, names and texts; accents, plurals and titles of stopwords do not get in the way."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.catalogue.item import Item
from retrieval.lexical import LexicalIndex, fold, terms
from tests.retrieval.make import toy, toy_lists

SHELF = [
    toy("it", "It", "A clown under the town."),
    toy("us", "Us", "Doubles in red."),
    toy("amelie", "Amélie", "A waitress in Paris.", maker=("Audrey Tautou",)),
    toy("heat", "Heat", "Robbers and a detective in Los Angeles.", maker=("Al Pacino",)),
    toy("robber", "A Story", "One robber of banks and the heat of the day."),
    toy("who", "The Who", "A band plays."),
]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("It", "it"),
        ("it", "it"),
        ("us", "us"),
        ("something like It please", "it"),
        ("have you seen Us?", "us"),
        ("amelie", "amelie"),
        ("AMÉLIE", "amelie"),
        ("audrey tautou", "amelie"),
        ("pacino", "heat"),
        ("robbery by robbers in los angeles", "heat"),
        ("heat", "heat"),
        ("bank", "robber"),
        ("The Who", "who"),
    ],
)
def test_finds(query: str, first: str) -> None:
    found = LexicalIndex.build(SHELF).search(query, 3)
    assert found, query
    assert found[0][0] == first


@pytest.mark.parametrize("query", ["", "   ", "is it for us", "?!", "zzz", "the of and", "I want it"])
def test_finds_nothing(query: str) -> None:
    assert LexicalIndex.build(SHELF).search(query, 3) == []


def test_only_allowed_rows() -> None:
    index = LexicalIndex.build(SHELF)
    allowed = np.array([item.id != "heat" for item in SHELF])
    assert [id for id, _ in index.search("heat", 5, allowed)] == ["robber"]


def test_a_catalogue_without_a_word() -> None:
    index = LexicalIndex.build([toy("a", "!!!"), toy("b", "It")])
    assert index.search("a toy", 3) == []


def test_folding() -> None:
    assert fold("Don’t Élan ÅNGSTRÖM") == "dont elan angstrom"
    assert terms("The stories of glass buses") == ["story", "glass", "buse"]


@given(toy_lists, st.text(max_size=20), st.integers(0, 5))
def test_any_query_is_answered_in_order(items: list[Item], query: str, k: int) -> None:
    found = LexicalIndex.build(items).search(query, k)
    assert len(found) <= k
    assert all(score > 0 for _, score in found)
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))


def test_it_logs_no_more_than_the_program_wants(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        LexicalIndex.build(SHELF)
    assert caplog.records == []
