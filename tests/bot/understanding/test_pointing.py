"""References to the screen: what the words point at wins over what the model chose."""

from __future__ import annotations

import pytest

from bot.understanding.pointing import part_of_one, pointing, settle
from bot.understanding.reading import Intent, MessageInContext, Polarity, ShownItem
from bot.understanding.resolve import Resolver
from bot.understanding.target import RawSlot
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker

TITLES = ("Heat", "Fargo", "Toy Story", "Alien", "Jaws")


@pytest.fixture(scope="module")
def linker(films: Catalogue) -> Linker:
    return Linker(films)


def shown(films: Catalogue) -> tuple[ShownItem, ...]:
    ids = {item.title: item.id for item in films.items}
    return tuple(ShownItem(ids[t], t) for t in TITLES)


def settled(films: Catalogue, linker: Linker, text: str, *proposed: str, polarity: Polarity = 0) -> list[str]:
    slots = [RawSlot("item", title, polarity) for title in proposed]
    return [
        s.value for s in settle(Intent.RECOMMEND, slots, MessageInContext(text, ("Five films.",), shown(films)), linker)
    ]


@pytest.mark.parametrize(
    ("text", "proposed", "expected"),
    [
        ("seen the first one already", ("Toy Story",), ["Heat"]),
        ("the second or the last?", ("Heat", "Alien"), ["Fargo", "Jaws"]),
        ("I liked #3", ("Toy Story",), ["Toy Story"]),
        ("write me a poem about cats", ("Heat", "Jaws"), []),
        ("korean thrillers please", ("Fargo",), []),
        ("alien was great", ("Alien",), ["Alien"]),
        ("it was great", ("Alien",), ["Alien"]),
        ("them all", TITLES, list(TITLES)),
    ],
)
def test_words_decide(
    films: Catalogue, linker: Linker, text: str, proposed: tuple[str, ...], expected: list[str]
) -> None:
    assert settled(films, linker, text, *proposed) == expected


def test_refusing_the_list_refuses_no_item(films: Catalogue, linker: Linker) -> None:
    assert settled(films, linker, "none of these", *TITLES, polarity=-1) == []


def test_pointing_words_that_were_copied_stand(films: Catalogue, linker: Linker) -> None:
    assert settled(films, linker, "the second one looks good", "the second one", polarity=1) == ["the second one"]


def test_without_a_screen_nothing_is_touched(linker: Linker) -> None:
    slots = (RawSlot("item", "A Film Nobody Carries", 0),)
    message = MessageInContext("seen it", ("Have you seen A Film Nobody Carries?",))
    assert settle(Intent.FEEDBACK, slots, message, linker) == slots


def test_words_of_our_own_turn_are_no_titles(films: Catalogue, linker: Linker) -> None:
    message = MessageInContext("which is better", ("Adaptation: 2002, 114 min.",), shown(films))
    assert settle(Intent.COMPARE, [RawSlot("item", "114 min", 0)], message, linker) == ()


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("no De Niro", "person", "De Niro"),
        ("anything but horror please", "genre", "horror"),
        ("a film without romance", "genre", "romance"),
    ],
)
def test_an_outright_refusal_is_one_whoever_read_it(
    films: Catalogue, linker: Linker, text: str, slot: str, value: str
) -> None:
    resolver = Resolver(films, linker, this_year=lambda: 2026)
    _, slots, _ = resolver.resolve("recommend", [RawSlot(slot, value, 1)], MessageInContext(text))  # type: ignore[arg-type]
    assert [s.polarity for s in slots] == [-1]


def test_a_title_that_begins_with_no_is_no_refusal(films: Catalogue, linker: Linker) -> None:
    resolver = Resolver(films, linker, this_year=lambda: 2026)
    message = MessageInContext("something like No Country for Old Men")
    slots = resolver.resolve("recommend", [RawSlot("item", "No Country for Old Men", 1)], message)[1]  # type: ignore[arg-type]
    assert [s.polarity for s in slots] == [1]


def test_an_amount_with_a_unit_belongs_to_its_facet(films: Catalogue, linker: Linker) -> None:
    resolver = Resolver(films, linker, this_year=lambda: 2026)
    message = MessageInContext("something under 2 hours from the 90s")
    raw = [RawSlot("about", "under 2 hours", 1), RawSlot("about", "90s", 1), RawSlot("about", "two brothers", 1)]
    slots = resolver.resolve("recommend", raw, message)[1]  # type: ignore[arg-type]
    assert [(s.slot, s.value) for s in slots] == [
        ("runtime", (None, 120.0)),
        ("year", (1990.0, 1999.0)),
        ("about", "two brothers"),
    ]


def test_a_comparative_leans_to_a_category(films: Catalogue, linker: Linker) -> None:
    resolver = Resolver(films, linker, this_year=lambda: 2026)
    slots = resolver.resolve("recommend", [RawSlot("about", "funnier", 1)], MessageInContext("funnier"))[1]  # type: ignore[arg-type]
    assert [(s.slot, s.leans) for s in slots] == [("about", ("genre", "comedy"))]


