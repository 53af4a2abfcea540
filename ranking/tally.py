"""What a log adds up to item by item, kept so that one more reaction changes it without counting again. Knows ids.

Everything here is a sum over people: a reaction takes its person's part out and puts the new one in, and so does
forgetting somebody. The sums are those of `Behaviour.fit`: people and likes, evidence, likes faded by age, short
sittings and the pairs they name. Not here, because it is no such sum: factors, EASE, closeness in order, like-minded
people (they stay as fitted). Reactions count as later than the log; stars of visitors wait for the next fit, because a
rating is measured against everybody's mean, which each of them moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from math import isfinite, isnan

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags

from ranking.evidence import LIKE, SCALE, STATED, BehaviourRow, said_and_done, together
from ranking.interactions import Interaction, standing
from ranking.neighbourhood import LIKED_VALUE, TREND_HALF_LIFE
from ranking.relations import RelationSettings, short_sittings
from ranking.table import DAY, LogTable

Doubles = npt.NDArray[np.float64]
Sitting = tuple[int, ...]


@dataclass
class Sums:
    """(n,) each: `people` who dealt with an item and `likes` of them, `worth` their evidence in units of one like,
    `faded` likes as of `epoch` (UTC seconds) and `timeless` ones, `sittings` that name it. `latest` is the log's end.
    """

    people: Doubles
    likes: Doubles
    worth: Doubles
    faded: Doubles
    timeless: Doubles
    sittings: Doubles
    epoch: float = np.nan
    latest: float = np.nan

    @classmethod
    def nothing(cls, n: int) -> Sums:
        """Of `n` items that nobody dealt with."""
        none = np.zeros(n)
        return cls(none, none.copy(), none.copy(), none.copy(), none.copy(), none.copy())

    def copied(self) -> Sums:
        """The same, to be changed apart."""
        return deepcopy(self)

    def add(self, table: LogTable, sign: float = 1.0) -> None:
        """Count the rows of `table`, or with `sign` −1 take them out."""
        timed = np.isfinite(table.times)
        if np.isnan(self.epoch) and timed.any():
            self.epoch = float(table.times[timed].max())
        age = np.where(timed, self.epoch - table.times, 0.0) / DAY
        liked = sign * (table.values >= LIKED_VALUE) * 0.5 ** (age / TREND_HALF_LIFE)
        for sums, each in (
            (self.people, np.full(len(table), sign)),
            (self.likes, sign * (table.values > 0)),
            (self.worth, sign * table.values),
            (self.faded, liked * timed),
            (self.timeless, liked * ~timed),
        ):
            np.add.at(sums, table.items, each)

    @property
    def trend(self) -> Doubles:
        """(n,) likes, halved every `TREND_HALF_LIFE` days before the log's end."""
        if np.isnan(self.epoch):
            return self.timeless
        faded: Doubles = self.faded * 0.5 ** ((self.latest - self.epoch) / DAY / TREND_HALF_LIFE) + self.timeless
        return faded


@dataclass(frozen=True)
class Person:
    """What one person adds: their rows, the short sittings among them, and when the latest was (-inf: unknown)."""

    table: LogTable
    sittings: Counter[Sitting]
    latest: float


@dataclass
class _Logged:
    """The log by person: rows `begins[user]` of each array. `said` NaN where nothing was."""

    begins: dict[str, slice]
    items: npt.NDArray[np.int64]
    said: Doubles
    did: Doubles
    times: Doubles


