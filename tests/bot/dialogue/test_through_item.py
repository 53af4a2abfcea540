"""Values refused through an item, what an undo without a name takes back, and what is to be less of."""

from __future__ import annotations

import pytest

from bot.dialogue import events as e
from bot.dialogue.likening import likened
from bot.dialogue.needs import avoided_words, spoken_needs
from bot.dialogue.state import DialogueState, fold
from bot.dialogue.through_item import refused_value
from bot.dialogue.update import events_for
from bot.understanding.reading import Intent, Op, Reading, Request, Slot
from retrieval.catalogue.item import Catalogue

PULP = "pulp-fiction-1994"


def after(said: str, *events: e.Event) -> DialogueState:
    return fold([e.StepBegan(1), *events, e.StepBegan(2), e.Said(said)])


@pytest.mark.parametrize(
    "said",
    ["not that director again", "no more of that director", "by a different director", "Not that director’s"],
)
def test_the_value_is_that_of_the_item_talked_about(films: Catalogue, said: str) -> None:
    found = refused_value(said, after(said, e.Reacted(PULP, "mention")), films)
    assert found is not None
    assert (found.facet, found.values) == ("person", ("Quentin Tarantino",))


@pytest.mark.parametrize("said", ["not that one", "another film", "not that again", "a different mood", "him"])
def test_other_refusals_are_left_to_the_reading(films: Catalogue, said: str) -> None:
    assert refused_value(said, after(said, e.Reacted(PULP, "mention")), films) is None


def test_of_several_values_the_one_wished_is_meant_else_we_ask(films: Catalogue) -> None:
    said = "not that actor again"
    wished = after(said, e.ConstraintAdded("person", "Uma Thurman", 1, True), e.Reacted(PULP, "mention"))
    assert refused_value(said, wished, films).values == ("Uma Thurman",)  # type: ignore[union-attr]
    events, _ = events_for(Reading(Intent.FEEDBACK), after(said, e.Reacted(PULP, "mention")), films)
    assert [type(x) for x in events] == [e.Unclear]
    assert "John Travolta" in events[0].values  # type: ignore[union-attr]


def test_that_of_a_refused_value_points_at_no_item(films: Catalogue) -> None:
    slot = Slot("item", "Pulp Fiction", 1, item_id=PULP, said="Pulp Fiction")
    state = after("not that director again", e.Reacted(PULP, "mention"))
    events, _ = events_for(Reading(Intent.FEEDBACK, (slot,)), state, films)
    assert events == (e.ConstraintAdded("person", "Quentin Tarantino", -1, True),)


def test_undo_that_undoes_the_last_step_whatever_that_points_at(films: Catalogue) -> None:
    slot = Slot("item", "Pulp Fiction", 0, op=Op.REMOVE, item_id=PULP, said="Pulp Fiction")
    done = (e.Reacted(PULP, "reference"), e.StepBegan(2), e.DirectionSet("year", False, 1994.0))
    reading = Reading(Intent.OTHER, (slot,), Request.UNDO)
    assert events_for(reading, fold([*done, e.StepBegan(3), e.Said("undo that")]), films)[0] == (e.Undone(),)
    named = fold([*done, e.StepBegan(3), e.Said("forget Pulp Fiction")])
    assert events_for(reading, named, films)[0] == (e.ReactionRemoved(PULP),)


def test_less_of_something_is_no_wish_for_it(films: Catalogue) -> None:
    def wished(text: str) -> tuple[e.Event, ...]:
        return events_for(Reading(Intent.RECOMMEND, (Slot("about", text),)), after(text), films)[0]

    assert wished("less scary") == (e.ConstraintAdded("genre", "horror", -1, False),)
    state = fold([e.StepBegan(1), *wished("less violent"), *wished("slow")])
    assert (avoided_words(state), spoken_needs(state)) == (("violent",), "slow")


def test_what_is_named_is_what_it_is_compared_with() -> None:
    it = Slot("item", "Alien", 0, item_id="alien", said="Alien")
    heat = Slot("item", "heat", 0, item_id="heat", said="heat")
    for slots in ((it, heat), (heat, it)):
        assert likened(Reading(Intent.ASK, slots), DialogueState(), "is it like Heat?") == ("alien", "heat")
    assert likened(Reading(Intent.ASK, (heat,)), DialogueState(focus="alien"), "is it like Heat?") == ("alien", "heat")
    assert likened(Reading(Intent.ASK, (heat,)), DialogueState(), "is it like Heat?") == (None, "heat")
    assert likened(Reading(Intent.RECOMMEND, (heat,)), DialogueState(), "is there one like Heat?") is None
