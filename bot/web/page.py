"""What the page does: arriving, saying, tapping, starting anew. Yields frames for `layout.py` to put in their places.

The conversation is the truth, not the browser: after every turn the dialogue is drawn from its events, so that a page
that was reloaded, or another tab of the same visitor, shows what was said and nothing else. Every payload that comes
back from a browser is checked here. Knows Gradio's events and no layout; knows no recommending.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from bot.assistant import Conversation
from bot.messages import NewConversation, RemoveConstraint, Reply, Screen, Step, TurnEvent, UserAction, UserText
from bot.transcript import TAPS, transcript
from bot.web.kept import Kept
from bot.web.render import beliefs_html, bubble, cards_html, chips_html
from bot.web.visits import Visits

log = logging.getLogger(__name__)

MESSAGE_LIMIT = 2_000  #: characters of one message that the page sends
RESUMED_S = 12 * 3600.0  #: how long after its last turn a conversation is gone on with; its wishes were for that time
ACTIONS = ("like", "dislike", "seen", "accept", "click")
GONE = "Our last conversation is no longer here, so this is a new one."
LONG_AGO = "Our last conversation was a while ago, so this is a new one. What you told me of your taste still counts."
INCOGNITO = "This conversation is incognito: what you say is not kept. What I know of you from before still counts."
NOT_INCOGNITO = "This is a new conversation, and no longer incognito."
FORGOTTEN = "Everything about you is deleted. This is a new conversation."
Turns = list[dict[str, Any]]
Frame = tuple[Any, ...]
SAME = gr.skip()


@dataclass(frozen=True, slots=True)
class Here:
    """Where a tab is: its conversation, and the line that stands above it. Held at the server, one a tab."""

    visit: str = ""
    opening: str = ""


def step_from_event(data: object, known: Collection[str]) -> Step | None:
    """A tap in the browser as a step; None when it is not one of ours (never trust a payload)."""
    if not isinstance(data, dict):
        return None
    kind, value = data.get("kind"), data.get("value")
    if not isinstance(kind, str) or not isinstance(value, str) or len(value) > MESSAGE_LIMIT:
        return None
    if kind == "say" and value.strip():
        return UserText(value)
    if kind == "remove":
        return RemoveConstraint(value)
    if kind in ACTIONS and value in known:
        return UserAction(kind, value)  # type: ignore[arg-type]
    return None


class Page:
    """The callbacks of the page. One instance serves every visitor; what is theirs lives in `visits`.

    A frame is (textbox, kept by the browser, here, dialogue, cards, beliefs, chips).
    """

    def __init__(self, visits: Visits) -> None:
        self.visits = visits
        self._catalogue = visits.assistant.catalogue
        self._titles = {item.id: item.title for item in self._catalogue.items}

    def arrive(self, stored: object) -> Frame:
        """Where the visitor left off, or a new conversation. One that is gone or long ago is said to be."""
        kept = Kept.read(stored)
        conversation, opening = self._left_off(kept)
        if conversation is None or kept.conversation is None:
            return self.begin(kept, opening, greet=True)
        here = Here(kept.conversation)
        dialogue = self._dialogue(conversation, here.opening)
        stuck = conversation.state.last_act == "recommend"
        return ("", kept.json(), here, dialogue, *self._drawn(conversation.screen(), stuck=stuck))

    def begin(self, kept: Kept, opening: str, *, greet: bool = False) -> Frame:
        """A new conversation under the line `opening`, with a greeting after it if asked for."""
        conversation, here = self._opened(kept, opening)
        greeting = conversation.greeting()
        if greet:
            here = replace(here, opening=f"{opening} {greeting.text}".strip())
        drawn = self._drawn(Screen((), (), greeting.chips))
        return ("", replace(kept, conversation=None).json(), here, [bubble("assistant", here.opening)], *drawn)

    def say(self, text: str, stored: object, here: Here, turns: Turns) -> Iterator[Frame]:
        """A typed message."""
        text = (text or "").strip()
        if text:
            yield from self.take(UserText(text[:MESSAGE_LIMIT]), stored, here, turns)
        else:
            yield ("", *[SAME] * 6)

    def tap(self, stored: object, here: Here, turns: Turns, event: gr.EventData) -> Iterator[Frame]:
        """A tap on a card, a belief or a suggestion."""
        step = step_from_event(getattr(event, "_data", None), self._catalogue.by_id)
        if step is None:
            yield (*[SAME] * 7,)
        else:
            yield from self.take(step, stored, here, turns)

    def restart(self, stored: object, here: Here) -> Iterator[Frame]:
        """A clean page: beliefs are gone, the visitor stays."""
        yield from self.take(NewConversation(), stored, replace(here, opening=""), [])

    def switch(self, incognito: bool, stored: object) -> Frame:
        """A new conversation, of which nothing is stored if `incognito`."""
        kept = replace(Kept.read(stored), incognito=bool(incognito))
        return self.begin(kept, INCOGNITO if incognito else NOT_INCOGNITO)

    def take(self, step: Step, stored: object, here: Here, turns: Turns) -> Iterator[Frame]:
        """One step of the visitor, drawn as its answer comes."""
        kept = Kept.read(stored)
        conversation, here = self._at(here, kept)
        words = self._in_words(step)
        turns = [*turns, bubble("user", words)] if words else list(turns)
        yield self._waiting(here, turns, "…")
        said = ""
        for event in self.visits.turn(here.visit, step):
            if event.kind == "understood":
                yield (*self._waiting(here, turns, said or "…")[:5], beliefs_html(event.data["beliefs"]), SAME)  # type: ignore[arg-type]
            elif event.kind == "items":
                html = cards_html(event.data["items"], self._catalogue.schema)  # type: ignore[arg-type]
                yield (*self._waiting(here, turns, "…")[:4], html, SAME, SAME)
            elif event.kind == "delta":
                said += str(event.data["text"])
                yield self._waiting(here, turns, said)
            elif event.kind == "error":
                yield self._waiting(here, turns, f"{event.data['message']} {event.data['hint']}")
            elif event.kind == "done":
                yield self._answered(event, conversation, here, (kept, turns))

    def _answered(self, event: TurnEvent, conversation: Conversation, here: Here, before: tuple[Kept, Turns]) -> Frame:
        """The page after a turn: what is kept of it, the whole dialogue, and what the answer left on the screen."""
        reply, (kept, turns) = event.data["reply"], before
        assert isinstance(reply, Reply)
        after = kept.going_on_with(here.visit)
        dialogue = self._dialogue(conversation, here.opening, reply.text)
        if not conversation.events:  # all was forgotten; the words that say so are not on record
            dialogue = [*turns, bubble("assistant", reply.text)]
        shown = reply.items or (() if reply.act in ("recommend", "close") else conversation.screen().items)
        drawn = self._drawn(Screen(shown, reply.beliefs, reply.chips), stuck=reply.act == "recommend")
        return (SAME, SAME if after == kept else after.json(), here, dialogue, *drawn)

    def _left_off(self, kept: Kept) -> tuple[Conversation | None, str]:
        """The conversation to go on with; where there was one and it is not gone on with, why not."""
        if kept.incognito:
            return None, INCOGNITO
        if kept.conversation is None:
            return None, ""
        conversation = self.visits.conversation(kept.conversation)
        if conversation is None or not conversation.visitor.is_user(kept.visitor):
            return None, GONE
        events, _ = self.visits.between_steps(kept.conversation)  # a turn that is under way is drawn when it is over
        last = conversation.visitor.last_turn
        if not events or last is None:
            return None, GONE
        old = self.visits.assistant.stages.memory.now() - last > RESUMED_S
        return (None, LONG_AGO) if old else (conversation, "")

    def _at(self, here: Here, kept: Kept) -> tuple[Conversation, Here]:
        """The tab's conversation; the one the browser knows, or a new one, when the server does not know the tab."""
        conversation = self.visits.conversation(here.visit)
        if conversation is not None:
            return conversation, here
        conversation, opening = self._left_off(kept)
        if conversation is not None and kept.conversation is not None:
            return conversation, Here(kept.conversation)
        return self._opened(kept, opening or GONE)

    def _opened(self, kept: Kept, opening: str) -> tuple[Conversation, Here]:
        visit = self.visits.open(kept.visitor, incognito=kept.incognito)
        conversation = self.visits.conversation(visit)
        assert conversation is not None
        return conversation, Here(visit, opening)

    def _waiting(self, here: Here, turns: Turns, said: str) -> Frame:
        return (SAME if said != "…" else "", SAME, here, [*turns, bubble("assistant", said)], SAME, SAME, SAME)

    def _dialogue(self, conversation: Conversation, opening: str, last: str | None = None) -> Turns:
        """Everything that was said; `last`, the answer as it was given, stands for what is on record of it."""
        lines = list(transcript(conversation.events, self._titles))
        if last and lines and last.startswith(lines[-1].text):
            lines[-1] = replace(lines[-1], text=last)
        above = [bubble("assistant", opening)] if opening else []
        return [*above, *(bubble(line.role, line.text) for line in lines)]

    def _drawn(self, screen: Screen, *, stuck: bool = False) -> Frame:
        """Cards, beliefs and chips. `stuck`: an empty list is one that nothing matches."""
        cards = cards_html(screen.items, self._catalogue.schema, stuck=stuck)
        return (cards, beliefs_html(screen.beliefs), chips_html(screen.chips))

    def _in_words(self, step: Step) -> str | None:
        if isinstance(step, UserText):
            return step.text
        if isinstance(step, UserAction) and step.kind in TAPS:
            return TAPS[step.kind].format(self._titles[step.item or ""])
        return None
