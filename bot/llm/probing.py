"""What a model server can be held to: a grammar, a JSON schema, or nothing. Found out by asking, never assumed.

Servers accept fields they do not know, and enforce grammars they only half read. So each way is tried with a question
whose only permitted answer nobody would give freely, and with the constructs that real grammars use.

Knows no transport.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.llm.port import Grammar, GrammarRejected

#: How the answer's form is enforced: a grammar as vLLM takes it from 0.12, as it did before, a JSON schema, not at all.
Constraint = Literal["structured_outputs", "guided_grammar", "json_schema", "none"]
STRONGEST_FIRST: tuple[Constraint, ...] = ("structured_outputs", "guided_grammar", "json_schema")
GRAMMARS: tuple[Constraint, ...] = ("structured_outputs", "guided_grammar")

QUESTION = "Say hello."
_WORD = "zanzibar"
PROBE = Grammar(
    lark="\n".join(
        [
            "start: WORD",
            'COPY: %regex {"substring_chunks": ["zanz", "ibar", " ", "tea"]}',
            f"WORD: COPY & /{_WORD}/",
        ]
    ),
    json_schema={
        "type": "object",
        "properties": {"word": {"type": "string", "enum": [_WORD]}},
        "required": ["word"],
        "additionalProperties": False,
    },
)


@dataclass(frozen=True, slots=True)
class Probed:
    """What is enforced from now on, and why nothing stronger: (constraint, reason) each."""

    constraint: Constraint
    refused: tuple[tuple[Constraint, str], ...] = ()

    @property
    def told(self) -> str:
        """One line for people; it names what is lost."""
        reasons = "; ".join(f"no {name}: {why}" for name, why in self.refused)
        because = f" ({reasons})" if reasons else ""
        if self.constraint in GRAMMARS:
            return f"answers inside the grammar, by {self.constraint}{because}"
        if self.constraint == "json_schema":
            return f"degraded: answers inside a JSON schema, names checked only afterwards{because}"
        return f"degraded: nothing holds the answers to their form, the rules read what cannot be read{because}"


def probe(ask: Callable[[Constraint], str]) -> Probed:
    """The strongest constraint that holds; `ask` answers `QUESTION` under one.

    GrammarRejected tries the next. Any other error passes through: a server that is down degrades to nothing.
    """
    refused: list[tuple[Constraint, str]] = []
    for constraint in STRONGEST_FIRST:
        try:
            answer = ask(constraint)
        except GrammarRejected as error:
            refused.append((constraint, error.message))
            continue
        if _obeys(constraint, answer):
            return Probed(constraint, tuple(refused))
        refused.append((constraint, f"it is ignored, the answer was {answer[:40]!r}"))
    return Probed("none", tuple(refused))


def _obeys(constraint: Constraint, answer: str) -> bool:
    if constraint != "json_schema":
        return answer.strip() == _WORD
    try:
        return bool(json.loads(answer) == {"word": _WORD})
    except (ValueError, RecursionError):
        return False
