"""What the words beside a name say of it: minimal pairs, lists, questions, and a bound on time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.governed import beside, places, said_of

PIECES = (
    "I ",
    "really ",
    "not ",
    "n't ",
    "my ",
    " ",
    "\n",
    ", ",
    "love it, ",
    "was so ",
    "never ",
    "and ",
    "? ",
    "’s ",
)


def said(text: str) -> int | None:
    """What a text says of its "X"."""
    start = text.index("X")
    return said_of(text[:start], text[start + 1 :])


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("I loved X", 1),
        ("hated X", -1),
        ("I don't really like X", -1),
        ("not a big fan of X", -1),
        ("I couldn't finish X", -1),
        ("anything but X", -1),
        ("not that I hate X", None),
        ("I don't hate X", None),
        ("who doesn't love X", 1),
        ("do you like X", None),
        ("would I like X?", None),
        ("X was great", 1),
        ("X (1990) was really great", 1),
        ("was X great?", None),
        ("X was boring", -1),
        ("was X boring?", None),
        ("X was too long", -1),
        ("X wasn't bad", None),
        ("X wasn't for me", -1),
        ("I heard X was great", 0),
        ("I haven't seen X", 0),
        ("I haven't seen X but it's on my list", 1),
        ("I haven't seen X and don't want to", None),
        ("I can't see X", None),
        ("I've seen X. Loved it", 1),
        ("have you seen X, did you love it?", None),
        ("something like X", 1),
        ("more like X", 1),
        ("not more like X", None),
        ("what is X", None),
        ("X", None),
    ],
)
def test_words_beside_a_name(text: str, sign: int | None) -> None:
    assert said(text) == sign
    assert said(text.replace("'", "’").replace(" ", "  ")) == sign


@pytest.mark.parametrize(
    ("text", "name", "sign"),
    [
        ("I loved X and Y", "Y", 1),
        ("I loved X (1990), Y, and Z", "Z", 1),
        ("I hated X or Y", "Y", -1),
        ("X and Y were great", "X", 1),
        ("X, Y and Z are all boring", "X", -1),
        ("X and Y", "X", None),
        ("X, but Y was great", "X", None),
        ("I loved X. Then Y", "Y", None),
    ],
)
def test_what_is_said_of_a_list_is_said_of_every_part(text: str, name: str, sign: int | None) -> None:
    start = text.index(name)
    around = beside(text, (start, start + 1), places(text, ["X", "Y", "Z"]))
    assert said_of(*around) == sign


def test_a_name_alone_keeps_the_words_around_it() -> None:
    assert beside("I loved X and Y", (8, 9), ()) == ("I loved ", " and Y")


def test_names_are_found_in_order_the_longer_first() -> None:
    assert places("Alien, Aliens and alien", ["Alien", "Aliens"]) == ((0, 5), (7, 13), (18, 23))
    assert places("Alien", []) == ()


@given(st.text(), st.text())
def test_any_words_are_read(before: str, after: str) -> None:
    assert said_of(before, after) in {-1, 0, 1, None}


@given(st.text(alphabet="abc ,?.'"), st.text(alphabet="abc ,?.'"))
def test_what_is_far_away_governs_nothing(far: str, near: str) -> None:
    assert said_of("I hated " + "x" * 400 + near, far) == said_of("x" * 408 + near, far)


@pytest.mark.parametrize("piece", PIECES)
def test_no_repetition_is_slow(piece: str) -> None:
    text = (piece * 2_000)[:2_000]
    best = min(_seconds(text) for _ in range(3))
    assert best < 0.02


def _seconds(text: str) -> float:
    start = time.process_time()
    said_of(text, text)
    return time.process_time() - start
