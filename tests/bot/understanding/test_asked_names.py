"""Questions and comparisons about what the catalogue does not have, whoever read them."""

from __future__ import annotations

import pytest

from bot.understanding.reading import Intent, MessageInContext, Reading, ShownItem
from bot.understanding.rules import RuleReading
from bot.understanding.target import RawSlot
from bot.wiring import wire_reader
from retrieval.catalogue.item import Catalogue


class Model:
    """A model that reads everything as it is told to."""

    def __init__(self, intent: Intent, *slots: RawSlot) -> None:
        self.answer = RuleReading(intent, slots)

    def read_raw(self, message: MessageInContext, cancelled: object = None, /) -> RuleReading:
        return self.answer


def read(catalogue: Catalogue, text: str, model: Model | None = None, *, shown: int = 0) -> Reading:
    items = tuple(ShownItem(i.id, i.title) for i in catalogue.items[:shown])
    return wire_reader(catalogue, model).read(MessageInContext(text, (), items))


def unknown(reading: Reading) -> list[object]:
    return [s.value for s in reading.slots if s.slot == "item" and s.item_id is None]


@pytest.mark.parametrize("shown", [0, 3])
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("who directed Zorgon Attack Nine?", "Zorgon Attack Nine"),
        ("Who stars in the movie Lord of the Zunks", "Lord of the Zunks"),
        ("how long is Zorgon Attack Nine", "Zorgon Attack Nine"),
        ("when did Zorgon come out?", "Zorgon"),
        ("is Zorgon Attack 9 any good?", "Zorgon Attack 9"),
        ("tell me about Zorgon Attack Nine", "Zorgon Attack Nine"),
        ("what's the plot of Zorgon Attack Nine?", "Zorgon Attack Nine"),
    ],
)
def test_a_question_is_about_the_name_that_is_not_carried(films: Catalogue, text: str, name: str, shown: int) -> None:
    reading = read(films, text, shown=shown)
    assert (reading.intent, unknown(reading)) == (Intent.ASK, [name])


@pytest.mark.parametrize("text", ["how much is the Flurbo 3000?", "who makes the Flurbo 3000?"])
def test_the_same_of_products(shop: Catalogue, text: str) -> None:
    assert unknown(read(shop, text, shown=3)) == ["Flurbo 3000"]


def test_a_category_within_a_name_is_no_wish(shop: Catalogue) -> None:
    reading = read(shop, "how much is the Zunk Bag?")
    assert (reading.intent, unknown(reading), len(reading.slots)) == (Intent.ASK, ["Zunk Bag"], 1)


def test_sides_of_a_comparison_that_are_not_carried(films: Catalogue, shop: Catalogue) -> None:
    reading = read(films, "compare Heat and Zorgon Attack Nine", shown=3)
    assert (reading.intent, unknown(reading)) == (Intent.COMPARE, ["Zorgon Attack Nine"])
    both = read(shop, "compare the Flurbo 3000 and the Zunk Bag")
    assert (both.intent, unknown(both)) == (Intent.COMPARE, ["Flurbo 3000", "Zunk Bag"])


def test_what_a_model_left_out_is_found(films: Catalogue) -> None:
    text = "compare Heat and Zorgon Attack Nine"
    assert unknown(read(films, text, Model(Intent.COMPARE, RawSlot("item", "Heat", 0)))) == ["Zorgon Attack Nine"]
    wrote = Model(Intent.COMPARE, RawSlot("item", "Heat", 0), RawSlot("item", "Zorgon Attack Nine", 0))
    assert unknown(read(films, text, wrote)) == ["Zorgon Attack Nine"]
    assert unknown(read(films, "who directed Zorgon Attack Nine?", Model(Intent.ASK))) == ["Zorgon Attack Nine"]


@pytest.mark.parametrize(
    "text",
    [
        "does it star Brad Zunk?",
        "are there any with Brad Zunk?",
        "who directed Heat?",
        "Who directed the first one?",
        "is Al Pacino in Heat?",
        "what is the capital of Zunkland?",
        "who is the president of Argentina?",
        "films with Brad Zunk",
        "is it out by Christmas?",
        "Compare the first two",
    ],
)
def test_other_names_are_no_titles(films: Catalogue, text: str) -> None:
    assert unknown(read(films, text)) == []
