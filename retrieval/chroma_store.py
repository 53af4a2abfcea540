"""The vector store on Chroma: embedded in a folder, or a server's by its address.

Chroma finds approximate neighbours; their similarities are computed again from the vectors themselves, so an answer
is a cosine and the same one every time. Its filtered questions are slow (50,000 items: 18-40 ms, against 2 ms for
exact NumPy), so a filter that leaves little is answered exactly. Knows no embedder but by its fingerprint.

Chroma is imported when a store is first opened: it takes a second, and many commands and most tests open none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.errors import IndexMismatch, StoreError
from retrieval.exact_store import ExactStore, check_questions, check_vector
from retrieval.facet_index import Mask
from retrieval.filters import Filter, metadata, to_chroma
from retrieval.store import Entry, Hit, Vectors

FEW = 2_000  #: so many matching items are compared one by one in less time than Chroma filters
FEW_SHARE = 0.1  #: and so are fewer than this share of all
COLLECTION = "items"
_BUSY = re.compile(r"\b(?:locked|busy|full|readonly|unable to open)\b", re.I)  #: said of whole files


@dataclass(frozen=True, slots=True)
class Identity:
    """What an index was made from; a store opens only for the same.

    `embedder` and `catalogue` are fingerprints, `dimension` counts the numbers of a vector.
    """

    embedder: str
    dimension: int
    catalogue: str


@dataclass(frozen=True, slots=True)
class Server:
    """Where a Chroma server listens."""

    host: str
    port: int = 8000


class ChromaStore:
    """A collection and, for exact answers, its vectors in memory (`exact`, which `write` keeps in step)."""

    def __init__(self, client: Any, collection: Any, exact: ExactStore, *, few: int = FEW) -> None:
        self._client, self._collection = client, collection
        self.exact = exact
        self._few = few

    def write(self, upserts: Sequence[Entry], deletions: Sequence[str]) -> None:
        """See `VectorStore.write`."""
        for entry in upserts:
            check_vector(entry.vector, self.exact.dimension)
        with _translated():
            step = self._client.get_max_batch_size()
            for batch in _batches(deletions, step):
                self._collection.delete(ids=list(batch))
            latest = list({entry.id: entry for entry in upserts}.values())
            for part in _batches(latest, step):
                self._collection.delete(ids=[entry.id for entry in part])  # upsert would merge the metadata
                self._collection.add(
                    ids=[entry.id for entry in part],
                    embeddings=np.stack([entry.vector for entry in part]),
                    metadatas=[metadata(entry.item) for entry in part],
                )
        self.exact.write(upserts, deletions)

    def search(self, vectors: Vectors, k: int, where: Filter | None = None) -> list[list[Hit]]:
        """See `VectorStore.search`."""
        check_questions(vectors, self.exact.dimension)
        if k < 1 or not len(vectors):
            return [[] for _ in vectors]
        allowed = None if where is None else self.exact.facets.mask(where)
        condition = None if where is None else to_chroma(where)
        if allowed is not None and (condition is None or self._leaves_few(allowed)):
            return self.exact.search_rows(vectors, k, allowed)
        matching = len(self.exact.ids) if allowed is None else int(allowed.sum())
        expected = min(k, matching)
        if not expected:
            return [[] for _ in vectors]
        found = self._nearest(vectors, min(2 * k + 10, matching), condition)
        return [
            self._scored(vector, ids, k) if len(ids) >= expected else self._exactly(vector, k, allowed)
            for vector, ids in zip(vectors, found, strict=True)
        ]

    def _leaves_few(self, allowed: Mask) -> bool:
        matching = int(allowed.sum())
        return self._few > 0 and (matching <= self._few or matching < FEW_SHARE * allowed.size)

    def _nearest(self, vectors: Vectors, k: int, condition: Mapping[str, object] | None) -> list[list[str]]:
        with _translated():
            answer = self._collection.query(query_embeddings=vectors, n_results=k, where=condition, include=[])
        return [[id for id in ids if id in self.exact.row_of] for ids in answer["ids"]]

    def _scored(self, vector: Vectors, ids: Sequence[str], k: int) -> list[Hit]:
        mask = np.zeros(len(self.exact.ids), dtype=np.bool_)
        mask[[self.exact.row_of[id] for id in ids]] = True
        return self._exactly(vector, k, mask)

    def _exactly(self, vector: Vectors, k: int, allowed: Mask | None) -> list[Hit]:
        return self.exact.search_rows(vector[np.newaxis], k, allowed)[0]

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """See `VectorStore.vectors`."""
        return self.exact.vectors(ids)

    def close(self) -> None:
        """Let go of the database files, or of the server."""
        self._client.close()


def create_store(where: Path | Server, identity: Identity, *, name: str = COLLECTION, few: int = FEW) -> ChromaStore:
    """A new, empty store; one of the same name is replaced."""
    client = _client(where)
    try:
        with _translated():
            drop_collection(client, name)
            collection = client.create_collection(
                name, metadata=asdict(identity), configuration=_configuration(), embedding_function=None
            )
    except StoreError:
        client.close()
        raise
    return ChromaStore(client, collection, ExactStore(identity.dimension), few=few)


def open_store(
    where: Path | Server, identity: Identity, exact: ExactStore, *, name: str = COLLECTION, expected: int | None = None
) -> ChromaStore:
    """The store that is there, with its vectors `exact`; raises IndexMismatch when it is not of this `identity`.

    It must hold `expected` items; without a number, as many as `exact`.
    """
    wanted = len(exact.ids) if expected is None else expected
    client = _client(where)
    try:
        with _translated(where):
            collection = client.get_collection(name, embedding_function=None)
            _check_identity(dict(collection.metadata or {}), identity)
            stored = collection.count()
        if stored != wanted:
            raise _mismatch(f"it holds {stored} items where {wanted} are expected")
    except StoreError:
        client.close()
        raise
    return ChromaStore(client, collection, exact)


def relabel(store: ChromaStore, identity: Identity, name: str) -> None:
    """Say that `store` holds what `identity` names, for the `write` that makes it so."""
    with _translated():
        store._collection.modify(name=name, metadata=asdict(identity))


def drop_store(where: Path | Server, name: str) -> None:
    """Remove a store if it is there."""
    client = _client(where)
    try:
        with _translated():
            drop_collection(client, name)
    finally:
        client.close()


def drop_collection(client: Any, name: str) -> None:
    """Remove a collection if it is there.

    Its records first: Chroma's own removal leaves list values behind, which come up again in records of the next
    collection (chroma-core/chroma#7594, in 1.5.9).
    """
    from chromadb.errors import NotFoundError

    try:
        collection = client.get_collection(name, embedding_function=None)
    except NotFoundError:
        return
    step = client.get_max_batch_size()
    while ids := collection.get(limit=step, include=[])["ids"]:
        collection.delete(ids=ids)
    client.delete_collection(name)


def _configuration() -> dict[str, object]:
    return {"hnsw": {"space": "cosine", "ef_search": 200, "ef_construction": 200, "max_neighbors": 24}}


def _client(where: Path | Server) -> Any:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    settings = Settings(anonymized_telemetry=False)
    with _translated(where):
        if isinstance(where, Server):
            return chromadb.HttpClient(host=where.host, port=where.port, settings=settings)
        where.mkdir(parents=True, exist_ok=True)
        try:
            return chromadb.PersistentClient(path=str(where), settings=settings)
        except ChromaError:  # Chroma keeps the half-started system, and would hand it out again for this folder
            SharedSystemClient._identifier_to_system.pop(str(where), None)
            raise


def _check_identity(stored: Mapping[str, object], wanted: Identity) -> None:
    for key, value in asdict(wanted).items():
        if stored.get(key) != value:
            raise _mismatch(f"its {key} is {stored.get(key)!r}, the one in use is {value!r}")


def _mismatch(reason: str) -> IndexMismatch:
    return IndexMismatch(f"this index is of something else: {reason}", hint="run `chatalogue index` to build it again")


def _batches(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@contextmanager
def _translated(opened: Path | Server | None = None) -> Iterator[None]:
    """Chroma's errors, and those of the network below it, as ours.

    A folder being `opened` that fails is damaged, unless somebody else has it: trying again would not help.
    """
    import httpx
    from chromadb.errors import ChromaError, NotFoundError

    try:
        yield
    except NotFoundError as error:
        raise IndexMismatch(f"the index is not there: {error}", hint="run `chatalogue index`") from error
    except (ChromaError, OSError) as error:
        if isinstance(opened, Path) and isinstance(error, ChromaError) and not _BUSY.search(str(error)):
            hint = "run `chatalogue index` to build it again"
            raise StoreError(f"the index in {str(opened)!r} does not open: {error}", hint=hint) from error
        raise StoreError(f"Chroma failed: {error}", hint="can its disk be written?", retryable=True) from error
    except httpx.HTTPError as error:
        hint = "is the Chroma server running, and its disk writable?"
        raise StoreError(f"Chroma failed: {error}", hint=hint, retryable=True) from error
    except ValueError as error:  # what HttpClient raises when nobody answers
        unreachable = "connect" in str(error).lower()
        hint = "start the server, or correct its host and port" if unreachable else "this is a fault of ours; report it"
        raise StoreError(f"Chroma failed: {error}", hint=hint, retryable=unreachable) from error
