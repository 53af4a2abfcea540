"""The fall-back reader together with resolving: sentences of our own, never the labelled files."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.projection import project
from bot.understanding.reading import Intent, MessageInContext, ShownItem
from bot.understanding.resolve import Resolver
from bot.understanding.rules import RuleReader
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker

NOW = 2026
_READERS: dict[str, tuple[RuleReader, Resolver]] = {}


def read(
    catalogue: Catalogue, text: str, context: tuple[str, ...] = (), shown: tuple[str, ...] = ()
) -> tuple[str, list[tuple[object, ...]]]:
    if catalogue.schema.name not in _READERS:
        linker = Linker(catalogue)
        rules = RuleReader(catalogue, linker, lambda: NOW)
        _READERS[catalogue.schema.name] = rules, Resolver(catalogue, linker, lambda: NOW)
    reader, resolver = _READERS[catalogue.schema.name]
    ids = {i.title: i.id for i in catalogue.items}
    message = MessageInContext(text, context, tuple(ShownItem(ids[t], t) for t in shown))
    raw = reader.read_raw(message)
    intent, slots, _ = resolver.resolve(raw.intent, raw.slots, message)
    return intent.value, [(r["slot"], r["value"], r["polarity"]) for r in project(slots)]


FILMS = [
    ("Hi!", "greet", []),
    (
        "something like Heat but funnier, no De Niro",
        "recommend",
        [("item", "Heat", 1), ("about", "funnier", 1), ("person", "Robert De Niro", -1)],
    ),
    ("I love comedies", "recommend", [("genre", "comedy", 1)]),
    (
        "a 90s comedy with tom hanks",
        "recommend",
        [("year", [1990, 1999], 1), ("genre", "comedy", 1), ("person", "Tom Hanks", 1)],
    ),
    (
        "romantic comedies please, no musicals",
        "recommend",
        [("genre", "romance", 1), ("genre", "comedy", 1), ("genre", "musical", -1)],
    ),
    ("anything but horror", "recommend", [("genre", "horror", -1)]),
    ("I hate Adam Sandler and slapstick", "recommend", [("person", "Adam Sandler", -1), ("about", "slapstick", -1)]),
    ("movies set in space", "recommend", [("about", "set in space", 1)]),
    (
        "a mind-bending thriller by Nolan",
        "recommend",
        [("about", "mind-bending", 1), ("genre", "thriller", 1), ("person", "Christopher Nolan", 1)],
    ),
    ("something based on a true story", "recommend", [("about", "based on a true story", 1)]),
    (
        "I want a gritty crime film after 2010",
        "recommend",
        [("about", "gritty", 1), ("genre", "crime", 1), ("year", [2011, None], 1)],
    ),
    ("Have you seen Inception?", "recommend", [("item", "Inception", 0)]),
    ("I've seen The Matrix and loved it", "recommend", [("item", "The Matrix", 1)]),
    (
        "I liked Die Hard and Speed, hated Twilight",
        "recommend",
        [("item", "Die Hard", 1), ("item", "Speed", 1), ("item", "Twilight", -1)],
    ),
    ("I don't like war films, maybe a western", "recommend", [("genre", "war", -1), ("genre", "western", 1)]),
    ("a family movie that's not animated", "recommend", [("genre", "children", 1), ("genre", "animation", -1)]),
    ("action instead of drama", "recommend", [("genre", "action", 1), ("genre", "drama", -1)]),
    ("it doesn't have to be a comedy", "recommend", [("genre", "comedy", 0)]),
    ("forget that I said no horror", "recommend", [("genre", "horror", 0)]),
    ("something like incepton", "recommend", [("item", "Inception", 1)]),
    ("movies similar to shawshank redemtion", "recommend", [("item", "The Shawshank Redemption", 1)]),
    ('something like "Paw Patrol"', "recommend", [("item", "Paw Patrol", 1)]),
    ("nothing before 2000 please", "recommend", [("year", [2000, None], 1)]),
    ("Harry Potter", "recommend", [("item", "Harry Potter", 1)]),
    ("Can you recommend a good movie?", "recommend", []),
    ("tell me about the godfather", "ask", [("item", "The Godfather", 0)]),
    ("which is better, Heat or Inception?", "compare", [("item", "Heat", 0), ("item", "Inception", 0)]),
    (
        "comedies with bill murray not from the 80s",
        "recommend",
        [("genre", "comedy", 1), ("person", "Bill Murray", 1), ("year", [1980, 1989], -1)],
    ),
    (
        "a crime film with out de niro",
        "recommend",
        [("genre", "crime", 1), ("person", "Robert De Niro", -1)],
    ),
    (
        "films like Heat without al pacino in italian",
        "recommend",
        [("item", "Heat", 1), ("person", "Al Pacino", -1), ("language", "Italian", 1)],
    ),
    (
        "no comedy, no drama, no action, french film from the 50s",
        "recommend",
        [
            ("genre", "comedy", -1),
            ("genre", "drama", -1),
            ("genre", "action", -1),
            ("language", "French", 1),
            ("year", [1950, 1959], 1),
        ],
    ),
    ("wut do u know about me", "help", []),
    ("what can you do?", "help", []),
    ("start over", "help", []),
    ("thanks, bye", "bye", []),
    ("What's the weather like today?", "other", []),
    ("is it in English?", "ask", [("language", "English", 0)]),
    ("something in English", "recommend", [("language", "English", 1)]),
    ("is that all?", "other", []),
    ("comedy, scratch that, horror", "recommend", [("genre", "horror", 1)]),
    ("comedy, sorry, I meant horror", "recommend", [("genre", "horror", 1)]),
    ("comedy, i mean horror", "recommend", [("genre", "horror", 1)]),
    ("I mean it, no horror", "recommend", [("genre", "horror", -1)]),
    ("no comedy, and I mean it", "recommend", [("genre", "comedy", -1)]),
    ("horror is fine after all", "recommend", [("genre", "horror", 0)]),
]

ON_SCREEN = [
    ("I'll watch that one", ("How about Heat?",), ("Heat",), "accept", [("item", "Heat", 1)]),
    ("the second one sounds great, I'll take it", (), ("Heat", "Inception"), "accept", [("item", "Inception", 1)]),
    ("who directed it?", ("You might like Inception (2010).",), (), "ask", [("item", "Inception", 0)]),
    ("what about the second one?", (), ("Heat", "Inception"), "ask", [("item", "Inception", 0)]),
    ("what language is the first one in?", (), ("Heat", "Inception"), "ask", [("item", "Heat", 0)]),
    ("I didn't like Casino", ("Here is Heat again.",), ("Heat", "Inception"), "recommend", [("item", "Casino", -1)]),
    ("what's the first one about?", (), ("Heat", "Inception"), "ask", [("item", "Heat", 0)]),
    ("seen it", ("How about Heat?",), ("Heat",), "feedback", [("item", "Heat", 0)]),
    ("no, something else", ("How about Heat?",), ("Heat",), "feedback", [("item", "Heat", -1)]),
    (
        "no, not the second, the third",
        (),
        ("Alien", "Heat", "Inception"),
        "feedback",
        [("item", "Heat", -1), ("item", "Inception", 1)],
    ),
    (
        "compare 1 and 3",
        (),
        ("Alien", "Heat", "Inception"),
        "compare",
        [("item", "Alien", 0), ("item", "Inception", 0)],
    ),
    ("seen 1 and 2", (), ("Alien", "Heat", "Inception"), "feedback", [("item", "Alien", 0), ("item", "Heat", 0)]),
    ("why 3", (), ("Alien", "Heat", "Inception"), "ask", [("item", "Inception", 0)]),
    ("something els", ("How about these?",), ("Heat", "Alien"), "feedback", []),
    ("somthing else", ("How about these?",), ("Heat", "Alien"), "feedback", []),
    ("sth else", ("How about these?",), ("Heat", "Alien"), "feedback", []),
    ("more", ("How about these?",), ("Heat", "Alien"), "feedback", []),
    ("I loved it!", ("Have you seen The Matrix?",), (), "feedback", [("item", "The Matrix", 1)]),
    ("not interested in that", ("How about Heat?",), ("Heat",), "feedback", [("item", "Heat", -1)]),
    ("yes", ("Do you like comedies?",), (), "recommend", [("genre", "comedy", 1)]),
    ("nah somthing scary insted", ("How about Heat?",), ("Heat", "Inception"), "recommend", [("genre", "horror", 1)]),
    ("nope something funny", (), ("Heat",), "recommend", [("genre", "comedy", 1)]),
    ("nah no horror", (), ("Heat",), "recommend", [("genre", "horror", -1)]),
    ("show me more", (), ("Heat", "Inception"), "feedback", []),
    ("nice, show me more", (), ("Heat", "Inception"), "feedback", []),
    ("show me more comedies", (), ("Heat",), "recommend", [("genre", "comedy", 1)]),
    ("tell me more about the first", (), ("Heat", "Inception"), "ask", [("item", "Heat", 0)]),
    ("who's in the first one", (), ("Heat", "Inception"), "ask", [("item", "Heat", 0)]),
    ("whos in the first one", (), ("Heat", "Inception"), "ask", [("item", "Heat", 0)]),
    ("longer? no i mean shorter", (), ("Heat",), "recommend", [("about", "shorter", 1)]),
    ("I have!", ("Have you seen Eight Crazy Nights (2002)?",), (), "feedback", [("item", "Eight Crazy Nights", 0)]),
]

SHOP = [
    (
        "a red rain jacket by Patagonia size M",
        [("color", "red", 1), ("category", "rain jacket", 1), ("brand", "Patagonia", 1), ("size", "M", 1)],
    ),
    ("navy blue tee, no polyester", [("color", "navy", 1), ("category", "t-shirt", 1), ("material", "polyester", -1)]),
    ("levis jeans around 60 dollars", [("brand", "Levi's", 1), ("category", "jeans", 1), ("price", [45, 75], 1)]),
    (
        "do you have sneakers from nike in size 10?",
        [("category", "sneakers", 1), ("brand", "Nike", 1), ("size", "10", 1)],
    ),
    ("something cheap for a wedding", [("about", "cheap", 1), ("about", "for a wedding", 1)]),
    (
        "I need a waterproof coat, max 150",
        [("about", "waterproof", 1), ("category", "coat", 1), ("price", [None, 150], 1)],
    ),
    (
        "nike shoes but not white size 44",
        [("brand", "Nike", 1), ("category", "shoes", 1), ("color", "white", -1), ("size", "44", 1)],
    ),
    ("my budget is 80", [("price", [None, 80], 1)]),
    ("cheaper please", [("about", "cheaper", 1)]),
    ("any brand", []),
    ("doesn't matter which brand", []),
    ("brand doesn't matter", []),
    ("I don't care about the brand", []),
    ("any brand but Nike", [("brand", "Nike", -1)]),
    ("any brand, in red", [("color", "red", 1)]),
    ("Nike is fine after all", [("brand", "Nike", 0)]),
    ("Nike is fine", [("brand", "Nike", 1)]),
    ("not short", [("about", "not short", 1)]),
    ("no shorts", [("category", "shorts", -1)]),
    ("shorts", [("category", "shorts", 1)]),
    ("scratch that, blue", [("color", "blue", 1)]),
    ("red, no wait, blue", [("color", "blue", 1)]),
]


@pytest.mark.parametrize(("text", "intent", "slots"), FILMS)
def test_films(films: Catalogue, text: str, intent: str, slots: list[tuple[object, ...]]) -> None:
    assert read(films, text) == (intent, slots)


@pytest.mark.parametrize(("text", "context", "shown", "intent", "slots"), ON_SCREEN)
def test_what_the_message_points_at(
    films: Catalogue,
    text: str,
    context: tuple[str, ...],
    shown: tuple[str, ...],
    intent: str,
    slots: list[tuple[object, ...]],
) -> None:
    assert read(films, text, context, shown) == (intent, slots)


@pytest.mark.parametrize(("text", "slots"), SHOP)
def test_shop(shop: Catalogue, text: str, slots: list[tuple[object, ...]]) -> None:
    assert read(shop, text) == ("recommend", slots)


@pytest.mark.parametrize(
    ("text", "shown", "slots"),
    [
        ("not that brand", ["Nike"], [("brand", "Nike", -1)]),
        ("not that brand again", ["Nike"], [("brand", "Nike", -1)]),
        ("something not by that brand", ["Nike"], [("brand", "Nike", -1)]),
        ("not that brand", ["Nike", "Columbia"], []),
        ("not that brand, the first one's", ["Columbia", "Nike"], [("brand", "Columbia", -1)]),
    ],
)
def test_a_value_of_the_item_in_focus_is_refused(
    shop: Catalogue, text: str, shown: list[str], slots: list[tuple[object, ...]]
) -> None:
    titles = tuple(next(i.title for i in shop.items if brand in i.values("brand")) for brand in shown)
    assert read(shop, text, (), titles) == ("recommend", slots)


@given(st.text(max_size=120))
@settings(max_examples=100, deadline=None)
def test_never_fails(films: Catalogue, text: str) -> None:
    intent, slots = read(films, text, (text,), ("Heat",))
    assert Intent(intent)
    assert all(polarity in {-1, 0, 1} for _, _, polarity in slots)
