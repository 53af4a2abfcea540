"""Whether copied words are written as a name."""

from __future__ import annotations

import time

import pytest

from bot.understanding.naming import is_name
from bot.understanding.reading import MessageInContext


@pytest.mark.parametrize(
    ("text", "typed", "named"),
    [
        ("one sec", "one sec", False),
        ("I like his movies", "his movies", False),
        ("something for Christmas", "Christmas", False),
        ("HIS MOVIES ARE SO GOOD", "HIS MOVIES", False),
        ("i liked Paw Patrol", "Paw Patrol", True),
        ("have you got Zorko", "Zorko", True),
        ("have you got zorko", "zorko", False),
        ("have you seen zorko", "zorko", True),
        ("have you seen something good", "something good", False),
        ("the one called zorko", "zorko", True),
        ('i mean "quiet hours"', "quiet hours", True),
        ("i mean quiet hours", "quiet hours", False),
        ("i mean quiet hours (1984)", "quiet hours", True),
        ("HAVE YOU GOT ZORKO TODAY", "ZORKO", False),
        ("好きな映画は千尋です", "千尋", True),
        ("I mean I've been", "I've been", False),
    ],
)
def test_what_stands_as_a_name(text: str, typed: str, named: bool) -> None:
    assert is_name(typed, MessageInContext(text), {"movie", "movies"}) is named


def test_the_whole_answer_to_a_question_is_a_name() -> None:
    assert is_name("zorko", MessageInContext("zorko", ("Which one?",)))
    assert not is_name("zorko", MessageInContext("zorko"))


@pytest.mark.parametrize("piece", ["n't ", "1 and 2 ", "Zorko ", " ", "seen "])
def test_words_said_over_and_over_are_no_slower(piece: str) -> None:
    message = MessageInContext((piece * 2_000)[:2_000], ((piece * 2_000)[:2_000],))
    assert min(_seconds(piece.strip() or "x", message) for _ in range(3)) < 0.05


def _seconds(typed: str, message: MessageInContext) -> float:
    start = time.process_time()
    is_name(typed, message)
    return time.process_time() - start
