"""`chatalogue evaluate policy`: another ranker judged from what visitors were shown and did.

Knows where weights and the log are and how figures are told; the estimates are `ranking/judging.py`'s.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from bot.settings import Settings
from bot.wiring import build_memory, open_catalogue, weight_versions
from ranking.behaviour import NoBehaviour
from ranking.fusion import Ranker, default_weights, load_weights
from ranking.judging import Judged, explorable, greedy, judged, preferred
from ranking.offpolicy import Estimate
from ranking.signals import built_in_signals
from ranking.versions import WeightVersions
from retrieval.catalogue.item import Catalogue

Report = Callable[[str], None]
IN_USE = "in use, without chance"


def measure_policy(settings: Settings, against: str, out: Path | None, report: Report) -> Iterator[str]:
    """Lines that say what last places earned, and would have earned with the ranker that `against` names.

    Raises UnsupportedError where the log cannot tell, WeightsError where no such weights are.
    """
    catalogue = open_catalogue(settings, report)
    other = ranker_named(against, weight_versions(settings, catalogue), catalogue)
    places = explorable(build_memory(settings, catalogue).store.since())
    chance = sum(place.item != greedy(place) for place in places)
    people = len({place.user for place in places})
    yield f"{len(places):,} lists of {people:,} visitors left the last place to chance; {chance:,} showed another item"
    yield f"reward of the last place: {sum(place.reward for place in places) / len(places):.4f} as it was shown"
    figures = [judged(IN_USE, places, greedy), judged(against, places, preferred(other))]
    for figure in figures:
        yield f"{figure.name}: IPS {_told(figure.ips)}, SNIPS {_told(figure.snips)}, decided by {_support(figure)}"
    yield f"{against} against what was in use: {_told(figures[1].gain, '+')}, {_verdict(figures[1].gain)}"
    if out:
        out.write_text(json.dumps([asdict(figure) for figure in figures], indent=1), encoding="utf-8")


def ranker_named(name: str, versions: WeightVersions, catalogue: Catalogue) -> Ranker:
    """The ranker of the weights `name`: shipped, prior, a trained version's number, or a file. Raises WeightsError."""
    signals, trees = built_in_signals(NoBehaviour(), catalogue), None
    if name in ("shipped", "prior"):
        weights = default_weights(name == "shipped")
    elif name.isdecimal():
        version = versions.named(name)
        weights, trees = version.weights, versions.trees(version)
    else:
        weights = load_weights(Path(name))
    return Ranker(signals, weights.covering(signal.name for signal in signals), trees=trees)


def _told(estimate: Estimate, sign: str = "") -> str:
    return f"{estimate.value:{sign}.4f} [{estimate.low:{sign}.4f}, {estimate.high:{sign}.4f}]"


def _support(figure: Judged) -> str:
    return f"{figure.ips.effective:,.0f} effective places, covered {figure.ips.covered:.2f}"


def _verdict(gain: Estimate) -> str:
    if gain.low > 0:
        return "better"
    return "worse" if gain.high < 0 else "the log cannot tell them apart"
