"""What new wishes do to earlier ones: widen, narrow, tighten, take their place, and give it back."""

from __future__ import annotations

import pytest

from bot.dialogue import events as e
from bot.dialogue.state import DialogueState, apply, fold
from bot.dialogue.update import events_for
from bot.understanding.reading import Intent, Op, Reading, Request, Slot
from retrieval.catalogue.item import Catalogue


def after(catalogue: Catalogue, *steps: tuple[str, Reading]) -> DialogueState:
    state = DialogueState()
    for said, reading in steps:
        state = apply(apply(state, e.StepBegan(state.turn + 1)), e.Said(said))
        for event in events_for(reading, state, catalogue)[0]:
            state = apply(state, event)
    return state


def wish(said: str, *slots: Slot) -> tuple[str, Reading]:
    return said, Reading(Intent.RECOMMEND, slots)


def unsaid(said: str, slot: Slot) -> tuple[str, Reading]:
    return said, Reading(Intent.RECOMMEND, (slot,), Request.UNDO)


def believed(state: DialogueState) -> list[tuple[object, bool, bool]]:
    return [(c.value, c.hard, c.either) for c in state.constraints]


RED, BLUE = (Slot("color", c, either=True) for c in ("red", "blue"))


def test_one_more_alternative_joins_those_before(shop: Catalogue) -> None:
    state = after(shop, wish("red", Slot("color", "red")), wish("or blue", BLUE))
    assert believed(state) == [("red", True, True), ("blue", True, True)]


def test_one_of_the_alternatives_said_again_leaves_out_the_others(shop: Catalogue) -> None:
    state = after(shop, wish("red or blue", RED, BLUE), wish("blue then", Slot("color", "blue")))
    assert believed(state) == [("blue", True, False)]


def test_alternatives_refine_where_enough_is_left(films: Catalogue) -> None:
    both = (Slot("genre", "horror", either=True), Slot("genre", "comedy", either=True))
    state = after(films, wish("a drama", Slot("genre", "drama")), wish("horror or comedy", *both))
    assert [c.value for c in state.constraints] == ["drama", "horror", "comedy"]


def test_what_is_fine_too_is_no_longer_avoided(films: Catalogue) -> None:
    state = after(
        films,
        wish("no horror", Slot("genre", "horror", -1)),
        wish("horror is fine too", Slot("genre", "horror", either=True)),
    )
    assert state.constraints == ()


@pytest.mark.parametrize(
    ("limit", "text", "new"), [((None, 200.0), "150", (None, 150.0)), ((50.0, None), "80", (80.0, None))]
)
def test_a_bare_number_moves_the_one_limit(
    limit: tuple[float | None, float | None], text: str, new: tuple[float | None, float | None], shop: Catalogue
) -> None:
    state = after(shop, wish("a limit", Slot("price", limit)), wish(f"make it {text}", Slot("about", text)))
    assert [c.value for c in state.constraints] == [new]
    assert state.needs == ()


def test_a_bare_number_without_one_limit_is_words(films: Catalogue) -> None:
    state = after(films, wish("90s", Slot("year", (1990.0, 1999.0))), wish("make it 150", Slot("about", "150")))
    assert [n.text for n in state.needs] == ["150"]


def test_a_softened_number_leans_whatever_range_was_meant(films: Catalogue) -> None:
    nineties = wish("90s", Slot("year", (1990.0, 1999.0)))
    softened = wish("doesn't have to be after 1990", Slot("year", (1990.0, None), 0, Op.SOFTEN))
    assert believed(after(films, nineties, softened)) == [((1990.0, 1999.0), False, False)]
    assert after(films, softened).constraints == ()


def test_words_taken_back_give_back_what_they_replaced(films: Catalogue) -> None:
    steps = (
        wish("a comedy from the 80s", Slot("genre", "comedy"), Slot("year", (1980.0, 1989.0))),
        wish("90s, a drama", Slot("year", (1990.0, 1999.0)), Slot("genre", "drama", op=Op.REPLACE)),
    )
    drama, nineties = Slot("genre", "drama", 0, Op.REMOVE), Slot("year", (1990.0, 1999.0), 0, Op.REMOVE)
    state = after(films, *steps, unsaid("forget that I said drama", drama))
    assert [c.value for c in state.constraints] == [(1990.0, 1999.0), "comedy"]
    assert [c.value for c in after(films, *steps, unsaid("forget i said 90s", nineties)).constraints] == [
        "drama",
        (1980.0, 1989.0),
    ]
    assert [c.value for c in after(films, *steps, unsaid("never mind drama", drama)).constraints] == [(1990.0, 1999.0)]


def test_it_survives_replay(shop: Catalogue) -> None:
    state = after(shop, wish("red or blue", RED, BLUE))
    assert fold(e.from_json(e.to_json(x)) for x in state.log) == state
    old = {"event": "ConstraintAdded", "facet": "color", "value": "red", "polarity": 1, "hard": True}
    assert e.from_json(old) == e.ConstraintAdded("color", "red", 1, True)  # as stored before there were alternatives


def test_a_number_read_as_about_so_much_moves_the_limit_all_the_same(shop: Catalogue) -> None:
    about = Slot("price", (112.5, 187.5), said="150")
    state = after(shop, wish("under 200", Slot("price", (None, 200.0))), wish("make it 150", about))
    assert [c.value for c in state.constraints] == [(None, 150.0)]
    assert [c.value for c in after(shop, wish("around 150", about)).constraints] == [(112.5, 187.5)]
