"""How the page is laid out: Gradio's Blocks around the callbacks of `page.py` and of the panels.

Above, the name and what concerns the visit as a whole; left the dialogue with what was understood and suggestions,
right the picks as cards; history and memory in drawers. Looks are in `page.css`. Words of buttons and fields are
Gradio's i18n, chosen in the browser. Knows no conversation.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import gradio as gr

from bot.web.chat_endpoint import add_chat
from bot.web.frame import Frame, Here
from bot.web.history_panel import HistoryPanel
from bot.web.kept import Kept
from bot.web.memory_panel import MemoryPanel
from bot.web.page import Page
from bot.web.taps import MESSAGE_LIMIT
from bot.web.visits import Visits
from bot.web.words import INTERFACE, words_in

_here = files("bot.web")
CSS = (_here / "page.css").read_text("utf-8")
JS_ON_LOAD = (_here / "page.js").read_text("utf-8")
SAVE_JS = (_here / "save.js").read_text("utf-8")
#: the box is free at once for the next message; clearing it with the answer would take what was typed meanwhile, and
#: doing so as an event of its own costs the browser a round through all parts of the page
SENT = """(text, ...others) => {
  const box = document.querySelector('#cg-box textarea');
  box.value = '';
  box.dispatchEvent(new Event('input', { bubbles: true }));
  return [text, ...others];
}"""
TO_THE_BOX = "() => { const box = document.querySelector('#cg-box textarea'); if (box.value) box.focus(); }"
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
I18N = gr.I18n(**{language: words_in(language).all() for language in INTERFACE})


def build_page(visits: Visits) -> gr.Blocks:
    """The Blocks, ready to be mounted with `I18N`."""
    page = Page(visits)
    with gr.Blocks(title="Chatalogue", analytics_enabled=False, fill_width=True) as blocks:
        kept = gr.BrowserState(None, storage_key="chatalogue", secret="chatalogue")
        here = gr.State(Here())
        head, incognito, history, memory, over = _top()
        with gr.Row(elem_id="cg-main", equal_height=False):
            dialogue, tools, beliefs, chips, box, send = _talk()
            with gr.Column(scale=6, min_width=320, elem_id="cg-picks"):
                cards = gr.HTML(elem_id="cg-cards", js_on_load=JS_ON_LOAD)
        frame = list(Frame(box, kept, here, dialogue, cards, beliefs, chips, tools))
        blocks.load(_arrival(page), [kept], [*frame, head, incognito], **QUIET)
        say = [box.submit, send.click]
        gr.on(say, page.say, [box, kept, here, dialogue], frame, js=SENT, trigger_mode="multiple", **QUIET)
        # a second tap before the first is answered counts, too: the conversation takes one after the other
        taps = [cards.click, beliefs.click, chips.click, tools.click]
        tapped = gr.on(taps, page.tap, [kept, here, dialogue], frame, trigger_mode="multiple", **QUIET)
        tapped.then(None, None, None, js=TO_THE_BOX, **QUIET)
        over.click(page.restart, [kept, here], frame, **QUIET)
        incognito.input(page.switch, [incognito, kept], frame, **QUIET)
        _history(HistoryPanel(page), history, [*frame, incognito])
        _memory(MemoryPanel(page), memory, frame)
        add_chat(visits)
    blocks.queue(default_concurrency_limit=8)
    return blocks


def _arrival(page: Page) -> Any:
    """Everything that depends on the visitor and the browser: a frame, the head, and whether it is incognito."""

    def arrive(stored: object, request: gr.Request) -> tuple[Any, ...]:
        frame = page.arrive(stored, request)
        kept = Kept.read(frame.kept)
        return (*frame, page.drawing.head(kept.language), kept.incognito)

    return arrive


def _top() -> tuple[gr.HTML, gr.Checkbox, gr.Button, gr.Button, gr.Button]:
    with gr.Row(elem_id="cg-top", equal_height=False):
        head = gr.HTML("<h1>Chatalogue</h1>", elem_id="cg-head")
        incognito = gr.Checkbox(False, label=I18N("incognito"), elem_id="cg-incognito", container=False, min_width=100)
        history = _button("history", "cg-history-open")
        memory = _button("memory", "cg-memory-open")
        over = _button("new", "cg-over")
    return head, incognito, history, memory, over


def _talk() -> tuple[gr.Chatbot, gr.HTML, gr.HTML, gr.HTML, gr.Textbox, gr.Button]:
    with gr.Column(scale=5, min_width=320, elem_id="cg-talk"):
        dialogue = gr.Chatbot(
            elem_id="cg-dialogue", height="100%", show_label=False, label=I18N("dialogue"), buttons=[],
            feedback_options=None, render_markdown=False, layout="bubble", group_consecutive_messages=False,
        )  # fmt: skip
        tools = gr.HTML(elem_id="cg-tools", js_on_load=JS_ON_LOAD)
        beliefs = gr.HTML(elem_id="cg-beliefs", js_on_load=JS_ON_LOAD)
        chips = gr.HTML(elem_id="cg-chips", js_on_load=JS_ON_LOAD)
        with gr.Row(elem_id="cg-say"):
            box = gr.Textbox(
                elem_id="cg-box", placeholder=I18N("placeholder"), show_label=False, label=I18N("box"),
                lines=1, max_lines=4, max_length=MESSAGE_LIMIT, scale=8, autofocus=True, container=False,
            )  # fmt: skip
            send = gr.Button(I18N("send"), variant="primary", elem_id="cg-send", scale=1, min_width=72)
    return dialogue, tools, beliefs, chips, box, send


def _history(panel: HistoryPanel, opener: gr.Button, frame: list[Any]) -> None:
    """The conversations of this browser, beside the page; `frame` are the page's own outputs, and "incognito"."""
    *frame, incognito = frame
    with gr.Column(elem_id="cg-history", elem_classes="cg-drawer", visible=False) as drawer:
        close = _drawer_head("history_heading", "cg-history-close")
        talks = gr.HTML(elem_id="cg-talks", js_on_load=JS_ON_LOAD)
    _, kept, here, *_ = frame
    shown, gone = gr.update(visible=True), gr.update(visible=False)
    opened = opener.click(lambda stored, at: (shown, panel.look(stored, at)), [kept, here], [drawer, talks], **QUIET)
    opened.then(None, None, None, js=_focus("cg-history-close"), **QUIET)
    close.click(lambda: gone, None, [drawer], **QUIET).then(None, None, None, js=_focus(opener.elem_id), **QUIET)
    talks.click(panel.tap, [kept, here], [*frame, talks, drawer, incognito], **QUIET)


