"""The right side of the page as HTML: the picks as cards, several side by side, and what to begin with.

Every word from a catalogue, a visitor or a model is escaped. Buttons carry `data-kind` and `data-value`; `page.js`
hands both to Gradio as one event. Knows no Gradio, and of a conversation only what is to be drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlsplit

from bot.messages import ItemCard
from bot.response.cards import card_again
from bot.response.comparing import side_by_side
from bot.web.covers import cover_svg
from bot.web.look import Look
from retrieval.catalogue.item import Item

MOST_COMPARED = 4
REACTIONS = ("like", "dislike", "seen")


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is to be drawn. `liked` are ids, `why` longer reasons by id, `done` the (kind, title) of a tap to be undone.

    `stuck`: an empty list is one that nothing matches. `novelty` is where the dial stands, in [0, 1].
    """

    cards: Sequence[ItemCard] = ()
    liked: frozenset[str] = frozenset()
    why: Mapping[str, Sequence[str]] = field(default_factory=dict)
    done: tuple[str, str] | None = None
    stuck: bool = False
    novelty: float = 0.5
    starters: Sequence[str] = ()


def shelf_html(shelf: Shelf, look: Look) -> str:
    """The cards under their heading; a quiet hint when there are none."""
    if not shelf.cards:
        return _undo(shelf, look) + (_nothing(look) if shelf.stuck else _empty(shelf, look))
    title = escape(look.words("picks_heading"))
    heading = f'<div class="cg-shelf"><h2>{title}</h2>{_dial(shelf, look)}{_compare(look)}</div>'
    inner = "".join(_card(card, shelf, look) for card in shelf.cards)
    label = escape(look.words("picks", items=look.items))
    return (
        f'{heading}{_undo(shelf, look)}<ul class="cg-cards" role="list" aria-label="{label}" tabindex="0">{inner}</ul>'
    )


def comparison_html(items: Sequence[Item], look: Look, why: Mapping[str, str]) -> str:
    """Two to four items side by side: covers, facts, why each is there, and what can be done with it."""
    words = look.words
    cards = [card_again(item, why.get(item.id, "")) for item in items]
    heads = "".join(f'<th scope="col">{_cover(card, look)}<span>{escape(card.title)}</span></th>' for card in cards)
    rows = [(label, [escape(cell if cell != "–" else words("unknown")) for cell in cells])
            for label, *cells in side_by_side(items, look.labels)]  # fmt: skip
    rows.append((words("why"), [escape(card.why or "–") for card in cards]))
    body = "".join(
        f'<tr><th scope="row">{escape(label)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for label, cells in rows
    )
    taps = "".join(f'<td><div class="cg-buttons">{_taps(card, frozenset(), look)}</div></td>' for card in cards)
    back = _chip("list", words("back_to_list"))
    return (
        f'<div class="cg-shelf"><h2>{escape(words("compare_heading"))}</h2>{back}</div>'
        f'<div class="cg-scroll" tabindex="0" role="region" aria-label="{escape(words("comparison"))}">'
        f'<table class="cg-table cg-side"><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{body}<tr><td></td>{taps}</tr></tbody></table></div>"
    )


def _nothing(look: Look) -> str:
    noun = look.labels.noun(1)
    return (
        f'<div class="cg-empty"><p>{escape(look.words("nothing", item=noun))}</p>'
        f"<p>{escape(look.words('nothing_how'))}</p></div>"
    )


def _empty(shelf: Shelf, look: Look) -> str:
    words = look.words
    buttons = "".join(
        f'<li><button type="button" class="cg-chip cg-starter" data-kind="say" data-value="{escape(text)}">'
        f"{escape(text)}</button></li>"
        for text in shelf.starters
    )
    starters = f'<ul class="cg-starters" aria-label="{escape(words("starters"))}">{buttons}</ul>' if buttons else ""
    return (
        f'<div class="cg-empty"><h2>{escape(words("empty"))}</h2>'
        f"<p>{escape(words('empty_how', items=look.items))}</p>{starters}</div>"
    )


def _undo(shelf: Shelf, look: Look) -> str:
    """What the last tap did, with the way back."""
    if shelf.done is None:
        return ""
    kind, title = shelf.done
    button = _chip("undo", look.words("undo"))
    return f'<div class="cg-done"><span>{escape(look.words(f"done_{kind}", title=title))}</span>{button}</div>'


