"""The forward pass of transformers itself, for the architectures that `llama.py` does not cover.

Knows a transformers causal model; knows no grammar and no text.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer


class TransformersPass:
    """Runs any causal model of transformers, of `fork`ed caches; see `decoding.ForwardPass`."""

    def __init__(self, model: Any) -> None:
        self._body, self._config = model.base_model, model.config
        self.can_rewind = _plain(self.fork(None))  #: other caches keep too little to go back

    def fork(self, cache: Any) -> Any:
        """A cache that grows by itself and leaves `cache` as it is.

        transformers' plain layers never write into their tensors (they concatenate into new ones), so these can share
        them; other layers (sliding windows, recurrent states) are copied.
        """
        if cache is None:
            return DynamicCache(config=self._config)
        if not _plain(cache):
            return copy.deepcopy(cache)
        twin = copy.copy(cache)
        twin.layers = [copy.copy(layer) for layer in cache.layers]
        return twin

    def rewind(self, cache: Any, tokens: int) -> None:
        """Forget the last `tokens` tokens."""
        if tokens:
            cache.crop(-tokens)

    def read(self, ids: Sequence[int], cache: Any, last: int) -> Tensor:
        """See `decoding.ForwardPass`."""
        read = self._body(input_ids=torch.tensor([list(ids)]), past_key_values=cache, use_cache=True)
        hidden: Tensor = read.last_hidden_state[0, -last:]
        return hidden


def _plain(cache: Any) -> bool:
    return all(type(layer) is DynamicLayer for layer in cache.layers)
