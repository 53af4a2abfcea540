"""A turn taken back: the state, the screen, what is stored and what is known are as if it had never been."""

from __future__ import annotations

import pytest

from bot.assistant import Assistant, Conversation
from bot.dialogue.state import fold
from bot.messages import NewConversation, RemoveConstraint, Rewind, Step, Tune, UserAction, UserText, Weigh
from bot.transcript import last_words, transcript
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

ID = "A" * 22


@pytest.fixture(scope="module")
def made(shop: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return scratch_assistant(shop, tmp_path_factory.mktemp("rewinding"))


@pytest.fixture
def assistant(made: Assistant) -> Assistant:
    made.stages.memory.forget("ann")
    return made


def begun(assistant: Assistant) -> Conversation:
    talk = assistant.open("ann", conversation=ID)
    talk.reply(UserText("I love wool, a red jacket"))
    return talk


def on_screen(talk: Conversation) -> tuple[object, ...]:
    screen = talk.screen()
    return [(c.id, c.why) for c in screen.items], screen.beliefs, screen.chips, screen.novelty


def known(assistant: Assistant) -> tuple[object, ...]:
    memory = assistant.stages.memory
    profile = memory.profile("ann")
    return [i.key for i in memory.interests("ann")], profile["liked"], profile["disliked"], profile["seen"]


STEPS: list[Step] = [
    UserText("nothing over $50, and I love nylon"),
    UserText("I can't stand wool"),
    UserText("undo"),
    UserText("forget wool"),
    UserText("start over"),
    UserAction("like", "FIRST"),
    UserAction("dislike", "FIRST"),
    UserAction("more", "FIRST"),
    UserAction("undo"),
    RemoveConstraint("material=wool"),
    Weigh("color=red", hard=False),
    Tune(1.0),
    NewConversation(),
]


@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.parametrize("restarts", [False, True], ids=["same process", "restarted"])
def test_a_rewound_turn_has_never_been(assistant: Assistant, shop: Catalogue, step: Step, restarts: bool) -> None:
    talk = begun(assistant)
    state, screen, knew, lines = talk.state, on_screen(talk), known(assistant), transcript(talk.events, {})
    if isinstance(step, UserAction) and step.item:
        step = UserAction(step.kind, state.shown_now[0])
    talk.reply(step)
    assert talk.state != state
    if restarts:
        resumed = assistant.resume(ID)
        assert resumed is not None
        talk = resumed
    reply = talk.reply(Rewind())
    assert (reply.act, reply.items) == ("confirm", ())
    for now in (talk, assistant.resume(ID)):
        assert now is not None
        assert now.state == state == fold(now.events)
        assert on_screen(now) == screen
        assert transcript(now.events, {}) == lines
        assert last_words(now.events) == "I love wool, a red jacket"
    assert known(assistant) == knew


def test_what_is_said_again_is_answered_as_before(assistant: Assistant) -> None:
    talk = begun(assistant)
    first = talk.reply(UserText("cheaper"))
    talk.reply(Rewind())
    again = talk.reply(UserText("cheaper"))
    assert (again.text, [c.id for c in again.items], again.beliefs, again.chips) == (
        first.text,
        [c.id for c in first.items],
        first.beliefs,
        first.chips,
    )


def test_turns_go_back_one_by_one_to_the_beginning_and_no_further(assistant: Assistant) -> None:
    talk = begun(assistant)
    talk.reply(UserAction("like", talk.state.shown_now[0]))
    talk.reply(UserText("undo"))
    liked = talk.state
    talk.reply(Rewind())
    assert talk.state.liked
    assert talk.state != liked
    for _ in range(2):
        talk.reply(Rewind())
    assert talk.events
    assert talk.state == fold(())
    assert known(assistant) == ([], [], [], [])
    count = len(talk.events)
    assert talk.reply(Rewind()).text == "There is nothing to undo."
    assert len(talk.events) == count


def test_nothing_of_an_incognito_turn_is_stored_when_it_is_rewound(assistant: Assistant) -> None:
    talk = assistant.open("ann", incognito=True)
    talk.reply(UserText("a red jacket"))
    talk.reply(UserText("I love wool"))
    talk.reply(Rewind())
    assert [b.label for b in talk.screen().beliefs] == ["red", "jacket"]
    assert known(assistant) == ([], [], [], [])


def test_what_was_taken_back_by_hand_stays_taken_back(assistant: Assistant) -> None:
    talk = begun(assistant)
    talk.reply(UserText("I love nylon"))
    assistant.stages.memory.correct("ann", "material=nylon")
    talk.reply(Rewind())
    assert known(assistant)[0] == ["material=wool"]
