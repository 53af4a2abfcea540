"""Conversations of simulated users with each system, and what went wrong in them.

A conversation lasts five messages at most and succeeds at the answer that lists the hidden item. Every answer is held
to the laws of conversation scripts (`bot/conversations/laws.py`), and its list to what the user said in so many words.
Knows personas and systems; computes no figures.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from bot.conversations.bench import Effort, Mismatch, Observation, Talk, Visit
from bot.conversations.laws import (
    every_statement_is_grounded,
    hard_constraints_hold,
    nothing_refused_returns,
)
from bot.conversations.runner import Progress, take
from bot.messages import Reply, UserText
from bot.simulation.agenda import LISTS, Agenda, asks_yes_or_no
from bot.simulation.persona import Persona
from bot.simulation.systems import Newcomers
from bot.simulation.tastes import ValuesOf
from retrieval.catalogue.item import Catalogue

TURNS = 5  #: messages of a user that count
ASKED_BACK = "yes or no"  #: what a question asks that is about no facet
VIOLATION, REPEAT, UNHEARD, UNGROUNDED = "violation", "repeat", "unheard", "ungrounded"
LAWS = {VIOLATION: hard_constraints_hold, REPEAT: nothing_refused_returns, UNGROUNDED: every_statement_is_grounded}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in an answer. `kind`: a hard constraint of the state broken (violation), an item shown again that
    is believed refused, disliked or seen (repeat), an item of a list that the user said to know or to leave out, though
    it is believed otherwise (unheard), a statement that nothing accounts for (ungrounded)."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message and its answer.

    `asks` is a facet, or `ASKED_BACK`. `ms` is wall time; `by_rules`: the rules read where a model should have;
    `reworded`: a wording failed the check and its template was sent.
    """

    said: str
    act: str
    items: tuple[str, ...]
    asks: str | None
    faults: tuple[Fault, ...]
    ms: float
    by_rules: bool = False
    reworded: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One persona's conversation with one system.

    `success` is the turn, from 1, whose list held the hidden item; None: none did. `left`: patience was over before.
    `broken` is what failed when a turn was not answered. `accepted` is the message after a success and its answer.
    """

    persona: Persona
    system: str
    exchanges: tuple[Exchange, ...]
    success: int | None = None
    left: bool = False
    broken: str | None = None
    accepted: Exchange | None = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All that went wrong, the acceptance included."""
        every = (*self.exchanges, self.accepted) if self.accepted else self.exchanges
        return tuple(fault for exchange in every for fault in exchange.faults)


@dataclass(frozen=True, slots=True)
class Seat:
    """What the script runner wants to know of a bench (see `bench.Bench`), of a conversation that is opened here."""

    catalogue: Catalogue
    talk: Talk

    def begin(self, _: Visit) -> Talk:
        """See Bench."""
        return self.talk

    again = begin

    def wait(self, _: float, /) -> None:
        """Time stands still."""

    def expecting(self, step: int, message: str, model: str | None, words: str | None = None) -> None:
        """Nothing is scripted."""

    def effort(self) -> Effort | None:
        """Not told."""
        return None


def talk_with(persona: Persona, system: str, newcomers: Newcomers, values_of: ValuesOf) -> Run:
    """One whole conversation."""
    agenda = Agenda(persona.profile, newcomers.catalogue, values_of)
    sitting = _Sitting(newcomers.catalogue, newcomers.open(system), agenda, values_of)
    exchanges: list[Exchange] = []
    done = partial(Run, persona, system)
    said: str | None = agenda.opening()
    while said is not None and len(exchanges) < TURNS:
        seen = sitting.say(said)
        if isinstance(seen, Mismatch):
            return done(tuple(exchanges), broken=str(seen))
        reply, exchange = seen
        exchanges.append(exchange)
        if reply.act in LISTS and persona.target in exchange.items:
            last = sitting.say(agenda.accept(persona.target))
            if isinstance(last, Mismatch):
                return done(tuple(exchanges), success=len(exchanges), broken=str(last))
            return done(tuple(exchanges), success=len(exchanges), accepted=last[1])
        said = agenda.answer(reply)
    return done(tuple(exchanges), left=said is None)


@dataclass
class _Sitting:
    """A conversation under way, watched."""

    catalogue: Catalogue
    talk: Talk
    agenda: Agenda
    values_of: ValuesOf
    turn: int = 0

    def __post_init__(self) -> None:
        self._progress = Progress(Seat(self.catalogue, self.talk), Visit(None, (), 0.0, 0), self.talk)

    def say(self, said: str) -> tuple[Reply, Exchange] | Mismatch:
        self.turn += 1
        start = time.perf_counter()
        seen = take(self.turn, UserText(said), None, self._progress)
        ms = (time.perf_counter() - start) * 1000
        if isinstance(seen, Mismatch):
            return seen
        reply, reading = seen.reply, seen.reply.reading
        return reply, Exchange(
            said=said,
            act=reply.act,
            items=tuple(card.id for card in reply.items),
            asks=ASKED_BACK if asks_yes_or_no(reply) else reply.asks,
            faults=tuple(self._faults(seen)),
            ms=ms,
            by_rules=reading is not None and reading.degraded is not None,
            reworded=not reply.grounded,
        )

    def _faults(self, seen: Observation) -> Iterator[Fault]:
        for kind, law in LAWS.items():
            for mismatch in law(seen, self.catalogue):
                yield Fault(kind, f"{mismatch.what}: expected {mismatch.expected}; {mismatch.actual}")
        for card in seen.reply.items if seen.recommends else ():
            if card.id in self.agenda.told - {*seen.state.refused, *seen.state.disliked, *seen.state.seen}:
                yield Fault(UNHEARD, f"{card.title} ({card.id}) was said to be known")
            for facet, value in self.values_of(card.id) & self.agenda.avoided:
                yield Fault(UNHEARD, f"{card.title} ({card.id}): {facet} {value} was to be left out")
