"""Words, cards, beliefs and suggestions as HTML. Every word from a catalogue, a visitor or a model is escaped here.

Buttons carry `data-kind` and `data-value`; `page.js` hands both to Gradio as one event. Knows no Gradio and no state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from bot.messages import Belief, Chip, ItemCard
from bot.response.facts import facts_line
from bot.response.tables import Rows, parts
from retrieval.catalogue.schema import CatalogueSchema

REACTIONS = (("like", "Like"), ("dislike", "Not for me"), ("seen", "Seen it"))


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
    return f'<table class="cg-table"><thead><tr>{top}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


def cards_html(cards: Sequence[ItemCard], schema: CatalogueSchema) -> str:
    """A grid of cards; a quiet hint when there are none."""
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
        for c in chips
    )
    return f'<div class="cg-row">{buttons}</div>' if buttons else ""


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
