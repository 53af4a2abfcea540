"""Which items go with which: three views of one log, each item × item. Knows numbers; knows no session and no weights.

- *together*: EASE (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"); older rows count less
- *denoised*: EASE that was trained to do without most of what somebody likes (Steck 2020, "Autoencoders that don't
  overfit towards the Identity", with Λ as its equation for dropout), from rows of all ages: for the first few likes
- *sequence*: how close in a user's log two items stand, the later after the earlier twice as much as before it
- *conversations*: what was named within one short sitting, a conversation or a basket, where a few items say what was
  wanted together; long sittings say what somebody knows

Rows of items without evidence are empty, which a caller must read as unknown, not as 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags, vstack

from ranking.request import Floats
from ranking.table import Doubles, LogTable

_BLOCK = 1_000  # rows


@dataclass(frozen=True, slots=True)
class RelationSettings:
    """`ridge` is EASE's λ, `half_life` that of a row in days, `exact` how many items EASE covers (its cost is their
    cube); `dropout` in [0, 1) is the share of likes that the denoised one does without, `dropout_ridge` its λ.
    Closeness halves every `fade` places up to `reach`; towards earlier items it counts `backwards` times. A sitting
    ends after `pause` seconds and is short with at most `short` items. `shrink` people are added to the norm of a pair,
    `kept` relations to an item's row."""

    ridge: float = 120.0
    half_life: float = 1461.0
    exact: int = 3000
    dropout: float = 0.95
    dropout_ridge: float = 400.0
    reach: int = 40
    fade: float = 10.0
    backwards: float = 0.5
    pause: float = 1800.0
    short: int = 30
    shrink: float = 5.0
    kept: int = 500


@dataclass(frozen=True)
class Relations:
    """(n, n) each, float32, the row is what is known of a visitor and the column what it speaks for. `sittings` (n,)
    counts the short sittings that name an item."""

    together: csr_matrix
    denoised: csr_matrix
    sequence: csr_matrix
    conversations: csr_matrix
    sittings: Floats


def fit_relations(table: LogTable, settings: RelationSettings) -> Relations:
    """All views of `table`."""
    sittings = short_sittings(table, settings)
    spoken = csr_matrix(
        (np.ones(sittings.shape[1], dtype=np.float32), (sittings[0], sittings[1])),
        shape=(int(sittings[0].max(initial=-1)) + 1, table.catalogue),
    )
    return Relations(
        together(table, settings),
        denoised(table, settings),
        sequence(table, settings),
        conversations(spoken, settings),
        np.asarray(spoken.sum(axis=0), dtype=np.float32).ravel(),
    )


def together(table: LogTable, settings: RelationSettings) -> csr_matrix:
    """EASE over rows that fade."""
    fading = np.sqrt(0.5 ** (table.ages / settings.half_life))
    return _ease(table, np.maximum(table.values, 0.0) * fading, settings, settings.ridge, 0.0)


def denoised(table: LogTable, settings: RelationSettings) -> csr_matrix:
    """EASE by whose training each like is left out with probability p = `dropout`: Λ = λI + p / (1 − p) · diag(XᵀX)."""
    odds = settings.dropout / (1.0 - settings.dropout)
    return _ease(table, np.maximum(table.values, 0.0), settings, settings.dropout_ridge, odds)


def _ease(table: LogTable, values: Doubles, settings: RelationSettings, ridge: float, odds: float) -> csr_matrix:
    """B = I − P·diag(1/diag P), P = (XᵀX + Λ)⁻¹, X of `values`, over the `exact` items that most people liked."""
    liked = table.matrix(values)
    people = np.asarray((liked > 0).sum(axis=0)).ravel()
    chosen = np.sort(np.argsort(-people, kind="stable")[: settings.exact])
    chosen = chosen[people[chosen] > 0]
    part = liked[:, chosen]
    gram = (part.T @ part).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += ridge + odds * np.diag(gram)
    inverse = np.linalg.inv(gram) if len(chosen) else gram
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return _spread(strongest(weights.astype(np.float32), settings.kept), chosen, table.catalogue)


