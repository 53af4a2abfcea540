"""What the page does beyond saying: again, changed, stopped, side by side, weighed; history; what is watched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.assistant import Assistant
from bot.web.frame import Frame
from bot.web.history_panel import HistoryPanel
from bot.web.kept import Kept
from bot.web.page import Page
from bot.web.visits import Visits
from bot.web.words import words_in
from bot.wiring import scratch_assistant
from ranking.storage import StorageError
from retrieval.catalogue.item import Catalogue
from tests.bot.web.conftest import Tab, arrive


@pytest.fixture(scope="module")
def page(shop: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return Page(Visits(scratch_assistant(shop, tmp_path_factory.mktemp("page"))))


@pytest.fixture
def tab(page: Page) -> Tab:
    tab = arrive(page)
    tab.say("I love wool, a red jacket")
    return tab


def said(tab: Tab) -> list[str]:
    return [turn["content"] for turn in tab.dialogue if turn["role"] == "user"]


def test_what_is_said_again_takes_the_place_of_itself(tab: Tab) -> None:
    before = (list(tab.dialogue), tab.cards, tab.beliefs, tab.chips, tab.tools)
    tab.tap("retry", "retry")
    assert (tab.dialogue, tab.cards, tab.beliefs, tab.chips, tab.tools) == before


def test_a_second_tap_before_the_first_is_answered_takes_no_other_message_back(tab: Tab, page: Page) -> None:
    tab.say("blue")
    event = SimpleNamespace(_data={"kind": "retry", "value": "retry"})
    first = page.tap(tab.kept, tab.here, tab.dialogue, event)  # type: ignore[arg-type]
    frames = [next(first)]
    tab.tap("edit", "edit")
    tab.does([*frames, *first])
    assert said(tab) == ["I love wool, a red jacket", "blue"]


def test_a_message_to_be_changed_is_in_the_box_and_was_never_said(tab: Tab, page: Page) -> None:
    cards = tab.cards
    tab.say("I love nylon, cheaper")
    tab.tap("edit", "edit")
    assert (tab.box, tab.cards, said(tab)) == ("I love nylon, cheaper", cards, ["I love wool, a red jacket"])
    known = page.visits.assistant.stages.memory.interests(tab.kept["visitor"])
    assert [interest.key for interest in known] == ["material=wool"]
    tab.tap("edit", "edit")
    assert (tab.box, said(tab), tab.tools) == ("I love wool, a red jacket", [], "")


def test_a_tap_is_neither_said_again_nor_changed(tab: Tab, shop: Catalogue) -> None:
    tab.tap("like", shop.items[0].id)
    assert tab.tools == ""
    before = list(tab.dialogue)
    tab.tap("retry", "retry")
    assert tab.dialogue == before


def test_a_stopped_turn_has_never_been_and_its_words_are_in_the_box(
    shop: Catalogue, tmp_path: Path, reading: Callable[..., Assistant]
) -> None:
    stop: list[Callable[[], object]] = []
    assistant = reading(scratch_assistant(shop, tmp_path), lambda: [one() for one in stop])
    tab = arrive(Page(Visits(assistant)))
    tab.say("a red jacket")
    before = (tab.cards, tab.beliefs, tab.chips, tab.tools)
    stop.append(lambda: tab.tap("stop", "stop"))
    tab.say("I love wool")
    assert (tab.box, said(tab)) == ("I love wool", ["a red jacket"])
    assert (tab.cards, tab.beliefs, tab.chips, tab.tools) == before


def test_items_side_by_side_are_no_turn(tab: Tab, shop: Catalogue) -> None:
    conversation = tab.page.visits.conversation(tab.here.visit)
    assert conversation is not None
    events, cards = conversation.events, tab.cards
    tab.tap("compare", "\n".join(item.id for item in shop.items[:3]))
    assert "cg-side" in tab.cards
    tab.tap("list", "list")
    assert tab.cards == cards
    assert conversation.events == events


def test_a_wish_is_made_a_must_and_the_dial_is_set(tab: Tab) -> None:
    tab.tap("must", "material=wool")
    assert "wool is a must" in tab.beliefs
    tab.tap("undo", "undo")
    assert "wool is a wish" in tab.beliefs
    tab.tap("tune", "1")
    assert 'value="1"' in tab.cards


def test_more_like_this_is_no_like(tab: Tab, page: Page, shop: Catalogue) -> None:
    tab.tap("more", shop.items[0].id)
    assert said(tab)[-1].startswith("More like ")
    assert page.visits.assistant.stages.memory.profile(tab.kept["visitor"])["liked"] == []
    assert 'aria-pressed="true"' not in tab.cards


def test_a_card_that_is_read_is_stored_and_of_an_incognito_visit_nothing(tab: Tab, page: Page, shop: Catalogue) -> None:
    store = page.visits.assistant.stages.memory.store
    item = shop.items[0].id
    tab.tap("view", item)
    tab.tap("dwell", f"{item}\n12.5")
    rows = [row for row in store.of_user(tab.kept["visitor"], impressions=False) if row.item == item]
    assert [(row.event, row.value) for row in rows] == [("view", None), ("dwell", 12.5)]
    assert {row.context["conversation"] for row in rows} == {tab.here.visit}
    hidden = arrive(page, {**Kept.nobody().json(), "incognito": True})
    hidden.tap("dwell", f"{item}\n12.5")
    assert store.of_user(hidden.kept["visitor"]) == []


class Drawer:
    """The history panel with what it shows of a tab."""

    def __init__(self, tab: Tab) -> None:
        self.tab, self.panel = tab, HistoryPanel(tab.page)

    def look(self) -> str:
        return self.panel.look(self.tab.kept, self.tab.here)

    def tap(self, kind: str, value: str) -> tuple[object, ...]:
        event = SimpleNamespace(_data={"kind": kind, "value": value})
        return self.tab.does(self.panel.tap(self.tab.kept, self.tab.here, event))[-1]  # type: ignore[arg-type]


def test_conversations_are_listed_by_their_first_words_and_gone_on_with(tab: Tab, page: Page) -> None:
    first = tab.here.visit
    tab.does([page.switch(False, tab.kept)])
    tab.say("<b>a hat</b>")
    drawer = Drawer(tab)
    listed = drawer.look()
    assert listed.index("&lt;b&gt;a hat") < listed.index("I love wool, a red jacket")
    assert listed.count("open now") == 1
    drawer.tap("resume", first)
    assert (said(tab), tab.here.visit, tab.kept["conversation"]) == (["I love wool, a red jacket"], first, first)
    tab.say("cheaper")
    assert said(tab)[-1] == "cheaper"


def test_a_conversation_is_deleted_by_its_visitor_alone_and_the_taste_stays(tab: Tab, page: Page) -> None:
    other = Drawer(arrive(page))
    for kind in ("resume", "delete"):
        other.tap(kind, tab.here.visit)
    assert said(other.tab) == []
    drawer = Drawer(tab)
    assert "I love wool" in drawer.look()
    gone = tab.here.visit
    drawer.tap("delete", gone)
    assert "Nothing yet" in drawer.look()
    assert (said(tab), tab.kept["conversation"]) == ([], None)
    assert page.visits.assistant.resume(gone) is None
    known = page.visits.assistant.stages.memory.interests(tab.kept["visitor"])
    assert [interest.key for interest in known] == ["material=wool"]


@pytest.mark.parametrize("data", [("resume", "x"), ("delete", "' or 1=1"), ("like", "A" * 22), ("resume", "A" * 22)])
def test_a_payload_that_is_no_conversation_changes_nothing(tab: Tab, data: tuple[str, str]) -> None:
    drawer = Drawer(tab)
    before = drawer.look()
    drawer.tap(*data)
    assert "I love wool" in before
    assert tab.kept["visitor"]
    assert "I love wool" in drawer.look()


def test_a_database_that_fails_is_told_in_the_history(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise StorageError("the disk is full", hint="free some space")

    drawer = Drawer(tab)
    for name in ("beginnings", "delete"):
        monkeypatch.setattr(tab.page.visits.assistant.stages.memory.conversations, name, fails)
    assert "the disk is full" in drawer.look()
    assert "the disk is full" in str(drawer.tap("delete", tab.here.visit)[len(Frame())])


def test_a_spanish_browser_is_greeted_and_drawn_in_spanish(page: Page) -> None:
    request = SimpleNamespace(headers={"accept-language": "es-MX,es;q=0.9"})
    frame = page.arrive(None, request)  # type: ignore[arg-type]
    assert frame.kept["language"] == "es"
    greeting = frame.dialogue[0]["content"]
    assert greeting != arrive(page).dialogue[0]["content"]
    assert words_in("es")("empty") in frame.cards
    tab = Tab(page, *frame[1:])
    tab.say("busco una chaqueta roja")
    assert words_in("es")("like") in tab.cards
    tab.tap("like", page.visits.assistant.catalogue.items[0].id)
    assert said(tab)[-1].startswith("Me gusta ")
