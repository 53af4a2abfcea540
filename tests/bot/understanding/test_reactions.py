"""What a message says of the items that only the turns before it name."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.reactions import asks_whether_seen, said_of_those_before


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("sounds great", 1),
        ("I'll check it out", 1),
        ("I’ll check it out", 1),
        ("I'll watch something else", None),
        ("loved it!", 1),
        ("loved it?", None),
        ("I'd love those kind of stories", None),
        ("not yet!", 0),
        ("no, I haven't", 0),
        ("I have never seen it", 0),
        ("haven't seen it, sounds good", 1),
        ("my kids like it, I don't", None),
        ("sounds boring", None),
        ("not really", None),
        ("who is in it?", None),
        ("", None),
    ],
)
def test_a_reaction_without_a_name(text: str, sign: int | None) -> None:
    assert said_of_those_before(text) == sign


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("no", 0),
        ("nope", 0),
        ("nope, boring", None),
        ("no thanks", None),
        ("no, something more recent", None),
        ("yes", None),
    ],
)
def test_no_to_whether_it_was_seen(text: str, sign: int | None) -> None:
    assert said_of_those_before(text, asked_seen=True) == sign
    assert said_of_those_before(text) is None


@pytest.mark.parametrize(
    ("turn", "asks"),
    [("Have you seen Heat?", True), ("Did you ever watch it?", True), ("What have you got?", False), ("Heat?", False)],
)
def test_a_turn_that_asks_whether_it_was_seen(turn: str, asks: bool) -> None:
    assert asks_whether_seen(turn) is asks


@given(st.text(), st.booleans())
def test_any_message_is_read(text: str, asked: bool) -> None:
    assert said_of_those_before(text, asked) in {0, 1, None}


@pytest.mark.parametrize("piece", ["I ", "not ", "never ", "no ", " ", "\n", "I'll ", "sounds ", ". ", "n't really "])
def test_no_repetition_is_slow(piece: str) -> None:
    text = (piece * 2_000)[:2_000]
    assert min(_seconds(text) for _ in range(3)) < 0.03


def _seconds(text: str) -> float:
    start = time.process_time()
    said_of_those_before(text, asked_seen=True)
    return time.process_time() - start
