"""Runs one conversation and tells what was said, done and wrong. Stops after the first turn that is not as expected.

Knows no pytest and no wiring.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.conversations.bench import Bench, Mismatch, Names, Observation, Talk
from bot.conversations.checks import mismatches, saved
from bot.conversations.laws import broken_laws
from bot.conversations.nodes import ScriptError
from bot.conversations.predicates import resolved
from bot.conversations.script import Case, Turn
from bot.messages import NewConversation, Reply, Step, TurnEvent, UserAction, UserText


@dataclass(frozen=True)
class TurnRecord:
    """One turn as it went. `reply` is None when the assistant answered with an error."""

    line: int
    said: str
    reply: Reply | None
    wrong: tuple[Mismatch, ...] = ()


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
        yield f"{self.path.name}:{turn.line}"
        yield f"  visitor:   {turn.said}"
        if turn.reply is not None:
            yield f"  assistant: [{turn.reply.act}] {_indented(turn.reply.text)}"
            yield from (f"    {i}. {card.title} ({card.id})" for i, card in enumerate(turn.reply.items, 1))
        for mismatch in turn.wrong:
            yield "  ✗ " + str(mismatch).replace("\n", "\n    ")


def run(case: Case, bench: Bench) -> Transcript:
    """Talk through `case`; raises ScriptError when the script names what its catalogue does not have."""
    talk = bench.open(case.conversation.user)
    names: Names = {}
    records: list[TurnRecord] = []
    for line, turn in zip(case.lines, case.conversation.turns, strict=True):
        record = _run_turn(turn, talk, bench, names, case, line)
        records.append(record)
        if record.wrong:
            break
        if record.reply is not None:
            names.update(saved(turn.expect.items, record.reply))
    return Transcript(case.name, case.path, tuple(records))


def _run_turn(turn: Turn, talk: Talk, bench: Bench, names: Names, case: Case, line: int) -> TurnRecord:
    step = _step(turn, names)
    said = _in_words(step)
    crossed = tuple(talk.turn(step))
    observed = _observed(crossed, talk)
    if isinstance(observed, Mismatch):
        return TurnRecord(line, said, None, (observed,))
    try:
        wrong = mismatches(turn.expect, observed, bench, names)
    except ValueError as error:
        raise ScriptError(f"{case.path.name}:{line}: {error}", hint="correct the expectation") from error
    return TurnRecord(line, said, observed.reply, (*wrong, *broken_laws(observed, bench)))


def _observed(crossed: tuple[TurnEvent, ...], talk: Talk) -> Observation | Mismatch:
    last = crossed[-1] if crossed else None
    reply = last.data.get("reply") if last is not None and last.kind == "done" else None
    if isinstance(reply, Reply):
        return Observation(reply, crossed, talk.state, tuple(talk.events))
    return Mismatch("the turn", "an answer", f"{last.kind}: {dict(last.data)}" if last else "no event at all")


def _step(turn: Turn, names: Names) -> Step:
    if turn.user is not None:
        return UserText(turn.user)
    if turn.action is not None:
        item = turn.action.item
        return UserAction(turn.action.kind, resolved(item, names)[0] if item is not None else None)
    return NewConversation()


def _indented(text: str) -> str:
    return text.replace("\n", "\n             ")


def _in_words(step: Step) -> str:
    if isinstance(step, UserText):
        return step.text
    if isinstance(step, UserAction):
        return f"<{step.kind} {step.item or ''}>".replace(" >", ">")
    return "<a new conversation>"
