"""Replies over both catalogues: true, short, calm; and what particular situations say."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.dialogue import actions as a
from bot.dialogue import events as e
from bot.dialogue.coldstart import best_question
from bot.dialogue.state import fold
from bot.dialogue.taps import events_for_removal
from bot.messages import ItemCard
from bot.response import compose as composing
from bot.response.cards import beliefs, card, reason
from bot.response.chips import MOST
from bot.response.compose import capped, checked, compose
from bot.response.labels import Labels
from bot.response.templates import PLAIN, TEMPLATES
from bot.response.tones import SHORT, TONED, phrasebook
from bot.response.turn_facts import Facts
from bot.response.wording import Length, Tone, Voice
from bot.response.wording_check import MOST_WORDS
from ranking.request import RankedItem
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import FacetKind


def shown(items: list[Item]) -> tuple[ItemCard, ...]:
    return tuple(card(i, RankedItem(i.id, 0.5, {"text": 0.3, "wanted": 0.2}), f"{i.title} fits") for i in items)


def facts(catalogue: Catalogue, *events: e.Event, turn: int = 1, **more: object) -> Facts:
    return Facts(Labels(catalogue), fold([e.StepBegan(turn), *events]), **more)  # type: ignore[arg-type]


def found(catalogue: Catalogue, title: str) -> Item:
    return next(i for i in catalogue.items if i.title == title)


def wished(catalogue: Catalogue, items: list[Item], draw: random.Random) -> list[e.Event]:
    """A wish or an avoidance on every facet."""
    events: list[e.Event] = [e.NeedAdded("for a rainy day", 1), e.UnknownNamed("item", "Paw Patrol", 1)]
    for facet in catalogue.schema.facets:
        if facet.kind is FacetKind.NUMBER:
            events += [e.ConstraintAdded(facet.name, (None, items[0].number(facet.name) or 7.0), 1, True)]
            events += [e.DirectionSet(facet.name, draw.random() < 0.5, items[1].number(facet.name))]
        elif items[2].values(facet.name):
            events += [e.ConstraintAdded(facet.name, items[2].values(facet.name)[0], draw.choice([1, -1]), True)]
    return events


def situations(catalogue: Catalogue, seed: int) -> Iterator[tuple[a.Action, Facts]]:
    """Every action with random items, wishes and reactions of a catalogue."""
    draw = random.Random(seed)
    items = draw.sample(catalogue.items, 9)
    ids = tuple(i.id for i in items)
    events = wished(catalogue, items, draw)
    events += [e.Reacted(ids[5], "reference"), e.Reacted(ids[6], "dislike"), e.Shown(ids[:5])]
    mine = facts(catalogue, *events, turn=seed, cards=shown(items[:5]), said="hm")
    none = facts(catalogue, *events, turn=seed, relaxations=(("no Korean", 4), ("horror", 1)))
    question = best_question(catalogue, [i.id for i in catalogue.items])
    assert question is not None
    for fresh in (True, False):
        yield a.Recommend(fresh=fresh, acknowledged=(ids[6],), unknown=("Paw Patrol",), also_ask=question.facet), mine
    yield a.Recommend(), none
    yield question, mine
    for asked in ("", "who made it?", "how long?", "how much is it", "is it on Netflix?", "what is it about?"):
        yield a.Describe(ids[:1], asked), mine
    yield a.Describe((), "who"), mine
    yield a.Explain(ids[:2]), mine
    yield a.Explain(ids[:1]), mine
    yield a.Compare(ids[:3], ("Paw Patrol",)), mine
    yield a.Liken(*ids[:2]), facts(catalogue, *events, turn=seed, said="is it like that?", alike=draw.random())
    yield a.AskValue("any", ()), facts(catalogue, *events, turn=seed)
    for said in ("which is the cheapest?", "which is longer?", "which one is the newest?"):
        yield a.Compare(ids[:5]), facts(catalogue, *events, turn=seed, said=said)
    for what in ("accept", "undo", "nothing_to_undo", "start_over", "liked", "forgotten", "seen"):
        yield a.Confirm(what, ids[:1]), mine
    yield a.Confirm("removed", subject="horror"), mine
    for refusal in ("off_topic", "hostile", "unknown_item", "too_long", "empty"):
        yield a.Refuse(refusal, "Paw Patrol"), mine
    for what in ("greet", "thanks", "help"):
        yield a.Chat(what), mine
    yield from ((a.ConfirmForget(), mine), (a.ShowMemory(), mine), (a.Close(), mine))


@pytest.mark.parametrize("name", ["films", "shop"])
@pytest.mark.parametrize("seed", range(12))
def test_every_reply_is_grounded_short_and_calm(name: str, seed: int, request: pytest.FixtureRequest) -> None:
    for action, known in situations(request.getfixturevalue(name), seed):
        reply = compose(action, known)
        assert reply.grounded, (action, reply.text)
        words = reply.text
        for one in known.labels.catalogue.items if "!" in words else ():
            words = words.replace(one.title, "")
        assert "!" not in words
        assert "sorry" not in reply.text.lower()
        assert "{" not in reply.text
        if isinstance(action, a.Recommend | a.AskFacet | a.Confirm | a.Refuse | a.Chat):
            assert len(reply.text.split()) < 60, reply.text
        assert len(reply.chips) <= MOST + 2
        assert len({c.label for c in reply.chips}) == len(reply.chips)


def test_a_list_says_what_was_understood(films: Catalogue) -> None:
    heat = found(films, "Heat")
    events = (
        e.Reacted(heat.id, "reference"),
        e.ConstraintAdded("year", (1990.0, 1999.0), 1, True),
        e.NeedAdded("funnier", 1),
        e.ConstraintAdded("person", "Robert De Niro", -1, True),
    )
    wanted = "films like Heat: 1990–1999, funnier, no Robert De Niro."
    for turn, begins in enumerate(("Five", "Here are five", "I picked five", "Five"), 3):
        reply = compose(a.Recommend(), facts(films, *events, turn=turn, cards=shown(list(films.items[:5]))))
        assert reply.text == f"{begins} {wanted}"
    one = compose(a.Recommend(), facts(films, *events, cards=shown([films.items[3]])))
    assert one.text.startswith("Here is one film like Heat: ")


def test_a_dead_end_names_the_conditions_and_ways_out(films: Catalogue) -> None:
    events = (
        e.ConstraintAdded("genre", "horror", 1, True),
        e.ConstraintAdded("year", (None, 1929.0), 1, True),
        e.ConstraintAdded("language", "Korean", 1, True),
    )
    ways = (("Korean", 4), ("no Robert De Niro", 1), ("horror", 0))
    reply = compose(a.Recommend(), facts(films, *events, turn=2, relaxations=ways))
    assert reply.text == (
        "Nothing matches horror, up to 1929 and Korean. Without “Korean” there are four. "
        "Allowing “Robert De Niro” there is one."
    )
    assert [c.label for c in reply.chips] == ["Without Korean", "Allow Robert De Niro"]


def test_unknown_names_and_reactions_are_acknowledged(films: Catalogue) -> None:
    heat = found(films, "Heat")
    known = facts(films, e.Reacted(heat.id, "dislike"), turn=6, cards=shown(list(films.items[:5])))
    text = compose(a.Recommend(acknowledged=(heat.id,), unknown=("Paw Patrol",)), known).text
    assert text.startswith("Dropped Heat. I don't have “Paw Patrol” here, so I went by the words. Five films")


def test_a_question_is_always_skippable(shop: Catalogue) -> None:
    reply = compose(a.AskFacet("price", ("under 40 USD", "over 40 USD")), facts(shop, turn=2))
    assert reply.text == "How much would you like to spend?"
    assert [c.label for c in reply.chips] == ["Under 40 USD", "Over 40 USD", "No preference", "Just show me"]


def test_chips_critique_the_list(shop: Catalogue) -> None:
    pool = tuple(i.id for i in shop.items)
    reply = compose(a.Recommend(), facts(shop, cards=shown(list(shop.items[:5])), candidates=pool))
    assert reply.chips[0].label == "Cheaper"
    assert reply.chips[-1].text == "something else"
    cheaper = facts(shop, e.DirectionSet("price", False), cards=shown(list(shop.items[:5])), candidates=pool)
    assert "Cheaper" not in [c.label for c in compose(a.Recommend(), cheaper).chips]


def test_an_undo_says_what_it_took_back(films: Catalogue) -> None:
    heat = found(films, "Heat")
    steps = (e.Reacted(heat.id, "dislike"), e.StepBegan(2), e.Undone())
    assert compose(a.Confirm("undo"), facts(films, *steps)).text == "Undone: not liking Heat."


def test_a_wording_that_fails_the_check_gives_way_and_is_flagged(
    films: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = facts(films, cards=shown([found(films, "Heat")]))
    assert checked("Heat stars Brad Pitt.", a.Recommend(), known) == (PLAIN["Recommend"], False)
    assert checked("Heat stars Al Pacino.", a.Recommend(), known) == ("Heat stars Al Pacino.", True)
    monkeypatch.setitem(composing._WORDING, a.Recommend, lambda action, facts: "Try Inception.")
    reply = compose(a.Recommend(), known)
    assert (reply.text, reply.grounded) == (PLAIN["Recommend"], False)


def test_why_tells_the_true_line_and_what_counts_most(films: Catalogue) -> None:
    heat = found(films, "Heat")
    line = reason(replace(shown([heat])[0], why="Crime, as Pat asked."), Labels(films))
    text = compose(a.Explain((heat.id,)), facts(films, why={heat.id: (line,)})).text
    assert text.startswith("Heat: Crime, as Pat asked.")
    assert text.endswith("What counts most is how close it is to your words, then the properties you named.")


def test_many_refused_items_are_one_line_that_can_be_taken_back(films: Catalogue) -> None:
    refused = [e.Reacted(item.id, "dislike") for item in films.items[:3]]
    few, many = facts(films, *refused[:2]).state, facts(films, *refused).state
    assert len(beliefs(few, Labels(films))) == 2
    (line,) = beliefs(many, Labels(films))
    assert (line.label, line.polarity) == ("three films refused", -1)
    gone, skipped = events_for_removal(line.key, many)
    assert ({x.item for x in gone if isinstance(x, e.ReactionRemoved)}, skipped) == ({x.item for x in refused}, ())


def test_belief_labels(films: Catalogue, shop: Catalogue) -> None:
    heat = found(films, "Heat")
    state = facts(
        films,
        e.ConstraintAdded("person", "Robert De Niro", -1, True),
        e.ConstraintAdded("year", (1990.0, 1999.0), 1, True),
        e.DirectionSet("runtime", False, 170.0),
        e.Reacted(heat.id, "reference"),
        e.Reacted(films.items[0].id, "click"),
    ).state
    assert [b.label for b in beliefs(state, Labels(films))] == [
        "1990–1999",
        "shorter than 170 min",
        "like Heat",
        "no Robert De Niro",
    ]  # what is wanted first
    leaning = facts(films, e.ConstraintAdded("genre", "horror", -1, False)).state
    assert [b.label for b in beliefs(leaning, Labels(films))] == ["less horror"]
    goods = facts(shop, e.ConstraintAdded("size", "XL", 1, True), e.ConstraintAdded("price", (30.0, 50.0), 1, True))
    assert [b.label for b in beliefs(goods.state, Labels(shop))] == ["size XL", "$30–$50"]


def test_templates_are_calm_and_every_variant_takes_the_same_facts() -> None:
    for key, variants in TEMPLATES.items():
        for variant in variants:
            assert "!" not in variant, key
            assert "sorry" not in variant.lower(), key


def test_a_range_taken_back_by_words_is_named(films: Catalogue) -> None:
    gone = facts(films, e.ConstraintRemoved("year", (1990.0, 1999.0)), said="forget the 90s")
    reply = compose(a.Confirm("removed"), gone)
    assert (reply.text, reply.grounded) == ("Removed: 1990–1999.", True)


def test_prose_is_cut_at_sixty_words_and_tables_are_not() -> None:
    sentence = "One two three four five six seven eight nine ten. "
    assert capped(sentence.strip()) == sentence.strip()
    assert capped((sentence * 6).strip()) == (sentence * 6).strip()
    assert capped((sentence * 7).strip()) == (sentence * 6).strip() + " …"
    lines = "\n".join(["A line of words that has no end to it at all"] * 9)
    assert capped(lines).count("\n") == 4
    assert len(capped(lines).split()) <= 61
    grid = "\n".join(
        ["| a | b |", "|---|---|", *["| one two three four five | six seven eight nine ten |"] * 9, "Both: x."]
    )
    assert capped(grid) == grid
    assert capped("word " * 90).split() == ["word"] * 90, "one sentence is not cut in two"


@pytest.mark.parametrize("tone", ["plain", "warm", "formal"])
@pytest.mark.parametrize("length", ["short", "normal"])
def test_every_tone_and_length_is_grounded_short_and_calm(tone: Tone, length: Length, shop: Catalogue) -> None:
    labels = Labels(shop, phrasebook(Voice(tone, length)))
    for seed in range(3):
        for action, known in situations(shop, seed):
            reply = compose(action, replace(known, labels=labels))
            assert reply.grounded, (action, reply.text)
            assert "!" not in reply.text
            assert "{" not in reply.text
            prose = [line for line in reply.text.splitlines() if not line.startswith("|")]
            assert len(" ".join(prose).split()) <= MOST_WORDS + 1, reply.text


def test_tones_differ_and_take_the_facts_that_the_plain_one_takes() -> None:
    for variants in (*TONED.values(), SHORT):
        for key, texts in variants.items():
            known = {name for text in TEMPLATES[key] for name in re.findall(r"\{(\w+)\}", text)}
            for text in texts:
                assert "!" not in text, key
                assert set(re.findall(r"\{(\w+)\}", text)) <= known | {"noun", "nouns"}, (key, text)
    for tone in ("warm", "formal"):
        assert phrasebook(Voice(tone)).templates["greet"] != TEMPLATES["greet"]
        assert phrasebook(Voice(tone, "short")).templates["greet"] == SHORT["greet"]
    contracted = [t for texts in TONED["formal"].values() for t in texts if re.search("n['’]t|['’](re|s|ll|m)\\b", t)]
    assert contracted == []


def test_a_returning_visitor_is_greeted_with_what_they_liked(films: Catalogue) -> None:
    heat = found(films, "Heat")
    first = compose(a.Chat("greet"), facts(films, liked_before=(heat.id,)))
    assert first.grounded
    assert "Heat" in first.text
    assert "Heat" not in compose(a.Chat("greet"), facts(films, turn=2, liked_before=(heat.id,))).text
    assert "Heat" not in compose(a.Chat("greet"), facts(films)).text
