"""What of a state the list goes by: what was passed over gives way."""

from __future__ import annotations

import pytest

from bot.dialogue import events as e
from bot.dialogue.needs import passed_over
from bot.dialogue.state import fold

SHOWN = [e.StepBegan(1), e.Shown(("a", "b")), e.StepBegan(2), e.Said("newer"), e.Shown(("c", "d")), e.StepBegan(3)]
WISH = e.ConstraintAdded("genre", "drama", 1, True)


def test_words_pass_over_all_that_was_shown_and_a_tap_only_what_stood_before_this_list() -> None:
    assert passed_over(fold([*SHOWN, e.Said("drama"), WISH])) == {"a", "b", "c", "d"}
    assert passed_over(fold([*SHOWN, e.Reacted("c", "like")])) == {"a", "b"}
    assert passed_over(fold([e.StepBegan(1), e.Said("drama"), WISH])) == frozenset()


@pytest.mark.parametrize("back", [e.Undone(), e.ConstraintRemoved("genre", "drama"), e.NeedRemoved("x")])
def test_what_is_taken_back_brings_the_list_back(back: e.Event) -> None:
    assert passed_over(fold([*SHOWN, WISH, e.StepBegan(4), e.Said("undo"), back])) == frozenset()
