"""What is forgotten is gone: from every table, for every process; retention deletes; incognito never stores."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.assistant import Assistant
from bot.messages import UserAction, UserText
from tests.bot.memory.conftest import DAY, NOON, Clock

Start = Callable[..., Assistant]
Database = Callable[[], dict[str, list[str]]]
ANN = "ann-of-cleves"


def lively(assistant: Assistant, user: str = ANN) -> str:
    """A conversation that leaves something in every table; its id."""
    talk = assistant.open(user)
    shown = talk.reply(UserText("I love wool")).items
    talk.reply(UserAction("dislike", shown[0].id))
    talk.reply(UserAction("like", shown[1].id))
    talk.reply(UserText("a sweater under 150 dollars"))
    return talk.id or ""


def mentions(database: Database, word: str) -> list[str]:
    return [f"{table}: {row}" for table, rows in database().items() for row in rows if word in row]


def test_a_lively_visit_is_in_every_table(start: Start, database: Database) -> None:
    conversation = lively(start())
    told = {line.split(":")[0] for line in mentions(database, ANN) + mentions(database, conversation)}
    assert told == {"conversations", "conversation_events", "statements", "interactions"}


@pytest.mark.parametrize("how", ["in the conversation", "in another conversation", "beside it"])
def test_after_forgetting_no_row_mentions_the_visitor(start: Start, database: Database, how: str) -> None:
    assistant = start()
    conversations = [lively(assistant), lively(assistant)]
    kept = lively(assistant, "bob")
    others = mentions(database, kept)
    if how == "beside it":
        assistant.stages.memory.forget(ANN)
    else:
        talk = assistant.resume(conversations[1]) if how == "in the conversation" else assistant.open(ANN)
        assert talk is not None
        talk.reply(UserText("forget everything about me"))
        assert "forgotten everything" in talk.reply(UserText("yes")).text
    assert mentions(database, ANN) == []
    assert [line for conversation in conversations for line in mentions(database, conversation)] == []
    assert mentions(database, kept) == others
    assert assistant.stages.memory.export(ANN)["interests"] == []


def test_another_process_does_not_write_a_forgotten_visitor_back(start: Start, database: Database) -> None:
    serving, chatting = start(), start()
    talk = serving.open(ANN)
    shown = talk.reply(UserText("I love wool")).items
    talk.reply(UserAction("dislike", shown[0].id))
    chatting.stages.memory.forget(ANN)
    reply = talk.reply(UserText("a red hat"))
    assert reply.items
    assert [c.key for c in talk.state.constraints] == ["color=red", "category=hat"]
    assert talk.state.disliked == ()
    assert talk._visitor.history.disliked == ()
    assert not any("dislike" in line or "wool" in line for line in mentions(database, ANN))
    assert [len(c.events) for c in serving.stages.memory.conversations.of_visitor(ANN)] == [len(talk.events)]


def test_one_who_is_forgotten_while_a_turn_runs_is_not_written_back(
    start: Start, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving, chatting = start(), start()
    talk = serving.open(ANN)
    talk.reply(UserText("I love wool"))
    pick = serving.stages.picker.pick

    def slow(*given: object, **how: object) -> object:
        chatting.stages.memory.forget(ANN)
        return pick(*given, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(serving.stages.picker, "pick", slow)
    talk.reply(UserText("a sweater"))
    assert mentions(database, ANN) == []


def test_a_conversation_opened_before_it_was_forgotten_knows_nothing_from_then(start: Start) -> None:
    assistant = start()
    lively(assistant)
    waiting, hidden = assistant.open(ANN), assistant.open(ANN, incognito=True)
    assert waiting._visitor.history.disliked
    start().stages.memory.forget(ANN)
    for talk in (waiting, hidden):
        assert "nothing about you" in talk.reply(UserText("what do you know about me?")).text


def test_a_stranger_can_be_forgotten_too(start: Start, database: Database) -> None:
    talk = start().open(None, conversation="s" * 22)
    talk.reply(UserText("a sweater"))
    name = talk._visitor._name
    assert mentions(database, name)
    talk.reply(UserText("forget everything about me"))
    talk.reply(UserText("yes"))
    assert mentions(database, name) == mentions(database, "s" * 22) == []


def test_a_stranger_without_an_id_leaves_impressions_only(start: Start, database: Database) -> None:
    start().open(None).reply(UserText("I love wool"))
    filled = {table for table, rows in database().items() if rows and not table.startswith("layout_")}
    assert filled == {"interactions"}


def test_nothing_of_an_incognito_conversation_is_stored(start: Start, database: Database) -> None:
    assistant = start()
    lively(assistant)
    before = database()
    disliked = assistant.stages.memory.store.session(ANN).disliked
    talk = assistant.open(ANN, conversation="i" * 22, incognito=True)
    shown = talk.reply(UserText("a wool sweater")).items
    assert disliked[0] not in {card.id for card in shown}  # what is known is used
    talk.reply(UserText("I love silk"))
    talk.reply(UserAction("like", shown[0].id))
    assert database() == before
    assert start().resume("i" * 22) is None
    talk.reply(UserText("forget everything about me"))
    talk.reply(UserText("yes"))  # whoever asks for it is forgotten, in whatever light they came
    assert mentions(database, ANN) == []


def test_retention_deletes_what_is_older_and_keeps_the_rest(start: Start, database: Database, clock: Clock) -> None:
    old = lively(start(), "old")
    clock.now += 20 * DAY
    lively(start(), "new")
    clock.now += 11 * DAY
    assert start(retention_days=31).stages.memory.tidy() == 0
    assert start().stages.memory.tidy() == 0  # kept for ever unless a limit is set
    memory = start(retention_days=30).stages.memory
    rows = sum(map(len, database().values()))
    gone = memory.tidy()
    assert gone > 0
    assert sum(map(len, database().values())) == rows - gone
    assert mentions(database, "'old'") == mentions(database, old) == []
    assert mentions(database, "'new'")


def test_retention_works_once_a_day_while_the_program_runs(start: Start, clock: Clock) -> None:
    memory = start(retention_days=1).stages.memory
    assert memory.tidy() == 0
    lively_in = start()
    lively(lively_in)
    clock.now += DAY + 1
    memory.visitor("bob")  # anybody who comes
    assert memory.store.count() == 0
    lively(lively_in)
    clock.now += DAY / 2
    assert memory.tidy() == 0
    assert clock.now == NOON + 1.5 * DAY + 1


def test_a_conversation_that_was_deleted_for_its_age_begins_anew(start: Start, clock: Clock) -> None:
    assistant = start()
    talk = assistant.open(ANN)
    talk.reply(UserText("a wool sweater"))
    clock.now += 3 * DAY
    start(retention_days=2).stages.memory.tidy()
    talk.reply(UserText("something red"))
    assert {c.facet for c in talk.state.constraints} == {"color"}
