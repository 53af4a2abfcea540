"""Conversations with a running `chatalogue serve`: the `Talk` of the script runner over HTTP.

Every turn crosses as server-sent events. A talk's `events` are the server's, and its `state` is the one that the server
reports: a runner that folds the events and compares finds a server whose state is not the replay of its events.
Knows httpx; knows no assistant and no script. What parsing cannot bring back is told in `http_wire`.
"""

from __future__ import annotations

import json
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from bot.conversations.bench import Talk
from bot.conversations.http_wire import believed_of, step_json, turn_event_of
from bot.dialogue.events import Event
from bot.dialogue.hints import Hint
from bot.dialogue.state import DialogueState
from bot.hint_json import hints_json
from bot.messages import Step, TurnEvent
from retrieval.errors import ChatalogueError

CONNECT_S = 5.0
ANSWER_S = 60.0  #: between two pieces of an answer; a turn waits for earlier turns and for a busy model
LOOPBACK = ("localhost", "127.0.0.1", "::1")  #: hosts that no proxy has any business with
START = "start one with `chatalogue serve --port 8000` and give its address, as http://127.0.0.1:8000"


class TargetError(ChatalogueError):
    """The server that conversations should run against does not answer, or not as this API does."""

    code = "target"


def open_http(url: str) -> Callable[[str | None], Talk]:
    """Begins conversations with the server at `url`, with the visitor given (None: a stranger).

    Raises TargetError for an address that is none. The call returned raises it when no conversation can be had.
    """
    server = Server(url)
    return lambda user: HttpTalk(server, server.open(user))


def remote_catalogue(url: str) -> tuple[str, str]:
    """Name and fingerprint of the catalogue that the server at `url` talks about. Raises TargetError."""
    return Server(url).catalogue()


class Server:
    """Requests to one server. Raises TargetError for everything that is not an answer; keeps connections open."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        try:
            host = httpx.URL(self.url).host
        except httpx.InvalidURL as error:
            raise TargetError(f"not an address: {url!r}", hint=START) from error
        if not host or not self.url.startswith(("http://", "https://")):
            raise TargetError(f"not an address of the web: {url!r}", hint=START)
        self._client = httpx.Client(timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S), trust_env=host not in LOOPBACK)
        weakref.finalize(self, self._client.close)

    def catalogue(self) -> tuple[str, str]:
        """Name and fingerprint of what the server talks about."""
        with self._answer("GET", "/catalogue") as response:
            served = _object(response)
            return str(served["name"]), str(served["fingerprint"])

    def open(self, user: str | None) -> str:
        """The id of a new conversation."""
        with self._answer("POST", "/conversations", json={"user": user}) as response:
            return str(_object(response)["conversation"])

    def turn(self, conversation: str, step: Step) -> Iterator[TurnEvent]:
        """The events of one step, as they come; the last is not always `done` or `error`, for a stream may break."""
        request = {"json": step_json(step), "headers": {"Accept": "text/event-stream"}}
        with self._answer("POST", f"/conversations/{conversation}/turns", **request) as response:
            for kind, data in server_sent(response.iter_lines()):
                event = turn_event_of(kind, data)
                if event is not None:
                    yield event

    def hint(self, conversation: str, hints: Iterable[Hint]) -> None:
        """Tell what is known of the visitor and the page."""
        with self._answer("PUT", f"/conversations/{conversation}/hints", json=hints_json(hints)):
            pass

    def believed(self, conversation: str) -> tuple[tuple[Event, ...], DialogueState]:
        """What happened in a conversation, and the state that the server reports."""
        with self._answer("GET", f"/conversations/{conversation}/events") as response:
            return believed_of(_object(response))

    @contextmanager
    def _answer(self, method: str, path: str, **request: Any) -> Iterator[httpx.Response]:
        try:
            with self._client.stream(method, f"{self.url}/v1{path}", **request) as response:
                if response.is_error:
                    raise self._refusal(response)
                yield response
        except httpx.TimeoutException as error:
            hint = "see whether it is busy or stuck"
            raise TargetError(f"the server at {self.url} took too long", hint=hint, retryable=True) from error
        except httpx.TransportError as error:
            raise TargetError(f"no answer from {self.url}: {error}", hint=START, retryable=True) from error
        except (KeyError, ValueError) as error:  # not JSON, or not the JSON of this API
            raise self._foreign(f"{path}: {error}") from error

    def _refusal(self, response: httpx.Response) -> TargetError:
        try:
            problem = _object(response)
            what, hint = str(problem["detail"]), str(problem["hint"])
        except (KeyError, ValueError):
            return self._foreign(f"{response.url.path}: status {response.status_code}")
        return TargetError(f"{what} (status {response.status_code})", hint=hint, retryable=response.status_code == 503)

    def _foreign(self, what: str) -> TargetError:
        return TargetError(f"{self.url} does not answer as this version of Chatalogue does: {what}", hint=START)


class ServerTalk(ABC):
    """A conversation on a server, whichever way it is talked to: what happened and what is believed is as it tells."""

    def __init__(self) -> None:
        self._now: tuple[tuple[Event, ...], DialogueState] | None = None  # as told since the last step

    @property
    def state(self) -> DialogueState:
        """The state that the server reports. Raises TargetError."""
        return self._believed()[1]

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that happened, oldest first, as the server tells it. Raises TargetError."""
        return self._believed()[0]

    @abstractmethod
    def _told(self) -> tuple[tuple[Event, ...], DialogueState]:
        """What the server tells now. Raises TargetError."""

    def _believed(self) -> tuple[tuple[Event, ...], DialogueState]:
        if self._now is None:
            self._now = self._told()
        return self._now


class HttpTalk(ServerTalk):
    """One conversation on a server. `turn` answers a failed turn with an `error` event and never raises."""

    def __init__(self, server: Server, conversation: str) -> None:
        super().__init__()
        self.conversation = conversation  #: its id on the server
        self._server = server

    def turn(self, step: Step) -> Iterator[TurnEvent]:
        """Take a step; the last event is `done` or `error`."""
        self._now = None
        last = ""
        try:
            for event in self._server.turn(self.conversation, step):
                last = event.kind
                yield event
            if last not in ("done", "error"):
                raise TargetError("the answer broke off before its end", hint="see what the server printed")
        except ChatalogueError as error:
            yield TurnEvent("error", {"message": error.message, "hint": error.hint})

    def hint(self, hints: Iterable[Hint]) -> None:
        """Tell what is known of the visitor and the page. Raises TargetError, also where it is refused."""
        self._now = None
        self._server.hint(self.conversation, hints)

    def _told(self) -> tuple[tuple[Event, ...], DialogueState]:
        return self._server.believed(self.conversation)


def server_sent(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """(event, parsed data) of a `text/event-stream` (WHATWG HTML, section 9.2), by lines; comments are skipped."""
    kind, data = "message", []
    for line in lines:
        name, _, value = line.partition(":")
        if name == "event":
            kind = value.removeprefix(" ")
        elif name == "data":
            data.append(value.removeprefix(" "))
        elif not line:
            if data:
                yield kind, json.loads("\n".join(data))
            kind, data = "message", []


def _object(response: httpx.Response) -> dict[str, Any]:
    """The JSON object that was answered; raises ValueError when it is something else."""
    response.read()
    answer = response.json()
    if not isinstance(answer, dict):
        raise ValueError("not a JSON object")
    return answer
