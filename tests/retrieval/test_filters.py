"""`matches` is the truth; the masks and Chroma's answers agree with it on random items and filters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import chromadb
import pytest
from chromadb.config import Settings
from hypothesis import HealthCheck, given, settings

from retrieval.catalogue.item import Item
from retrieval.chroma_store import drop_collection
from retrieval.facet_index import FacetIndex
from retrieval.filters import All, AnyOf, Filter, Has, IdIn, Not, Range, conjunction, matches, metadata, to_chroma
from tests.retrieval.make import filters, toy, toy_lists


def matching(condition: Filter, items: list[Item]) -> set[str]:
    return {item.id for item in items if matches(condition, item)}


def test_the_definition() -> None:
    item = toy("a", kind=("Car", "doll"), price=2.0)
    assert matches(Has("kind", "cAR"), item)
    assert not matches(Has("maker", "Ann"), item)
    assert matches(Range("price", 2.0, 2.0), item)
    assert matches(Range("price", None, None), item)
    assert not matches(Range("price", None, 1.9), item)
    assert matches(IdIn(frozenset("a")), item)
    assert matches(All(()), item)
    assert not matches(AnyOf(()), item)


def test_what_is_unknown_matches_nothing_and_every_negation() -> None:
    unknown = toy("a")
    assert not matches(Range("price", None, None), unknown)
    assert matches(Not(Range("price", 0.0, 5.0)), unknown)
    assert matches(Not(Has("kind", "car")), unknown)


@given(toy_lists, filters, filters)
def test_laws(items: list[Item], a: Filter, b: Filter) -> None:
    everything = {item.id for item in items}
    assert matching(Not(Not(a)), items) == matching(a, items)
    assert matching(Not(a), items) == everything - matching(a, items)
    assert matching(Not(All((a, b))), items) == matching(AnyOf((Not(a), Not(b))), items)
    assert matching(Not(AnyOf((a, b))), items) == matching(All((Not(a), Not(b))), items)
    both = conjunction([a, None, b])
    assert both is not None
    assert matching(both, items) == matching(a, items) & matching(b, items)


@given(toy_lists, filters)
def test_masks_agree(items: list[Item], condition: Filter) -> None:
    mask = FacetIndex(items).mask(condition)
    assert {item.id for item, allowed in zip(items, mask, strict=True) if allowed} == matching(condition, items)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    client = chromadb.EphemeralClient(settings=Settings(anonymized_telemetry=False))
    yield client
    client.close()


@given(toy_lists, filters)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_chroma_agrees(client: Any, items: list[Item], condition: Filter) -> None:
    where = to_chroma(condition)
    if where is None:
        return
    collection = client.create_collection("laws", embedding_function=None)
    try:
        collection.add(
            ids=[item.id for item in items],
            embeddings=[[1.0, 0.1 * n] for n, _ in enumerate(items)],
            metadatas=[metadata(item) for item in items],
        )
        found = collection.query(query_embeddings=[[1.0, 0.0]], n_results=len(items), where=where, include=[])
    finally:
        drop_collection(client, "laws")
    assert set(found["ids"][0]) == matching(condition, items)


@pytest.mark.parametrize(
    "condition",
    [Range("price", float("inf"), None), IdIn(frozenset(map(str, range(6000)))), Not(Range("p", 0.0, float("nan")))],
)
def test_what_has_no_translation_is_none(condition: Filter) -> None:
    assert to_chroma(condition) is None
