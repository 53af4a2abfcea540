"""Greedy decoding inside a grammar, with as few forward passes as the grammar allows.

Two savings over `model.generate`: tokens that the grammar forces are appended without asking the model, and where
few tokens are allowed the output layer is computed for these alone.

Knows token ids, a transformers model and llguidance; knows no prompt, no text and no threads.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.llm.port import GrammarRejected, Stopped

FEW = 4096  #: up to so many allowed tokens, only their rows of the output layer are computed


@dataclass
class Continuation:
    """What one run wrote: token ids without the end mark, how many forward passes it took, and why it stopped."""

    tokens: list[int] = field(default_factory=list)
    calls: int = 0
    stopped: Stopped = "eos"


class Guide:
    """The state of one grammar during one run: what may follow and what must. `matcher` is llguidance's LLMatcher."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher
        self._check()

    def allowed(self) -> NDArray[np.int64]:
        """The ids that may follow, the end mark included; at least one."""
        bits = np.unpackbits(np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8), bitorder="little")
        ids = np.flatnonzero(bits)
        if not len(ids):
            self._check()
            raise GrammarRejected("the grammar allows nothing more", hint="report this message as a bug")
        return ids

    def consume(self, token: int) -> list[int]:
        """Take `token`; the ids that must follow it (already taken too)."""
        self._matcher.consume_token(token)
        self._check()
        return self.forced()

    def forced(self) -> list[int]:
        """The ids that must follow now; they are taken."""
        tokens: list[int] = list(self._matcher.compute_ff_tokens())
        if tokens:
            self._matcher.consume_tokens(tokens)
            self._check()
        return tokens

    def _check(self) -> None:
        if self._matcher.is_error():
            message = str(self._matcher.get_error()).strip().splitlines()[0]
            raise GrammarRejected(f"llguidance refuses the grammar: {message}", hint="report this message as a bug")


class Decoder:
    """Runs a causal transformers model on the CPU. `ends` are the ids that end an answer."""

    def __init__(self, model: Any, ends: Sequence[int]) -> None:
        self._body, self._head, self._model = model.base_model, model.get_output_embeddings(), model
        self._ends = frozenset(ends)

    def read(self, ids: Sequence[int]) -> Any:
        """A cache that has read `ids`; `fork` it before use."""
        import torch
        from transformers import DynamicCache

        cache = DynamicCache(config=self._model.config)
        with torch.inference_mode():
            self._forward(ids, cache)
        return cache

    def run(
        self, cache: Any, ids: Sequence[int], guide: Guide | None, max_tokens: int, stop: Callable[[], Stopped | None]
    ) -> Continuation:
        """What follows `ids` after what `cache` has read; grows `cache`. `stop` is asked before every forward pass."""
        import torch

        done = Continuation()
        with torch.inference_mode():
            waiting = list(ids)  # what the model has not read yet
            if guide is not None:
                self._take(guide.forced(), waiting, done)
            while True:
                allowed = self._skip_forced(guide, waiting, done)
                if allowed is not None and not len(allowed):
                    return done
                reason = stop() or ("length" if len(done.tokens) >= max_tokens else None)
                if reason:
                    done.stopped = reason
                    return done
                hidden = self._forward(waiting, cache)
                done.calls += 1
                token = self._best(hidden, allowed)
                if token in self._ends:
                    return done
                waiting = []
                self._take([token, *(guide.consume(token) if guide else ())], waiting, done)

    def _skip_forced(self, guide: Guide | None, waiting: list[int], done: Continuation) -> NDArray[np.int64] | None:
        """What the model may choose from: None everything, nothing when the answer is over."""
        if guide is None:
            return None
        while len(allowed := guide.allowed()) == 1:
            token = int(allowed[0])
            if token in self._ends:
                return allowed[:0]
            self._take([token, *guide.consume(token)], waiting, done)
        return allowed

    @staticmethod
    def _take(tokens: list[int], waiting: list[int], done: Continuation) -> None:
        waiting += tokens
        done.tokens += tokens

    def _forward(self, ids: Sequence[int], cache: Any) -> Any:
        import torch

        read = self._body(input_ids=torch.tensor([list(ids)]), past_key_values=cache, use_cache=True)
        return read.last_hidden_state[0, -1]

    def _best(self, hidden: Any, allowed: NDArray[np.int64] | None) -> int:
        import torch

        if allowed is None or len(allowed) > FEW:
            scores = self._head(hidden)
            if allowed is None:
                return int(scores.argmax())
            return int(allowed[int(scores[torch.from_numpy(allowed)].argmax())])
        rows = torch.from_numpy(allowed)
        bias = None if getattr(self._head, "bias", None) is None else self._head.bias[rows]
        scores = torch.nn.functional.linear(hidden, self._head.weight[rows], bias)
        return int(allowed[int(scores.argmax())])


def fork(cache: Any) -> Any:
    """A cache that grows by itself and leaves `cache` as it is.

    transformers' plain layers never write into their tensors (they concatenate into new ones), so these can share
    them; other layers (sliding windows, recurrent states) are copied.
    """
    from transformers.cache_utils import DynamicLayer

    if not all(type(layer) is DynamicLayer for layer in cache.layers):
        return copy.deepcopy(cache)
    twin = copy.copy(cache)
    twin.layers = [copy.copy(layer) for layer in cache.layers]
    return twin
