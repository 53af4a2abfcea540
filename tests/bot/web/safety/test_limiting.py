"""How often: limits by address, visitor and site, the address that counts, and what is not logged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits.errors import StorageError

from bot.web.asked import client_address, networks
from bot.web.limiting import Limiting, Rates, TooManyRequests, neighbourhood
from bot.web.sites import Site, Sites

Client = Any  #: what the fixture `client` gives, a BorderClient
Build = Callable[..., Any]
SHOP = "https://shop.example"
SHOP_KEY = "pk_shop_0123456789"
SHOP_SECRET = "the shop's secret, 32 bytes at least"
SERVER_SECRET = "the server's secret, 32 bytes at least"


def test_an_address_and_a_visitor_have_limits(build: Build, code: Any) -> None:
    client = build(rates=Rates(address="9/minute", visitor="3/minute", tokens="2/minute"))
    ann = client.bearing()
    statuses = [client.get("/v1/catalogue", headers=ann).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    bob = client.bearing()
    assert client.get("/v1/catalogue", headers=bob).status_code == 200
    refused = client.post("/v1/token", json={"site_key": SHOP_KEY}, headers={"Origin": SHOP})
    assert code(refused) == (429, "too_many_requests")
    assert refused.headers["access-control-allow-origin"] == SHOP
    statuses = [client.get("/v1/catalogue").status_code for _ in range(6)]
    assert statuses.count(429) == 3
    last = client.get("/v1/catalogue")
    assert 1 <= int(last.headers["retry-after"]) <= 60
    assert last.headers["content-type"] == "application/problem+json"
    assert [client.get("/v1/health").status_code for _ in range(12)] == [200] * 12, "probes are not counted"


def test_a_site_has_a_limit_for_all_its_visitors(build: Build) -> None:
    sites = Sites([Site("shop", SHOP_KEY, frozenset({SHOP}), limit="2/minute")])
    client = build(sites=sites, rates=Rates())
    visitors = [client.bearing() for _ in range(3)]
    assert [client.get("/v1/catalogue", headers=who).status_code for who in visitors] == [200, 200, 429]


def test_a_store_that_does_not_answer_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    limiting = Limiting(Rates(address="1/minute"))

    def fail(*_: object) -> bool:
        raise StorageError(ConnectionError("down"))

    limiting._window.hit = fail  # type: ignore[method-assign]
    for _ in range(3):
        asyncio.run(limiting.check("10.0.0.1", None, None))
    assert "not counted" in caplog.text


def test_neighbours_count_as_one() -> None:
    assert neighbourhood("2001:db8:1:2:3::1") == neighbourhood("2001:db8:1:2:ffff::2") == "2001:db8:1:2::/64"
    assert neighbourhood("2001:db8:1:3::1") != neighbourhood("2001:db8:1:2::1")
    assert neighbourhood("::ffff:10.0.0.1") == neighbourhood("10.0.0.1") == "10.0.0.1"
    limiting = Limiting(Rates(address="1/minute"))
    asyncio.run(limiting.check("2001:db8::1", None, None))
    with pytest.raises(TooManyRequests):
        asyncio.run(limiting.check("2001:db8::2", None, None))


PROXY = networks("10.0.0.0/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),  # nobody's proxy: its word does not count
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),  # what the visitor wrote before our proxy did
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
    ],
)
def test_the_address_that_asks(peer: str, forwarded: list[str], address: str) -> None:
    assert client_address(peer, forwarded, PROXY) == address


@given(st.lists(st.text(max_size=20)), st.text(max_size=20))
def test_what_a_visitor_writes_never_hides_the_address(forged: list[str], more: str) -> None:
    ours = "198.51.100.1"
    assert client_address("10.0.0.1", [*forged, more, ours], PROXY) == ours
    assert client_address(ours, [*forged, more], PROXY) == ours


def test_no_secret_and_no_word_is_logged(client: Client, caplog: pytest.LogCaptureFixture, signed: Any) -> None:
    caplog.set_level("INFO")
    ann = client.bearing()
    identity = signed()
    client.bearing(identity=identity)
    conversation = client.talk(ann)
    client.post(f"/v1/conversations/{conversation}/turns", json={"text": "a mauve hat"}, headers=ann)
    client.post("/v1/conversations", json={}, headers={"Authorization": "Bearer forged.mauve.token"})
    client.post("/v1/token", json={"site_key": "pk_mauve"}, headers={"Origin": SHOP})
    token = ann["Authorization"].removeprefix("Bearer ")
    assert caplog.records
    assert not [w for w in ("mauve", "wool", token, identity, SHOP_KEY, SHOP_SECRET, SERVER_SECRET) if w in caplog.text]
