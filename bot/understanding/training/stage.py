"""Where the turns of one domain come from: scenes to start, phrasings to say. Knows no scenario."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from bot.understanding.training.draft import Draft
from bot.understanding.training.lists import Split, draw
from bot.understanding.training.scenes import make_scene


@dataclass
class Turn:
    """A message before it is joined and typed."""

    draft: Draft
    clauses: list[str]
    first: bool = False


class Stage:
    """One source of scenes and phrasings for a domain."""

    def __init__(self, r: random.Random, split: Split, domain: str) -> None:
        self.r, self.split, self.domain = r, split, domain
        self.goods = domain != "films"

    def start(self, kind: str) -> Draft:
        """A draft in a new scene of the kind."""
        return Draft(self.r, self.split, self.domain, make_scene(self.r, self.split, self.domain, kind))

    def say(self, d: Draft, section: str, keep: Callable[[str], bool] = lambda _: True, file: str | None = None) -> str:
        """One phrasing of a section, filled in."""
        return d.write(draw(self.r, self.split, file or ("goods" if self.goods else "films"), section, keep))

    def chance(self, p: float) -> bool:
        """True in p of all cases."""
        return self.r.random() < p
