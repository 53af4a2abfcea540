"""The widget's file and the frame's page as they are served; what they do is looked at in a browser."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.web.embed import PASSED_ON, VALUE_LIMIT, WORDS, add_embed, embed_page
from bot.web.sites import Site, Sites, load_sites
from bot.web.widget.bundle import PARTS, widget
from bot.web.widget.routes import PATH, add_widget

KEY = "pk_a_key_of_a_shop"
SHOP = "https://shop.example"
DEMO = Path(__file__).resolve().parents[3] / "docs" / "demo-shop"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    add_widget(app)
    add_embed(app, Sites([Site("shop", KEY, frozenset({SHOP}))]), " ".join)
    with TestClient(app) as client:
        yield client


class Chat(HTMLParser):
    """The attributes of the page's element, and every tag there is."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.given: dict[str, str | None] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One more."""
        self.tags.append(tag)
        if tag == "chatalogue-chat":
            self.given = dict(attrs)


# -- the script --------------------------------------------------------------------------------------------------------


def test_every_part_is_in_the_one_file() -> None:
    folder = files("bot.web.widget")
    served = widget().text.decode()
    scripts = {part.name.removesuffix(".js") for part in folder.iterdir() if part.name.endswith(".js")}
    assert scripts == {*PARTS, "bridge"}
    assert all((folder / f"{part}.js").read_text("utf-8") in served for part in PARTS)
    assert ":host { all: initial;" in served


def test_nothing_in_it_turns_text_into_code_or_markup_or_asks_a_stranger() -> None:
    served = widget().text.decode() + (files("bot.web.widget") / "bridge.js").read_text("utf-8")
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|\.style\b|cssText|@import|url\("
    )
    assert re.findall(forbidden, served) == []
    assert set(re.findall(r"https?://[\w./]+", served)) == {"http://www.w3.org/2000/svg"}


def test_it_is_compressed_for_whoever_takes_that(client: TestClient) -> None:
    plain = client.get(PATH, headers={"Accept-Encoding": "identity"})
    zipped = client.get(PATH, headers={"Accept-Encoding": "gzip, br"})
    assert plain.text == zipped.text == widget().text.decode()
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert int(zipped.headers["content-length"]) == len(widget().compressed) <= 30_000
    assert gzip.decompress(widget().compressed) == widget().text
    assert plain.headers["etag"] != zipped.headers["etag"]


def test_a_browser_that_has_it_gets_nothing(client: TestClient) -> None:
    first = client.get(PATH)
    assert "max-age" in first.headers["cache-control"]
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert first.headers["content-type"].startswith("text/javascript")
    again = client.get(PATH, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get(PATH, headers={"If-None-Match": '"another"'}).status_code == 200


# -- the frame's page --------------------------------------------------------------------------------------------------


def test_the_page_is_the_element_of_that_site(client: TestClient) -> None:
    answer = client.get("/embed", params={"site": KEY, "lang": "es", "links": "host"})
    given = Chat(answer.text).given
    assert given["site-key"] == KEY
    assert given["data-origins"] == f'["{SHOP}"]'
    assert (given["mode"], given["embedded"], given["data-links"]) == ("full", "", "host")
    assert '<html lang="es">' in answer.text
    assert answer.headers["content-security-policy"] == SHOP, "who may frame it is its own site's business"
    assert client.get("/embed/bridge.js").text.count("event.source !== parent") == 1


def test_a_key_of_nobody_has_no_page(client: TestClient) -> None:
    assert client.get("/embed", params={"site": "pk_of_nobody_at_all"}).status_code == 404
    assert client.get("/embed").status_code == 404


def test_what_an_address_says_is_an_attribute_and_nothing_else() -> None:
    hostile = '"><script>alert(1)</script>'
    chat = Chat(embed_page(KEY, [SHOP], {name: hostile for name in (*PASSED_ON, "server", "data-origins", "links")}))
    assert chat.tags.count("script") == 2
    assert [chat.given[name] for name in PASSED_ON if name not in WORDS] == [hostile] * (len(PASSED_ON) - len(WORDS))
    assert json.loads(chat.given["data-words"] or "") == dict.fromkeys(WORDS, hostile)
    assert not set(WORDS) & set(chat.given), "only a frame says them (`bridge.js`)"
    assert "server" not in chat.given, "the frame asks its own server alone"
    assert (chat.given["data-origins"], chat.given["data-links"]) == (f'["{SHOP}"]', "frame")
    assert len(Chat(embed_page(KEY, [], {"theme": "x" * 9_999})).given["theme"] or "") == VALUE_LIMIT


def test_the_documented_demo_shop_is_a_site_as_it_stands() -> None:
    sites = load_sites(DEMO / "sites.toml", lambda name: None)
    key = re.search(r'"--site-key", default="(\w+)"', (DEMO / "serve.py").read_text("utf-8"))
    assert key is not None
    site = sites.by_key(key[1])
    assert site is not None
    assert site.origins == {"http://127.0.0.1:8080"}
