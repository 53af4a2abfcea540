"""Who is shown and who is served: measures of fairness to items and to groups of people, reported beside accuracy.

Knows ids and figures; knows no model.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

HEAD = 0.8  #: the share of all interactions that belongs to the head


def head_of(interactions: Mapping[str, int]) -> frozenset[str]:
    """The most popular items that together have `HEAD` of all interactions; the others are the long tail."""
    total, found, head = sum(interactions.values()), 0, set()
    for item, count in sorted(interactions.items(), key=lambda pair: (-pair[1], pair[0])):
        if found >= HEAD * total:
            break
        head.add(item)
        found += count
    return frozenset(head)


def long_tail_share(lists: Iterable[Sequence[str]], head: Collection[str]) -> float:
    """The mean share of a list's places outside the head, in [0, 1] (APLT; Abdollahpouri, Burke & Mobasher 2019).

    NaN without a list that shows anything.
    """
    shares = [sum(item not in head for item in ranked) / len(ranked) for ranked in lists if ranked]
    return math.fsum(shares) / len(shares) if shares else math.nan


def gini(lists: Iterable[Sequence[str]], catalogue: Collection[str]) -> float:
    """How unequally places are given to the catalogue's items, in [0, 1): 0 is equal (Gini index; Fleder & Hosanagar
    2009). NaN where nothing is shown."""
    shown = Counter(item for ranked in lists for item in ranked)
    counts = np.sort([shown[item] for item in catalogue]).astype(np.float64)
    if not len(counts) or not counts.sum():
        return math.nan
    ranks = np.arange(1, len(counts) + 1)
    return float(((2 * ranks - len(counts) - 1) * counts).sum() / (len(counts) * counts.sum()))


@dataclass(frozen=True, slots=True)
class Group:
    """A group of people: how many, and the mean of their measure."""

    name: str
    people: int
    mean: float


def by_group(values: Mapping[str, float], groups: Mapping[str, str]) -> list[Group]:
    """The mean of a measure (user → value; NaN does not count) for each group (user → its name), in order of names."""
    found: dict[str, list[float]] = {}
    for user, value in values.items():
        if user in groups and not math.isnan(value):
            found.setdefault(groups[user], []).append(value)
    return [Group(name, len(given), math.fsum(given) / len(given)) for name, given in sorted(found.items())]


def gap(groups: Sequence[Group]) -> float:
    """The best served group's mean less the worst served one's; NaN below two groups."""
    means = [group.mean for group in groups]
    return max(means) - min(means) if len(means) > 1 else math.nan


def by_activity(histories: Mapping[str, int]) -> dict[str, str]:
    """User → "1 least active", "2 middle" or "3 most active", thirds by how much they did; equals stay together."""
    if not histories:
        return {}
    low, high = np.percentile(list(histories.values()), [100 / 3, 200 / 3])
    names = ("1 least active", "2 middle", "3 most active")
    return {user: names[int(count > low) + int(count > high)] for user, count in histories.items()}
