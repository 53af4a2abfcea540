"""One sequence for many samples: [schema][message 1, answer 1][message 2, answer 2]…

Every sample sees the schema and itself, and stands at the positions it would have alone, so that the result is the
same as training on each sample by itself, at the cost of one schema. The attention is computed in these blocks: a
mask over the whole sequence costs half of the time on a processor. Knows no optimizer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from bot.understanding.tokens import encode_answer, encode_prefix, encode_suffix

ATTENTION = "shared_prefix"  #: the name under which transformers knows `shared_prefix_attention`


class Prompted(Protocol):
    """What a model is asked after the shared part of its prompt, and what it should write."""

    @property
    def suffix(self) -> str:
        """The prompt's own part, as `tokens.encode_suffix` takes it."""
        ...

    @property
    def answer(self) -> str:
        """The text to write."""
        ...


class PromptedPack(Protocol):
    """Samples of one task that share the beginning of their prompt."""

    @property
    def prefix(self) -> str:
        """The shared part, as `tokens.encode_prefix` takes it."""
        ...

    @property
    def samples(self) -> Sequence[Prompted]:
        """At least one."""
        ...


@dataclass(frozen=True, slots=True)
class Packed:
    """A packed sequence of n tokens, of which the first `prefix` are the schema.

    `ids` and `positions` are (1, n) int64. `rows` is (b, l): where in the sequence the tokens of each of b samples
    stand, padded at its end with the sample's last; `cells` (n - prefix,) finds them again in `rows` laid flat.
    `predicts` are the indices (m,) whose next token belongs to an answer, `targets` (m,) these tokens.
    `causal` is added to scores: the lowest float above the diagonal, bfloat16.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    prefix: int
    rows: torch.Tensor
    cells: torch.Tensor
    predicts: torch.Tensor
    targets: torch.Tensor
    causal: torch.Tensor

    @property
    def tokens(self) -> int:
        """The length of the sequence."""
        return self.ids.shape[1]


def pack_tokens(prefix: list[int], samples: list[tuple[list[int], list[int]]]) -> Packed:
    """Pack token ids; a sample is (suffix, answer with its end token)."""
    ids, positions = list(prefix), list(range(len(prefix)))
    predicts: list[int] = []
    targets: list[int] = []
    cells: list[int] = []
    rows: list[list[int]] = []
    longest = max(len(suffix) + len(answer) for suffix, answer in samples) - 1
    for number, (suffix, answer) in enumerate(samples):
        start = len(ids)
        length = len(suffix) + len(answer) - 1  # nothing follows the end token
        ids += [*suffix, *answer[:-1]]
        positions += range(len(prefix), len(prefix) + length)
        rows.append([start + min(i, length - 1) for i in range(longest)])
        cells += range(number * longest, number * longest + length)
        first = start + len(suffix) - 1
        predicts += range(first, first + len(answer))
        targets += answer
    return Packed(
        torch.tensor([ids]),
        torch.tensor([positions]),
        len(prefix),
        torch.tensor(rows),
        torch.tensor(cells),
        torch.tensor(predicts),
        torch.tensor(targets),
        _causal(max(longest, len(prefix))),
    )


def _causal(n: int) -> torch.Tensor:
    return torch.full((n, n), torch.finfo(torch.bfloat16).min).triu(1).to(torch.bfloat16)


def pack(tokenizer: Any, source: PromptedPack) -> Packed:
    """A pack as tokens."""
    samples = [(encode_suffix(tokenizer, s.suffix), encode_answer(tokenizer, s.answer)) for s in source.samples]
    return pack_tokens(encode_prefix(tokenizer, source.prefix), samples)


def shared_prefix_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float,
    **given: Any,
) -> tuple[torch.Tensor, None]:
    """Attention in transformers' signature: (1, heads, n, d) in, (1, n, heads, d) out.

    Without a `packed` argument it is the ordinary one.
    """
    packed: Packed | None = given.pop("packed", None)
    if packed is None:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        plain: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **given
        )
        return plain
    p, (b, length), n = packed.prefix, packed.rows.shape, packed.tokens
    shared, d = key.shape[1], query.shape[-1]
    groups = query.shape[1] // shared
    q = (query[0] * scaling).reshape(shared, groups, n, d)  # the heads that share a key side by side
    k, v = key[0], value[0]
    kp, vp = k[:, :p], v[:, :p]
    early = _softmax(torch.einsum("hgqd,hkd->hgqk", q[:, :, :p], kp) + packed.causal[:p, :p])
    first = torch.einsum("hgqk,hkd->hgqd", early, vp)
    rows = packed.rows.reshape(-1)
    qs = q.index_select(2, rows)
    ks, vs = (x.index_select(1, rows).reshape(shared, b, length, d) for x in (k, v))
    own = qs.reshape(shared, groups, b, length, d)
    to_prefix = (qs.reshape(shared, groups * b * length, d) @ kp.transpose(1, 2)).reshape(shared, groups, b, length, p)
    to_self = torch.einsum("hgbqd,hbkd->hgbqk", own, ks) + packed.causal[:length, :length]
    weights = _softmax(torch.cat([to_prefix, to_self], dim=-1))
    on_prefix, on_self = torch.split(weights, [p, length], dim=-1)
    from_prefix = (on_prefix.reshape(shared, groups * b * length, p) @ vp).reshape(shared, groups, b, length, d)
    from_self = torch.einsum("hgbqk,hbkd->hgbqd", on_self, vs)
    rest = (from_prefix + from_self).reshape(shared, groups, b * length, d).index_select(2, packed.cells)
    return torch.cat([first, rest], dim=2).reshape(shared * groups, n, d).transpose(0, 1)[None], None


def _softmax(scores: torch.Tensor) -> torch.Tensor:
    return scores.softmax(dim=-1, dtype=torch.float32).to(scores.dtype)


def register_attention() -> None:
    """Tell transformers of `shared_prefix_attention`, for models loaded with it afterwards."""
    from transformers import AttentionInterface

    AttentionInterface.register(ATTENTION, shared_prefix_attention)


def answer_logits(model: Any, packed: Packed) -> torch.Tensor:
    """Logits (m, vocabulary) where an answer token is to be predicted; the head runs on these positions only.

    The model was loaded with `ATTENTION`.
    """
    body, head = model.get_decoder(), model.get_output_embeddings()
    hidden = body(input_ids=packed.ids, position_ids=packed.positions, use_cache=False, packed=packed)[0]
    logits: torch.Tensor = head(hidden[0, packed.predicts])
    return logits
