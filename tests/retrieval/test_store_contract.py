"""What every vector store does: one suite, run on the exact one and on Chroma, with and without its exact path.

Chroma stands in a folder or behind a server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.catalogue.item import Item
from retrieval.chroma_store import Identity, Server, create_store, open_store
from retrieval.errors import IndexMismatch, StoreError
from retrieval.exact_store import ExactStore
from retrieval.filters import Filter, Has, IdIn, Not, Range, matches, to_chroma
from retrieval.store import Entry, Vectors, VectorStore
from tests.retrieval.make import filters, toy, toy_lists
from tests.servers import chroma, free_port

DIMENSION = 8
IDENTITY = Identity("embedder-1", DIMENSION, "catalogue-1")

Make = Callable[[], VectorStore]


SERVER = pytest.param("server, always asked", marks=pytest.mark.server)


@pytest.fixture(params=["exact", "chroma", "chroma, always asked", SERVER])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    kind, _, asked = request.param.partition(", ")
    where = Server("127.0.0.1", request.getfixturevalue("chroma_port")) if kind == "server" else tmp_path
    made = []

    def store() -> VectorStore:
        if kind == "exact":
            return ExactStore(DIMENSION)
        made.append(create_store(where, IDENTITY, name=f"store-{len(made)}", few=0 if asked else 2_000))
        return made[-1]

    yield store
    for one in made:
        one.close()


@pytest.fixture(params=["chroma", pytest.param("server", marks=pytest.mark.server)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | Server:
    return tmp_path if request.param == "chroma" else Server("127.0.0.1", request.getfixturevalue("chroma_port"))


def unit(seed: int, rows: int) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(rows, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def entries(items: list[Item], seed: int = 1) -> list[Entry]:
    return [Entry(item.id, vector, item) for item, vector in zip(items, unit(seed, len(items)), strict=True)]


def many(count: int) -> list[Item]:
    return [toy(f"t{n:03}", kind=("even",) if n % 2 == 0 else ("odd",), price=float(n)) for n in range(count)]


def test_similarity_is_the_cosine(make: Make) -> None:
    store = make()
    store.write(entries(many(30)), [])
    question = unit(9, 2)
    for vector, hits in zip(question, store.search(question, 30), strict=True):
        assert len(hits) == 30
        expected = store.vectors([hit.id for hit in hits]) @ vector
        assert [hit.similarity for hit in hits] == pytest.approx(expected.tolist(), abs=2e-6)
        assert [hit.similarity for hit in hits] == sorted((hit.similarity for hit in hits), reverse=True)


def test_itself_is_one_and_its_opposite_minus_one(make: Make) -> None:
    store = make()
    vector = unit(3, 1)
    store.write([Entry("a", vector[0], toy("a")), Entry("b", -vector[0], toy("b"))], [])
    assert [(hit.id, hit.similarity) for hit in store.search(vector, 5)[0]] == [("a", 1.0), ("b", -1.0)]


def test_ties_are_broken_by_id(make: Make) -> None:
    store = make()
    vector = unit(3, 1)
    store.write([Entry(id, vector[0], toy(id)) for id in "dbca"], [])
    assert [hit.id for hit in store.search(vector, 3)[0]] == ["a", "b", "c"]


def test_filters_hold_and_fill(make: Make) -> None:
    store = make()
    items = many(60)
    store.write(entries(items), [])
    for where in (
        Has("kind", "EVEN"),
        Not(Range("price", 5.0, None)),
        IdIn(frozenset({"t001", "t999"})),
        Has("kind", "x"),
    ):
        wanted = {item.id for item in items if matches(where, item)}
        assert {hit.id for hit in store.search(unit(2, 1), 60, where)[0]} == wanted


def test_upsert_replaces_vector_and_facets(make: Make) -> None:
    store = make()
    store.write(entries([toy("a", kind=("car",), price=1.0), toy("b")]), [])
    new = unit(7, 1)
    store.write([Entry("a", new[0], toy("a", kind=("doll",)))], [])
    assert [hit.id for hit in store.search(new, 5, Has("kind", "doll"))[0]] == ["a"]
    assert store.search(new, 5, Has("kind", "car")) == [[]]
    assert store.search(new, 5, Range("price", None, None)) == [[]]
    assert store.vectors(["a"]) == pytest.approx(new)


def test_deletions_come_first_and_may_be_unknown(make: Make) -> None:
    store = make()
    store.write(entries([toy("a"), toy("b")]), [])
    store.write(entries([toy("b")], seed=5), ["a", "b", "never there"])
    assert [hit.id for hit in store.search(unit(1, 1), 5)[0]] == ["b"]
    with pytest.raises(KeyError):
        store.vectors(["a"])


def test_edges(make: Make) -> None:
    store = make()
    assert store.search(unit(1, 2), 5) == [[], []]
    assert store.vectors([]).shape == (0, DIMENSION)
    store.write([], [])
    store.write(entries([toy("a")]), [])
    assert store.search(unit(1, 1), 0) == [[]]
    assert store.search(unit(1, 0), 3) == []


def test_wrong_vectors_are_refused(make: Make) -> None:
    store = make()
    store.write(entries([toy("a")]), [])
    for bad in (np.ones(3, np.float32), np.full(DIMENSION, np.nan, np.float32)):
        with pytest.raises(StoreError):
            store.write([Entry("b", bad, toy("b"))], [])
    with pytest.raises(StoreError):
        store.search(np.ones((1, 3), np.float32), 1)
    assert [hit.id for hit in store.search(unit(1, 1), 5)[0]] == ["a"]


@given(items=toy_lists, where=st.none() | filters, k=st.integers(1, 14))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_stores_answer_as_brute_force_does(make: Make, items: list[Item], where: Filter | None, k: int) -> None:
    store, oracle = make(), ExactStore(DIMENSION)
    for one in (store, oracle):
        one.write(entries(items), [])
    question = unit(4, 2)
    answer = store.search(question, k, where)
    assert answer == oracle.search(question, k, where)
    allowed = {item.id for item in items if where is None or matches(where, item)}
    assert all(len(hits) == min(k, len(allowed)) and {hit.id for hit in hits} <= allowed for hits in answer)


def test_a_store_opens_only_for_what_it_was_made_from(where: Path | Server) -> None:
    store = create_store(where, IDENTITY, name="items")
    store.write(entries(many(3)), [])
    exact = store.exact
    store.close()
    open_store(where, IDENTITY, exact).close()
    for other in (
        Identity("embedder-2", DIMENSION, "catalogue-1"),
        Identity("embedder-1", DIMENSION, "catalogue-2"),
        Identity("embedder-1", 9, "catalogue-1"),
    ):
        with pytest.raises(IndexMismatch, match="chatalogue index"):
            open_store(where, other, exact)
    with pytest.raises(IndexMismatch, match="3 items where 0"):
        open_store(where, IDENTITY, ExactStore(DIMENSION))
    with pytest.raises(IndexMismatch):
        open_store(where, IDENTITY, exact, name="nothing-here")


def test_a_replaced_store_inherits_nothing(where: Path | Server) -> None:
    first = create_store(where, IDENTITY, few=0)
    first.write(entries([toy("a", kind=("car",), price=1.0)]), [])
    first.close()
    second = create_store(where, IDENTITY, few=0)
    second.write(entries([toy("a"), toy("b", kind=("car",))]), [])
    try:
        assert second._nearest(unit(1, 1), 5, to_chroma(Has("kind", "car"))) == [["b"]]
    finally:
        second.close()


def test_a_server_that_is_down_is_a_retryable_error() -> None:
    with pytest.raises(StoreError) as error:
        create_store(Server("127.0.0.1", free_port()), IDENTITY)
    assert error.value.retryable
    assert "server" in error.value.hint


@pytest.mark.server
def test_a_server_that_goes_away_is_a_retryable_error(tmp_path: Path) -> None:
    with chroma(tmp_path) as port:
        store = create_store(Server("127.0.0.1", port), IDENTITY, few=0)
        store.write(entries(many(3)), [])
    with pytest.raises(StoreError) as error:
        store.search(unit(1, 1), 1)
    assert error.value.retryable
    store.close()
