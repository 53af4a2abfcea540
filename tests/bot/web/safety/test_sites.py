"""The file of sites: what it says, what it refuses; origins as browsers write them; the secret of tokens."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.settings import load_settings
from bot.web.safety import build_safety, warnings
from bot.web.sites import Site, Sites, SitesError, as_origin, entry, is_loopback, load_sites, new_key, snippet
from bot.web.tokens import SECRET_FILE, token_secret

KEY = "pk_0123456789abcdef"
SECRET = "s" * 32
GOOD = f"""
[[site]]
name = "shop"
key = "{KEY}"
origins = ["https://Shop.example:443", "http://localhost:8000"]
identity_secrets = ["SHOP_SECRET"]
limit = "600/minute"
"""


def load(tmp_path: Path, text: str, secrets: dict[str, str] | None = None) -> Sites:
    path = tmp_path / "sites.toml"
    path.write_text(text, "utf-8")
    return load_sites(path, (secrets or {}).get)


def test_a_file_of_sites(tmp_path: Path) -> None:
    sites = load(tmp_path, GOOD, {"SHOP_SECRET": SECRET})
    origins = frozenset({"https://shop.example", "http://localhost:8000"})
    assert sites.by_key(KEY) == sites.by_name("shop") == Site("shop", KEY, origins, (SECRET,), "600/minute")
    assert sites.configured
    assert sites.by_key("local") is None
    assert SECRET not in GOOD


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("https://Shop.example:443", "*"), "is no origin"),
        (("https://Shop.example:443", "https://*.example"), "is no origin"),
        (("https://Shop.example:443", "null"), "is no origin"),
        (("https://Shop.example:443", "https://shop.example/pages"), "is no origin"),
        (("https://Shop.example:443", "https://shop.example:port"), "origins"),
        (('name = "shop"', 'name = "local"'), "not 'local'"),
        (('name = "shop"', 'name = "a/b"'), "a name is"),
        ((KEY, "short"), "key"),
        (("600/minute", "often"), "limit"),
        (('limit = "600/minute"', 'secret = "x"'), "secret"),
        (('name = "shop"', "name = shop"), "is not TOML"),
        (("[[site]]", "[[page]]"), "site"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    with pytest.raises(SitesError, match=r"sites\.toml") as refused:
        load(tmp_path, GOOD.replace(*change), {"SHOP_SECRET": SECRET})
    assert told in refused.value.message
    assert refused.value.hint


def test_a_file_that_is_not_there_and_two_sites_of_one_key(tmp_path: Path) -> None:
    with pytest.raises(SitesError, match="cannot read"):
        load_sites(tmp_path / "none.toml", {}.get)
    with pytest.raises(SitesError, match="same name"):
        load(tmp_path, GOOD + GOOD, {"SHOP_SECRET": SECRET})


@pytest.mark.parametrize(("secret", "told"), [({}, "is not set"), ({"SHOP_SECRET": "short"}, "shorter than 32")])
def test_a_secret_that_is_missing_or_weak(tmp_path: Path, secret: dict[str, str], told: str) -> None:
    with pytest.raises(SitesError, match=told) as refused:
        load(tmp_path, GOOD, secret)
    assert "SHOP_SECRET" in refused.value.message
    assert "short" not in refused.value.message.replace("shorter", "")


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        ("HTTPS://SHOP.example:443/", "https://shop.example"),
        ("http://shop.example:8080", "http://shop.example:8080"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_origins(text: str, origin: str) -> None:
    assert as_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    ["", "null", "shop.example", "ftp://shop.example", "https://", "https://a@shop.example", "https://shop.example?a"],
)
def test_what_is_no_origin(text: str) -> None:
    with pytest.raises(ValueError, match="no origin"):
        as_origin(text)


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [("127.0.0.1", True), ("[::1]", True), ("localhost", True), ("a.localhost", True), ("0.0.0.0", False),
     ("", False), ("localhost.evil.example", False), ("10.0.0.1", False)],
)  # fmt: skip
def test_loopback(host: str, is_ours: bool) -> None:
    assert is_loopback(host) is is_ours


def test_keys_are_not_to_be_guessed() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(key.startswith("pk_") and len(key) >= 24 for key in keys)


def test_an_entry_that_is_made_can_be_loaded(tmp_path: Path) -> None:
    made = entry("shop", ["https://Shop.example/", "http://localhost:8000"])
    site = load(tmp_path, made).by_name("shop")
    assert site is not None
    assert site.origins == {"https://shop.example", "http://localhost:8000"}
    assert f'site-key="{site.key}"' in snippet(made)
    for name, origins in (("Shop", ["https://shop.example"]), ("shop", []), ("shop", ["*"])):
        with pytest.raises(SitesError):
            entry(name, origins)


def test_the_secret_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    data = tmp_path / "data"
    secret = token_secret(None, data)
    assert token_secret(None, data) == secret
    assert len(secret) >= 32
    assert stat.S_IMODE((data / SECRET_FILE).stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == [SECRET_FILE]
    assert token_secret(None, tmp_path / "other") != secret
    assert token_secret(SECRET, data) == SECRET
    with pytest.raises(SitesError, match="shorter"):
        token_secret("short", data)


def test_a_secret_that_others_can_read_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secret = token_secret(None, tmp_path)
    (tmp_path / SECRET_FILE).chmod(0o644)
    assert token_secret(None, tmp_path) == secret
    assert "chmod 600" in caplog.text
    assert secret not in caplog.text


@pytest.mark.parametrize(
    ("host", "given", "exposure", "lines"),
    [
        ("127.0.0.1", {}, "laptop", 0),
        ("0.0.0.0", {}, "open", 1),
        ("127.0.0.1", {"trusted_proxies": "127.0.0.1"}, "open", 1),
        ("127.0.0.1", {"sites": True}, "sites", 2),
        ("0.0.0.0", {"sites": True, "trusted_proxies": "10.0.0.0/8"}, "sites", 1),
        ("0.0.0.0", {"sites": True, "trusted_proxies": "10.0.0.0/8", "public_hosts": "Chat.example, b"}, "sites", 0),
    ],
)
def test_who_can_reach_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, given: dict[str, object], exposure: str, lines: int
) -> None:
    monkeypatch.setenv("SHOP_SECRET", SECRET)
    path = tmp_path / "sites.toml"
    path.write_text(GOOD, "utf-8")
    settings = load_settings(data=tmp_path, **{**given, **({"sites": path} if "sites" in given else {})})
    safety = build_safety(settings, host)
    assert safety.exposure == exposure
    assert safety.believes_users is (exposure == "laptop")
    assert (safety.limiting is None) is (exposure == "laptop")
    assert safety.answers_to("chat.example") is (exposure == "open" or "public_hosts" in given)
    assert len(list(warnings(settings, host))) == lines


@pytest.mark.parametrize(
    "wrong", [{"trusted_proxies": "proxy"}, {"rate_per_address": "often"}, {"rate_storage": "x://"}]
)
def test_settings_that_cannot_be_used(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(SitesError):
        build_safety(load_settings(data=tmp_path, **wrong), "0.0.0.0")
