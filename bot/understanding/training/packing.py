"""One sequence for many samples: [schema][message 1, answer 1][message 2, answer 2]…

Every sample sees the schema and itself, and stands at the positions it would have alone, so that the result is the
same as training on each sample by itself, at the cost of one schema. Knows no model and no optimizer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from bot.understanding.tokens import encode_answer, encode_prefix, encode_suffix
from bot.understanding.training.generate import Pack


@dataclass(frozen=True, slots=True)
class Packed:
    """A packed sequence of n tokens.

    `ids` and `positions` are (1, n) int64; `visible` is (1, 1, n, n) bool, row attends column. `predicts` are the
    indices (m,) whose next token belongs to an answer, `targets` (m,) these tokens.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    visible: torch.Tensor
    predicts: torch.Tensor
    targets: torch.Tensor

    @property
    def tokens(self) -> int:
        """The length of the sequence."""
        return self.ids.shape[1]


def pack_tokens(prefix: list[int], samples: list[tuple[list[int], list[int]]]) -> Packed:
    """Pack token ids; a sample is (suffix, answer with its end token)."""
    ids, positions, predicts, targets = list(prefix), list(range(len(prefix))), [], []
    owner = [0] * len(prefix)  # 0: the schema, seen by all
    for number, (suffix, answer) in enumerate(samples, 1):
        start = len(ids)
        length = len(suffix) + len(answer) - 1  # nothing follows the end token
        ids += [*suffix, *answer[:-1]]
        positions += range(len(prefix), len(prefix) + length)
        owner += [number] * length
        first = start + len(suffix) - 1
        predicts += range(first, first + len(answer))
        targets += answer
    belongs = torch.tensor(owner)
    causal = torch.ones(len(ids), len(ids), dtype=torch.bool).tril()
    visible = causal & ((belongs[:, None] == belongs[None, :]) | (belongs[None, :] == 0))
    return Packed(
        torch.tensor([ids]),
        torch.tensor([positions]),
        visible[None, None],
        torch.tensor(predicts),
        torch.tensor(targets),
    )


def pack(tokenizer: Any, source: Pack) -> Packed:
    """A pack as tokens."""
    samples = [(encode_suffix(tokenizer, s.suffix), encode_answer(tokenizer, s.answer)) for s in source.samples]
    return pack_tokens(encode_prefix(tokenizer, source.prefix), samples)


def answer_logits(model: Any, packed: Packed) -> torch.Tensor:
    """Logits (m, vocabulary) where an answer token is to be predicted; the head runs on these positions only."""
    body, head = model.get_decoder(), model.get_output_embeddings()
    mask = torch.zeros(packed.visible.shape, dtype=model.dtype).masked_fill(~packed.visible, torch.finfo(model.dtype).min)
    hidden = body(input_ids=packed.ids, position_ids=packed.positions, attention_mask=mask, use_cache=False)[0]
    logits: torch.Tensor = head(hidden[0, packed.predicts])
    return logits
