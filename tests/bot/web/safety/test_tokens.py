"""Tokens: what they open and for how long, whose pages get one, who stays the same visitor, who is believed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from bot.web.tokens import Tokens

Client = Any  #: what the fixture `client` gives, a BorderClient
Build = Callable[..., Any]
SHOP = "https://shop.example"
LIBRARY = "https://library.example"
EVIL = "https://evil.example"
SHOP_KEY = "pk_shop_0123456789"
LIBRARY_KEY = "pk_library_0123456789"
SHOP_SECRET = "the shop's secret, 32 bytes at least"
SERVER_SECRET = "the server's secret, 32 bytes at least"


def test_a_token_opens_the_api_for_fifteen_minutes(client: Client, code: Any) -> None:
    assert code(client.post("/v1/conversations", json={})) == (401, "token_missing")
    given = client.fetch()
    assert (given["expires_in"], given["visitor"]) == (900, "new")
    headers = {"Authorization": f"Bearer {given['token']}", "Origin": SHOP}
    assert client.post("/v1/conversations", json={}, headers=headers).status_code == 201
    claims = jwt.decode(given["token"], options={"verify_signature": False})
    assert 890 <= claims["exp"] - time.time() <= 901
    old = Tokens(SERVER_SECRET, now=lambda: time.time() - 901)
    late = old.issue(old.read(given["token"]))
    refused = client.post("/v1/conversations", json={}, headers={"Authorization": f"Bearer {late}"})
    assert code(refused) == (401, "token_expired")
    assert refused.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "forge",
    [
        lambda good, renewal: good[:-4] + "AAAA",
        lambda good, renewal: renewal,  # a renewal opens nothing
        lambda good, renewal: jwt.encode(
            {"sub": "anna", "aud": "chatalogue"}, SHOP_SECRET
        ),  # nor does what a shop signs
        lambda good, renewal: jwt.encode(jwt.decode(good, options={"verify_signature": False}), "x" * 32, "HS256"),
        lambda good, renewal: jwt.encode(jwt.decode(good, options={"verify_signature": False}), "", "none"),
        lambda good, renewal: "",
        lambda good, renewal: "a.b.c",
        lambda good, renewal: good.split(".")[0],
    ],
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_forged_token_opens_nothing(client: Client, forge: Callable[[str, str], str]) -> None:
    given = client.fetch()
    token = forge(given["token"], given["renewal"])
    refused = client.post("/v1/conversations", json={}, headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 401
    assert given["token"] not in refused.text


def test_what_needs_no_token_is_little(client: Client) -> None:
    assert client.get("/v1/health").status_code == 200
    assert client.get("/v1/catalogue").status_code == 200
    assert client.get("/v1/metrics").status_code == 404, "no visitor's token opens these"
    shut = [
        "/v1/items/none",
        "/v1/conversations/x/events",
        "/v1/users/anna/profile",
        "/v1/nothing",
        "/v1",
    ]
    assert [client.get(path).status_code for path in shut] == [401] * len(shut)


@pytest.mark.parametrize(
    ("key", "origin", "refused"),
    [
        (SHOP_KEY, EVIL, "origin_not_allowed"),
        (SHOP_KEY, LIBRARY, "origin_not_allowed"),
        (SHOP_KEY, None, "origin_not_allowed"),
        (SHOP_KEY, "null", "origin_not_allowed"),
        (SHOP_KEY, "https://shop.example.evil.example", "origin_not_allowed"),
        (SHOP_KEY, "http://shop.example", "origin_not_allowed"),
        ("pk_of_nobody_at_all", SHOP, "unknown_site"),
        ("local", "http://127.0.0.1", "unknown_site"),
    ],
)
def test_a_key_is_for_its_own_pages(client: Client, key: str, origin: str | None, refused: str, code: Any) -> None:
    headers = {"Origin": origin} if origin is not None else {}
    assert code(client.post("/v1/token", json={"site_key": key}, headers=headers)) == (403, refused)


def test_a_frame_of_this_server_may_use_a_sites_key(client: Client) -> None:
    headers = client.bearing(origin="http://127.0.0.1")
    assert client.post("/v1/conversations", json={}, headers=headers).status_code == 201


def test_a_token_is_for_pages_of_its_own_site(client: Client, code: Any) -> None:
    shop = client.bearing()
    for origin in (LIBRARY, EVIL, "null"):
        refused = client.post("/v1/conversations", json={}, headers={**shop, "Origin": origin})
        assert code(refused) == (403, "origin_not_allowed")


def test_a_renewal_keeps_the_visitor_and_nothing_else_does(client: Client) -> None:
    first = client.fetch()
    again = client.fetch(renewal=first["renewal"])
    assert again["visitor"] == "same"
    who = [Tokens(SERVER_SECRET).read(given["token"]).visitor for given in (first, again, client.fetch())]
    assert who[0] == who[1] != who[2]
    for other in (first["token"], "rubbish"):
        assert client.fetch(renewal=other)["visitor"] == "new"
    assert client.fetch(LIBRARY_KEY, LIBRARY, renewal=first["renewal"])["visitor"] == "new"


def test_who_a_shop_signs_for_is_believed(client: Client, signed: Any) -> None:
    given = client.fetch(identity=signed())
    assert given["visitor"] == "signed"
    assert "renewal" not in given
    anna = client.bearing(identity=signed())
    client.talk(anna)
    again = client.bearing(identity=signed())
    profile = client.get("/v1/users/me/profile", headers=again).json()
    assert [interest["value"] for interest in profile["interests"]] == ["wool"]
    assert client.delete("/v1/users/me", headers=again).json()["deleted"] > 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another secret, which is as long as this"},
        {"aud": "somebody else"},
        {"aud": None},
        {"exp": None},
        {"exp": int(time.time()) - 60},
        {"exp": int(time.time()) + 40 * 24 * 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": "a\nb"},
        {"sub": "x" * 65},
    ],
)
def test_an_identity_that_does_not_count(client: Client, wrong: dict[str, Any], signed: Any, code: Any) -> None:
    identity = signed(**wrong)
    answer = client.post("/v1/token", json={"site_key": SHOP_KEY, "identity": identity}, headers={"Origin": SHOP})
    assert code(answer) == (401, "bad_identity")
    assert identity not in answer.text


@pytest.mark.parametrize("identity", ["anna", "a.b.c", ""])
def test_an_id_that_nobody_signed_is_not_believed(client: Client, identity: str, code: Any) -> None:
    claims = {"sub": "anna", "aud": "chatalogue", "exp": int(time.time()) + 60}
    for unsigned in (identity, jwt.encode(claims, "", "none")):
        body = {"site_key": SHOP_KEY, "identity": unsigned}
        assert code(client.post("/v1/token", json=body, headers={"Origin": SHOP})) == (401, "bad_identity")


def test_a_site_without_a_secret_signs_nobody(client: Client, signed: Any, code: Any) -> None:
    body = {"site_key": LIBRARY_KEY, "identity": signed()}
    assert code(client.post("/v1/token", json=body, headers={"Origin": LIBRARY})) == (401, "bad_identity")
