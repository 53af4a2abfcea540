"""The language model on this machine: transformers on the CPU, a prompt's fixed part read once, answers in a grammar.

Loads late (`warm_up` or the first call). Calls from several threads take turns. Knows no slots and no catalogue.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.llm import loading
from bot.llm.decoding import Continuation, Decoder, Wanted
from bot.llm.drafting import Draft
from bot.llm.guidance import Guide, guidance_tokenizer
from bot.llm.port import Completion, Grammar, Limits, ModelError, Stopped
from bot.understanding import tokens as encoding
from retrieval.assets import file_sha256
from retrieval.dtype import fast_dtype

PREFIXES = 4  #: how many prefixes stay read; one of up to 256 tokens costs 12 MB with the default model
_POLL_S = 0.05
log = logging.getLogger(__name__)


class LocalModel:
    """A LanguageModel from a folder or a Hugging Face id, with an optional LoRA adapter folder.

    `dtype` "auto" takes what is fastest here. `threads` sets torch's for the whole process; None leaves them alone.
    """

    def __init__(
        self, source: Path | str, adapter: Path | None = None, *, dtype: str = "auto", threads: int | None = None
    ) -> None:
        self.source, self.adapter, self._dtype, self._threads = source, adapter, dtype, threads
        self.drafts = True  #: whether several tokens are checked in one pass; the answers are the same
        self._lock = threading.Lock()
        self._prefixes: OrderedDict[str, Any] = OrderedDict()

    @cached_property
    def identity(self) -> str:
        """Name and sha256 (first 12) of the weights, then of the adapter: "smollm2…@1a2b…+3c4d…"."""
        name = self.source.name if isinstance(self.source, Path) else self.source
        with loading.translated(f"the model {str(self.source)!r}"):
            adapter = "" if self.adapter is None else "+" + file_sha256(self.adapter / loading.ADAPTER)[:12]
            return f"{name}@{(loading.weights_sha256(self.source) or 'unknown')[:12]}{adapter}"

    @cached_property
    def dtype(self) -> str:
        """The floating-point type the weights have here: "bfloat16" or "float32"."""
        return fast_dtype() if self._dtype == "auto" else self._dtype

    def warm_up(self, prefix: str) -> None:
        """Load the model and read `prefix`. Raises ModelError."""
        with self._lock, loading.translated("the language model"):
            self._read(prefix)

    def complete(self, prefix: str, suffix: str, grammar: Grammar | None, limits: Limits) -> Completion:
        """See LanguageModel. The first call loads the model, which its deadline does not interrupt."""
        start = time.perf_counter()

        def stop() -> Stopped | None:
            if limits.cancelled():
                return "cancelled"
            late = limits.deadline_s is not None and time.perf_counter() - start >= limits.deadline_s
            return "deadline" if late else None

        while not self._lock.acquire(timeout=_POLL_S):
            if reason := stop():
                return Completion("", 0, 0, (time.perf_counter() - start) * 1000, reason)
        try:
            with loading.translated("the language model"):
                done = self._run(prefix, suffix, grammar, limits.max_tokens, stop)
                text = str(self._loaded.tokenizer.decode(done.tokens, clean_up_tokenization_spaces=False))
        finally:
            self._lock.release()
        ms = (time.perf_counter() - start) * 1000
        return Completion(text, len(done.tokens), done.calls, ms, done.stopped, _confidence(done.chances))

    def generate_plain(self, prefix: str, suffix: str, max_tokens: int = 160) -> Completion:
        """The same prompt through transformers' own `generate`, without grammar or prefix cache: the baseline."""
        import torch

        start = time.perf_counter()
        with self._lock, loading.translated("the language model"), torch.inference_mode():
            tokenizer = self._loaded.tokenizer
            ids = [*encoding.encode_prefix(tokenizer, prefix), *encoding.encode_suffix(tokenizer, suffix)]
            prompt = torch.tensor([ids])
            wrote = self._loaded.model.generate(
                prompt,
                attention_mask=torch.ones_like(prompt),
                max_new_tokens=max_tokens,
                do_sample=False,
                eos_token_id=self._ends,
                pad_token_id=self._ends[0],
            )[0, len(ids) :].tolist()
            ended = bool(wrote) and wrote[-1] in self._ends
            text = str(tokenizer.decode(wrote[:-1] if ended else wrote, clean_up_tokenization_spaces=False))
        ms = (time.perf_counter() - start) * 1000
        return Completion(text, len(wrote) - ended, len(wrote), ms, "eos" if ended else "length")

    def _run(self, prefix: str, suffix: str, grammar: Grammar | None, max_tokens: int, stop: Any) -> Continuation:
        read = self._read(prefix)
        ids = encoding.encode_suffix(self._loaded.tokenizer, suffix)
        wanted = Wanted(None, max_tokens) if grammar is None else self._wanted(grammar, ids, max_tokens)
        return self._decoder.run(read, ids, wanted, stop)

    def _wanted(self, grammar: Grammar, prompt: list[int], max_tokens: int) -> Wanted:
        draft = Draft(encoding.encode_text(self._loaded.tokenizer, grammar.guess), prompt) if self.drafts else None
        return Wanted(Guide(self._matcher(grammar)), max_tokens, draft)

    def _read(self, prefix: str) -> Any:
        """The cache that has read `prefix`; the least recently used one makes room."""
        if prefix in self._prefixes:
            self._prefixes.move_to_end(prefix)
            return self._prefixes[prefix]
        cache = self._decoder.read(encoding.encode_prefix(self._loaded.tokenizer, prefix))
        self._prefixes[prefix] = cache
        if len(self._prefixes) > PREFIXES:
            self._prefixes.popitem(last=False)
        return cache

    def _matcher(self, grammar: Grammar) -> Any:
        from llguidance import LLMatcher

        return LLMatcher(self._guidance, LLMatcher.grammar_from_lark(grammar.lark), log_level=0)

    @cached_property
    def _loaded(self) -> loading.Loaded:
        if self._threads is not None:
            import torch

            torch.set_num_threads(self._threads)
        return loading.load(self.source, self.adapter, self.dtype)

    @cached_property
    def _decoder(self) -> Decoder:
        return Decoder(self._forward, self._loaded.model.get_output_embeddings(), self._ends)

    @cached_property
    def _forward(self) -> Any:
        from bot.llm.llama import LlamaPass, unfit
        from bot.llm.transformers_pass import TransformersPass

        model = self._loaded.model
        why = unfit(model)
        if why:
            log.warning("transformers' own forward pass runs %s, which is slower: %s", self.source, why)
            return TransformersPass(model)
        return LlamaPass(model)

    @cached_property
    def _guidance(self) -> Any:
        tokenizer = self._loaded.tokenizer
        rows = max(self._loaded.model.get_output_embeddings().weight.shape[0], len(tokenizer))
        return guidance_tokenizer(tokenizer, rows, self._ends)

    @cached_property
    def _ends(self) -> list[int]:
        """The ids that end an answer: the prompt's own end mark where it is one token, and the model's."""
        tokenizer = self._loaded.tokenizer
        ends = [] if tokenizer.eos_token_id is None else [int(tokenizer.eos_token_id)]
        with contextlib.suppress(ValueError):
            ends.append(encoding.end_token(tokenizer))
        if not ends:
            raise ModelError(f"{self.identity} has no end-of-answer token", hint="choose an instruction-tuned model")
        return list(dict.fromkeys(ends))


def _confidence(chances: list[float]) -> float | None:
    return math.prod(chances) if chances else None
