"""The seam to a language model: text in, text out, inside a grammar and within limits.

Knows nothing of slots, catalogues or prompts' words, and of no particular engine. Adapters: `local.py` (transformers on
this machine), `openai_server.py` (a model server), `scripted.py` (the double). Every adapter translates what its engine
raises into the errors below and keeps the cause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from retrieval.errors import ChatalogueError

Stopped = Literal["eos", "length", "deadline", "cancelled"]


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the answer may be, as an llguidance Lark grammar.

    `json_schema`: the same answers as JSON, for an engine that enforces only such a schema; its `form` says "json".
    `guess`: what the answer probably is, or empty; it may make a model faster and never makes it answer otherwise.
    """

    lark: str
    json_schema: Mapping[str, Any] | None = None
    guess: str = field(default="", compare=False)


def never() -> bool:
    """The `cancelled` of a call that nobody cancels."""
    return False


@dataclass(frozen=True, slots=True)
class Limits:
    """When a call stops early. `deadline_s`: seconds of wall time, waiting for the model included; None: unlimited."""

    max_tokens: int = 160
    deadline_s: float | None = None
    cancelled: Callable[[], bool] = never


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model wrote.

    `tokens` were written (end mark excluded), `calls` is the number of forward passes they took, the prompt's
    included; None: a server does not tell. `ms` is wall time in milliseconds. Only text stopped at "eos" is whole.
    `confidence` in (0, 1] is the product of the probabilities of the model's choices, each among the tokens allowed
    there; what the grammar left no choice about counts nothing. None: nothing was chosen, or a server does not tell.
    It ranks answers; how often one of .9 is right, `bot/understanding/confidence.py` knows.
    """

    text: str
    tokens: int
    calls: int | None
    ms: float
    stopped: Stopped
    confidence: float | None = None


class LanguageModel(Protocol):
    """A model that completes text; one instance may be called from several threads."""

    @property
    def identity(self) -> str:
        """Name, revision and adapter: changes whenever answers may change."""
        ...

    def warm_up(self, prefix: str) -> None:
        """Load what is needed and read `prefix`, so that the next `complete` with it is fast. Raises ModelError."""
        ...

    def complete(self, prefix: str, suffix: str, grammar: Grammar | None, limits: Limits) -> Completion:
        """The most likely continuation of `prefix + suffix`, inside `grammar` if there is one; the same every time.

        `prefix` is what many calls share; `suffix` changes. Raises ModelError.
        """
        ...


class Cancelled(ChatalogueError):
    """Nobody waits for the answer any more, so it was not finished. No failure of the model."""

    code = "cancelled"

    @classmethod
    def by_the_visitor(cls) -> Cancelled:
        """As channels tell it."""
        return cls("Stopped.", hint="Nothing has changed; say it again whenever you like.", retryable=True)


class ModelError(ChatalogueError):
    """The language model could not answer."""

    code = "model_error"


class ModelMissing(ModelError):
    """There is no such model or adapter at the place named."""

    code = "model_missing"


class AdapterMismatch(ModelError):
    """An adapter that was trained on another base model."""

    code = "adapter_mismatch"


class OutOfMemory(ModelError):
    """The model or its cache does not fit into memory."""

    code = "out_of_memory"


class GrammarRejected(ModelError):
    """The engine cannot compile or follow the grammar."""

    code = "grammar_rejected"


class ServerUnavailable(ModelError):
    """The model server is down, too slow, or refuses us."""

    code = "model_server_unavailable"


class ServerBusy(ServerUnavailable):
    """The model server asks to be left alone for `wait_s` seconds."""

    code = "model_server_busy"

    def __init__(self, message: str, *, hint: str, wait_s: float) -> None:
        super().__init__(message, hint=hint, retryable=True)
        self.wait_s = wait_s
