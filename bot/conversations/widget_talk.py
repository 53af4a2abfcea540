"""Conversations through the widget: a page of a headless Chromium in which a script types and taps as a visitor does.

The answer that a script sees is the page's: its cards, words, suggestions and what was understood. What no page tells
(the reading, times, events, the state) is taken from what crossed and from `/events`. Knows Playwright, which only this
target needs, and the widget's markup (docs/widget.md); knows no assistant. Every conversation is a visitor of its own.
"""

from __future__ import annotations

import math
import shutil
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.conversations.http_talk import ANSWER_S, START, ServerTalk, TargetError, server_sent
from bot.conversations.http_wire import believed_of, turn_event_of
from bot.conversations.widget_page import BLANK, HEARD, HINT, SCREEN, Screen, screen_of
from bot.dialogue.events import Event
from bot.dialogue.hints import Hint
from bot.dialogue.state import DialogueState
from bot.hint_json import hints_json
from bot.messages import (
    Belief,
    Chip,
    ItemCard,
    NewConversation,
    RemoveConstraint,
    Reply,
    Step,
    TurnEvent,
    UserAction,
    UserText,
)
from retrieval.errors import ChatalogueError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

INSTALL = "pip install playwright, and a Chromium: apt-get install chromium, or playwright install chromium"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
REACTIONS = ("like", "dislike", "seen")  #: what a card has a button for that stays pressed


class WidgetPages:
    """Begins conversations, each in a fresh browser profile, with the widget of the server at `url`.

    Raises TargetError where there is no Playwright, no Chromium or no widget.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._playwright, self._browser = _launched()
        self._context: Any = None
        weakref.finalize(self, _stop, self._playwright, self._browser)

    def __call__(self, _user: str | None) -> WidgetTalk:
        """A conversation; a page knows no visitor's name and talks as somebody new."""
        from playwright.sync_api import Error

        if self._context is not None:
            self._context.close()
        self._context = self._browser.new_context(locale="en-US", viewport={"width": 1000, "height": 900})
        page = self._context.new_page()
        page.set_default_timeout(ANSWER_S * 1000)
        page.add_init_script(HEARD)
        page.route(f"{self._url}/chatalogue-script", lambda route: route.fulfill(body=BLANK, content_type="text/html"))
        try:
            page.goto(f"{self._url}/chatalogue-script")
            page.wait_for_function("customElements.get('chatalogue-chat') && told.conversation")
        except Error as error:
            raise TargetError(f"no widget from {self._url}: {_first_line(error)}", hint=START) from error
        return WidgetTalk(page)

    def close(self) -> None:
        """End the browser."""
        _stop(self._playwright, self._browser)