def test_a_list_copied_as_one_name_is_taken_apart(films: Catalogue, linker: Linker) -> None:
    resolver = Resolver(films, linker, this_year=lambda: 2026)
    raw = [RawSlot("item", "alien and the thing", 1), RawSlot("item", "Lock, Stock and Nobody", 1)]
    message = MessageInContext("like alien and the thing or Lock, Stock and Nobody")
    slots = resolver.resolve("recommend", raw, message)[1]  # type: ignore[arg-type]
    assert [(s.value, s.known) for s in slots] == [
        ("Alien", True),
        ("The Thing", True),
        ("Lock, Stock and Nobody", False),
    ]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I'll watch Jaws", "accept"),
        ("lets go with jaws then", "accept"),
        ("I'll watch Jaws, what else do you have?", "recommend"),
        ("I like Jaws", "recommend"),
        ("I'll watch anything like Jaws", "recommend"),
    ],
)
def test_a_commitment_by_name_is_one_whoever_read_it(films: Catalogue, linker: Linker, text: str, intent: str) -> None:
    title = "jaws" if "jaws" in text else "Jaws"
    resolver = Resolver(films, linker, this_year=lambda: 2026)
    found, *_ = resolver.resolve(Intent.RECOMMEND, [RawSlot("item", title, 1)], MessageInContext(text))
    assert found == intent


@pytest.mark.parametrize(
    ("text", "intent", "polarity"),
    [
        ("yes I loved Jaws", Intent.FEEDBACK, 1),
        ("Jaws sounds interesting", Intent.FEEDBACK, 1),
        ("I have seen Jaws", Intent.FEEDBACK, 0),
        ("I heard Jaws was great", Intent.FEEDBACK, 0),
        ("I haven't seen Jaws, great director", Intent.FEEDBACK, 0),
        ("is Jaws a good movie?", Intent.ASK, 0),
        ("ok then Jaws", Intent.ACCEPT, 1),
    ],
)
def test_praise_is_a_like_whoever_read_it(
    films: Catalogue, linker: Linker, text: str, intent: Intent, polarity: int
) -> None:
    resolver = Resolver(films, linker, this_year=lambda: 2026)
    slots = resolver.resolve(intent, [RawSlot("item", "Jaws", 0)], MessageInContext(text))[1]
    assert [s.polarity for s in slots] == [polarity]


@pytest.mark.parametrize("words", ["the other two", "the rest", "others"])
def test_the_others_are_those_that_no_other_slot_means(films: Catalogue, linker: Linker, words: str) -> None:
    three = shown(films)[:3]
    raw = [RawSlot("item", "Heat", -1), RawSlot("item", words, 1)]
    found = settle(Intent.FEEDBACK, raw, MessageInContext(f"not Heat, {words} yes", ("Three.",), three), linker)
    assert [(s.value, s.polarity) for s in found] == [("Heat", -1), ("Fargo", 1), ("Toy Story", 1)]


def test_others_of_another_number_are_left_as_said(films: Catalogue, linker: Linker) -> None:
    raw = [RawSlot("item", "Heat", -1), RawSlot("item", "the other three", 1)]
    message = MessageInContext("not Heat, the other three yes", ("Three.",), shown(films)[:3])
    assert [s.value for s in settle(Intent.FEEDBACK, raw, message, linker)] == ["Heat", "the other three"]


@pytest.mark.parametrize(
    ("text", "turn", "found"),
    [
        ("loved both", "Fargo or Toy Story?", [("Fargo", 1), ("Toy Story", 1)]),
        ("hated them both", "Fargo or Toy Story?", [("Fargo", -1), ("Toy Story", -1)]),
        ("both of them were terrible, hated those", "Fargo or Toy Story?", [("Fargo", -1), ("Toy Story", -1)]),
        ("loved both", "Heat?", []),
        ("loved it", "Fargo or Toy Story?", []),
    ],
)
def test_words_for_several_mean_the_titles_of_the_last_turn(
    linker: Linker, text: str, turn: str, found: list[tuple[str, int]]
) -> None:
    slots = settle(Intent.FEEDBACK, [], MessageInContext(text, (turn,)), linker)
    assert [(s.value, s.polarity) for s in slots] == found


def test_one_after_a_copied_word_points(films: Catalogue) -> None:
    assert pointing("navy", MessageInContext("the navy one", (), shown(films))) == "the navy one"
    assert pointing("navy", MessageInContext("the navy one")) == "navy"
    assert pointing("navy", MessageInContext("something navy", (), shown(films))) == "navy"


@pytest.mark.parametrize(
    ("typed", "title"), [("storry", "Toy Story"), ("toy", "Toy Story"), ("zorko", None), ("the", None)]
)
def test_a_part_of_one_shown_title_means_it(films: Catalogue, typed: str, title: str | None) -> None:
    titles = {s.id: s.title for s in shown(films)}
    assert [titles[i] for i in part_of_one(typed, shown(films))] == ([title] if title else [])


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("seen the first one, whats the 2nd about", ["the first one", "Fargo"]),
        ("who's in the first one?", ["the first one"]),
        ("what are they all about? I like the first one", ["the first one"]),
    ],
)
def test_a_question_asks_about_what_its_clause_points_at(
    films: Catalogue, linker: Linker, text: str, asked: list[str]
) -> None:
    message = MessageInContext(text, ("Five films.",), shown(films))
    slots = settle(Intent.ASK, [RawSlot("item", "the first one", 0)], message, linker)
    assert [s.value for s in slots] == asked
