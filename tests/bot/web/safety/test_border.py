"""Which pages may ask and read, by which names this machine is reached, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.web.sites import Sites

Client = Any  #: what the fixture `client` gives, a BorderClient
Build = Callable[..., Any]
SHOP = "https://shop.example"
EVIL = "https://evil.example"


def test_only_pages_of_a_site_are_granted_reading(client: Client) -> None:
    headers = client.bearing()
    answer = client.post("/v1/conversations", json={}, headers=headers)
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert "access-control-allow-credentials" not in answer.headers
    assert "origin" in answer.headers["vary"].lower()
    refused = client.post("/v1/conversations", json={}, headers={"Origin": SHOP})
    assert refused.headers["access-control-allow-origin"] == SHOP, "a page must be able to read why"
    foreign = client.get("/v1/catalogue", headers={"Origin": EVIL})
    assert foreign.status_code == 403
    assert "access-control-allow-origin" not in foreign.headers


@pytest.mark.parametrize(("origin", "status"), [(SHOP, 204), (EVIL, 403), ("null", 403)])
def test_preflights(client: Client, origin: str, status: int) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = client.options("/v1/conversations", headers=asked)
    assert answer.status_code == status
    assert answer.headers.get("access-control-allow-origin") == (origin if status == 204 else None)
    assert ("authorization" in answer.headers.get("access-control-allow-headers", "")) is (status == 204)
    assert "access-control-allow-credentials" not in answer.headers


def test_what_gradio_grants_every_origin_is_taken_back(client: Client) -> None:
    answer = client.get("/gradio_api/config")
    assert answer.status_code == 200
    assert [name for name in answer.headers if name.startswith("access-control")] == []
    for origin in (EVIL, SHOP):  # the page's own endpoints are for the page
        assert client.get("/gradio_api/config", headers={"Origin": origin}).status_code == 403
    assert client.get("/gradio_api/config", headers={"Origin": "http://127.0.0.1"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:7860", 200),
        ("localhost", 200),
        ("[::1]:80", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("[", 421),
    ],
)
def test_a_laptop_answers_to_its_own_names_alone(build: Build, host: str, status: int) -> None:
    assert build("laptop", Sites()).get("/v1/health", headers={"Host": host}).status_code == status
    assert build("open", Sites()).get("/v1/health", headers={"Host": host}).status_code == 200


KNOWN = frozenset({"chat.example"})


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("chat.example", 200),
        ("CHAT.example:8443", 200),
        ("shop.example", 200),  # a site's own
        ("203.0.113.7:7860", 200),
        ("localhost", 200),
        ("evil.example", 421),
        ("chat.example.evil.example", 421),
        ("", 421),
    ],
)
def test_with_sites_a_server_answers_to_names_that_are_known(build: Build, host: str, status: int) -> None:
    answer = build("sites", hosts=KNOWN).get("/v1/catalogue", headers={"Host": host})
    assert answer.status_code == status
    assert status == 200 or "public_hosts" in answer.json()["hint"]
    assert build("open", Sites(), hosts=KNOWN).get("/v1/catalogue", headers={"Host": host}).status_code == (
        421 if host == "shop.example" else status
    )
    assert build("sites", hosts=frozenset("*")).get("/v1/catalogue", headers={"Host": host}).status_code == 200


def test_a_name_made_to_lead_here_is_no_page_of_ours(build: Build, code: Any) -> None:
    rebound = {"Host": "evil.example", "Origin": "http://evil.example"}
    for path in ("/v1/catalogue", "/gradio_api/config"):
        assert code(build("sites").get(path, headers=rebound)) == (421, "unknown_host")
    assert code(build("sites").post("/v1/token", json={"site_key": "x" * 16}, headers=rebound)) == (421, "unknown_host")
    assert build("sites").get("/v1/health", headers={"Host": "chat.default.svc"}).status_code == 200


def test_the_name_that_a_trusted_proxy_was_asked_by_counts(build: Build) -> None:
    asked = {"Host": "127.0.0.1:7860", "X-Forwarded-Host": "evil.example"}
    known = {"Host": "inner", "X-Forwarded-Host": "chat.example"}
    behind = build("sites", hosts=KNOWN, proxies="10.0.0.0/8", peer="10.0.0.1")
    assert behind.get("/v1/catalogue", headers=asked).status_code == 421
    assert behind.get("/v1/catalogue", headers=known).status_code == 200
    assert build("sites", hosts=KNOWN).get("/v1/catalogue", headers=known).status_code == 421, "nobody vouches for it"


def test_every_answer_carries_its_headers(client: Client) -> None:
    answers = [client.get(path) for path in ("/v1/health", "/v1/nothing", "/gradio_api/config", "/embed")]
    answers.append(client.get("/v1/health", headers={"Origin": EVIL}))
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "geolocation=()" in answer.headers["permissions-policy"]
        assert answer.headers["referrer-policy"]
    policies = [answer.headers["content-security-policy"] for answer in answers]
    assert policies[0] == policies[1] == policies[4] == "default-src 'none'; frame-ancestors 'none'"
    assert policies[2:4] == ["default-src 'self'", "frame-ancestors x"]
    assert [answer.headers.get("cache-control") for answer in answers[:3]] == ["no-store", "no-store", None]


def test_a_path_with_control_characters_goes_nowhere(build: Build, code: Any) -> None:
    client = build("laptop", Sites())
    for path in ("/v1/items/a%0Ab", "/v1/%0A", "/%0Av1/health", "/v1/conversations/a%00/events"):
        assert code(client.get(path)) == (400, "unreadable"), path
    assert code(client.get("/v1/items/a%20b")) == (404, "unknown_item")
