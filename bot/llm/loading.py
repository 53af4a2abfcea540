"""From a folder or a Hugging Face id to a causal language model in memory, with a LoRA adapter merged into its weights.

Knows files, transformers and peft; knows no prompt and no decoding. What these libraries raise becomes a ModelError.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.llm.port import AdapterMismatch, ModelError, ModelMissing, OutOfMemory
from retrieval.assets import file_sha256

WEIGHTS, ADAPTER, RECORD = "model.safetensors", "adapter_model.safetensors", "training.json"
_MEMORY_WORDS = ("not enough memory", "can't allocate memory", "out of memory")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready for inference on the CPU (eval mode, no gradients) and its tokenizer."""

    model: Any
    tokenizer: Any


def load(source: Path | str, adapter: Path | None, dtype: str) -> Loaded:
    """The model at `source` in `dtype` ("float32" or "bfloat16"), `adapter` merged. Raises ModelError.

    The merge happens in float32: in bfloat16 a small update vanishes in rounding.
    """
    with translated(f"the model {str(source)!r}"), _quiet():
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        if adapter is not None:
            check_adapter(source, adapter)
        local = isinstance(source, Path)
        wanted = getattr(torch, dtype)
        tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=local)
        model = AutoModelForCausalLM.from_pretrained(
            source, local_files_only=local, dtype=torch.float32 if adapter else wanted
        )
        if adapter is not None:
            from peft import PeftModel

            model = PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()
        return Loaded(model.to(wanted).eval().requires_grad_(False), tokenizer)


def check_adapter(source: Path | str, adapter: Path) -> None:
    """Raises ModelMissing when the adapter is incomplete, AdapterMismatch when another base was trained."""
    for name in (ADAPTER, RECORD):
        if not (adapter / name).is_file():
            raise ModelMissing(
                f"the adapter {str(adapter)!r} has no {name}", hint="train it again or name another folder"
            )
    try:
        record = json.loads((adapter / RECORD).read_text(encoding="utf-8"))
        wanted, made_from = record["base_sha256"], record.get("base_source_sha256")
    except (ValueError, KeyError, TypeError) as error:
        message = f"{RECORD} of the adapter {str(adapter)!r} does not say which base model it was trained on"
        raise AdapterMismatch(message, hint="train it again") from error
    found = weights_sha256(source)
    if found != wanted and (made_from is None or made_from not in sources_sha256(source)):
        raise AdapterMismatch(
            f"the adapter {str(adapter)!r} was trained on a base with sha256 {str(wanted)[:12]}…, "
            f"but {str(source)!r} has {str(found)[:12]}…",
            hint="use the model it was trained on, or train an adapter for this one",
        )


def weights_sha256(source: Path | str) -> str | None:
    """The sha256 of the model's one weights file, as its manifest records it or computed; None: no such file."""
    path = _weights_path(source)
    if path is None:
        return None
    try:
        manifest = json.loads((path.parent / "manifest.json").read_text(encoding="utf-8"))
        return str(manifest["files"][WEIGHTS]["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return file_sha256(path)


def sources_sha256(source: Path | str) -> tuple[str, ...]:
    """The sha256 of the files an asset was converted from; other library versions may write the same weights anew."""
    if not isinstance(source, Path):
        return ()
    try:
        manifest = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
        return tuple(str(value) for value in manifest["source"]["members"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()


def _weights_path(source: Path | str) -> Path | None:
    if isinstance(source, Path):
        return source / WEIGHTS if (source / WEIGHTS).is_file() else None
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(source, WEIGHTS)
    return Path(found) if isinstance(found, str) else None


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Errors of torch, transformers, peft and the file system inside become ModelErrors about `what`."""
    try:
        yield
    except ModelError:
        raise
    except MemoryError as error:
        raise _too_big(what) from error
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, TypeError, IndexError) as error:
        if any(words in str(error).lower() for words in _MEMORY_WORDS):
            raise _too_big(what) from error
        if isinstance(error, OSError):
            message = f"{what} is missing or unreadable: {_first_line(error)}"
            raise ModelMissing(message, hint="run `chatalogue doctor`, or name another model") from error
        raise ModelError(f"{what} failed: {_first_line(error)}", hint="run `chatalogue doctor`") from error


def _too_big(what: str) -> OutOfMemory:
    return OutOfMemory(f"{what} does not fit into memory", hint="choose a smaller model", retryable=True)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars, warnings or advice on standard error while loading; what was set before is restored."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
