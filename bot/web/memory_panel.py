"""The memory panel of the page: what is known of the visitor, one entry taken back, all of it exported or deleted.

Knows the profile of the page's own visitors, whose ids only their browsers know; the words in the chat and the API do
the same. Errors of the database are told in the panel.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from bot.memory.memory import ITEM
from bot.memory.profile import Interest
from bot.messages import RemoveConstraint
from bot.web.frame import SAME, Frame, Here, Turns
from bot.web.kept import Kept
from bot.web.look import Look, looks
from bot.web.page import Page
from bot.web.render import MemoryEntry, memory_html
from bot.web.taps import payload
from bot.web.words import words_in
from ranking.storage import StorageError

log = logging.getLogger(__name__)

REACTIONS = (("liked", "you_liked"), ("disliked", "you_disliked"), ("seen", "you_saw"))
INFERRED_SHOWN = 10  #: the strongest; all are in the export
QUOTED = 3  #: of an interest's evidence, the latest


class MemoryPanel:
    """The panel's callbacks; one instance serves every visitor."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._memory = page.visits.assistant.stages.memory
        self._catalogue = page.visits.assistant.catalogue
        self._looks = looks(self._catalogue)

    def look(self, stored: object) -> str:
        """What is known, as HTML."""
        kept = Kept.read(stored)
        try:
            return memory_html(self._entries(kept.visitor, self._looks[kept.language]), words_in(kept.language))
        except StorageError as error:
            return _told(error, kept)

    def export(self, stored: object) -> str:
        """Everything stored about the visitor, as JSON for the browser to save; empty when it cannot be read."""
        try:
            return json.dumps(self._memory.export(Kept.read(stored).visitor), indent=2, ensure_ascii=False)
        except StorageError as error:
            log.warning("nothing is exported: %s", error)
            return ""

    def take_back(self, stored: object, here: Here, turns: Turns, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Forget one entry, in this conversation too. Frames of the page, and after them the panel's HTML."""
        key = _key(getattr(event, "_data", None))
        kept = Kept.read(stored)
        if key is None:
            yield (*Frame(), SAME)
            return
        conversation = self._page.visits.conversation(here.visit)
        if conversation is not None and key in {belief.key for belief in conversation.screen().beliefs}:
            yield from ((*frame, SAME) for frame in self._page.take(RemoveConstraint(key), stored, here, turns))
        try:
            self._memory.correct(kept.visitor, key)
        except StorageError as error:
            yield (*Frame(), _told(error, kept))
            return
        if conversation is not None:
            conversation.visitor.refresh()
        yield (*Frame(), self.look(stored))

    def forget(self, stored: object) -> tuple[Any, ...]:
        """Delete everything about the visitor and begin as somebody new. A frame, and after it the panel's HTML."""
        kept = Kept.read(stored)
        try:
            self._memory.forget(kept.visitor)
        except StorageError as error:
            return (*Frame(), _told(error, kept))
        anew = replace(kept, visitor=Kept.nobody().visitor, conversation=None)
        return (*self._page.begin(anew, words_in(kept.language)("forgotten")), self.look(anew.json()))

    def _entries(self, visitor: str, look: Look) -> list[MemoryEntry]:
        """Interests that were put into words, those that were not, the strongest first; reactions, the latest first."""
        titles = {item.id: item.title for item in self._catalogue.items}
        known = [i for i in self._memory.interests(visitor) if look.labels.knows(i.facet)]
        entries = [_interest(i, look, "said") for i in known if i.stated]
        entries += [_interest(i, look, "inferred") for i in known if not i.stated][:INFERRED_SHOWN]
        profile = self._memory.profile(visitor)
        for kind, caption in REACTIONS:
            ids = [item for item in reversed(profile[kind]) if item in titles]
            entries += [MemoryEntry(f"{ITEM}{item}", titles[item], look.words(caption)) for item in ids]
        return entries


def _interest(interest: Interest, look: Look, group: str) -> MemoryEntry:
    value = look.labels.value(interest.facet, interest.value)
    wished = value if interest.score >= interest.against else f"{look.words('no')} {value}"
    heard = tuple(dict.fromkeys(one.said for one in reversed(interest.evidence)))[:QUOTED]
    sure = max(interest.score, interest.against)
    return MemoryEntry(interest.key, wished, look.words(group), sure, heard)


def _key(data: object) -> str | None:
    """The key of a tapped entry; None when the payload is not ours."""
    kind, key = payload(data) or ("", "")
    return key if kind == "unlearn" and 0 < len(key) <= 1_000 else None


def _told(error: StorageError, kept: Kept) -> str:
    return memory_html((), words_in(kept.language), trouble=f"{error.message} {error.hint}")
