"""The queue of turns: a few are worked on, a bounded number waits, the rest is told when to come again.

Fair between conversations: they are served in turn (round robin), so that one with many steps waits for itself. The
steps of a conversation keep their order, one at a time. How long a turn has waited counts against the reading model's
deadline (`bot/llm/patience.py`): after it the rules read, the queue empties fast, and the answer says so. Knows no
assistant and no framework.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.llm.patience import waiting_since
from bot.web.problems import ApiError

AT_ONCE, WAITING = 8, 64
OF_ONE = 4  #: steps of one conversation that may wait
LONGEST_WAIT_S = 30  #: that anybody is asked to wait
RESTART_S = 5  #: after which a server that stops is probably there again
_MEMORY = 0.9  #: weight of the turns before in the mean time of a turn
log = logging.getLogger(__name__)


class Busy(ApiError):
    """The queue is full."""

    status, code = 429, "busy"

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            "too many people are asking at the moment", hint=f"send it again in {wait_s} s", retryable=True
        )
        self.headers = {"Retry-After": str(wait_s)}


class Stopping(ApiError):
    """The server finishes what it has begun and begins nothing."""

    status, code = 503, "stopping"

    def __init__(self) -> None:
        super().__init__("the server is being restarted", hint="send it again in a moment", retryable=True)
        self.headers = {"Retry-After": str(RESTART_S)}


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be done: `run` does it; `drop` tells whoever listens that it will not be done."""

    run: Callable[[], None]
    drop: Callable[[], None]
    since: float = field(default_factory=time.monotonic)


class Admission:
    """Runs turns in threads of its own. `at_once` at the same time, `waiting` beyond those."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._at_once = at_once
        self._most = at_once + waiting
        self._changed = threading.Condition()
        self._queues: OrderedDict[str, deque[Turn]] = OrderedDict()  # in the order in which they are served
        self._running: set[str] = set()
        self._threads = 0
        self._stopped = False
        self._mean_s = 1.0

    def submit(self, conversation: str, turn: Turn) -> None:
        """Take a turn to be run. Raises Busy or Stopping, and does not take it then."""
        with self._changed:
            if self._stopped:
                raise Stopping
            queue = self._queues.get(conversation)
            if self._taken >= self._most or (queue is not None and len(queue) >= OF_ONE):
                raise Busy(self._wait_s())
            self._queues.setdefault(conversation, deque()).append(turn)
            if self._threads < min(self._at_once, self._taken):
                self._threads += 1
                threading.Thread(target=self._work, name=f"turn {self._threads}", daemon=True).start()
            self._changed.notify()

    def stop(self, patience_s: float) -> bool:
        """Begin no more turns, drop those that wait, and let the running ones end within `patience_s`; whether they
        did."""
        with self._changed:
            self._stopped = True
            dropped = [turn for queue in self._queues.values() for turn in queue]
            self._queues.clear()
            self._changed.notify_all()
        for turn in dropped:
            turn.drop()
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, patience_s)

    @property
    def stopping(self) -> bool:
        """Whether no turns are taken any more."""
        return self._stopped

    @property
    def load(self) -> tuple[int, int]:
        """How many turns are running, and how many wait."""
        with self._changed:
            return len(self._running), self._taken - len(self._running)

    @property
    def _taken(self) -> int:
        return len(self._running) + sum(map(len, self._queues.values()))

    def _wait_s(self) -> int:
        """When there will be room: when half of what is taken is done."""
        return min(LONGEST_WAIT_S, max(1, math.ceil(self._mean_s * self._taken / self._at_once / 2)))

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            conversation, turn = taken
            began = time.monotonic()
            try:
                with waiting_since(turn.since):
                    turn.run()
            except Exception:  # a turn tells its own errors; the thread has to go on whatever happens
                log.exception("a turn broke off")
            with self._changed:
                self._running.discard(conversation)
                self._mean_s = _MEMORY * self._mean_s + (1 - _MEMORY) * (time.monotonic() - began)
                self._changed.notify_all()

    def _next(self) -> tuple[str, Turn] | None:
        """The next turn, of the conversation that has waited longest for one; None: no more."""
        with self._changed:
            while True:
                if self._stopped:
                    return None
                ready = next((name for name in self._queues if name not in self._running), None)
                if ready is not None:
                    break
                self._changed.wait()
            queue = self._queues.pop(ready)
            turn = queue.popleft()
            if queue:
                self._queues[ready] = queue  # at the end: the others first
            self._running.add(ready)
            return ready, turn
