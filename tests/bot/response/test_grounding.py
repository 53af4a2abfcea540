"""Invented names, years and prices are caught; what the facts hold is let through, over both catalogues."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bot.response.answers import answer, overview
from bot.response.comparing import compared
from bot.response.grounding import Grounds, ungrounded
from bot.response.labels import Labels
from retrieval.catalogue.item import Catalogue, Item


def item(catalogue: Catalogue, title: str) -> Item:
    return next(i for i in catalogue.items if i.title == title)


@pytest.fixture
def heat_and_casino(films: Catalogue) -> Grounds:
    return Grounds(
        (item(films, "Heat"), item(films, "Casino"), item(films, "Notting Hill")),
        "something like Heat but no Tom Hanks, under 50",
        frozenset(films.facet_values("genre")),
        frozenset({3}),
    )


@pytest.mark.parametrize(
    ("text", "stranger"),
    [
        ("You might enjoy The Godfather.", "Godfather"),
        ("Inception is a good pick.", "Inception"),
        ("Try “Paddington”.", "Paddington"),
        ("Heat is from 1994.", "1994"),
        ("Heat: 171 min.", "171"),
        ("Heat costs $12.50.", "$12.50"),
        ("Heat stars Brad Pitt.", "Brad Pitt"),
        ("Heat stars Hugh Grant.", "Hugh Grant"),  # of another item on screen
        ("Casino stars Sharon Stone. It was directed by Michael Mann.", "Michael Mann"),
        ("Heat stars Robert Pacino.", "Robert Pacino"),
        ("Heat is from 1999.", "1999"),  # Notting Hill's year
        ("Five films: comedy.", "Five"),
        ("Heat won seven awards.", "seven"),
        ("Here are three films, all set in Reykjavik.", "Reykjavik"),
        ("Casino is the 1978 one.", "1978"),
    ],
)
def test_what_nobody_said_is_caught(text: str, stranger: str, heat_and_casino: Grounds) -> None:
    found = ungrounded(text, heat_and_casino)
    assert found, text
    assert any(stranger.rsplit(maxsplit=1)[-1] in f or stranger in f for f in found)


@pytest.mark.parametrize(
    "text",
    [
        "Here are three films like Heat: comedy, no Tom Hanks.",
        "Heat: directors Michael Mann; cast Al Pacino and Robert De Niro.",
        "Heat is from 1995. It stars Al Pacino.",
        "Heat: 170 min.\nNotting Hill: 1999, Hugh Grant.",
        "Heat and Casino: Robert De Niro is in both.",
        "Heat and Notting Hill: Al Pacino, Hugh Grant.",
        "Nothing under 50 is left.",
        "I'd start with Casino.",
    ],
)
def test_what_the_facts_hold_is_let_through(text: str, heat_and_casino: Grounds) -> None:
    assert ungrounded(text, heat_and_casino) == ()


def test_titles_that_look_like_words_or_numbers(films: Catalogue) -> None:
    heat_like = item(films, "Heat")
    names = ("It", "1917", "Se7en", "Up", "Her", "300", "12 Angry Men", "M", "Mamma Mia! Here We Go Again", "Here")
    odd = [replace(heat_like, id=name, title=name) for name in names]
    for one in odd:
        for text in (overview(one, Labels(films)), f"Dropped {one.title}.", f"Marked {one.title} as seen."):
            assert ungrounded(text, Grounds((one,))) == ()
    assert ungrounded("1917 is from 1918.", Grounds((odd[1],))) == ("1918",)
    heat = Grounds((item(films, "Heat"),))
    assert ungrounded("Heat is close to It in mood.", heat) == ("It",)
    assert ungrounded("Heat is older than 1917.", heat) == ("1917",)


@pytest.mark.parametrize("name", ["films", "shop"])
def test_answers_are_grounded_for_every_item(name: str, request: pytest.FixtureRequest) -> None:
    catalogue: Catalogue = request.getfixturevalue(name)
    labels = Labels(catalogue)
    questions = (
        "",
        "who directed it?",
        "who is in it?",
        "how much is it?",
        "how long?",
        "what sizes?",
        "what's it about?",
    )
    chosen = random.Random(5).sample(catalogue.items, min(250, len(catalogue.items)))
    for one in chosen:
        for question in questions:
            text = answer(question, one, labels)
            assert ungrounded(text, Grounds((one,))) == (), (one.id, question, text)


def test_comparisons_are_grounded_and_swapped_facts_are_not(films: Catalogue) -> None:
    labels = Labels(films)
    draw = random.Random(7)
    for _ in range(150):
        pair = draw.sample(films.items, 2)
        assert ungrounded(compared(pair, labels), Grounds(tuple(pair))) == ()
    caught = total = 0
    for _ in range(300):
        one, two = draw.sample(films.items, 2)
        if one.title == two.title or one.title in two.title or two.title in one.title:
            continue
        name = two.values("person")[0]
        if name not in one.values("person") and name not in one.text:
            total += 1
            caught += bool(ungrounded(f"{one.title} was directed by {name}.", Grounds((one, two))))
    assert total > 250
    assert caught / total > 0.98