def sequence(table: LogTable, settings: RelationSettings) -> csr_matrix:
    """Closeness in the users' own order, whatever they thought of the items, over √(people · people) + shrink."""
    order = np.lexsort((np.arange(len(table)), table.users))
    users, items = table.users[order], table.items[order]
    shape = (table.catalogue, table.catalogue)
    after = csr_matrix(shape, dtype=np.float32)
    for lag in range(1, min(settings.reach, len(items) - 1) + 1):
        same = users[:-lag] == users[lag:]
        if not same.any():
            break
        closeness = np.full(int(same.sum()), 0.5 ** (lag / settings.fade), dtype=np.float32)
        after = after + csr_matrix((closeness, (items[:-lag][same], items[lag:][same])), shape=shape)
    return _normed(after + settings.backwards * after.T, table.per_item(np.ones(len(table))), settings)


def short_sittings(table: LogTable, settings: RelationSettings) -> npt.NDArray[np.int64]:
    """(2, m): the number of each short sitting and an item liked or named in it; one of a single item says nothing."""
    good = np.flatnonzero((table.values > 0) & np.isfinite(table.times))
    good = good[np.lexsort((good, table.users[good]))]
    users, items, times = table.users[good], table.items[good], table.times[good]
    starts = np.ones(len(good), dtype=bool)
    starts[1:] = (users[1:] != users[:-1]) | (np.diff(times) > settings.pause)
    number = np.cumsum(starts) - 1
    sizes = np.bincount(number, minlength=1)
    kept = (sizes[number] >= 2) & (sizes[number] <= settings.short)
    return np.vstack([number[kept], items[kept]]) if len(good) else np.zeros((2, 0), dtype=np.int64)


def conversations(spoken: csr_matrix, settings: RelationSettings) -> csr_matrix:
    """Sittings that name both, each pair worth 1 / (items named − 1), over √(sittings · sittings) + shrink."""
    sizes = np.maximum(np.asarray(spoken.sum(axis=1)).ravel() - 1.0, 1.0)
    pairs = csr_matrix(spoken.T @ diags(1.0 / sizes) @ spoken) if spoken.shape[0] else csr_matrix(spoken.shape[1:] * 2)
    return _normed(pairs, np.asarray(spoken.sum(axis=0), dtype=np.float64).ravel(), settings)


def _normed(pairs: csr_matrix, people: Doubles, settings: RelationSettings) -> csr_matrix:
    """Over √(people · people) + shrink, a block of rows at a time: a large log has tens of millions of pairs."""
    pairs = csr_matrix(pairs)
    blocks = []
    for start in range(0, pairs.shape[0], _BLOCK):
        found = pairs[start : start + _BLOCK].tocoo()
        other = found.row + start != found.col
        row, col = found.row[other], found.col[other]
        values = found.data[other] / (np.sqrt(people[row + start] * people[col]) + settings.shrink)
        block = csr_matrix((values.astype(np.float32), (row, col)), shape=found.shape)
        blocks.append(strongest(block, settings.kept))
    return csr_matrix(vstack(blocks)) if blocks else pairs


def _spread(part: csr_matrix, chosen: npt.NDArray[np.int64], catalogue: int) -> csr_matrix:
    found = part.tocoo()
    return csr_matrix((found.data, (chosen[found.row], chosen[found.col])), shape=(catalogue, catalogue))


def strongest(matrix: csr_matrix | Floats, most: int) -> csr_matrix:
    """`matrix` with the `most` entries of each row that are largest by size; of equals those of lower columns."""
    matrix = csr_matrix(matrix)
    matrix.sort_indices()
    for start, end in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True):
        if end - start > most:
            values = matrix.data[start:end]
            values[np.argsort(-np.abs(values), kind="stable")[most:]] = 0
    matrix.eliminate_zeros()
    return matrix
