"""What the server counts for an operator, as Prometheus reads it. No id and no word of a visitor is ever a label.

A registry of its own, so that two servers in one process, as tests have them, do not add up. Knows turns and the
Prometheus client; knows no route.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.messages import Reply
from bot.web.taking import LiveTurn
from bot.web.visits import Visits

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.4, 0.6, 0.8, 1.2, 2.0, 4.0, 8.0, 16.0)
STAGES = ("understand", "cards", "total")
LATE = "took longer than"  #: of a reading that the rules took over, the words of a missed deadline (`model_reader`)


class Metrics:
    """The counts of one server. Safe to share between threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._turns = self._counter("turns", "Steps that were taken up, by what came of them.", "act", "outcome")
        self._stages = Histogram(
            "chatalogue_turn_seconds", "From the message to the end of a stage.", ["stage"], buckets=SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self._readings = self._counter("readings", "Messages, by who read them.", "source")
        self._fallbacks = self._counter("reading_fallbacks", "Messages the rules read for the model.", "reason")
        self._events = self._counter("events", "Rows that pages sent of what visitors did.", "event", "outcome")
        self._refused = self._counter("refusals", "Requests that were refused, by the problem's type.", "problem")
        self._open = self._gauge("conversations_open", "Conversations held in memory.")
        self._waiting = self._gauge("turns_waiting", "Turns that wait for their turn.")
        self._running = self._gauge("turns_running", "Turns that are worked on.")
        self._watched: list[Visits] = []
        self._open.set_function(lambda: sum(visits.count for visits in self._watched))

    def watch(self, visits: Visits) -> None:
        """Count the turns and conversations of `visits` too. The queue of turns is shared by all that are watched."""
        self._watched.append(visits)
        visits.tell(self.turn)
        self._running.set_function(lambda: visits.load[0])
        self._waiting.set_function(lambda: visits.load[1])

    def turn(self, turn: LiveTurn) -> None:
        """A turn is over."""
        if turn.again is not None:
            self._turns.labels("", "repeated").inc()
            return
        last = turn.last
        reply = last.data["reply"] if last is not None and last.kind == "done" else None
        if not isinstance(reply, Reply):
            stopped = last is not None and last.data.get("code") == "cancelled"
            self._turns.labels("", "stopped" if stopped else "failed").inc()
            return
        self._turns.labels(reply.act, "answered").inc()
        for stage in STAGES:
            if stage in reply.ms:
                self._stages.labels(stage).observe(reply.ms[stage] / 1000)
        if reply.reading is not None:
            self._readings.labels(reply.reading.source).inc()
            if reply.reading.degraded is not None:
                self._fallbacks.labels("deadline" if LATE in reply.reading.degraded else "failed").inc()

    def events(self, accepted: Iterable[str], duplicates: int, rejected: int) -> None:
        """What became of a batch; `accepted` are the kinds of the rows that were stored."""
        for event in accepted:
            self._events.labels(event, "accepted").inc()
        self._events.labels("", "duplicate").inc(duplicates)
        self._events.labels("", "rejected").inc(rejected)

    def refused(self, problem: str) -> None:
        """A request was refused; `problem` is the last part of the problem's type, one of a closed set."""
        self._refused.labels(problem).inc()

    def text(self) -> bytes:
        """Everything, in the text format of `CONTENT_TYPE`."""
        return bytes(generate_latest(self.registry))

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"chatalogue_{name}", told, labels, registry=self.registry)

    def _gauge(self, name: str, told: str) -> Gauge:
        return Gauge(f"chatalogue_{name}", told, registry=self.registry)
