"""A language model that says what a script tells it: the double for tests and for developing without weights.

It checks its answers against nothing, the grammar least of all: a test may want a model that misbehaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.llm.port import Completion, Grammar, Limits, ModelError

Script = Mapping[str, str] | Callable[[str, str], str | Completion]


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it arrived."""

    prefix: str
    suffix: str
    grammar: Grammar | None
    limits: Limits


@dataclass
class ScriptedModel:
    """Answers by `script`: what it holds for the first key that occurs in the suffix, or what it returns when called.

    `default` answers what a mapping does not hold; without one that is a ModelError. A callable may raise.
    """

    script: Script
    default: str | None = None
    identity: str = "scripted"
    calls: list[Call] = field(default_factory=list)
    warmed: list[str] = field(default_factory=list)

    def warm_up(self, prefix: str) -> None:
        """Remember that it was asked for."""
        self.warmed.append(prefix)

    def complete(self, prefix: str, suffix: str, grammar: Grammar | None, limits: Limits) -> Completion:
        """The scripted answer; cut short when the call is already cancelled."""
        self.calls.append(Call(prefix, suffix, grammar, limits))
        if limits.cancelled():
            return Completion("", 0, 0, 0.0, "cancelled")
        answer = self.script(prefix, suffix) if callable(self.script) else self._look_up(self.script, suffix)
        if isinstance(answer, Completion):
            return answer
        return Completion(answer, len(answer.split()), 1, 0.0, "eos")

    def _look_up(self, script: Mapping[str, str], suffix: str) -> str:
        for key, answer in script.items():
            if key in suffix:
                return answer
        if self.default is None:
            raise ModelError(
                f"the script has no answer for {suffix!r}", hint=f"it knows {', '.join(map(repr, script)) or 'nothing'}"
            )
        return self.default
