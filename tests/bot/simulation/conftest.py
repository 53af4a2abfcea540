"""What the tests of the simulation share: assistants without weights, the shop's log, and a made-up log of ratings."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.wiring import scratch_assistant
from retrieval.catalogue.interaction_rows import InteractionRow, load_interactions
from retrieval.catalogue.item import Catalogue


@pytest.fixture(scope="package")
def shop_rows(shop: Catalogue) -> list[InteractionRow]:
    return load_interactions(shop)[0]


@pytest.fixture(scope="package")
def film_rows(films: Catalogue) -> list[InteractionRow]:
    """Forty people, each with one loved value and one hated one of the first facet, rating sixty items of the first."""
    r = random.Random(7)
    facet = films.schema.facets[0].name
    values = films.facet_values(facet)[:8]
    pool = films.items[:400]
    rows = []
    for person in range(40):
        loved, hated = r.sample(values, 2)
        for item in r.sample(pool, 60):
            stars = 3 + 2 * (loved in item.values(facet)) - 2 * (hated in item.values(facet))
            rows.append(InteractionRow(f"p{person:02d}", item.id, None, float(max(stars, 0.5)), 1.0))
    return rows


@pytest.fixture(scope="package")
def shop_assistant(shop: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    assistant = scratch_assistant(shop, tmp_path_factory.mktemp("shop"))
    yield assistant
    assistant.close()


@pytest.fixture(scope="package")
def film_assistant(films: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    assistant = scratch_assistant(films, tmp_path_factory.mktemp("films"))
    yield assistant
    assistant.close()


@pytest.fixture
def nobody(tmp_path: Path) -> Path:
    """A folder with a catalogue that nobody has used."""
    (tmp_path / "catalogue.toml").write_text(
        'name = "mugs"\nitem = "mug"\nitems = "items.jsonl"\n'
        '[columns]\nid = "id"\ntitle = "title"\ntext = ["about"]\n[facets.color]\ncolumn = "color"\nkind = "category"\n'
    )
    (tmp_path / "items.jsonl").write_text('{"id": "m", "title": "Mug", "about": "Holds tea.", "color": "red"}\n')
    return tmp_path
