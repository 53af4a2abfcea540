"""What the page does: arriving, saying, tapping, starting anew. Yields frames for `layout.py` to put in their places.

The conversation is the truth, not the browser: after every turn the dialogue is drawn from its events, so that a page
that was reloaded, or another tab of the same visitor, shows what was said and nothing else. Every payload that comes
back from a browser is checked (`taps.py`). Knows Gradio's events and no layout; knows no recommending.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

import gradio as gr

from bot.assistant import Conversation
from bot.llm.port import Cancelled
from bot.messages import NewConversation, Reply, Rewind, Screen, Step, TurnEvent, UserText
from bot.transcript import last_words
from bot.web.drawing import Drawing
from bot.web.frame import SAME, Frame, Here, Turns
from bot.web.kept import Kept
from bot.web.render import beliefs_html, bubble, tools_html
from bot.web.taps import MESSAGE_LIMIT, Watching, payload, step_from_event, to_compare, watching
from bot.web.visits import Visits
from bot.web.words import PageWords, interface_language, words_in
from ranking.interactions import Interaction
from ranking.storage import StorageError

log = logging.getLogger(__name__)

RESUMED_S = 12 * 3600.0  #: how long after its last turn a conversation is gone on with; its wishes were for that time


class Page:
    """The callbacks of the page. One instance serves every visitor; what is theirs lives in `visits`."""

    def __init__(self, visits: Visits) -> None:
        self.visits = visits
        self.drawing = Drawing(visits.assistant)
        self._catalogue = visits.assistant.catalogue
        self._taken_back: dict[str, object] = {}  # visits whose last message is being taken back

    def arrive(self, stored: object, request: gr.Request | None = None) -> Frame:
        """Where the visitor left off, or a new conversation. One that is gone or long ago is said to be."""
        asked = request.headers.get("accept-language", "") if request is not None else ""
        kept = replace(Kept.read(stored), language=interface_language(asked))
        conversation, opening = self._left_off(kept)
        if conversation is None or kept.conversation is None:
            return self.begin(kept, opening, greet=True)
        return self.taken_up(conversation, kept, Here(kept.conversation))

    def begin(self, kept: Kept, opening: str, *, greet: bool = False) -> Frame:
        """A new conversation under the line `opening`, with a greeting after it if asked for."""
        conversation, here = self._opened(kept, opening)
        greeting = conversation.greeting(kept.language)
        if greet:
            here = replace(here, opening=f"{opening} {greeting.text}".strip())
        dialogue = [bubble("assistant", here.opening, words_in(kept.language))]
        drawn = self.drawing.of(conversation, kept.language, Screen((), (), greeting.chips))
        return drawn._replace(box="", kept=replace(kept, conversation=None).json(), here=here, dialogue=dialogue)

    def taken_up(self, conversation: Conversation, kept: Kept, here: Here) -> Frame:
        """The page of a conversation that is gone on with."""
        dialogue = self.drawing.dialogue(conversation, kept.language, here.opening)
        stuck = conversation.state.last_act == "recommend"
        drawn = self.drawing.of(conversation, kept.language, conversation.screen(), stuck=stuck)
        return drawn._replace(box="", kept=kept.json(), here=here, dialogue=dialogue)

    def say(self, text: str, stored: object, here: Here, turns: Turns) -> Iterator[Frame]:
        """A typed message."""
        text = (text or "").strip()
        if text:
            yield from self.take(UserText(text[:MESSAGE_LIMIT]), stored, here, turns)
        else:
            yield Frame()

    def tap(self, stored: object, here: Here, turns: Turns, event: gr.EventData) -> Iterator[Frame]:
        """A tap on a card, a belief, a suggestion or what can be done with the last message."""
        data = getattr(event, "_data", None)
        kind, _ = payload(data) or ("", "")
        if (chosen := to_compare(data, self._catalogue.by_id)) or kind == "list":
            yield from self._beside(chosen, stored, here)
        elif kind in ("retry", "edit"):
            yield from self._once(kind, stored, here)
        elif kind == "stop":
            self.visits.stop(here.visit)
            yield Frame()
        elif (watched := watching(data, self._catalogue.by_id)) is not None:
            self._note(watched, here)
            yield Frame()
        elif (step := step_from_event(data, self._catalogue.by_id)) is not None:
            yield from self.take(step, stored, here, turns)
        else:
            yield Frame()

    def restart(self, stored: object, here: Here) -> Iterator[Frame]:
        """A clean page: beliefs are gone, the visitor stays."""
        yield from self.take(NewConversation(), stored, replace(here, opening=""), [])

    def switch(self, incognito: bool, stored: object) -> Frame:
        """A new conversation, of which nothing is stored if `incognito`."""
        kept = replace(Kept.read(stored), incognito=bool(incognito))
        return self.begin(kept, words_in(kept.language)("incognito_on" if incognito else "incognito_off"))

    def take(self, step: Step, stored: object, here: Here, turns: Turns) -> Iterator[Frame]:
        """One step of the visitor, drawn as its answer comes."""
        kept = Kept.read(stored)
        words = words_in(kept.language)
        conversation, here = self._at(here, kept)
        told = self.drawing.in_words(step, words)
        turns = [*turns, bubble("user", told, words)] if told else list(turns)
        batches = self.visits.turn_or_refusal(here.visit, step)  # begun before anything is drawn
        yield _saying("…", turns, words)._replace(here=here, tools=tools_html(words, "stop"))
        drawn = Frame()
        for batch in batches:
            last = batch[-1]
            if last.kind == "done":
                yield self._answered(last, conversation, here, (kept, turns)).beyond(drawn)
            elif last.kind == "error" and last.data.get("code") == Cancelled.code:  # nothing has happened
                yield self.taken_up(conversation, kept, here)._replace(box=told or "", kept=SAME)
            elif last.kind == "error":
                yield _saying(f"{last.data['message']} {last.data['hint']}", turns, words)._replace(tools="")
            elif (frame := self._so_far(batch, conversation, kept)) != Frame():
                drawn = frame.over(drawn)
                yield frame

    def _so_far(self, batch: Sequence[TurnEvent], conversation: Conversation, kept: Kept) -> Frame:
        """What is known of an answer before its words: they come with its end, when the turn is stored."""
        frame = Frame()
        for event in batch:
            if event.kind == "understood":
                words, weighable = words_in(kept.language), self.drawing.weighable(conversation)
                frame = frame._replace(beliefs=beliefs_html(event.data["beliefs"], words, weighable))  # type: ignore[arg-type]
            elif event.kind == "items":
                cards = self.drawing.cards(conversation, kept.language, event.data["items"])  # type: ignore[arg-type]
                frame = frame._replace(cards=cards)
        return frame

    def _answered(self, event: TurnEvent, conversation: Conversation, here: Here, before: tuple[Kept, Turns]) -> Frame:
        """The page after a turn: what is kept of it, the whole dialogue, and what the answer left on the screen."""
        reply, (kept, turns) = event.data["reply"], before
        assert isinstance(reply, Reply)
        after = kept.going_on_with(here.visit)
        dialogue = self.drawing.dialogue(conversation, kept.language, here.opening, reply.text)
        if not conversation.events:  # all was forgotten; the words that say so are not on record
            dialogue = [*turns, bubble("assistant", reply.text, words_in(kept.language))]
        shown = reply.items or (() if reply.act in ("recommend", "close") else conversation.screen().items)
        screen = Screen(shown, reply.beliefs, reply.chips, reply.novelty)
        drawn = self.drawing.of(conversation, kept.language, screen, stuck=reply.act == "recommend")
        return drawn._replace(kept=SAME if after == kept else after.json(), here=here, dialogue=dialogue)

    def _once(self, kind: str, stored: object, here: Here) -> Iterator[Frame]:
        """A double tap takes one message back, not the one before it too."""
        tap = object()
        if self.visits.is_busy(here.visit) or self._taken_back.setdefault(here.visit, tap) is not tap:
            yield Frame()
            return
        try:
            yield from self._again(kind, stored, here)
        finally:
            del self._taken_back[here.visit]

    def _again(self, kind: str, stored: object, here: Here) -> Iterator[Frame]:
        """The last message is taken back; said again ("retry"), or put into the box to be changed ("edit")."""
        kept = Kept.read(stored)
        conversation, here = self._at(here, kept)
        text = last_words(conversation.events)
        if text is None:
            yield Frame()
            return
        deque(self.visits.turn_or_refusal(here.visit, Rewind()), maxlen=0)
        frame = self.taken_up(conversation, kept, here)
        if kind == "edit":
            yield frame._replace(box=text, kept=SAME)
        else:
            yield from self.take(UserText(text), stored, here, frame.dialogue)

    def _beside(self, chosen: tuple[str, ...], stored: object, here: Here) -> Iterator[Frame]:
        """Items side by side; without any, the list again. No step: nothing is said and nothing stored."""
        kept = Kept.read(stored)
        conversation, here = self._at(here, kept)
        if chosen:
            yield Frame(cards=self.drawing.beside(conversation, kept.language, chosen))
        else:
            screen = conversation.screen()
            yield Frame(cards=self.drawing.cards(conversation, kept.language, screen.items, novelty=screen.novelty))

    def _note(self, watched: Watching, here: Here) -> None:
        """Store that a card was opened, or how long. What cannot be stored is logged: nobody asked for an answer."""
        conversation, memory = self.visits.conversation(here.visit), self.visits.assistant.stages.memory
        visitor = conversation.visitor.stored_as if conversation is not None else None
        if visitor is None:
            return
        context = {"conversation": here.visit, "from": "page"}
        row = Interaction(visitor, watched.item, watched.event, watched.seconds, memory.now(), context)
        try:
            memory.store.append([row])
        except StorageError as error:
            log.warning("what was watched is not stored: %s", error)

    def _left_off(self, kept: Kept) -> tuple[Conversation | None, str]:
        """The conversation to go on with; where there was one and it is not gone on with, why not."""
        words = words_in(kept.language)
        if kept.incognito:
            return None, words("incognito_on")
        if kept.conversation is None:
            return None, ""
        conversation = self.visits.conversation(kept.conversation)
        if conversation is None or not conversation.visitor.is_user(kept.visitor):
            return None, words("gone")
        events, _ = self.visits.between_steps(kept.conversation)  # a turn that is under way is drawn when it is over
        last = conversation.visitor.last_turn
        if not events or last is None:
            return None, words("gone")
        old = self.visits.assistant.stages.memory.now() - last > RESUMED_S
        return (None, words("long_ago")) if old else (conversation, "")

    def _at(self, here: Here, kept: Kept) -> tuple[Conversation, Here]:
        """The tab's conversation; the one the browser knows, or a new one, when the server does not know the tab."""
        conversation = self.visits.conversation(here.visit)
        if conversation is not None:
            return conversation, here
        conversation, opening = self._left_off(kept)
        if conversation is not None and kept.conversation is not None:
            return conversation, Here(kept.conversation)
        return self._opened(kept, opening or words_in(kept.language)("gone"))

    def _opened(self, kept: Kept, opening: str) -> tuple[Conversation, Here]:
        visit = self.visits.open(kept.visitor, incognito=kept.incognito)
        conversation = self.visits.conversation(visit)
        assert conversation is not None
        return conversation, Here(visit, opening)


def _saying(said: str, turns: Turns, words: PageWords) -> Frame:
    return Frame(dialogue=[*turns, bubble("assistant", said, words)])
