"""The routes of the catalogue: what is talked about, and one item of it. Knows FastAPI and the catalogue."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from bot.projection import catalogue_item_json, catalogue_json
from bot.web.answers import CatalogueKnown, ItemKnown
from bot.web.describing import answers
from bot.web.refusals import UnknownItem
from retrieval.catalogue.item import Catalogue

Json = dict[str, Any]


class Browsing:
    """What the routes answer."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def catalogue(self) -> Json:
        """What is talked about, and by which facets."""
        return catalogue_json(self._catalogue)

    def item(self, item: str) -> Json:
        """One item as the catalogue has it."""
        if item not in self._catalogue.by_id:
            raise UnknownItem("the catalogue has no such item", hint="use an id from an answer of this server")
        return catalogue_item_json(self._catalogue.by_id[item])


def add_browsing(api: FastAPI, browsing: Browsing) -> None:
    """The routes of the catalogue; an item's id may hold a slash."""
    api.get("/catalogue", **answers(CatalogueKnown))(browsing.catalogue)
    api.get("/items/{item:path}", **answers(ItemKnown, 404))(browsing.item)
