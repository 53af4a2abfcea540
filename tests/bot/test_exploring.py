"""Exploration in a conversation: within what was asked, never what was refused or passed over, and on record."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.messages import UserAction, UserText
from bot.recommending import recommend
from bot.wiring import scratch_assistant
from bot.world import World
from ranking.interactions import Interaction
from retrieval.catalogue.item import Catalogue

SHARE = 0.5
ALWAYS = (0.0, 0.2, 0.49)  #: draws below the share


@pytest.fixture(scope="module")
def chances() -> list[float]:
    return []


@pytest.fixture(scope="module")
def assistant(shop: Catalogue, tmp_path_factory: pytest.TempPathFactory, chances: list[float]) -> Assistant:
    made = scratch_assistant(shop, tmp_path_factory.mktemp("exploring"), world=World(chance=lambda: chances[-1]))
    made.stages.picker.explore = SHARE
    return made


def stored(assistant: Assistant, user: str) -> list[Interaction]:
    return [row for row in assistant.stages.memory.store.of_user(user) if row.event == "impression"]


@pytest.mark.parametrize("draw", ALWAYS)
def test_the_last_place_stays_within_what_was_asked(assistant: Assistant, chances: list[float], draw: float) -> None:
    chances.append(draw)
    talk = assistant.open(f"visitor {draw}")
    first = talk.reply(UserText("a jacket, not from Patagonia"))
    refused = first.items[-1].id
    second = talk.reply(UserAction("dislike", refused))
    for card in (*first.items, *second.items):
        assert "Patagonia" not in card.facets["brand"]  # type: ignore[operator]
    assert refused not in [card.id for card in second.items]
    assert len({card.id for card in second.items}) == len(second.items)
    last = stored(assistant, f"visitor {draw}")[len(first.items) - 1]
    rivals = {rival["item"]: rival["propensity"] for rival in last.context["rivals"]}
    assert last.context["propensity"] == rivals[last.item] == pytest.approx(SHARE / (len(rivals) - 1))
    assert sum(rivals.values()) == pytest.approx(1)


def test_what_stands_last_is_new_only_by_chance(assistant: Assistant, chances: list[float]) -> None:
    def shown(user: str, draw: float) -> list[str]:
        chances.append(draw)
        return [card.id for card in assistant.open(user).reply(UserText("a jacket")).items]

    greedy, explored = shown("careful", 0.99), shown("bold", 0.0)
    assert greedy[:-1] == explored[:-1]
    assert greedy[-1] != explored[-1]
    assert stored(assistant, "careful")[-1].context["propensity"] == 1 - SHARE
    assert all(row.context["propensity"] == 1 for row in stored(assistant, "careful")[:-1])


def test_nothing_is_left_to_chance_where_nothing_is_stored(assistant: Assistant, chances: list[float]) -> None:
    chances.append(0.99)
    greedy = [card.id for card in assistant.open("careful too").reply(UserText("a jacket")).items]
    chances.append(0.0)
    incognito = assistant.open("shy", incognito=True).reply(UserText("a jacket"))
    assert [card.id for card in incognito.items] == greedy
    assert [card.id for card in recommend(assistant, [("user", "a jacket")], 5).picked.cards] == greedy


def test_a_frozen_world_explores_nothing(shop: Catalogue, tmp_path: Path) -> None:
    frozen = scratch_assistant(shop, tmp_path, world=World())
    frozen.stages.picker.explore = SHARE
    frozen.open("v").reply(UserText("a jacket"))
    assert {row.context["propensity"] for row in stored(frozen, "v")} == {1.0}