class WidgetTalk(ServerTalk):
    """One conversation on a page. `turn` answers a failed turn with an `error` event and never raises."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._last: Reply | None = None

    def turn(self, step: Step) -> Iterator[TurnEvent]:
        """Take a step on the page; the last event is `done`, with what the page shows, or `error`."""
        from playwright.sync_api import Error

        self._now = None
        try:
            before = self._page.evaluate("told.ended")
            self._take(step)
            self._page.wait_for_function("before => told.ended > before && !told.open", arg=before)
            yield from self._crossed(step)
        except Error as error:
            hint = "look at the page with the widget yourself"
            yield TurnEvent("error", {"message": f"the widget did not answer: {_first_line(error)}", "hint": hint})
        except ChatalogueError as error:
            yield TurnEvent("error", {"message": error.message, "hint": error.hint})
        except (KeyError, ValueError) as error:
            yield TurnEvent("error", {"message": f"what crossed is not this API's: {error}", "hint": START})

    def hint(self, hints: Iterable[Hint]) -> None:
        """Tell what the page knows, as the shop's own page does. Raises TargetError, also where it is refused."""
        from playwright.sync_api import Error

        self._now = None
        try:
            before = self._page.evaluate("told.hinted")
            self._page.evaluate(HINT, context_of(hints))
            self._page.wait_for_function("before => told.hinted > before || told.trouble", arg=before)
            self._raise_trouble()
        except Error as error:
            raise TargetError(f"the widget took no hints: {_first_line(error)}", hint=START) from error

    def _take(self, step: Step) -> None:
        match step:
            case UserText(text=text):
                self._say(text)
            case UserAction(kind="undo"):
                self._undo()
            case UserAction(kind=kind, item=item) if kind in (*REACTIONS, "more"):
                self._page.locator(f'.card[data-id="{item}"] [data-kind="{kind}"]').last.click()
            case RemoveConstraint(key=key):
                self._tap(".beliefs .belief", next(b.label for b in self._beliefs() if b.key == key))
            case NewConversation():
                self._page.locator(".tool.restart").click()
            case _:
                raise TargetError(f"the widget has no button for {step}", hint="run it over HTTP")

    def _say(self, text: str) -> None:
        """Tap the suggestion that says it, where there is one; else type it and press Enter."""
        chips = self._last.chips if self._last is not None else ()
        label = next((chip.label for chip in chips if chip.text == text), None)
        if label is not None:
            self._tap(".chips .chip", label)
        else:
            box = self._page.locator("textarea.box")
            box.fill(text)
            box.press("Enter")

    def _undo(self) -> None:
        """Tap it where it is offered, which is after a reaction; else type it."""
        if "Undo" in (text.strip() for text in self._page.locator(".chips .chip").all_inner_texts()):
            self._tap(".chips .chip", "Undo")
        else:
            self._say("undo")

    def _tap(self, where: str, label: str) -> None:
        labels = self._page.locator(where).all_inner_texts()
        if label not in map(str.strip, labels):
            raise TargetError(f"there is no {label!r} to tap: {', '.join(labels) or 'nothing'}", hint="see the page")
        self._page.locator(where).nth([found.strip() for found in labels].index(label)).click()

    def _crossed(self, step: Step) -> Iterator[TurnEvent]:
        """What the server sent, and as its end what the page made of it."""
        self._raise_trouble()
        for kind, data in server_sent(iter(str(self._page.evaluate("told.stream")).splitlines())):
            event = turn_event_of(kind, data)
            if event is None:
                continue
            reply = event.data.get("reply")
            if isinstance(reply, Reply):
                self._last = shown(reply, screen_of(self._page.evaluate(SCREEN)), step)
                event = TurnEvent("done", {"reply": self._last})
            yield event

    def _raise_trouble(self) -> None:
        trouble = self._page.evaluate("told.trouble")
        if trouble is not None:
            raise TargetError(str(trouble["message"]), hint=str(trouble["hint"] or START))

    def _beliefs(self) -> Sequence[Belief]:
        return self._last.beliefs if self._last is not None else ()

    def _told(self) -> tuple[tuple[Event, ...], DialogueState]:
        answer = self._page.evaluate("told.events()")
        if answer is None:
            raise TargetError("the server does not tell the events of the widget's conversation", hint=START)
        return believed_of(answer)


def context_of(hints: Iterable[Hint]) -> dict[str, Any]:
    """All that is known now as the widget's `setContext` takes it; null of what is known no more."""
    told = hints_json(hints)
    page = told.get("page", {})
    of_visitor = {source: told.get(source) for source in ("language", "place", "age_band")}
    return {"page": page.get("facets"), "item": page.get("item"), **of_visitor}


def shown(reply: Reply, screen: Screen, step: Step) -> Reply:
    """`reply` as the page shows it: what is missing or other there is so here; `step` is what was answered."""
    wired = {card.id: card for card in reply.items}
    cards = tuple(
        replace(wired[id_], title=title, why=why) if id_ in wired else ItemCard(id_, title, math.nan, why, {})
        for id_, title, why in screen.cards
    )
    labels = list(screen.chips)
    if isinstance(step, UserAction) and step.kind in REACTIONS and labels[:1] == ["Undo"]:
        labels = labels[1:]  # the widget's own, before those of the answer
    texts = {chip.label: chip for chip in reply.chips}
    known = {belief.label: belief for belief in reply.beliefs}
    return replace(
        reply,
        items=cards,
        text=screen.text,
        chips=tuple(texts.get(label, Chip(label, label)) for label in labels),
        beliefs=tuple(known.get(label, Belief(label, label, False, 1)) for label in screen.beliefs),
    )


def _launched() -> tuple[Any, Browser]:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise TargetError("the target widget: needs Playwright", hint=INSTALL) from error
    playwright = sync_playwright().start()
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    try:
        return playwright, playwright.chromium.launch(executable_path=found, args=FLAGS)
    except Error as error:
        playwright.stop()
        raise TargetError(f"Chromium does not start: {_first_line(error)}", hint=INSTALL) from error


def _stop(playwright: Any, browser: Any) -> None:
    if browser.is_connected():
        browser.close()
        playwright.stop()


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
