"""Closing the stream stops the turn, if nothing was shown yet; then nothing has happened. Later it is finished."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.assistant import Assistant, Conversation
from bot.calls import Call
from bot.dialogue.events import Answered
from bot.llm.port import Cancelled, Completion
from bot.messages import TurnEvent, UserAction, UserText
from bot.model_wiring import build_llm
from bot.settings import load_settings
from bot.understanding.model_reader import ModelReader
from bot.understanding.reading import Intent, MessageInContext
from bot.understanding.rules import RuleReading
from bot.web.api import build_api
from bot.web.taking import LiveTurn
from bot.web.visits import Visits
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

SSE = {"Accept": "text/event-stream"}
WAIT_S = 20.0


class Slow:
    """A model that reads until somebody stops it, or lets it go on; it looks up as often as the decode loop does."""

    def __init__(self) -> None:
        self.began, self.may_end = threading.Event(), threading.Event()
        self.stopped = 0

    def read_raw(self, message: MessageInContext, cancelled: Callable[[], bool], /) -> RuleReading:
        self.began.set()
        while not self.may_end.wait(0.005):
            if cancelled():
                self.stopped += 1
                raise Cancelled.by_the_visitor()
        return RuleReading(Intent.RECOMMEND, ())


def app_of(visits: Visits) -> FastAPI:
    app = FastAPI()
    app.mount("/v1", build_api(visits))
    return app


def all_of(talk: Conversation) -> tuple[object, ...]:
    screen = talk.screen()  # its scores are NaN, which equals nothing
    cards = [(card.id, card.why) for card in screen.items]
    return talk.events, talk.state, cards, screen.beliefs, screen.chips, talk.in_context("x")


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def visits(shop: Catalogue, tmp_path: Path, slow: Slow) -> Visits:
    return Visits(scratch_assistant(shop, tmp_path, slow))


def test_a_client_that_leaves_before_the_list_stops_the_reading_and_nothing_has_happened(
    visits: Visits, slow: Slow, serving: Any, until: Any
) -> None:
    with serving(app_of(visits)) as url, httpx.Client(base_url=url, trust_env=False, timeout=WAIT_S) as client:
        conversation = client.post("/v1/conversations").json()["conversation"]
        path, step = f"/v1/conversations/{conversation}/turns", {"text": "a red jacket", "turn_id": "one"}
        with client.stream("POST", path, json=step, headers=SSE) as answer:
            assert next(answer.iter_lines()) == "event: status"
            assert slow.began.wait(WAIT_S)
        until(lambda: slow.stopped)
        assert client.get(f"/v1/conversations/{conversation}/events").json()["events"] == []
        assert visits.assistant.resume(conversation) is None
        slow.may_end.set()
        again = client.post(path, json=step).json()  # under the same id, since it was not taken
        assert again["act"] == "recommend"
        stored = visits.assistant.resume(conversation)
    assert stored is not None
    assert stored.state.turn == 1


def test_what_was_shown_is_finished_and_stored_whoever_has_left(
    assistant: Assistant, serving: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = threading.Event()
    replier = assistant.stages.replier
    reply = replier.reply
    slowly = lambda *given: left.wait(WAIT_S) and reply(*given)  # noqa: E731
    visits = Visits(assistant)
    with serving(app_of(visits)) as url, httpx.Client(base_url=url, trust_env=False, timeout=WAIT_S) as client:
        conversation = client.post("/v1/conversations").json()["conversation"]
        monkeypatch.setattr(replier, "reply", slowly)
        path = f"/v1/conversations/{conversation}/turns"
        with client.stream("POST", path, json={"text": "a red jacket"}, headers=SSE) as answer:
            for line in answer.iter_lines():
                if line == "event: items":
                    break
        until(lambda: visits.stop(conversation))  # also when it is stopped: it is too late
        left.set()
        until(lambda: not visits.stop(conversation))
    stored = assistant.resume(conversation)
    assert stored is not None
    assert stored.state.shown_now
    assert isinstance(stored.events[-1], Answered)


def test_a_stop_leaves_the_conversation_as_it_was(visits: Visits, slow: Slow, shop: Catalogue) -> None:
    visit = visits.open("anna")
    slow.may_end.set()
    list(visits.turn(visit, UserText("a red jacket")))
    list(visits.turn(visit, UserAction("like", shop.items[0].id)))
    talk = visits.conversation(visit)
    assert talk is not None
    before = all_of(talk)
    slow.may_end.clear()
    slow.began.clear()
    assert not visits.stop(visit)
    turn = visits.turn(visit, UserText("in black"))
    assert slow.began.wait(WAIT_S)
    assert visits.stop(visit)
    assert [event.kind for event in turn] == ["status", "error"]
    assert turn.last is not None
    assert turn.last.data["code"] == "cancelled"
    assert all_of(talk) == before
    assert not visits.stop(visit)
    assert not visits.stop("A" * 22)


@pytest.mark.parametrize(("text", "taken"), [("a blue jacket", False), ("forget that I love wool", True)])
def test_a_turn_is_stopped_until_its_list_unless_it_changed_what_is_known(
    shop: Catalogue, tmp_path: Path, text: str, taken: bool
) -> None:
    assistant = scratch_assistant(shop, tmp_path)
    talk = assistant.open("anna")
    talk.reply(UserText("I love wool"))
    before = talk.events
    looked = count()  # the rules do not look: once after the reading, once before the list
    events = list(talk.turn(UserText(text), Call(lambda: next(looked) >= 1)))
    assert "understood" in [event.kind for event in events]
    assert (events[-1].kind == "done") is taken
    assert (talk.events == before) is not taken
    assert bool(assistant.stages.memory.interests("anna")) is not taken


def test_the_turn_stops_with_its_last_listener_and_not_with_the_first() -> None:
    async def two(also_a_thread: bool) -> tuple[bool, bool]:
        turn = LiveTurn(UserText("hi"))
        turn.put(TurnEvent("status", {"text": "reading"}))
        one, other = turn.events(), turn.events()
        if also_a_thread:
            next(iter(turn))
        await anext(one)
        await anext(other)
        await one.aclose()  # type: ignore[attr-defined]
        first = turn.stopped
        await other.aclose()  # type: ignore[attr-defined]
        return first, turn.stopped

    assert asyncio.run(two(False)) == (False, True)
    assert asyncio.run(two(True)) == (False, False)


def test_whoever_comes_late_gets_everything_from_the_first() -> None:
    turn = LiveTurn(UserText("hi"))
    events = [TurnEvent("status", {"text": "reading"}), TurnEvent("delta", {"text": "so"})]

    async def listen() -> list[TurnEvent]:
        return [event async for event in turn.events()]

    async def all_of_them() -> list[list[TurnEvent]]:
        early = asyncio.create_task(listen())
        await asyncio.sleep(0)
        turn.put(events[0])
        late = asyncio.create_task(listen())
        await asyncio.sleep(0)
        await asyncio.to_thread(turn.put, events[1])
        turn.end()
        return [await early, await late, await listen(), list(turn)]

    assert asyncio.run(all_of_them()) == [events] * 4


@pytest.mark.model
def test_the_models_decoding_ends_within_one_pass_of_a_stop(films: Catalogue) -> None:
    llm: Any = build_llm(load_settings(), lambda _: None)
    llm.drafts = False  # a draft that is right would be one pass
    complete, passes = llm.complete, list[Completion]()
    llm.complete = lambda *given: passes.append(complete(*given)) or passes[-1]
    reader = ModelReader.of(llm, films, deadline_s=60.0)
    message = MessageInContext("something like Heat but funnier, no De Niro")
    reader.read_raw(message)
    asked = count()
    with contextlib.suppress(Cancelled):
        reader.read_raw(message, lambda: next(asked) >= 3)
    whole, cut = passes
    assert whole.calls > 6
    assert (cut.stopped, cut.calls) == ("cancelled", 3)
