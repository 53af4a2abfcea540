"""llguidance's view of a Hugging Face tokenizer in which text never turns into control tokens.

llguidance's own view tokenises forced text with control tokens recognised: where a visitor typed "<|im_end|>" and the
grammar forces a copy of it, the mask allows the real end mark and nothing else. And `Guide`, where one answer stands in
its grammar. Knows no model.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.llm.port import GrammarRejected

GAVE_UP = frozenset({"InternalError", "LexerTooComplex", "ParserTooComplex"})


class _PlainText:
    """What `llguidance.TokenizerWrapper` wraps: the bytes of every token, and text to ids with control tokens off."""

    def __init__(self, tokenizer: Any, view: Any, end: int) -> None:
        self.eos_token_id, self.bos_token_id = end, tokenizer.bos_token_id
        self.special_token_ids = [i for i in range(view.vocab_size) if view.is_special_token(i)]
        special = set(self.special_token_ids)
        names = {i: str(tokenizer.convert_ids_to_tokens(i)).encode() for i in special if i < len(tokenizer)}
        self.tokens = [names.get(i, b"") if i in special else view.decode_bytes([i]) for i in range(view.vocab_size)]
        self._backend = copy.deepcopy(tokenizer.backend_tokenizer)
        self._backend.no_padding()
        self._backend.no_truncation()
        self._backend.encode_special_tokens = True

    def __call__(self, text: bytes) -> list[int]:
        return list(self._backend.encode(text.decode("utf-8", "replace"), add_special_tokens=False).ids)


def guidance_tokenizer(tokenizer: Any, rows: int, ends: list[int]) -> Any:
    """The LLTokenizer of a fast `tokenizer` for a model whose output layer has `rows` rows; about 1 s, so keep it."""
    from llguidance import LLTokenizer, TokenizerWrapper
    from llguidance.hf import from_tokenizer

    view = from_tokenizer(tokenizer, n_vocab=rows, eos_token=ends, slices=[])
    return LLTokenizer(TokenizerWrapper(_PlainText(tokenizer, view, ends[0])), n_vocab=rows, eos_token=ends)


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

    def permitted(self, tokens: Sequence[int]) -> int:
        """How many of `tokens`, from the first on, may follow; none is taken."""
        return int(self._matcher.validate_tokens(list(tokens)))

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
        if (reason := self._matcher.stop_reason()) in GAVE_UP:  # it would let the answer end anywhere, without a word
            raise GrammarRejected(f"llguidance gave up on the grammar: {reason}", hint="report this message as a bug")