@dataclass
class Tally:
    """The sums of a log about `ids` and of the reactions since. Not safe to share between threads."""

    ids: tuple[str, ...]
    sums: Sums
    pairs: csr_matrix
    _logged: _Logged
    _base: Sums
    since: dict[int, dict[int, float]] = field(default_factory=dict)  #: what to add to `pairs`, row by row
    _reactions: dict[str, list[Interaction]] = field(default_factory=dict)
    _people: dict[str, Person] = field(default_factory=dict)  #: who reacted, as they count now

    @classmethod
    def of(cls, rows: Iterable[BehaviourRow], ids: Sequence[str]) -> Tally:
        """Count `rows`, the log that the model was fitted on."""
        logged = _by_person(rows, ids)
        people = np.repeat(np.arange(len(logged.begins)), [s.stop - s.start for s in logged.begins.values()])
        table = _table(people, logged.items, _values(logged.said, logged.did), logged.times, len(ids))
        sums = Sums.nothing(len(ids))
        sums.add(table)
        sums.latest = float(np.nanmax(table.times)) if np.isfinite(table.times).any() else np.nan
        number, item = short_sittings(table, RelationSettings())
        shape = (int(number.max(initial=-1)) + 1, len(ids))
        spoken = csr_matrix((np.ones(len(item)), (number, item)), shape=shape)
        sums.sittings += np.bincount(item, minlength=len(ids))
        each = 1 / np.maximum(np.diff(spoken.indptr) - 1.0, 1.0)
        pairs = csr_matrix(spoken.T @ diags(each) @ spoken) if len(each) else csr_matrix((len(ids), len(ids)))
        return cls(tuple(ids), sums, pairs, logged, sums.copied())

    def __post_init__(self) -> None:
        self._row = {item: row for row, item in enumerate(self.ids)}

    def react(self, user: str, rows: Iterable[Interaction]) -> bool:
        """Count what `user` did: each of `rows` that says something of an item here, takings back among them. Whether
        any does."""
        new = [row for row in rows if row.event not in ("impression", "rating") and row.item in self._row]
        if new:
            self._replace(user, [*self._reactions.get(user, ()), *new])
        return bool(new)

    def forget(self, user: str) -> None:
        """Take out what `user` did here; what the log says of them stays."""
        if user in self._reactions:
            self._replace(user, [])

    def restart(self) -> None:
        """Be where the log ends."""
        self.sums, self.since = self._base.copied(), {}
        self._reactions, self._people = {}, {}

    def _replace(self, user: str, reactions: list[Interaction]) -> None:
        before, after = self._people.pop(user, None) or self._person(user, []), self._person(user, reactions)
        self.sums.add(before.table, -1.0)
        self.sums.add(after.table)
        for sitting, count in (after.sittings - before.sittings).items():
            self._sit(sitting, count)
        for sitting, count in (before.sittings - after.sittings).items():
            self._sit(sitting, -count)
        self._reactions[user], self._people[user] = reactions, after
        if not reactions:
            del self._reactions[user], self._people[user]
        ends = (self._base.latest, *(person.latest for person in self._people.values()))
        self.sums.latest = max((end for end in ends if isfinite(end)), default=np.nan)

    def _sit(self, sitting: Sitting, count: int) -> None:
        for row in sitting:
            self.sums.sittings[row] += count
            changed = dict(self.since.get(row, ()))  # a new one: readers may hold the old
            for other in sitting:
                if other != row:
                    changed[other] = changed.get(other, 0.0) + count / (len(sitting) - 1)
            self.since[row] = changed

    def _person(self, user: str, reactions: Sequence[Interaction]) -> Person:
        log, where = self._logged, self._logged.begins.get(user, slice(0, 0))
        said = dict(zip(log.items[where].tolist(), log.said[where].tolist(), strict=True))
        did = dict(zip(log.items[where].tolist(), log.did[where].tolist(), strict=True))
        times = dict(zip(log.items[where].tolist(), np.nan_to_num(log.times[where]).tolist(), strict=True))
        for row in standing(sorted(reactions, key=lambda row: row.timestamp)):
            item, value = self._row[row.item], SCALE.get(row.event, 0.0)
            if row.event in STATED:
                said[item] = value
            else:
                did[item] = max(value, did.get(item, 0.0))
            times[item] = max(times.get(item, 0.0), row.timestamp)
        items = np.fromiter(times, dtype=np.int64, count=len(times))
        values = _values(
            np.array([said.get(item, np.nan) for item in times]), np.array([did.get(item, 0.0) for item in times])
        )
        latest = np.array([time or np.nan for time in times.values()], dtype=np.float64)
        table = _table(np.zeros(len(items), dtype=np.int64), items, values, latest, len(self.ids))
        number, item = short_sittings(table, RelationSettings())
        cuts = np.flatnonzero(np.diff(number)) + 1
        sittings = Counter(tuple(sorted(part.tolist())) for part in np.split(item, cuts) if len(part))
        timed = table.times[np.isfinite(table.times)]
        return Person(table, sittings, float(timed.max(initial=-np.inf)))


def _by_person(rows: Iterable[BehaviourRow], ids: Sequence[str]) -> _Logged:
    rows, row_of = list(rows), {item: row for row, item in enumerate(ids)}
    said, did = said_and_done(rows, set(ids))
    latest: dict[tuple[str, str], float] = {}
    for row in rows:
        key = (row.user, row.item)
        latest[key] = max(row.timestamp or 0.0, latest.get(key, 0.0))
    keys = sorted({**did, **said})
    begins: dict[str, slice] = {}
    for n, (user, _) in enumerate(keys):
        begins[user] = slice(begins[user].start if user in begins else n, n + 1)
    return _Logged(
        begins,
        np.array([row_of[item] for _, item in keys], dtype=np.int64),
        np.array([said.get(key, np.nan) for key in keys], dtype=np.float64),
        np.array([did.get(key, 0.0) for key in keys], dtype=np.float64),
        np.array([latest[key] or np.nan for key in keys], dtype=np.float64),
    )


def _values(said: Doubles, did: Doubles) -> Doubles:
    """Evidence in units of one like, as `evidence.together` has it."""
    pairs = zip(said.tolist(), did.tolist(), strict=True)
    return np.array([together(None if isnan(s) else s, d) / LIKE for s, d in pairs], dtype=np.float64)


def _table(
    people: npt.NDArray[np.int64], items: npt.NDArray[np.int64], values: Doubles, times: Doubles, n: int
) -> LogTable:
    """The rows that say anything, oldest first."""
    order = np.argsort(np.nan_to_num(times), kind="stable")
    order = order[values[order] != 0]
    return LogTable(people[order], items[order], values[order], times[order], int(people.max(initial=-1)) + 1, n)
