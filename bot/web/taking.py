"""A turn that is under way or over: its events so far, for any number of listeners, and whether it is to stop.

The thread that takes the turn puts events in; whoever listens gets all of them from the first, also when they come
late. Knows no conversation and no framework.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from bot.messages import Step, TurnEvent


class LiveTurn:
    """One step and what came of it so far. Safe to share between threads.

    `again` is the answer that the step was given before, as `turn_json` has it, where there was one; it has no events
    then.
    """

    def __init__(self, step: Step, turn_id: str | None = None) -> None:
        self.step, self.id = step, turn_id
        self.again: dict[str, Any] | None = None
        self._events: list[TurnEvent] = []
        self._over = False
        self._stop = threading.Event()
        self._news = threading.Condition()
        self._listeners = 0
        self._told: list[Callable[[], object]] = []

    @property
    def stopped(self) -> bool:
        """Whether it is to stop, if it still can."""
        return self._stop.is_set()

    @property
    def over(self) -> bool:
        """Whether nothing comes any more."""
        return self._over

    @property
    def answered(self) -> bool:
        """Whether the step has its whole answer."""
        return self.again is not None or (self.last is not None and self.last.kind == "done")

    @property
    def last(self) -> TurnEvent | None:
        """The last event so far; of a turn that is over its `done` or `error`."""
        return self._events[-1] if self._events else None

    def stop(self) -> None:
        """Let it stop, unless it has shown something already."""
        self._stop.set()

    def put(self, event: TurnEvent) -> None:
        """The next event."""
        with self._news:
            self._events.append(event)
            self._tell()

    def end(self) -> None:
        """That was all."""
        with self._news:
            self._over = True
            self._tell()

    def __iter__(self) -> Iterator[TurnEvent]:
        """All events, as they come. Who listens so waits to the end, whoever else has gone."""
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[Sequence[TurnEvent]]:
        """The same, each time all that came since the last: for who draws, and need not draw what is outdated."""
        self._listeners += 1
        at = 0
        while True:
            with self._news:
                while len(self._events) == at and not self._over:
                    self._news.wait()
                new = self._events[at:]
            if not new:
                return
            yield new
            at += len(new)

    async def events(self) -> AsyncIterator[TurnEvent]:
        """All events, as they come, without a thread. The turn stops when the last who listened has gone."""
        loop, news = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
                loop.call_soon_threadsafe(news.set)

        with self._news:
            self._listeners += 1
            self._told.append(tell)
        at = 0
        try:
            while True:
                news.clear()
                over, new = self._over, self._events[at:]
                for event in new:
                    yield event
                at += len(new)
                if over:
                    return
                await news.wait()
        finally:
            self._left(tell)

    def _left(self, tell: Callable[[], object]) -> None:
        with self._news:
            self._told.remove(tell)
            self._listeners -= 1
            if self._listeners == 0:
                self._stop.set()

    def _tell(self) -> None:
        self._news.notify_all()
        for tell in self._told:
            tell()
