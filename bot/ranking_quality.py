"""`chatalogue evaluate ranking`: ours beside its peers.

Knows where things are and how figures are told; the work is in `ranking/`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bot.settings import Settings
from bot.wiring import build_embedder, open_catalogue, open_index, read_log
from ranking.dialogue_levels import recall_on_dialogues, render
from ranking.dialogues import Bench, load_turns
from ranking.evaluate import OURS, compare, outsets
from ranking.figures import as_json, best_peer, depth_table, ratio, settings_line, table
from ranking.groups import group_lines, groups_json
from ranking.plot import write_plot
from ranking.preparing import Prepared, prepare
from ranking.request import Floats
from ranking.splitting import TESTED
from ranking.tasks import compare_tasks, lines
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
    catalogue, vectors, prepared = material(settings, report)
    print("\n".join(prepared.account.lines()))
    comparison = compare(catalogue, vectors, prepared.rows, report)
    ours, peer = comparison.figures[0], best_peer(comparison.figures, OURS)
    against = ratio(ours, peer)
    reached = against.low > 1 and against.value >= LEVEL
    print(table(comparison.figures))
    print("\n" + depth_table(comparison.figures))
    print("\n" + settings_line(comparison.figures) + "\n")
    print("\n".join(group_lines([ours, peer], comparison.audience)))
    if comparison.rmse:
        print("rmse of ratings, stars: " + ", ".join(f"{name} {error:.3f}" for name, error in comparison.rmse.items()))
    print(
        f"ndcg@10 over the best peer, {peer.name}: {against}, level {LEVEL:.2f}: {'reached' if reached else 'missed'}"
    )
    if request.picture:
        ordered = sorted(comparison.figures, key=lambda figure: -figure.means["ndcg@10"])
        title = f"NDCG@10, {len(ours.groups)} cases of {catalogue.schema.name}, 95%"
        write_plot({figure.name: figure.interval("ndcg@10") for figure in ordered}, title, OURS, request.picture)
    if request.out:
        told = {
            "log": prepared.account.as_json(),
            "rankers": as_json(comparison.figures),
            "groups": {figure.name: groups_json(figure, comparison.audience) for figure in comparison.figures},
            "best_peer": peer.name,
            "ratio": asdict(against),
            "rmse": comparison.rmse,
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


def measure_tasks(settings: Settings, request: Request, report: Report) -> int:
    """Print one ranker for click, like and accept beside a ranker for each. Exit code 0: it is a question, no level."""
    catalogue, vectors, prepared = material(settings, report)
    ready = outsets(catalogue, vectors, prepared.rows)
    comparison = compare_tasks(ready[:-TESTED], ready[-TESTED:], report)
    print("\n".join(lines(comparison)))
    if request.out:
        request.out.write_text(json.dumps(asdict(comparison), indent=1), encoding="utf-8")
    return 0


def material(settings: Settings, report: Report) -> tuple[Catalogue, Floats, Prepared]:
    """The catalogue, its vectors and its log, made ready; what is missing is fetched and indexed."""
    catalogue = open_catalogue(settings, report)
    index = open_index(settings, catalogue, build_embedder(settings, report), report)
    vectors = np.asarray(index.vectors, dtype=np.float32)
    return catalogue, vectors, prepare(read_log(settings, catalogue, report))
