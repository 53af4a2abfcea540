"""The page's own inline scripts, named by their digests in its policy, so that no other inline script runs in it.

Gradio writes its configuration into the page as scripts. They are the server's words alone: what visitors, models and
catalogues say reaches the page later, as data. Knows ASGI and HTML's script elements; knows no Gradio.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.headers import SCRIPTS

_SCRIPT = re.compile(rb"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_ELSEWHERE = re.compile(rb"\bsrc\s*=", re.IGNORECASE)


class InlineScripts:
    """ASGI middleware: pages get `policy`, which allows any inline script, with digests in place of that."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the page back until it is whole; let everything else through."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        page = b""

        async def whole(message: Message) -> None:
            nonlocal start, page
            if message["type"] == "http.response.start" and _is_html(Headers(raw=message["headers"])):
                start = message
            elif start is None:
                await send(message)
            else:
                page += message.get("body", b"")
                if not message.get("more_body", False):
                    await send(self._with_policy(start, page))
                    await send({"type": "http.response.body", "body": page})

        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": plain}, receive, whole)  # what is compressed could not be read

    def _with_policy(self, start: Message, page: bytes) -> Message:
        headers = MutableHeaders(raw=list(start["headers"]))
        named = " ".join(digests(page))
        headers.setdefault("Content-Security-Policy", self._policy.replace(SCRIPTS, f"script-src 'self' {named}"))
        return {**start, "headers": headers.raw}


def digests(page: bytes) -> Iterator[str]:
    """The sources of a policy's `script-src` that allow a page's inline scripts, each once."""
    inline = dict.fromkeys(body for attributes, body in _SCRIPT.findall(page) if not _ELSEWHERE.search(attributes))
    for body in inline:
        yield f"'sha256-{base64.b64encode(hashlib.sha256(body).digest()).decode()}'"


def _is_html(headers: Headers) -> bool:
    return headers.get("content-type", "").startswith("text/html")
