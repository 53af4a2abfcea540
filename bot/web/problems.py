"""Errors of the HTTP API as `application/problem+json` (RFC 9457), and the limit on what is read of a request.

A problem has `type` (stable, machine-readable), `title`, `status`, `detail` (what is wrong, and with which field) and
`hint` (what to do about it); never a traceback and never the value that was sent. Knows FastAPI; knows no assistant.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from retrieval.errors import ChatalogueError

log = logging.getLogger(__name__)

TYPE = "urn:chatalogue:problem:"
NAME_SHOWN = 80  #: characters of a field's name that a problem repeats
BY_STATUS = {
    400: ("unreadable", "send JSON in UTF-8"),
    404: ("unknown_path", "the paths are those of docs/design.md section 3, below /v1"),
    405: ("method", "ask with GET; send steps and new conversations with POST"),
    413: ("too_large", "send less: one short message a turn"),
}  #: what FastAPI itself refuses → its type and hint


class ApiError(ChatalogueError):
    """A request that is refused. `status` is the HTTP status, `code` the last part of the problem's type.

    `headers` go with the answer.
    """

    status = 500
    headers: Mapping[str, str] = MappingProxyType({})


class BodyLimit:
    """ASGI middleware: at most `limit` bytes of a request are read; one byte more is answered with 413."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body counted."""
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:  # FastAPI lets no other exception through while it reads a body
                raise HTTPException(413, f"the body is longer than {self._limit:,} bytes")
            return message

        await self._app(scope, counted, send)


def problem(status: int, code: str, detail: str, hint: str) -> dict[str, Any]:
    """The object of one problem; `title` is the status in words."""
    title = HTTPStatus(status).phrase
    return {"type": TYPE + code, "title": title, "status": status, "detail": detail, "hint": hint}


def problem_of(error: ChatalogueError) -> dict[str, Any]:
    """An error of ours as a problem: 503 when it may pass by itself, else 500, unless it knows better."""
    status = error.status if isinstance(error, ApiError) else 503 if error.retryable else 500
    return problem(status, error.code, error.message, error.hint)


def refusal(error: ApiError) -> Response:
    """The answer to a refused request, for what stands in front of the routes."""
    return _response(problem_of(error), error.headers)


def answer_with_problems(
    api: FastAPI, hints: Mapping[str, str], told: Callable[[str], object] = lambda _: None
) -> None:
    """Answer every error of `api` with a problem. `hints` says by route what a request to it looks like; `told` is
    called with the last part of every problem's type."""

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        hint = hints.get(getattr(request.scope.get("route"), "path", ""), "see docs/design.md section 3")
        return _response(problem(422, "bad_request", _what_is_wrong(error.errors()), hint))

    def telling(answer: Callable[[Request, Exception], Response]) -> Callable[[Request, Exception], Response]:
        def answered(request: Request, error: Exception) -> Response:
            response = answer(request, error)
            told(json.loads(bytes(response.body))["type"].removeprefix(TYPE))
            return response

        return answered

    api.add_exception_handler(RequestValidationError, telling(invalid))
    api.add_exception_handler(HTTPException, telling(_refused))
    api.add_exception_handler(ChatalogueError, telling(_failed))
    api.add_exception_handler(Exception, telling(_broken))


def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, hint = BY_STATUS.get(error.status_code, ("refused", "see docs/design.md section 3"))
    return _response(problem(error.status_code, code, str(error.detail), hint), error.headers)


def _failed(_: Request, error: Exception) -> Response:
    assert isinstance(error, ChatalogueError)
    if isinstance(error, ApiError):
        return refusal(error)
    log.warning("a request failed: %s", error)
    return _response(problem_of(error))


def _broken(_: Request, error: Exception) -> Response:  # noqa: ARG001 - the server logs it, traceback and all
    return _response(problem(500, "internal", "That went wrong on our side.", "please try again"))


def _response(content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """ASCII, because a refused field's name may be no valid Unicode."""
    body = json.dumps(content)
    return Response(body, content["status"], headers, media_type="application/problem+json")


def _what_is_wrong(errors: Sequence[Mapping[str, Any]]) -> str:
    """The first error, in words: the field (as `action.kind`) and what it should be."""
    first = errors[0]
    path = [str(part) for part in first["loc"][1:]]
    if first["type"] == "json_invalid":
        return f"the body is not JSON: {first['ctx']['error']} at character {path[0]}"
    field = ".".join(path)[:NAME_SHOWN]
    what = f"field {field!r}" if field else "the body"
    return f"{what}: {first['msg'].removeprefix('Value error, ')}"
