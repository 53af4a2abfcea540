"""An item that nobody has used yet is listed where it fits the wish: unknown is neither praise nor blame."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.messages import UserText
from bot.wiring import scratch_assistant, with_behaviour
from ranking.behaviour import Behaviour
from retrieval.catalogue.interaction_rows import InteractionRow
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import CatalogueSchema, Facet, FacetKind

FACETS = (Facet("color", FacetKind.CATEGORY, ("color",)), Facet("kind", FacetKind.CATEGORY, ("kind",)))
KINDS = ("beret", "bonnet", "fedora", "trilby")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Forty hats that people liked, and one fedora with a striped ribbon that nobody has used."""
    schema = CatalogueSchema("hats", "hat", Path(), Path(), None, "id", "title", (), FACETS)
    used = [
        Item(f"h{i}", f"Wonder {i:02d}", "felt", {"color": ("red" if i % 2 else "blue",), "kind": (KINDS[i % 4],)})
        for i in range(40)
    ]
    new = Item("new", "Marvel", "striped ribbon, foldable", {"color": ("red",), "kind": ("fedora",)})
    catalogue = Catalogue(schema, (*used, new))
    rows = [
        InteractionRow(f"u{n}", item.id, "like", None, 0.0)
        for n in range(12)
        for i, item in enumerate(used)
        if (i * 7 + n) % 3
    ]
    made = scratch_assistant(catalogue, tmp_path_factory.mktemp("hats"))
    return with_behaviour(made, Behaviour.fit(rows, [item.id for item in catalogue.items]), 5)


@pytest.mark.parametrize("said", ["something with a striped ribbon", "a red hat with a striped ribbon"])
def test_a_new_item_is_listed_for_the_wish_it_fits(assistant: Assistant, said: str) -> None:
    reply = assistant.open().reply(UserText(said))
    assert "new" in [card.id for card in reply.items]
