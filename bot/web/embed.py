"""`/embed`: a page that is all widget, for sites that allow frames and no scripts of others.

The frame and the page around it speak by `postMessage`; `widget/bridge.js` takes and gives messages of the site's
origins alone. Which pages may frame it at all is the border's policy (`headers.py`). So what is framed says what a page
of the site wants, and its words are believed; opened on its own it says our words alone, since anybody can make a link.
Knows FastAPI and sites.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from html import escape
from importlib.resources import files

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from bot.web.sites import Sites

PATH = "/embed"
WORDS = ("heading", "placeholder", "greeting", "suggestions", "item-url")
"""Attributes of the widget that its address may give in a frame alone: what is said, and where items are."""
PASSED_ON = ("lang", "dir", "theme", "reactions", "cart", *WORDS)  #: all that its address may give
VALUE_LIMIT = 400  #: characters of one of them
_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>Chatalogue</title>
<script defer src="embed/bridge.js"></script>
<script defer src="widget/v1/chatalogue.js"></script>
</head>
<body><main><chatalogue-chat {attributes}></chatalogue-chat></main></body>
</html>
"""


def add_embed(app: FastAPI, sites: Sites, policy: Callable[[Iterable[str]], str]) -> None:
    """The page, by the key of a site as `?site=`, and its script. `policy`: by the origins that may frame it."""
    bridge = (files("bot.web.widget") / "bridge.js").read_text("utf-8")

    def page(request: Request, site: str = "local") -> Response:
        found = sites.by_key(site)
        if found is None:
            return HTMLResponse("<!doctype html><title>Not here</title><p>No site has that key here.", 404)
        headers = {"Content-Security-Policy": policy(found.origins)}
        return HTMLResponse(embed_page(found.key, found.origins, request.query_params), headers=headers)

    def script() -> Response:
        return Response(bridge, headers={"Cache-Control": "public, max-age=3600"}, media_type="text/javascript")

    app.add_api_route(PATH, page, methods=["GET"], include_in_schema=False)
    app.add_api_route(f"{PATH}/bridge.js", script, methods=["GET"], include_in_schema=False)


def embed_page(key: str, origins: Iterable[str], asked: Mapping[str, str]) -> str:
    """The page's HTML. `asked` is the frame's query; of it only `PASSED_ON` and `links=host` count."""
    given = {name: asked[name][:VALUE_LIMIT] for name in PASSED_ON if name in asked}
    attributes = {
        "mode": "full",
        "embedded": "",
        "site-key": key,
        "link-target": "_blank",
        "data-origins": json.dumps(sorted(origins)),
        "data-links": "host" if asked.get("links") == "host" else "frame",
        "data-words": json.dumps({name: value for name, value in given.items() if name in WORDS}),
        **{name: value for name, value in given.items() if name not in WORDS},
    }
    lang = given.get("lang") or "en"
    drawn = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return _PAGE.format(lang=escape(lang), attributes=drawn)
