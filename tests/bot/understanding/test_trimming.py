"""What was copied around a name is cut, and a title that nobody carries is never mistaken for a shorter one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.pointing import trimmed
from bot.understanding.reading import Intent, MessageInContext, Op, ShownItem, Slot
from bot.understanding.resolve import Resolver
from bot.understanding.target import RawSlot
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker


@pytest.fixture(scope="module")
def linker(films: Catalogue) -> Linker:
    return Linker(films)


@pytest.fixture(scope="module")
def resolver(films: Catalogue, linker: Linker) -> Resolver:
    return Resolver(films, linker, lambda: 2026)


def slots(resolver: Resolver, intent: Intent, message: MessageInContext, *raw: RawSlot) -> tuple[Slot, ...]:
    return resolver.resolve(intent, raw, message)[1]


@pytest.mark.parametrize(
    ("copied", "title"),
    [
        ("SOMETHING LIKE HEAT", "Heat"),
        ("movies like Alien", "Alien"),
        ("more like toy story", "Toy Story"),
        ("show me a film similar to Jaws", "Jaws"),
        ("something a bit like the shawshank redemtion", "The Shawshank Redemption"),
    ],
)
def test_words_that_ask_are_cut(resolver: Resolver, copied: str, title: str) -> None:
    (slot,) = slots(resolver, Intent.RECOMMEND, MessageInContext(copied), RawSlot("item", copied, 1))
    assert (slot.value, slot.known) == (title, True)


@pytest.mark.parametrize(
    "copied",
    [
        "Zorgon Attack Nine",
        "something like Zorgon Attack Nine",
        "Heat Wave Tokyo",
        "something like Heat Wave Tokyo",
        "Girls Like Jaws",
        "Eat Like Jaws",
        "Alien: Covenant Zero",
        "Jaws - the musical",
        "Heat (the opera)",
    ],
)
def test_a_title_nobody_carries_stays_unknown(resolver: Resolver, copied: str) -> None:
    (slot,) = slots(resolver, Intent.RECOMMEND, MessageInContext(f"I saw {copied}"), RawSlot("item", copied, 1))
    assert (slot.known, slot.item_id) == (False, None)


@pytest.mark.parametrize(
    ("last", "copied", "value"),
    [
        ("Heat: 170 min.", "Heat: 170 min", "Heat"),
        ("Heat: 1995 · 170 min · action.", "Heat: 1995 · 170 min · action", "Heat"),
        ("Alien: Covenant Zero is out.", "Alien: Covenant Zero", "Alien: Covenant Zero"),  # a human may have said so
        ("Jaws: 2049 is out.", "Jaws: 2049", "Jaws: 2049"),
        ("Heatwave: 90 min.", "Heatwave: 90 min", "Heatwave: 90 min"),
    ],
)
def test_facts_of_our_last_answer_are_cut(linker: Linker, last: str, copied: str, value: str) -> None:
    message = MessageInContext("is it in English?", ("how long is it?", last))
    assert trimmed(RawSlot("item", copied, 0), message, linker).value == value


def test_facts_a_visitor_wrote_stand(linker: Linker) -> None:
    slot = RawSlot("item", "Heat: 170 min", 1)
    assert trimmed(slot, MessageInContext("is Heat: 170 min good", ("Heat: 170 min.",)), linker) == slot


@given(data=st.data())
def test_every_title_is_found_behind_its_lead_and_none_inside_another(
    films: Catalogue, linker: Linker, data: st.DataObject
) -> None:
    title = data.draw(st.sampled_from(films.items)).title
    lead = data.draw(st.sampled_from(["something like ", "films like ", "anything similar to ", "More like "]))
    rest = data.draw(st.sampled_from([" Zorgon", " Attack Tokyo", ": Zorgon Rising", " - Zorgon"]))
    said = RawSlot("item", lead + title, 1)
    cut = trimmed(said, MessageInContext(said.value), linker, ("film", "films"))
    assert linker.items(cut.value)[0].id == linker.items(title)[0].id
    longer = RawSlot("item", title + rest, 1)
    assert trimmed(longer, MessageInContext(longer.value, (f"{longer.value}.",)), linker) == longer


def test_a_refusal_copied_with_its_name_is_one(shop: Catalogue) -> None:
    resolver = Resolver(shop, Linker(shop), lambda: 2026)
    sneakers = next(i for i in shop.items if i.title == "Veja Campo Sneakers")
    message = MessageInContext("and no Veja", (), (ShownItem(sneakers.id, sneakers.title),))  # a shown title holds it
    assert [
        (s.slot, s.value, s.polarity) for s in slots(resolver, Intent.FEEDBACK, message, RawSlot("item", "no Veja", 0))
    ] == [("brand", "Veja", -1)]
    (unknown,) = slots(resolver, Intent.FEEDBACK, MessageInContext("no zorgons"), RawSlot("item", "no zorgons", 0))
    assert (unknown.slot, unknown.value, unknown.polarity) == ("about", "zorgons", -1)


@pytest.mark.parametrize(
    ("text", "said", "polarity", "op"),
    [
        ("before 1970 instead", "before 1970", 1, Op.REPLACE),
        ("after 2000 please", "after 2000", 1, Op.ADD),
        ("not from the 80s", "80s", -1, Op.ADD),
        ("forget the 80s", "80s", 0, Op.REMOVE),
    ],
)
def test_a_number_said_in_a_search_is_a_wish(resolver: Resolver, text: str, said: str, polarity: int, op: Op) -> None:
    (slot,) = slots(resolver, Intent.RECOMMEND, MessageInContext(text), RawSlot("year", said, 0))
    assert (slot.polarity, slot.op) == (polarity, op)
    (asked,) = slots(resolver, Intent.ASK, MessageInContext(text), RawSlot("year", said, 0))
    assert asked.polarity == 0


def test_a_name_that_ends_in_s_is_read_whole(shop: Catalogue, resolver: Resolver) -> None:
    brand = Resolver(shop, Linker(shop), lambda: 2026)
    (slot,) = slots(brand, Intent.RECOMMEND, MessageInContext("Levi's"), RawSlot("brand", "Levi's", 1))
    assert (slot.value, slot.known) == ("Levi's", True)
    said = MessageInContext("Spielberg's films")
    (person,) = slots(resolver, Intent.RECOMMEND, said, RawSlot("person", "Steven Spielberg's", 1))
    assert (person.value, person.known) == ("Steven Spielberg", True)
