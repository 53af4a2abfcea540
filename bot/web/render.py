"""Words, beliefs, suggestions, history and memory as HTML. Every word from catalogue, visitor or model is escaped.

Buttons carry `data-kind` and `data-value`; `page.js` hands both to Gradio as one event. Knows no Gradio and no state.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape

from bot.messages import Belief, Chip
from bot.response.tables import Rows, parts
from bot.web.words import PageWords

CHIPS = 6  #: suggestions that fit beside each other; the last two are ways round a question
TITLE = 60  #: characters of a conversation's title


@dataclass(frozen=True, slots=True)
class MemoryEntry:
    """One thing known of a visitor: the key that takes it back, what it is, and the words it was heard in.

    `certainty` is in [0, 1], None of what was done rather than said. `group` is the caption it stands under.
    """

    key: str
    label: str
    group: str
    certainty: float | None = None
    heard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastTalk:
    """A stored conversation: its id, the words it began with ("": taps alone), the day of its last turn."""

    id: str
    title: str
    day: str
    open_now: bool = False


def bubble(role: str, text: str, words: PageWords) -> dict[str, str]:
    """One message of the dialogue. Gradio's Chatbot renders HTML even without Markdown, so all text is escaped here;
    tables are drawn in what the assistant says."""
    return {"role": role, "content": words_html(text, words) if role == "assistant" else escape(text, quote=False)}


def words_html(text: str, words: PageWords) -> str:
    """A reply's text, its tables drawn."""
    drawn = (escape(part, quote=False) if isinstance(part, str) else _table(part, words) for part in parts(text))
    return "".join(drawn)


def _table(rows: Rows, words: PageWords) -> str:
    head, *body = rows
    top = "".join(f'<th scope="col">{escape(cell)}</th>' if cell else "<td></td>" for cell in head)
    lines = (
        f'<tr><th scope="row">{escape(label)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        for label, *cells in body
    )
    table = f'<table class="cg-table"><thead><tr>{top}</tr></thead><tbody>{"".join(lines)}</tbody></table>'
    label = escape(words("comparison"))
    return f'<div class="cg-scroll" tabindex="0" role="region" aria-label="{label}">{table}</div>'


def beliefs_html(beliefs: Sequence[Belief], words: PageWords, weighable: Collection[str] = ()) -> str:
    """What was understood, each removable by a tap. Those whose key is `weighable` can be made a must or a wish."""
    if not beliefs:
        return ""
    caption = escape(words("understood"))
    chips = "".join(_belief(belief, words, belief.key in weighable) for belief in beliefs)
    heading = f'<span class="cg-caption">{caption}</span>'
    return f'<div class="cg-row" role="group" aria-label="{caption}">{heading}{chips}</div>'


def _belief(belief: Belief, words: PageWords, weighable: bool) -> str:
    other = "wish" if belief.hard else "must"
    force, key, label = "must" if belief.hard else "wish", escape(belief.key), escape(belief.label)
    if weighable:
        told = escape(words("make_wish" if belief.hard else "make_must", label=belief.label))
        badge = (
            f'<button type="button" class="cg-force" data-kind="{other}" data-value="{key}" '
            f'aria-label="{told}" title="{told}">{escape(words(force))}</button>'
        )
    else:
        badge = f'<span class="cg-force" title="{escape(words(f"is_{force}"))}">{escape(words(force))}</span>'
    told = escape(words("remove", label=belief.label))
    remove = (
        f'<button type="button" class="cg-remove" data-kind="remove" data-value="{key}" aria-label="{told}" '
        f'title="{told}"><span aria-hidden="true">×</span></button>'
    )
    style = "cg-hard" if belief.hard else "cg-soft"
    return f'<span class="cg-belief {style}">{badge}<span class="cg-label">{label}</span>{remove}</span>'


def chips_html(chips: Sequence[Chip], words: PageWords) -> str:
    """Suggestions; tapping one sends its text as if typed."""
    buttons = "".join(
        f'<button type="button" class="cg-chip" data-kind="say" data-value="{escape(c.text)}">'
        f"{escape(c.label)}</button>"
        for c in (chips if len(chips) <= CHIPS else (*chips[: CHIPS - 2], *chips[-2:]))
    )
    label = escape(words("suggestions"))
    return f'<div class="cg-row" role="group" aria-label="{label}">{buttons}</div>' if buttons else ""


def tools_html(words: PageWords, *kinds: str) -> str:
    """What can be done with the last message: "retry", "edit", or "stop" while its answer is on the way."""
    buttons = "".join(
        f'<button type="button" class="cg-tool" data-kind="{kind}" data-value="{kind}">{escape(words(kind))}</button>'
        for kind in kinds
    )
    label = escape(words("turn_tools"))
    return f'<div class="cg-tools" role="group" aria-label="{label}">{buttons}</div>' if buttons else ""


def history_html(talks: Sequence[PastTalk], words: PageWords, *, trouble: str = "") -> str:
    """The conversations of a visitor, the latest first, each to be gone on with or deleted."""
    if trouble:
        return f'<p role="alert">{escape(trouble)}</p>'
    if not talks:
        return f'<p class="cg-quiet">{escape(words("history_none"))}</p>'
    listed = "".join(_talk(talk, words) for talk in talks)
    return f'<ul class="cg-known">{listed}</ul><p class="cg-quiet">{escape(words("history_note"))}</p>'


def _talk(talk: PastTalk, words: PageWords) -> str:
    title = talk.title if len(talk.title) <= TITLE else talk.title[: TITLE - 1].rstrip() + "…"
    title = title or words("untitled")
    day = f"{talk.day} · {words('history_now')}" if talk.open_now else talk.day
    return (
        f'<li><button type="button" class="cg-past" data-kind="resume" data-value="{escape(talk.id)}">'
        f'<span class="cg-what">{escape(title)}</span><span class="cg-heard">{escape(day)}</span></button>'
        f"{_cross('delete', talk.id, words('history_delete', title=title), words('history_delete', title=title))}</li>"
    )


def memory_html(entries: Sequence[MemoryEntry], words: PageWords, *, trouble: str = "") -> str:
    """What is known of a visitor, each entry with a button that forgets it; `trouble` is told instead."""
    if trouble:
        return f'<p role="alert">{escape(trouble)}</p>'
    if not entries:
        return f'<p class="cg-quiet">{escape(words("memory_none"))}</p>'
    groups = dict.fromkeys(entry.group for entry in entries)
    return "".join(
        f'<h3>{escape(group)}</h3><ul class="cg-known">'
        + "".join(_known(entry, words) for entry in entries if entry.group == group)
        + "</ul>"
        for group in groups
    )


def _known(entry: MemoryEntry, words: PageWords) -> str:
    heard = "".join(f"<q>{escape(said)}</q> " for said in entry.heard)
    sure = ""
    if entry.certainty is not None:
        share = round(100 * entry.certainty)
        told = escape(words("sure", share=share))
        sure = (
            f'<span class="cg-sure" role="img" title="{told}" aria-label="{told}"><i style="width:{share}%"></i></span>'
        )
    return (
        f'<li><div><span class="cg-what">{escape(entry.label)}</span>{sure}<p class="cg-heard">{heard}</p></div>'
        f"{_cross('unlearn', entry.key, words('forget_one', label=entry.label), words('forget_this'))}</li>"
    )


def _cross(kind: str, value: str, label: str, title: str) -> str:
    return (
        f'<button type="button" class="cg-forget" data-kind="{kind}" data-value="{escape(value)}" '
        f'aria-label="{escape(label)}" title="{escape(title)}"><span aria-hidden="true">×</span></button>'
    )
