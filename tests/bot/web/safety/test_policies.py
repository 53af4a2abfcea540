"""What browsers are told: whose pictures a page shows, which inline scripts run, who frames it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from bot.web.headers import SCRIPTS, embed_policy, page_policy, picture_hosts
from bot.web.inline import InlineScripts, digests
from retrieval.catalogue.item import Catalogue


def with_pictures(shop: Catalogue, *images: str | None) -> Catalogue:
    items = [replace(item, image=image) for item, image in zip(shop.items, images, strict=False)]
    return replace(shop, items=tuple(items))


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split("; "))}


def test_pictures_are_shown_from_their_hosts_alone(shop: Catalogue) -> None:
    images = ["https://cdn.example/a.png", "https://cdn.example/b.png", "http://old.example:8080/c.png"]
    hostile = [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/x.png",
        "https://a;script-src *.example/x",
        "/own.png",
    ]
    hosts = picture_hosts(with_pictures(shop, *images, *hostile, None, ""))
    assert hosts == ("http://old.example:8080", "https://cdn.example")
    policy = directives(page_policy(hosts))
    assert policy["img-src"] == ["'self'", "data:", "blob:", *hosts]
    assert policy["connect-src"] == policy["default-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'self'"]


def test_a_catalogue_with_pictures_from_everywhere(shop: Catalogue) -> None:
    hosts = picture_hosts(with_pictures(shop, *(f"https://{n}.example/x.png" for n in range(30))))
    assert hosts == ("https:",)


def test_the_frame_is_for_its_sites_pages() -> None:
    policy = directives(embed_policy((), ["https://b.example", "https://a.example"]))
    assert policy["frame-ancestors"] == ["'self'", "https://a.example", "https://b.example"]
    assert policy["script-src"] == ["'self'"]
    assert policy["default-src"] == ["'none'"]


PAGE = b"""<html><script>window.a = "</p>";</script><SCRIPT type="module">b()</SCRIPT >
<script src="/c.js"></script><script>window.a = "</p>";</script></html>"""


def digest(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


def test_inline_scripts_are_named_once() -> None:
    assert list(digests(PAGE)) == [digest(b'window.a = "</p>";'), digest(b"b()")]


@pytest.mark.parametrize(
    ("path", "kind", "named"),
    [("/", "text/html; charset=utf-8", True), ("/", "text/plain", False), ("/x", "text/html", False)],
)
def test_the_page_comes_whole_with_its_scripts_named(path: str, kind: str, named: bool) -> None:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert path != "/" or all(name != b"accept-encoding" for name, _ in scope["headers"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})
        await send({"type": "http.response.body", "body": PAGE[:50], "more_body": True})
        await send({"type": "http.response.body", "body": PAGE[50:]})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "headers": [(b"accept-encoding", b"gzip")]}
    asyncio.run(InlineScripts(app, page_policy(()))(scope, None, send))  # type: ignore[arg-type]
    assert b"".join(message.get("body", b"") for message in sent) == PAGE
    policy = dict(sent[0]["headers"]).get(b"content-security-policy", b"").decode()
    assert bool(policy) is named
    if named:
        sources = directives(policy)
        assert sources["script-src"] == ["'self'", *digests(PAGE), "'unsafe-eval'"]
        assert sources["style-src"] == ["'self'", "'unsafe-inline'"]
        assert SCRIPTS not in policy
