"""What "without", "no" and scorn reach: the refused thing, not what stands before it; the list, not a like."""

from __future__ import annotations

import pytest

from bot.understanding.reading import Intent, MessageInContext, Request, ShownItem
from bot.understanding.resolve import Resolver
from bot.understanding.target import RawSlot
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker


def read(catalogue: Catalogue, text: str, *raw: RawSlot, shown: int = 0) -> list[tuple[str, object, int]]:
    screen = tuple(ShownItem(item.id, item.title) for item in catalogue.items[:shown])
    resolver = Resolver(catalogue, Linker(catalogue), lambda: 2026)
    _, slots, _ = resolver.resolve(Intent.RECOMMEND, raw, MessageInContext(text, (), screen))
    return [(slot.slot, slot.value, slot.polarity) for slot in slots]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("comedy without adam sandler", "comedy"),
        ("horror without jump scares", "horror"),
        ("thriller no violence", "thriller"),
        ("horror not gory", "horror"),
    ],
)
def test_what_stands_before_a_refusal_is_wanted(films: Catalogue, text: str, wanted: str) -> None:
    assert ("genre", wanted, 1) in read(films, text, RawSlot("genre", wanted, -1))


@pytest.mark.parametrize("text", ["no horror", "horror no thanks", "horror not for me", "i hate horror, no gore"])
def test_what_is_refused_stays_refused(films: Catalogue, text: str) -> None:
    assert ("genre", "horror", -1) in read(films, text, RawSlot("genre", "horror", -1))


@pytest.mark.parametrize("word", ["without", "wihtout", "withuot", "witout"])
def test_a_slip_of_the_finger_refuses_too(films: Catalogue, word: str) -> None:
    raw = (RawSlot("genre", "comedy", 1), RawSlot("person", "adam sandler", 1))
    assert read(films, f"comedy {word} adam sandler", *raw) == [("genre", "comedy", 1), ("person", "Adam Sandler", -1)]


def test_a_thing_free_of_something(shop: Catalogue) -> None:
    raw = (RawSlot("material", "wool", -1), RawSlot("category", "sweater", -1))
    assert read(shop, "wool free sweater pls", *raw) == [("material", "wool", -1), ("category", "sweater", 1)]


def test_vegan_leather_is_no_leather(shop: Catalogue) -> None:
    raw = (RawSlot("about", "vegan", 1), RawSlot("material", "leather", 1))
    assert read(shop, "a vegan leather jacket", *raw) == [("material", "faux leather", 1)]
    both = (RawSlot("category", "leather", 1), RawSlot("category", "jacket", 1))
    assert {slot for slot, _, _ in read(shop, "black leather jacket", *both)} == {"material", "category"}


@pytest.mark.parametrize(
    "text", ["these r shit", "those are ugly", "they suck", "ugh these all look awful", "this is trash"]
)
def test_scorn_is_no_like(films: Catalogue, text: str) -> None:
    raw = (RawSlot("item", text.removeprefix("ugh ").split(maxsplit=1)[0], 1), RawSlot("about", "trash", -1))
    assert all(slot == "item" and sign < 0 for slot, _, sign in read(films, text, *raw, shown=5))


def test_praise_is_no_scorn(films: Catalogue) -> None:
    raw = RawSlot("item", "these", 1)
    assert all(sign > 0 for _, _, sign in read(films, "these are great", raw, shown=2))


def test_the_title_that_is_asked_about(films: Catalogue) -> None:
    assert read(films, "tell me about alien") == [("item", "Alien", 0)]
    assert read(films, "is shrek for kids", RawSlot("item", "shrek for kids", 0))[0] == ("item", "Shrek", 0)
    assert read(films, "tell me about something scary", RawSlot("genre", "horror", 1)) == [("genre", "horror", 1)]


def test_forget_everything_asks_to_delete(films: Catalogue) -> None:
    resolver = Resolver(films, Linker(films), lambda: 2026)
    for text in ("forget everything", "ok forget everything please", "delete everything"):
        assert resolver.resolve(Intent.OTHER, (), MessageInContext(text, (), ()))[2] is Request.FORGET_ME
    assert (
        resolver.resolve(Intent.OTHER, (), MessageInContext("forget everything i said", (), ()))[2]
        is Request.START_OVER
    )
