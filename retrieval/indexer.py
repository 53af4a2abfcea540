"""Catalogue → index: vectors in Chroma and in a file, words in BM25. Only what changed is encoded again.

A generation holds `meta.json` (what it was made from), `vectors.npy` (n, d), `ids.json` (ids and content hashes in
the order of the rows) and, without a server, Chroma's files. Knows nothing of questions.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from retrieval import generations
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import CatalogueSchema, FacetKind
from retrieval.chroma_store import ChromaStore, Identity, Server, create_store, drop_store, open_store, relabel
from retrieval.embedder import Embedder
from retrieval.errors import StoreError
from retrieval.exact_store import ExactStore
from retrieval.facet_index import FacetIndex
from retrieval.lexical import LexicalIndex
from retrieval.store import Entry, Vectors, VectorStore

Report = Callable[[str], None]

FORMAT = 2  #: of what a generation holds, and of the text that is encoded
_BATCH = 256  # items encoded between two steps of the progress bar
_COPY_SHARE = 0.7  # with less than this unchanged, Chroma's files are written anew and carry no tombstones


@dataclass(frozen=True)
class Index:
    """All that answers questions about one catalogue; close it when it is no longer read.

    `vectors` is (n, d) float32, rows L2-normalised; row i is `ids[i]`.
    """

    catalogue: Catalogue
    store: VectorStore
    exact: ExactStore
    lease: generations.Lease | None = None

    @property
    def vectors(self) -> Vectors:
        """(n, d), one row an item."""
        return self.exact.matrix

    @property
    def ids(self) -> Sequence[str]:
        """Item ids in the order of the rows, which is the catalogue's."""
        return self.exact.ids

    @property
    def row_of(self) -> dict[str, int]:
        """Rows by item id."""
        return self.exact.row_of

    @property
    def facets(self) -> FacetIndex:
        """Which items match a filter."""
        return self.exact.facets

    @cached_property
    def lexical(self) -> LexicalIndex:
        """BM25 over the same rows, built on first use."""
        return LexicalIndex.build(self.catalogue.items)

    def close(self) -> None:
        """Let go of the generation's files."""
        if isinstance(self.store, ChromaStore):
            self.store.close()
        if self.lease is not None:
            self.lease.close()


def embedding_text(item: Item, schema: CatalogueSchema) -> str:
    """What of an item is encoded: its categories and its texts; its title only when there is neither.

    Titles and names are left to BM25 and to linking: as part of the vector they make "Body Heat" resemble "Heat".
    """
    kinds = [f.name for f in schema.facets if f.kind is FacetKind.CATEGORY]
    values = ", ".join(value for name in kinds for value in item.values(name))
    return "\n".join(part for part in (values, item.text) if part) or item.title


def memory_index(catalogue: Catalogue, embedder: Embedder) -> Index:
    """An index without files and without Chroma: for tests, and for catalogues that live shortly."""
    vectors = _encode([embedding_text(item, catalogue.schema) for item in catalogue.items], embedder)
    exact = ExactStore(embedder.dimension, catalogue.items, vectors)
    return Index(catalogue, exact, exact)


def build_index(
    catalogue: Catalogue, embedder: Embedder, folder: Path, report: Report, *, server: Server | None = None
) -> Index:
    """The index of `catalogue` in `folder`: opened when it is current, else built beside the one that is.

    Readers of the old generation keep it. Raises StoreError when the folder or the server cannot be used.
    """
    builder = _Builder(catalogue, embedder, folder, report, server)
    with _file_errors(folder):
        index = builder.opened()
        if index is not None:
            return index
        with generations.only_writer(folder, report):
            index = builder.opened()  # another process may have built it while this one waited
            if index is None:
                builder.build()
                index = builder.opened()
            builder.clean()
    if index is None:
        raise StoreError(
            f"the index in {str(folder)!r} does not open right after it was built", hint="try another folder"
        )
    return index


