"""Reads one message: the model first, the rules when it fails, and every result says which of the two spoke.

Knows neither grammar nor decoding (`model_reader.py`) nor cue words (`rules.py`); it joins them with resolving.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Protocol

from bot.understanding.model_reader import ReaderFailed
from bot.understanding.reading import Intent, MessageInContext, Reading, Request
from bot.understanding.resolve import Resolver
from bot.understanding.target import RawSlot
from retrieval.linking import Linker

LONGEST = 2_000  #: characters of a message that is read
log = logging.getLogger(__name__)


class RawReading(Protocol):
    """What a raw reader answers: an intent and slots whose values are still the visitor's words."""

    @property
    def intent(self) -> Intent: ...
    @property
    def slots(self) -> tuple[RawSlot, ...]: ...


class RawReader(Protocol):
    """Reads a message without linking. Raises ReaderFailed when it cannot."""

    def read_raw(self, message: MessageInContext, /) -> RawReading: ...


class Reader:
    """The understanding stage. `model` None means that the rules were chosen by configuration."""

    def __init__(self, resolver: Resolver, rules: RawReader, model: RawReader | None, linker: Linker) -> None:
        self._resolver = resolver
        self._linker = linker
        self._rules = rules
        self._model = model

    def warm_up(self, report: Callable[[str], None]) -> None:
        """Load what is loaded late, so that the first message does not wait for it."""
        if self._model is not None and hasattr(self._model, "warm_up"):
            self._model.warm_up(report)

    def read_plainly(self, message: MessageInContext) -> float | None:
        """Milliseconds of the same reading by the engine's own `generate()`; None without a local model."""
        plain = getattr(self._model, "plain_ms", None)
        return None if plain is None else float(plain(message))

    def named_items(self, text: str) -> tuple[str, ...]:
        """Ids of the catalogue's items that a text names; for what others say, which is not read for wishes."""
        mentions = [mention.text for mention in self._linker.scan(text) if mention.known]
        links = [self._linker.items(mention) for mention in mentions]
        return tuple(dict.fromkeys(found[0].id for found in links if found))

    def read(self, message: MessageInContext) -> Reading:
        """The message understood. Never raises for what a visitor typed."""
        start = time.perf_counter()
        if len(message.message) > LONGEST or not any(c.isalnum() for c in message.message):
            return Reading(Intent.OTHER)  # not worth a model's time; the policy says why
        degraded = None
        raw: RawReading | None = None
        if self._model is not None:
            try:
                raw = self._model.read_raw(message)
            except ReaderFailed as failure:
                degraded = str(failure)
                log.warning("the rules read this message: %s", degraded)
        source = "rules" if raw is None else "model"
        if raw is None:
            raw = self._rules.read_raw(message)
        intent, slots, request = self._resolver.resolve(raw.intent, raw.slots, message)
        if request is Request.UNDO and not slots:  # what is taken back is named in words that the rules know
            slots = self._resolver.resolve(intent, self._rules.read_raw(message).slots, message)[1]
        ms = (time.perf_counter() - start) * 1000
        sure: float | None = getattr(raw, "confidence", None)  # the rules cannot tell
        return Reading(intent, slots, request, "model" if source == "model" else "rules", ms, degraded, sure)
