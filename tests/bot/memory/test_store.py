"""Conversations in the database, on every engine: what was stored is read, one transaction a turn, and errors told."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from bot.dialogue import events as ev
from bot.dialogue.state import fold
from bot.memory.evidence import Evidence
from bot.memory.store import (
    ConversationStore,
    Stamp,
    StoredConversation,
    SupersededError,
    TurnToStore,
)
from ranking.interactions import Interaction, InteractionStore
from ranking.storage import StorageError, open_database

Stores = tuple[InteractionStore, ConversationStore]
WORDS = st.text(max_size=6)
VALUES = st.one_of(
    st.sampled_from(["red", "wool", "Ünïcode", ""]),
    st.tuples(st.none() | st.floats(-1e9, 1e9), st.none() | st.integers(0, 2100).map(float)),
)
FACETS, ITEMS = st.sampled_from(["color", "material", "price"]), st.sampled_from(["a", "b", "c"])
KINDS = st.sampled_from(["like", "dislike", "seen", "accept", "click", "mention", "reference"])
BY_TYPE = {
    ev.StepBegan: st.builds(ev.StepBegan, st.integers(1, 50)),
    ev.Answered: st.builds(ev.Answered, WORDS, st.sampled_from(["recommend", "ask"]), st.none() | FACETS),
    ev.ConstraintAdded: st.builds(ev.ConstraintAdded, FACETS, VALUES, st.sampled_from([-1, 1]), st.booleans()),
    ev.ConstraintRemoved: st.builds(ev.ConstraintRemoved, FACETS, st.none() | VALUES),
    ev.DirectionSet: st.builds(ev.DirectionSet, FACETS, st.booleans(), st.none() | st.floats(0, 1e6)),
    ev.Reacted: st.builds(ev.Reacted, ITEMS, KINDS),
    ev.ReactionRemoved: st.builds(ev.ReactionRemoved, ITEMS),
    ev.Shown: st.builds(ev.Shown, st.lists(ITEMS, max_size=3).map(tuple)),
}  #: where any value of the type will not do, or would never meet another event's
EVENTS = st.one_of([BY_TYPE.get(kind, st.from_type(kind)) for kind in ev.EVENT_TYPES.values()])
SAID = (ev.StepBegan(1), ev.Said("a red hat"), ev.ConstraintAdded("color", "red", 1, True))


def head(conversation: str = "c1", visitor: str = "ann", **given: object) -> StoredConversation:
    return replace(StoredConversation(conversation, visitor, True, "f", Stamp(100.0, 0), 100.0), **given)


def evidence(key: str, sentiment: int, at: float, conversation: str = "c1") -> Evidence:
    facet, value = key.split("=")
    return Evidence(facet, value, sentiment, f"I said {value}", at, conversation)  # type: ignore[arg-type]


def test_the_latest_conversation_is_the_one_with_the_last_turn(stores: Stores) -> None:
    _, store = stores
    assert store.latest("ann") is None
    for conversation, last in (("c1", 300.0), ("c2", 200.0)):
        store.save(TurnToStore(head(conversation, last=last), begins=True, position=0, events=SAID))
    store.save(TurnToStore(head("c3", "bob", last=900.0), begins=True, position=0, events=SAID))
    assert store.latest("ann") == "c1"


def test_a_conversation_is_read_as_it_was_stored(stores: Stores) -> None:
    _, store = stores
    screen = {"why": {"a": "Because “it” is 100 % wool"}, "chips": [["Something else", "something else"]]}
    first = store.save(TurnToStore(head(screen=screen), True, 0, SAID))
    assert first == Stamp(100.0, 1)
    second = store.save(TurnToStore(head(stamp=first, last=160.0), False, 3, (ev.Undone(),)))
    assert store.stamp("c1") == second == Stamp(100.0, 2)
    found = store.load("c1")
    assert found == head(stamp=second, last=160.0, events=(*SAID, ev.Undone()))
    assert store.of_visitor("ann") == [found]
    assert store.load("c2") is None
    assert store.stamp("c2") is None


@settings(max_examples=30)
@given(st.lists(st.lists(EVENTS, max_size=6).map(tuple), max_size=5))
def test_what_is_read_folds_to_the_same_state(turns: list[tuple[ev.Event, ...]]) -> None:
    engine = open_database("sqlite:///:memory:")
    InteractionStore(engine)
    store, stamp, position = ConversationStore(engine), Stamp(1.0, 0), 0
    for n, events in enumerate(turns):
        stamp = store.save(TurnToStore(head(stamp=stamp), n == 0, position, events))
        position += len(events)
    found = store.load("c1")
    happened = tuple(event for events in turns for event in events)
    assert (found.events if found else ()) == happened
    assert fold(found.events if found else ()) == fold(happened)
    engine.dispose()


@pytest.mark.parametrize("said", ["\x00 nul", "half \ud800", "👍🏽", '"quotes" \\ and \n lines', "x" * 20_000])
def test_any_words_can_be_stored(stores: Stores, said: str) -> None:
    _, store = stores
    statement = Evidence("color", "red", 1, said, 1.0, "c1")
    store.save(TurnToStore(head(), True, 0, (ev.Said(said),), statements=(statement,)))
    found = store.load("c1")
    assert found is not None
    assert found.events == (ev.Said(said),)
    assert store.statements("ann") == [statement]


def test_a_turn_is_stored_whole_or_not_at_all(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    interactions, store = stores
    twice = (Interaction("ann", "a", "like", None, 1.0), Interaction("ann", "a", "like", None, float("1e300")))
    stamp = store.save(TurnToStore(head(), True, 0, SAID))
    taken = TurnToStore(head(stamp=stamp), False, 1, (ev.Undone(),), twice, (evidence("color=red", 1, 1.0),))
    with pytest.raises(StorageError):
        store.save(taken)  # position 1 is taken
    assert store.stamp("c1") == stamp
    assert interactions.count() == 0
    assert store.statements("ann") == []
    store.save(replace(taken, position=3))
    assert (interactions.count(), len(store.statements("ann"))) == (2, 1)


def test_what_was_forgotten_or_continued_elsewhere_is_not_written(stores: Stores) -> None:
    interactions, store = stores
    stamp = store.save(TurnToStore(head(), True, 0, SAID))
    store.save(TurnToStore(head(stamp=stamp), False, 3, (ev.Undone(),)))
    like = (Interaction("ann", "a", "like", None, 1.0),)
    with pytest.raises(SupersededError):
        store.save(TurnToStore(head(stamp=stamp), False, 3, (ev.Said("late"),), like))
    store.forget("ann")
    with pytest.raises(SupersededError):
        store.save(TurnToStore(head(stamp=Stamp(100.0, 2)), False, 4, (ev.Said("late"),), like))
    again = head(stamp=Stamp(200.0, 0))
    store.save(TurnToStore(again, True, 0, SAID))  # begun anew under the same id
    with pytest.raises(SupersededError):
        store.save(TurnToStore(head(stamp=Stamp(100.0, 1)), False, 3, (ev.Said("late"),), like))
    assert interactions.count() == 0


def test_of_two_that_continue_at_once_one_is_stored(stores: Stores) -> None:
    _, store = stores
    stamp = store.save(TurnToStore(head(), True, 0, SAID))
    results: list[object] = []

    def go_on(n: int) -> None:
        try:
            results.append(store.save(TurnToStore(head(stamp=stamp), False, 3, (ev.Said(str(n)),))))
        except SupersededError as error:
            results.append(error)

    threads = [threading.Thread(target=go_on, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(result, Stamp) for result in results) == 1
    assert sum(isinstance(result, SupersededError) for result in results) == 5
    found = store.load("c1")
    assert found is not None
    assert len(found.events) == 4


def test_statements_are_corrected_and_taken_back(stores: Stores) -> None:
    _, store = stores
    told = tuple(evidence(key, 1, at) for at, key in enumerate(["color=red", "material=wool", "color=red"]))
    stamp = store.save(TurnToStore(head(), True, 0, SAID, statements=told))
    other = (evidence("color=red", 1, 9.0, "c2"),)
    store.save(TurnToStore(head("c2"), True, 0, SAID, statements=other))
    store.save(TurnToStore(head(stamp=stamp), False, 3, unsaid=("color=red",)))
    assert [one.key for one in store.statements("ann")] == ["material=wool", "color=red"]  # of c2: another conversation
    taken_back = evidence("color=red", 0, 10.0)
    assert store.correct("ann", "color=red", taken_back) == 1
    assert store.statements("ann") == [told[1], taken_back]
    assert store.correct("ann", "color=red", None) == 1
    assert store.statements("ann") == [told[1]]


def test_forgetting_one_leaves_the_others(stores: Stores) -> None:
    interactions, store = stores
    for conversation, visitor in (("c1", "ann"), ("c2", "bob"), ("c3", "ann")):
        row = (Interaction(visitor, "a", "like", None, 1.0),)
        told = (evidence("color=red", 1, 1.0, conversation),)
        store.save(TurnToStore(head(conversation, visitor), True, 0, SAID, row, told))
    assert store.forget("ann") == 2 * (1 + 3 + 1 + 1)
    assert [c.id for c in store.of_visitor("bob")] == ["c2"]
    assert len(store.of_visitor("bob")[0].events) == 3
    assert (store.of_visitor("ann"), store.statements("ann"), interactions.of_user("ann")) == ([], [], [])
    assert store.forget("ann") == 0


def test_what_is_too_old_is_deleted_a_conversation_by_its_last_turn(stores: Stores) -> None:
    interactions, store = stores
    for conversation, at in (("old", 10.0), ("new", 20.0)):
        row = (Interaction(conversation, "a", "like", None, at),)
        told = (evidence("color=red", 1, at, conversation),)
        store.save(TurnToStore(head(conversation, conversation, last=at), True, 0, SAID, row, told))
    assert store.purge(10.0) == 0
    assert store.purge(20.0) == 1 + 3 + 1 + 1
    assert store.load("old") is None
    assert store.load("new") is not None
    assert [row.user for row in interactions.since()] == ["new"]
    assert (store.statements("old"), len(store.statements("new"))) == ([], 1)


@pytest.mark.parametrize(
    ("column", "value"), [("format", 2), ("event", json.dumps({"event": "Levitated"})), ("event", '"no event"')]
)
def test_an_event_of_a_newer_program_is_told(engine: Engine, stores: Stores, column: str, value: object) -> None:
    _, store = stores
    store.save(TurnToStore(head(), True, 0, SAID))
    with engine.begin() as connection:
        cast = "CAST(:value AS JSON)" if column == "event" and engine.dialect.name != "sqlite" else ":value"
        connection.execute(
            text(f"UPDATE conversation_events SET {column} = {cast} WHERE position = 1"), {"value": value}
        )
    with pytest.raises(StorageError, match="event 1") as caught:
        store.load("c1")
    assert caught.value.reason == "version"
    assert caught.value.hint
