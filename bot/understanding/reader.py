"""Reads one message: the model first, the rules when it fails, and every result says which of the two spoke.

Words of our own that a visitor tapped are read by the rules, which know them, and so is what was glossed from another
language, unless the model reads that language by itself. Where the model finds no slot at all in a search or a
reaction, and the rules do, theirs are taken (`Reading.filled`). Knows neither grammar nor decoding
(`model_reader.py`) nor cue words (`rules.py`); it joins them with resolving.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, NamedTuple, Protocol

from bot.languages.detection import ENGLISH
from bot.languages.hearing import Heard, Languages
from bot.llm.port import never
from bot.understanding.confidence import DOUBTFUL
from bot.understanding.model_reader import ReaderFailed
from bot.understanding.reading import Intent, MessageInContext, Op, Reading, Request, Slot
from bot.understanding.requests import detect_request
from bot.understanding.resolve import Resolver
from bot.understanding.target import RawSlot

LONGEST = 2_000  #: characters of a message that is read
TERSE = 20  #: words of a message each of whose values counts
FILLED = frozenset({Intent.RECOMMEND, Intent.FEEDBACK, Intent.ACCEPT, Intent.ASK, Intent.COMPARE})
log = logging.getLogger(__name__)


def _printable(message: MessageInContext) -> MessageInContext:
    """The message with "?" for halves of surrogate pairs, which no channel can print."""

    def whole(text: str) -> str:
        return text.encode("utf-8", "replace").decode("utf-8")

    shown = tuple(replace(s, title=whole(s.title)) for s in message.shown)
    return replace(message, message=whole(message.message), context=tuple(map(whole, message.context)), shown=shown)


class RawReading(Protocol):
    """What a raw reader answers: an intent and slots whose values are still the visitor's words."""

    @property
    def intent(self) -> Intent: ...
    @property
    def slots(self) -> tuple[RawSlot, ...]: ...


class AtOnce(Protocol):
    """Reads a message without linking, in no time and without fail: the rules."""

    def read_raw(self, message: MessageInContext, /) -> RawReading: ...


class RawReader(Protocol):
    """Reads a message without linking. Raises ReaderFailed when it cannot, Cancelled once `cancelled` says so."""

    def read_raw(self, message: MessageInContext, cancelled: Callable[[], bool] = ..., /) -> RawReading: ...


class _Spoken(NamedTuple):
    """What was read, by whom, and why the rules spoke although a model is configured."""

    raw: RawReading
    source: Literal["model", "rules"]
    degraded: str | None = None


