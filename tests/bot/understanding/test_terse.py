"""What impatient visitors type: values beside other words, words that only say who or when, "both", plain amounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue import cues as talk
from bot.understanding import cues
from bot.understanding.reading import Intent, MessageInContext, Reading, ShownItem
from bot.understanding.rules import RuleReading
from bot.understanding.target import RawSlot
from bot.wiring import wire_reader
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.loader import load_catalogue


class Model:
    """A model that reads everything as it is told to."""

    def __init__(self, intent: Intent, *slots: RawSlot) -> None:
        self.answer = RuleReading(intent, slots)

    def read_raw(self, message: MessageInContext, cancelled: object = None, /) -> RuleReading:
        return self.answer


def read(catalogue: Catalogue, text: str, model: Model | None = None) -> Reading:
    shown = tuple(ShownItem(i.id, i.title) for i in catalogue.items[:3])
    return wire_reader(catalogue, model).read(MessageInContext(text, ("Here are three.",), shown))


def told(reading: Reading) -> list[tuple[str, object, int]]:
    return [(s.slot, s.value, s.polarity) for s in reading.slots]


def test_model_and_rules_read_a_slip_as_what_was_meant(films: Catalogue) -> None:
    model = Model(Intent.RECOMMEND, RawSlot("genre", "funny", 1))
    reading = read(films, "smth funy", model)
    assert (told(reading), reading.english) == ([("genre", "comedy", 1)], "smth funny")
    assert told(read(films, "scry but not gory")) == [("genre", "horror", 1), ("about", "gory", -1)]


def test_values_that_the_model_left_out_are_taken(shop: Catalogue) -> None:
    model = Model(Intent.RECOMMEND, RawSlot("category", "sneakers", 1))
    assert ("color", "black", 1) in told(read(shop, "sneakers, black", model))
    asks = Model(Intent.ASK, RawSlot("category", "sneakers", 0))
    assert ("color", "black", 1) not in told(read(shop, "are sneakers black?", asks))


def test_a_brand_within_the_name_of_a_product_is_part_of_it(shop: Catalogue) -> None:
    named = RawSlot("item", "converse chuck 70", 1)
    model = Model(Intent.RECOMMEND, RawSlot("brand", "converse", 1), named)
    assert [slot for slot, *_ in told(read(shop, "converse chuck 70", model))] == ["item"]
    model = Model(Intent.RECOMMEND, named, RawSlot("brand", "nike", 1))
    assert [slot for slot, *_ in told(read(shop, "like converse chuck 70 but nike", model))] == ["item", "brand"]


@pytest.mark.parametrize("text", ["cheap", "cheap plz", "red and cheap", "something cheap"])
def test_a_plain_amount_by_itself_is_a_need(shop: Catalogue, text: str) -> None:
    assert ("about", "cheap", 1) in told(read(shop, text))


@pytest.mark.parametrize("text", ["how cheap is it", "cheap and cheerful folk", "too cheap"])
def test_an_amount_beside_other_words_is_not(shop: Catalogue, text: str) -> None:
    assert ("about", "cheap", 1) not in told(read(shop, text))


@pytest.mark.parametrize("text", ["2 of us tonight", "party of six", "its for tonite", "table for 2", "me and my gf"])
def test_who_and_when_is_a_wish_whoever_read_it(films: Catalogue, text: str) -> None:
    assert cues.tells_occasion(text)
    for intent in (Intent.ACCEPT, Intent.OTHER):
        assert read(films, text, Model(intent)).intent is Intent.RECOMMEND


@pytest.mark.parametrize("text", ["the two", "a", "for 2 hours", "tonight something funny", "all three of them"])
def test_who_and_when_is_nothing_else(text: str) -> None:
    assert not cues.tells_occasion(text)


@pytest.mark.parametrize("text", ["wait no both", "both", "no, both please", "ok both of them"])
def test_both(text: str) -> None:
    assert talk.wants_both(text)


@pytest.mark.parametrize("text", ["both are bad", "not both", "seen both", "both with cruise"])
def test_not_both(text: str) -> None:
    assert not talk.wants_both(text)


@pytest.mark.parametrize("text", ["which is cheaper?", "wich is cheaper", "whichs cheaper", "cheapest?"])
def test_which_is_cheaper_compares(shop: Catalogue, text: str) -> None:
    assert read(shop, text).intent is Intent.COMPARE


def test_a_question_for_a_place_to_go_is_no_call_for_help(films: Catalogue) -> None:
    assert read(films, "what should we watch tonight?", Model(Intent.HELP)).intent is Intent.RECOMMEND
    assert read(films, "what can you do?", Model(Intent.HELP)).intent is Intent.HELP


@pytest.mark.parametrize(
    ("text", "copied"), [("need dinner 4 tonight", "dinner 4"), ("I need dinner for 4 tonight", "4")]
)
def test_how_many_come_is_no_price_though_a_meal_was_copied_with_it(text: str, copied: str) -> None:
    restaurants = load_catalogue(Path(__file__).parents[3] / "examples" / "restaurants")
    model = Model(Intent.RECOMMEND, RawSlot("price", copied, 1))
    assert told(read(restaurants, text, model)) == [("served", "dinner", 1)]


def test_a_conjunction_is_no_part_of_what_is_refused(shop: Catalogue) -> None:
    assert ("about", "zips", -1) in told(read(shop, "a bag, no zips and no buckles"))
    assert ("about", "buckles", -1) in told(read(shop, "a bag, no zips and no buckles"))


def seen_of_five(films: Catalogue, text: str, copied: int) -> int:
    shown = tuple(ShownItem(i.id, i.title) for i in films.items[6:11])
    model = Model(Intent.FEEDBACK, *(RawSlot("item", s.title, 0) for s in shown[:copied]))
    reading = wire_reader(films, model).read(MessageInContext(text, ("Here are five.",), shown))
    return sum(s.item_id is not None for s in reading.slots)


def test_those_are_the_whole_list_where_most_of_it_was_copied(films: Catalogue) -> None:
    assert seen_of_five(films, "eh seen those", 4) == 5
    assert seen_of_five(films, "seen those, but not the last", 4) < 5
    assert seen_of_five(films, "seen those two", 2) == 2
