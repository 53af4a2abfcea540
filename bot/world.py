"""What an assistant takes from outside: time, ids, chance, the model's answers. Scripts and tests freeze them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.remembering import random_id

if TYPE_CHECKING:
    from bot.llm.port import LanguageModel

Taped = Callable[[str, Callable[[], "LanguageModel"]], "LanguageModel"]


@dataclass(frozen=True)
class World:
    """What an assistant takes from outside: the time (UTC seconds since 1970), new ids, chance, the model's answers.

    `taped` is given the model's identity and a way to make it, and gives what is asked instead: a recorder around it,
    or recordings that need no model at all (then `warm` is False, since there is nothing to warm up). `chance` draws
    uniformly from [0, 1) for exploration; None: nothing is left to chance. `shared`: what one conversation
    teaches is there for the next; scripts must not depend on their order.
    """

    now: Callable[[], float] = time.time
    new_id: Callable[[], str] = random_id
    taped: Taped | None = None
    warm: bool = True
    chance: Callable[[], float] | None = None
    shared: bool = False

    def this_year(self) -> int:
        """The current UTC year."""
        return datetime.fromtimestamp(self.now(), UTC).year


REAL_WORLD = World(chance=random.random, shared=True)
