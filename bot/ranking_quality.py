"""`chatalogue evaluate ranking`, `chatalogue train ranking`: ours beside its peers; weights learned, kept, taken back.

Knows where things are and how figures are told; the work is in `ranking/`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bot.settings import Settings
from bot.wiring import build_embedder, open_catalogue, open_index, read_log, weight_versions
from ranking.dialogue_levels import recall_on_dialogues, render
from ranking.dialogues import Bench, load_turns
from ranking.evaluate import OURS, compare, learn, outsets
from ranking.evidence import BehaviourRow
from ranking.figures import as_json, best_peer, ratio, table
from ranking.fusion import default_weights
from ranking.learning import with_taste
from ranking.plot import write_plot
from ranking.preparing import Prepared, prepare
from ranking.request import Floats
from ranking.versions import Version
from retrieval.catalogue.item import Catalogue

Report = Callable[[str], None]

RECALL_LEVEL = 0.12
LEVEL = 1.10  #: what the ratio of NDCG@10 to the best peer's must reach, its interval above 1


@dataclass(frozen=True)
class Request:
    """Where to write the figures and the picture; None: nowhere."""

    out: Path | None = None
    picture: Path | None = None


def measure_ranking(settings: Settings, request: Request, report: Report) -> int:
    """Print what was prepared, the table and the level. Returns the exit code: 1 when the level is missed."""
    catalogue, vectors, prepared = _material(settings, report)
    print("\n".join(prepared.account.lines()))
    comparison = compare(catalogue, vectors, prepared.rows, report)
    ours, peer = comparison.figures[0], best_peer(comparison.figures, OURS)
    against = ratio(ours, peer, comparison.groups)
    reached = against.low > 1 and against.value >= LEVEL
    print(table(comparison.figures))
    print(
        f"ndcg@10 over the best peer, {peer.name}: {against}, level {LEVEL:.2f}: {'reached' if reached else 'missed'}"
    )
    if request.picture:
        ordered = sorted(comparison.figures, key=lambda figure: -figure.ndcg.value)
        title = f"NDCG@10, {len(comparison.groups)} cases of {catalogue.schema.name}, 95%"
        write_plot({figure.name: figure.ndcg for figure in ordered}, title, OURS, request.picture)
    if request.out:
        told = {
            "log": prepared.account.as_json(),
            "rankers": as_json(comparison.figures),
            "best_peer": peer.name,
            "ratio": asdict(against),
            "trials": comparison.learned.scores,
            "weights": comparison.learned.weights,
        }
        request.out.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return 0 if reached else 1


def measure_dialogues(settings: Settings, folder: Path, request: Request, report: Report) -> int:
    """Print recall on the dialogues of `folder`, whose catalogue the settings name. Exit code 1 below the level."""
    catalogue = open_catalogue(settings, report)
    embedder = build_embedder(settings, report)
    vectors = np.asarray(open_index(settings, catalogue, embedder, report).vectors, dtype=np.float32)
    prepared = prepare(read_log(settings, catalogue, report))
    print("\n".join(prepared.account.lines()))
    bench = Bench(catalogue, vectors)
    figures = recall_on_dialogues(bench, prepared.rows, load_turns(folder), embedder, report)
    print(render(figures))
    ours = figures.rankers[0].recall[10]
    reached = ours.value >= RECALL_LEVEL
    print(f"recall@10: {ours}, level {RECALL_LEVEL:.2f}: {'reached' if reached else 'missed'}")
    if request.picture:
        bars = {ranker.name: ranker.recall[10] for ranker in figures.rankers}
        write_plot(bars, f"Recall@10, {figures.targets} targets, 95%", figures.rankers[0].name, request.picture)
    if request.out:
        request.out.write_text(json.dumps(asdict(figures), indent=1), encoding="utf-8")
    return 0 if reached else 1


def train_ranking(settings: Settings, report: Report) -> Iterator[str]:
    """Learn weights from the catalogue's log and use them from now on; lines to print."""
    catalogue, vectors, prepared = _material(settings, report)
    yield from prepared.account.lines()
    ready = outsets(catalogue, vectors, prepared.rows)
    learned = learn(ready, report, trees=False)
    version = Version(
        with_taste(default_weights(True), learned.weights, "trained"),
        fingerprint(prepared.rows),
        datetime.now(UTC).isoformat(timespec="seconds"),
        "chatalogue train ranking",
        learned.scores,
    )
    yield f"version {weight_versions(settings, catalogue).add(version)} in use: {learned.setting}"
    yield ", ".join(f"{name} {weight:.3f}" for name, weight in learned.weights.items())


def take_back(settings: Settings, report: Report) -> str:
    """Go back one version; what is in use now."""
    before = weight_versions(settings, open_catalogue(settings, report)).rollback()
    return f"version {before} in use" if before else "the shipped weights are in use"


def fingerprint(rows: Sequence[BehaviourRow]) -> str:
    """sha256 of the rows that were learned from."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.user}\x1f{row.item}\x1f{row.event}\x1f{row.rating}\x1f{row.timestamp}\x1e".encode())
    return digest.hexdigest()


def _material(settings: Settings, report: Report) -> tuple[Catalogue, Floats, Prepared]:
    catalogue = open_catalogue(settings, report)
    index = open_index(settings, catalogue, build_embedder(settings, report), report)
    vectors = np.asarray(index.vectors, dtype=np.float32)
    return catalogue, vectors, prepare(read_log(settings, catalogue, report))
