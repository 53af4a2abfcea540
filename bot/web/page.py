"""The chat page: a Gradio Blocks over the same turn events as every other channel.

Left the dialogue, right the current picks as cards; below the dialogue what was understood (removable) and suggestions.
Every payload that comes back from the browser is validated here. Knows no recommending.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from typing import Any

import gradio as gr

from bot.messages import NewConversation, RemoveConstraint, Reply, Step, TurnEvent, UserAction, UserText
from bot.web.render import beliefs_html, cards_html, chips_html, words_html
from bot.web.visits import Visits

log = logging.getLogger(__name__)

MESSAGE_LIMIT = 2_000  #: characters of one message that the page sends
ACTIONS = ("like", "dislike", "seen", "accept", "click")
ACTION_WORDS = {"like": "I like {}", "dislike": "{} is not for me", "seen": "I have seen {}", "accept": "I'll take {}"}
Turns = list[dict[str, Any]]
Frame = tuple[Any, ...]

_here = files("bot.web")
CSS = (_here / "page.css").read_text("utf-8")
JS_ON_LOAD = (_here / "page.js").read_text("utf-8")


def step_from_event(data: object, known: set[str]) -> Step | None:
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
    """The callbacks of the page. One instance serves every visitor; what is theirs lives in `visits`."""

    def __init__(self, visits: Visits) -> None:
        self._visits = visits
        self._catalogue = visits.assistant.catalogue

    def arrive(self, visitor: str | None) -> Frame:
        """A new conversation for a visitor known by the browser's own storage, or a new one."""
        visitor = visitor if isinstance(visitor, str) and 8 <= len(visitor) <= 64 else secrets.token_urlsafe(16)
        visit = self._visits.open(visitor)
        reply = self._visits.assistant.greeting()
        return (visitor, visit, [_assistant(reply.text)], *self._panels(reply, []))

    def say(self, text: str, visit: str, turns: Turns, cards: list[str]) -> Iterator[Frame]:
        """A typed message. Yields (textbox, visit, turns, cards html, beliefs html, chips html, shown ids)."""
        text = (text or "").strip()
        if text:
            yield from self._run(UserText(text[:MESSAGE_LIMIT]), text, visit, turns, cards)
        else:
            yield ("", visit, turns, gr.skip(), gr.skip(), gr.skip(), cards)

    def tap(self, visit: str, turns: Turns, cards: list[str], event: gr.EventData) -> Iterator[Frame]:
        """A tap on a card, a belief or a suggestion."""
        step = step_from_event(getattr(event, "_data", None), set(cards))
        if step is None:
            yield (gr.skip(), visit, turns, gr.skip(), gr.skip(), gr.skip(), cards)
            return
        yield from self._run(step, self._in_words(step), visit, turns, cards)

    def restart(self, visit: str, cards: list[str]) -> Iterator[Frame]:
        """Start over: beliefs are gone, the visitor stays."""
        yield from self._run(NewConversation(), None, visit, [], cards)

    def _run(self, step: Step, words: str | None, visit: str, turns: Turns, cards: list[str]) -> Iterator[Frame]:
        if self._visits.conversation(visit) is None:
            visit = self._visits.open(None)
        turns = [*turns, _bubble("user", words)] if words else list(turns)
        yield ("", visit, [*turns, _assistant("…")], gr.skip(), gr.skip(), gr.skip(), cards)
        said = ""
        for event in self._visits.turn(visit, step):
            if event.kind == "items":
                shown = event.data["items"]
                html = cards_html(shown, self._catalogue.schema)  # type: ignore[arg-type]
                yield (gr.skip(), visit, [*turns, _assistant("…")], html, gr.skip(), gr.skip(), cards)
            elif event.kind == "delta":
                said += str(event.data["text"])
                yield (gr.skip(), visit, [*turns, _assistant(said)], gr.skip(), gr.skip(), gr.skip(), cards)
            elif event.kind in ("done", "error"):
                yield self._last(event, visit, turns, cards)

    def _last(self, event: TurnEvent, visit: str, turns: Turns, cards: list[str]) -> Frame:
        if event.kind == "error":
            text = f"{event.data['message']} {event.data['hint']}"
            return (gr.skip(), visit, [*turns, _assistant(text)], gr.skip(), gr.skip(), gr.skip(), cards)
        reply = event.data["reply"]
        assert isinstance(reply, Reply)
        turns = [*turns, _assistant(reply.text)] if reply.text else turns
        return (gr.skip(), visit, turns, *self._panels(reply, cards))

    def _panels(self, reply: Reply, cards: list[str]) -> Frame:
        """Cards, beliefs and chips; the cards stay when the turn showed none."""
        keeps = not reply.items and bool(cards) and reply.act not in ("recommend", "close")
        html = gr.skip() if keeps else cards_html(reply.items, self._catalogue.schema)
        shown = cards if keeps else [card.id for card in reply.items]
        return (html, beliefs_html(reply.beliefs), chips_html(reply.chips), shown)

    def _in_words(self, step: Step) -> str | None:
        if isinstance(step, UserText):
            return step.text
        if isinstance(step, UserAction) and step.item and step.kind in ACTION_WORDS:
            return ACTION_WORDS[step.kind].format(self._catalogue.by_id[step.item].title)
        return None


