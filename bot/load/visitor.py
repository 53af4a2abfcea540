"""One visitor of a load test: opens conversations over HTTP, says and taps things, and notes what comes back and when.

Everything that a visitor says carries a word of its own (`mark`). A mark of somebody else in any answer is a mixed
session. Knows the API by its contract alone (`docs/design.md`) and no module of the server.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx

MARK = re.compile(r"\bzq[0-9a-f]{12}\b")
STEPS = 8  #: of one conversation
SSE = {"Accept": "text/event-stream"}
TIMEOUT_S = 60.0  #: after which no answer counts as an error
RENEW_S = 600.0  #: how long a token is used before another one is fetched


@dataclass(frozen=True, slots=True)
class Target:
    """What is visited. `site_key` and `origin` as a page of a site has them; no key: the API is asked without a
    token."""

    url: str
    site_key: str | None = None
    origin: str | None = None
    pause_s: float = 1.0


@dataclass(slots=True)
class Noted:
    """What visitors met. `cards_ms` from the request to the list, `answer_ms` to `done`; milliseconds of wall time.

    `errors` by kind, none of which should be; `told_to_wait`: refusals with a Retry-After, which was kept.
    `mixed`: answers that carry another visitor's mark, or another visitor's conversation that was opened.
    """

    cards_ms: list[float] = field(default_factory=list)
    answer_ms: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    told_to_wait: int = 0
    mixed: int = 0
    by_rules: int = 0
    conversations: int = 0


class Failed(Exception):
    """A step that got no answer; the message is the kind of error."""


class LoadVisitor:
    """One visitor. Visitors of one test share `noted`, and `others`: conversations that are somebody's."""

    def __init__(self, client: httpx.AsyncClient, target: Target, noted: Noted, others: list[tuple[str, str]]) -> None:
        self._client, self._target, self._noted, self._others = client, target, noted, others
        self.mark = f"zq{secrets.token_hex(6)}"
        self._headers: dict[str, str] = {}
        self._renewal: str | None = None
        self._fetched = -RENEW_S

    async def visit(self, until: float) -> None:
        """Talk until the monotonic clock says `until`, one conversation after the other."""
        while time.monotonic() < until:
            try:
                await self._converse(until)
            except Failed as error:
                self._noted.errors[str(error)] += 1
                await asyncio.sleep(self._target.pause_s)

    async def _converse(self, until: float) -> None:
        opened = await self._asked("POST", "/v1/conversations", {})
        conversation = str(opened["conversation"])
        self._noted.conversations += 1
        self._others.append((self.mark, conversation))
        item: dict[str, Any] | None = None
        taken = 0
        while taken < STEPS and time.monotonic() < until:
            item = await self._step(conversation, self._what(taken, item)) or item
            taken += 1
            await asyncio.sleep(self._target.pause_s)
        if taken:  # a conversation that waited until the time was up has said nothing
            await self._look(conversation)

    def _what(self, number: int, item: dict[str, Any] | None) -> dict[str, Any]:
        """The next step: mostly words, some taps; the same words in every catalogue."""
        if item is not None and number % 4 == 1:
            return {"action": {"kind": "like", "item": item["id"]}}
        if item is not None and number % 4 == 3:
            return {"action": {"kind": "dislike", "item": item["id"]}}
        if item is not None and number % 4 == 2:
            return {"text": f"something like {item['title']} but not {self.mark}"}
        return {"text": f"surprise me {self.mark}"}

    async def _step(self, conversation: str, step: dict[str, Any]) -> dict[str, Any] | None:
        """Take a step, as a stream; an item of the list that came, None where none came."""
        begun, first, done = time.perf_counter(), None, None
        async for kind, data in self._events(f"/v1/conversations/{conversation}/turns", step):
            ms = (time.perf_counter() - begun) * 1000
            if kind == "items" and data["items"]:
                first = data["items"][0]
                self._noted.cards_ms.append(ms)
            elif kind == "error":
                raise Failed(f"error event: {str(data.get('type', '')).rpartition(':')[2]}")
            elif kind == "done":
                done = data
                self._noted.answer_ms.append(ms)
        if done is None:
            raise Failed("the stream ended without done")
        self._noted.by_rules += "text" in step and done["understood"]["source"] == "rules"
        return first

    async def _events(self, path: str, body: dict[str, Any]) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        async with self._sent("POST", path, body, SSE) as lines:
            kind = ""
            async for line in lines:
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    self._check(line)
                    yield kind, json.loads(line.removeprefix("data: "))

    async def _look(self, conversation: str) -> None:
        """What was said is on record, and another visitor's conversation is not there for this one."""
        found = await self._asked("GET", f"/v1/conversations/{conversation}/events")
        if self.mark not in json.dumps(found):
            raise Failed("what was said is not on record")
        theirs = next((other for mark, other in reversed(self._others) if mark != self.mark), None)
        if self._target.site_key is not None and theirs is not None:
            answer = await self._client.get(f"/v1/conversations/{theirs}/events", headers=await self._who())
            self._noted.mixed += answer.status_code not in (404, 429)

    async def _asked(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        async with self._sent(method, path, body) as lines:
            text = "\n".join([line async for line in lines])
        self._check(text)
        return dict(json.loads(text))

    def _sent(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str] | None = None
    ) -> _Answer:
        return _Answer(self, (method, path, body, headers or {}))

    async def open(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> httpx.Response:
        """The answer to a request, its body not read yet; again when it is told to wait. Raises Failed."""
        while True:
            asked = self._client.build_request(method, path, json=body, headers={**headers, **await self._who()})
            try:
                answer = await self._client.send(asked, stream=True)
            except httpx.HTTPError as error:
                raise Failed(type(error).__name__) from error
            if answer.is_success:
                return answer
            await answer.aclose()
            wait = answer.headers.get("retry-after", "")
            if answer.status_code != 429 or not wait.isdecimal():
                raise Failed(f"status {answer.status_code}")
            self._noted.told_to_wait += 1
            await asyncio.sleep(float(wait))

    async def _who(self) -> dict[str, str]:
        """The headers of this visitor's page; a token is fetched when there is none that is fresh."""
        key, origin = self._target.site_key, self._target.origin
        if key is None or time.monotonic() - self._fetched < RENEW_S:
            return self._headers
        body = {"site_key": key} | ({"renewal": self._renewal} if self._renewal else {})
        answer = await self._client.post("/v1/token", json=body, headers={"Origin": origin or self._target.url})
        if answer.status_code == 429:
            await asyncio.sleep(float(answer.headers.get("retry-after", "1")))
            return await self._who()
        if not answer.is_success:
            raise Failed(f"no token: status {answer.status_code}")
        given = answer.json()
        self._fetched, self._renewal = time.monotonic(), given["renewal"]
        self._headers = {"Authorization": f"Bearer {given['token']}"} | ({"Origin": origin} if origin else {})
        return self._headers

    def _check(self, text: str) -> None:
        self._noted.mixed += any(mark != self.mark for mark in MARK.findall(text))


class _Answer:
    """The lines of an answer, closed when they are read."""

    def __init__(self, visitor: LoadVisitor, asked: tuple[str, str, dict[str, Any] | None, dict[str, str]]) -> None:
        self._visitor, self._asked = visitor, asked
        self._response: httpx.Response | None = None

    async def __aenter__(self) -> AsyncIterator[str]:
        self._response = await self._visitor.open(*self._asked)
        return self._lines(self._response)

    async def __aexit__(self, *_: object) -> None:
        if self._response is not None:
            await self._response.aclose()

    @staticmethod
    async def _lines(response: httpx.Response) -> AsyncIterator[str]:
        try:
            async for line in response.aiter_lines():
                yield line
        except httpx.HTTPError as error:
            raise Failed(type(error).__name__) from error
