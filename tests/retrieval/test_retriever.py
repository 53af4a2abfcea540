"""Hard conditions hold for every candidate, and every free place is filled; sources say who found what."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.catalogue.item import Item
from retrieval.embedder import HashingEmbedder
from retrieval.filters import Filter, Has, IdIn, Range, matches
from retrieval.indexer import memory_index
from retrieval.retriever import Query, Retriever
from tests.retrieval.make import filters, ids, toy, toy_lists, toys

EMBEDDER = HashingEmbedder(64)
ITEMS = [
    toy("car", "Racing car", "fast red wheels", kind=("car",), price=5.0),
    toy("truck", "Fire truck", "red wheels and a ladder", kind=("car",), price=9.0),
    toy("doll", "Doll", "blue dress", kind=("doll",), price=9.0),
    toy("robot", "Robot", "wooden and slow", kind=("doll",)),
]


def retriever(items: list[Item]) -> Retriever:
    return Retriever(memory_index(toys(*items), EMBEDDER), EMBEDDER)


some_ids = st.lists(ids, max_size=5).map(tuple)
queries = st.builds(
    Query,
    text=st.sampled_from(["", " ", "red robot", "the", "épée 1984"]),
    like=some_ids,
    neighbours=some_ids,
    where=st.none() | filters,
    exclude=st.frozensets(ids, max_size=6),
    k=st.integers(0, 14),
    fallback=some_ids,
)


@given(toy_lists, queries)
@settings(deadline=None)
def test_hard_conditions_hold_and_places_are_filled(items: list[Item], query: Query) -> None:
    found = retriever(items).retrieve(query)
    allowed = {i.id for i in items if i.id not in query.exclude and (query.where is None or matches(query.where, i))}
    chosen = [candidate.id for candidate in found.items]
    assert set(chosen) <= allowed
    assert len(chosen) == len(set(chosen)) == min(query.k, len(allowed))
    assert found.total_matching == len(allowed)
    assert all(candidate.sources for candidate in found.items)
    for candidate in found.items:
        assert math.isnan(candidate.similarity) == (not query.text.strip())
        assert not candidate.similarity > 1
        assert not candidate.similarity < -1


@given(toy_lists, st.none() | filters, st.frozensets(ids, max_size=6))
def test_count_is_exact(items: list[Item], where: Filter | None, exclude: frozenset[str]) -> None:
    expected = sum(i.id not in exclude and (where is None or matches(where, i)) for i in items)
    assert retriever(items).count(where, exclude) == expected


@given(toy_lists, st.lists(filters, max_size=4), st.frozensets(ids, max_size=6))
def test_relaxations_and_blocking(items: list[Item], constraints: list[Filter], exclude: frozenset[str]) -> None:
    one = retriever(items)

    def count(kept: list[int]) -> int:
        return sum(i.id not in exclude and all(matches(constraints[c], i) for c in kept) for i in items)

    every = list(range(len(constraints)))
    assert one.relaxations(constraints, exclude) == [(c, count([o for o in every if o != c])) for c in every]
    blocking = one.blocking(constraints, exclude)
    assert bool(blocking) == (count(every) == 0 and count([]) > 0)
    if blocking:
        assert count(list(blocking)) == 0
        assert all(count([b for b in blocking if b != c]) > 0 for c in blocking)


def test_sources() -> None:
    found = retriever(ITEMS).retrieve(Query(text="red wheels", neighbours=("robot", "gone"), k=4))
    by_id = {candidate.id: candidate for candidate in found.items}
    assert by_id["car"].sources["lexical"] in (1, 2)
    assert by_id["robot"].sources["neighbours"] == 1
    assert set(by_id["doll"].sources) == {"dense"}
    assert by_id["car"].similarity > by_id["doll"].similarity


def test_like_finds_others_of_the_kind() -> None:
    found = retriever(ITEMS).retrieve(Query(like=("car",), k=1))
    assert found.items[0].id == "truck"
    assert found.items[0].sources == {"like": 1}


def test_like_of_an_item_that_the_filter_refuses_still_counts() -> None:
    found = retriever(ITEMS).retrieve(Query(like=("car",), where=Range("price", 6.0, None), k=1))
    assert found.items[0].id == "truck"


def test_fallback_fills_in_its_order() -> None:
    found = retriever(ITEMS).retrieve(Query(k=3, fallback=("robot", "doll"), exclude=frozenset({"doll"})))
    assert [candidate.id for candidate in found.items] == ["robot", "car", "truck"]
    assert [candidate.sources for candidate in found.items] == [{"fallback": n} for n in (1, 2, 3)]


def test_the_same_question_has_the_same_answer() -> None:
    query = Query(text="red", like=("doll",), neighbours=("robot",))
    assert retriever(ITEMS).retrieve(query) == retriever(ITEMS).retrieve(query)


@pytest.mark.parametrize(
    ("constraints", "blocking"),
    [
        ([Has("kind", "car"), Has("kind", "doll")], (0, 1)),
        ([Has("kind", "car"), Has("kind", "train")], (1,)),
        ([Has("kind", "car"), Range("price", 6.0, None)], ()),
        ([IdIn(frozenset())], (0,)),
        ([], ()),
    ],
)
def test_what_blocks(constraints: list[Filter], blocking: tuple[int, ...]) -> None:
    assert retriever(ITEMS).blocking(constraints) == blocking