@dataclass(frozen=True)
class _Generation:
    """What a generation says of itself."""

    folder: Path
    identity: Identity
    ids: tuple[str, ...]
    hashes: tuple[str, ...]
    vectors: Vectors

    @classmethod
    def read(cls, folder: Path) -> _Generation | None:
        """None when it is incomplete, broken or of another format."""
        try:
            meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
            rows = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
            vectors = np.asarray(np.load(folder / "vectors.npy", mmap_mode="r"))
            identity = Identity(**meta["identity"])
            ids, hashes = tuple(rows["ids"]), tuple(rows["hashes"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        whole = len(hashes) == len(ids) and vectors.shape == (len(ids), identity.dimension)
        return cls(folder, identity, ids, hashes, vectors) if whole and meta.get("format") == FORMAT else None

    def write(self) -> None:
        """Everything but Chroma's part; `meta.json` last, for it makes the generation readable."""
        np.save(self.folder / "vectors.npy", self.vectors)
        rows = {"ids": self.ids, "hashes": self.hashes}
        (self.folder / "ids.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        meta = {"format": FORMAT, "identity": asdict(self.identity)}
        (self.folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")


@dataclass(frozen=True)
class _Builder:
    catalogue: Catalogue
    embedder: Embedder
    folder: Path
    report: Report
    server: Server | None

    def opened(self) -> Index | None:
        """The current generation, when it is of this catalogue and this embedder; None when it must be built."""
        folder = generations.current(self.folder)
        if folder is None:
            return None
        try:
            lease = generations.Lease(folder)
        except FileNotFoundError:
            return None
        index = self._opened(folder, lease)
        if index is None:
            lease.close()
        return index

    def _opened(self, folder: Path, lease: generations.Lease) -> Index | None:
        generation = _Generation.read(folder)
        items = self.catalogue.items
        if generation is None or not self._is_current(generation):
            return None
        exact = ExactStore(generation.identity.dimension, items, generation.vectors)
        try:
            store = open_store(self._place(folder), generation.identity, exact, name=folder.name)
        except StoreError as error:
            if error.retryable:
                raise
            self.report(f"The index in {folder.name} is damaged and will be built again: {error.message}")
            return None
        return Index(self.catalogue, store, exact, lease)

    def _is_current(self, generation: _Generation) -> bool:
        made_from = (generation.identity.embedder, generation.identity.catalogue, generation.ids)
        return made_from == (
            self.embedder.fingerprint,
            self.catalogue.fingerprint,
            tuple(item.id for item in self.catalogue.items),
        )

    def _place(self, folder: Path) -> Path | Server:
        return self.server or folder / "chroma"

    def build(self) -> None:
        """Write a new generation and switch to it."""
        start = time.perf_counter()
        folder = generations.current(self.folder)
        old = _Generation.read(folder) if folder else None
        if old and old.identity.embedder != self.embedder.fingerprint:
            self.report("Another embedder made the index that is there; every item is encoded again.")
            old = None
        vectors, encoded = self._vectors(old)
        new = _Generation(
            generations.new_generation(self.folder, self.catalogue.fingerprint),
            Identity(self.embedder.fingerprint, vectors.shape[1], self.catalogue.fingerprint),
            tuple(item.id for item in self.catalogue.items),
            tuple(item.content_hash for item in self.catalogue.items),
            vectors,
        )
        self._write_store(old, new)
        new.write()
        generations.switch(self.folder, new.folder)
        removed = len(set(old.ids) - set(new.ids)) if old else 0
        self.report(
            f"Indexed {self.catalogue.schema.name}: {len(new.ids):,} items, {encoded:,} encoded, "
            f"{len(new.ids) - encoded:,} unchanged, {removed:,} removed, {time.perf_counter() - start:.1f} s."
        )

    def _vectors(self, old: _Generation | None) -> tuple[Vectors, int]:
        """(n, d) in the catalogue's order, and how many rows had to be encoded."""
        known = {hash: row for row, hash in enumerate(old.hashes) if hash} if old else {}
        items = self.catalogue.items
        fresh = [row for row, item in enumerate(items) if item.content_hash not in known]
        texts = [embedding_text(items[row], self.catalogue.schema) for row in fresh]
        encoded = _encode(texts, self.embedder) if fresh else None
        dimension = encoded.shape[1] if encoded is not None else old.vectors.shape[1] if old else 0
        vectors = np.empty((len(items), dimension), dtype=np.float32)
        if old is not None:
            kept = [row for row, item in enumerate(items) if item.content_hash in known]
            vectors[kept] = old.vectors[[known[items[row].content_hash] for row in kept]]
        if encoded is not None:
            vectors[fresh] = encoded
        return vectors, len(fresh)

    def _write_store(self, old: _Generation | None, new: _Generation) -> None:
        before = dict(zip(old.ids, old.hashes, strict=True)) if old else {}
        after = dict(zip(new.ids, new.hashes, strict=True))
        unchanged = {id for id, hash in after.items() if hash and before.get(id) == hash}
        store = self._copied(old, new) if old and len(unchanged) >= _COPY_SHARE * len(before) else None
        if store is None:
            before, unchanged = {}, set()
            store = create_store(self._place(new.folder), new.identity, name=new.folder.name)
        rows = enumerate(self.catalogue.items)
        upserts = [Entry(item.id, new.vectors[row], item) for row, item in rows if item.id not in unchanged]
        try:
            store.write(upserts, [id for id in before if id not in after])
        finally:
            store.close()

    def _copied(self, old: _Generation, new: _Generation) -> ChromaStore | None:
        """A copy of the old store under the new name; None when there is none to be had."""
        if self.server is not None:
            return None
        try:
            shutil.copytree(old.folder / "chroma", new.folder / "chroma")
            empty = ExactStore(new.identity.dimension)
            store = open_store(new.folder / "chroma", old.identity, empty, name=old.folder.name, expected=len(old.ids))
        except (OSError, StoreError):
            shutil.rmtree(new.folder / "chroma", ignore_errors=True)
            return None
        relabel(store, new.identity, new.folder.name)
        return store

    def clean(self) -> None:
        """Remove the generations that nobody needs."""
        for generation in generations.unused(self.folder):
            if self.server is not None:
                drop_store(self.server, generation.name)
            generations.remove(generation)


def _encode(texts: Sequence[str], embedder: Embedder) -> Vectors:
    """(n, d), with a progress bar on standard error when somebody looks at it."""
    batches = [texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
    if not batches:
        return np.empty((0, embedder.dimension), dtype=np.float32)
    shown = track(
        batches,
        description="Reading the catalogue",
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    return np.concatenate([embedder.encode(batch) for batch in shown]).astype(np.float32)


@contextmanager
def _file_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "free some space, or name a cache folder that can be written"
        raise StoreError(f"the index in {str(folder)!r} cannot be written: {error}", hint=hint) from error
