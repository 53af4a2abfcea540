"""Accuracy by groups: whose lists are worse, which items are found less."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ranking.figures import Audience, Lists, figures_of
from ranking.groups import LEAST, by_items, by_people, group_lines, groups_json
from tests.ranking.cases import tea, teas

GREEN, BLACK = [f"g{n}" for n in range(20)], [f"b{n}" for n in range(20)]
CASES = 3 * LEAST
AUDIENCE = Audience(
    relevant=[[GREEN[n % 20], BLACK[n % 20]] for n in range(CASES)],
    groups=[f"u{n}" for n in range(CASES)],
    known=list(range(CASES)),
    people={},
    everyone=CASES,
    catalogue=teas([*(tea(i, kind="green") for i in GREEN), *(tea(i, kind="black", maker="m") for i in BLACK)]),
    vectors=np.eye(40, dtype=np.float32),
)
#: Finds the green one of everybody who did much, and never a black one.
ONE_SIDED = figures_of(Lists("ours", [[GREEN[n % 20 if n >= LEAST else n % 20 - 1]] for n in range(CASES)]), AUDIENCE)


def test_people_are_grouped_by_what_they_did() -> None:
    least, middle, most = by_people(ONE_SIDED, AUDIENCE)
    assert (least.people, middle.people, most.people) == (LEAST, LEAST, LEAST)
    assert least.mean == 0
    assert middle.mean == most.mean > 0.5


def test_items_are_grouped_by_category_alone() -> None:
    found = {group.value: group for group in by_items(ONE_SIDED, AUDIENCE)}
    assert set(found) == {"green", "black"}  # makers are names
    assert found["black"].found == found["black"].shown == 0
    assert found["green"].found == pytest.approx(2 / 3)
    assert found["green"].shown == 1.0
    assert found["green"].wanted == CASES


def test_groups_are_told() -> None:
    people, items = group_lines([ONE_SIDED], AUDIENCE)
    assert "gap 0.6" in people
    assert items.strip() == "recall@10 by kind, least and most: black 0.000, green 0.667"
    assert json.loads(json.dumps(groups_json(ONE_SIDED, AUDIENCE)))["people"][0]["mean"] == 0
