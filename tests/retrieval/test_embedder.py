"""The Embedder contract, run against every embedder, and what only one of them promises."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import retrieval
from retrieval import assets
from retrieval.assets import AssetError
from retrieval.embedder import Embedder, EmbedderError, HashingEmbedder, SentenceTransformerEmbedder

TEXTS = ["a comedy about robots", "", "   ", "Amélie — 愛 😂 مرحبا", "?!…", "\ud800 lone surrogate", "a\x00b", "Heat"]


@pytest.fixture(scope="session")
def minilm() -> Path:
    cache = Path(os.environ.get("CHATALOGUE_CACHE") or assets.default_cache())
    try:
        return assets.ensure(assets.asset(assets.EMBEDDER), cache, print)
    except AssetError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def sentence_transformer(minilm: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(minilm)


@pytest.fixture(params=["hashing", pytest.param("minilm", marks=pytest.mark.model)])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "hashing":
        return HashingEmbedder()
    made: Embedder = request.getfixturevalue("sentence_transformer")
    return made


def test_rows_are_unit_vectors_in_order(embedder: Embedder) -> None:
    rows = embedder.encode(TEXTS)
    assert rows.shape == (len(TEXTS), embedder.dimension)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    for index, text in enumerate(TEXTS):
        alone = embedder.encode([text])[0]
        assert float(alone @ rows[index]) > 0.99


def test_no_text_is_no_row(embedder: Embedder) -> None:
    rows = embedder.encode([])
    assert rows.shape == (0, embedder.dimension)
    assert rows.dtype == np.float32


def test_the_same_call_gives_the_same_vectors(embedder: Embedder) -> None:
    np.testing.assert_array_equal(embedder.encode(TEXTS), embedder.encode(TEXTS))
    np.testing.assert_array_equal(embedder.encode(["Heat"]), embedder.encode(["Heat"]))


def test_an_answer_may_be_changed_by_its_owner(embedder: Embedder) -> None:
    first = embedder.encode(["changed"])
    kept = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(embedder.encode(["changed"]), kept)


def test_a_very_long_text_is_cut_and_not_refused(embedder: Embedder) -> None:
    row = embedder.encode(["robots and love " * 200_000])[0]
    assert np.linalg.norm(row) == pytest.approx(1.0, abs=1e-5)


def test_many_more_texts_than_a_batch_keep_their_order(embedder: Embedder) -> None:
    texts = [f"film {'very ' * (i % 13)} number {i}" for i in range(150)]
    rows = embedder.encode(texts)
    for index in (0, 77, 149):
        assert float(embedder.encode([texts[index]])[0] @ rows[index]) > 0.99


def test_threads_may_share_one(embedder: Embedder) -> None:
    expected = embedder.encode(["x", "shared by threads"])
    found: list[np.ndarray] = []

    def work() -> None:
        found.extend(embedder.encode(["x", "shared by threads"]) for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    for rows in found:
        np.testing.assert_array_equal(rows, expected)


def test_overlapping_texts_are_closer_than_foreign_ones(embedder: Embedder) -> None:
    question, near, far = embedder.encode(["robot comedy", "a comedy with a robot", "the siege of Leningrad"])
    assert question @ near > question @ far + 0.2


def test_the_hashing_fingerprint_tells_dimensions_apart() -> None:
    assert HashingEmbedder(256).fingerprint != HashingEmbedder(128).fingerprint
    assert HashingEmbedder(64).encode(["x"]).shape == (1, 64)


def test_hashing_is_the_same_in_another_process() -> None:
    script = (
        "from retrieval.embedder import HashingEmbedder as H; print(H().encode(['Amélie and robots']).tobytes().hex())"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(retrieval.__file__).parents[1]), "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True, timeout=120
    )
    assert done.stdout.strip() == HashingEmbedder().encode(["Amélie and robots"]).tobytes().hex()


def test_a_folder_that_is_no_model_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("{")
    broken = SentenceTransformerEmbedder(tmp_path, dtype="float32")
    with pytest.raises(EmbedderError, match="cannot be loaded") as caught:
        broken.encode(["x"])
    assert caught.value.__cause__ is not None


def test_construction_is_light(tmp_path: Path) -> None:
    assert SentenceTransformerEmbedder(tmp_path / "absent")._model is None


@pytest.mark.model
def test_meaning_beyond_spelling(sentence_transformer: SentenceTransformerEmbedder) -> None:
    question, near, far = sentence_transformer.encode(["a comedy about robots", "funny robot film", "war documentary"])
    assert question @ near > 0.6
    assert question @ far < 0.4


@pytest.mark.model
def test_bfloat16_and_float32_are_comparable(minilm: Path) -> None:
    texts = ["a comedy about robots", "a quiet drama about two sisters on a farm", "Heat"]
    wide, narrow = (SentenceTransformerEmbedder(minilm, dtype=d).encode(texts) for d in ("float32", "bfloat16"))
    assert ((wide * narrow).sum(axis=1) > 0.999).all()


@pytest.mark.model
def test_the_fingerprint_is_of_content_not_of_place(minilm: Path, tmp_path: Path) -> None:
    original = SentenceTransformerEmbedder(minilm).fingerprint
    moved = tmp_path / "moved"
    moved.mkdir()
    for path in (p for p in minilm.rglob("*") if p.is_file()):
        target = moved / path.relative_to(minilm)
        target.parent.mkdir(exist_ok=True)
        target.symlink_to(path)
    (moved / "README.md").write_text("not read by the model")
    (moved / "manifest.json").unlink(missing_ok=True)  # it holds times, which differ between machines
    assert SentenceTransformerEmbedder(moved).fingerprint == original
    (moved / "1_Pooling" / "config.json").unlink()
    (moved / "1_Pooling" / "config.json").write_text(
        '{"word_embedding_dimension": 384, "pooling_mode_cls_token": true}'
    )
    assert SentenceTransformerEmbedder(moved).fingerprint != original


@pytest.mark.model
def test_a_repeated_query_is_remembered(minilm: Path) -> None:
    embedder = SentenceTransformerEmbedder(minilm)
    first = embedder.encode(["remember me"])
    embedder._run = None  # type: ignore[method-assign,assignment]
    np.testing.assert_array_equal(embedder.encode(["remember me"]), first)
