"""A conversation that is taken up again: by id, after a restart, after another process, in a changed catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.assistant import Assistant, Conversation
from bot.dialogue import events as ev
from bot.dialogue.state import fold
from bot.memory.restoring import still_there
from bot.messages import NewConversation, Reply, Step, UserAction, UserText
from bot.response.templates import TEMPLATES
from ranking.storage import StorageError
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind

Start = Callable[..., Assistant]
MESSAGES = ["a red jacket", "under 100 dollars", "no wool", "undo that", "start over", "I love silk", "something else"]
UNSAVED = TEMPLATES["unsaved"][0]


def whole(conversation: Conversation) -> tuple[object, ...]:
    """All that a conversation goes on from."""
    here = conversation
    return here.events, here.state, here._why, here._chips, here._visitor.history


def without_times(reply: Reply) -> Reply:
    reading = None if reply.reading is None else replace(reply.reading, ms=0.0)
    return replace(reply, ms={}, reading=reading)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(user=st.sampled_from(["ann", None]), steps=st.lists(st.integers(0, len(MESSAGES) + 3), min_size=1, max_size=7))
def test_after_any_steps_it_stands_where_it_stood(start: Start, user: str | None, steps: list[int]) -> None:
    assistant = start()
    talk = assistant.open(user, conversation="x" * 22)
    assistant.stages.memory.forget("ann")
    items = [item.id for item in assistant.catalogue.items]
    for n in steps:
        kinds: list[Step] = [UserAction("like", items[n]), UserAction("dislike", items[n]), UserAction("undo")]
        talk.reply([*map(UserText, MESSAGES), *kinds, NewConversation()][n])
    again = start().resume(talk.id or "")
    assert again is not None
    assert again.state == fold(talk.events) == talk.state
    talk._visitor.refresh()  # what it knew when it began, and what it knows by now, are the same to a list
    assert whole(again) == whole(talk)
    assistant.stages.memory.forget(talk._visitor._name)


def test_it_goes_on_with_the_same_answers(start: Start) -> None:
    talk = start().open("ann")
    for text in ("a jacket", "under 150 dollars", "no wool"):
        talk.reply(UserText(text))
    again = start().resume(talk.id or "")
    assert again is not None
    for step in (UserText("the second one in black"), UserText("why these?"), UserAction("undo")):
        there = again.reply(step)
        assert there.text
        assert fold(again.events) == again.state
    # the first process notices that another went on, and takes it from there
    assert without_times(talk.reply(UserText("why these?"))).act == "describe"
    assert talk.events[: len(again.events)] == again.events


def test_an_undo_reaches_over_the_restart(start: Start) -> None:
    talk = start().open("ann")
    talk.reply(UserText("a jacket"))
    talk.reply(UserText("no wool"))
    again = start().resume(talk.id or "")
    assert again is not None
    again.reply(UserAction("undo"))
    assert [c.key for c in again.state.constraints] == ["category=jacket"]


def test_an_id_that_nobody_gave_resumes_nothing(start: Start) -> None:
    assistant = start()
    assert assistant.resume("A" * 22) is None
    silent = assistant.open("ann")
    assert assistant.resume(silent.id or "") is None  # nothing was said in it
    assert assistant.open(None).id is None


def test_what_the_catalogue_no_longer_has_is_left_out(start: Start, shop: Catalogue) -> None:
    first, second = start(), start()
    talk = first.open("ann")
    shown = talk.reply(UserText("a jacket, under 150 dollars, no wool")).items
    talk.reply(UserAction("like", shown[0].id))
    talk.reply(UserAction("click", shown[1].id))
    gone = replace(
        shop,
        items=tuple(item for item in shop.items if item.id != shown[0].id),
        schema=replace(shop.schema, facets=tuple(f for f in shop.schema.facets if f.kind is not FacetKind.NUMBER)),
        fingerprint="another",
    )
    second.stages.memory.catalogue = gone
    again = second.resume(talk.id or "")
    assert again is not None
    assert again.state.liked == ()
    assert shown[0].id not in again.state.shown_ever
    assert again.state.clicked == (shown[1].id,)
    assert {c.facet for c in again.state.constraints} == {"category", "material"}
    again.reply(UserText("something else"))
    stored = second.stages.memory.conversations.load(talk.id or "")
    assert stored is not None
    assert stored.events[: len(talk.events)] == talk.events  # the record is not rewritten
    before = still_there(talk.events, gone)
    assert again.events[: len(before)] == before
    assert still_there(talk.events, shop) == talk.events


# -- what cannot be stored ---------------------------------------------------------------------------------------------


def test_a_turn_that_cannot_be_stored_is_answered_and_stored_later(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assistant = start()
    talk = assistant.open("ann")
    talk.reply(UserText("a jacket"))
    conversations = type(assistant.stages.memory.conversations)
    save = conversations.save

    def full(*_: object) -> Any:
        raise StorageError("cannot store the turn: disk is full", hint="free some space", reason="full")

    monkeypatch.setattr(conversations, "save", full)
    reply = talk.reply(UserText("I love silk"))
    assert reply.items
    assert reply.text.endswith(UNSAVED)
    assert "disk is full" in caplog.text
    disliked = talk.reply(UserAction("dislike", reply.items[0].id))
    assert disliked.text.endswith(UNSAVED)
    monkeypatch.setattr(conversations, "save", save)
    assert UNSAVED not in talk.reply(UserText("something else")).text
    again = start().resume(talk.id or "")
    assert again is not None
    assert again.events == talk.events
    memory = assistant.stages.memory
    assert memory.store.session("ann").disliked == (reply.items[0].id,)
    assert [e.key for e in memory.conversations.statements("ann")] == ["material=silk"]


def test_a_failure_inside_the_transaction_stores_nothing(start: Start) -> None:
    assistant = start()
    talk = assistant.open("ann")
    talk.reply(UserText("a jacket"))
    memory = assistant.stages.memory
    engine = memory.conversations._engine
    before = memory.export("ann")

    def locked(*given: Any) -> None:
        if "INTO interactions" in given[2]:
            raise OSError("no space left on device")

    event.listen(engine, "before_cursor_execute", locked)
    assert talk.reply(UserText("I love silk")).text.endswith(UNSAVED)
    event.remove(engine, "before_cursor_execute", locked)
    assert memory.export("ann") == before


def test_what_another_process_stored_meanwhile_wins(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = start(), start()
    talk = first.open("ann")
    talk.reply(UserText("a jacket"))
    other = second.resume(talk.id or "")
    assert other is not None
    read = first.stages.reader.read

    def slow(*given: Any, **how: Any) -> Any:
        other.reply(UserText("no wool"))  # while this process is reading
        return read(*given, **how)

    monkeypatch.setattr(first.stages.reader, "read", slow)
    assert talk.reply(UserText("under 100 dollars")).text.endswith(UNSAVED)
    monkeypatch.undo()
    talk.reply(UserText("something else"))
    assert talk.events[: len(other.events)] == other.events
    assert {c.facet for c in talk.state.constraints} == {"category", "material"}


def test_a_database_that_cannot_be_read_is_no_end_of_the_conversation(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = start()
    talk = assistant.open("ann")
    talk.reply(UserText("a jacket"))

    def down(*_: object) -> Any:
        raise StorageError("cannot look a conversation up: connection refused", hint="start it", retryable=True)

    monkeypatch.setattr(type(assistant.stages.memory.conversations), "stamp", down)
    assert talk.reply(UserText("no wool")).items
    assert len(talk.state.constraints) == 2
    assert [type(e) for e in talk.events].count(ev.StepBegan) == 2
