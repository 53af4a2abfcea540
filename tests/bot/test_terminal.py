"""What one types in the terminal beside messages: why, the dial, help, and what nothing can be made of."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.assistant import Conversation
from bot.dialogue import events as ev
from bot.terminal import COMMANDS, HELP, converse
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

Talk = Callable[..., tuple[Conversation, str]]


@pytest.fixture
def talk(shop: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Talk:
    """Type lines; the conversation, and what was drawn after its beginning."""

    def typed(*lines: str) -> tuple[Conversation, str]:
        conversation = scratch_assistant(shop, tmp_path).open("ann")
        monkeypatch.setenv("COLUMNS", "160")
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
        converse(conversation, shop)
        return conversation, capsys.readouterr().out.split(HELP, 1)[1]

    return typed


def test_why_draws_the_shares_of_the_pick(talk: Talk) -> None:
    conversation, drawn = talk("a black jacket", "/why 2")
    why = conversation.why(conversation.screen().items[1].id)
    assert why is not None
    told = drawn.rsplit(f"{why.title}: {why.reason}", 1)[1]
    assert [float(share) for share in re.findall(r"^  ([+-]\d\.\d{3})  ", told, re.M)] == [
        pytest.approx(share.share, abs=5e-4) for share in why.shares
    ]
    assert f"{why.score:.3f}  score, by {why.ranker}" in told
    assert len([x for x in conversation.events if isinstance(x, ev.Said)]) == 1  # no step


@pytest.mark.parametrize("asked", ["/why", "/why 9", "/why 0", "/why first"])
def test_why_asks_which(talk: Talk, asked: str) -> None:
    assert "which one? /why 1 to /why 5" in talk("a black jacket", asked)[1]


def test_why_before_there_is_a_list(talk: Talk) -> None:
    assert "there is no list to explain yet" in talk("/why 1")[1]


def test_the_dial_is_set_and_tells_where_it_stands(talk: Talk) -> None:
    conversation, drawn = talk("a black jacket", "/dial 0.8", "/dial", "/dial 7", "/dial far")
    assert conversation.novelty == 0.8
    assert "rather less known" in drawn
    assert drawn.count("the dial stands at 0.8") == 3
    assert len([x for x in conversation.events if isinstance(x, ev.Tuned)]) == 1


def test_the_dial_is_undone(talk: Talk) -> None:
    assert talk("a black jacket", "/dial 0.8", "/undo")[0].novelty == 0.5


def test_help_names_every_command(talk: Talk) -> None:
    conversation, drawn = talk("/help", "/explain")
    assert all(name in drawn and does in drawn for name, does in COMMANDS.items())
    assert HELP in drawn  # of what nothing can be made
    assert not conversation.events
