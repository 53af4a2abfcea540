"""Questions that a number of the list decides, and what is said to be too much."""

from __future__ import annotations

import pytest

from bot.understanding.comparisons import as_comparison, asks_extreme, excess
from bot.understanding.reading import Intent, MessageInContext, Op, Relative, ShownItem, Slot
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker


@pytest.fixture(scope="module")
def films_linker(films: Catalogue) -> Linker:
    return Linker(films)


def on_screen(text: str, films: Catalogue, count: int = 3) -> MessageInContext:
    return MessageInContext(text, (), tuple(ShownItem(i.id, i.title) for i in films.items[:count]))


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("which is longer?", True),
        ("whats the longest", True),
        ("ok and which one is the newest", True),
        ("the shortest of these", True),
        ("oldest one?", True),
        ("which is the best", False),  # no number says so
        ("the shortest one please", False),  # that one is taken
        ("which is longer than Heat", False),
        ("show me something longer", False),
        ("which director", False),
    ],
)
def test_which_of_the_list(text: str, asks: bool, films: Catalogue, films_linker: Linker) -> None:
    assert asks_extreme(on_screen(text, films), films_linker) is asks
    assert not asks_extreme(on_screen(text, films, 1), films_linker)


def test_a_comparing_question_wishes_for_nothing() -> None:
    relative = Slot("about", "longer", relative=Relative("runtime", "more"))
    assert as_comparison([relative, Slot("genre", "drama")]) == [Slot("genre", "drama", 0)]


@pytest.mark.parametrize(
    ("text", "facet", "direction"),
    [
        ("too old", "year", "more"),
        ("nah way too long", "runtime", "less"),
        ("a bit too recent for me", "year", "less"),
        ("too short", "runtime", "more"),
    ],
)
def test_too_much_of_a_number_wishes_for_the_other_way(
    text: str, facet: str, direction: str, films: Catalogue, films_linker: Linker
) -> None:
    (slot,) = excess(Intent.FEEDBACK, [], on_screen(text, films), films_linker)
    assert slot.relative == Relative(facet, direction)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["not too long", "isn't too long", "too long ago", "too good", "seen it too many times", "long"]
)
def test_what_is_not_too_much(text: str, films: Catalogue, films_linker: Linker) -> None:
    assert excess(Intent.FEEDBACK, [], on_screen(text, films), films_linker) == []


def test_too_much_is_measured_against_the_one_it_is_said_of(films: Catalogue, films_linker: Linker) -> None:
    message = on_screen("the second is too long", films)
    second = Slot("item", films.items[1].title, -1, item_id=films.items[1].id)
    (slot,) = excess(Intent.FEEDBACK, [second], message, films_linker)
    assert slot.relative == Relative("runtime", "less", films.items[1].id)
    elsewhere = Slot("item", films.items[9].title, -1, item_id=films.items[9].id)
    assert excess(Intent.FEEDBACK, [elsewhere], message, films_linker) == []
    newer = Slot("about", "shorter", relative=Relative("runtime", "less"))
    assert excess(Intent.FEEDBACK, [newer], message, films_linker) == []


def test_too_much_of_what_no_number_holds_is_a_need_for_less(films: Catalogue, films_linker: Linker) -> None:
    (slot,) = excess(Intent.FEEDBACK, [], on_screen("too violent", films), films_linker)
    assert (slot.value, slot.polarity, slot.op, slot.relative) == ("less violent", 1, Op.ADD, None)
    assert excess(Intent.ASK, [], on_screen("is it too violent?", films), films_linker) == []
    assert excess(Intent.FEEDBACK, [], MessageInContext("too violent"), films_linker) == []
