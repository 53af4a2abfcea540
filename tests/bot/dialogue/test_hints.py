"""Hints of a channel: soft, visible, removable for good, and outweighed by what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue import events as e
from bot.dialogue.coldstart import answered_facets
from bot.dialogue.hints import Hint, HintError, events_for_hints
from bot.dialogue.needs import HINTED, excluded, hard_filter, session, wishes
from bot.dialogue.state import DialogueState, fold
from bot.dialogue.taps import events_for_removal
from bot.messages import RemoveConstraint, UserText
from bot.wiring import scratch_assistant
from ranking.request import FacetWish
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.loader import load_catalogue

FOLDER = Path(__file__).parents[3] / "examples" / "shop"
PAGE = Hint("page", "red", "color")


@pytest.fixture(scope="module")
def shop() -> Catalogue:
    return load_catalogue(FOLDER)


def told(shop: Catalogue, *hints: Hint, state: DialogueState | None = None) -> DialogueState:
    before = state or DialogueState()
    return fold([*before.log, *events_for_hints(hints, before, shop)])


def test_a_hint_is_a_soft_wish_until_its_facet_is_spoken_of(shop: Catalogue) -> None:
    state = told(shop, Hint("page", "RED", "color"))
    assert wishes(state) == (FacetWish("color", "red", HINTED),)
    assert hard_filter(state, shop) is None
    spoken = fold([*state.log, e.ConstraintAdded("color", "blue", 1, True)])
    assert [wish.value for wish in wishes(spoken)] == ["blue"]


def test_the_item_on_the_page_stands_for_taste_until_one_is_named_and_is_not_listed(shop: Catalogue) -> None:
    here, other = shop.items[0].id, shop.items[1].id
    state = told(shop, Hint("page", here))
    assert session(state).liked == (here,)
    assert here in excluded(state)
    assert session(fold([*state.log, e.Reacted(other, "reference")])).liked == (other,)


def test_what_the_channel_states_no_more_goes_and_what_was_removed_stays_away(shop: Catalogue) -> None:
    state = told(shop, PAGE, Hint("page", "wool", "material"))
    moved = told(shop, Hint("page", "wool", "material"), state=state)
    assert [h.value for h in moved.hints] == ["wool"]
    assert [h.value for h in told(shop, PAGE, state=moved).hints] == ["red"]
    removal, _ = events_for_removal("hint:color=red", state)
    gone = fold([*state.log, *removal])
    assert told(shop, PAGE, state=gone).hints == ()
    assert [h.value for h in fold([*gone.log, e.StepBegan(2), e.Undone()]).hints] == ["red", "wool"]


def test_hints_outlive_starting_over(shop: Catalogue) -> None:
    state = told(shop, PAGE)
    assert fold([*state.log, e.StepBegan(1), e.Restarted()]).hints == state.hints


def test_who_the_visitor_is_answers_a_question_and_the_page_does_not(shop: Catalogue) -> None:
    assert answered_facets(told(shop, PAGE)) == ()
    assert answered_facets(told(shop, Hint("age", "red", "color"))) == ("color",)


@pytest.mark.parametrize(
    "hint",
    [
        Hint("stars", "red", "color"),
        Hint("page", "red", "colour"),
        Hint("page", "no such item"),
        Hint("page", "plaid", "color"),
        Hint("page", (None, None), "price"),
        Hint("page", "cheap", "price"),
        Hint("page", (1.0, 2.0)),
    ],
)
def test_what_the_catalogue_does_not_have_is_refused(shop: Catalogue, hint: Hint) -> None:
    with pytest.raises(HintError) as refused:
        events_for_hints([PAGE, hint], DialogueState(), shop)
    assert refused.value.hint


def test_a_hint_is_told_as_a_belief_used_openly_and_removed_by_its_key(shop: Catalogue, tmp_path: Path) -> None:
    assistant = scratch_assistant(shop, tmp_path)
    talk = assistant.open()
    talk.hint([PAGE])
    reply = talk.reply(UserText("show me something"))
    belief = next(b for b in reply.beliefs if b.key == "hint:color=red")
    assert "red" in belief.label
    assert "page" in belief.label
    assert not belief.hard
    assert belief.label in reply.text
    assert sum("red" in (card.facets["color"] or ()) for card in reply.items) >= 3  # type: ignore[operator]
    after = talk.reply(RemoveConstraint(belief.key))
    assert all(b.key != belief.key for b in after.beliefs)
    assistant.close()
