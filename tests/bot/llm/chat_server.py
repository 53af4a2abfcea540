"""A small server of the chat protocol, a program of its own: `python chat_server.py PORT`.

It streams. PUT /behaviour says what it enforces, ignores or rejects, what it would answer, and how it fails; GET
/bodies tells what it was asked since. Enforcing is real: llguidance compiles the grammar or schema that arrives, and an
answer outside it is replaced by one inside.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator
from typing import Any, Literal

import numpy as np
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from llguidance import LLMatcher, LLTokenizer
from pydantic import BaseModel

BYTES = LLTokenizer("byte")
Enforced = Literal["enforces", "ignores", "rejects"]


class Behaviour(BaseModel):
    """How to answer. `answers`: the first whose key the last message contains; a list is [lines, JSON]."""

    structured_outputs: Enforced = "ignores"
    guided_grammar: Enforced = "ignores"
    response_format: Enforced = "ignores"
    answers: dict[str, str | list[str]] = {}
    otherwise: str = "Hello! How can I help you today?"
    key: str | None = None
    model: str = "m"
    status: int | None = None  # of every answer, instead of one
    retry_after: str | None = None
    hang_s: float = 0.0
    break_after: int | None = None  # pieces


app = FastAPI()
app.state.behaviour, app.state.bodies = Behaviour(), []


@app.put("/behaviour")
def behave(behaviour: Behaviour) -> None:
    app.state.behaviour, app.state.bodies = behaviour, []


@app.get("/bodies")
def bodies() -> list[Any]:
    return list(app.state.bodies)


@app.post("/v1/chat/completions")
async def complete(request: Request) -> Response:
    body, how = await request.json(), app.state.behaviour
    app.state.bodies.append(body)
    if how.status:
        headers = {"Retry-After": how.retry_after} if how.retry_after else {}
        return problem(how.status, "as told", headers)
    if how.key and request.headers.get("authorization") != f"Bearer {how.key}":
        return problem(401, "wrong key")
    if body["model"] != how.model:
        return problem(404, f"no model {body['model']}")
    grammar = asked_for(body)
    for name in grammar:
        if getattr(how, name) == "rejects":
            return problem(400, f"{name} is not supported")
    await asyncio.sleep(how.hang_s)
    enforced = [made for name, made in grammar.items() if getattr(how, name) == "enforces"]
    text = wanted(body, how, as_json="response_format" in grammar)
    if enforced and not accepted(enforced[0], text):
        text = inside(enforced[0])
    return StreamingResponse(stream(text, how.break_after), media_type="text/event-stream")


def problem(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": {"message": message, "code": status}}, status, headers)


def asked_for(body: dict[str, Any]) -> dict[str, str]:
    """The fields that would hold the answer to a form, compiled for llguidance."""
    found = {}
    if grammar := body.get("structured_outputs", {}).get("grammar"):
        found["structured_outputs"] = LLMatcher.grammar_from_lark(grammar)
    if grammar := body.get("guided_grammar"):
        found["guided_grammar"] = LLMatcher.grammar_from_lark(grammar)
    if schema := body.get("response_format", {}).get("json_schema", {}).get("schema"):
        found["response_format"] = LLMatcher.grammar_from_json_schema(json.dumps(schema))
    return found


def wanted(body: dict[str, Any], how: Behaviour, *, as_json: bool) -> str:
    asked = body["messages"][-1]["content"]
    answer = next((text for key, text in how.answers.items() if key in asked), how.otherwise)
    return answer if isinstance(answer, str) else answer[as_json]


def accepted(grammar: str, text: str) -> bool:
    machine, ids = LLMatcher(BYTES, grammar), BYTES.tokenize_str(text)
    return machine.try_consume_tokens(ids) == len(ids) and machine.is_accepting()


def inside(grammar: str) -> str:
    """An answer that the grammar accepts: any, ended as soon as that is possible."""
    chance, machine, wrote = random.Random(1), LLMatcher(BYTES, grammar), []
    assert not machine.get_error(), machine.get_error()
    while not machine.is_stopped():
        bits = np.unpackbits(np.frombuffer(machine.compute_bitmask(), dtype=np.uint8), bitorder="little")
        allowed = np.flatnonzero(bits).tolist()
        if BYTES.eos_token in allowed:
            break
        # quotes and brackets first: random text in a JSON string might never end
        closing = [t for t in allowed if t in b'"}]'] if len(wrote) > 40 else []
        wrote.append(chance.choice(closing or allowed))
        machine.consume_token(wrote[-1])
    return BYTES.decode_bytes(wrote).decode("utf-8", "replace")


async def stream(text: str, break_after: int | None) -> AsyncIterator[str]:
    pieces = [text[i : i + 3] for i in range(0, len(text), 3)]
    for number, piece in enumerate(pieces):
        if number == break_after:
            return
        yield event({"content": piece}, None)
    yield event({}, "stop")
    yield "data: [DONE]\n\n"


def event(delta: dict[str, str], finish: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n"


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
