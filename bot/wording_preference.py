"""Which wording a judge preferred: the share of the model's, by act, with a 95% interval.

A tie counts half. The interval is Wilson's (1927): with m the share and z = 1.96,
(m + z²/2n ± z·sqrt(m(1 − m)/n + z²/4n²)) / (1 + z²/n). An act is preferred when all of its interval is above one half.
Knows files of choices; knows no model.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.wording_pairs import KEY, PairsError

Z = 1.959964
WORTH = {"tie": 0.5}


@dataclass(frozen=True, slots=True)
class Preference:
    """How often the model's wording was preferred: `share` of `n`, a tie counting half; the interval in [0, 1]."""

    act: str
    n: int
    share: float
    low: float
    high: float

    @property
    def preferred(self) -> bool:
        """Whether it may be shipped by the rule above."""
        return self.low > 0.5

    def __str__(self) -> str:
        verdict = "the model" if self.preferred else "the template" if self.high < 0.5 else "undecided"
        share = f"{self.share:.2f} [{self.low:.2f}, {self.high:.2f}]"
        return f"{self.act:<10} {self.n:>3} judged, model preferred {share}: {verdict}"


def preferences(folder: Path, choices: Path) -> list[Preference]:
    """One for each act of the key in `folder`, then one for all. Raises PairsError naming the row that does not fit."""
    key = {row["pair"]: row for _, row in _rows(folder / KEY)}
    worth: dict[str, dict[int, float]] = defaultdict(dict)
    for number, row in _rows(choices):
        known, choice = key.get(row.get("pair")), row.get("choice")
        if known is None or choice not in ("a", "b", "tie"):
            raise PairsError(
                f"{choices.name}:{number}: no choice of a pair: {row!r}",
                hint='rows are {"pair": 1, "choice": "a"}, or "b" or "tie", of the pairs beside the key',
            )
        worth[known["act"]][known["pair"]] = WORTH.get(choice, float(choice == known["model"]))
    found = [preference(act, list(of.values())) for act, of in worth.items()]
    return [*found, preference("all", [w for of in worth.values() for w in of.values()])] if found else []


def preference(act: str, worth: list[float]) -> Preference:
    """Of judgements in [0, 1], at least one: 1 where the model's wording was preferred."""
    n, share = len(worth), sum(worth) / len(worth)
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    wide = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return Preference(act, n, share, max(0.0, middle - wide), min(1.0, middle + wide))


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PairsError(f"cannot read {str(path)!r}", hint="name the folder that the pairs were written to") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise PairsError(f"{path.name}:{number}: not JSON", hint="one JSON object a line") from error
            if not isinstance(row, dict):
                raise PairsError(f"{path.name}:{number}: not a JSON object", hint="one JSON object a line")
            yield number, row