class Reader:
    """The understanding stage. `readers` are the rules and the model, None where the rules were chosen."""

    def __init__(self, resolver: Resolver, readers: tuple[AtOnce, RawReader | None], languages: Languages) -> None:
        self._resolver = resolver
        self._languages = languages
        self._linker = languages.linker
        self._rules, self._model = readers

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

    def hear(self, message: MessageInContext, *, ours: bool = False) -> Heard:
        """The message's language, and its words as far as they can be put into English."""
        titles = tuple(item.title for item in message.shown)
        return self._languages.hear(message.message, message.language, titles, ours=ours)

    def read(self, message: MessageInContext, *, ours: bool = False, cancelled: Callable[[], bool] = never) -> Reading:
        """The message understood. Never raises for what a visitor typed; raises Cancelled once `cancelled` says so.

        `ours`: the text is one that we offered to tap; the rules read it, unless they cannot place it.
        """
        start = time.perf_counter()
        message = _printable(message)
        if len(message.message) > LONGEST or not any(c.isalnum() for c in message.message):
            return Reading(Intent.OTHER, language=message.language, english=message.message)  # the policy says why
        heard = self.hear(message, ours=ours)
        plain = replace(message, message=heard.english)
        message = plain if heard.language == ENGLISH else message
        raw, source, degraded = self._spoken((message, plain), heard.language, cancelled, ours=ours)
        intent, slots, request = self._resolver.resolve(raw.intent, raw.slots, message if source == "model" else plain)
        filled = False
        if source == "model" and intent is Intent.HELP and request is None:
            intent = self._asked_for_help(plain)
        if source == "model" and not slots:
            intent, slots = self._filled(raw, intent, request, plain)
            filled = bool(slots)
        terse = len(plain.message.split()) <= TERSE
        if source == "model" and not filled and intent is Intent.RECOMMEND and request is None and terse:
            slots = (*slots, *self._left_out(slots, plain))
        ms = (time.perf_counter() - start) * 1000
        sure: float | None = getattr(raw, "confidence", None)  # the rules cannot tell
        agreed = bool(getattr(raw, "agreed", False)) or (
            sure is not None and sure < DOUBTFUL and self._reads_alike(intent, slots, plain)
        )
        said = (heard.language, heard.english, heard.unread if source == "rules" else ())
        return Reading(intent, slots, request, source, ms, degraded, sure, filled, agreed, *said)

    def _asked_for_help(self, message: MessageInContext) -> Intent:
        """HELP, unless the rules hear a wish: "where should we eat?" asks nothing about us."""
        rules = self._rules.read_raw(message).intent
        return rules if rules is Intent.RECOMMEND else Intent.HELP

    def _left_out(self, slots: tuple[Slot, ...], message: MessageInContext) -> tuple[Slot, ...]:
        """Category values that the message names outright beside what the model copied: "quiet Italian for dinner"."""
        raw = self._rules.read_raw(message)
        _, theirs, _ = self._resolver.resolve(raw.intent, raw.slots, message)
        copied = [s.said.casefold() for s in slots if not self._resolver.is_category(s.slot)]
        named = {s.slot for s in slots}
        return tuple(
            s
            for s in theirs
            if self._resolver.is_category(s.slot)
            and s.polarity != 0
            and s.slot not in named
            and not any(s.said.casefold() in said or said in s.said.casefold() for said in copied)
        )

    def _reads_alike(self, intent: Intent, slots: tuple[Slot, ...], message: MessageInContext) -> bool:
        """Whether the rules' reading comes to the same, once what was read is resolved by the words around it."""
        rules = self._rules.read_raw(message)
        same, theirs, _ = self._resolver.resolve(rules.intent, rules.slots, message)
        return same is intent and {(s.slot, s.value, s.polarity) for s in theirs} == {
            (s.slot, s.value, s.polarity) for s in slots
        }

    def _spoken(
        self, heard: tuple[MessageInContext, MessageInContext], language: str, cancelled: Callable[[], bool],
        *, ours: bool,
    ) -> _Spoken:  # fmt: skip
        """What was read: by the model in a language of its own, else by the rules. `heard`: the message, and its
        English, which is what the rules read."""
        message, plain = heard
        if self._model is None or not self._languages.model_reads(language):
            return _Spoken(self._rules.read_raw(plain), "rules")
        asks_us = language != ENGLISH and detect_request(plain.message)
        if ours or asks_us:
            known = self._rules.read_raw(plain)
            if known.slots or known.intent is not Intent.OTHER or detect_request(plain.message):
                return _Spoken(known, "rules")
        try:
            return _Spoken(self._model.read_raw(message, cancelled), "model")
        except ReaderFailed as failure:
            log.warning("the rules read this message: %s", failure)
            return _Spoken(self._rules.read_raw(plain), "rules", str(failure))

    def _filled(
        self, raw: RawReading, intent: Intent, request: Request | None, message: MessageInContext
    ) -> tuple[Intent, tuple[Slot, ...]]:
        """Intent and slots where the model's reading has none: the rules' slots, where they may stand in.

        Slots that the model wrote and resolving dropped are not replaced (measured: it costs slot F1). A message read
        as `other` is one about something else, so that only what it takes back counts, which the rules know by name.
        """
        wanted = request is Request.UNDO or (request is None and not raw.slots and intent in {*FILLED, Intent.OTHER})
        if not wanted:
            return intent, ()
        rules = self._rules.read_raw(message)
        kept = rules.intent if intent is Intent.OTHER and request is None else intent
        _, slots, _ = self._resolver.resolve(kept, rules.slots, message)
        if intent is Intent.OTHER and request is None and not all(s.op is Op.REMOVE for s in slots):
            return intent, ()
        if intent in {Intent.ASK, Intent.COMPARE}:
            slots = tuple(s for s in slots if s.item_id is not None)  # which item is meant, not what is asked of it
        return (kept if slots else intent), slots
