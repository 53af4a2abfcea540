"""What simulated users say: from their history alone, honestly about what is shown, and not for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.messages import Chip, Reply
from bot.response.cards import card
from bot.simulation.agenda import ROUND_IT, Agenda
from bot.simulation.persona import History, Profile, Traits
from bot.simulation.phrasings import sections
from bot.simulation.tastes import Taste, Tastes, ValuesOf
from ranking.request import RankedItem
from retrieval.catalogue.item import Catalogue

SEEDS = range(60)


@pytest.fixture(scope="module")
def values_of(shop: Catalogue) -> ValuesOf:
    return ValuesOf(shop)


def profile(shop: Catalogue, seed: int = 0, **traits: object) -> Profile:
    """Somebody with three likes, a dislike, something known, and tastes on colour, brand and price."""
    ids = [item.id for item in shop.items]
    likes = (
        Taste("color", "black", 0.5, 2.0),
        Taste("brand", shop.facet_values("brand")[0], 0.3, 3.0),
        Taste("price", (None, 50.0), 0.4, 1.5),
    )
    tastes = Tastes(likes, (Taste("material", "wool", 0.4, 2.0),), {"price": 40.0})
    history = History(tuple(ids[:3]), (ids[3],), (ids[4],))
    return Profile(history, tastes, replace(Traits(patience=9), **traits), f"test {seed}")  # type: ignore[arg-type]


def listed(shop: Catalogue, ids: Sequence[str], asks: str | None = None) -> Reply:
    cards = tuple(card(shop.by_id[i], RankedItem(i, 0.0, {}), "") for i in ids)
    return Reply(None, "recommend", cards, "Here.", asks=asks)


def question(facet: str, *options: str) -> Reply:
    chips = tuple(Chip(option, option) for option in (*options, *sorted(ROUND_IT)))
    return Reply(None, "ask", (), "Which?", chips, asks=facet)


def fits(section: str, said: str) -> bool:
    """Whether `said` is a phrasing of `section` that has no holes."""
    return said in sections()[section]


def test_an_opening_is_the_same_for_a_seed_and_differs_between_seeds(shop: Catalogue, values_of: ValuesOf) -> None:
    openings = [Agenda(profile(shop, seed), shop, values_of).opening() for seed in SEEDS]
    assert openings == [Agenda(profile(shop, seed), shop, values_of).opening() for seed in SEEDS]
    assert len(set(openings)) > 20


def test_only_titles_of_the_history_and_values_of_the_tastes_are_named(shop: Catalogue, values_of: ValuesOf) -> None:
    ids = [item.id for item in shop.items]
    mine = {shop.by_id[i].title for i in ids[:5]}
    others = {item.title for item in shop.items} - mine
    brands = set(shop.facet_values("brand")[1:])
    for seed in SEEDS:
        agenda = Agenda(profile(shop, seed), shop, values_of)
        said = [agenda.opening()]
        for start in range(0, 40, 10):
            said.append(agenda.answer(listed(shop, ids[start : start + 10])) or "")
        text = "\n".join(said)
        for title in mine:
            text = text.replace(title, "")
        assert not [title for title in others if title in text]
        assert not [brand for brand in brands if f" {brand} " in f" {text} "]


def test_what_is_known_is_told_once_the_liked_first(shop: Catalogue, values_of: ValuesOf) -> None:
    agenda = Agenda(profile(shop), shop, values_of)
    ids = [item.id for item in shop.items]
    first = agenda.answer(listed(shop, [ids[4], ids[3], ids[0], ids[50]])) or ""
    assert agenda.told == {ids[0], ids[3]}
    assert first.index(shop.by_id[ids[0]].title) < first.index(shop.by_id[ids[3]].title)
    second = agenda.answer(listed(shop, [ids[4], ids[3], ids[0]])) or ""
    assert agenda.told == {ids[0], ids[3], ids[4]}
    assert shop.by_id[ids[0]].title not in second


def test_a_question_is_answered_from_the_tastes_or_not_at_all(shop: Catalogue, values_of: ValuesOf) -> None:
    for seed in SEEDS:
        told = Agenda(profile(shop, seed), shop, values_of).answer(question("color", "red", "black")) or ""
        assert "black" in told
        assert "red" not in told.split()
        blank = Agenda(profile(shop, seed), shop, values_of).answer(question("category", "coat", "shirt")) or ""
        assert fits("no idea", blank)


def test_wrong_answers_come_as_often_as_the_person_errs(shop: Catalogue, values_of: ValuesOf) -> None:
    errs = [Agenda(profile(shop, seed, wrong=0.5), shop, values_of) for seed in range(200)]
    wrong = sum("red" in (agenda.answer(question("color", "red")) or "") for agenda in errs)
    assert 70 < wrong < 130


def test_critique_goes_towards_the_tastes(shop: Catalogue, values_of: ValuesOf) -> None:
    """Dear things in other colours: somebody who buys cheap and black wants them cheaper, or more black."""
    dear = sorted(shop.items, key=lambda item: -(item.number("price") or 0.0))
    others = [i.id for i in dear if "black" not in i.values("color") and i.id not in profile(shop).history.liked][:10]
    said = [Agenda(profile(shop, seed), shop, values_of).answer(listed(shop, others)) or "" for seed in range(100)]
    assert any("cheaper" in words for words in said)
    assert not any("expensive" in words or "dearer" in words for words in said)
    assert any(f"more {'black'}" in words for words in said)
    assert any(fits("pass", words) for words in said)


def test_patience_ends(shop: Catalogue, values_of: ValuesOf) -> None:
    unknown = [item.id for item in shop.items[60:65]]
    agenda = Agenda(profile(shop, patience=3), shop, values_of)
    answers = [agenda.answer(listed(shop, unknown)) for _ in range(3)]
    assert answers[:2] == [a for a in answers[:2] if a]
    assert answers[2] is None
    asked = Agenda(profile(shop, patience=3), shop, values_of)
    assert asked.answer(question("color", "red")) is not None
    assert asked.answer(question("color", "red")) is None  # the same question takes twice as much
    pleased = Agenda(profile(shop, patience=1), shop, values_of)
    assert pleased.answer(listed(shop, [shop.items[0].id])) is not None


def test_a_way_out_of_an_empty_list_is_tapped(shop: Catalogue, values_of: ValuesOf) -> None:
    nothing = Reply(None, "recommend", (), "Nothing matches.", (Chip("Without black", "never mind black"),))
    assert Agenda(profile(shop), shop, values_of).answer(nothing) == "never mind black"


def test_what_is_left_out_is_remembered(shop: Catalogue, values_of: ValuesOf) -> None:
    agendas = [Agenda(profile(shop, seed), shop, values_of) for seed in SEEDS]
    said = [agenda.opening() for agenda in agendas]
    assert {"wool" in words for words in said} == {True, False}
    assert all(agenda.avoided == ({("material", "wool")} if "wool" in words else set())
               for agenda, words in zip(agendas, said, strict=True))  # fmt: skip


def test_asked_back_somebody_says_yes_to_what_they_named_and_no_to_all_else(
    shop: Catalogue, values_of: ValuesOf
) -> None:
    chips = (Chip("Yes, delete it", "yes"), Chip("No, keep it", "no"))

    def back(text: str) -> Reply:
        return Reply(None, "confirm", (), text, chips)

    for seed in SEEDS:
        agenda = Agenda(profile(shop, seed), shop, values_of)
        named = "black" in (agenda.answer(question("color", "black")) or "")
        assert named
        assert agenda.answer(back("Did you mean black?")) == "yes"
        assert agenda.answer(back("Did you mean red?")) == "no"
    wary = next(a for a in (Agenda(profile(shop, s), shop, values_of) for s in SEEDS) if "wool" in a.opening())
    assert wary.answer(back("Is it no wool you mean?")) == "yes"
    assert wary.answer(back("Is it wool you mean?")) == "no"
