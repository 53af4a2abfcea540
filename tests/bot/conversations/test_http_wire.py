"""Values that cross HTTP and come back: all of events and state, of a reply what the wire carries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.http_wire import believed_of, reply_of, step_json, turn_event_of
from bot.dialogue import events as e
from bot.dialogue.state import fold
from bot.messages import (
    Belief,
    Chip,
    ItemCard,
    NewConversation,
    RemoveConstraint,
    Reply,
    Rewind,
    TurnEvent,
    UserAction,
    UserText,
    Weigh,
)
from bot.projection import event_json, state_json, turn_json
from bot.understanding.reading import Intent, Op, Reading, Slot

names = st.sampled_from(["a", "b", "ç\u2028d"])
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
values = names | st.tuples(numbers, numbers)
kinds = st.sampled_from(["like", "dislike", "seen", "accept", "click", "mention", "reference"])
events = st.one_of(
    st.builds(e.Said, names),
    st.builds(e.Answered, names, names, st.none() | names),
    st.builds(e.ConstraintAdded, names, values, st.sampled_from([1, -1]), st.booleans(), st.booleans()),
    st.builds(e.ConstraintRemoved, names, st.none() | values),
    st.builds(e.NeedAdded, names, st.sampled_from([1, -1])),
    st.builds(e.NeedRemoved, names),
    st.builds(e.DirectionSet, names, st.booleans(), numbers),
    st.builds(e.Reacted, names, kinds),
    st.builds(e.ReactionRemoved, names),
    st.builds(e.Shown, st.lists(names).map(tuple)),
    st.builds(e.UnknownNamed, names, names, st.sampled_from([1, -1])),
    st.builds(e.Asked, names),
    st.just(e.Undone()),
    st.builds(e.StepBegan, st.integers(1, 99)),
    st.just(e.Restarted()),
    st.just(e.ForgetRequested()),
    st.builds(e.Doubted, st.sampled_from(["recommend", "feedback"]), st.lists(names).map(tuple)),
    st.builds(e.Unclear, names, st.lists(names).map(tuple)),
    st.builds(e.TasteTakenBack, names, names, st.lists(names).map(tuple)),
    st.builds(e.Hinted, names, st.none() | names, values),
    st.builds(e.HintRemoved, st.none() | names, values, st.sampled_from([e.VISITOR, e.CHANNEL])),
    st.builds(e.Tuned, st.one_of(st.none(), st.floats(0, 1))),
    st.builds(e.Rewound),
)

CARD = ItemCard("i1", "Heat", 0.5, "because", {"genre": ["crime"], "year": 1995.0, "price": None})
REPLY = Reply(
    Reading(Intent.RECOMMEND, (Slot("genre", "crime", 1), Slot("year", (1990.0, None), -1)), source="model"),
    "recommend",
    (CARD,),
    "Here.",
    (Chip("Older", "older"),),
    (Belief("genre=crime", "crime", True, 1),),
    {"total": 1.5},
    "genre",
    False,
)


def crossed(data: object) -> Any:
    return json.loads(json.dumps(data))


@given(st.lists(events, max_size=12))
def test_events_and_state_come_back_whole(happened: list[e.Event]) -> None:
    state = fold(happened)
    wire = crossed({"events": [e.to_json(event) for event in happened], "state": state_json(state)})
    assert believed_of(wire) == (tuple(happened), state)


def test_every_kind_of_event_was_tried() -> None:
    assert len(events.original_strategies) == len(e.Event.__args__)  # type: ignore[attr-defined]


def test_a_reply_comes_back() -> None:
    assert reply_of(crossed(turn_json(REPLY))) == REPLY


def test_a_step_without_words_has_no_reading() -> None:
    silent = Reply(None, "confirm", (), "Undone.")
    assert reply_of(crossed(turn_json(silent))) == silent


def test_what_was_taken_back_has_polarity_0_on_the_wire() -> None:
    reading = Reading(Intent.RECOMMEND, (Slot("genre", "horror", -1, op=Op.REMOVE),))
    back = reply_of(crossed(turn_json(Reply(reading, "recommend", (), "")))).reading
    assert back is not None
    assert [(slot.slot, slot.value, slot.polarity) for slot in back.slots] == [("genre", "horror", 0)]


@pytest.mark.parametrize(
    "event",
    [
        TurnEvent("status", {"text": "reading"}),
        TurnEvent("understood", {"reading": REPLY.reading, "beliefs": REPLY.beliefs}),
        TurnEvent("understood", {"reading": None, "beliefs": ()}),
        TurnEvent("items", {"items": (CARD,)}),
        TurnEvent("delta", {"text": "Here."}),
        TurnEvent("chips", {"chips": REPLY.chips}),
        TurnEvent("done", {"reply": REPLY}),
    ],
    ids=lambda event: event.kind,
)
def test_turn_events_come_back(event: TurnEvent) -> None:
    assert turn_event_of(event.kind, crossed(event_json(event))) == event


def test_an_error_comes_back_from_its_problem() -> None:
    wire = {"type": "…", "title": "…", "status": 500, "detail": "It broke.", "hint": "Try again."}
    assert turn_event_of("error", wire) == TurnEvent("error", {"message": "It broke.", "hint": "Try again."})


def test_a_kind_that_is_not_known_is_passed_over() -> None:
    assert turn_event_of("weather", {}) is None


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("delta", {}),
        ("items", {"items": [{"id": "i1"}]}),
        ("understood", {"understood": {"intent": "dance", "slots": [], "source": "rules"}, "beliefs": []}),
        ("done", {"text": "…"}),
    ],
)
def test_data_of_another_kind_is_an_error(kind: str, data: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"event without|validation error"):
        turn_event_of(kind, data)


@pytest.mark.parametrize(
    "data",
    [{}, {"events": [], "state": {"mood": "good"}}, {"events": [{"event": "Danced"}], "state": {}}, {"events": [3]},
     {"events": [], "state": {"constraints": [{"facet": "a"}]}}, {"events": [], "state": 3}],
)  # fmt: skip
def test_what_are_no_events_and_state_is_an_error(data: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="not "):
        believed_of(data)


@pytest.mark.parametrize(
    ("step", "body"),
    [
        (UserText("hi"), {"text": "hi"}),
        (UserAction("like", "i1"), {"action": {"kind": "like", "item": "i1"}}),
        (UserAction("undo"), {"action": {"kind": "undo", "item": None}}),
        (RemoveConstraint("a=b"), {"remove": "a=b"}),
        (NewConversation(), {"new": True}),
        (Weigh("a=b", hard=True), {"must": "a=b"}),
        (Weigh("a=b", hard=False), {"wish": "a=b"}),
        (Rewind(), {"rewind": True}),
    ],
)
def test_steps_as_bodies(step: Any, body: object) -> None:
    assert step_json(step) == body
