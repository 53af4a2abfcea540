"""`chatalogue evaluate ranking --cold PART`: what is found for people nobody has met, beside peers told the same.

Ours hears messages through its own reader (`bot/simulation/newcomer_talk.py`); peers are handed the same titles
without a word, so that what reading loses is ours alone. Nobody's list repeats what was told. Knows wiring, the levels
and how figures are told.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bot.assistant import Assistant
from bot.picking import Picker
from bot.settings import Settings
from bot.simulation.newcomer_talk import Heard, converse
from bot.wiring import build_assistant, build_ranker, open_catalogue, read_log
from ranking.behaviour import Behaviour
from ranking.cold_users import TOLD, ColdSplit, Part, chosen_by, cold_split, peer_lists
from ranking.evaluate import OURS, lexical_alikeness
from ranking.figures import DEPTH, Audience, Figures, Lists, as_json, figures_of, ratio, settings_line, table
from ranking.peers import PEERS, Known, Material, Peer
from ranking.plot import write_plot
from ranking.preparing import prepare
from ranking.request import Floats
from ranking.resampling import Interval
from ranking.table import log_table
from retrieval.catalogue.item import Catalogue

PATIENCE_S = 60.0  #: nobody waits here, and how busy the machine is should not decide who reads
LEFT_OUT = frozenset({"BPR"})  #: it meets nobody new; a mean of factors is no fold-in of its own
MEASURE, AT = "recall@10", 3
PLAIN = f"{OURS}, not diverse"
POPULARITY, WISHED = "popularity", "popularity, as wished"
NOTHING, WISH = "nothing", "wish"  #: what somebody says who names no title
HEADINGS: Mapping[int | str, str] = {0: "nothing told", 1: "1 title told", WISH: "no title, one wish in words"}
NOBODY = Known(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

Report = Callable[[str], None]
Found = dict[int | str, list[Figures]]  #: rankers, ours first, by what was told


@dataclass(frozen=True, slots=True)
class ColdRequest:
    """Whom to hold out, by which seed; where the figures and the picture go, None: nowhere."""

    part: Part = "test"
    seed: int = 1
    out: Path | None = None
    picture: Path | None = None


@dataclass(frozen=True)
class Level:
    """A ratio of recall@10 and what it must reach; "better" than 1 is strictly more."""

    name: str
    ratio: Interval
    least: float

    @property
    def reached(self) -> bool:
        """Whether the point estimate is there."""
        return self.ratio.value >= self.least if self.least > 1 else self.ratio.value > 1


@dataclass(frozen=True)
class Peers:
    """Peers ready to be asked about `split`; their settings are chosen on another part."""

    catalogue: Catalogue
    vectors: Floats
    lexical: Floats

    def material(self, split: ColdSplit) -> Material:
        """What they are fitted on."""
        ids = [item.id for item in self.catalogue.items]
        return Material(log_table(split.rows, ids), self.vectors, self.lexical)

    def figures(self, peer: Peer, choosing: ColdSplit, split: ColdSplit) -> dict[int, Figures]:
        """One peer's figures by the number of titles told."""
        chosen = chosen_by(peer, choosing, self.material(choosing), self.catalogue)
        lists = peer_lists(peer, chosen, split, self.material(split), self.catalogue)
        return {
            told: figures_of(one, self.audience(split, told), ", ".join(f"{n} {v}" for n, v in chosen[told].items()))
            for told, one in lists.items()
        }

    def audience(self, split: ColdSplit, told: int) -> Audience:
        """Those who have so many titles to tell."""
        return split.audience(split.telling(told), self.catalogue, self.vectors, told)


def measure_cold(settings: Settings, request: ColdRequest, report: Report) -> int:
    """Print a table for everything told, and the levels. Exit code 1 when one is missed."""
    catalogue = open_catalogue(settings, report)
    rows = prepare(read_log(settings, catalogue, report)).rows
    ids = [item.id for item in catalogue.items]
    split = cold_split(rows, ids, request.seed, request.part)
    report(f"{len(split.newcomers)} people held out, models fitted on {len(split.rows):,} rows of others")
    heard, vectors = _heard(settings, split, report)
    peers = Peers(catalogue, vectors, lexical_alikeness(catalogue))
    found = compared(heard, peers, cold_split(rows, ids, request.seed, "validation"), split, report)
    levels = levels_of(found)
    print("\n".join(_lines(found, heard, levels)))
    if request.picture:
        bars = {figure.name: figure.interval(MEASURE) for figure in sorted(found[AT], key=lambda f: -f.means[MEASURE])}
        write_plot(bars, f"Recall@10, {AT} titles told by people nobody has met, 95%", OURS, request.picture)
    if request.out:
        request.out.write_text(json.dumps(_as_json(request, found, heard, levels), indent=1), encoding="utf-8")
    return 0 if all(level.reached for level in levels) else 1


