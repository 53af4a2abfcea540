"""What a log says of a session and of items: relations summed over its path, like-minded people, standing. Knows ids.

Everything is an array made at fitting; a session is answered by adding a few rows. NaN stands where an item or the
whole session has no evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from ranking.evidence import LIKE, LIKED, BehaviourRow
from ranking.facts import Places, summed_rows
from ranking.kindred import Kindred
from ranking.relations import Relations, RelationSettings, fit_relations
from ranking.request import Floats, Session
from ranking.response import Responses, responses
from ranking.table import LogTable

RELATIONS = ("together", "denoised", "sequence", "conversations")
TREND_HALF_LIFE = 365.0  # days
QUALITY_PRIOR = 10.0  # people who found an item average are added to everyone's mean


@dataclass(frozen=True)
class Standing:
    """(n,) each, NaN without evidence: `trend` log(1 + likes, halved a year), `quality` the Bayesian mean evidence in
    units of one like, `talked` log(1 + short sittings that name the item); the rest see `Responses`."""

    trend: Floats
    quality: Floats
    talked: Floats
    clicks: Floats
    dwell: Floats
    purchases: Floats
    first: Floats


class Neighbourhood:
    """Relations and standing of the items of one catalogue, and who liked them. Pure after construction."""

    def __init__(self, ids: Sequence[str], relations: Relations, standing: Standing, kindred: Kindred) -> None:
        self.places = Places(ids)
        self._row = self.places.row
        self._relations = relations
        self._standing = standing
        self._kindred = kindred
        self._touched = {name: np.diff(getattr(relations, name).indptr) > 0 for name in RELATIONS}
        self._reached = {name: _columns(getattr(relations, name)) for name in RELATIONS}

    @classmethod
    def fit(
        cls,
        table: LogTable,
        ids: Sequence[str],
        settings: RelationSettings | None = None,
        rows: Iterable[BehaviourRow] = (),
    ) -> Neighbourhood:
        """Learn from `table`, whose items are numbered as `ids`, and how people responded from its `rows`."""
        relations = fit_relations(table, settings or RelationSettings())
        standing = _standing(table, relations.sittings, responses(rows, ids))
        return cls(ids, relations, standing, Kindred.fit(table))

    @classmethod
    def empty(cls) -> Neighbourhood:
        """Of a catalogue that nobody has used: every answer is NaN."""
        none, flat = csr_matrix((0, 0), dtype=np.float32), np.zeros(0, dtype=np.float32)
        return cls(
            (), Relations(none, none, none, none, flat), Standing(*[flat] * len(fields(Standing))), Kindred(none)
        )

    def related(self, name: str, path: Iterable[str], ids: Sequence[str], half_life: float | None = None) -> Floats:
        """(len(ids),) sums over `path` (oldest first) of the relation `name` to each of `ids`, higher is better.

        The latest item of the path counts 1, each before it half as much every `half_life` places (None: all alike).
        """
        place = [self._row[item] for item in path if item in self._row]
        weights = fading(len(place), half_life)
        known = [(row, weight) for row, weight in zip(place, weights, strict=True) if self._touched[name][row]]
        if not known:
            return np.full(len(ids), np.nan, dtype=np.float32)
        rows, weights = [row for row, _ in known], np.array([weight for _, weight in known])
        everywhere = summed_rows(getattr(self._relations, name), rows, weights).astype(np.float32)
        everywhere[~self._reached[name]] = np.nan
        return self._pick(everywhere, ids)

    def alike(self, liked: Iterable[str], ids: Sequence[str]) -> Floats:
        """(len(ids),) what people with the likes `liked` like, in [0, 1]; NaN without evidence. See `Kindred.score`."""
        rows = [self._row[item] for item in liked if item in self._row]
        everywhere = self._kindred.score(rows) if rows else None
        return np.full(len(ids), np.nan, dtype=np.float32) if everywhere is None else self._pick(everywhere, ids)

    def standing(self, name: str, ids: Sequence[str]) -> Floats:
        """(len(ids),) of `Standing`'s array `name`."""
        return self._pick(getattr(self._standing, name), ids)

    def _pick(self, everywhere: Floats, ids: Sequence[str]) -> Floats:
        found: Floats = np.append(everywhere, np.float32(np.nan))[self.places(ids)]
        return found

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything as arrays by name, for keeping."""
        kept: dict[str, npt.NDArray[Any]] = {"sittings": self._relations.sittings}
        for name in RELATIONS:
            matrix: csr_matrix = getattr(self._relations, name)
            kept |= {f"{name}.{part}": getattr(matrix, part) for part in ("data", "indices", "indptr")}
        kept |= {f"people.{part}": array for part, array in self._kindred.arrays().items()}
        return kept | {field.name: getattr(self._standing, field.name) for field in fields(Standing)}

    @classmethod
    def of_arrays(cls, ids: Sequence[str], kept: Mapping[str, npt.NDArray[Any]]) -> Neighbourhood:
        """The inverse of `arrays`. Raises KeyError or ValueError when something is missing or does not fit."""
        shape = (len(ids), len(ids))
        matrices = {
            name: csr_matrix(tuple(kept[f"{name}.{part}"] for part in ("data", "indices", "indptr")), shape=shape)
            for name in RELATIONS
        }
        standing = Standing(**{field.name: kept[field.name] for field in fields(Standing)})
        people = {name.removeprefix("people."): array for name, array in kept.items() if name.startswith("people.")}
        return cls(ids, Relations(**matrices, sittings=kept["sittings"]), standing, Kindred.of_arrays(people))


def trail(session: Session) -> tuple[str, ...]:
    """Everything the visitor dealt with, oldest first, as far as the session tells: what was seen, then likes and
    dislikes that are not among it."""
    return tuple(dict.fromkeys((*session.seen, *session.disliked, *session.liked)))


def fading(n: int, half_life: float | None) -> npt.NDArray[np.float64]:
    """(n,) weights of a path, the last 1, each before it half as much every `half_life` places."""
    if half_life is None:
        return np.ones(n)
    weights: npt.NDArray[np.float64] = 0.5 ** (np.arange(n - 1, -1, -1) / half_life)
    return weights


def _columns(matrix: csr_matrix) -> npt.NDArray[np.bool_]:
    reached = np.zeros(matrix.shape[1], dtype=bool)
    reached[matrix.indices] = True
    return reached


def _standing(table: LogTable, sittings: Floats, responded: Responses) -> Standing:
    people = table.per_item(np.ones(len(table)))
    liked = (table.values >= LIKED_VALUE) * 0.5 ** (table.ages / TREND_HALF_LIFE)
    mean = float(table.values.mean()) if len(table) else np.nan
    quality = (table.per_item(table.values) + QUALITY_PRIOR * mean) / (people + QUALITY_PRIOR)

    def known(values: npt.NDArray[np.float64] | Floats, where: npt.NDArray[np.bool_]) -> Floats:
        return np.where(where, values, np.nan).astype(np.float32)

    return Standing(
        known(np.log1p(10 * table.per_item(liked)), people > 0),
        known(quality, people > 0),
        known(np.log1p(sittings), sittings > 0),
        **{field.name: getattr(responded, field.name) for field in fields(Responses)},
    )


LIKED_VALUE = (LIKED - 1) / LIKE  #: evidence in likes from which a row speaks for its item: an average rating and more
