"""Questions about items are answered from their own fields, or honestly not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.response.answers import answer, shortened
from bot.response.comparing import best_rated, compared
from bot.response.labels import Labels
from bot.response.tables import parts
from bot.response.templates import SIGNALS
from ranking.behaviour import NoBehaviour
from ranking.signals import built_in_signals
from retrieval.catalogue.item import Catalogue, Item


def item(catalogue: Catalogue, title: str) -> Item:
    return next(i for i in catalogue.items if i.title == title)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("who directed it?", "Casino: director Martin Scorsese."),
        ("Who's in Casino", "Casino: cast Robert De Niro, Sharon Stone, Joe Pesci and James Woods."),
        ("when did it come out?", "Casino: 1995."),
        ("how long is it", "Casino: 178 min."),
        ("what language is it in?", "Casino: language English."),
        ("is Joe Pesci in it?", "Yes. Casino: Joe Pesci."),
        ("is it a comedy?", "No. Casino: genre crime and drama."),
        ("is it on Netflix?", "I don't know that about Casino: the catalogue doesn't say."),
        ("how much does it cost?", "I don't know that about Casino: the catalogue doesn't say."),
        ("who wrote the music?", "I don't know that about Casino: the catalogue doesn't say."),
    ],
)
def test_films(films: Catalogue, question: str, expected: str) -> None:
    assert answer(question, item(films, "Casino"), Labels(films)) == expected


def test_what_it_is_about_is_its_text(films: Catalogue) -> None:
    told = answer("what's it about?", item(films, "Casino"), Labels(films))
    assert told.startswith("Casino: 1995 · 178 min")
    assert "bookmaker" in told


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how much is it?", "$99."),
        ("does it come in green?", "Yes. Marmot PreCip Eco Jacket: green."),
        ("does it come in grey?", "No. Marmot PreCip Eco Jacket: color black, navy and green."),
        ("do you have it in pink", "No. Marmot PreCip Eco Jacket: color black, navy and green."),
        ("what sizes are there?", "size S, M, L and XL."),
        ("what's it made of?", "material nylon."),
        ("who makes it?", "brand Marmot."),
        ("when will it be delivered?", "I don't know that"),
        ("what's its rating", "rating 4.4."),
        ("what colours are there?", "color black, navy and green."),
        ("what kind is it?", "category jacket and rain jacket."),
    ],
)
def test_shop(shop: Catalogue, question: str, expected: str) -> None:
    assert expected in answer(question, item(shop, "Marmot PreCip Eco Jacket"), Labels(shop))


def test_words_of_the_title_ask_nothing(films: Catalogue) -> None:
    year = next((i for i in films.items if i.title == "The Year of Living Dangerously"), None)
    one = year or item(films, "Heat")
    assert "director" in answer(f"who directed {one.title}?", one, Labels(films))
    assert one.title.split()[0] in answer(f"who directed {one.title}?", one, Labels(films))


def test_a_comparison_names_what_is_common(films: Catalogue) -> None:
    rows, last = parts(compared([item(films, "Heat"), item(films, "Casino")], Labels(films)))
    assert rows[0] == ("", "Heat", "Casino")
    assert ("year", "1995", "1995") in rows
    assert last == "Both: crime, Robert De Niro, English and United States."


def test_texts_are_cut_at_a_sentence() -> None:
    assert shortened("One two. Three four.", 3) == "One two."
    assert shortened("One, two three four", 2) == "One, two…"
    assert shortened("First line.\nKeywords: x.") == "First line."


def test_a_question_typed_in_haste_is_the_same_question(films: Catalogue) -> None:
    heat, labels = item(films, "Heat"), Labels(films)
    assert answer("whos in it", heat, labels) == answer("who's in it?", heat, labels)
    assert "Al Pacino" in answer("whos in it", heat, labels)


def test_every_signal_has_words(films: Catalogue) -> None:
    assert {signal.name for signal in built_in_signals(NoBehaviour(), films)} <= set(SIGNALS)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("is it wool free", "Yes. Helly Hansen Seven J Jacket: material polyester."),
        ("is it wool-free?", "Yes. Helly Hansen Seven J Jacket: material polyester."),
        ("is it without any wool", "Yes. Helly Hansen Seven J Jacket: material polyester."),
        ("is it polyester free", "No. Helly Hansen Seven J Jacket: polyester."),
        ("is it free of polyester", "No. Helly Hansen Seven J Jacket: polyester."),
        ("is it polyester", "Yes. Helly Hansen Seven J Jacket: polyester."),
        ("is it wool", "No. Helly Hansen Seven J Jacket: material polyester."),
        ("isn't it polyester", "Helly Hansen Seven J Jacket: material polyester."),
        ("is it not wool", "Helly Hansen Seven J Jacket: material polyester."),
        ("is it only polyester", "Helly Hansen Seven J Jacket: material polyester."),
        ("is it not wool free", "Helly Hansen Seven J Jacket: material polyester."),
        ("is it under $50", "No. Helly Hansen Seven J Jacket: $110."),
        ("is it less than 150 dollars", "Yes. Helly Hansen Seven J Jacket: $110."),
        ("is it under $110", "Helly Hansen Seven J Jacket: $110."),
        ("is it about $105", "Helly Hansen Seven J Jacket: $110."),
        ("any good?", "Helly Hansen Seven J Jacket: rating 4.5."),
        ("is it well reviewed", "Helly Hansen Seven J Jacket: rating 4.5."),
        ("is it for men", "Yes. Helly Hansen Seven J Jacket: audience men."),
        ("is it for women", "Helly Hansen Seven J Jacket: audience men."),
        (
            "is it safe for a 5 year old",
            "I don't know that about Helly Hansen Seven J Jacket: the catalogue doesn't say.",
        ),
    ],
)
def test_yes_and_no_say_what_is_so(shop: Catalogue, question: str, expected: str) -> None:
    told = answer(question, item(shop, "Helly Hansen Seven J Jacket"), Labels(shop))
    assert told == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("is it not in english", "Casino: language English."),
        ("is it non-english", "No. Casino: English."),
        ("is it longer than 2 hours", "Yes. Casino: 178 min."),
        ("is casino under 3 hours?", "Yes. Casino: 178 min."),
        ("is it shorter than two hours", "No. Casino: 178 min."),
        ("isn't it longer than 2 hours", "Casino: 178 min."),
        ("is it from the 90s", "Yes. Casino: 1995."),
        ("was it made before 1995", "No. Casino: 1995."),
        ("is it any good", "I have no reviews of Casino: the catalogue doesn't say."),
        ("is it well rated", "I have no reviews of Casino: the catalogue doesn't say."),
        ("is it suitable for kids", "Casino: genre crime and drama."),
        ("are these safe for a 5 year old", "I don't know that about Casino: the catalogue doesn't say."),
    ],
)
def test_a_number_decides_and_an_age_is_none_of_the_films(films: Catalogue, question: str, expected: str) -> None:
    assert answer(question, item(films, "Casino"), Labels(films), ("year",) if "old" in question else ()) == expected


def test_merino_is_wool_for_all_the_catalogue_says(shop: Catalogue) -> None:
    one = next(i for i in shop.items if "merino" in i.values("material"))
    merino = replace(one, facets={**one.facets, "material": ("merino",)})
    assert answer("is it wool free", merino, Labels(shop)) == f"{merino.title}: material merino."


def test_the_best_rated_is_named_where_there_are_ratings(films: Catalogue, shop: Catalogue) -> None:
    jackets = [item(shop, t) for t in ("Columbia Watertight II Jacket", "Helly Hansen Seven J Jacket")]
    told = best_rated("whats the best rated", jackets, Labels(shop))
    assert told == (
        "Helly Hansen Seven J Jacket is the best rated one: rating 4.5; then Columbia Watertight II Jacket, rating 4.3."
    )
    assert best_rated("the lowest rated?", jackets, Labels(shop)).startswith("Columbia")
    assert best_rated("which is cheapest", jackets, Labels(shop)) == ""
    pair = [item(films, "Heat"), item(films, "Casino")]
    assert best_rated("the best rated?", pair, Labels(films)) == (
        "I have no reviews of Heat or Casino: the catalogue doesn't say."
    )
