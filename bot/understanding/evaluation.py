"""`chatalogue evaluate understanding`: several readers over one file of labelled messages, in one run.

Every reader goes through the same linking, so that what differs is who reads. Knows readers, labels and scores; which
readers there are is wired elsewhere.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.llm.port import never
from bot.understanding.confidence import DOUBTFUL, expected_calibration_error
from bot.understanding.labels import LabelledFile, LabelledMessage, label_of
from bot.understanding.projection import project
from bot.understanding.reader import RawReader, RawReading, Reader
from bot.understanding.reading import MessageInContext, Reading
from bot.understanding.scoring import Matcher, Pair, Scores, score
from retrieval.errors import ChatalogueError

Report = Callable[[str], None]
PROGRESS = 50  #: messages between two lines of progress


class Watched:
    """A model's reader that notes the forward passes of every reading; a server tells of none."""

    def __init__(self, model: RawReader) -> None:
        self._model = model
        self.calls: list[int] = []

    def warm_up(self, report: Report) -> None:
        """Warm the model; what that costs is not noted."""
        if hasattr(self._model, "warm_up"):
            self._model.warm_up(report)

    def read_raw(self, message: MessageInContext, cancelled: Callable[[], bool] = never, /) -> RawReading:
        """The model's reading. Raises ReaderFailed and Cancelled."""
        raw = self._model.read_raw(message, cancelled)
        calls = getattr(getattr(raw, "completion", None), "calls", None)
        if calls is not None:
            self.calls.append(calls)
        return raw


@dataclass(frozen=True, slots=True)
class Contestant:
    """Who reads: a reader ready for use, and its model's reader (None: the rules)."""

    reader: Reader
    watched: Watched | None = None


@dataclass(frozen=True, slots=True)
class Certainty:
    """How far a reader's own confidence can be trusted, over the messages of which it told one.

    `error` is the expected calibration error against exact match, in [0, 1]; `doubtful` were read with less than
    `DOUBTFUL` and would be asked about, `doubtful_wrong` of them are not exactly right; `wrong` of all.
    """

    told: int
    error: float
    doubtful: int
    doubtful_wrong: int
    wrong: int


def certainty(confidences: Sequence[float | None], exact: Sequence[bool]) -> Certainty | None:
    """What `confidences` were worth; None when none was told."""
    told = [(c, right) for c, right in zip(confidences, exact, strict=True) if c is not None]
    if not told:
        return None
    doubtful = [right for c, right in told if c < DOUBTFUL]
    error = expected_calibration_error([c for c, _ in told], [right for _, right in told])
    return Certainty(len(told), error, len(doubtful), doubtful.count(False), sum(not right for _, right in told))


@dataclass(frozen=True, slots=True)
class Measured:
    """One reader over one file. `ms`: wall time a message, p50 and p95; `calls`: median forward passes, None: unknown.

    `sources` counts who spoke, `degraded` why the rules spoke for the model. `readings`: rows as `understand` prints.
    `certainty` None: this reader tells no confidence.
    """

    name: str
    scores: Scores
    ms: tuple[float, float]
    calls: float | None
    sources: Mapping[str, int]
    degraded: Mapping[str, int]
    readings: tuple[Mapping[str, Any], ...]
    certainty: Certainty | None = None


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A reader that could not take part, and why."""

    name: str
    reason: str


def compare(
    labelled: LabelledFile, matcher: Matcher, contestants: Mapping[str, Callable[[], Contestant]], report: Report
) -> Iterator[Measured | Unmeasured]:
    """Every contestant over the file, one after another, each in memory only while it reads.

    The first is ours: its error is raised. An error of another is told in its place.
    """
    for number, (name, build) in enumerate(contestants.items()):
        report(f"{name}: reading {len(labelled.rows):,} messages")
        try:
            contestant = build()
            contestant.reader.warm_up(report)
            yield measure(name, contestant, labelled.rows, matcher, report)
        except ChatalogueError as error:
            if number == 0:
                raise
            report(f"{name}: could not be measured: {error}")
            yield Unmeasured(name, str(error))


def measure(
    name: str, contestant: Contestant, rows: Sequence[LabelledMessage], matcher: Matcher, report: Report
) -> Measured:
    """Read `rows`, which are at least one, and score the readings."""
    pairs, readings, ms = [], [], []
    degraded: Counter[str] = Counter()
    for number, row in enumerate(rows, 1):
        start = time.perf_counter()
        reading = contestant.reader.read(row.message)
        ms.append((time.perf_counter() - start) * 1000)
        readings.append(_as_row(row, reading, ms[-1]))
        pairs.append(_pair(row, readings[-1]))
        if reading.degraded is not None:
            degraded[reading.degraded] += 1
        if number % PROGRESS == 0:
            report(f"{name}: {number:,} of {len(rows):,}")
    scores = score(pairs, matcher)
    calls = contestant.watched.calls if contestant.watched else []
    return Measured(
        name=name,
        scores=scores,
        ms=(float(np.percentile(ms, 50)), float(np.percentile(ms, 95))),
        calls=float(np.median(calls)) if calls else None,
        sources=dict(Counter(str(r["source"]) for r in readings)),
        degraded=dict(degraded),
        readings=tuple(readings),
        certainty=certainty([r.get("confidence") for r in readings], scores.exact_each),
    )


def _as_row(row: LabelledMessage, reading: Reading, ms: float) -> dict[str, Any]:
    slots = project(reading.slots)
    return {
        "id": row.id,
        "intent": reading.intent.value,
        "slots": slots,
        "ms": round(ms, 1),
        "source": reading.source,
        **({} if reading.confidence is None else {"confidence": round(reading.confidence, 4)}),
    }


def _pair(row: LabelledMessage, read: Mapping[str, Any]) -> Pair:
    slots = tuple(label_of(s["slot"], s["value"], s["polarity"]) for s in read["slots"])
    return Pair(row.intent, row.slots, type(row.intent)(read["intent"]), slots)
