"""A client of an API behind a border, two sites that may use it, and what their pages and servers send."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from bot.assistant import Assistant
from bot.web.admission import Admission
from bot.web.api import build_api
from bot.web.asked import networks
from bot.web.border import Border
from bot.web.limiting import Limiting, Rates
from bot.web.safety import Exposure, Safety
from bot.web.sites import Site, Sites
from bot.web.tokens import Tokens
from bot.web.visits import Visits

Json = dict[str, Any]
SHOP, LIBRARY, EVIL = "https://shop.example", "https://library.example", "https://evil.example"
SHOP_KEY, LIBRARY_KEY = "pk_shop_0123456789", "pk_library_0123456789"
SHOP_SECRET, SERVER_SECRET = "the shop's secret, 32 bytes at least", "the server's secret, 32 bytes at least"
SITES = Sites(
    [
        Site("shop", SHOP_KEY, frozenset({SHOP}), (SHOP_SECRET,)),
        Site("library", LIBRARY_KEY, frozenset({LIBRARY})),
    ]
)


class BorderClient(TestClient):
    """A client of the API behind its border; errors of the server are answers."""

    def fetch(self, key: str = SHOP_KEY, origin: str = SHOP, **body: Any) -> Json:
        """What a page of `origin` is given for its site's key."""
        answer = self.post("/v1/token", json={"site_key": key, **body}, headers={"Origin": origin})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def bearing(self, key: str = SHOP_KEY, origin: str = SHOP, **body: Any) -> dict[str, str]:
        """The headers of a new visitor's page."""
        return {"Authorization": f"Bearer {self.fetch(key, origin, **body)['token']}", "Origin": origin}

    def talk(self, headers: dict[str, str]) -> str:
        """The id of a conversation in which something was said."""
        conversation = self.post("/v1/conversations", json={}, headers=headers).json()["conversation"]
        answer = self.post(f"/v1/conversations/{conversation}/turns", json={"text": "I love wool"}, headers=headers)
        assert answer.status_code == 200, answer.text
        return str(conversation)


@pytest.fixture
def build(assistant: Assistant) -> Callable[..., BorderClient]:
    """`build(exposure=…, sites=…, rates=…, admission=…, using=…)`; `peer` asks, more is `Safety`'s."""

    def make(
        exposure: Exposure = "sites", sites: Sites = SITES, rates: Rates | None = None,
        admission: Admission | None = None, using: Assistant = assistant, **more: Any,
    ) -> BorderClient:  # fmt: skip
        limiting = Limiting(rates) if rates else None
        proxies, peer = networks(more.pop("proxies", "")), more.pop("peer", "testclient")
        safety = Safety(exposure, sites, Tokens(SERVER_SECRET), limiting, proxies, **more)
        app = FastAPI()
        app.mount("/v1", build_api(Visits(using, admission=admission), safety=safety))

        @app.get("/gradio_api/config")
        def granting() -> JSONResponse:  # as Gradio does for whoever asks
            granted = {"Access-Control-Allow-Origin": EVIL, "Access-Control-Allow-Credentials": "true"}
            return JSONResponse({}, headers=granted)

        bordered = Border(app, safety, {"": "default-src 'self'", "/embed": "frame-ancestors x"}, ("/widget",))
        url = "http://127.0.0.1"
        return BorderClient(bordered, base_url=url, raise_server_exceptions=False, client=(peer, 1))

    return make


@pytest.fixture
def client(build: Callable[..., BorderClient]) -> Iterator[BorderClient]:
    with build() as client:
        yield client


@pytest.fixture(scope="session")
def signed() -> Callable[..., str]:
    """`signed(secret=…, sub=…, …)`: an identity as a shop's server signs it; a claim that is None is left out."""

    def sign(secret: str = SHOP_SECRET, **claims: Any) -> str:
        given = {"sub": "anna", "aud": "chatalogue", "exp": int(time.time()) + 600, **claims}
        return jwt.encode({k: v for k, v in given.items() if v is not None}, secret, "HS256")

    return sign


@pytest.fixture(scope="session")
def code() -> Callable[[Any], tuple[int, str]]:
    """`code(answer)`: its status, and the last part of its problem's type."""
    return lambda answer: (answer.status_code, answer.json()["type"].rpartition(":")[2])