def _assistant(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": words_html(text)}


def _bubble(role: str, text: str) -> dict[str, str]:
    """One message of the dialogue. Gradio's Chatbot renders HTML even without Markdown, so all text is escaped here."""
    return {"role": role, "content": escape(text, quote=False)}


def build_page(visits: Visits) -> gr.Blocks:
    """The Blocks, ready to be mounted."""
    page, schema = Page(visits), visits.assistant.catalogue.schema
    with gr.Blocks(title="Chatalogue", analytics_enabled=False, fill_width=True) as blocks:
        visitor = gr.BrowserState(None, storage_key="chatalogue-visitor", secret="chatalogue")
        visit, shown = gr.State(""), gr.State([])
        gr.HTML(
            f"<h1>Chatalogue</h1><p>Talk to the catalogue: {schema.items_noun} for your taste.</p>", elem_id="cg-head"
        )
        with gr.Row(equal_height=False):
            with gr.Column(scale=5, min_width=320):
                dialogue = gr.Chatbot(
                    elem_id="cg-dialogue", height="56vh", show_label=False, buttons=[], feedback_options=None,
                    render_markdown=False, layout="bubble", group_consecutive_messages=False,
                )  # fmt: skip
                beliefs = gr.HTML(elem_id="cg-beliefs", js_on_load=JS_ON_LOAD)
                chips = gr.HTML(elem_id="cg-chips", js_on_load=JS_ON_LOAD)
                with gr.Row():
                    box = gr.Textbox(
                        elem_id="cg-box", placeholder="Say what you feel like…", show_label=False, label="Your message",
                        lines=1, max_lines=4, max_length=MESSAGE_LIMIT, scale=8, autofocus=True, container=False,
                    )  # fmt: skip
                    send = gr.Button("Send", variant="primary", elem_id="cg-send", scale=1, min_width=72)
                over = gr.Button("Start over", elem_id="cg-over", size="sm", variant="secondary")
            with gr.Column(scale=6, min_width=320):
                cards = gr.HTML(elem_id="cg-cards", js_on_load=JS_ON_LOAD)
        outputs = [box, visit, dialogue, cards, beliefs, chips, shown]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        blocks.load(page.arrive, [visitor], [visitor, visit, dialogue, cards, beliefs, chips, shown], **quiet)
        gr.on([box.submit, send.click], page.say, [box, visit, dialogue, shown], outputs, **quiet)
        # a second tap before the first is answered counts, too: the conversation takes one after the other
        taps = [cards.click, beliefs.click, chips.click]
        gr.on(taps, page.tap, [visit, dialogue, shown], outputs, trigger_mode="multiple", **quiet)
        over.click(page.restart, [visit, shown], outputs, **quiet)
    blocks.queue(default_concurrency_limit=8)
    return blocks
