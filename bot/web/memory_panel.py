"""The memory panel of the page: what is known of the visitor, one entry taken back, all of it exported or deleted.

Knows the profile of the page's own visitors, whose ids only their browsers know; the words in the chat and the API do
the same. Errors of the database are told in the panel.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import gradio as gr

from bot.memory.memory import ITEM
from bot.memory.profile import Interest
from bot.messages import RemoveConstraint
from bot.response.labels import Labels
from bot.web.kept import Kept
from bot.web.page import FORGOTTEN, SAME, Frame, Here, Page, Turns
from bot.web.render import MemoryEntry, memory_html
from ranking.storage import StorageError

log = logging.getLogger(__name__)

SAID, INFERRED = "What you told me", "What I gather from your reactions"
REACTIONS = (("liked", "You liked"), ("disliked", "Not for you"), ("seen", "You have seen"))
INFERRED_SHOWN = 10  #: the strongest; all are in the export
QUOTED = 3  #: of an interest's evidence, the latest


class MemoryPanel:
    """The panel's callbacks; one instance serves every visitor."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._memory = page.visits.assistant.stages.memory
        self._labels = Labels(page.visits.assistant.catalogue)

    def look(self, stored: object) -> str:
        """What is known, as HTML."""
        try:
            return memory_html(self._entries(Kept.read(stored).visitor))
        except StorageError as error:
            return memory_html((), trouble=_told(error))

    def export(self, stored: object) -> str:
        """Everything stored about the visitor, as JSON for the browser to save; empty when it cannot be read."""
        try:
            return json.dumps(self._memory.export(Kept.read(stored).visitor), indent=2, ensure_ascii=False)
        except StorageError as error:
            log.warning("nothing is exported: %s", error)
            return ""

    def take_back(self, stored: object, here: Here, turns: Turns, event: gr.EventData) -> Iterator[Frame]:
        """Forget one entry, in this conversation too. Frames of the page, and after them the panel's HTML."""
        key = _key(getattr(event, "_data", None))
        kept = Kept.read(stored)
        if key is None:
            yield (*[SAME] * 7, SAME)
            return
        conversation = self._page.visits.conversation(here.visit)
        if conversation is not None and key in {belief.key for belief in conversation.screen().beliefs}:
            yield from ((*frame, SAME) for frame in self._page.take(RemoveConstraint(key), stored, here, turns))
        try:
            self._memory.correct(kept.visitor, key)
        except StorageError as error:
            yield (*[SAME] * 7, memory_html((), trouble=_told(error)))
            return
        if conversation is not None:
            conversation.visitor.refresh()
        yield (*[SAME] * 7, self.look(stored))

    def forget(self, stored: object) -> Frame:
        """Delete everything about the visitor and begin as somebody new. A frame, and after it the panel's HTML."""
        kept = Kept.read(stored)
        try:
            self._memory.forget(kept.visitor)
        except StorageError as error:
            return (*[SAME] * 7, memory_html((), trouble=_told(error)))
        anew = Kept.nobody()
        anew = Kept(anew.visitor, None, kept.incognito)
        return (*self._page.begin(anew, FORGOTTEN), self.look(anew.json()))

    def _entries(self, visitor: str) -> list[MemoryEntry]:
        """Interests that were put into words, those that were not, the strongest first; reactions, the latest first."""
        titles = {item.id: item.title for item in self._labels.catalogue.items}
        known = [i for i in self._memory.interests(visitor) if self._labels.knows(i.facet)]
        entries = [self._interest(i, SAID) for i in known if i.stated]
        entries += [self._interest(i, INFERRED) for i in known if not i.stated][:INFERRED_SHOWN]
        profile = self._memory.profile(visitor)
        for kind, caption in REACTIONS:
            ids = [item for item in reversed(profile[kind]) if item in titles]
            entries += [MemoryEntry(f"{ITEM}{item}", titles[item], caption) for item in ids]
        return entries

    def _interest(self, interest: Interest, group: str) -> MemoryEntry:
        likes = interest.score >= interest.against
        label = f"{'' if likes else 'not '}{self._labels.value(interest.facet, interest.value)}"
        heard = tuple(dict.fromkeys(one.said for one in reversed(interest.evidence)))[:QUOTED]
        return MemoryEntry(interest.key, label, group, max(interest.score, interest.against), heard)


def _key(data: object) -> str | None:
    """The key of a tapped entry; None when the payload is not ours."""
    if not isinstance(data, dict) or data.get("kind") != "unlearn":
        return None
    key = data.get("value")
    return key if isinstance(key, str) and 0 < len(key) <= 1_000 else None


def _told(error: StorageError) -> str:
    return f"{error.message} {error.hint}"
