"""What people do together: a collaborative model, folding a session in, neighbours, popularity. Knows ids and numbers.

Implicit-feedback ALS (Hu, Koren & Volinsky 2008, "Collaborative Filtering for Implicit Feedback Datasets") through
`implicit`; ALS against item-item is measured in docs/log.md. An item that fewer than `min_users` people dealt with has
no evidence: its scores are NaN, never 0. `ranking/evidence.py` turns rows into the numbers fitted here.
"""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, triu

from ranking.evidence import LIKE, LIKED, SCALE, BehaviourRow
from ranking.facts import Places
from ranking.neighbourhood import RELATIONS, Neighbourhood
from ranking.relations import strongest
from ranking.request import Floats, Session
from ranking.table import log_table

FORMAT = 4
_LATELY = 10.0  # likes after which one counts half among neighbours
_FEW = 5  # likes up to which what goes with them is asked of the relation for few
_DISLIKE_PREFERENCE = -0.25  # ALS fits preferences of 0 and 1; a dislike in a session asks for a little less than none

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BehaviourSettings:
    """How the model is fitted. `alpha` is the confidence of one like; `together` is how many people must have liked
    two items before "people who liked one also liked the other" may be said."""

    factors: int = 32
    regularization: float = 5.0
    alpha: float = 5.0
    iterations: int = 15
    min_users: int = 3
    together: int = 3
    neighbours: int = 100
    seed: int = 0


