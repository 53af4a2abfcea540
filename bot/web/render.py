"""Words, cards, beliefs, suggestions and memory as HTML. Every word from a catalogue, a visitor or a model is escaped.

Buttons carry `data-kind` and `data-value`; `page.js` hands both to Gradio as one event. Knows no Gradio and no state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from bot.messages import Belief, Chip, ItemCard
from bot.response.facts import facts_line
from bot.response.tables import Rows, parts
from retrieval.catalogue.schema import CatalogueSchema

REACTIONS = (("like", "Like"), ("dislike", "Not for me"), ("seen", "Seen it"))
CHIPS = 6  #: suggestions that fit beside each other; the last two are ways round a question


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


def bubble(role: str, text: str) -> dict[str, str]:
    """One message of the dialogue. Gradio's Chatbot renders HTML even without Markdown, so all text is escaped here;
    tables are drawn in what the assistant says."""
    return {"role": role, "content": words_html(text) if role == "assistant" else escape(text, quote=False)}


def words_html(text: str) -> str:
    """A reply's text, its tables drawn."""
    return "".join(escape(part, quote=False) if isinstance(part, str) else _table(part) for part in parts(text))


def _table(rows: Rows) -> str:
    head, *body = rows
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = (
        f'<tr><th scope="row">{escape(label)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        for label, *cells in body
    )
    table = f'<table class="cg-table"><thead><tr>{top}</tr></thead><tbody>{"".join(lines)}</tbody></table>'
    return f'<div class="cg-scroll" tabindex="0" role="region" aria-label="comparison">{table}</div>'


def cards_html(cards: Sequence[ItemCard], schema: CatalogueSchema, *, stuck: bool = False) -> str:
    """A list of cards; a quiet hint when there are none, because nothing matches (`stuck`) or nothing was asked."""
    if not cards and stuck:
        noun = escape(schema.item)
        return (
            f'<div class="cg-empty"><p>No {noun} matches all of it.</p>'
            "<p>Take back one of the things I understood.</p></div>"
        )
    if not cards:
        return (
            '<div class="cg-empty"><p>Your picks appear here.</p>'
            f"<p>Say what you feel like, name {escape(schema.items_noun)} you liked or did not like, "
            "or just ask to be surprised.</p></div>"
        )
    inner = "".join(_card(card, schema) for card in cards)
    return f'<div class="cg-cards" role="list" aria-label="{escape(schema.items_noun)} picked for you">{inner}</div>'


def beliefs_html(beliefs: Sequence[Belief]) -> str:
    """What was understood, each removable by a tap."""
    if not beliefs:
        return ""
    chips = "".join(
        f'<button type="button" class="cg-belief {"cg-hard" if b.hard else "cg-soft"}" data-kind="remove" '
        f'data-value="{escape(b.key)}" title="{"Must hold" if b.hard else "Preferred"}: tap to remove" '
        f'aria-label="Remove: {escape(b.label)}">{escape(b.label)}<span aria-hidden="true">×</span></button>'
        for b in beliefs
    )
    return f'<div class="cg-row"><span class="cg-caption">What I understood</span>{chips}</div>'


def chips_html(chips: Sequence[Chip]) -> str:
    """Suggestions; tapping one sends its text as if typed."""
    buttons = "".join(
        f'<button type="button" class="cg-chip" data-kind="say" data-value="{escape(c.text)}">'
        f"{escape(c.label)}</button>"
        for c in (chips if len(chips) <= CHIPS else (*chips[: CHIPS - 2], *chips[-2:]))
    )
    return f'<div class="cg-row">{buttons}</div>' if buttons else ""


def memory_html(entries: Sequence[MemoryEntry], *, trouble: str = "") -> str:
    """What is known of a visitor, each entry with a button that forgets it; `trouble` is told instead."""
    if trouble:
        return f'<p role="alert">{escape(trouble)}</p>'
    if not entries:
        return '<p class="cg-quiet">Nothing yet. Say what you love or cannot stand, or react to a card.</p>'
    groups = dict.fromkeys(entry.group for entry in entries)
    return "".join(
        f'<h4>{escape(group)}</h4><ul class="cg-known">'
        + "".join(_known(entry) for entry in entries if entry.group == group)
        + "</ul>"
        for group in groups
    )


def _known(entry: MemoryEntry) -> str:
    heard = "".join(f"<q>{escape(said)}</q> " for said in entry.heard)
    sure = ""
    if entry.certainty is not None:
        share = round(100 * entry.certainty)
        told = f"how sure I am: {share} of 100"
        sure = (
            f'<span class="cg-sure" role="img" title="{told}" aria-label="{told}"><i style="width:{share}%"></i></span>'
        )
    return (
        f'<li><div><span class="cg-what">{escape(entry.label)}</span>{sure}<p class="cg-heard">{heard}</p></div>'
        f'<button type="button" class="cg-forget" data-kind="unlearn" data-value="{escape(entry.key)}" '
        f'aria-label="Forget: {escape(entry.label)}" title="Forget this">×</button></li>'
    )


def _card(card: ItemCard, schema: CatalogueSchema) -> str:
    buttons = "".join(
        f'<button type="button" data-kind="{kind}" data-value="{escape(card.id)}" '
        f'aria-label="{label}: {escape(card.title)}">{label}</button>'
        for kind, label in REACTIONS
    )
    text = f'<p class="cg-text">{escape(card.text)}</p>' if card.text else ""
    return (
        f'<article class="cg-card" role="listitem" data-id="{escape(card.id)}">{_cover(card)}'
        f'<div class="cg-body"><h3>{_title(card)}</h3><p class="cg-facts">{escape(facts_line(card.facets, schema))}</p>'
        f'<p class="cg-why">{escape(card.why)}</p>{text}<div class="cg-buttons">{buttons}</div></div></article>'
    )


def _title(card: ItemCard) -> str:
    link = _safe_url(card.url)
    if link is None:
        return escape(card.title)
    return (
        f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer" data-kind="click" '
        f'data-value="{escape(card.id)}">{escape(card.title)}</a>'
    )


def _cover(card: ItemCard) -> str:
    """The item's picture, or a cover drawn from its title: two hues that stay the same for the same title."""
    image = _safe_url(card.image)
    if image is not None:
        picture = f'<img src="{escape(image)}" alt="" loading="lazy" referrerpolicy="no-referrer">'
        return f'<div class="cg-cover">{picture}</div>'
    digest = hashlib.sha256(card.title.encode()).digest()
    hue = int.from_bytes(digest[:2]) % 360
    initials = "".join(word[0] for word in card.title.split() if word[0].isalnum())[:3].upper() or "?"
    colours = f"linear-gradient(150deg,hsl({hue} 42% 34%),hsl({(hue + 48) % 360} 46% 18%))"
    label = f'<span aria-hidden="true">{escape(initials)}</span>'
    return f'<div class="cg-cover" style="background:{colours}">{label}</div>'


def _safe_url(url: str | None) -> str | None:
    """`url` when it is http(s) or relative to this site; None otherwise (javascript:, data:, …)."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme in ("http", "https"):
        return url.strip()
    return url.strip() if not parts.scheme and url.strip().startswith("/") and not parts.netloc else None
