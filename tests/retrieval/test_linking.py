"""Titles, values and pointing words against the two catalogues that ship."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker
from retrieval.linking.text import singular


class Shown(NamedTuple):
    id: str
    title: str


@pytest.fixture(scope="module")
def linker(films: Catalogue) -> Linker:
    return Linker(films)


@pytest.fixture(scope="module")
def shop_linker(shop: Catalogue) -> Linker:
    return Linker(shop)


@pytest.fixture(scope="module")
def screen(films: Catalogue) -> tuple[Shown, ...]:
    titles = {i.title: i for i in films.items}
    return tuple(Shown(titles[t].id, t) for t in ("The Godfather", "Alien", "Airplane!", "Heat", "Inception"))


@pytest.mark.parametrize(
    ("mention", "title", "how"),
    [
        ("Heat (1995)", "Heat", "exact"),
        ("heat 1995", "Heat", "exact"),
        ("godfather", "The Godfather", "article"),
        ("the godfather part 2", "The Godfather: Part II", "exact"),
        ("terminator two", "Terminator 2: Judgment Day", "prefix"),
        ("T2", "Terminator 2: Judgment Day", "acronym"),
        ("Endgame", "Avengers: Endgame", "prefix"),
        ("fury road", "Mad Max: Fury Road", "prefix"),
        ("shawshank", "The Shawshank Redemption", "prefix"),
        ("grand budapest", "The Grand Budapest Hotel", "prefix"),
        ("shawshenk redemtion", "The Shawshank Redemption", "fuzzy"),
        ("incepton", "Inception", "fuzzy"),
        ("silence of lambs", "The Silence of the Lambs", "article"),
        ("spiderman", "Spider-Man", "exact"),
        ("amelie", "Amélie", "exact"),
        ("mash", "M*A*S*H", "exact"),
        ("kill bill 1", "Kill Bill: Vol. 1", "exact"),
        ("se7en", "Seven", "exact"),
        ("It", "It", "exact"),
    ],
)
def test_mention_links_to_title(linker: Linker, mention: str, title: str, how: str) -> None:
    best = linker.items(mention)[0]
    assert (best.title, best.how) == (title, how)
    assert best.confidence >= 0.6


@pytest.mark.parametrize(
    "mention", ["Paw Patrol", "toy story 9", "Dark Waters", "Zoo Patrol", "", "???", "Die Hard 47", "Rocky 2"]
)
def test_title_not_carried_links_to_nothing_sure(linker: Linker, mention: str) -> None:
    assert not [link for link in linker.items(mention) if link.confidence >= 0.6]


def test_year_chooses_among_namesakes(linker: Linker) -> None:
    assert linker.items("Dune (1984)")[0].id != linker.items("Dune (2021)")[0].id
    assert linker.items("The Lion King (2019)")[0].confidence <= 0.5, "another year's film is not the one asked for"


def test_a_series_is_several_items_under_one_name(linker: Linker) -> None:
    links = linker.items("harry potter movies")
    assert len(links) > 3
    assert {(link.how, link.name) for link in links} == {("franchise", "Harry Potter")}
    assert linker.items("lotr")[0].name == "The Lord of the Rings"


def test_what_is_on_screen_is_preferred(linker: Linker, films: Catalogue) -> None:
    old = next(i for i in films.items if i.title == "Dune" and (i.number("year") or 0) < 2000)
    assert linker.items("dune", [Shown(old.id, old.title)])[0].id == old.id


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("I want something like heat but funnier", ["heat"]),
        ("I saw it yesterday and loved it", []),
        ("Have you seen Up or The Dark Knight?", ["Up", "The Dark Knight"]),
        ("i love kids movies about gravity", []),
        ("big fan of horror, seen It (2017) and it was great", ["It (2017)"]),
        ("have you watched lotr?", ["lotr"]),
        ("I like her and us", []),
        ("What about the movie It?", ["It"]),
        ("I liked jaws, big and speed", ["jaws", "big", "speed"]),
        ('A movie like "Paw Patrol" please', ["Paw Patrol"]),
        ("I really enjoyed Freaky Friday", []),
        ("Brave: loved every minute", ["Brave"]),
        ("Big was the room: loved it", []),
        ("brave: that is what I am", []),
        ("I am looking for a spy movie set in the dark", []),
        ("I Like Star Wars And Star Trek", ["Star Wars", "Star Trek"]),
    ],
)
def test_titles_in_running_text(linker: Linker, text: str, titles: list[str]) -> None:
    assert [m.text for m in linker.scan(text)] == titles


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("the second one", ["Alien"]),
        ("first", ["The Godfather"]),
        ("#3", ["Airplane!"]),
        ("number two please", ["Alien"]),
        ("the middle one", ["Airplane!"]),
        ("the first and third", ["The Godfather", "Airplane!"]),
        ("first two", ["The Godfather", "Alien"]),
        ("the older one", ["The Godfather"]),
        ("the newest", ["Inception"]),
        ("the comedy one", ["Airplane!"]),
        ("the one about dreams", ["Inception"]),
        ("second to last", ["Heat"]),
        ("the one with Pacino", []),  # two of them: not certain
        ("the first time I saw a film", []),
        ("both", []),
        ("that one", []),
    ],
)
def test_pointing_at_the_screen(linker: Linker, screen: tuple[Shown, ...], text: str, titles: list[str]) -> None:
    names = {s.id: s.title for s in screen}
    assert [names[i] for i in linker.reference(text, screen)] == titles


def test_pointing_depends_on_how_many_there_are(linker: Linker, screen: tuple[Shown, ...]) -> None:
    heat, inception = screen[3], screen[4]
    assert linker.reference("both", (heat, inception)) == (heat.id, inception.id)
    assert linker.reference("that one", (heat,)) == (heat.id,)
    assert linker.reference("the other one", (heat, inception), focus=heat.id) == (inception.id,)
    assert linker.reference("I've seen them all", screen) == tuple(s.id for s in screen)
    assert linker.reference("the second one", ()) == ()


def test_the_cheaper_one(shop_linker: Linker, shop: Catalogue) -> None:
    priced = sorted((i for i in shop.items if i.number("price") is not None), key=lambda i: i.number("price") or 0)
    two = (Shown(priced[-1].id, priced[-1].title), Shown(priced[0].id, priced[0].title))
    assert shop_linker.reference("I'll have the cheaper one", two) == (priced[0].id,)
    assert shop_linker.relative("cheaper") == ("price", "less")
    assert shop_linker.relative("funnier") is None


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("compare 1 and 3", [1, 3]),
        ("1 vs 3", [1, 3]),
        ("seen 1 and 2", [1, 2]),
        ("I like 3", [3]),
        ("why 3?", [3]),
        ("2 looks good", [2]),
        ("what about 4", [4]),
        ("is 1 better than 2?", [1, 2]),
        ("2", [2]),
        ("under 2 hours", []),
        ("under 2", []),
        ("size 3", []),
        ("3 stars", []),
        ("more than 3 stars", []),
        ("between 1 and 3 hours", []),
        ("a 90s film", []),
        ("2 of them", []),
        ("like toy story 3", []),
        ("$5", []),
        ("7", []),
    ],
)
def test_bare_numbers_as_places(linker: Linker, screen: tuple[Shown, ...], text: str, places: list[int]) -> None:
    assert linker.reference(text, screen) == tuple(screen[p - 1].id for p in places)


@pytest.mark.parametrize(
    ("plural", "one"),
    [("zombies", "zombie"), ("hoodies", "hoodie"), ("movies", "movie"), ("ties", "tie"), ("comedies", "comedy")],
)
def test_plurals_in_ies(plural: str, one: str) -> None:
    assert singular(plural) == one


@pytest.mark.parametrize(
    ("mention", "value"),
    [
        ("Leo DiCaprio", "Leonardo DiCaprio"),
        ("Scorcese", "Martin Scorsese"),
        ("deniro", "Robert De Niro"),
        ("Bob de niro", "Robert De Niro"),
        ("Keanu", "Keanu Reeves"),
        ("Christofer Nolan", "Christopher Nolan"),
        ("RDJ", "Robert Downey Jr."),
    ],
)
def test_people_by_short_and_misspelt_names(linker: Linker, mention: str, value: str) -> None:
    best = linker.values("person", mention)[0]
    assert (best.value, best.known) == (value, True)


def test_ambiguous_surname_is_less_sure_and_unknown_name_stays_as_typed(linker: Linker) -> None:
    assert linker.values("person", "Anderson")[0].confidence < linker.values("person", "Nolan")[0].confidence
    unknown = linker.values("person", "zoltan kovacs-bartha")
    assert [(v.value, v.known) for v in unknown] == [("Zoltan Kovacs-bartha", False)]


@pytest.mark.parametrize(
    ("mention", "values"),
    [
        ("sci fi", ["sci-fi"]),
        ("romantic comedies", ["romance", "comedy"]),
        ("rom-com", ["romance", "comedy"]),
        ("horrer", ["horror"]),
        ("animated movies", ["animation"]),
        ("Thrillers", ["thriller"]),
    ],
)
def test_category_words(linker: Linker, mention: str, values: list[str]) -> None:
    links = linker.values("genre", mention)
    assert [v.value for v in links] == values
    assert all(v.known for v in links)


def test_category_not_carried(linker: Linker) -> None:
    assert [(v.value, v.known) for v in linker.values("genre", "Superheroes")] == [("superhero", False)]


def test_values_in_running_text(shop_linker: Linker) -> None:
    found = shop_linker.scan_values("a red rain jacket by Patagonia size M, no polyester")
    assert [(m.facet, m.values) for m in found] == [
        ("color", ("red",)),
        ("category", ("rain jacket",)),
        ("brand", ("Patagonia",)),
        ("size", ("M",)),
        ("material", ("polyester",)),
    ]


def test_comparative_leans_to_a_category(linker: Linker) -> None:
    assert linker.comparative_value("funnier") == ("genre", "comedy")
    assert linker.comparative_value("scarier") == ("genre", "horror")
    assert linker.comparative_value("cheaper") is None


def test_every_title_finds_its_own_item(linker: Linker, films: Catalogue) -> None:
    lost = [i.title for i in films.items if i.id not in {link.id for link in linker.items(i.title)}]
    assert lost == []


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_safe_and_spans_are_inside_it(linker: Linker, text: str) -> None:
    for m in (*linker.scan(text), *linker.scan_values(text)):
        assert 0 <= m.start < m.end <= len(text)
    for link in linker.items(text):
        assert 0 <= link.confidence <= 1
    assert linker.values("person", text)
    assert linker.values("genre", text)


@pytest.mark.benchmark
def test_build_and_scan_times(films: Catalogue) -> None:
    start = perf_counter()
    linker = Linker(films)
    built = perf_counter() - start
    start = perf_counter()
    for _ in range(50):
        linker.scan("have you seen the dark knight or anything else like heat, with al pacino and de niro?")
    assert built < 0.5
    assert (perf_counter() - start) / 50 < 0.005
