"""Reads a message with a language model: prompt, grammar, answer, and the answer checked once more in plain code.

Knows no linking and no rules: values are still the visitor's words. When the model fails it says so (ReaderFailed) and
leaves what to do about it to `reader.py`.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

from bot.llm.patience import waited_s
from bot.llm.port import Cancelled, Completion, LanguageModel, Limits, ModelError, ServerUnavailable, never
from bot.understanding.confidence import Calibration
from bot.understanding.grammar import Sources, tidy, understanding_grammar
from bot.understanding.instructed import Form, Prompt
from bot.understanding.json_answer import answer_schema, parse_json_answer
from bot.understanding.prompt import FacetView, facet_views, message_suffix, schema_prefix
from bot.understanding.reading import Intent, MessageInContext
from bot.understanding.target import RawSlot, parse_target, write_target
from retrieval.catalogue.item import Catalogue
from retrieval.errors import ChatalogueError

DEADLINE_S = 4.0
MAX_TOKENS = 160
log = logging.getLogger(__name__)


class ReaderFailed(ChatalogueError):
    """The model did not read this message; the message says why."""

    code = "reader_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, hint="", retryable=True)


@dataclass(frozen=True, slots=True)
class RawReading:
    """What the model read, before linking.

    `refused` slots were written but stand nowhere they may be copied from (only a model without a grammar does that).
    `cut`: the message was too long and its end was not read. `ms`: wall time in milliseconds, the prompt's included.
    `confidence`: the calibrated probability that intent and slots are all right, in (0, 1); None: not known.
    `agreed`: the guesser, which is no model, read the same.
    """

    intent: Intent
    slots: tuple[RawSlot, ...]
    ms: float
    completion: Completion
    refused: tuple[RawSlot, ...] = ()
    cut: bool = False
    confidence: float | None = None
    agreed: bool = False


class Guess(Protocol):
    """What may be the answer: an intent and slots, as the model would write them."""

    @property
    def intent(self) -> Intent: ...
    @property
    def slots(self) -> tuple[RawSlot, ...]: ...


class Guesser(Protocol):
    """Reads a message quickly; need not be right."""

    def read_raw(self, message: MessageInContext, /) -> Guess: ...


class ModelReader:
    """The reader of one catalogue's messages. `item`: the noun for one item; `deadline_s`: seconds of wall time.

    `prompt`: what the model reads before a message; None is what it was trained on.
    """

    def __init__(
        self,
        llm: LanguageModel,
        item: str,
        facets: Sequence[FacetView],
        deadline_s: float = DEADLINE_S,
        prompt: Prompt | None = None,
    ) -> None:
        self._llm = llm
        self._item = item
        self._facets = tuple(facets)
        self._deadline_s = deadline_s
        self._prompt = prompt
        self._prefixes: dict[Form, str] = {}
        self._guesser: Guesser | None = None
        self._calibration: Calibration | None = None

    @classmethod
    def of(
        cls, llm: LanguageModel, catalogue: Catalogue, deadline_s: float = DEADLINE_S, prompt: Prompt | None = None
    ) -> ModelReader:
        """The reader for `catalogue`."""
        return cls(llm, catalogue.schema.item, facet_views(catalogue), deadline_s, prompt)

    def guess_with(self, guesser: Guesser) -> None:
        """Let `guesser` read a message first: what it says the model checks at once instead of writing it bit by bit.

        The model's answers stay what they are.
        """
        self._guesser = guesser

    def calibrate(self, calibration: Calibration | None) -> None:
        """From now on tell how probably a reading is right; None: no longer."""
        self._calibration = calibration

    @property
    def prefix(self) -> str:
        """The part of the prompt that all messages share, for the form of answer that the engine enforces now."""
        form: Form = "json" if getattr(self._llm, "form", "lines") == "json" else "lines"
        if form not in self._prefixes:
            prompt = self._prompt or _as_trained
            self._prefixes[form] = prompt(self._item, self._facets, form)
        return self._prefixes[form]

    def warm_up(self, report: Callable[[str], None]) -> None:
        """Load the model and read the catalogue's part of the prompt; tell what it cannot do here.

        A server that may answer later is told and not waited for. Raises ModelError.
        """
        report(f"loading the language model ({self._llm.identity})")
        start = time.perf_counter()
        try:
            self._llm.warm_up(self.prefix)
        except ServerUnavailable as error:
            if not error.retryable:
                raise
            report(f"degraded: {error}; until it answers, the rules read")
            return
        if note := getattr(self._llm, "note", ""):
            report(note)
        with contextlib.suppress(ReaderFailed):  # what a first reading builds late; its answer does not matter
            self._ask(MessageInContext("hello"))
        report(f"language model ready, {time.perf_counter() - start:.1f} s")

    def plain_ms(self, message: MessageInContext) -> float | None:
        """Milliseconds of the same prompt through the engine's own `generate`; None when the engine has none."""
        plain = getattr(self._llm, "generate_plain", None)
        return None if plain is None else float(plain(self.prefix, message_suffix(tidy(message).message)).ms)

    def read_raw(self, message: MessageInContext, cancelled: Callable[[], bool] = never, /) -> RawReading:
        """Intent and slots, each slot once. Raises ReaderFailed, and Cancelled once `cancelled` says so."""
        start = time.perf_counter()
        seen = tidy(message)
        guess = None if self._guesser is None else self._guesser.read_raw(seen.message)
        likely = "" if guess is None else write_target(guess.intent, guess.slots)
        completion = self._ask(seen.message, likely, cancelled)
        intent, slots = _parsed(completion)
        sources = Sources(self._facets, seen.message)
        written = [(s, sources.as_written(s.slot, s.value)) for s in slots]
        permitted = tuple(replace(s, value=value) for s, value in written if value is not None)
        refused = tuple(s for s, value in written if value is None)
        ms = (time.perf_counter() - start) * 1000
        sure = self._calibration and completion.confidence and self._calibration(completion.confidence)
        agreed = guess is not None and guess.intent == intent and _folded(guess.slots) == _folded(slots)
        return RawReading(intent, _settled(permitted), ms, completion, refused, seen.cut, sure or None, agreed)

    @cached_property
    def _schema(self) -> dict[str, Any]:
        return answer_schema(self._facets)

    def _ask(self, message: MessageInContext, guess: str = "", cancelled: Callable[[], bool] = never) -> Completion:
        left_s = self._deadline_s - waited_s()
        if left_s <= 0:
            raise ReaderFailed(f"others were asking: the message waited longer than {self._deadline_s:g} s")
        grammar = replace(understanding_grammar(self._facets, message), json_schema=self._schema, guess=guess)
        limits = Limits(MAX_TOKENS, left_s, cancelled)
        try:
            completion = self._llm.complete(self.prefix, message_suffix(message), grammar, limits)
        except ModelError as error:
            raise ReaderFailed(str(error)) from error
        if completion.stopped == "deadline":
            raise ReaderFailed(f"the model took longer than {self._deadline_s:g} s")
        if completion.stopped == "cancelled":
            raise Cancelled.by_the_visitor()
        return completion


def _folded(slots: Sequence[RawSlot]) -> set[tuple[str, str, int]]:
    return {(s.slot, s.value.casefold(), s.polarity) for s in slots}


def _as_trained(item: str, facets: Sequence[FacetView], _: Form) -> str:
    """The prompt that the adapter was trained on: the same for every form of answer."""
    return schema_prefix(item, facets)


def _parsed(completion: Completion) -> tuple[Intent, tuple[RawSlot, ...]]:
    """The answer read back; of one that became too long, its whole lines."""
    text = completion.text.strip()
    try:
        if text.startswith("{"):  # no line of an answer begins so
            return parse_json_answer(text)
        return parse_target(text.rpartition("\n")[0] if completion.stopped == "length" else text)
    except ValueError as error:
        log.debug("not an answer: %s", error)  # it copies the visitor's words, which no other level logs
        raise ReaderFailed("the model's answer cannot be read") from error


def _settled(slots: Sequence[RawSlot]) -> tuple[RawSlot, ...]:
    """Each slot and value once; where the model contradicts itself its last word counts."""
    last: dict[tuple[str, str], RawSlot] = {}
    for slot in slots:
        key = (slot.slot, slot.value.casefold())
        last.pop(key, None)
        last[key] = slot
    return tuple(last.values())
