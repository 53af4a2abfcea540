"""What is stored reaches the shared model, what is forgotten leaves it, and a script's world shares nothing."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.messages import UserAction, UserText
from bot.wiring import scratch_assistant
from bot.world import REAL_WORLD, World
from ranking.behaviour import NoBehaviour
from ranking.incremental import LiveBehaviour
from retrieval.catalogue.item import Catalogue


@pytest.fixture
def assistant(shop: Catalogue, tmp_path: Path) -> Assistant:
    made = scratch_assistant(shop, tmp_path)
    made.stages.memory.learner = LiveBehaviour(NoBehaviour(), [], [item.id for item in shop.items])
    return made


def liked_by(assistant: Assistant, *users: str) -> str:
    """An item that each of `users` likes in a conversation of their own."""
    item = ""
    for user in users:
        talk = assistant.open(user)
        item = item or talk.reply(UserText("a jacket")).items[0].id
        talk.reply(UserAction("like", item))
    return item


def popularity(assistant: Assistant, item: str) -> float:
    learner = assistant.stages.memory.learner
    assert isinstance(learner, LiveBehaviour)
    return float(learner.popularity([item])[0])


def test_a_stored_reaction_counts_for_everybody_at_once(assistant: Assistant) -> None:
    item = liked_by(assistant, "ann", "bob", "cid")
    assert popularity(assistant, item) == 1.0


def test_forgetting_somebody_takes_their_part_out(assistant: Assistant) -> None:
    item = liked_by(assistant, "ann", "bob", "cid")
    assistant.stages.memory.forget("ann")
    assert isnan(popularity(assistant, item))  # below three people nothing is said


def test_a_reaction_taken_back_counts_no_more(assistant: Assistant) -> None:
    item = liked_by(assistant, "ann", "bob", "cid")
    assert assistant.stages.memory.correct("bob", f"item:{item}")
    assert isnan(popularity(assistant, item))


def test_incognito_teaches_nothing(assistant: Assistant) -> None:
    item = liked_by(assistant, "ann", "bob")
    shy = assistant.open("cid", incognito=True)
    shy.reply(UserText("a jacket"))
    shy.reply(UserAction("like", item))
    assert isnan(popularity(assistant, item))


def test_a_restart_counts_what_is_stored(assistant: Assistant, shop: Catalogue) -> None:
    item = liked_by(assistant, "ann", "bob", "cid")
    anew = LiveBehaviour(NoBehaviour(), [], [one.id for one in shop.items])
    anew.relearn(assistant.stages.memory.store.since())
    assert float(anew.popularity([item])[0]) == popularity(assistant, item)


def test_only_the_real_world_shares_what_is_learned() -> None:
    assert REAL_WORLD.shared
    assert not World().shared
