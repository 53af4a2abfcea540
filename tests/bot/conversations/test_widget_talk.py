"""The target `widget:` without a browser: what a script sees is the page's, and what cannot be done there is told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.conversations.benches import Lane
from bot.conversations.collection import check_lane
from bot.conversations.http_talk import TargetError
from bot.conversations.loading import Case, load_cases
from bot.conversations.nodes import ScriptError
from bot.conversations.widget_page import Screen, screen_of
from bot.conversations.widget_talk import WidgetPages, context_of, shown
from bot.dialogue.hints import Hint
from bot.messages import Belief, Chip, ItemCard, Reply, UserAction, UserText

HERON = ItemCard("heron", "The Tin Heron", 0.9, "Cosy", {"price": 33.0})
ORYX = ItemCard("oryx", "The Oryx", 0.8, "Close by", {"price": 20.0})
REPLY = Reply(
    reading=None,
    act="recommend",
    items=(HERON, ORYX),
    text="Here are two.",
    chips=(Chip("Cheaper", "cheaper"),),
    beliefs=(Belief("price=..40", "up to €40", True, 1),),
)
WHOLE = Screen(
    (("heron", "The Tin Heron", "Cosy"), ("oryx", "The Oryx", "Close by")),
    "Here are two.",
    ("Cheaper",),
    ("up to €40",),
)
THROUGH = Lane(target="widget:http://127.0.0.1:1")


@pytest.fixture
def case(tmp_path: Path) -> Callable[[str], Case]:
    def of(turn: str) -> Case:
        script = tmp_path / "w.conv.yaml"
        script.write_text(f"reader: rules\nconversations:\n- name: w\n  turns:\n  - user: hello\n  - {turn}\n", "utf-8")
        return load_cases(script)[0]

    return of


def test_a_page_that_shows_everything_shows_the_reply() -> None:
    assert shown(REPLY, WHOLE, UserText("two")) == REPLY


@pytest.mark.parametrize(
    ("screen", "seen"),
    [
        (replace(WHOLE, cards=WHOLE.cards[1:]), lambda reply: reply.items == (ORYX,)),
        (replace(WHOLE, cards=WHOLE.cards[::-1]), lambda reply: reply.items == (ORYX, HERON)),
        (replace(WHOLE, cards=(("heron", "Heron", "Cosy"),)), lambda reply: reply.items[0].title == "Heron"),
        (replace(WHOLE, cards=(("swan", "Swan", ""),)), lambda reply: reply.items[0].id == "swan"),
        (replace(WHOLE, text="Here are"), lambda reply: reply.text == "Here are"),
        (replace(WHOLE, chips=()), lambda reply: reply.chips == ()),
        (replace(WHOLE, beliefs=("up to €4",)), lambda reply: reply.beliefs[0].label == "up to €4"),
    ],
)
def test_what_the_page_does_otherwise_is_seen(screen: Screen, seen: Callable[[Reply], bool]) -> None:
    assert seen(shown(REPLY, screen, UserText("two")))


def test_the_widgets_own_undo_is_no_suggestion_of_the_answer() -> None:
    with_undo = replace(WHOLE, chips=("Undo", "Cheaper"))
    assert shown(REPLY, with_undo, UserAction("like", "heron")).chips == REPLY.chips
    assert [chip.label for chip in shown(REPLY, with_undo, UserText("two")).chips] == ["Undo", "Cheaper"]


def test_words_and_tables_are_read_back() -> None:
    parts = [{"text": "Side by side:"}, {"rows": [["", "A", "B"], ["price", "€9", "€12"]]}]
    found = {"cards": [["a", "A", ""]], "parts": parts, "chips": ["Cheaper"], "beliefs": []}
    text = "Side by side:\n|  | A | B |\n|---|---|---|\n| price | €9 | €12 |"
    assert screen_of(found) == Screen((("a", "A", ""),), text, ("Cheaper",), ())


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        ("action: {kind: accept, item: heat-1995}", "nothing to tap for accept"),
        ("novelty: 0.8", "nothing to tap for this step: novelty"),
        ("action: {kind: click, item: heat-1995}", "nothing to tap for click"),
        ("rewind: true", "nothing to tap for this step: rewind"),
        ("hints: {language: {facets: {language: Spanish}}}", None),
        ("action: {kind: more, item: heat-1995}", None),
        ("restart: server", "restarts are not ours"),
        ("action: {kind: like, item: heat-1995}", None),
        ("action: {kind: undo}", None),
        ("new: true", None),
    ],
)
def test_what_a_visitor_of_the_widget_cannot_do_is_not_run(
    case: Callable[[str], Case], turn: str, reason: str | None
) -> None:
    told = THROUGH.cannot(case(turn))
    assert (told is None) if reason is None else (told is not None and reason in told)


def test_a_page_states_all_that_it_knows_at_once() -> None:
    hints = [Hint("page", "heron"), Hint("age", (None, 40.0), "price"), Hint("page", "Thai", "cuisine")]
    unknown = {"page": None, "item": None, "language": None, "place": None, "age_band": None}
    told = {"page": {"cuisine": ["Thai"]}, "item": "heron", "age_band": {"facets": {"price": [None, 40.0]}}}
    assert context_of(hints) == {**unknown, **told}
    assert context_of([]) == unknown


def test_the_target_is_an_address() -> None:
    check_lane(THROUGH, in_ci=True)
    with pytest.raises(ScriptError, match="no target 'widget:localhost'"):
        check_lane(Lane(target="widget:localhost"), in_ci=True)


def test_without_playwright_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(TargetError, match="needs Playwright") as raised:
        WidgetPages("http://127.0.0.1:1")
    assert "pip install playwright" in raised.value.hint
