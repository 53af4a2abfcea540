"""Reviews of a catalogue: read, reported where they cannot be, no part of what an index is keyed by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retrieval.catalogue.item import Catalogue, Review
from retrieval.catalogue.loader import load_catalogue
from retrieval.errors import CatalogueError

DECLARATION = """name = "teas"
item = "tea"
items = "teas.csv"
reviews = "reviews.jsonl"
[columns]
id = "id"
title = "title"
"""


def loaded(folder: Path, *rows: object) -> Catalogue:
    (folder / "catalogue.toml").write_text(DECLARATION, encoding="utf-8")
    (folder / "teas.csv").write_text("id,title\nt1,Sencha\nt2,Masala\n", encoding="utf-8")
    (folder / "reviews.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return load_catalogue(folder)


def test_reviews_have_a_text_stars_or_both(tmp_path: Path) -> None:
    rows = ({"item": "t1", "text": "Grassy.", "stars": 4}, {"item": "t2", "text": "Hot"}, {"item": "t2", "stars": "2"})
    teas = loaded(tmp_path, *({"text": "", **row} for row in rows))
    assert teas.reviews == (Review("t1", "Grassy.", 4.0), Review("t2", "Hot"), Review("t2", "", 2.0))
    assert teas.problems == ()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"item": "", "text": "x"}, "no text"),
        ({"item": "t1", "text": "x", "stars": 6}, "6 stars are not between 0 and 5"),
        ({"item": "t1", "text": "x", "stars": "many"}, "'many' is no number of stars"),
        ({"item": "t1", "text": ""}, "neither a text nor stars"),
        ({"item": "t9", "text": "x"}, "1 rows name items that are not in the catalogue, the first is 't9'"),
    ],
)
def test_what_cannot_be_used_is_reported_and_the_rest_is_served(tmp_path: Path, row: object, reason: str) -> None:
    teas = loaded(tmp_path, {"item": "t1", "text": "Grassy."}, row)
    assert teas.reviews == (Review("t1", "Grassy."),)
    [problem] = teas.problems
    assert (problem.path, problem.line) == ("reviews.jsonl", 2)
    assert reason in problem.reason


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="has no column 'item'"):
        loaded(tmp_path, {"product": "t1", "text": "Grassy."})


def test_a_new_review_is_no_other_catalogue(tmp_path: Path) -> None:
    before = loaded(tmp_path, {"item": "t1", "text": "Grassy."})
    after = loaded(tmp_path, {"item": "t1", "text": "Dull."})
    assert before.fingerprint == after.fingerprint
    assert before.reviews != after.reviews
