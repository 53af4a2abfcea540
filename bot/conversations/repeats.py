"""A conversation run several times, because a real model need not say the same twice: k of n runs must pass.

Knows transcripts; knows no bench. With one run, which is the rule, nothing is different from that run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.conversations.nodes import ScriptError
from bot.conversations.runner import Transcript

MOST_RUNS = 100
_Z = 1.959964  #: of 95%


@dataclass(frozen=True, slots=True)
class Runs:
    """How often every conversation runs (1 to MOST_RUNS), and how many of these must pass; None: all.

    Raises ScriptError for numbers that cannot be meant.
    """

    of: int = 1
    need: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.of <= MOST_RUNS:
            raise ScriptError(f"{self.of} runs", hint=f"from 1 to {MOST_RUNS}")
        if self.need is not None and not 1 <= self.need <= self.of:
            raise ScriptError(f"{self.need} of {self.of} runs must pass", hint="need at least 1 run, and at most all")

    @property
    def needed(self) -> int:
        """How many runs must pass."""
        return self.of if self.need is None else self.need


@dataclass(frozen=True)
class Repeated:
    """All runs of one conversation, in order; at least one."""

    transcripts: tuple[Transcript, ...]
    needed: int = 1

    @property
    def passed(self) -> int:
        """How many runs passed."""
        return sum(not transcript.failed for transcript in self.transcripts)

    @property
    def failed(self) -> bool:
        """Whether too few runs passed."""
        return self.passed < self.needed

    @property
    def told(self) -> Transcript:
        """The run that a report shows: the first that failed, else the last."""
        return next((one for one in self.transcripts if one.failed), self.transcripts[-1])

    @property
    def interval(self) -> tuple[float, float]:
        """95% of the chance that a run passes; see `wilson`."""
        return wilson(self.passed, len(self.transcripts))

    def __str__(self) -> str:
        if len(self.transcripts) == 1:
            return str(self.told)
        low, high = self.interval
        return (
            f"{self.passed} of {len(self.transcripts)} runs passed, {self.needed} needed "
            f"(chance of a pass {low:.2f} to {high:.2f})\n{self.told}"
        )


def repeated(runs: Runs, run: Callable[[], Transcript]) -> Repeated:
    """Every run, also when enough have passed or failed: the rate is what is asked for."""
    return Repeated(tuple(run() for _ in range(runs.of)), runs.needed)


def wilson(passed: int, of: int) -> tuple[float, float]:
    """The 95% score interval of a share, in [0, 1], right for few runs and for shares of 0 and 1.

    (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n): E. B. Wilson, "Probable inference, the law of succession, and
    statistical inference", JASA 22, 1927. `of` is at least 1.
    """
    share, z2 = passed / of, _Z * _Z
    middle = share + z2 / (2 * of)
    spread = _Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    below = 1 + z2 / of
    low, high = (middle - spread) / below, (middle + spread) / below
    return min(share, max(0.0, low)), max(share, min(1.0, high))  # against rounding at 0 and 1
