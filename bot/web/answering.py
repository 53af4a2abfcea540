"""A turn as an HTTP answer: whole, or as server-sent events while it comes into being.

Knows the shapes of answers; knows no conversation.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Any

from fastapi.sse import format_sse_event

from bot.messages import Reply, TurnEvent
from bot.projection import event_json, turn_json
from bot.web.problems import problem_of
from bot.web.refusals import turn_failed
from bot.web.taking import LiveTurn

Json = dict[str, Any]


def whole(turn: LiveTurn) -> Json:
    """The turn object, when it is there. Raises the ApiError of a turn that failed or was stopped."""
    last = next(iter(deque(turn, maxlen=1)), None)
    if turn.again is not None:
        return turn.again
    assert last is not None
    if last.kind == "error":
        raise turn_failed(last)
    reply = last.data["reply"]
    assert isinstance(reply, Reply)
    return turn_json(reply)


async def streamed(turn: LiveTurn) -> AsyncIterator[bytes]:
    """The turn as server-sent events, in ASCII, which every client splits into the same lines."""
    async for event in turn.events():
        yield _sent(event.kind, _data(event))
    if turn.again is not None:
        for kind, data in _parts(turn.again):
            yield _sent(kind, data)


def _data(event: TurnEvent) -> Json:
    return problem_of(turn_failed(event)) if event.kind == "error" else event_json(event)


def _parts(turn: Json) -> Iterator[tuple[str, Json]]:
    """The events of an answer that was given before, as far as the answer tells of them."""
    yield "understood", {"understood": turn["understood"], "beliefs": turn["beliefs"]}
    if turn["items"]:
        yield "items", {"items": turn["items"]}
    yield "delta", {"text": turn["text"]}
    yield "chips", {"chips": turn["chips"]}
    yield "done", turn


def _sent(kind: str, data: Json) -> bytes:
    return format_sse_event(event=kind, data_str=json.dumps(data, allow_nan=False))
