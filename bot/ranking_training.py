"""`chatalogue train ranking`: weights learned from the log or from what visitors were shown, kept, taken back.

Knows where things are and which of several rankers is taken; the learning is in `ranking/`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from bot.ranking_quality import material
from bot.settings import Settings
from bot.wiring import build_memory, open_catalogue, weight_versions
from ranking.behaviour import NoBehaviour
from ranking.clicks import ENOUGH, HELD_OUT, ShownList, examination, fit_clicks, judged_by_clicks, rewarded, shown_lists
from ranking.evaluate import Outset, TooLittle, learn, outsets
from ranking.evidence import BehaviourRow
from ranking.fusion import FusionWeights, Ranker, default_weights
from ranking.keeping import Kept, of_run
from ranking.learning import with_taste
from ranking.offpolicy import logged_places
from ranking.signals import Signal, built_in_signals
from ranking.trees import Trees
from ranking.versions import Version

Report = Callable[[str], None]
CLICK_RIDGES = (0.0003, 0.003, 0.03, 0.3)
IN_USE = "in use"


@dataclass(frozen=True)
class Contender:
    """A ranker that might be used: how it is called, what it goes by, its validation `scores`, and what it learned
    from as a sha256."""

    name: str
    weights: FusionWeights
    trees: Trees | None
    scores: Mapping[str, float]
    data: str = ""


def train_ranking(settings: Settings, report: Report) -> Iterator[str]:
    """Learn weights and use the better ones from now on; lines to print.

    From the catalogue's log until `ENOUGH` lists with a reaction were shown; from then on also from those, and what
    stands best on the latest of them is used. A run that was stopped goes on where it was, as long as the log, the
    catalogue and the code are the same. Raises TooLittle where neither is enough.
    """
    catalogue, vectors, prepared = material(settings, report)
    yield from prepared.account.lines()
    rows = build_memory(settings, catalogue).store.since()
    lists = shown_lists(logged_places(rows))
    count = rewarded(lists)
    yield f"{len(lists):,} logged lists, {count:,} with something taken up; {ENOUGH} are enough to learn from"
    versions = weight_versions(settings, catalogue)
    data = fingerprint(prepared.rows)
    kept = of_run(settings.cache / "training", data.encode(), catalogue.fingerprint.encode(), vectors.tobytes())
    ready = partial(outsets, catalogue, vectors, prepared.rows)
    contenders = _from_log(ready, data, kept, needed=count < ENOUGH, report=report)
    if count >= ENOUGH:
        signals = built_in_signals(NoBehaviour(), catalogue)
        before = versions.current()
        used = before.weights.covering(s.name for s in signals) if before else default_weights(bool(prepared.rows))
        contenders += [Contender(IN_USE, used, versions.trees(before) if before else None, {})]
        contenders, scores = contest(lists, contenders, signals, fingerprint(rows))
        yield "; ".join(f"{name} {score:.4f}" for name, score in scores.items())
    kept.forget()
    best = contenders[0]
    if best.name == IN_USE:
        yield "nothing learned stands higher than what is in use, which stays"
        return
    made = datetime.now(UTC).isoformat(timespec="seconds")
    version = Version(best.weights, best.data, made, "chatalogue train ranking", best.scores)
    yield f"version {versions.add(version, best.trees)} in use: {best.name}"
    yield ", ".join(f"{name} {weight:.3f}" for name, weight in best.weights.signals.items())


def contest(
    lists: Sequence[ShownList], contenders: Sequence[Contender], signals: Sequence[Signal], data: str
) -> tuple[list[Contender], dict[str, float]]:
    """`contenders` and what `lists` (oldest first) teach, best first on the latest `HELD_OUT` of them; all scores."""
    names = [s.name for s in signals if any(s.name in one.features[0] for one in lists)]
    cut = int(len(lists) * (1 - HELD_OUT))
    looked_at = examination(lists[:cut], names)
    shipped = contenders[-1].weights

    def learned(part: Sequence[ShownList], ridge: float) -> FusionWeights:
        return with_taste(shipped, fit_clicks(part, names, looked_at, ridge), "clicks")

    def judged(weights: FusionWeights, trees: Trees | None) -> float:
        ranker = Ranker(signals, weights, trees=trees)
        return judged_by_clicks(lists[cut:], looked_at, lambda one: ranker.scores(one.features, one.reacted))

    scores = {one.name: judged(one.weights, one.trees) for one in contenders}
    ridges = {ridge: judged(learned(lists[:cut], ridge), None) for ridge in CLICK_RIDGES}
    best = max(CLICK_RIDGES, key=lambda ridge: ridges[ridge])
    scores |= {f"clicks, ridge {ridge:g}": score for ridge, score in ridges.items()}
    name = f"clicks, ridge {best:g}"
    places = {f"looked at, position {n + 1}": float(theta) for n, theta in enumerate(looked_at)}
    fresh = Contender(name, learned(lists, best), None, scores | places, data)
    return sorted([*contenders, fresh], key=lambda one: -scores[one.name]), scores


def _from_log(
    ready: Callable[[], list[Outset]], data: str, kept: Kept, *, needed: bool, report: Report
) -> list[Contender]:
    """What the log teaches, trees too where they help; nothing where it is too small, unless it is `needed`."""
    try:
        learned = learn(ready(), report, kept=kept)
    except TooLittle:
        if needed:
            raise
        return []
    weights = with_taste(default_weights(True), learned.weights, "trained")
    return [Contender(f"ratings, {learned.setting}", weights, learned.trees, learned.scores, data)]


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
