"""The API as an OpenAPI 3.1 document, and a page of it that loads nothing from anywhere.

FastAPI derives parameters and bodies; what it cannot know is added here: problems instead of its own errors, the events
of a turn's stream, the rows of a batch. Knows shapes; knows no route's work.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, StrictUndefined
from pydantic.json_schema import models_json_schema

from bot.web.answers import SSE_EVENTS, Problem
from bot.web.behaviour import PageEvent
from bot.web.describing import REF, problem_told

Json = dict[str, Any]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
ABOUT = """Talk to a catalogue. Open a conversation, post steps to it, read the answers whole or as server-sent events.

Errors are problems (RFC 9457) with a `hint`. Where the server has sites, every request but a few carries a token of
`POST /token` as `Authorization: Bearer …`; elsewhere none is needed. `docs/api.md` has examples.
"""


def add_openapi(api: FastAPI) -> None:
    """The document at `/openapi.json` and the page at `/docs`."""

    @cache
    def document() -> Json:
        return _document(api)

    api.openapi = document  # type: ignore[method-assign]

    def openapi() -> Json:
        """This document."""
        return document()

    def docs() -> Response:
        """This document as a page."""
        page = _template().render(api=document(), groups=_by_path(document()), shown=_shown)
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})

    api.get("/openapi.json", include_in_schema=False)(openapi)
    api.get("/docs", include_in_schema=False)(docs)


def _document(api: FastAPI) -> Json:
    made = get_openapi(
        title=api.title, version=version("chatalogue"), description=ABOUT, routes=api.routes, servers=[{"url": "/v1"}]
    )
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    every = [(model, "serialization") for model in (*SSE_EVENTS.values(), Problem)]
    _, extra = models_json_schema([*every, (PageEvent, "validation")], ref_template=REF)  # type: ignore[list-item, misc]
    made["components"]["schemas"] = extra["$defs"] | schemas
    for operation in (o for path in made["paths"].values() for o in path.values()):
        responses = operation["responses"]
        if "422" in responses:
            responses["422"] = problem_told("A field is wrong")
        responses["default"] = problem_told("Any other refusal or failure")
    return dict(made)


def _by_path(document: Mapping[str, Any]) -> list[tuple[str, str, Json]]:
    """(method, path, operation) in the order of the document."""
    return [(m.upper(), path, o) for path, methods in document["paths"].items() for m, o in methods.items()]


def _shown(schema: object) -> str:
    """A schema for readers, without titles that repeat names."""

    def bare(part: Any) -> Any:
        if isinstance(part, dict):
            return {k: bare(v) for k, v in part.items() if not (k == "title" and isinstance(v, str))}
        return [bare(one) for one in part] if isinstance(part, list) else part

    return json.dumps(bare(schema), indent=2, ensure_ascii=False)


@cache
def _template() -> Any:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((files("bot.web") / "api_docs.html.j2").read_text("utf-8"))
