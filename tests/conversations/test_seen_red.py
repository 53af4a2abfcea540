"""The scripts beside this file notice: broken on purpose, the assistant fails the conversations about what broke.

`seen_red.yaml` names the conversations that each sabotage must turn red; one that stays green whatever is broken tests
nothing. Runs the rules' half, of each conversation until one of its runs fails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

import bot.assistant
import bot.deciding
import bot.dialogue.cues
import bot.dialogue.needs
import bot.dialogue.policy
import bot.dialogue.state
import bot.dialogue.taps
import bot.dialogue.update
import bot.picking
import bot.response.cards
import bot.response.compose
import bot.response.writing
import bot.tasting
import bot.understanding.limits
import bot.understanding.resolve
from bot.assistant import Assistant, Conversation
from bot.conversations.benches import Benches
from bot.conversations.loading import Case, load_cases
from bot.conversations.runner import run
from bot.dialogue import actions as a
from bot.dialogue.events import ConstraintAdded, DirectionSet, Event
from bot.dialogue.needs import wishes
from bot.languages.hearing import Heard, Languages
from bot.languages.replies import labels_by_language
from bot.messages import ItemCard, Reply
from bot.picking import Picker
from bot.relaxing import DeadEnd
from bot.remembering import Visitor
from bot.replying import Moment, Replier
from bot.response.tones import phrasebook
from bot.response.wording import Voice
from bot.understanding.numbers import parse_range
from bot.understanding.reader import Reader
from bot.understanding.reading import Intent, MessageInContext, Reading
from ranking.interactions import InteractionStore
from ranking.request import Session
from retrieval.linking import Linker

HERE = Path(__file__).parent
Sabotage = Callable[[pytest.MonkeyPatch], None]


def _reading(patch: pytest.MonkeyPatch, change: Callable[[Reading], Reading]) -> None:
    read = Reader.read
    patch.setattr(Reader, "read", lambda self, message, **how: change(read(self, message, **how)))


def _believing(patch: pytest.MonkeyPatch, change: Callable[[Event], Event]) -> None:
    events_for = bot.assistant.events_for

    def changed(*given: object) -> object:
        events, skipped = events_for(*given)  # type: ignore[arg-type]
        return tuple(map(change, events)), skipped

    patch.setattr(bot.assistant, "events_for", changed)


def _deciding(patch: pytest.MonkeyPatch, change: Callable[[a.Action], a.Action]) -> None:
    decide = bot.assistant.decide
    patch.setattr(bot.assistant, "decide", lambda *given: change(decide(*given)))


def _replying(patch: pytest.MonkeyPatch, change: Callable[[Reply, Moment], Reply]) -> None:
    reply = Replier.reply
    patch.setattr(Replier, "reply", lambda self, action, moment: change(reply(self, action, moment), moment))


def _carding(patch: pytest.MonkeyPatch, change: Callable[[ItemCard], ItemCard]) -> None:
    card = bot.picking.card
    patch.setattr(bot.picking, "card", lambda *given: change(card(*given)))


def _same_list(patch: pytest.MonkeyPatch) -> None:
    pick = Picker.pick
    patch.setattr(Picker, "pick", lambda self, state, history, k, **_: pick(self, state, history, k))
    patch.setattr(bot.picking, "passed_over", lambda _: frozenset())


def _one_stranger(patch: pytest.MonkeyPatch) -> None:
    opened = Assistant.open
    patch.setattr(Assistant, "open", lambda self, user=None, **given: opened(self, user or "somebody", **given))


SABOTAGES: dict[str, Sabotage] = {
    # understanding
    "deaf to slots": lambda patch: _reading(patch, lambda reading: replace(reading, slots=())),
    "everything is a wish": lambda patch: _reading(
        patch, lambda reading: replace(reading, intent=Intent.RECOMMEND, request=None)
    ),
    "wants what is avoided": lambda patch: _reading(
        patch, lambda reading: replace(reading, slots=tuple(replace(s, polarity=1) for s in reading.slots))
    ),
    "blind to the screen": lambda patch: patch.setattr(
        Conversation, "in_context", lambda _, text: MessageInContext(text, (), ())
    ),
    "hears no alternatives": lambda patch: patch.setattr(
        bot.understanding.resolve, "as_alternatives", lambda slots, *_: list(slots)
    ),
    "knows no titles": lambda patch: patch.setattr(Linker, "items", lambda *_, **__: ()),
    "the clock stands": lambda patch: patch.setattr(
        bot.understanding.limits, "parse_range", lambda text, style, _: parse_range(text, style, 2000)
    ),
    "hears only English": lambda patch: patch.setattr(
        Languages, "hear", lambda self, text, *_, **__: Heard("en", text)
    ),
    "hears Spanish in everything": lambda patch: patch.setattr(Languages, "_detected", lambda *_: "es"),
    "reads on for ever": lambda patch: patch.setattr(bot.dialogue.cues, "LONGEST", 10**6),
    # what is believed
    "the dial is stuck": lambda patch: patch.setattr(Picker, "novelty_for", lambda *_: 0.5),
    "deaf to the dial in words": lambda patch: patch.setattr(
        bot.dialogue.update, "dialled", lambda reading, *_: (None, reading)
    ),
    "believes no dial": lambda patch: patch.setattr(bot.response.cards, "leans", lambda _: False),
    "tastes are laws": lambda patch: _believing(
        patch, lambda event: replace(event, hard=True) if isinstance(event, ConstraintAdded) else event
    ),
    "laws are tastes": lambda patch: _believing(
        patch, lambda event: replace(event, hard=False) if isinstance(event, ConstraintAdded) else event
    ),
    "older is newer": lambda patch: _believing(
        patch, lambda event: replace(event, more=not event.more) if isinstance(event, DirectionSet) else event
    ),
    "ranges pile up": lambda patch: patch.setattr(bot.dialogue.update, "replaced", lambda *_: []),
    "refuses nothing through an item": lambda patch: patch.setattr(
        bot.dialogue.update, "refused_value", lambda *_: None
    ),
    "nothing is undone": lambda patch: patch.setattr(bot.dialogue.update, "_undo", lambda _: ((), ())),
    "takes no step back whole": lambda patch: patch.setattr(bot.dialogue.state, "before_last_step", tuple),
    "taps change nothing": lambda patch: patch.setattr(bot.dialogue.taps, "events_for_action", lambda *_: ((), ())),
    "nothing is removed": lambda patch: patch.setattr(bot.dialogue.taps, "events_for_removal", lambda *_: ((), ())),
    "loses an event": lambda patch: patch.setattr(
        Conversation, "events", property(lambda self: tuple(self._events[:-1]))
    ),
    # memory
    "remembers nothing": lambda patch: patch.setattr(Visitor, "record", lambda *_: None),
    "resumes nothing": lambda patch: patch.setattr(Assistant, "resume", lambda *_: None),
    "keeps a taste that was rewound": lambda patch: patch.setattr(Visitor, "go_back", lambda *_: {}),
    "hears no taste": lambda patch: patch.setattr(bot.tasting, "stated", lambda *_: ()),
    "keeps a taste that is taken back": lambda patch: patch.setattr(Visitor, "correct", lambda *_: True),
    "tastes are tonight's wishes": lambda patch: patch.setattr(bot.picking, "wishes", lambda state, _: wishes(state)),
    "history is not read": lambda patch: patch.setattr(InteractionStore, "session", lambda _, user: Session(user=user)),
    "takes strangers for one": _one_stranger,
    "never forgets": lambda patch: patch.setattr(Visitor, "forget", lambda _: None),
    "takes attacks for wishes": lambda patch: patch.setattr(bot.dialogue.cues, "is_attack", lambda *_: False),
    "forgets unasked": lambda patch: _deciding(
        patch, lambda action: a.Confirm("forgotten") if action == a.ConfirmForget() else action
    ),
    # the list
    "no filter": lambda patch: patch.setattr(bot.picking, "hard_filter", lambda *_: None),
    "bounds do not hold": lambda patch: patch.setattr(bot.dialogue.needs, "_beyond", lambda _: []),
    "nothing is left out": lambda patch: patch.setattr(Picker, "_exclude", lambda *_, **__: frozenset()),
    "always the same list": _same_list,
    "cards have wrong titles": lambda patch: _carding(patch, lambda card: replace(card, title=f"{card.title} II")),
    "cards have wrong numbers": lambda patch: _carding(
        patch, lambda card: replace(card, facets={**card.facets, "price": 1.0, "year": 1900.0})
    ),
    "gives no reasons": lambda patch: _carding(patch, lambda card: replace(card, why="A place to start")),
    # what is said
    "always asks": lambda patch: _replying(patch, lambda reply, _: replace(reply, act="ask", asks="genre")),
    "never asks": lambda patch: patch.setattr(bot.deciding, "best_question", lambda *_: None),
    "answers no question": lambda patch: patch.setattr(
        bot.response.compose, "answer", lambda *_, **__: "That is hard to say."
    ),
    "likens nothing": lambda patch: patch.setattr(bot.dialogue.policy, "likened", lambda *_: None),
    "compares nothing": lambda patch: patch.setattr(
        bot.response.compose, "compared", lambda *_, **__: "They are not the same."
    ),
    "hides what is missing": lambda patch: _deciding(
        patch, lambda action: replace(action, unknown=()) if isinstance(action, a.Recommend) else action
    ),
    "no way out": lambda patch: patch.setattr(Replier, "_dead_end", lambda *_: DeadEnd()),
    "no chips": lambda patch: _replying(patch, lambda reply, _: replace(reply, chips=())),
    "echoes": lambda patch: _replying(
        patch, lambda reply, moment: replace(reply, text=f"{reply.text} You said: {moment.said}")
    ),
    "recites its prompt": lambda patch: _replying(
        patch, lambda reply, _: replace(reply, text=f"{reply.text} These are my instructions: read it.")
    ),
    "speaks German": lambda patch: _replying(
        patch, lambda reply, _: replace(reply, text="Dabei kann ich leider nicht helfen, aber gern mit anderem.")
    ),
    "babbles": lambda patch: _replying(patch, lambda reply, _: replace(reply, text="word " * 130)),
    "shouts": lambda patch: _replying(patch, lambda reply, _: replace(reply, text=f"{reply.text.rstrip('.')}!")),
    "takes every wording for untrue": lambda patch: patch.setattr(
        bot.response.compose, "ungrounded", lambda *_: ("everything",)
    ),
    "says what any model writes": lambda patch: patch.setattr(bot.response.writing, "problem", lambda *_: None),
    "has one voice": lambda patch: patch.setattr(
        Replier, "_labels", lambda self, _: labels_by_language(self._catalogue, phrasebook(Voice()))["en"]
    ),
    "greets everybody alike": lambda patch: patch.setattr(Replier, "_liked", lambda *_: ()),
    "makes things up": lambda patch: _replying(
        patch, lambda reply, _: replace(reply, text=f"{reply.text} It won eleven prizes in Oslo.")
    ),
    "is slow": lambda patch: patch.setattr(bot.assistant.Clock, "mark", lambda self, name: self.ms.update({name: 1e6})),
}
NOTICED_BY: dict[str, list[str]] = yaml.safe_load((HERE / "seen_red.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cases() -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for path in sorted(HERE.glob("*.conv.yaml")):
        for case in load_cases(path):
            if case.reader == "rules":
                found[case.conversation].append(case)
    return found


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Benches:
    return Benches(tmp_path_factory.mktemp("benches"), lambda _: None)


@pytest.mark.parametrize("name", SABOTAGES)
def test_a_broken_assistant_is_noticed(
    name: str, cases: dict[str, list[Case]], benches: Benches, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {conversation: benches.of(cases[conversation][0]) for conversation in NOTICED_BY[name]}
    SABOTAGES[name](monkeypatch)
    green = [told for told, bench in whole.items() if not any(run(case, bench).failed for case in cases[told])]
    assert green == []


def test_every_conversation_has_noticed_something(cases: dict[str, list[Case]]) -> None:
    assert set(NOTICED_BY) == set(SABOTAGES)
    assert {told for conversations in NOTICED_BY.values() for told in conversations} == set(cases)
