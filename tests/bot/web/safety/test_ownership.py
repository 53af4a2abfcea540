"""Whose is whose: conversations, profiles and streams are their visitor's, and not even known to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.web.chat_endpoint import _turn
from bot.web.refusals import UnknownConversation
from bot.web.sites import Site, Sites
from bot.web.visits import Visits

Client = Any  #: what the fixture `client` gives, a BorderClient
Build = Callable[..., Any]
SHOP = "https://shop.example"
LIBRARY = "https://library.example"
LIBRARY_KEY = "pk_library_0123456789"
SHOP_SECRET = "the shop's secret, 32 bytes at least"


def test_nobody_reaches_another_visitors_conversation(client: Client, code: Any) -> None:
    ann, bob = client.bearing(), client.bearing()
    library = client.bearing(LIBRARY_KEY, LIBRARY)
    conversation = client.talk(ann)
    path = f"/v1/conversations/{conversation}"
    asking: list[tuple[str, str, Any]] = [
        ("GET", f"{path}/events", None),
        ("GET", path, None),
        ("POST", f"{path}/turns", {"text": "hello"}),
        ("PUT", f"{path}/hints", {}),
    ]
    for method, where, body in asking:
        mine = client.request(method, where, json=body, headers=ann)
        for stranger in (bob, library):
            theirs = client.request(method, where, json=body, headers=stranger)
            nowhere = client.request(method, where.replace(conversation, "A" * 22), json=body, headers=stranger)
            assert theirs.status_code == 404
            assert theirs.json() == nowhere.json(), "whether it is there is not told"
        assert mine.status_code == 200, mine.text
    events = client.get(f"{path}/events", headers=ann).json()["events"]
    stream = client.post(f"{path}/turns", json={"text": "hi"}, headers={**bob, "Accept": "text/event-stream"})
    assert code(stream) == (404, "unknown_conversation")
    assert len([e for e in events if e.get("text") == "hello"]) == 1


def test_a_profile_is_its_visitors_alone(client: Client, code: Any) -> None:
    ann, bob = client.bearing(), client.bearing()
    client.talk(ann)
    mine = client.get("/v1/users/me/profile", headers=ann).json()
    assert [interest["value"] for interest in mine["interests"]] == ["wool"]
    assert client.get("/v1/users/me/profile", headers=bob).json()["interests"] == []
    for path in ("profile", "export"):
        assert code(client.get(f"/v1/users/{mine['user']}/{path}", headers=bob)) == (404, "unknown_user")
    assert code(client.delete(f"/v1/users/{mine['user']}", headers=bob)) == (404, "unknown_user")
    key = mine["interests"][0]["key"]
    assert code(client.delete(f"/v1/users/{mine['user']}/profile/{key}", headers=bob)) == (404, "unknown_user")
    assert client.get("/v1/users/me/export", headers=ann).json()["statements"]
    refused = client.post("/v1/conversations", json={"user": mine["user"]}, headers=bob)
    assert code(refused) == (403, "user_not_believed")


def test_customers_of_one_id_at_two_sites_are_two(build: Build, signed: Any) -> None:
    secret = "another secret, which is as long as this"
    sites = Sites(
        [Site("a", "pk_a", frozenset({SHOP}), (SHOP_SECRET,)), Site("b", "pk_b", frozenset({LIBRARY}), (secret,))]
    )
    client = build(sites=sites)
    client.talk(client.bearing("pk_a", SHOP, identity=signed()))
    elsewhere = client.bearing("pk_b", LIBRARY, identity=signed(secret=secret))
    assert client.get("/v1/users/me/profile", headers=elsewhere).json()["interests"] == []


def test_without_sites_the_local_key_is_for_our_own_pages(build: Build, code: Any) -> None:
    client = build("laptop", Sites())
    assert client.post("/v1/conversations", json={"user": "anna"}).status_code == 201
    own = client.bearing("local", "http://127.0.0.1")
    conversation = client.talk(own)
    assert client.get("/v1/users/me/profile", headers=own).json()["user"].startswith("local/anon-")
    other = client.bearing("local", "http://127.0.0.1")
    assert client.get(f"/v1/conversations/{conversation}/events", headers=other).status_code == 404
    refused = client.post("/v1/token", json={"site_key": "local"}, headers={"Origin": SHOP})
    assert code(refused) == (403, "origin_not_allowed")


def test_the_pages_named_endpoint_goes_on_with_strangers_alone(assistant: Any) -> None:
    visits = Visits(assistant)
    mine = visits.open()
    assert [event.kind for event in _turn(visits, mine, "a red jacket")][-1] == "done"
    for other in (visits.open("shop/anon-somebody"), "A" * 22):
        with pytest.raises(UnknownConversation):
            _turn(visits, other, "a red jacket")