class Behaviour:
    """A fitted model. Pure after construction; use `fit`, `load` or `NoBehaviour`."""

    def __init__(
        self,
        ids: Sequence[str],
        factors: Floats,
        likes: npt.NDArray[np.int64],
        together: csr_matrix,
        settings: BehaviourSettings,
        neighbourhood: Neighbourhood | None = None,
    ) -> None:
        """`factors` is (n, f), rows all NaN without evidence; `likes` counts people with positive evidence for each
        item; `together` is (n, n): how much likelier than by chance people who liked the row also liked the column."""
        self.ids = tuple(ids)
        self.settings = settings
        self.neighbourhood = neighbourhood or Neighbourhood.empty()
        self._places = Places(self.ids)
        self._row = self._places.row
        self._factors = factors.astype(np.float64)
        self._likes = likes
        self._together = together
        self._weighed = lru_cache(maxsize=8)(self._solved)  # asked for every item of one list
        self._known: npt.NDArray[np.bool_] = np.isfinite(self._factors.sum(axis=1))

    @classmethod
    def fit(
        cls, rows: Iterable[BehaviourRow], item_ids: Sequence[str], settings: BehaviourSettings | None = None
    ) -> Behaviour:
        """Learn from `rows` about `item_ids`; rows about other items are ignored. The same rows give the same model."""
        settings, rows = settings or BehaviourSettings(), list(rows)
        table = log_table(rows, item_ids)
        matrix = table.matrix(table.values)
        likes = np.asarray((matrix > 0).sum(axis=0), dtype=np.int64).ravel()
        users = np.asarray((matrix != 0).sum(axis=0)).ravel()
        known = (users >= settings.min_users) & (likes > 0)
        factors = np.full((len(item_ids), settings.factors), np.nan, dtype=np.float32)
        if known.any():
            factors[known] = _factorise(matrix[:, known], settings)
        liked_with = _liked_with(matrix >= LIKED / LIKE, settings)
        return cls(item_ids, factors, likes, liked_with, settings, Neighbourhood.fit(table, item_ids, rows=rows))

    # -- what it says

    @property
    def fitted(self) -> bool:
        """Whether anything is known of any item."""
        return bool(self._known.any())

    def has_evidence(self, item: str) -> bool:
        """True when enough people dealt with `item` to say anything about it."""
        row = self._row.get(item)
        return row is not None and bool(self._known[row])

    def popularity(self, ids: Sequence[str]) -> Floats:
        """log(1 + people) / log(1 + most people) in [0, 1]; NaN without evidence."""
        shares: Floats = np.append(self._popularity, np.float32(np.nan))[self._places(ids)]
        return shares

    def novelty(self, ids: Sequence[str]) -> Floats:
        """1 − log(1 + people) / log(1 + most people) in [0, 1], 1 for what nobody liked; NaN without a log."""
        if not self.fitted:
            return np.full(len(ids), np.nan, dtype=np.float32)
        people = np.append(self._likes, 0)[self._places(ids)]
        novelty: Floats = (1 - np.log1p(people) / np.log1p(float(self._likes.max()))).astype(np.float32)
        return novelty

    def fold_in(self, session: Session, ids: Sequence[str]) -> Floats:
        """Predicted preference for each of `ids`, about 0 to 1, higher is better.

        NaN for items without evidence, and everywhere when the session names no item with evidence.
        """
        user = self._user(session.liked, session.disliked)
        if user is None:
            return np.full(len(ids), np.nan, dtype=np.float32)
        rows = self._places(ids)
        scores: Floats = (self._factors[rows] @ user).astype(np.float32)
        scores[rows < 0] = np.nan
        return scores

    def places(self, ids: Sequence[str]) -> Doubles:
        """(len(ids), f): the direction of each item in the space of tastes, rows of length 1; NaN without evidence.

        The length is left out because it grows with popularity.
        """
        rows = np.array([self._row.get(item, -1) for item in ids], dtype=np.int64)
        nothing = np.full((1, self._factors.shape[1]), np.nan)
        found = np.vstack([self._factors, nothing])[rows]
        lengths: Doubles = np.linalg.norm(found, axis=1, keepdims=True)
        return found / np.where(lengths > 0, lengths, np.nan)

    def neighbours(self, ids: Sequence[str], k: int) -> list[tuple[str, float]]:
        """The `k` items that go best with `ids` (oldest first) by the factors and the relations together, each on a
        scale up to 1; best first, ties by id; without `ids`."""
        views = [self.fold_in(Session(liked=tuple(ids)), self.ids)]
        idle = "together" if len(ids) <= _FEW else "denoised"  # two fits of one kind, for many likes and for few
        names = [name for name in RELATIONS if name != idle]
        views += [self.neighbourhood.related(name, ids, self.ids, _LATELY) for name in names]
        scores = sum((_up_to_one(view) for view in views), np.zeros(len(self.ids)))
        scores[[self._row[item] for item in ids if item in self._row]] = 0.0
        order = sorted((row for row in np.flatnonzero(scores > 0)), key=lambda row: (-scores[row], self.ids[row]))
        return [(self.ids[row], float(scores[row])) for row in order[:k]]

    def because(self, session: Session, item: str) -> str | None:
        """The liked item that adds most to `item`'s score among those that the same people really liked together with
        it, more often than chance; None when there is none."""
        target = self._row.get(item)
        liked = [row for row in self._rows(session.liked) if row != target]
        if target is None or not liked or not self.has_evidence(item):
            return None
        shares = self._factors[target] @ self._weighed(tuple(liked), tuple(self._rows(session.disliked)))
        pairs = [
            (share, self.ids[row])
            for row, share in zip(liked, shares, strict=True)
            if share > 0 and target in self._liked_with(row)
        ]
        return max(pairs)[1] if pairs else None

    def _liked_with(self, row: int) -> npt.NDArray[np.int32]:
        columns: npt.NDArray[np.int32] = self._together.indices[slice(*self._together.indptr[row : row + 2])]
        return columns

    # -- the fold-in

    def _rows(self, ids: Iterable[str]) -> list[int]:
        return [self._row[item] for item in ids if self.has_evidence(item)]

    @cached_property
    def _popularity(self) -> Floats:
        most = math.log1p(float(self._likes.max(initial=0))) or math.nan
        return np.where(self._known, np.log1p(self._likes) / most, np.nan).astype(np.float32)

    @cached_property
    def _gram(self) -> Doubles:
        factors = self._factors[self._known]
        gram: Doubles = factors.T @ factors + self.settings.regularization * np.eye(factors.shape[1])
        return gram

    def _system(self, liked: list[int], disliked: list[int]) -> Doubles:
        """YᵀY + λI + Yᵀ(C − I)Y of Hu et al., equation 4."""
        like, dislike = self._confidences
        system: Doubles = self._gram.copy()
        for rows, confidence in ((liked, like), (disliked, dislike)):
            factors = self._factors[rows]
            system += max(confidence - 1.0, 0.0) * (factors.T @ factors)
        return system

    def _solved(self, liked: tuple[int, ...], disliked: tuple[int, ...]) -> Doubles:
        """(f, len(liked)): what an item's factors are multiplied with for the share of each like in its score."""
        system = self._system(list(liked), list(disliked))
        return np.asarray(np.linalg.solve(system, self._factors[list(liked)].T), dtype=np.float64)

    def _user(self, liked: Iterable[str], disliked: Iterable[str]) -> Doubles | None:
        likes, dislikes = self._rows(liked), self._rows(disliked)
        if not likes and not dislikes:
            return None
        like, dislike = self._confidences
        target = like * self._factors[likes].sum(axis=0)
        target += _DISLIKE_PREFERENCE * dislike * self._factors[dislikes].sum(axis=0)
        user: Doubles = np.linalg.solve(self._system(likes, dislikes), target)
        return user

    @property
    def _confidences(self) -> tuple[float, float]:
        alpha = self.settings.alpha
        return alpha, alpha * abs(SCALE["dislike"]) / LIKE

    # -- keeping it

    def save(self, folder: Path, fingerprint: str) -> None:
        """Write the model to `folder`, marked with the `fingerprint` of what it was fitted on."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = {
            "ids": np.array(self.ids, dtype=np.str_),
            "factors": self._factors.astype(np.float32),
            "likes": self._likes,
            "data": self._together.data,
            "indices": self._together.indices,
            "indptr": self._together.indptr,
        } | {f"near.{name}": array for name, array in self.neighbourhood.arrays().items()}
        note = {"format": FORMAT, "fingerprint": fingerprint, "settings": asdict(self.settings)}
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            np.savez(Path(scratch) / "model.npz", **arrays)
            (Path(scratch) / "model.json").write_text(json.dumps(note, indent=1), encoding="utf-8")
            for name in ("model.npz", "model.json"):  # the note last: without it nothing is read
                (Path(scratch) / name).replace(folder / name)

    @classmethod
    def load(cls, folder: Path, fingerprint: str) -> Behaviour | None:
        """The model saved in `folder`; None when it is absent, damaged or of other content, so that it is refitted."""
        try:
            note = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            if (note["format"], note["fingerprint"]) != (FORMAT, fingerprint):
                return None
            with np.load(folder / "model.npz", allow_pickle=False) as kept:
                ids = kept["ids"].tolist()
                shape = (len(ids), len(ids))
                together = csr_matrix((kept["data"], kept["indices"], kept["indptr"]), shape=shape)
                near = {name.removeprefix("near."): kept[name] for name in kept.files if name.startswith("near.")}
                settings = BehaviourSettings(**note["settings"])
                neighbourhood = Neighbourhood.of_arrays(ids, near)
                return cls(ids, kept["factors"], kept["likes"], together, settings, neighbourhood)
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
            return None


class NoBehaviour(Behaviour):
    """The model of a catalogue that nobody has used yet: every score is NaN."""

    def __init__(self) -> None:
        nothing = np.zeros((0, 1), dtype=np.float32)
        super().__init__((), nothing, np.zeros(0, dtype=np.int64), csr_matrix((0, 0)), BehaviourSettings(factors=1))


def fit_or_load(
    rows: Sequence[BehaviourRow], item_ids: Sequence[str], folder: Path, settings: BehaviourSettings | None = None
) -> Behaviour:
    """The model of `rows`, from `folder` if it is there and of the same content; fitted and saved otherwise."""
    if not rows:
        return NoBehaviour()
    settings = settings or BehaviourSettings()
    mark = content_fingerprint(rows, item_ids, settings)
    model = Behaviour.load(folder, mark)
    if model is None:
        model = Behaviour.fit(rows, item_ids, settings)
        model.save(folder, mark)
    return model


def content_fingerprint(rows: Iterable[BehaviourRow], ids: Iterable[str], settings: BehaviourSettings) -> str:
    """sha256 over everything the model depends on."""
    digest = hashlib.sha256(repr((FORMAT, sorted(asdict(settings).items()), tuple(ids))).encode())
    for row in rows:
        more = (getattr(row, "seconds", None), getattr(row, "position", None))
        digest.update(f"{row.user}\x1f{row.item}\x1f{row.event}\x1f{row.rating}\x1f{row.timestamp}{more}\x1e".encode())
    return digest.hexdigest()


def _up_to_one(view: Floats) -> Doubles:
    """`view` over its largest value, in [0, 1]; 0 where it is negative or unknown."""
    values: Doubles = np.maximum(np.nan_to_num(view.astype(np.float64)), 0.0)
    return values / (values.max(initial=0.0) or 1.0)


def _factorise(matrix: csr_matrix, settings: BehaviourSettings) -> Floats:
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):  # implicit warns, and is many times slower, when BLAS has threads of its own
        model = AlternatingLeastSquares(
            settings.factors,
            regularization=settings.regularization,
            alpha=settings.alpha,
            iterations=settings.iterations,
            random_state=settings.seed,
            num_threads=1,
        )
        model.fit(matrix.maximum(0).tocsr(), show_progress=False)
    factors: Floats = model.item_factors
    return factors


def _liked_with(liked: csr_matrix, settings: BehaviourSettings) -> csr_matrix:
    """For each item the most similar others: lift P(j | i) / P(j), above 1, where enough people liked both."""
    people = liked.shape[0]
    likes = np.asarray(liked.sum(axis=0), dtype=np.float64).ravel()
    counts = liked.astype(np.float32).T @ liked.astype(np.float32)
    upper = triu(counts, k=1).tocoo()
    enough = upper.data >= settings.together
    row, col, both = upper.row[enough], upper.col[enough], upper.data[enough]
    lift = both * people / (likes[row] * likes[col])
    real = lift > 1
    half = csr_matrix((lift[real].astype(np.float32), (row[real], col[real])), shape=counts.shape)
    return strongest(half + half.T, settings.neighbours)
