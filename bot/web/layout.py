"""How the page is laid out: Gradio's Blocks around the callbacks of `page.py` and `memory_panel.py`.

Above, the name and what concerns the visit as a whole; left the dialogue with what was understood (removable) and
suggestions, right the picks as cards; memory in a drawer. Looks are in `page.css`. Knows no conversation.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import Any

import gradio as gr

from bot.web.kept import Kept
from bot.web.memory_panel import MemoryPanel
from bot.web.page import MESSAGE_LIMIT, Here, Page
from bot.web.visits import Visits

_here = files("bot.web")
CSS = (_here / "page.css").read_text("utf-8")
JS_ON_LOAD = (_here / "page.js").read_text("utf-8")
SAVE_JS = (_here / "save.js").read_text("utf-8")
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def build_page(visits: Visits) -> gr.Blocks:
    """The Blocks, ready to be mounted."""
    page = Page(visits)
    with gr.Blocks(title="Chatalogue", analytics_enabled=False, fill_width=True) as blocks:
        kept = gr.BrowserState(None, storage_key="chatalogue", secret="chatalogue")
        here = gr.State(Here())
        incognito, memory, over = _top(visits)
        with gr.Row(elem_id="cg-main", equal_height=False):
            dialogue, beliefs, chips, box, send = _talk()
            with gr.Column(scale=6, min_width=320, elem_id="cg-picks"):
                cards = gr.HTML(elem_id="cg-cards", js_on_load=JS_ON_LOAD)
        frame = [box, kept, here, dialogue, cards, beliefs, chips]
        blocks.load(page.arrive, [kept], frame, **QUIET).then(_is_incognito, [kept], [incognito], **QUIET)
        gr.on([box.submit, send.click], page.say, [box, kept, here, dialogue], frame, **QUIET)
        # a second tap before the first is answered counts, too: the conversation takes one after the other
        taps = [cards.click, beliefs.click, chips.click]
        gr.on(taps, page.tap, [kept, here, dialogue], frame, trigger_mode="multiple", **QUIET)
        over.click(page.restart, [kept, here], frame, **QUIET)
        incognito.input(page.switch, [incognito, kept], frame, **QUIET)
        _drawer(MemoryPanel(page), memory, frame)
    blocks.queue(default_concurrency_limit=8)
    return blocks


def _top(visits: Visits) -> tuple[gr.Checkbox, gr.Button, gr.Button]:
    schema = visits.assistant.catalogue.schema
    with gr.Row(elem_id="cg-top", equal_height=False):
        about = f"<h1>Chatalogue</h1><p>Talk to the catalogue: {escape(schema.items_noun)} for your taste.</p>"
        gr.HTML(about, elem_id="cg-head")
        incognito = gr.Checkbox(False, label="Incognito", elem_id="cg-incognito", container=False, min_width=110)
        memory = gr.Button("Memory", elem_id="cg-memory-open", size="sm", variant="secondary", min_width=90)
        over = gr.Button("New conversation", elem_id="cg-over", size="sm", variant="secondary", min_width=140)
    return incognito, memory, over


def _talk() -> tuple[gr.Chatbot, gr.HTML, gr.HTML, gr.Textbox, gr.Button]:
    with gr.Column(scale=5, min_width=320, elem_id="cg-talk"):
        dialogue = gr.Chatbot(
            elem_id="cg-dialogue", height="100%", show_label=False, label="Dialogue", buttons=[], feedback_options=None,
            render_markdown=False, layout="bubble", group_consecutive_messages=False,
        )  # fmt: skip
        beliefs = gr.HTML(elem_id="cg-beliefs", js_on_load=JS_ON_LOAD)
        chips = gr.HTML(elem_id="cg-chips", js_on_load=JS_ON_LOAD)
        with gr.Row(elem_id="cg-say"):
            box = gr.Textbox(
                elem_id="cg-box", placeholder="Say what you feel like…", show_label=False, label="Your message",
                lines=1, max_lines=4, max_length=MESSAGE_LIMIT, scale=8, autofocus=True, container=False,
            )  # fmt: skip
            send = gr.Button("Send", variant="primary", elem_id="cg-send", scale=1, min_width=72)
    return dialogue, beliefs, chips, box, send


def _drawer(panel: MemoryPanel, opener: gr.Button, frame: list[Any]) -> None:
    """What is known of the visitor, beside the page; `frame` are the page's own outputs."""
    _, kept, here, dialogue, *_ = frame
    with gr.Column(elem_id="cg-memory", visible=False) as drawer:
        with gr.Row(elem_id="cg-memory-head", equal_height=False):
            gr.HTML("<h2>What I know about you</h2>")
            close = gr.Button("Close", elem_id="cg-memory-close", size="sm", variant="secondary", min_width=70)
        known = gr.HTML(elem_id="cg-known", js_on_load=JS_ON_LOAD)
        with gr.Row():
            save = gr.Button("Download", elem_id="cg-save", size="sm", variant="secondary", min_width=90)
            forget = gr.Button("Forget everything", elem_id="cg-forget", size="sm", variant="secondary", min_width=140)
        with gr.Row(visible=False, elem_id="cg-sure") as sure:
            gr.HTML("<p>Delete everything about you, this conversation included?</p>")
            yes = gr.Button("Yes, delete it", elem_id="cg-forget-yes", size="sm", variant="stop", min_width=120)
            no = gr.Button("Keep it", elem_id="cg-forget-no", size="sm", variant="secondary", min_width=90)
    exported = gr.Textbox(visible="hidden", elem_id="cg-exported", label="exported")
    shown, gone = gr.update(visible=True), gr.update(visible=False)
    opener.click(lambda stored: (shown, gone, panel.look(stored)), [kept], [drawer, sure, known], **QUIET)
    close.click(lambda: gone, None, [drawer], **QUIET)
    known.click(panel.take_back, [kept, here, dialogue], [*frame, known], trigger_mode="multiple", **QUIET)
    save.click(panel.export, [kept], [exported], **QUIET).then(None, [exported], None, js=SAVE_JS, **QUIET)
    forget.click(lambda: shown, None, [sure], **QUIET)
    no.click(lambda: gone, None, [sure], **QUIET)
    yes.click(panel.forget, [kept], [*frame, known], **QUIET).then(lambda: gone, None, [sure], **QUIET)


def _is_incognito(stored: object) -> bool:
    return Kept.read(stored).incognito
