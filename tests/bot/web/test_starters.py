"""Sentences to begin with: each is one that our own rules read as it is meant, in every language of the page."""

from __future__ import annotations

import pytest

from bot.assistant import Assistant
from bot.messages import UserText
from bot.web.look import looks
from bot.web.starters import MOST, starters
from bot.web.words import INTERFACE
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue


@pytest.fixture(scope="module", params=["shop", "films"])
def assistant(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    catalogue: Catalogue = request.getfixturevalue(request.param)
    return scratch_assistant(catalogue, tmp_path_factory.mktemp(request.param))


@pytest.mark.parametrize("language", INTERFACE)
def test_every_starter_is_answered_with_a_list_and_believed(assistant: Assistant, language: str) -> None:
    look = looks(assistant.catalogue)[language]
    offered = starters(assistant.catalogue, assistant.stages.picker.popularity, look)
    assert 3 <= len(offered) <= MOST
    assert offered[-1] == look.words("start_surprise")
    for text in offered[:-1]:
        reply = assistant.open().reply(UserText(text))
        assert reply.act == "recommend", text
        assert reply.items, text
        assert reply.beliefs, text
        assert reply.reading is not None
        assert reply.reading.language == language, text
        assert not reply.reading.unread, text
    assert assistant.open().reply(UserText(offered[-1])).act in ("recommend", "ask")
