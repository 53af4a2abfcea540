"""The history panel of the page: the conversations of this browser, one gone on with, one deleted.

Knows the conversations of the page's own visitors, whose ids only their browsers know. Errors of the database are told
in the panel.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import gradio as gr

from bot.memory.store import StoredConversation
from bot.transcript import transcript
from bot.web.frame import SAME, Frame, Here
from bot.web.kept import Kept, is_conversation
from bot.web.page import Page
from bot.web.render import PastTalk, history_html
from bot.web.taps import payload
from bot.web.words import words_in
from ranking.storage import StorageError

log = logging.getLogger(__name__)


class HistoryPanel:
    """The panel's callbacks; one instance serves every visitor."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._conversations = page.visits.assistant.stages.memory.conversations
        self._titles = {item.id: item.title for item in page.visits.assistant.catalogue.items}

    def look(self, stored: object, here: Here) -> str:
        """The conversations, as HTML."""
        kept = Kept.read(stored)
        words = words_in(kept.language)
        try:
            heads = self._conversations.beginnings(kept.visitor)
        except StorageError as error:
            return history_html((), words, trouble=f"{error.message} {error.hint}")
        return history_html([self._entry(head, here) for head in heads], words)

    def tap(self, stored: object, here: Here, event: gr.EventData) -> Iterator[tuple[object, ...]]:
        """Go on with a conversation, or delete one. Frames of the page, and after them the panel's HTML, whether it is
        open, and whether the visit is incognito."""
        kind, visit = payload(getattr(event, "_data", None)) or ("", "")
        kept = Kept.read(stored)
        if kind == "resume" and is_conversation(visit):
            yield (*self._resumed(visit, kept), SAME, gr.update(visible=False), False)
        elif kind == "delete" and is_conversation(visit):
            yield from self._deleted(visit, kept, here)
        else:
            yield (*Frame(), SAME, SAME, SAME)

    def _resumed(self, visit: str, kept: Kept) -> Frame:
        conversation = self._page.visits.conversation(visit)
        if conversation is None or not conversation.visitor.is_user(kept.visitor):
            return self._page.begin(replace(kept, incognito=False), words_in(kept.language)("gone"))
        self._page.visits.between_steps(visit)  # a turn that is under way is drawn when it is over
        return self._page.taken_up(conversation, replace(kept, conversation=visit, incognito=False), Here(visit))

    def _deleted(self, visit: str, kept: Kept, here: Here) -> Iterator[tuple[object, ...]]:
        try:
            self._conversations.delete(visit, kept.visitor)
        except StorageError as error:
            told = history_html((), words_in(kept.language), trouble=f"{error.message} {error.hint}")
            yield (*Frame(), told, SAME, SAME)
            return
        frame = self._page.begin(kept, "", greet=True) if visit == here.visit else Frame()
        yield (*frame, self.look(kept.json(), here), SAME, SAME)

    def _entry(self, head: StoredConversation, here: Here) -> PastTalk:
        said = next((line.text for line in transcript(head.events, self._titles) if line.role == "user"), "")
        day = datetime.fromtimestamp(head.last, UTC).strftime("%Y-%m-%d")
        return PastTalk(head.id, said, day, head.id == here.visit)
