"""What a way out of an empty list is said to leave is what the list would show: examples and likes are left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversations.bench import Mismatch, Observation, Visit
from bot.conversations.laws import _counts_without, every_statement_is_grounded
from bot.conversations.runner import Progress, take
from bot.dialogue import events as e
from bot.dialogue.hints import Hint
from bot.messages import UserText
from bot.simulation.simulate import Seat
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import CatalogueSchema, Facet, FacetKind

FACETS = (Facet("color", FacetKind.CATEGORY, ("color",)), Facet("kind", FacetKind.CATEGORY, ("kind",)))


@pytest.fixture(scope="module")
def hats() -> Catalogue:
    """Fifteen red hats and no blue one, so that counts are figures: words stop at twelve."""
    schema = CatalogueSchema("hats", "hat", Path(), Path(), None, "id", "title", (), FACETS)
    red = [Item(f"r{i}", f"Crimson Wonder {i:02d}", "", {"color": ("red",), "kind": ("hat",)}) for i in range(15)]
    return Catalogue(schema, (*red, Item("b", "Bluish Marvel", "", {"color": ("blue",), "kind": ("cap",)})))


@pytest.mark.parametrize("kind", ["reference", "like", "mention", "seen", "dislike", "accept", "page"])
def test_the_count_leaves_out_what_the_list_leaves_out(hats: Catalogue, tmp_path: Path, kind: str) -> None:
    assistant = scratch_assistant(hats, tmp_path)
    talk = assistant.open()
    if kind == "page":
        talk.hint([Hint("page", "r3")])
    else:
        talk._commit([e.StepBegan(1), e.Reacted("r3", kind)])
    progress = Progress(Seat(hats, talk), Visit(None, (), 0.0, 0), talk)
    seen = take(1, UserText("a red cap"), None, progress)
    assistant.close()
    assert not isinstance(seen, Mismatch), str(seen)
    assert isinstance(seen, Observation)
    assert not seen.reply.items
    assert "14" in seen.reply.text
    assert 14 in set(_counts_without(seen, hats))
    assert list(every_statement_is_grounded(seen, hats)) == []