def _heard(settings: Settings, split: ColdSplit, report: Report) -> tuple[Heard, Floats]:
    """The conversations with an assistant that has not met them, and the vectors of its index."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        apart = {"data": Path(folder), "database_url": None, "read_deadline_s": PATIENCE_S, "explore": 0.0}
        assistant = build_assistant(settings.model_copy(update=apart), report)
        try:
            catalogue, retriever = assistant.catalogue, assistant.stages.picker.retriever
            behaviour = Behaviour.fit(split.rows, [item.id for item in catalogue.items])

            def picker(given: Settings) -> Picker:
                return Picker(retriever, behaviour, build_ranker(given, catalogue, behaviour))

            stranger = Assistant(replace(assistant.stages, picker=picker(settings)), DEPTH)
            plain = picker(settings.model_copy(update={"diversity": "none"}))
            return converse(stranger, plain, split, report), np.asarray(retriever.index.vectors, dtype=np.float32)
        finally:
            assistant.close()


def compared(heard: Heard, peers: Peers, choosing: ColdSplit, split: ColdSplit, report: Report) -> Found:
    """Ours and all peers, by what was told; popularity alone where no title was."""
    asked = [told for told in TOLD if choosing.telling(told) and split.telling(told)]
    found: Found = {told: _ours(heard, told or NOTHING, peers.audience(split, told)) for told in asked}
    for peer in PEERS:
        if peer.name in LEFT_OUT:
            continue
        told_figures = peers.figures(peer, choosing, split)
        for told, figure in told_figures.items():
            if told in found and (told or peer.name == POPULARITY):
                found[told].append(figure)
        report(f"{peer.name}: {MEASURE} {told_figures[AT].interval(MEASURE)} with {AT} told")
    return found | {WISH: _wished(heard, peers, choosing, split)}


def _ours(heard: Heard, what: int | str, audience: Audience) -> list[Figures]:
    """The lists as they are shown, and before they are made diverse, as the other parts of the comparison have them."""
    both = (Lists(OURS, heard.lists[what]), Lists(PLAIN, heard.plain[what]))
    return [figures_of(lists, audience) for lists in both]


def _wished(heard: Heard, peers: Peers, choosing: ColdSplit, split: ColdSplit) -> list[Figures]:
    """Those who have a wish: ours, popularity, and popularity among what is as wished."""
    numbers = [n for n, wish in enumerate(heard.wishes) if wish is not None]
    audience = split.audience(numbers, peers.catalogue, peers.vectors, 0)
    peer = next(peer for peer in PEERS if peer.name == POPULARITY)
    chosen = chosen_by(peer, choosing, peers.material(choosing), peers.catalogue)[0]
    scores = peer.fit(peers.material(split), **chosen)(NOBODY)
    popular = [peers.catalogue.items[n] for n in np.argsort(-scores, kind="stable")]
    lists = {POPULARITY: Lists(POPULARITY), WISHED: Lists(WISHED)}
    for wish in (heard.wishes[n] for n in numbers):
        assert wish is not None
        fitting = [item.id for item in popular if wish.value in item.values(wish.facet)]
        lists[POPULARITY].ranked.append([item.id for item in popular[:DEPTH]])
        lists[WISHED].ranked.append(fitting[:DEPTH])
    return [*_ours(heard, WISH, audience), *(figures_of(one, audience) for one in lists.values())]


def levels_of(found: Found) -> list[Level]:
    """The three ratios that count."""

    def over(what: int | str, peer: str) -> Interval:
        ours, theirs = (next(f for f in found[what] if f.name == name) for name in (OURS, peer))
        return ratio(ours, theirs, MEASURE)

    return [
        Level(f"over EASE, {AT} titles told", over(AT, "EASE"), 1.1),
        Level(f"over popularity, {AT} titles told", over(AT, POPULARITY), 2.0),
        Level("over popularity, one wish in words", over(WISH, POPULARITY), 1.0),
    ]


def _lines(found: Found, heard: Heard, levels: Sequence[Level]) -> Iterator[str]:
    yield f"{heard.titles} titles told, {len(heard.missed)} missed by the reader, {len(heard.invented)} taken for told"
    for what, figures in found.items():
        people = len(figures[0].groups)
        yield f"\n{HEADINGS.get(what, f'{what} titles told')}, {people} people"
        yield table(figures, MEASURE)
    yield "\n" + settings_line(found[AT])
    for level in levels:
        told = "reached" if level.reached else "missed"
        yield f"{MEASURE} {level.name}: {level.ratio}, level {level.least:.1f}: {told}"


def _as_json(request: ColdRequest, found: Found, heard: Heard, levels: Sequence[Level]) -> dict[str, Any]:
    return {
        "part": request.part,
        "seed": request.seed,
        "titles": heard.titles,
        "misread": {"missed": heard.missed, "invented": heard.invented},
        "levels": [{**asdict(level), "reached": level.reached} for level in levels],
        "told": {str(what): as_json(figures) for what, figures in found.items()},
    }
