"""Only what changed is encoded; a build that dies changes nothing; readers keep their generation."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import chromadb
import numpy as np
import pytest

from retrieval import generations
from retrieval.catalogue.item import Catalogue
from retrieval.chroma_store import Server, drop_store
from retrieval.embedder import Embedder, HashingEmbedder
from retrieval.errors import StoreError
from retrieval.indexer import Index, build_index, embedding_text, memory_index
from retrieval.store import Vectors
from tests.retrieval.make import toy, toys


class Counting(HashingEmbedder):
    """Remembers what was encoded; dies on request."""

    def __init__(self, dimension: int = 32, dies: bool = False) -> None:
        super().__init__(dimension)
        self.encoded: list[str] = []
        self.dies = dies

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.dies:
            raise RuntimeError("the power went")
        self.encoded += texts
        return super().encode(texts)


THREE = toys(toy("a", "Ant"), toy("b", "Bear"), toy("c", "Cat"), fingerprint="1")
CHANGED = toys(toy("c", "Cat"), toy("a", "Ant", "new text"), toy("d", "Dog"), fingerprint="2")


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Index]:
    def run(catalogue: Catalogue, embedder: Embedder, lines: list[str] | None = None) -> Index:
        return build_index(catalogue, embedder, tmp_path, (lines if lines is not None else []).append)

    return run


def check(index: Index, catalogue: Catalogue, embedder: Embedder) -> None:
    """The index says of `catalogue` what one made from nothing says."""
    fresh = memory_index(catalogue, embedder)
    assert list(index.ids) == [item.id for item in catalogue.items]
    assert index.row_of == fresh.row_of
    assert np.allclose(index.vectors, fresh.vectors)
    question = embedder.encode(["a cat or a dog"])
    assert index.store.search(question, 9) == fresh.store.search(question, 9)


def test_nothing_is_encoded_twice(build: Callable[..., Index]) -> None:
    embedder = Counting()
    lines: list[str] = []
    build(THREE, embedder, lines).close()
    assert len(embedder.encoded) == 3
    again = build(THREE, embedder, lines)
    assert len(embedder.encoded) == 3
    assert len(lines) == 1
    check(again, THREE, HashingEmbedder(32))
    again.close()


def test_a_change_encodes_only_the_difference(build: Callable[..., Index]) -> None:
    embedder = Counting()
    build(THREE, embedder).close()
    embedder.encoded.clear()
    lines: list[str] = []
    index = build(CHANGED, embedder, lines)
    assert embedder.encoded == [embedding_text(item, CHANGED.schema) for item in CHANGED.items if item.id != "c"]
    assert "3 items, 2 encoded, 1 unchanged, 1 removed" in lines[0]
    check(index, CHANGED, HashingEmbedder(32))
    index.close()


def test_a_small_change_to_many_items_is_right_too(build: Callable[..., Index]) -> None:
    """The way through a copy of Chroma's files, which a large change does not take."""
    embedder = Counting()
    items = [toy(f"t{n:03}", f"Toy {n}") for n in range(200)]
    build(toys(*items, fingerprint="1"), embedder).close()
    embedder.encoded.clear()
    later = toys(*items[5:100], toy("t003", "Toy 3 is back", kind=("car",)), *items[100:], fingerprint="2")
    index = build(later, embedder)
    assert len(embedder.encoded) == 1
    check(index, later, HashingEmbedder(32))
    index.close()
    reopened = build(later, embedder)
    check(reopened, later, HashingEmbedder(32))
    reopened.close()


def test_another_embedder_means_from_nothing(build: Callable[..., Index]) -> None:
    build(THREE, Counting()).close()
    other = Counting(64)
    lines: list[str] = []
    index = build(THREE, other, lines)
    assert len(other.encoded) == 3
    assert "Another embedder" in lines[0]
    assert index.vectors.shape == (3, 64)
    index.close()


def test_a_build_that_dies_leaves_the_old_one(build: Callable[..., Index], tmp_path: Path) -> None:
    build(THREE, Counting()).close()
    with pytest.raises(RuntimeError):
        build(CHANGED, Counting(dies=True))
    embedder = Counting()
    index = build(THREE, embedder)
    assert not embedder.encoded
    index.close()


