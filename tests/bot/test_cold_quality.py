"""Newcomers tell of what they loved through the reader, and are counted beside peers that hear the same titles."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from bot.cold_quality import LEFT_OUT, PLAIN, POPULARITY, WISHED, Peers, compared, levels_of
from bot.simulation.newcomer_talk import converse, joined
from bot.wiring import scratch_assistant, with_behaviour
from ranking.behaviour import Behaviour
from ranking.cold_users import cold_split
from ranking.evaluate import OURS
from ranking.figures import DEPTH, as_json
from ranking.peers import PEERS
from retrieval.catalogue.item import Catalogue
from tests.ranking.cases import Row


@pytest.fixture(scope="module")
def rows(shop: Catalogue) -> list[Row]:
    """People who like what comes in one colour."""
    r = random.Random(1)
    of = [[item.id for item in shop.items if color in item.values("color")] for color in ("black", "red", "green")]
    return [
        Row(f"u{n}", item, "like", None, 1.0 + place)
        for n in range(30)
        for place, item in enumerate(r.sample(of[n % 3], 14))
    ]


def test_what_is_told_is_heard_and_never_listed_again(shop: Catalogue, rows: list[Row], tmp_path: Path) -> None:
    ids = [item.id for item in shop.items]
    split, choosing = cold_split(rows, ids, 1, "test"), cold_split(rows, ids, 1, "validation")
    base = scratch_assistant(shop, tmp_path)
    assistant = with_behaviour(base, Behaviour.fit(split.rows, ids), DEPTH)
    heard = converse(assistant, assistant.stages.picker, split, lambda _: None)
    assert heard.titles == sum(max(n for n in (1, 3, 5, 8, 10, 0) if n <= len(one.may_tell)) for one in split.newcomers)
    assert len(heard.missed) <= heard.titles / 10
    for number, newcomer in enumerate(split.newcomers):
        assert len(heard.lists[3][number]) == DEPTH
        told = set(newcomer.may_tell[:3]) - {line.partition(":")[0] for line in heard.missed}
        assert not set(heard.lists[3][number]) & told
    assert heard.lists[3] == heard.plain[3]  # the same picker twice
    assert any(wish is not None and wish.facet == "color" for wish in heard.wishes)

    vectors = np.asarray(base.stages.picker.retriever.index.vectors, dtype=np.float32)
    peers = Peers(shop, vectors, np.eye(len(ids), dtype=np.float32))
    found = compared(heard, peers, choosing, split, lambda _: None)
    names = {peer.name for peer in PEERS} - LEFT_OUT
    assert {figure.name for figure in found[3]} == names | {OURS, PLAIN}
    assert [figure.name for figure in found[0]] == [OURS, PLAIN, POPULARITY]
    assert [figure.name for figure in found["wish"]] == [OURS, PLAIN, POPULARITY, WISHED]
    assert set(found) == {0, 1, 3, 5, "wish"}  # nobody has ten to tell
    assert as_json(found[3])[0]["means"]["recall@10"] > 0.1  # of 190, eleven
    assert [level.least for level in levels_of(found)] == [1.1, 2.0, 1.0]


def test_titles_are_joined_as_people_do() -> None:
    assert joined(["A"]) == "A"
    assert joined(["A", "B"]) == "A and B"
    assert joined(["A", "B", "C"]) == "A, B and C"
