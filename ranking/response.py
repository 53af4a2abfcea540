"""How people respond to items: opened when shown, looked at, taken; and when an item first appeared. Rates from a log.

Each is shrunk towards what is usual, so that three clicks of four do not beat three hundred of five hundred. NaN where
the log has no row of the kind, for one item or for all. Knows rows; knows no session, no model and no weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ranking.evidence import BehaviourRow
from ranking.facts import percentiles
from ranking.request import Floats
from ranking.table import Doubles

OPENED = frozenset({"click", "cart", "purchase", "accept", "like"})  #: what tells that a shown item was opened
BOUGHT = frozenset({"purchase", "accept"})
EXPECTED_PRIOR = 5.0  #: expected clicks that are as good as the position says, added to each item's
DWELL_PRIOR = 5.0  #: dwells of usual length added to each item's
BUYER_PRIOR = 20.0  #: people of the usual rate added to each item's
LONGEST_DWELL = 1800.0  #: seconds; who stays longer has left
DEEPEST = 20  #: positions are told apart down to here


@dataclass(frozen=True)
class Responses:
    """(n,) each. `clicks` ≥ 0: clicks over those expected at the same positions, 1 usual. `dwell` ≥ 0: mean
    log(1 + seconds). `purchases` in [0, 1]: who took it among who dealt with it. `first` in (0, 1): the percentile of
    its first row's time, 1 the latest."""

    clicks: Floats
    dwell: Floats
    purchases: Floats
    first: Floats


def responses(rows: Iterable[BehaviourRow], item_ids: Sequence[str]) -> Responses:
    """What `rows` say of `item_ids`. A dwell has its `seconds`, an impression may have its `position` from 1."""
    row_of = {item: n for n, item in enumerate(item_ids)}
    known = [row for row in rows if row.item in row_of]
    return Responses(
        _clicks(known, row_of).astype(np.float32),
        _dwell(known, row_of).astype(np.float32),
        _purchases(known, row_of).astype(np.float32),
        percentiles(_since(known, row_of)).astype(np.float32),
    )


def _clicks(rows: Sequence[BehaviourRow], row_of: dict[str, int]) -> Doubles:
    """Clicks over expected clicks (Zhang & Jones 2007, "Comparing click logs and editorial labels for training query
    rewriting"), shrunk by a gamma prior of mean 1 (DuMouchel 1999). Several impressions before one click are one
    click; what was opened without having been shown does not count."""
    opened = {(row.user, row.item) for row in rows if row.event in OPENED}
    shown = [(row, _position(row)) for row in rows if row.event == "impression"]
    at = Counter(position for _, position in shown)
    first = {(row.user, row.item): position for row, position in reversed(shown)}
    clicked_at = Counter(position for pair, position in first.items() if pair in opened)
    chances = [clicked_at[position] / at[position] for _, position in shown]
    items = np.array([row_of[row.item] for row, _ in shown], dtype=np.int64)
    expected = np.bincount(items, weights=chances, minlength=len(row_of))
    clicks = np.bincount([row_of[item] for _, item in first.keys() & opened], minlength=len(row_of))
    told = np.bincount(items, minlength=len(row_of)) > 0
    return np.where(told, (clicks + EXPECTED_PRIOR) / (expected + EXPECTED_PRIOR), np.nan)


def _position(row: BehaviourRow) -> int:
    """The place that an impression was at, from 1; DEEPEST + 1 beyond and 0 where the log does not say."""
    position = getattr(row, "position", None)
    return 0 if position is None else int(min(position, DEEPEST + 1))


def _dwell(rows: Sequence[BehaviourRow], row_of: dict[str, int]) -> Doubles:
    """Mean log(1 + seconds) with a prior; the logarithm because dwells are near log-normal (Yi et al. 2014, "Beyond
    clicks: dwell time for personalization")."""
    times = [(row_of[row.item], getattr(row, "seconds", None)) for row in rows if row.event == "dwell"]
    dated = [(item, np.log1p(min(seconds, LONGEST_DWELL))) for item, seconds in times if seconds is not None]
    if not dated:
        return np.full(len(row_of), np.nan)
    usual = float(np.mean([value for _, value in dated]))
    items = np.array([item for item, _ in dated])
    sums = np.bincount(items, weights=[value for _, value in dated], minlength=len(row_of))
    counts = np.bincount(items, minlength=len(row_of))
    return np.where(counts > 0, (sums + DWELL_PRIOR * usual) / (counts + DWELL_PRIOR), np.nan)


def _purchases(rows: Sequence[BehaviourRow], row_of: dict[str, int]) -> Doubles:
    """(buyers + m · usual) / (people + m), the mean of a beta posterior."""
    people = {(row.user, row_of[row.item]) for row in rows if row.event != "impression"}
    buyers = {(row.user, row_of[row.item]) for row in rows if row.event in BOUGHT}
    if not buyers:
        return np.full(len(row_of), np.nan)
    dealt = np.bincount([item for _, item in people], minlength=len(row_of))
    bought = np.bincount([item for _, item in buyers], minlength=len(row_of))
    usual = len(buyers) / len(people)
    return np.where(dealt > 0, (bought + BUYER_PRIOR * usual) / (dealt + BUYER_PRIOR), np.nan)


def _since(rows: Sequence[BehaviourRow], row_of: dict[str, int]) -> Doubles:
    """UTC seconds of each item's first row, NaN without a time."""
    first = np.full(len(row_of), np.nan)
    for row in rows:
        if row.timestamp and row.timestamp > 0:
            first[row_of[row.item]] = np.fmin(first[row_of[row.item]], row.timestamp)
    return first
