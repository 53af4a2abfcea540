"""Who words a reply: the template, or a model in its place where it may and can. Every reply says who, and what failed.

A model's wording is late, broken or untrue at times; then the template stands, and the reason is counted and told,
never hidden. Knows the LLM port, the wording prompt and the check; knows no engine and no channel.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from bot.dialogue import actions as a
from bot.llm.port import Completion, LanguageModel, Limits, ModelError
from bot.messages import Wording
from bot.response.compose import grounds
from bot.response.grounding import Grounds
from bot.response.turn_facts import Facts
from bot.response.wording import Brief, Voice, wording_grammar, wording_prefix, wording_suffix
from bot.response.wording_brief import brief_of
from bot.response.wording_check import Problem, problem

MAX_TOKENS = 90
TEMPLATE = Wording()
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """When a model is asked: for which acts (of `wording_brief.ACTS`), and how many seconds of wall time it has."""

    acts: frozenset[str]
    deadline_s: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a model wrote, what is wrong with it (None: it may be said), and the wall milliseconds it took."""

    text: str
    problem: Problem | None
    ms: float


class Words(Protocol):
    """Who words a reply: a Writer, or what stands in its place to listen."""

    def word(self, action: a.Action, facts: Facts, plain: str) -> tuple[str, Wording]:
        """See Writer."""
        ...


class Writer:
    """Words the replies of one catalogue. `items`: its noun for several items."""

    def __init__(self, model: LanguageModel, items: str, voice: Voice, wish: Wish) -> None:
        self._model, self._wish = model, wish
        self._prefix = wording_prefix(items, voice)
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many replies the model worded ("model"), and how many its template had to, by reason."""
        with self._lock:
            return dict(self._counts)

    def warm_up(self, report: Callable[[str], None]) -> None:
        """Read the fixed part of the prompt; a model that cannot is told, and asked again when there is something."""
        try:
            self._model.warm_up(self._prefix)
        except ModelError as error:
            report(f"degraded: {error}; until it answers, templates word replies")

    def word(self, action: a.Action, facts: Facts, plain: str) -> tuple[str, Wording]:
        """The reply to `action` that its template words as `plain`, and who worded it."""
        brief = brief_of(action, facts, plain) if facts.labels.say.language == "en" else None
        if brief is None or brief.act not in self._wish.acts:
            return plain, TEMPLATE
        tried = self.attempt(brief, action, facts)
        found = tried.problem
        with self._lock:
            self._counts["model" if found is None else found.reason] += 1
        if found is None:
            return tried.text, Wording("model", ms=tried.ms)
        log.info("the template words %s: what the model wrote is %s", brief.act, found.reason)
        log.debug("it is %r (%s)", tried.text, found.found)
        return plain, Wording("template", found.reason, found.found, tried.ms)

    def attempt(self, brief: Brief, action: a.Action, facts: Facts) -> Attempt:
        """What the model makes of `brief`, and what is wrong with it."""
        start = time.perf_counter()

        def done(text: str, found: Problem | None) -> Attempt:
            return Attempt(text, found, (time.perf_counter() - start) * 1000)

        grammar = wording_grammar(brief, facts.labels.categories)
        try:
            limits = Limits(MAX_TOKENS, self._wish.deadline_s, facts.cancelled)
            answer = self._model.complete(self._prefix, wording_suffix(brief), grammar, limits)
        except ModelError as error:
            return done("", Problem("failed", str(error)))
        if answer.stopped == "cancelled":
            return done("", Problem("cancelled", "nobody waits"))
        if answer.stopped == "deadline":
            return done("", Problem("late", f"more than {self._wish.deadline_s:g} s"))
        text = _reply_in(answer)
        return done(text, problem(text, brief, at_hand(brief, action, facts), self._prefix))


def at_hand(brief: Brief, action: a.Action, facts: Facts) -> Grounds:
    """What the wording of `brief` may name: the items it is about, and the template's words; not the visitor's own.

    Templates repeat what was said and mean no more by it; a model may be talked into meaning it.
    """
    allowed = grounds(action, facts)
    ids = {*(c.id for c in facts.cards), *getattr(action, "items", ())}
    items = tuple(item for item in allowed.items if item.id in ids or item.title in brief.plain)
    return replace(allowed, items=items, words=brief.plain, counts=frozenset())


def _reply_in(answer: Completion) -> str:
    """The reply of an answer: the text, or that of a JSON object; of one that became too long, its whole sentences."""
    text = answer.text.strip()
    if text.startswith("{"):
        try:
            text = str(json.loads(text)["reply"]).strip()
        except (ValueError, KeyError, TypeError, RecursionError):
            return ""
    if answer.stopped == "length":
        text = re.sub(r"(?<=[.?])\s+[^.?]*$", "", text) if re.search(r"[.?]\s", text) else ""
    if len(text) > 1 and text[0] in '"“' and text[-1] in '"”':
        text = text[1:-1].strip()
    return re.sub(r"[ \t]*\n[ \t\n]*", " ", text)
