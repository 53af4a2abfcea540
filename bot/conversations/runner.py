"""Runs one conversation and tells what was said, done and wrong. Stops after the first turn that is not as expected.

Knows no pytest and no wiring.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from bot.conversations.bench import Bench, Mismatch, Names, Observation, TakesHints, Talk, Visit
from bot.conversations.checks import mismatches, saved
from bot.conversations.laws import broken_laws
from bot.conversations.loading import Case, Place
from bot.conversations.nodes import ScriptError
from bot.conversations.predicates import resolved
from bot.conversations.script import Fixtures, ScriptedAction, Turn
from bot.conversations.word_checks import found
from bot.dialogue.events import Said
from bot.hint_json import hints_of
from bot.messages import ActionKind, NewConversation, RemoveConstraint, Reply, Rewind, Step, Tune, UserAction, UserText
from retrieval.errors import ChatalogueError

VISITOR = "visitor"  #: who a visitor with a history is when the script gives no name


@dataclass(frozen=True)
class TurnRecord:
    """One turn as it went. `reply` is None of what is not answered, or was answered with an error."""

    place: Place
    said: str
    reply: Reply | None
    wrong: tuple[Mismatch, ...] = ()
    seen: Observation | None = None


@dataclass(frozen=True)
class Transcript:
    """A conversation as it went, up to its end or its first failing turn."""

    name: str
    path: Path
    turns: tuple[TurnRecord, ...]

    @property
    def failed(self) -> bool:
        """Whether a turn was not as expected."""
        return any(turn.wrong for turn in self.turns)

    def __str__(self) -> str:
        return "\n".join([f"conversation: {self.name}", *(line for turn in self.turns for line in self._lines(turn))])

    def _lines(self, turn: TurnRecord) -> Iterator[str]:
        yield str(turn.place)
        yield f"  visitor:   {turn.said}"
        if turn.reply is not None:
            yield f"  assistant: [{turn.reply.act}] {_indented(turn.reply.text)}"
            yield from (f"    {i}. {card.title} ({card.id})" for i, card in enumerate(turn.reply.items, 1))
        for mismatch in turn.wrong:
            yield "  ✗ " + str(mismatch).replace("\n", "\n    ")


@dataclass
class Progress:
    """A conversation under way.

    `names` are what is saved, `last` is the answer whose chips can be tapped, `known` and `told` see `Observation`;
    `words` is how a scripted model words the next reply.
    """

    bench: Bench
    visit: Visit
    talk: Talk
    budget_ms: float | None = None
    names: Names = field(default_factory=dict)
    last: Reply | None = None
    known: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    words: str | None = None

    @classmethod
    def begin(cls, bench: Bench, user: str | None, fixtures: Fixtures, budget_ms: float | None = None) -> Progress:
        """Open the conversation."""
        who = user or (VISITOR if fixtures.history else None)
        visit = Visit(who, fixtures.history, fixtures.clock, fixtures.seed)
        known = {entry.item for entry in fixtures.history}
        return cls(bench, visit, bench.begin(visit), budget_ms, known=known)

    def remember(self, reply: Reply) -> None:
        """Take in what an answer put on the screen."""
        self.last = reply
        self.known.update(card.id for card in reply.items)
        self.told += [card.why for card in reply.items]


def run(case: Case, bench: Bench) -> Transcript:
    """Talk through `case`; raises ScriptError when the script asks for what cannot be done."""
    progress = Progress.begin(bench, case.user, case.fixtures, case.budget_ms)
    records: list[TurnRecord] = []
    for number, (place, turn) in enumerate(zip(case.places, case.turns, strict=True), 1):
        try:
            record = _run_turn(number, turn, place, progress)
        except ScriptError as error:
            raise ScriptError(f"{place}: {error.message}", hint=error.hint) from error
        records.append(record)
        if record.wrong:
            break
    return Transcript(case.name, case.path, tuple(records))


def take(number: int, step: Step, model: str | None, progress: Progress) -> Observation | Mismatch:
    """Take step `number` (from 1) and see what comes of it; a mismatch when it is not answered."""
    talk, text = progress.talk, step.text if isinstance(step, UserText) else ""
    before = tuple(talk.events)
    progress.bench.expecting(number, text, model, progress.words)
    crossed = tuple(talk.turn(step))
    last = crossed[-1] if crossed else None
    reply = last.data.get("reply") if last is not None and last.kind == "done" else None
    if not isinstance(reply, Reply):
        said = " ".join(str(last.data.get(part, "")) for part in ("message", "hint")).strip() if last else ""
        return Mismatch("the turn", "an answer", f"{last.kind}: {said}" if last else "no event at all")
    events = tuple(talk.events)
    recorded = events[len(before) :] if events[: len(before)] == before else events  # all anew once forgotten
    seen = Observation(
        reply=reply,
        crossed=crossed,
        state=talk.state,
        events=events,
        recorded=recorded,
        effort=progress.bench.effort(),
        budget_ms=progress.budget_ms,
        known=frozenset(progress.known),
        told=tuple(progress.told),
    )
    progress.remember(reply)
    return seen


def _run_turn(number: int, turn: Turn, place: Place, progress: Progress) -> TurnRecord:
    if not turn.is_answered:
        return TurnRecord(place, _aside(turn, progress), None)
    step = _step(turn, progress)
    if isinstance(step, Mismatch):
        return TurnRecord(place, step.what, None, (step,))
    progress.words = turn.words
    seen = take(number, step, turn.model, progress)
    if isinstance(seen, Mismatch):
        return TurnRecord(place, _in_words(step), None, (seen,))
    catalogue = progress.bench.catalogue
    wrong = (*mismatches(turn.expect, seen, catalogue, progress.names), *broken_laws(seen, catalogue))
    if not wrong:
        progress.names.update(saved(turn.expect.items, seen.reply))
    return TurnRecord(place, _in_words(step), seen.reply, wrong, seen)


def _aside(turn: Turn, progress: Progress) -> str:
    """What happens without an answer: time passes, the channel tells what it knows, or the server restarts."""
    if turn.wait is not None:
        progress.bench.wait(turn.wait)
        return f"<{turn.wait:g} s pass>"
    if turn.hints is not None:
        if not isinstance(progress.talk, TakesHints):
            raise ScriptError("nobody takes hints here", hint="leave `hints` out")
        try:
            progress.talk.hint(hints_of(turn.hints))
        except ChatalogueError as error:
            raise ScriptError(error.message, hint=error.hint) from error
        return f"<the channel tells {json.dumps(turn.hints, ensure_ascii=False)}>"
    progress.told += [event.text for event in progress.talk.events if isinstance(event, Said)]  # may be remembered
    if turn.restart == "resume":
        stored = getattr(progress.talk, "id", None)  # what is not stored begins anew
        progress.talk = progress.bench.again(replace(progress.visit, resumes=stored))
        return "<the server restarts, the conversation goes on>"
    progress.talk = progress.bench.again(progress.visit)
    progress.last = None
    return "<the server restarts>"


def _step(turn: Turn, progress: Progress) -> Step | Mismatch:
    if turn.user is not None:
        return UserText(turn.user)
    if turn.novelty is not None:
        return Tune(turn.novelty)
    if turn.rewind:
        return Rewind()
    action = turn.action
    if action is None:
        return NewConversation()
    if action.kind in ("tap", "remove"):
        return _chip(action, progress.last)
    items = resolved(action.item, progress.names) if action.item is not None else (None,)
    if len(items) != 1:
        return Mismatch(f"{action.kind} {action.item}", "one item", f"{len(items)}: {', '.join(map(str, items))}")
    return UserAction(cast(ActionKind, action.kind), items[0])


def _chip(action: ScriptedAction, last: Reply | None) -> Step | Mismatch:
    """The tap on a chip of the answer before; a mismatch when it has no such chip."""
    chips: dict[str, Step] = {}
    if last is not None and action.kind == "tap":
        chips = {chip.label: UserText(chip.text) for chip in last.chips}
    elif last is not None:
        chips = {belief.label: RemoveConstraint(belief.key) for belief in last.beliefs}
    for label, step in chips.items():
        if found(action.chip or "", label):
            return step
    return Mismatch(f"{action.kind} {action.chip!r}", "a chip with such a label", ", ".join(chips) or "no chips")


def _indented(text: str) -> str:
    return text.replace("\n", "\n             ")


def _in_words(step: Step) -> str:
    if isinstance(step, UserText):
        return step.text
    if isinstance(step, UserAction):
        return f"<{step.kind} {step.item or ''}>".replace(" >", ">")
    if isinstance(step, Tune):
        return f"<the dial at {step.novelty:g}>"
    if isinstance(step, Rewind):
        return "<the turn before is taken back>"
    return f"<remove {step.key}>" if isinstance(step, RemoveConstraint) else "<a new conversation>"
