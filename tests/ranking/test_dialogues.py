"""Turns of dialogues as lists: what was named is the session, no fold helps itself, recall is counted by target."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ranking.dialogue_levels import CONTEXTS, recall_on_dialogues, render
from ranking.dialogues import (
    FOLDS,
    Bench,
    DialogueReader,
    DialoguesError,
    Read,
    Turn,
    context_scores,
    load_turns,
    with_feature,
)
from ranking.learning import Example
from ranking.request import FacetWish, Session
from retrieval.embedder import HashingEmbedder
from tests.ranking.cases import Row, tea, teas

BLACK, GREEN = (
    ["Assam Gold", "Keemun Mao", "Ceylon Star", "Nilgiri Dawn"],
    ["Sencha Kyo", "Gyokuro Hill", "Longjing", "Matcha Sky"],
)
ITEMS = [tea(name, kind="black" if name in BLACK else "green", year=2000 + n) for n, name in enumerate(BLACK + GREEN)]
CATALOGUE = teas(ITEMS)
EMBEDDER = HashingEmbedder()
VECTORS = EMBEDDER.encode([f"{item.title} {item.values('kind')[0]}" for item in ITEMS])
LOG = [
    Row(f"d{n}", name, "like", None, 1e9 + 1e5 * n + place)
    for n in range(12)
    for place, name in enumerate((BLACK, GREEN)[n % 2][n % 3 : n % 3 + 2])
]


def turns(count: int = 30) -> list[Turn]:
    """Who names a black tea is recommended the next black one; so with green."""
    made = []
    for n in range(count):
        camp = (BLACK, GREEN)[n % 2]
        said = (("user", f"I like {camp[n % 3]} and want something {('black', 'green')[n % 2]}"),)
        made.append(Turn(f"{n}/1", said, (camp[n % 3 + 1],)))
    return made


def test_a_turn_is_read_by_linking() -> None:
    (read,) = DialogueReader(CATALOGUE, EMBEDDER).read([turns()[1]])
    assert read.session.liked == read.session.seen == ("Gyokuro Hill",)
    assert read.wishes == (FacetWish("kind", "green", 1.0),)
    assert "Gyokuro" not in read.text
    assert "something green" in read.text
    bench = Bench(CATALOGUE, VECTORS)
    request = bench.request(read)
    assert [item.id for item in request.items] == [item.id for item in ITEMS if item.id != "Gyokuro Hill"]
    assert request.vectors.shape == (7, EMBEDDER.dimension)


def test_contexts_speak_for_what_followed_them() -> None:
    near, far = np.array([1.0, 0.0], dtype=np.float32), np.array([0.0, 1.0], dtype=np.float32)
    past = [
        Read(Turn("1/1", (), ("x",)), Session(), (), "", near),
        Read(Turn("2/1", (), ("y",)), Session(), (), "", far),
    ]
    asked = [Read(Turn("3/1", (), ("x",)), Session(), (), "", np.array([0.8, 0.6], dtype=np.float32))]
    np.testing.assert_allclose(context_scores(asked, past, ["x", "y", "z"]), [[0.8**3, 0.6**3, 0.0]], rtol=1e-5)


def test_a_feature_is_put_on_the_common_scale() -> None:
    one = Example(np.ones((2, 1), dtype=np.float32), np.array([True, False]), ("b", "a"), "g")
    more = with_feature(one, np.array([5.0, 9.0, 7.0], dtype=np.float32), {"a": 0, "b": 1, "c": 2})
    assert more.features.tolist() == [[1.0, 1.0], [1.0, 0.0]]


def test_all_turns_of_a_dialogue_are_in_one_fold() -> None:
    assert Turn("7/1", (), ()).fold == Turn("7/9", (), ()).fold
    assert {Turn(f"{n}/1", (), ()).fold for n in range(99)} == set(range(FOLDS))


def test_recall_is_cross_validated_and_counts_targets() -> None:
    figures = recall_on_dialogues(Bench(CATALOGUE, VECTORS), LOG, turns(), EMBEDDER, lambda _: None)
    assert (figures.turns, figures.targets) == (30, 30)
    ours = figures.rankers[0]
    assert ours.name == "learned"
    assert len(ours.folds) == FOLDS
    assert ours.recall[1].value <= ours.recall[5].value <= ours.recall[10].value == 1.0  # seven compete
    assert ours.recall[1].value > 0.5
    assert CONTEXTS in figures.weights
    assert "learned" in render(figures)


def test_a_folder_is_read_or_refused(tmp_path: Path) -> None:
    said = {"id": "1/1", "turns": [{"role": "user", "text": "hi"}], "k": 5}
    (tmp_path / "valid.in.jsonl").write_text(json.dumps(said) + "\n")
    (tmp_path / "valid.gold.jsonl").write_text(json.dumps({"id": "1/1", "targets": ["x"]}) + "\n")
    assert load_turns(tmp_path) == [Turn("1/1", (("user", "hi"),), ("x",))]
    (tmp_path / "valid.gold.jsonl").write_text(json.dumps({"id": "other", "targets": ["x"]}) + "\n")
    with pytest.raises(DialoguesError, match="1/1"):
        load_turns(tmp_path)
    with pytest.raises(DialoguesError):
        load_turns(tmp_path / "nowhere")
