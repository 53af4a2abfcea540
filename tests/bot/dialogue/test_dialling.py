"""The dial in the visitor's own words, whoever read the message; and what must not turn it."""

from __future__ import annotations

import pytest

from bot.dialogue.dialling import FAMILIAR, NEW, dialled
from bot.understanding.reading import Intent, MessageInContext, Reading, Slot
from bot.understanding.resolve import Resolver
from bot.understanding.rules import RuleReader
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker

SILENT = 9.0  #: the message asks nothing of the dial


@pytest.fixture(scope="module")
def readers(films: Catalogue, shop: Catalogue) -> dict[str, tuple[Catalogue, RuleReader, Resolver]]:
    def of(catalogue: Catalogue) -> tuple[Catalogue, RuleReader, Resolver]:
        linker = Linker(catalogue)
        return catalogue, RuleReader(catalogue, linker, lambda: 2026), Resolver(catalogue, linker, lambda: 2026)

    return {"films": of(films), "shop": of(shop)}


def read(one: tuple[Catalogue, RuleReader, Resolver], text: str) -> Reading:
    _, rules, resolver = one
    message = MessageInContext(text)
    raw = rules.read_raw(message)
    return Reading(*resolver.resolve(raw.intent, raw.slots, message))


def turned(one: tuple[Catalogue, RuleReader, Resolver], text: str, before: float | None = None) -> float | None:
    schema = one[0].schema
    found, _ = dialled(read(one, text), text, (*schema.nouns, *schema.plural_nouns), before)
    return SILENT if found is None else found.novelty


SAID = [
    ("something less mainstream", NEW),
    ("a bit less popular please", NEW),
    ("less well known ones", NEW),
    ("nothing too mainstream", NEW),
    ("not so famous ones", NEW),
    ("these are too mainstream", NEW),
    ("I'm tired of popular stuff", NEW),
    ("show me something I've never heard of", NEW),
    ("show me something I haven’t heard of yet", NEW),
    ("something that nobody knows", NEW),
    ("something that's new to me", NEW),
    ("hidden gems", NEW),
    ("any hidden gems?", NEW),
    ("more obscure please", NEW),
    ("something underrated", NEW),
    ("something under the radar for tonight", NEW),
    ("lesser known ones", NEW),
    ("more popular ones", FAMILIAR),
    ("only well-known ones", FAMILIAR),
    ("something everybody knows", FAMILIAR),
    ("something well known", FAMILIAR),
    ("nothing too obscure", FAMILIAR),
    ("less obscure", FAMILIAR),
    ("too obscure for me", FAMILIAR),
    ("just best-selling ones", FAMILIAR),
    ("under the radar", NEW),
    ("something I've heard of", FAMILIAR),
    ("well known or not", None),
    ("it doesn't have to be popular", None),
    ("popular ones are fine too", None),
]


@pytest.mark.parametrize("name", ["films", "shop"])
@pytest.mark.parametrize(("text", "novelty"), SAID)
def test_how_well_known_is_the_dial(
    readers: dict[str, tuple[Catalogue, RuleReader, Resolver]], name: str, text: str, novelty: float | None
) -> None:
    assert turned(readers[name], text) == novelty


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("films", "new films"),
        ("films", "something new"),
        ("films", "newer ones"),
        ("films", "surprise me"),
        ("films", "I've never heard of Heat"),
        ("films", "I haven't heard of that one"),
        ("films", "is it popular?"),
        ("films", "which one is the most popular?"),
        ("films", "something with famous actors"),
        ("films", "a film about unknown places"),
        ("films", "it was very popular"),
        ("films", "something known for its music"),
        ("shop", "a jacket, nothing too warm"),
        ("shop", "anything else"),
        ("shop", "something I know from before"),
    ],
)
def test_other_words_leave_the_dial_alone(
    readers: dict[str, tuple[Catalogue, RuleReader, Resolver]], name: str, text: str
) -> None:
    assert turned(readers[name], text) == SILENT


@pytest.mark.parametrize(
    ("name", "text", "novelty", "left"),
    [
        ("films", "a less mainstream comedy from the 90s", NEW, {"genre", "year"}),
        ("films", "popular comedies", FAMILIAR, {"genre"}),
        ("films", "comedies I've never heard of", NEW, {"genre"}),
        ("films", "something like Heat but less mainstream", NEW, {"item"}),
        ("films", "hidden gems with Al Pacino", NEW, {"person"}),
        ("shop", "a black jacket, but only well-known ones", FAMILIAR, {"category", "color"}),
    ],
)
def test_the_words_of_the_dial_are_no_other_wish(
    readers: dict[str, tuple[Catalogue, RuleReader, Resolver]], name: str, text: str, novelty: float, left: set[str]
) -> None:
    one = readers[name]
    schema = one[0].schema
    found, rest = dialled(read(one, text), text, (*schema.nouns, *schema.plural_nouns), None)
    assert found is not None
    assert found.novelty == novelty
    assert {slot.slot for slot in rest.slots} == left


def test_said_again_it_goes_to_the_end(readers: dict[str, tuple[Catalogue, RuleReader, Resolver]]) -> None:
    assert turned(readers["shop"], "even less mainstream", NEW) == 1.0
    assert turned(readers["shop"], "more popular ones", FAMILIAR) == 0.0
    assert turned(readers["shop"], "more popular ones", NEW) == FAMILIAR


def test_a_model_s_reading_loses_what_the_dial_takes_and_nothing_else() -> None:
    text = "something less mainstream with a good twist"
    whole = Slot("about", "less mainstream with a good twist", said="less mainstream with a good twist")
    found, rest = dialled(Reading(Intent.OTHER, (whole,), source="model"), text, (), None)
    assert found is not None
    assert [slot.value for slot in rest.slots] == ["with a good twist"]
    unlinked = Slot("genre", "mainstream", -1, known=False, said="mainstream")
    assert dialled(Reading(Intent.RECOMMEND, (unlinked,)), text, (), None)[1].slots == ()


def test_what_the_catalogue_calls_so_goes_first() -> None:
    text = "something like hidden gems"
    titled = Reading(Intent.RECOMMEND, (Slot("item", "Hidden Gems", item_id="hidden-gems", said="hidden gems"),))
    assert dialled(titled, text, (), None) == (None, titled)
    facet = Reading(Intent.RECOMMEND, (Slot("style", "Hidden Gems", said="hidden gems"),))
    assert dialled(facet, text, (), None) == (None, facet)
