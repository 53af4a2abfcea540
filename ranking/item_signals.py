"""Signals that judge an item by its own standing, whoever asks: how unknown it is.

The same contract as `ranking/signals.py`. Knows no weights and no words.
"""

from __future__ import annotations

from dataclasses import dataclass

from ranking.behaviour import Behaviour
from ranking.request import Floats, Group, RankingRequest


@dataclass(frozen=True)
class Novelty:
    """How few people know the item: its self-information over the most there can be, in [0, 1], 1: nobody knows it.

    Zhou et al. 2010, "Solving the apparent diversity-accuracy dilemma of recommender systems". NaN only where there is
    no log: what nobody dealt with is new, which is not the same as unknown to us.
    """

    behaviour: Behaviour
    name: str = "novelty"
    group: Group = "B"

    def score(self, request: RankingRequest, /) -> Floats:
        return self.behaviour.novelty(request.ids)

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        """None: that few know it is a reason only for who asked for it, and the dial says so then."""
        return None


ItemSignal = Novelty


def item_signals(behaviour: Behaviour) -> tuple[ItemSignal, ...]:
    """All of them."""
    return (Novelty(behaviour),)
