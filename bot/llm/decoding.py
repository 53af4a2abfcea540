"""Greedy decoding inside a grammar, with as few forward passes as the grammar allows.

Three savings over `model.generate`: tokens that the grammar forces are appended without asking the model; drafts
(`drafting.py`) are checked several tokens at a time, which gives the answer that one token at a time gives; and where
few tokens are allowed the output layer is computed for these alone.

Knows token ids, a forward pass and llguidance; knows no prompt, no text and no threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.llm.drafting import Draft
from bot.llm.guidance import Guide
from bot.llm.port import Stopped

if TYPE_CHECKING:
    from torch import Tensor

FEW = 4096  #: up to so many allowed tokens, only their rows of the output layer are computed


class ForwardPass(Protocol):
    """A causal model without its output layer, and the caches of what it has read.

    `can_rewind`: whether `rewind` may be called; without it nothing can be drafted.
    """

    can_rewind: bool

    def fork(self, cache: Any) -> Any:
        """A cache that grows by itself and leaves `cache` as it is; an empty one for None."""
        ...

    def read(self, ids: Sequence[int], cache: Any, last: int) -> Tensor:
        """Read `ids`, at least one, into `cache`; a tensor (last, hidden): the output layer's input for the last."""
        ...

    def rewind(self, cache: Any, tokens: int) -> None:
        """Forget the last `tokens` tokens that `cache` has read."""
        ...


@dataclass
class Continuation:
    """What one run wrote: token ids without the end mark, how many forward passes it took, and why it stopped.

    `chances` holds for every choice of the model the probability of the token chosen among those allowed, in (0, 1].
    """

    tokens: list[int] = field(default_factory=list)
    calls: int = 0
    stopped: Stopped = "eos"
    chances: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an answer must keep to: its grammar (None: any text) and length; `draft` only makes it faster."""

    guide: Guide | None
    max_tokens: int
    draft: Draft | None = None


class Decoder:
    """Runs a model on the CPU: its forward pass and output layer. `ends` are the ids that end an answer."""

    def __init__(self, forward: ForwardPass, head: Any, ends: Sequence[int]) -> None:
        self._forward, self._head, self._ends = forward, head, frozenset(ends)

    def read(self, ids: Sequence[int]) -> Any:
        """A cache that has read `ids`; `fork` it before use."""
        import torch

        with torch.inference_mode():
            cache = self._forward.fork(None)
            self._forward.read(ids, cache, 1)
        return cache

    def run(self, cache: Any, ids: Sequence[int], wanted: Wanted, stop: Callable[[], Stopped | None]) -> Continuation:
        """What follows `ids` after what `cache` has read, which is left as it is. `stop` is asked before every pass."""
        import torch

        with torch.inference_mode():
            answer = _Answer(wanted, self._ends, self._forward.can_rewind)
            own, waiting = self._forward.fork(cache), [*ids, *answer.begin()]
            while not answer.over:
                if reason := stop():
                    answer.done.stopped = reason
                    break
                draft = answer.draft()
                hidden = self._forward.read([*waiting, *draft], own, len(draft) + 1)
                answer.done.calls += 1
                right, waiting = self._walk(hidden, draft, answer)
                self._forward.rewind(own, len(draft) - right)
        return answer.done

    def _walk(self, hidden: Tensor, draft: Sequence[int], answer: _Answer) -> tuple[int, list[int]]:
        """Choose token by token as long as the draft agrees: how much of it does, and what was not read yet."""
        at = 0
        while not answer.over:
            new = answer.choose(self._scores(hidden[at], answer.allowed))
            agree = _common(new, draft[at:])
            at += agree
            if agree < len(new):
                return at, new[agree:]
        return at, []

    def _scores(self, hidden: Tensor, allowed: NDArray[np.int64] | None) -> Tensor:
        """The output layer's scores of the ids allowed, or of all: float32."""
        import torch
        from torch.nn.functional import linear

        weight, bias = self._head.weight, getattr(self._head, "bias", None)
        if allowed is None or len(allowed) > FEW:
            scores: Tensor = self._head(hidden.to(weight.dtype)).float()
            return scores if allowed is None else scores[torch.from_numpy(allowed)]
        rows = torch.from_numpy(allowed)
        return linear(hidden.float(), weight[rows].float(), None if bias is None else bias[rows].float())


class _Answer:
    """An answer in the making: what is written, what may follow, and whether it is over.

    `allowed` are the ids that may follow (two at least), None: any.
    """

    def __init__(self, wanted: Wanted, ends: frozenset[int], can_rewind: bool) -> None:
        self._guide, self._ends, self._most = wanted.guide, ends, wanted.max_tokens
        self._draft = wanted.draft if can_rewind else None
        self.done = Continuation()
        self.over = False
        self.allowed: NDArray[np.int64] | None = None

    def begin(self) -> list[int]:
        """The ids the answer must begin with."""
        start = [] if self._guide is None else self._guide.forced()
        return self._settle(start)

    def draft(self) -> list[int]:
        """What may well follow and is permitted; may be empty."""
        if self._draft is None or self._guide is None:
            return []
        for tokens in self._draft.proposals(self.done.tokens):
            if tokens and (count := self._guide.permitted(tokens)):
                return tokens[:count]
        return []

    def choose(self, scores: Tensor) -> list[int]:
        """Take the likeliest of `allowed`, to which `scores` belong; it and what must follow, nothing at the end."""
        best = int(scores.argmax())
        self.done.chances.append(float((scores[best] - scores.logsumexp(0)).exp()))
        token = best if self.allowed is None else int(self.allowed[best])
        if token in self._ends:
            self.over = True
            return []
        return self._settle([token, *(self._guide.consume(token) if self._guide else ())])

    def _settle(self, tokens: list[int]) -> list[int]:
        """Write `tokens` and whatever has no alternative after them."""
        while self._guide is not None:
            self.allowed = self._guide.allowed()
            if len(self.allowed) > 1:
                break
            only = int(self.allowed[0])
            if only in self._ends:
                self.over = True
                break
            tokens += [only, *self._guide.consume(only)]
        self.done.tokens += tokens
        if self._draft is not None:
            self._draft.wrote(tokens)
        if not self.over and len(self.done.tokens) >= self._most:
            self.over, self.done.stopped = True, "length"
        return tokens


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many ids both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