@pytest.mark.parametrize("moment", ["new_generation", "switch"])
def test_dying_at_a_bad_moment(
    build: Callable[..., Index], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    build(THREE, Counting()).close()
    with monkeypatch.context() as patch:
        patch.setattr(generations, moment, lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            build(CHANGED, Counting())
    check_again = build(THREE, Counting(dies=True))
    check_again.close()
    build(CHANGED, Counting()).close()
    assert len(list(tmp_path.glob("gen-*"))) == 1


@pytest.mark.parametrize("name", ["meta.json", "ids.json", "vectors.npy"])
def test_a_damaged_generation_is_built_again(build: Callable[..., Index], tmp_path: Path, name: str) -> None:
    build(THREE, Counting()).close()
    (damaged,) = tmp_path.glob("gen-*")
    (damaged / name).write_bytes(b"{")
    index = build(THREE, Counting())
    check(index, THREE, HashingEmbedder(32))
    index.close()


@pytest.mark.parametrize("content", [b"\x8f" * 20, b"SQLite format 3\0" + b"\x8f" * 500, None])
@pytest.mark.parametrize("catalogue", [THREE, CHANGED])
def test_a_damaged_database_is_built_again(
    build: Callable[..., Index], tmp_path: Path, content: bytes | None, catalogue: Catalogue
) -> None:
    build(THREE, Counting()).close()
    (damaged,) = tmp_path.glob("gen-*")
    database = damaged / "chroma" / "chroma.sqlite3"
    database.write_bytes(database.read_bytes()[:5000] if content is None else content)
    lines: list[str] = []
    index = build(catalogue, Counting(), lines)
    check(index, catalogue, HashingEmbedder(32))
    assert catalogue is CHANGED or "damaged" in lines[0]
    assert not any("running" in line or "server" in line for line in lines)
    index.close()


def test_a_reader_keeps_its_generation(build: Callable[..., Index], tmp_path: Path) -> None:
    reader = build(THREE, Counting())
    build(CHANGED, Counting()).close()
    assert len(list(tmp_path.glob("gen-*"))) == 2
    check(reader, THREE, HashingEmbedder(32))
    reader.close()
    build(THREE, Counting()).close()
    assert len(list(tmp_path.glob("gen-*"))) == 1


def test_two_writers_build_once(tmp_path: Path) -> None:
    embedder = Counting()
    indexes: list[Index] = []
    threads = [
        threading.Thread(target=lambda: indexes.append(build_index(THREE, embedder, tmp_path, lambda _: None)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(indexes) == 3
    assert len(embedder.encoded) == 3
    for index in indexes:
        index.close()


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        build_index(THREE, Counting(), tmp_path / "file" / "index", lambda _: None)


def test_what_the_index_was_made_from_is_written_down(build: Callable[..., Index], tmp_path: Path) -> None:
    embedder = Counting()
    build(THREE, embedder).close()
    (generation,) = tmp_path.glob("gen-*")
    identity = json.loads((generation / "meta.json").read_text())["identity"]
    assert identity == {"embedder": embedder.fingerprint, "dimension": 32, "catalogue": "1"}


# -- the same behind a Chroma server: the vectors' file stays here, the collections are there


@pytest.fixture
def server(chroma_port: int) -> Server:
    return Server("127.0.0.1", chroma_port)


@pytest.fixture
def build_there(tmp_path: Path, server: Server) -> Callable[..., Index]:
    def run(catalogue: Catalogue, embedder: Embedder) -> Index:
        return build_index(catalogue, embedder, tmp_path, lambda _: None, server=server)

    return run


def collections(server: Server) -> set[str]:
    with chromadb.HttpClient(host=server.host, port=server.port) as client:
        return {c.name for c in client.list_collections() if c.name.startswith("gen-")}


@pytest.mark.server
def test_a_server_holds_the_generations_that_are_used(
    build_there: Callable[..., Index], server: Server, tmp_path: Path
) -> None:
    before, embedder = collections(server), Counting()
    reader = build_there(THREE, embedder)
    again = build_there(THREE, embedder)
    assert len(embedder.encoded) == 3
    check(again, THREE, HashingEmbedder(32))
    again.close()
    changed = build_there(CHANGED, embedder)
    assert len(embedder.encoded) == 5
    check(changed, CHANGED, HashingEmbedder(32))
    changed.close()
    assert len(collections(server) - before) == 2  # the reader's is kept
    check(reader, THREE, HashingEmbedder(32))
    reader.close()
    last = build_there(THREE, embedder)
    check(last, THREE, HashingEmbedder(32))
    last.close()
    assert collections(server) - before == {path.name for path in tmp_path.glob("gen-*")}
    assert len(collections(server) - before) == 1


@pytest.mark.server
def test_what_a_server_lost_is_built_again(build_there: Callable[..., Index], server: Server, tmp_path: Path) -> None:
    build_there(THREE, Counting()).close()
    (generation,) = tmp_path.glob("gen-*")
    drop_store(server, generation.name)
    embedder = Counting()
    index = build_there(THREE, embedder)
    assert not embedder.encoded  # the vectors were here
    check(index, THREE, HashingEmbedder(32))
    index.close()
