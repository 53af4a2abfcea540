"""Conversations in Python tests: say something, look at what came of it, or expect it in a script's own words.

    def test_no_de_niro(bot):
        talk = Conversation(bot)
        turn = talk.say("something like Heat, no De Niro")
        assert turn.intent == "recommend"
        assert all("Robert De Niro" not in item["person"] for item in turn.items)
        turn.expect(items={"count": 5}, state={"constraints": [["person", "Robert De Niro", -1]]})

The laws of `laws.py` are checked after every turn, as in a script.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bot.conversations.bench import Bench, Mismatch, Names, Observation
from bot.conversations.checks import mismatches, slots_of
from bot.conversations.expectations import Expectation
from bot.conversations.laws import broken_laws
from bot.conversations.nodes import ScriptError
from bot.conversations.runner import Progress, take
from bot.conversations.script import CLOCK, Fixtures
from bot.conversations.vocabulary import unexpected
from bot.dialogue.events import Event
from bot.messages import NewConversation, RemoveConstraint, Rewind, Step, Tune, UserAction, UserText
from retrieval.catalogue.item import Catalogue, Item


class NotAsExpected(AssertionError):
    """A turn did not go as expected, or broke a law."""


class Shown(Mapping[str, Any]):
    """An item of a list: `item.id`, `item.title`, `item.why`, and its facets by name ("year", "genre")."""

    def __init__(self, item: Item, why: str) -> None:
        self.id, self.title, self.why = item.id, item.title, why
        self._facets = item.facets

    def __getitem__(self, facet: str) -> Any:
        return self._facets[facet]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facets)

    def __len__(self) -> int:
        return len(self._facets)

    def __repr__(self) -> str:
        return f"<{self.id}: {self.title}>"


@dataclass(frozen=True)
class Said:
    """One turn, answered."""

    seen: Observation
    _catalogue: Catalogue
    _names: Names

    @property
    def intent(self) -> str | None:
        """What was understood as the intent; None of a tap."""
        return self.seen.reply.reading.intent.value if self.seen.reply.reading else None

    @property
    def slots(self) -> list[tuple[str, Any, int]]:
        """What was understood: (slot, value, polarity)."""
        return slots_of(self.seen.reply.reading)

    @property
    def items(self) -> list[Shown]:
        """The list, best first."""
        return [Shown(self._catalogue.by_id[card.id], card.why) for card in self.seen.reply.items]

    @property
    def text(self) -> str:
        """The words of the reply."""
        return self.seen.reply.text

    @property
    def act(self) -> str:
        """What the assistant did: recommend, ask, describe, …"""
        return self.seen.reply.act

    @property
    def asks(self) -> str | None:
        """The facet of the question it put."""
        return self.seen.reply.asks

    @property
    def chips(self) -> list[str]:
        """The labels of what it suggests."""
        return [chip.label for chip in self.seen.reply.chips]

    @property
    def state(self) -> Any:
        """What is believed now: a `DialogueState`."""
        return self.seen.state

    @property
    def events(self) -> Sequence[Event]:
        """What was recorded during the turn."""
        return self.seen.recorded

    def expect(self, **expectation: Any) -> Said:
        """Check what a script's `expect:` would check; raises NotAsExpected, or ScriptError for a wrong expectation."""
        try:
            wanted = Expectation.model_validate(_frozen(expectation))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            hint = "docs/conversations.md describes the format"
            raise ScriptError(f"expect: {where}: {first['msg']}", hint=hint) from error
        if problems := list(unexpected(wanted, self._catalogue)):
            told = (f"{'.'.join(map(str, where))}: {message}" for where, message in problems)
            raise ScriptError("; ".join(told), hint="correct the expectation")
        _refuse(mismatches(wanted, self.seen, self._catalogue, self._names), self)
        return self


class Conversation:
    """A conversation with `bot` (the fixture): `say` and `tap` as a visitor does.

    `user` names the visitor, for what outlives a conversation. `history` is what they did before, as in a script.
    """

    def __init__(
        self,
        bot: Bench,
        user: str | None = None,
        *,
        history: Sequence[Mapping[str, Any]] = (),
        clock: float = CLOCK,
        seed: int = 0,
    ) -> None:
        if not hasattr(bot, "expecting"):
            hint = "a fixture of your own with this name may stand in front of it; rename yours"
            raise ScriptError(f"{bot!r} is not the `bot` of the pytest plugin", hint=hint)
        told = {"history": tuple(map(dict, history)), "seed": seed}
        fixtures = Fixtures.model_validate(told).model_copy(update={"clock": clock})
        self._progress = Progress.begin(bot, user, fixtures)
        self._step = 0

    def say(self, text: str, *, model: str | None = None) -> Said:
        """A message; `model` is what a scripted model writes of it."""
        return self._take(UserText(text), model)

    def tap(self, kind: str, item: str | Shown | None = None) -> Said:
        """A tap: like, dislike, seen, accept, click or undo; all but undo on an item (or its id)."""
        item_id = item.id if isinstance(item, Shown) else item
        return self._take(UserAction(kind, item_id))  # type: ignore[arg-type]

    def remove(self, key: str) -> Said:
        """Take away one entry of what was understood, by the key of its constraint ("year=1990..1999")."""
        return self._take(RemoveConstraint(key))

    def rewind(self) -> Said:
        """Take the turn before back."""
        return self._take(Rewind())

    def tune(self, novelty: float) -> Said:
        """Set the dial: 0 familiar, 0.5 neutral, 1 new."""
        return self._take(Tune(novelty))

    def new(self) -> Said:
        """Begin afresh."""
        return self._take(NewConversation())

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._progress.bench.wait(seconds)

    def _take(self, step: Step, model: str | None = None) -> Said:
        self._step += 1
        seen = take(self._step, step, model, self._progress)
        if isinstance(seen, Mismatch):
            raise NotAsExpected(str(seen))
        said = Said(seen, self._progress.bench.catalogue, self._progress.names)
        _refuse(broken_laws(seen, self._progress.bench.catalogue), said)
        return said


def _refuse(wrong: Sequence[Mismatch], said: Said) -> None:
    if wrong:
        shown = "".join(f"\n    {i}. {item.title} ({item.id})" for i, item in enumerate(said.items, 1))
        found = "\n".join("  ✗ " + str(mismatch).replace("\n", "\n    ") for mismatch in wrong)
        raise NotAsExpected(f"not as expected\n  assistant: [{said.act}] {said.text}{shown}\n{found}")


def _frozen(value: Any) -> Any:
    """Lists as tuples, which is what a script's values are."""
    if isinstance(value, Mapping):
        return {name: _frozen(part) for name, part in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
