"""From text to vectors: the Embedder seam, the sentence-transformers adapter and a double that needs no weights.

Vectors are comparable only when the fingerprints of their embedders are equal. Knows no item and no store.
"""

from __future__ import annotations

import hashlib
import logging
import math
import re
import threading
import unicodedata
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from retrieval.assets.fetch import file_sha256
from retrieval.dtype import fast_dtype
from retrieval.errors import ChatalogueError

#: (n, d) float32, rows L2-normalised.
Vectors = npt.NDArray[np.float32]
#: Texts and the size of a batch in; (n, d) out, any float type, not normalised.
Encode = Callable[[list[str], int], Any]
log = logging.getLogger(__name__)

_LONGEST = 8192  # characters; every model here reads far less, and tokenizing megabytes only to cut them is slow
_REMEMBERED = 512  # single texts, which are queries; at 384 dimensions under 1 MB
_READ = (".safetensors", ".bin", ".json", ".txt", ".model")
_NOT_READ = ("manifest.json", "data_config.json")
_FOREIGN_FORMATS = ["*.onnx", "*.h5", "*.ot", "*.msgpack", "onnx/*", "openvino/*", "*.md"]


class EmbedderError(ChatalogueError):
    """The embedder that the settings name cannot be loaded."""

    code = "embedder"


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is a similarity in [-1, 1], higher is closer."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever vectors stop being comparable with earlier ones; the same on every machine."""

    @property
    def dimension(self) -> int:
        """The number of columns, d."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, (n, d) float32, each of length 1; (0, d) for none. Any text is allowed, also an empty one."""


class SentenceTransformerEmbedder:
    """A sentence-transformers model out of a folder or, by id, from the Hugging Face hub.

    Light until first use or `warm_up`. `dtype` is "auto" (the faster one here), "bfloat16" or "float32"; it is not
    part of the fingerprint, since vectors of both are comparable (cosine over 0.999).
    """

    def __init__(self, path_or_id: Path | str, *, dtype: str = "auto", batch_size: int = 32) -> None:
        self._name = path_or_id
        self._dtype = dtype
        self._batch_size = batch_size
        self._lock = threading.RLock()  # fast tokenizers refuse two threads at once ("Already borrowed")
        self._model: Encode | None = None
        self._recent: OrderedDict[str, Vectors] = OrderedDict()

    def warm_up(self) -> None:
        """Load the model; a second call does nothing."""
        with self._lock:
            if self._model is None:
                self._model = self._load()
                self._run(["warm"])

    @cached_property
    def fingerprint(self) -> str:
        """Made of the content of weights, configuration and tokenizer, so a moved folder keeps its fingerprint."""
        folder = self._folder
        read = sorted(p for p in folder.rglob("*") if p.suffix in _READ and p.name not in _NOT_READ)
        weights = [p for p in read if p.suffix == ".safetensors"]
        files = [p for p in read if not (weights and p.suffix == ".bin")]
        lines = "\n".join(f"{p.relative_to(folder).as_posix()} {file_sha256(p)}" for p in files)
        return f"st-{hashlib.sha256(lines.encode()).hexdigest()[:32]}"

    @cached_property
    def dimension(self) -> int:
        """The width of what the model answers; loads it."""
        self.warm_up()
        return int(self._run(["dimension"]).shape[1])

    @cached_property
    def dtype(self) -> str:
        """The type that the weights are held in: "bfloat16" or "float32"."""
        return fast_dtype() if self._dtype == "auto" else self._dtype

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.encode`. A single text is taken for a query and remembered."""
        self.warm_up()
        readable = [_readable(text) for text in texts]
        with self._lock:
            if not readable:
                return np.zeros((0, self.dimension), dtype=np.float32)
            if len(readable) > 1:
                return self._run(readable)
            return self._query(readable[0]).copy()

    def _query(self, text: str) -> Vectors:
        if text not in self._recent:
            self._recent[text] = self._run([text])
            while len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
        self._recent.move_to_end(text)
        return self._recent[text]

    def _run(self, texts: list[str]) -> Vectors:
        """Encode in batches of similar length and normalise in float32."""
        assert self._model is not None
        return _unit_rows(np.asarray(self._model(texts, self._batch_size), dtype=np.float32))

    @cached_property
    def _folder(self) -> Path:
        path = Path(self._name)
        if path.is_dir():
            return path
        from huggingface_hub import snapshot_download

        try:
            return Path(snapshot_download(str(self._name), ignore_patterns=_FOREIGN_FORMATS))
        except Exception as error:
            raise self._unusable(error) from error

    def _load(self) -> Encode:
        """The model: by our own forward pass where that can run it, which spares importing sentence-transformers."""
        import torch

        from retrieval.bert import BertEncoder, unfit

        folder, dtype = self._folder, getattr(torch, self.dtype)
        try:
            why = unfit(folder)
            if not why:
                return BertEncoder.load(folder, dtype).encode
            log.info("sentence-transformers runs %s: %s", self._name, why)
            return _by_sentence_transformers(folder, dtype)
        except Exception as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> EmbedderError:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        hint = "name a sentence-transformers folder or Hugging Face id, or leave the setting out for the default"
        return EmbedderError(f"the embedder {str(self._name)!r} cannot be loaded: {reason}", hint=hint)


def _by_sentence_transformers(folder: Path, dtype: Any) -> Encode:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as bars

    shown = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        model = SentenceTransformer(str(folder), model_kwargs={"dtype": dtype}, local_files_only=True)
    finally:
        if shown:
            bars.enable_progress_bar()
    return lambda texts, size: model.encode(texts, batch_size=size, show_progress_bar=False, convert_to_numpy=True)


class HashingEmbedder:
    """Hashed words and character trigrams: no weights, no download, the same vectors in every process.

    Texts that share words or parts of words are close; meaning beyond spelling is not seen. For tests and as a last
    resort. Feature hashing with signs: Weinberger et al. 2009.
    """

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension

    @property
    def fingerprint(self) -> str:
        """Names the scheme and its size."""
        return f"hashing-1-{self.dimension}"

    def warm_up(self) -> None:
        """Nothing to load."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.encode`. A text without a letter or digit gets a fixed direction of its own."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for (feature, weight), count in Counter(_features(_readable(text))).items():
                bucket, sign = _bucket(feature)
                row[bucket % self.dimension] += sign * weight * math.sqrt(count)
            if not row.any():
                row[0] = 1.0
        return _unit_rows(rows)


def _features(text: str) -> Iterable[tuple[str, float]]:
    for word in re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()):
        yield word, 1.0
        padded = f"<{word}>"
        for start in range(len(padded) - 2):
            yield padded[start : start + 3], 0.4


@lru_cache(maxsize=1 << 16)
def _bucket(feature: str) -> tuple[int, int]:
    number = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "big")
    return number >> 1, 1 if number & 1 else -1


def _readable(text: str) -> str:
    """Cut to a sane length and free of lone surrogates, which no tokenizer takes."""
    return text[:_LONGEST].encode("utf-8", "replace").decode("utf-8")


def _unit_rows(rows: Vectors) -> Vectors:
    norms = np.maximum(np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True), 1e-12)
    unit: Vectors = (rows / norms).astype(np.float32)
    return unit
