"""One scale for everything people do with items: how much a row says that its user wants things like its item.

    purchase, accept  5      cart, like  4      click  2      view, dwell, seen  1
    impression        0      dislike    -3
    rating            2.5 + 2 · (stars − the user's mean), between -3 and 5: an average one says more than a click;
                      stars out of 5, a log whose ratings go higher is scaled to that

Knows rows and numbers; knows no model and no table.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

SCALE = {
    "purchase": 5.0, "accept": 5.0, "cart": 4.0, "like": 4.0, "click": 2.0, "dwell": 1.0, "view": 1.0, "seen": 1.0,
    "impression": 0.0, "dislike": -3.0,
}  # fmt: skip
LIKE = SCALE["like"]  #: the unit that the model counts in
LIKED = 3.5  #: evidence from which on one may say that somebody liked it: half a star above their mean
STATED = frozenset({"like", "dislike", "rating"})  #: what people said outweighs what they did
Evidence = dict[tuple[str, str], float]
_MEAN_PRIOR = 5.0  # a user's mean rating starts as everyone's, worth this many ratings


class BehaviourRow(Protocol):
    """One thing a user did. `rating` is on the log's own scale, higher is better; `timestamp` in UTC seconds."""

    @property
    def user(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def event(self) -> str | None: ...
    @property
    def rating(self) -> float | None: ...
    @property
    def timestamp(self) -> float | None: ...


def evidence_by_user(rows: Iterable[BehaviourRow], items: set[str] | None = None) -> dict[str, dict[str, float]]:
    """user → item → evidence in [-3, 5]. Of what a user said about an item the latest counts, else the most telling
    thing they did. Rows about none of `items` only count towards mean ratings."""
    said, did = said_and_done(rows, items)
    users: dict[str, dict[str, float]] = {}
    for user, item in dict.fromkeys((*did, *said)):
        users.setdefault(user, {})[item] = together(said.get((user, item)), did.get((user, item), 0.0))
    return users


def said_and_done(rows: Iterable[BehaviourRow], items: set[str] | None = None) -> tuple[Evidence, Evidence]:
    """(user, item) → evidence of the latest word, and of the most telling thing done."""
    ordered = sorted(rows, key=lambda row: row.timestamp or 0.0)
    stars = 5.0 / max([5.0, *(row.rating for row in ordered if row.rating is not None)])
    means = _mean_ratings(ordered)
    said: Evidence = {}
    did: Evidence = {}
    for row in ordered:
        if items is not None and row.item not in items:
            continue
        key = (row.user, row.item)
        value = _value(row, means, stars)
        if row.rating is not None or row.event in STATED:
            said[key] = value
        else:
            did[key] = max(value, did.get(key, 0.0))
    return said, did


def together(said: float | None, did: float) -> float:
    """What somebody's latest word on an item and the most telling thing they did with it come to."""
    if said is None:
        return did
    return said if said < 0 else max(said, did)


def _value(row: BehaviourRow, means: dict[str, float], stars: float) -> float:
    if row.rating is not None:
        return min(5.0, max(-3.0, 2.5 + 2.0 * stars * (row.rating - means[row.user])))
    return SCALE.get(row.event or "", 0.0)


def _mean_ratings(rows: Iterable[BehaviourRow]) -> dict[str, float]:
    ratings: dict[str, list[float]] = {}
    for row in rows:
        if row.rating is not None:
            ratings.setdefault(row.user, []).append(row.rating)
    count = sum(map(len, ratings.values()))
    everyone = sum(map(sum, ratings.values())) / count if count else 0.0
    return {user: (sum(given) + _MEAN_PRIOR * everyone) / (len(given) + _MEAN_PRIOR) for user, given in ratings.items()}