def _memory(panel: MemoryPanel, opener: gr.Button, frame: list[Any]) -> None:
    """What is known of the visitor, beside the page; `frame` are the page's own outputs."""
    with gr.Column(elem_id="cg-memory", elem_classes="cg-drawer", visible=False) as drawer:
        close = _drawer_head("memory_heading", "cg-memory-close")
        known = gr.HTML(elem_id="cg-known", js_on_load=JS_ON_LOAD)
        with gr.Row():
            save = _button("download", "cg-save")
            forget = _button("forget_all", "cg-forget")
        with gr.Row(visible=False, elem_id="cg-sure") as sure:
            gr.Markdown(I18N("forget_sure"))
            yes = _button("forget_yes", "cg-forget-yes", "stop")
            no = _button("forget_no", "cg-forget-no")
    exported = gr.Textbox(visible="hidden", elem_id="cg-exported", label="exported")
    _, kept, here, dialogue, *_ = frame
    shown, gone = gr.update(visible=True), gr.update(visible=False)
    opened = opener.click(lambda stored: (shown, gone, panel.look(stored)), [kept], [drawer, sure, known], **QUIET)
    opened.then(None, None, None, js=_focus("cg-memory-close"), **QUIET)
    close.click(lambda: gone, None, [drawer], **QUIET).then(None, None, None, js=_focus(opener.elem_id), **QUIET)
    known.click(panel.take_back, [kept, here, dialogue], [*frame, known], trigger_mode="multiple", **QUIET)
    save.click(panel.export, [kept], [exported], **QUIET).then(None, [exported], None, js=SAVE_JS, **QUIET)
    forget.click(lambda: shown, None, [sure], **QUIET)
    no.click(lambda: gone, None, [sure], **QUIET)
    yes.click(panel.forget, [kept], [*frame, known], **QUIET).then(lambda: gone, None, [sure], **QUIET)


def _drawer_head(heading: str, closes: str) -> gr.Button:
    with gr.Row(elem_classes="cg-drawer-head", equal_height=False):
        gr.Markdown(I18N(heading), elem_classes="cg-h2")
        return _button("close", closes)


def _button(key: str, elem_id: str, variant: str = "secondary") -> gr.Button:
    return gr.Button(I18N(key), elem_id=elem_id, size="sm", variant=variant, min_width=70)


def _focus(elem_id: str) -> str:
    """A drawer takes the focus when it opens and gives it back when it closes."""
    return f"() => document.getElementById('{elem_id}')?.focus()"
