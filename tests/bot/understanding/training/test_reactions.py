"""Reactions to titles that stand only in earlier turns: what the scenes contain, and what is labelled."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from bot.understanding.prompt import FacetView
from bot.understanding.reading import Intent
from bot.understanding.training import lists
from bot.understanding.training.draft import DoesNotFit, Draft, Scene
from bot.understanding.training.generate import Sample, _slots, generate
from bot.understanding.training.reaction_scenarios import ANSWERS, FILE, FILES, SCENES, reaction
from bot.understanding.training.recall import recall
from bot.understanding.training.schema import Meaning, Mention, Schema, genre_meanings
from bot.understanding.training.stage import Stage
from retrieval.catalogue.schema import FacetKind

SCHEMA = Schema(
    "films",
    "film",
    (FacetView("genre", FacetKind.CATEGORY, ("comedy",)), FacetView("person", FacetKind.ENTITY)),
    {"genre": "genre", "person": "person"},
    {("genre", "comedy"): "comedy"},
)


@pytest.fixture(scope="module")
def films() -> list[Sample]:
    return [s for p in islice(generate(7, domain="films"), 60) for s in p.samples]


@pytest.mark.parametrize("kind", list(ANSWERS))
def test_every_scene_names_its_titles_and_no_screen_shows_them(kind: str) -> None:
    for seed in range(150):
        scene = recall(random.Random(seed), "train", kind)
        assert len(scene.titles) == (2 if kind == "two" else 1)
        assert all(any(title in turn for turn in scene.turns) for title in (*scene.shows, scene.person))
        assert not scene.shown
        assert len(scene.turns) <= 3
        assert not any(c in turn for turn in scene.turns for c in "{}|")
        assert all(scene.turns)


def test_some_titles_stand_before_the_last_turn_only() -> None:
    scenes = [recall(random.Random(seed), "train", "earlier") for seed in range(100)]
    assert sum(s.shows[0] not in s.turns[-1] for s in scenes) > 90


@pytest.mark.parametrize("intent", list(SCENES))
def test_every_phrasing_fits_some_scene(intent: str) -> None:
    fits = 0
    for seed in range(400):
        try:
            turn = reaction(Stage(random.Random(seed), "train", "films"), intent)
        except DoesNotFit:
            continue
        fits += 1
        assert turn.clauses
        assert not any("{" in c for c in turn.clauses)
    assert fits > 390


def test_a_third_of_the_film_messages_touch_titles_of_the_context_only(films: list[Sample]) -> None:
    def points_back(s: Sample) -> bool:
        said = s.message.message.lower()
        return not s.message.shown and any(x.slot == "item" and x.value.lower() not in said for x in s.slots)

    assert sum(map(points_back, films)) / len(films) > 0.28
    feedback = [s for s in films if s.intent is Intent.FEEDBACK]
    assert sum(map(points_back, feedback)) / len(feedback) > 0.5


def test_a_person_of_the_turns_is_labelled_and_not_invented() -> None:
    scene = Scene("recall", [("Heat", 1995)], shows=["Heat"], turns=["Heat, with Al Pacino"], person="Al Pacino")
    draft = Draft(random.Random(1), "train", "films", scene)
    draft.write("{it0}{per+}all of his movies are good")
    assert [(s.slot, s.value, s.polarity) for s in _slots(SCHEMA, draft, "") or ()] == [
        ("item", "Heat", 0),
        ("person", "Al Pacino", 1),
    ]
    with pytest.raises(DoesNotFit):
        Draft(random.Random(1), "train", "films").write("{per+}all of his movies")


@pytest.mark.parametrize(
    ("concept", "slot"), [("genre", "about"), ("mood", "about"), ("keyword", "about"), ("color", "color")]
)
def test_unlisted_topics_are_needs_and_unlisted_colors_are_colors(concept: str, slot: str) -> None:
    schema = Schema("films", "film", (FacetView(concept, FacetKind.CATEGORY),), {concept: concept}, {})
    mention = Mention((Meaning(concept, ("teal",)),), -1)
    assert [(s.slot, s.value) for s in schema.slots(mention, "teal")] == [(slot, "teal")]


def test_a_word_beside_a_genre_is_a_need() -> None:
    draft = Draft(random.Random(1), "train", "films")
    text = draft.write("{say+:dark} {gen+:comedy}")
    found = _slots(SCHEMA, draft, text) or ()
    assert [(s.slot, s.value) for s in found] == [("about", "dark"), ("genre", "comedy")]
    with pytest.raises(KeyError):
        genre_meanings("mockumentary")


def test_small_talk_and_remarks_carry_no_slot() -> None:
    for section in ("other", "side"):
        assert not any("{" in p for p in lists._phrasings(FILE)[section])


def test_every_section_that_answers_exists() -> None:
    for section, _ in (pair for pairs in ANSWERS.values() for pair in pairs):
        assert lists._phrasings(FILES.get(section, FILE))[section]
