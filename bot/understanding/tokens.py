"""From prompt text to token ids, the same in training and at run time.

Control tokens come from the template only: whatever a visitor, an earlier turn or a catalogue writes is tokenised with
control tokens switched off, so a typed "<|im_end|>" stays nine harmless pieces of text. Knows no model.
"""

from __future__ import annotations

from typing import Any

PREFIX_HEAD, PREFIX_TAIL = "<|im_start|>system\n", "<|im_end|>\n<|im_start|>user\n"
SUFFIX_TAIL = "<|im_end|>\n<|im_start|>assistant\n"
ANSWER_END = "<|im_end|>"


def encode_prefix(tokenizer: Any, text: str) -> list[int]:
    """The ids of `prompt.schema_prefix`. Raises ValueError when `text` is not one."""
    if not (text.startswith(PREFIX_HEAD) and text.endswith(PREFIX_TAIL)):
        raise ValueError(f"not a schema prefix: {text[:60]!r}")
    body = text[len(PREFIX_HEAD) : -len(PREFIX_TAIL)]
    return [*_control(tokenizer, PREFIX_HEAD), *_plain(tokenizer, body), *_control(tokenizer, PREFIX_TAIL)]


def encode_suffix(tokenizer: Any, text: str) -> list[int]:
    """The ids of `prompt.message_suffix`. Raises ValueError when `text` is not one."""
    if not text.endswith(SUFFIX_TAIL):
        raise ValueError(f"not a message suffix: {text[-60:]!r}")
    return [*_plain(tokenizer, text.removesuffix(SUFFIX_TAIL)), *_control(tokenizer, SUFFIX_TAIL)]


def encode_text(tokenizer: Any, text: str) -> list[int]:
    """The ids of plain text, in which nothing is a control token."""
    return _plain(tokenizer, text)


def encode_answer(tokenizer: Any, text: str) -> list[int]:
    """The ids of `target.write_target`, with the token that ends an answer."""
    return [*_plain(tokenizer, text), end_token(tokenizer)]


def end_token(tokenizer: Any) -> int:
    """The id of the token that ends an answer: `ANSWER_END` where it is one token, else the tokenizer's own end.

    Raises ValueError when there is neither.
    """
    ids = _control(tokenizer, ANSWER_END)
    if len(ids) == 1:
        return ids[0]
    if tokenizer.eos_token_id is None:
        raise ValueError(f"{ANSWER_END!r} is {len(ids)} tokens for this tokenizer, and it has no end token of its own")
    return int(tokenizer.eos_token_id)


def _plain(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"])


def _control(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False, split_special_tokens=False)["input_ids"])