def _chip(kind: str, shown: str) -> str:
    return f'<button type="button" class="cg-chip" data-kind="{kind}" data-value="{kind}">{escape(shown)}</button>'


def _dial(shelf: Shelf, look: Look) -> str:
    words = look.words
    return (
        f'<label class="cg-dial"><span aria-hidden="true">{escape(words("familiar"))}</span>'
        f'<input type="range" min="0" max="1" step="0.25" value="{shelf.novelty:g}" data-kind="tune" '
        f'aria-label="{escape(words("dial"))}"><span aria-hidden="true">{escape(words("novel"))}</span></label>'
    )


def _compare(look: Look) -> str:
    words = look.words
    return (
        f'<button type="button" class="cg-chip cg-compare" data-kind="compare" data-value="" disabled '
        f'title="{escape(words("compare_how"))}" aria-label="{escape(words("compare_chosen"))}">'
        f"{escape(words('compare'))}</button>"
    )


def _card(card: ItemCard, shelf: Shelf, look: Look) -> str:
    words, facts = look.words, look.facts(card.facets)
    price = look.price(card.facets)
    cost = f'<span class="cg-price">{escape(price)}</span>' if price else ""
    text = f'<p class="cg-text">{escape(card.text)}</p>' if card.text else ""
    tick = (
        f'<label class="cg-tick"><input type="checkbox" data-pick="{escape(card.id)}" '
        f'aria-label="{escape(words("compare_one", title=card.title))}">'
        f'<span aria-hidden="true">{escape(words("compare"))}</span></label>'
    )
    return (
        f'<li class="cg-card" data-id="{escape(card.id)}"><article aria-label="{escape(card.title)}">'
        f"{_cover(card, look)}"
        f'<div class="cg-body"><div class="cg-line"><h3>{_title(card)}</h3>{cost}{tick}</div>'
        f'<p class="cg-facts">{escape(facts)}</p><p class="cg-why">{escape(card.why)}</p>{text}'
        f'<div class="cg-buttons">{_taps(card, shelf.liked, look)}{_reasons(card, shelf, look)}</div>'
        "</div></article></li>"
    )


def _taps(card: ItemCard, liked: frozenset[str], look: Look) -> str:
    """A button for each reaction, and one for more of its kind. A like can be taken back where it was given."""
    words, buttons = look.words, []
    for kind in REACTIONS:
        pressed = kind == "like" and card.id in liked
        does, value = ("remove", f"item:{card.id}") if pressed else (kind, card.id)
        state = f' aria-pressed="{str(pressed).lower()}"' if kind == "like" else ""
        shown = words("liked") if pressed else words(kind)
        buttons.append(_button(does, value, shown, f"{words(kind)}: {card.title}", state))
    buttons.append(_button("more", card.id, words("more"), f"{words('more')}: {card.title}"))
    return "".join(buttons)


def _button(kind: str, value: str, shown: str, label: str, state: str = "") -> str:
    return (
        f'<button type="button" data-kind="{kind}" data-value="{escape(value)}" aria-label="{escape(label)}"{state}>'
        f"{escape(shown)}</button>"
    )


def _reasons(card: ItemCard, shelf: Shelf, look: Look) -> str:
    """The longer reason, folded; nothing where there is none."""
    lines = shelf.why.get(card.id, ())
    if not lines:
        return ""
    told = "".join(f"<li>{escape(line)}</li>" for line in lines)
    label = f"{look.words('why')}: {card.title}"
    return (
        f'<details class="cg-because" data-open="{escape(card.id)}"><summary aria-label="{escape(label)}">'
        f"{escape(look.words('why'))}</summary><ul>{told}</ul></details>"
    )


def _title(card: ItemCard) -> str:
    link = _safe_url(card.url)
    if link is None:
        return escape(card.title)
    return (
        f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer" data-kind="click" '
        f'data-value="{escape(card.id)}">{escape(card.title)}</a>'
    )


def _cover(card: ItemCard, look: Look) -> str:
    """One drawn from the item's title, and over it the item's picture, which `page.js` takes away if it is dead."""
    image = _safe_url(card.image)
    over = f'<img src="{escape(image)}" alt="" loading="lazy" referrerpolicy="no-referrer">' if image else ""
    return f'<div class="cg-cover">{cover_svg(card.title, look.kind(card.facets))}{over}</div>'


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
