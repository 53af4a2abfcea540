"""The page comes back to where it was left, also in two tabs, and its memory panel shows, takes back and forgets."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import escape, unescape
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.assistant import Assistant
from bot.transcript import Line, transcript
from bot.web.frame import Here
from bot.web.kept import Kept
from bot.web.memory_panel import MemoryPanel
from bot.web.page import RESUMED_S, Page
from bot.web.visits import Visits
from bot.web.words import words_in
from bot.wiring import scratch_assistant
from bot.world import World
from ranking.storage import StorageError
from retrieval.catalogue.item import Catalogue
from tests.bot.web.conftest import arrive

GONE, LONG_AGO = words_in("en")("gone"), words_in("en")("long_ago")
INCOGNITO, FORGOTTEN = words_in("en")("incognito_on"), words_in("en")("forgotten")

# -- reloading ---------------------------------------------------------------------------------------------------------


def _without_reasons(html: str) -> str:
    """What the score of a pick is made of is known to the process that picked, and to no other."""
    return re.sub("<details.*?</details>", "", html)


def test_a_reloaded_page_stands_where_it_stood_also_after_a_restart(shop: Catalogue, tmp_path: Path) -> None:
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    tab.say("a red jacket, no wool")
    tab.tap("dislike", shop.items[0].id)
    tab.say("what do you know about me?")
    for visits in (tab.page.visits, Visits(scratch_assistant(shop, tmp_path))):
        again = arrive(Page(visits), json.loads(json.dumps(tab.kept)))
        assert again.dialogue == tab.dialogue[1:]  # without the greeting
        assert _without_reasons(again.cards) == _without_reasons(tab.cards)
        for part in ("kept", "beliefs", "chips", "tools"):
            assert getattr(again, part) == getattr(tab, part), part
        assert again.here.visit == tab.kept["conversation"]


def test_nothing_is_kept_of_a_conversation_before_something_is_said(shop: Catalogue, tmp_path: Path) -> None:
    page = Page(Visits(scratch_assistant(shop, tmp_path)))
    tab = arrive(page)
    assert tab.kept["conversation"] is None
    again = arrive(page, tab.kept)
    assert again.kept["visitor"] == tab.kept["visitor"]
    assert [turn["content"] for turn in again.dialogue] == [turn["content"] for turn in tab.dialogue]


def test_a_conversation_that_is_gone_or_another_visitors_is_a_new_one_and_it_is_said(
    shop: Catalogue, tmp_path: Path
) -> None:
    page = Page(Visits(scratch_assistant(shop, tmp_path)))
    other = arrive(page)
    other.say("a red jacket")
    mine = arrive(page)
    for conversation in ("A" * 22, other.kept["conversation"]):
        again = arrive(page, {**mine.kept, "conversation": conversation})
        assert len(again.dialogue) == 1
        assert again.dialogue[0]["content"].startswith(GONE)
        assert again.kept == {**mine.kept, "conversation": None}
        assert again.here.visit != conversation
        assert "red" not in again.beliefs


def test_a_conversation_of_long_ago_is_not_gone_on_with(shop: Catalogue, tmp_path: Path) -> None:
    now = [1_768_478_400.0]
    page = Page(Visits(scratch_assistant(shop, tmp_path, world=World(now=lambda: now[0]))))
    tab = arrive(page)
    tab.say("a red jacket")
    now[0] += RESUMED_S
    assert len(arrive(page, tab.kept).dialogue) == 2
    now[0] += 1
    assert arrive(page, tab.kept).dialogue[0]["content"].startswith(LONG_AGO)


@pytest.mark.parametrize(
    "stored",
    [None, [], "x", 3, {}, {"visitor": "anna"}, {"visitor": "page-"}, {"visitor": "terminal"}, {"visitor": ["page-"]},
     {"visitor": "page-" + "A" * 21 + "\n"}],
)  # fmt: skip
def test_a_visitor_whom_the_page_did_not_name_is_a_new_one(stored: object) -> None:
    kept = Kept.read(stored)
    assert re.fullmatch(r"page-[A-Za-z0-9_-]{22}", kept.visitor)
    assert kept.visitor != Kept.read(stored).visitor
    assert kept.conversation is None


def test_what_the_page_kept_is_read_again_and_a_broken_conversation_is_left_out() -> None:
    kept = Kept.nobody().going_on_with("c" * 22)
    assert Kept.read(json.loads(json.dumps(kept.json()))) == kept
    for wrong in ("c" * 23, 3, "c" * 21 + "'", {"$gt": ""}):
        assert Kept.read({**kept.json(), "conversation": wrong}).conversation is None


def test_a_tab_that_the_server_does_not_know_goes_on_with_what_the_browser_kept(
    shop: Catalogue, tmp_path: Path
) -> None:
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    tab.say("a red jacket")
    tab.page, tab.here = Page(Visits(scratch_assistant(shop, tmp_path))), Here()
    tab.say("cheaper")
    assert [turn["content"] for turn in tab.dialogue if turn["role"] == "user"] == ["a red jacket", "cheaper"]
    lost = arrive(tab.page)
    lost.here = Here("gone")
    lost.say("a jacket")
    assert lost.dialogue[0]["content"] == GONE
    assert lost.cards.count('<li class="cg-card"') == 5


def test_a_clean_page_stays_clean_when_it_is_reloaded(shop: Catalogue, tmp_path: Path) -> None:
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    tab.say("a red jacket")
    tab.does(tab.page.restart(tab.kept, tab.here))
    assert [turn["role"] for turn in tab.dialogue] == ["assistant"]
    assert "red" not in tab.beliefs
    assert arrive(tab.page, tab.kept).dialogue[-1] == tab.dialogue[-1]


def test_a_turn_whose_page_has_gone_is_finished_and_drawn_by_the_next(
    shop: Catalogue, tmp_path: Path, reading: Callable[..., Assistant]
) -> None:
    may_read = threading.Event()
    assistant = reading(scratch_assistant(shop, tmp_path), lambda: may_read.wait(10))
    page = Page(Visits(assistant))
    tab = arrive(page)
    may_read.set()
    tab.say("a jacket")
    may_read.clear()
    leaving = page.say("a blue one", tab.kept, tab.here, tab.dialogue)
    next(leaving)  # drawn as being on its way
    threading.Timer(0.2, may_read.set).start()
    next(leaving)  # its turn has begun
    leaving.close()
    again = arrive(page, tab.kept)
    assert again.dialogue[-2]["content"] == "a blue one"
    assert again.dialogue[-1]["content"] not in ("", "…")


def test_two_tabs_on_one_conversation_lose_no_turn_and_mix_no_answer(shop: Catalogue, tmp_path: Path) -> None:
    page = Page(Visits(scratch_assistant(shop, tmp_path)))
    first = arrive(page)
    first.say("a jacket")
    second = arrive(page, first.kept)
    wishes = {"red": first, "blue": second, "no wool": first, "under 100 dollars": second}
    with ThreadPoolExecutor(4) as pool:
        frames = list(pool.map(lambda w: (w, list(page.say(w, wishes[w].kept, wishes[w].here, []))[-1]), wishes))
    lines = transcript(page.visits.between_steps(first.here.visit)[0], {})
    said = [line.text for line in lines if line.role == "user"]
    assert sorted(said) == sorted(["a jacket", *wishes])
    assert [line.role for line in lines] == ["user", "assistant"] * 5
    answers = {said: answer.text for said, answer in zip(lines[::2], lines[1::2], strict=True)}
    for wish, frame in frames:
        own = next(n for n, turn in enumerate(frame[3]) if turn["content"] == wish)
        assert unescape(frame[3][own + 1]["content"]) == answers[Line("user", wish)]
    assert len(arrive(page, first.kept).dialogue) == 10


# -- memory ------------------------------------------------------------------------------------------------------------


def test_what_is_known_is_seen_taken_back_and_counts_no_more(shop: Catalogue, tmp_path: Path) -> None:
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    panel = MemoryPanel(tab.page)
    assert "Nothing yet" in panel.look(tab.kept)
    tab.say("I love wool and I can't stand <b>red</b>")
    tab.tap("dislike", shop.items[0].id)
    seen = panel.look(tab.kept)
    assert 'data-value="material=wool"' in seen
    assert "not red" in seen
    assert "&lt;b&gt;" in seen
    assert "<b>" not in seen
    assert escape(shop.items[0].title) in seen
    for key in ("material=wool", f"item:{shop.items[0].id}"):
        event = SimpleNamespace(_data={"kind": "unlearn", "value": key})
        frames = tab.does(panel.take_back(tab.kept, tab.here, tab.dialogue, event))  # type: ignore[arg-type]
        assert key not in frames[-1][-1]
        assert "not red" in frames[-1][-1]
        assert key not in tab.beliefs
    assert "wool" not in tab.page.visits.assistant.stages.memory.profile(tab.kept["visitor"])["interests"][0]["key"]


@pytest.mark.parametrize(
    "data", [None, {}, {"kind": "unlearn"}, {"kind": "like", "value": "x"}, {"kind": "unlearn", "value": 3}]
)
def test_a_payload_that_is_no_entry_takes_nothing_back(shop: Catalogue, tmp_path: Path, data: object) -> None:
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    tab.say("I love wool")
    panel = MemoryPanel(tab.page)
    event = SimpleNamespace(_data=data)
    tab.does(panel.take_back(tab.kept, tab.here, tab.dialogue, event))  # type: ignore[arg-type]
    assert "material=wool" in panel.look(tab.kept)


def test_the_export_is_all_and_forgetting_leaves_nothing(shop: Catalogue, tmp_path: Path) -> None:
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    tab.say("I love wool")
    panel, before = MemoryPanel(tab.page), dict(tab.kept)
    exported = json.loads(panel.export(tab.kept))
    assert exported["user"] == tab.kept["visitor"]
    assert [c["conversation"] for c in exported["conversations"]] == [tab.here.visit]
    (frame,) = tab.does([panel.forget(tab.kept)])
    assert tab.dialogue == [{"role": "assistant", "content": FORGOTTEN}]
    assert "Nothing yet" in frame[-1]
    assert tab.kept["visitor"] != before["visitor"]
    gone = json.loads(panel.export(before))
    assert [gone[part] for part in ("interests", "conversations", "statements", "interactions")] == [[], [], [], []]
    assert arrive(tab.page, before).dialogue[0]["content"].startswith(GONE)


def test_incognito_leaves_no_trace_and_no_conversation_to_go_on_with(shop: Catalogue, tmp_path: Path) -> None:
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    tab.say("I love wool")
    memory = tab.page.visits.assistant.stages.memory
    before = memory.export(tab.kept["visitor"])
    tab.does([tab.page.switch(True, tab.kept)])
    assert tab.dialogue[0]["content"] == INCOGNITO
    tab.say("I can't stand red")
    assert tab.kept == {**tab.kept, "conversation": None, "incognito": True}
    assert memory.export(tab.kept["visitor"]) == before
    again = arrive(tab.page, tab.kept)
    assert again.dialogue[0]["content"].startswith(INCOGNITO)
    assert "red" not in again.beliefs
    tab.does([tab.page.switch(False, tab.kept)])
    tab.say("I can't stand red")
    assert tab.kept["conversation"] == tab.here.visit
    assert memory.export(tab.kept["visitor"]) != before


def test_a_database_that_fails_is_told_in_the_panel(
    shop: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = arrive(Page(Visits(scratch_assistant(shop, tmp_path))))
    panel = MemoryPanel(tab.page)

    def fails(*_: object) -> None:
        raise StorageError("the disk is full", hint="free some space")

    for name in ("interests", "forget", "correct", "export"):
        monkeypatch.setattr(tab.page.visits.assistant.stages.memory, name, fails)
    event = SimpleNamespace(_data={"kind": "unlearn", "value": "material=wool"})
    taken_back = list(panel.take_back(tab.kept, tab.here, [], event))  # type: ignore[arg-type]
    for told in (panel.look(tab.kept), taken_back[-1][-1], panel.forget(tab.kept)[-1]):
        assert "the disk is full" in told
    assert panel.export(tab.kept) == ""
