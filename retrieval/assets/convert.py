"""From what was published to what we read: done once, offline, into an empty folder. Input is already verified."""

from __future__ import annotations

import contextlib
import functools
import io
import lzma
import pickle
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path


def keep(raw: Path, out: Path) -> None:
    """Take the files as they are."""
    shutil.copytree(raw, out, dirs_exist_ok=True, copy_function=shutil.move)


def gguf_to_transformers(raw: Path, out: Path) -> None:
    """`model.gguf` becomes a Hugging Face folder: bfloat16 safetensors, config, tokenizer with its chat template.

    The logits equal those of the GGUF loaded in bfloat16. transformers will not save a model which it read from a
    GGUF file, so the weights move into a fresh one; the strict load is what proves that none is missing.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with _quiet(), names_once():
        tokenizer = AutoTokenizer.from_pretrained(raw, gguf_file="model.gguf", local_files_only=True)
        read = AutoModelForCausalLM.from_pretrained(
            raw, gguf_file="model.gguf", dtype=torch.bfloat16, local_files_only=True
        )
        config = type(read.config)(**_plain(read.config.to_dict()))
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
        model.load_state_dict(read.state_dict(), strict=True)
        model.generation_config = read.generation_config
        model.save_pretrained(out)
        tokenizer.save_pretrained(out)


def _plain(config: dict[str, object]) -> dict[str, object]:
    """A config without the traces of the GGUF file it was read from."""
    traces = ("quantization_config", "_model_name_or_path", "_name_or_path", "transformers_version", "dtype")
    return {key: value for key, value in config.items() if key not in traces}


def movielens_to_parquet(raw: Path, out: Path) -> None:
    """`ratings.parquet`: user, movielens_id, title, year, rating (0.5 to 5), timestamp (UTC seconds).

    Four films have neither title nor year (null). A title carries no year of its own, hence the column.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the pickle was written by a NumPy whose module names have moved
        frame = pickle.loads(lzma.decompress((raw / "movielens.pkl.xz").read_bytes()))
    names = {"userId": "user", "movieId": "movielens_id"}
    columns = ["user", "movielens_id", "title", "year", "rating", "timestamp"]
    frame = frame.rename(columns=names)[columns].astype({"year": "Int64"})
    frame.to_parquet(out / "ratings.parquet", index=False)


@contextlib.contextmanager
def names_once() -> Iterator[None]:
    """Keep gguf's table of tensor names: transformers makes it anew for each of 400 modules, half of the reading."""
    import gguf

    make = gguf.get_tensor_name_map
    gguf.get_tensor_name_map = functools.cache(make)
    try:
        yield
    finally:
        gguf.get_tensor_name_map = make


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without transformers' progress bars and advice; its bar for GGUF tensors is plain tqdm on standard error."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
