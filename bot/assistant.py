"""The turn: what happens between a visitor's step and the answer, top to bottom.

    message -> reading -> events -> state -> action -> candidates -> ranked items -> reply

Open this file first. Every stage is given (`Stages`, made in `bot/wiring.py`); nothing here knows a model, a store, a
channel or what a catalogue is about. A sync core of generators: threads are the channels' business.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot import tasting, whys
from bot.calls import UNHURRIED, Call, Clock, Receipt, failed
from bot.deciding import situation_of, with_list
from bot.dialogue import actions as a
from bot.dialogue import events as ev
from bot.dialogue.doubt import answered, is_doubtful
from bot.dialogue.hints import Hint, events_for_hints
from bot.dialogue.policy import decide
from bot.dialogue.state import DialogueState, apply
from bot.dialogue.taps import events_for_tap
from bot.dialogue.update import Skipped, events_for
from bot.languages.detection import ENGLISH
from bot.llm.port import Cancelled
from bot.memory.store import StoredConversation
from bot.messages import NewConversation, Reply, Rewind, Screen, Step, TurnEvent, UserText, ending
from bot.picking import Picked, Picker
from bot.remembering import Happened, Visitor, VisitorMemory
from bot.replying import Moment, Replier
from bot.response.cards import card_again
from bot.rewinding import screen_of, taken_back
from bot.transcript import spoken
from bot.understanding.reader import Reader
from bot.understanding.reading import MessageInContext, Reading, ShownItem
from bot.whys import Placed, Why
from retrieval.catalogue.item import Catalogue

log = logging.getLogger(__name__)

CONTEXT_TURNS = 3


@dataclass(frozen=True)
class Stages:
    """The stages of a turn, ready to use."""

    catalogue: Catalogue
    reader: Reader
    picker: Picker
    replier: Replier
    memory: VisitorMemory


class Assistant:
    """One assistant for one catalogue; opens any number of conversations."""

    def __init__(self, stages: Stages, k: int = 5) -> None:
        self.stages = stages
        self.k = k

    @property
    def catalogue(self) -> Catalogue:
        """What is talked about."""
        return self.stages.catalogue

    def open(
        self, user: str | None = None, *, conversation: str | None = None, incognito: bool = False
    ) -> Conversation:
        """A new conversation with a visitor known as `user`, or with somebody unknown.

        It can be resumed by the id `conversation`. `incognito`: what is known is used, and nothing is stored.
        """
        visitor = self.stages.memory.visitor(user, writes=not incognito, conversation=conversation)
        return Conversation(self.stages, visitor, self.k)

    def resume(self, conversation: str) -> Conversation | None:
        """The stored conversation of that id, as it stood after its last turn; None when none is stored."""
        found = self.stages.memory.returning(conversation)
        return None if found is None else Conversation(self.stages, found[0], self.k, found[1])

    def close(self) -> None:
        """Let go of the index's files and of the database; conversations of this assistant are over."""
        self.stages.picker.close()
        self.stages.memory.store.close()

    def greeting(self) -> Reply:
        """What a channel says before the visitor has said anything."""
        return self.stages.replier.greeting()


