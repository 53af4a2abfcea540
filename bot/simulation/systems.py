"""Who simulated users talk to: the assistant, and what it is compared with, all behind one seam (`Talk`).

The baselines are read for and believed as the assistant is (the same reader, the same update), so that the same words
set the same filters; they differ in what they answer with:

- popularity: the most popular items that satisfy the hard constraints, never one twice;
- dense: the nearest items to the last message alone, without filters and without memory;
- fixed questions: the assistant's own lists after its first facets, in the catalogue's order, were asked about.

Knows what is believed and what is shown; knows no persona and no hidden item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.assistant import CONTEXT_TURNS, Assistant, Stages
from bot.conversations.bench import Talk
from bot.dialogue import actions as a
from bot.dialogue import events as ev
from bot.dialogue.policy import MOST_QUESTIONS
from bot.dialogue.state import DialogueState, apply
from bot.dialogue.update import events_for
from bot.messages import Reply, Step, TurnEvent, UserText
from bot.picking import Picked
from bot.replying import Moment
from bot.response.cards import card
from bot.understanding.reading import MessageInContext, Reading, ShownItem
from ranking.request import RankedItem, RankedList, Session
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind

OURS, POPULARITY, DENSE, FIXED = "ours", "popularity", "dense", "fixed questions"
OPTIONS = 6  #: answers that a fixed question offers
NOBODY = Session()  #: a newcomer's history


@dataclass(frozen=True)
class Newcomers:
    """An assistant whose behaviour model knows none of the people it will meet, and its baselines."""

    assistant: Assistant

    def open(self, system: str) -> Talk:
        """A conversation with a stranger."""
        if system == OURS:
            return self.assistant.open()
        return Baseline(self.stages, {POPULARITY: self._popular, DENSE: self._dense, FIXED: self._fixed}[system])

    def _popular(self, heard: Heard) -> Reply:
        free = self.stages.picker.pool(heard.state, NOBODY)
        shown = set(heard.state.shown_ever)
        return self._listed(heard, [item for item in free if item not in shown])

    def _dense(self, heard: Heard) -> Reply:
        retriever, k = self.stages.picker.retriever, self.assistant.k
        vector = retriever.embedder.encode([heard.said])
        return self._listed(heard, [hit.id for hit in retriever.index.store.search(vector, k, None)[0]])

    def _fixed(self, heard: Heard) -> Reply:
        state, stages = heard.state, self.stages
        facets = stages.catalogue.schema.facets[:MOST_QUESTIONS]
        left = [facet for facet in facets if facet.name not in state.asked]
        if left:
            number = left[0].kind is FacetKind.NUMBER
            options = () if number else stages.catalogue.facet_values(left[0].name)[:OPTIONS]
            return stages.replier.reply(a.AskFacet(left[0].name, options), heard.moment())
        picked = stages.picker.pick(state, NOBODY, self.assistant.k, fresh=True)
        fresh = bool(picked.cards)
        picked = picked if fresh else stages.picker.pick(state, NOBODY, self.assistant.k)
        moment = Moment(heard.reading, state, picked, said=heard.said)
        return stages.replier.reply(a.Recommend(fresh=fresh, again=not fresh and bool(picked.cards)), moment)

    def _listed(self, heard: Heard, ids: Sequence[str]) -> Reply:
        """A list without words; where nothing matches, what the assistant says and suggests then."""
        if not ids:
            nothing = Picked((), RankedList((), ""), 0)
            return self.stages.replier.reply(
                a.Recommend(), Moment(heard.reading, heard.state, nothing, said=heard.said)
            )
        items = [self.stages.catalogue.by_id[item] for item in ids[: self.assistant.k]]
        cards = tuple(card(item, RankedItem(item.id, 0.0, {}), "") for item in items)
        return Reply(heard.reading, "recommend", cards, "")

    @property
    def stages(self) -> Stages:
        """Those of the assistant, which the baselines share."""
        return self.assistant.stages

    @property
    def catalogue(self) -> Catalogue:
        """What is talked about."""
        return self.assistant.catalogue


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of somebody as a baseline has understood it."""

    said: str
    reading: Reading
    state: DialogueState

    def moment(self) -> Moment:
        """The same for the assistant's own words."""
        return Moment(self.reading, self.state, said=self.said)


class Baseline:
    """A conversation (`Talk`) that reads and believes as the assistant does and answers as `respond` says."""

    def __init__(self, stages: Stages, respond: Callable[[Heard], Reply]) -> None:
        self._stages, self._respond = stages, respond
        self._turns: list[str] = []
        self._events: list[ev.Event] = []
        self._state = DialogueState()

    @property
    def state(self) -> DialogueState:
        """What is believed now."""
        return self._state

    @property
    def events(self) -> tuple[ev.Event, ...]:
        """Everything that happened, oldest first."""
        return tuple(self._events)

    def turn(self, step: Step) -> Iterator[TurnEvent]:
        """See Talk. Messages alone are answered: baselines have nothing to tap."""
        assert isinstance(step, UserText), f"a baseline reads messages, not {step!r}"
        by_id = self._stages.catalogue.by_id
        shown = tuple(ShownItem(i, by_id[i].title) for i in self._state.shown_now)
        message = MessageInContext(step.text, tuple(self._turns[-CONTEXT_TURNS:]), shown)
        self._commit([ev.StepBegan(self._state.turn + 1)])
        reading = self._stages.reader.read(message)
        self._commit([ev.Said(step.text)])
        self._commit(events_for(reading, self._state, self._stages.catalogue)[0])
        reply = self._respond(Heard(step.text, reading, self._state))
        self._commit([ev.Shown(tuple(card.id for card in reply.items))] if reply.items else [])
        self._commit([ev.Asked(reply.asks)] if reply.asks is not None else [])
        self._commit([ev.Answered(reply.text, reply.act, reply.asks)])
        self._turns += [step.text, reply.text]
        yield TurnEvent("done", {"reply": reply})

    def _commit(self, events: Iterable[ev.Event]) -> None:
        for event in events:
            self._events.append(event)
            self._state = apply(self._state, event)
