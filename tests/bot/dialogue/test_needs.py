"""What of a state the list goes by: what was passed over gives way."""

from __future__ import annotations

import pytest

from bot.dialogue import events as e
from bot.dialogue.needs import avoided_words, hard_filter, passed_over, toned_down
from bot.dialogue.state import fold
from retrieval.catalogue.item import Catalogue
from retrieval.filters import Has, Not, matches

SHOWN = [e.StepBegan(1), e.Shown(("a", "b")), e.StepBegan(2), e.Said("newer"), e.Shown(("c", "d")), e.StepBegan(3)]
WISH = e.ConstraintAdded("genre", "drama", 1, True)


def test_words_pass_over_all_that_was_shown_and_a_tap_only_what_stood_before_this_list() -> None:
    assert passed_over(fold([*SHOWN, e.Said("drama"), WISH])) == {"a", "b", "c", "d"}
    assert passed_over(fold([*SHOWN, e.Reacted("c", "like")])) == {"a", "b"}
    assert passed_over(fold([e.StepBegan(1), e.Said("drama"), WISH])) == frozenset()


@pytest.mark.parametrize("back", [e.Undone(), e.ConstraintRemoved("genre", "drama"), e.NeedRemoved("x")])
def test_what_is_taken_back_brings_the_list_back(back: e.Event) -> None:
    assert passed_over(fold([*SHOWN, WISH, e.StepBegan(4), e.Said("undo"), back])) == frozenset()


def test_alternatives_are_met_by_any_of_them(shop: Catalogue) -> None:
    red, blue = (e.ConstraintAdded("color", c, 1, True, either=True) for c in ("red", "blue"))
    dress = e.ConstraintAdded("category", "dress", 1, True)
    where = hard_filter(fold([red, blue, dress]), shop)
    assert where is not None
    met = [i for i in shop.items if matches(where, i)]
    dresses = [i for i in shop.items if "dress" in i.values("category")]
    assert met == [i for i in dresses if {"red", "blue"} & {*i.values("color")}]
    assert len(met) > 1
    assert hard_filter(fold([red]), shop) == Has("color", "red")


def test_of_variants_an_avoided_one_leaves_what_comes_in_another(shop: Catalogue) -> None:
    where = hard_filter(fold([e.ConstraintAdded("color", c, -1, True) for c in ("black", "navy")]), shop)
    assert where is not None
    for item in shop.items:
        colours = {*item.values("color")}
        assert matches(where, item) == (not colours or bool(colours - {"black", "navy"}))
    assert any(matches(where, i) and "black" in i.values("color") for i in shop.items)
    avoided = hard_filter(fold([e.ConstraintAdded("category", "jacket", -1, True)]), shop)
    assert avoided == Not(Has("category", "jacket"))


@pytest.mark.parametrize(
    ("text", "less"),
    [
        ("less violent", "violent"),
        ("not too scary", "scary"),
        ("nothing too sad", "sad"),
        ("violent", ""),
        ("less", ""),
    ],
)
def test_what_is_to_be_less_of(text: str, less: str) -> None:
    assert toned_down(text) == less


def test_what_is_refused_in_words_is_to_be_less_of_too() -> None:
    state = fold([e.NeedAdded("gory", -1), e.NeedAdded("less violent", 1), e.NeedAdded("moody", 1)])
    assert avoided_words(state) == ("gory", "violent")
