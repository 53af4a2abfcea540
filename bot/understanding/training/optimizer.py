"""The optimizer of adapter training and its learning rate over time. Knows no data."""

from __future__ import annotations

import math
from typing import Any

import torch

WARM_UP = 0.03  #: share of the time in which the learning rate rises
FLOOR = 0.02  #: of the peak, at the end


class MasterAdamW:
    """AdamW on float32 copies of bfloat16 parameters: small updates would be rounded away in bfloat16."""

    def __init__(self, parameters: list[torch.nn.Parameter], learning_rate: float) -> None:
        self.parameters = parameters
        self.masters = [p.detach().float().clone() for p in parameters]
        self.inner = torch.optim.AdamW(
            self.masters, lr=learning_rate, betas=(0.9, 0.98), weight_decay=0.0, foreach=True
        )

    def step(self, learning_rate: float, largest_norm: float = 1.0) -> float:
        """Apply and clear the gradients; returns their norm before clipping."""
        for master, parameter in zip(self.masters, self.parameters, strict=True):
            master.grad = None if parameter.grad is None else parameter.grad.float()
            parameter.grad = None
        norm = torch.nn.utils.clip_grad_norm_(self.masters, largest_norm)
        for group in self.inner.param_groups:
            group["lr"] = learning_rate
        self.inner.step()
        with torch.no_grad():
            for master, parameter in zip(self.masters, self.parameters, strict=True):
                parameter.copy_(master)
        return float(norm)

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {"masters": self.masters, "adamw": self.inner.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """From a checkpoint; sets the model's parameters, too."""
        with torch.no_grad():
            for master, parameter, saved in zip(self.masters, self.parameters, state["masters"], strict=True):
                master.copy_(saved)
                parameter.copy_(saved)
        self.inner.load_state_dict(state["adamw"])


def learning_rate_at(share: float, peak: float) -> float:
    """Linear warm-up, then a cosine down to `FLOOR`. `share` of the time spent, in [0, 1]."""
    if share < WARM_UP:
        return peak * max(share, 0.002) / WARM_UP
    along = min(1.0, (share - WARM_UP) / (1 - WARM_UP))
    return peak * (FLOOR + (1 - FLOOR) * 0.5 * (1 + math.cos(math.pi * along)))
