"""Readings that are probably wrong are asked about before they are believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assistant import Assistant, Conversation
from bot.dialogue import events as ev
from bot.dialogue.doubt import DOUBTFUL_LINK, doubted, is_doubtful, meant
from bot.dialogue.state import DialogueState, fold
from bot.messages import UserText
from bot.understanding.confidence import DOUBTFUL
from bot.understanding.reader import Reader
from bot.understanding.reading import Intent, MessageInContext, Reading, Request, Slot
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

WISH = ev.ConstraintAdded("color", "black", 1, hard=True)
BEGUN = fold([ev.StepBegan(1), ev.Said("a blak jackt")])


def reading(confidence: float | None, intent: Intent = Intent.RECOMMEND, *slots: Slot) -> Reading:
    return Reading(intent, slots, confidence=confidence)


@pytest.mark.parametrize(
    ("read", "changes", "expected"),
    [
        (reading(DOUBTFUL - 0.01), (WISH,), True),
        (reading(DOUBTFUL + 0.01), (WISH,), False),
        (replace(reading(0.01), agreed=True), (WISH,), False),
        (reading(None), (WISH,), False),  # the rules cannot tell
        (reading(0.01), (), False),  # nothing would change
        (reading(0.01), (ev.Reacted("x", "mention"),), False),  # nor here
        (reading(0.01, Intent.ASK), (WISH,), False),
        (replace(reading(0.01), request=Request.FORGET_ME), (WISH,), False),
        (reading(0.9, Intent.RECOMMEND, Slot("item", "Her", item_id="h", sure=DOUBTFUL_LINK - 0.01)), (WISH,), True),
        (reading(0.9, Intent.RECOMMEND, Slot("item", "Her", item_id="h", sure=DOUBTFUL_LINK)), (WISH,), False),
    ],
)
def test_what_is_doubtful(read: Reading, changes: tuple[ev.Event, ...], expected: bool) -> None:
    assert is_doubtful(read, changes, BEGUN) is expected


def test_never_twice_in_a_row() -> None:
    asked = doubted(reading(0.01), (WISH,))
    state = fold([ev.StepBegan(1), asked, ev.StepBegan(2)])
    assert not is_doubtful(reading(0.01), (WISH,), state)
    assert is_doubtful(reading(0.01), (WISH,), fold([ev.StepBegan(1), asked, ev.StepBegan(2), ev.StepBegan(3)]))


@given(
    st.lists(
        st.one_of(
            st.builds(ev.ConstraintAdded, st.text(), st.text(), st.sampled_from([-1, 1]), st.booleans()),
            st.builds(ev.ConstraintAdded, st.text(), st.just((None, 50.0)), st.just(1), st.just(True)),
            st.builds(ev.Reacted, st.text(), st.just("like")),
            st.builds(ev.NeedAdded, st.text(), st.sampled_from([-1, 1])),
        )
    )
)
def test_what_is_kept_comes_back_whole(changes: list[ev.Event]) -> None:
    kept = doubted(reading(0.1), changes)
    assert ev.from_json(ev.to_json(kept)) == kept
    assert list(meant(kept)) == changes


@pytest.fixture
def talk(shop: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Conversation:
    """A conversation whose reader is unsure of every message that says "blak"."""
    assistant: Assistant = scratch_assistant(shop, tmp_path)
    sure = assistant.stages.reader.read

    def unsure(_: Reader, message: MessageInContext, **how: Any) -> Reading:
        text = message.message.replace("blak", "black")
        read = sure(replace(message, message=text), **how)
        return replace(read, confidence=0.1) if text != message.message else read

    monkeypatch.setattr(Reader, "read", unsure)
    return assistant.open("v")


def test_a_doubtful_message_is_asked_about_and_believed_after_a_yes(talk: Conversation) -> None:
    asked = talk.reply(UserText("a blak jacket"))
    assert (asked.act, asked.items, asked.grounded) == ("confirm", (), True)
    assert "black" in asked.text
    assert asked.text.endswith("?")
    assert [c.text for c in asked.chips] == ["yes", "no"]
    assert talk.state.constraints == ()
    after = talk.reply(UserText("yes"))
    assert after.act == "recommend"
    assert after.items
    assert {c.facet for c in talk.state.constraints} == {"category", "color"}
    assert fold(talk.events) == talk.state


def test_a_no_drops_it(talk: Conversation) -> None:
    talk.reply(UserText("a blak jacket"))
    after = talk.reply(UserText("no"))
    assert (after.act, after.items) == ("confirm", ())
    assert "other words" in after.text
    assert talk.state.constraints == ()


def test_anything_else_is_read_as_itself_and_a_late_yes_does_nothing(talk: Conversation) -> None:
    talk.reply(UserText("a blak jacket"))
    talk.reply(UserText("a red dress"))
    assert {str(c.value) for c in talk.state.constraints} >= {"red"}
    assert "black" not in {str(c.value) for c in talk.state.constraints}
    talk.reply(UserText("yes"))
    assert "black" not in {str(c.value) for c in talk.state.constraints}


def test_the_second_doubtful_message_in_a_row_is_acted_on(talk: Conversation) -> None:
    talk.reply(UserText("a blak jacket"))
    assert talk.reply(UserText("a blak jacket")).act == "recommend"
    assert isinstance(talk.state, DialogueState)
