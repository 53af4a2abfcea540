"""A log as arrays: one row for each user and item, how much it says and when. Knows ids and numbers; knows no model.

`ranking/evidence.py` says what a row is worth; here it gets numbers for users and items, in the order of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from ranking.evidence import LIKE, BehaviourRow, evidence_by_user

Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

DAY = 86_400.0


@dataclass(frozen=True)
class LogTable:
    """m rows, oldest first. `users` and `items` are (m,) numbers from 0; `values` (m,) evidence in units of one like,
    in [-0.75, 1.25]; `times` (m,) UTC seconds of the latest word, NaN where the log has none."""

    users: Integers
    items: Integers
    values: Doubles
    times: Doubles
    people: int
    catalogue: int

    def __len__(self) -> int:
        return len(self.values)

    @property
    def ages(self) -> Doubles:
        """Days between each row and the last of the log; 0 where the time is unknown."""
        if not np.isfinite(self.times).any():
            return np.zeros(len(self))
        return np.nan_to_num((np.nanmax(self.times) - self.times) / DAY)

    def matrix(self, values: Doubles) -> csr_matrix:
        """Users × items with `values` (m,), zeros left out."""
        matrix = csr_matrix((values.astype(np.float32), (self.users, self.items)), shape=(self.people, self.catalogue))
        matrix.eliminate_zeros()
        return matrix

    def per_item(self, values: Doubles) -> Doubles:
        """(catalogue,) sums of `values` (m,)."""
        return np.bincount(self.items, weights=values, minlength=self.catalogue).astype(np.float64)


def log_table(rows: Iterable[BehaviourRow], item_ids: Sequence[str]) -> LogTable:
    """The rows about `item_ids` that say anything; a time of 0 or less is none."""
    rows = list(rows)
    evidence = evidence_by_user(rows, set(item_ids))
    latest: dict[tuple[str, str], float] = {}
    for row in rows:
        key = (row.user, row.item)
        latest[key] = max(row.timestamp or 0.0, latest.get(key, 0.0))
    column = {item: n for n, item in enumerate(item_ids)}
    cells = [
        (latest[user, item] or np.nan, person, column[item], value / LIKE)
        for person, (user, seen) in enumerate(sorted(evidence.items()))
        for item, value in seen.items()
        if value
    ]
    cells.sort(key=lambda cell: (cell[0] if cell[0] == cell[0] else 0.0, cell[1]))  # stable: ties as the log has them
    times, users, items, values = zip(*cells, strict=True) if cells else ((), (), (), ())
    return LogTable(
        np.asarray(users, dtype=np.int64),
        np.asarray(items, dtype=np.int64),
        np.asarray(values, dtype=np.float64),
        np.asarray(times, dtype=np.float64),
        len(evidence),
        len(item_ids),
    )
