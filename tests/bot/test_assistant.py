"""The turn as a whole, on the shop, without weights: order of events, state, memory, honesty about failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.dialogue.state import fold
from bot.messages import NewConversation, RemoveConstraint, UserAction, UserText
from bot.recommending import recommend
from bot.understanding.reading import Intent, MessageInContext
from bot.understanding.rules import RuleReading
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue
from retrieval.errors import ChatalogueError


@pytest.fixture
def assistant(shop: Catalogue, tmp_path: Path) -> Assistant:
    return scratch_assistant(shop, tmp_path)


def test_a_turn_shows_cards_before_prose_and_ends_with_done(assistant: Assistant) -> None:
    kinds = [event.kind for event in assistant.open("v").turn(UserText("a black jacket under 150 dollars"))]
    assert kinds[0] == "status"
    assert kinds.index("understood") < kinds.index("items") < kinds.index("delta")
    assert kinds[-1] == "done"


def test_the_list_satisfies_what_was_asked(assistant: Assistant) -> None:
    reply = assistant.open("v").reply(UserText("a black jacket under 150 dollars, not from Patagonia"))
    assert reply.act == "recommend"
    assert len(reply.items) == 5
    for card in reply.items:
        assert "black" in card.facets["color"]  # type: ignore[operator]
        assert float(card.facets["price"]) <= 150  # type: ignore[arg-type]
        assert "Patagonia" not in card.facets["brand"]  # type: ignore[operator]


def test_state_is_the_fold_of_the_events(assistant: Assistant) -> None:
    talk = assistant.open("v")
    first = talk.reply(UserText("a warm jacket"))
    talk.reply(UserAction("dislike", first.items[0].id))
    talk.reply(UserText("under 100 dollars"))
    talk.reply(UserAction("undo"))
    assert fold(talk.events) == talk.state


def test_a_dislike_changes_the_next_list_and_undo_allows_it_again(assistant: Assistant) -> None:
    talk = assistant.open("v")
    disliked = talk.reply(UserText("a jacket")).items[0].id
    after = talk.reply(UserAction("dislike", disliked))
    assert disliked not in [card.id for card in after.items]
    assert talk.state.refused == (disliked,)
    talk.reply(UserAction("undo"))
    assert talk.state.refused == ()


def test_reactions_survive_a_restart(shop: Catalogue, tmp_path: Path) -> None:
    talk = scratch_assistant(shop, tmp_path).open("ann")
    items = talk.reply(UserText("a jacket")).items
    talk.reply(UserAction("dislike", items[0].id))
    talk.reply(UserAction("like", items[1].id))

    again = scratch_assistant(shop, tmp_path).open("ann")
    shown = {card.id for card in again.reply(UserText("a jacket")).items}
    assert items[0].id not in shown
    stranger = scratch_assistant(shop, tmp_path).open("bob")
    assert items[0].id in {card.id for card in stranger.reply(UserText("a jacket")).items}


def test_forgetting_deletes_after_a_yes_only(shop: Catalogue, tmp_path: Path) -> None:
    assistant = scratch_assistant(shop, tmp_path)
    talk = assistant.open("ann")
    disliked = talk.reply(UserText("a jacket")).items[0].id
    talk.reply(UserAction("dislike", disliked))
    talk.reply(UserText("forget everything about me"))
    assert assistant.stages.memory.visitor("ann").history.disliked == (disliked,)
    reply = talk.reply(UserText("yes"))
    assert assistant.stages.memory.visitor("ann").history.disliked == ()
    assert reply.beliefs == ()
    assert talk.events == ()


def test_nothing_is_stored_of_the_step_that_forgets(assistant: Assistant) -> None:
    talk = assistant.open("anna")
    shown = talk.reply(UserText("a sweater")).items
    talk.reply(UserAction("dislike", shown[0].id))
    talk.reply(UserText("forget everything about me"))
    talk.reply(UserText("yes"))
    assert assistant.stages.memory.store.forget("anna") == 0


def test_impressions_are_recorded_with_position_list_and_ranker(assistant: Assistant) -> None:
    shown = [card.id for card in assistant.open("ann").reply(UserText("a jacket")).items]
    rows = [r for r in assistant.stages.memory.store.of_user("ann") if r.event == "impression"]
    assert [r.item for r in rows] == shown
    assert [r.context["position"] for r in rows] == [1, 2, 3, 4, 5]
    assert len({r.context["list"] for r in rows}) == 1
    assert all(r.context["ranker"] and 0 < r.context["propensity"] <= 1 for r in rows)


def test_removing_a_belief_lifts_it(assistant: Assistant) -> None:
    talk = assistant.open(None)
    reply = talk.reply(UserText("a red jacket"))
    red = next(b for b in reply.beliefs if "red" in b.label.casefold())
    after = talk.reply(RemoveConstraint(red.key))
    assert red.key not in {b.key for b in after.beliefs}
    assert after.act == "recommend"


def test_starting_over_forgets_wishes_but_not_the_visitor(assistant: Assistant) -> None:
    talk = assistant.open("ann")
    disliked = talk.reply(UserText("a red jacket")).items[0].id
    talk.reply(UserAction("dislike", disliked))
    talk.reply(NewConversation())
    assert talk.state.constraints == ()
    assert disliked not in {card.id for card in talk.reply(UserText("a red jacket")).items}


def test_nothing_matches_says_so_and_offers_ways_out(assistant: Assistant) -> None:
    reply = assistant.open(None).reply(UserText("a black jacket under 3 dollars"))
    assert reply.items == ()
    assert reply.act == "recommend"
    assert reply.chips
    assert "3" in reply.text


@pytest.mark.parametrize("k", [1, 7, 40])
def test_recommend_gives_k_items_and_repeats_nothing_named(assistant: Assistant, k: int) -> None:
    named = assistant.catalogue.items[3]
    turns = (("user", "hi"), ("assistant", f"How about {named.title}?"), ("user", "no, anything else?"))
    found = recommend(assistant, turns, k)
    cards, ms = found.picked.cards, found.ms
    assert len(cards) == k
    assert named.id not in {card.id for card in cards}
    assert ms > 0


def test_a_failing_stage_is_answered_honestly(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret internals")

    monkeypatch.setattr(assistant.stages.picker, "pick", broken)
    last = list(assistant.open(None).turn(UserText("a jacket")))[-1]
    assert last.kind == "error"
    assert "secret" not in str(last.data)


def test_an_error_of_ours_keeps_its_hint(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise ChatalogueError("the disk is full", hint="free some space")

    monkeypatch.setattr(assistant.stages.picker, "pick", full)
    last = list(assistant.open(None).turn(UserText("a jacket")))[-1]
    assert last.data == {"message": "the disk is full", "hint": "free some space"}


def test_replies_are_short_and_do_not_shout(assistant: Assistant) -> None:
    talk = assistant.open(None)
    for text in ("hi", "a warm coat", "something cheaper", "what sizes does the first come in?", "thanks, bye"):
        reply = talk.reply(UserText(text))
        assert 0 < len(reply.text.split()) < 60
        assert "!" not in reply.text


def test_an_undo_by_name_takes_back_that_and_nothing_else(assistant: Assistant) -> None:
    talk = assistant.open(None)
    talk.reply(UserText("a red jacket"))
    talk.reply(UserText("under 300 dollars"))
    reply = talk.reply(UserText("never mind the color"))
    assert {c.facet for c in talk.state.constraints} == {"category", "price"}
    assert reply.act == "confirm"
    assert len(reply.items) == 5


def test_an_undo_of_what_was_never_said_undoes_nothing(assistant: Assistant) -> None:
    talk = assistant.open(None)
    talk.reply(UserText("a red jacket"))
    before = talk.state.constraints
    talk.reply(UserText("never mind the brand"))
    assert talk.state.constraints == before


def test_cheaper_means_cheaper_than_what_is_shown(assistant: Assistant) -> None:
    talk = assistant.open(None)
    shown = talk.reply(UserText("a jacket")).items
    reply = talk.reply(UserText("cheaper"))
    middle = sorted(float(card.facets["price"]) for card in shown)[2]  # type: ignore[arg-type]
    assert reply.items
    assert all(float(card.facets["price"]) < middle for card in reply.items)  # type: ignore[arg-type]


def test_when_all_was_shown_it_is_shown_again_and_said(assistant: Assistant) -> None:
    talk = assistant.open(None)
    first = talk.reply(UserText("ties"))
    assert 0 < len(first.items) < 5
    again = talk.reply(UserText("something else"))
    assert {card.id for card in again.items} == {card.id for card in first.items}
    assert "all" in again.text
    assert "Nothing matches" not in again.text


def test_a_no_keeps_what_a_yes_would_have_deleted(assistant: Assistant) -> None:
    talk = assistant.open("ann")
    talk.reply(UserAction("dislike", talk.reply(UserText("a jacket")).items[0].id))
    talk.reply(UserText("forget everything about me"))
    assert "Kept" in talk.reply(UserText("nope")).text
    assert assistant.stages.memory.visitor("ann").history.disliked


@pytest.mark.parametrize("text", ["", "   ", "😀😀🔥", "?!", "x" * 5_000])
def test_what_cannot_be_read_is_refused_without_reading(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(assistant.stages.reader, "_rules", None)  # would fail if it were asked
    reply = assistant.open(None).reply(UserText(text))
    assert reply.act == "refuse"
    assert reply.items == ()


def test_words_that_are_refused_rule_out_what_mentions_them(assistant: Assistant) -> None:
    talk = assistant.open(None)
    mentioning = {i.id for i in assistant.catalogue.items if "hood" in f"{i.title} {i.text}".casefold().split()}
    assert mentioning
    cards = recommend(assistant, (("user", "a jacket"), ("user", "no hood")), 60).picked.cards
    assert talk.state.needs == ()
    assert mentioning.isdisjoint(card.id for card in cards)


class _Deaf:
    """A model that understands nothing; `heard` is what it was asked."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def read_raw(self, message: MessageInContext, cancelled: object = None, /) -> RuleReading:
        self.heard.append(message.message)
        return RuleReading(Intent.OTHER, ())


def test_a_tapped_chip_is_read_by_the_rules_and_only_once_offered(shop: Catalogue, tmp_path: Path) -> None:
    model = _Deaf()
    talk = scratch_assistant(shop, tmp_path, model).open()
    chips = talk.reply(UserText("hm")).chips
    assert chips
    reply = talk.reply(UserText(f" {chips[0].text.upper()} "))
    assert model.heard == ["hm"]
    assert reply.reading is not None
    assert (reply.reading.source, reply.reading.degraded) == ("rules", None)
    talk.reply(UserText("not a chip"))
    assert model.heard == ["hm", "not a chip"]
    gone = next(c.text for c in chips if c.text not in {x.text for x in talk.reply(UserText("bye")).chips})
    talk.reply(UserText(gone))
    assert model.heard[-1] == gone