class Conversation:
    """One visitor's conversation. State is a fold over `events`; one step at a time."""

    def __init__(self, stages: Stages, visitor: Visitor, k: int, stored: StoredConversation | None = None) -> None:
        self._stages = stages
        self._visitor = visitor
        self._k = k
        self._why: dict[str, str] = {}  # of the items last shown
        self._placed: Placed = {}
        self._taste = tasting.Taste()  # what this step tells of it
        self._begin_from(stored)

    @property
    def id(self) -> str | None:
        """By which id it can be resumed; None: it is not stored."""
        return self._visitor.conversation

    @property
    def state(self) -> DialogueState:
        """What is believed now."""
        return self._state

    @property
    def novelty(self) -> float:
        """Where the dial stands, in [0, 1]: 0 familiar, 0.5 neutral, 1 new."""
        return self._stages.picker.novelty_for(self._state)

    @property
    def events(self) -> tuple[ev.Event, ...]:
        """Everything that happened, oldest first; folding it gives `state`."""
        return tuple(self._events)

    @property
    def visitor(self) -> Visitor:
        """Who is talked with."""
        return self._visitor

    def screen(self) -> Screen:
        """What the last answer left to see and tap, for a channel that draws it anew."""
        by_id = self._stages.catalogue.by_id
        shown = tuple(card_again(by_id[item], self._why.get(item, "")) for item in self._state.shown_now)
        return Screen(shown, self._stages.replier.beliefs(self._state), self._chips, self.novelty)

    def greeting(self, language: str = ENGLISH) -> Reply:
        """What a channel says before this visitor has said anything; `language` is the channel's."""
        return self._stages.replier.greeting(self._visitor.history, language)

    def reply(self, step: Step) -> Reply:
        """The whole answer to one step. Raises ChatalogueError when the turn failed."""
        for event in self._turn(step):
            if event.kind == "done":
                reply = event.data["reply"]
                assert isinstance(reply, Reply)
                return reply
        raise AssertionError("a turn ends with done")

    def turn(self, step: Step, call: Call = UNHURRIED) -> Iterator[TurnEvent]:
        """The answer as it comes into being; the last event is `done` or `error`. Never raises.

        Cancelled before anything is shown, nothing has happened (`bot.calls`).
        """
        try:
            yield from self._turn(step, call)
        except Exception as error:  # the channel's one broad except: logged whole, answered honestly
            if isinstance(error, Cancelled):
                self._take_out()
            yield failed(error)

    def catch_up(self) -> DialogueState:
        """The state to go on from, also where another process continued the conversation, or forgot the visitor."""
        elsewhere = self._visitor.catch_up()
        if elsewhere is not None:
            self._begin_from(elsewhere)
        return self._state

    def in_context(self, text: str) -> MessageInContext:
        """A message with what it may refer to."""
        by_id = self._stages.catalogue.by_id
        shown = tuple(ShownItem(i, by_id[i].title) for i in self._state.shown_now)
        return MessageInContext(text, spoken(self._state.past)[-CONTEXT_TURNS:], shown, self._state.language)

    def why(self, item: str) -> Why | None:
        """Why `item` is in the list on screen; None where it is not in it."""
        return self._stages.replier.why(item, self._state, self._placed, self._why.get(item, ""))

    def hint(self, hints: Iterable[Hint]) -> None:
        """Take in all that the channel knows now of the visitor and the page, instead of what it told before.

        Raises HintError where the catalogue does not have what is named; nothing has changed then.
        """
        self._commit(events_for_hints(hints, self.catch_up(), self._stages.catalogue))

    def hear(self, text: str) -> None:
        """Take in the visitor's words without answering."""
        self._take_in(UserText(text))

    def overhear(self, text: str) -> None:
        """Take in words that somebody else said in the assistant's place; items named in them count as mentioned."""
        named = self._stages.reader.named_items(text)
        self._commit([*(ev.Reacted(i, "mention") for i in named), ev.Answered(text, "chat")])

    def pick(self, k: int, *, fresh: bool = False) -> Picked:
        """The best `k` items for what is believed now."""
        return self._stages.picker.pick(self._state, self._visitor.history, k, fresh=fresh)

    # -- a step, top to bottom -----------------------------------------------------------------------------------

    def _turn(self, step: Step, call: Call = UNHURRIED) -> Iterator[TurnEvent]:
        clock, replier = Clock(), self._stages.replier
        yield TurnEvent("status", {"text": "reading"})
        before = self.catch_up()
        if isinstance(step, Rewind):
            yield from self._rewound(before, clock, call)
            return
        self._rest = before, len(self._events)
        reading = self._take_in(step, call)
        clock.mark("understand")
        yield TurnEvent("understood", {"reading": reading, "beliefs": replier.beliefs(self._state)})

        action, question = self._decide(reading, step)
        if action == a.Confirm("forgotten"):
            self._visitor.forget()
        action, picked = self._picked_for(action)
        if action != a.Confirm("forgotten") and not tasting.lasting(self._taste, self._state.undone):
            call.check()
        clock.mark("cards")
        if picked is not None:
            clock.ms |= picked.ms
            self._put_up(picked)
            yield TurnEvent("items", {"items": picked.cards})

        history, known = self._visitor.history, self._visitor.interests() if action == a.ShowMemory() else ()
        moment = Moment(reading, self._state, picked, self._why, history, self._state.said, question, known)
        reply = replier.reply(action, replace(moment, cancelled=call.cancelled))
        self._answered(action, reply, picked)
        clock.mark("total")
        reply = replace(reply, ms=clock.ms, novelty=self.novelty)
        if action != a.Confirm("forgotten") and not self._stored(before, picked, call.receipt(step, reply)):
            reply = replier.unsaved(reply, self._state)
        clock.mark("total")
        yield from ending(reply)

    def _put_up(self, picked: Picked) -> None:
        self._placed = whys.with_list(self._placed, picked)
        self._why = {card.id: self._stages.replier.reason(card, self._state) for card in picked.cards}

    def _rewound(self, before: DialogueState, clock: Clock, call: Call) -> Iterator[TurnEvent]:
        """Take the last turn back. The answer says so and is not on record: what was said before stands last."""
        replier, self._taste = self._stages.replier, tasting.Taste()
        if before.turn:
            self._commit([ev.Rewound()])
            self._why, self._chips = taken_back(before, self._visitor)
        said = replier.reply(a.Confirm("rewound" if before.turn else "nothing_to_undo"), Moment(None, self._state))
        yield TurnEvent("understood", {"reading": None, "beliefs": said.beliefs})
        for name in ("understand", "cards", "total"):
            clock.mark(name)
        reply = replace(said, chips=self._chips, ms=clock.ms, novelty=self.novelty)
        if before.turn and not self._stored(before, None, call.receipt(Rewind(), reply)):
            reply = replier.unsaved(reply, self._state)
        yield from ending(reply)

    def _stored(self, before: DialogueState, picked: Picked | None, receipt: dict[str, Any]) -> bool:
        """Store the turn; False when that failed. Of a turn that forgets, a record would be a trace."""
        screen = {"why": self._why, "chips": [[chip.label, chip.text] for chip in self._chips], **receipt}
        happened = Happened(before, self._state, picked, self.events, screen, self._taste.stated)
        return self._visitor.record(happened) is None

    def _take_in(self, step: Step, call: Call = UNHURRIED) -> Reading | None:
        """Begin a step, read it, and apply what it changes. Raises Cancelled."""
        self._commit([ev.StepBegan(self._state.turn + 1)])
        self._taste = tasting.Taste()
        if isinstance(step, UserText):
            ours = step.text.strip().casefold() in {chip.text.strip().casefold() for chip in self._chips}
            reading, changes, skipped = self._read(step.text, call, ours=ours)
        else:
            reading = None
            changes, skipped = events_for_tap(step, self._state, self._stages.catalogue)
        for skip in skipped:
            log.debug("skipped %s: %s", skip.what, skip.reason)
        self._commit(changes)
        tasting.give_back(self._state.undone, self._visitor)
        if any(isinstance(change, ev.Restarted) for change in changes):
            self._visitor.refresh()  # what was said so far was tonight's; what it told of taste stays
        return reading

    def _read(self, text: str, call: Call, *, ours: bool) -> tuple[Reading, tuple[ev.Event, ...], tuple[Skipped, ...]]:
        """A message's reading, what it changes, and what of it is skipped and why."""
        heard = self._stages.reader.hear(self.in_context(text), ours=ours)
        language = heard.language if heard.language != self._state.language else None
        said = ev.Said(text, language, heard.english if heard.english != text else None)
        if (settled := answered(heard.english, self._state)) is not None:
            self._commit([said])
            self._taste = tasting.confirmed(self._state, settled[1])
            return *settled, ()
        reading = self._stages.reader.read(self.in_context(text), ours=ours, cancelled=call.cancelled)
        call.check()
        self._commit([said])
        catalogue = self._stages.catalogue
        changes, skipped = events_for(reading, self._state, catalogue)
        if is_doubtful(reading, changes, self._state):
            return reading, (tasting.in_doubt(reading, text, changes, self._visitor, catalogue),), skipped
        told, self._taste = tasting.told(reading, text, self._visitor, catalogue)
        if told is not reading:
            changes, skipped = events_for(told, self._state, catalogue)
        return told, (*changes, *self._taste.events), skipped

    def _decide(self, reading: Reading | None, step: Step) -> tuple[a.Action, a.AskFacet | None]:
        """The action, and the question that was worth asking, if any."""
        if isinstance(step, NewConversation):
            return a.Confirm("start_over"), None
        said = self._state.said if isinstance(step, UserText) else None
        situation = situation_of(self._stages.picker, self._state, self._visitor.history, said)
        return self._taste.corrected or decide(reading, self._state, situation), situation.question

    def _picked_for(self, action: a.Action) -> tuple[a.Action, Picked | None]:
        draw = self._visitor.draw()

        def pick(fresh: bool) -> Picked:
            return self._stages.picker.pick(self._state, self._visitor.history, self._k, fresh=fresh, draw=draw)

        return with_list(action, self._state, pick, corrects=action is self._taste.corrected)

    def _answered(self, action: a.Action, reply: Reply, picked: Picked | None) -> None:
        if picked is not None:
            self._commit([ev.Shown(tuple(card.id for card in picked.cards))])
        if reply.asks is not None:
            self._commit([ev.Asked(reply.asks)])
        self._commit([ev.Answered(reply.text, reply.act, reply.asks)])
        self._chips = reply.chips
        if action == a.Confirm("forgotten"):
            self._begin_from(None)

    def _begin_from(self, stored: StoredConversation | None) -> None:
        """Be where `stored` ends; None: at the beginning."""
        screen = stored.screen if stored is not None else {}
        self._events: list[ev.Event] = []
        self._state = DialogueState()
        self._why, self._chips = screen_of(screen)  # of the last answer
        self.receipt = Receipt.of(screen)  #: of the last stored turn, where it was asked for under an id
        self._taste = tasting.Taste()
        self._commit(stored.events if stored is not None else ())

    def _take_out(self) -> None:
        """Be where the conversation was before the step that is under way."""
        self._state, count = self._rest
        self._events = self._events[:count]

    def _commit(self, events: Iterable[ev.Event]) -> None:
        for event in events:
            self._events.append(event)
            self._state = apply(self._state, event)
