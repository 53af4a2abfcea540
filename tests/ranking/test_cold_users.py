"""People who are held out are in no fit, what they tell is not to be found, and peers are told no more than they."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.cold_users import (
    LEAST,
    PARTS,
    TOLD,
    ColdUsersError,
    answers,
    chosen_by,
    cold_split,
    part_named,
    part_of,
    peer_lists,
)
from ranking.peers import PEERS, Known, Material, Peer
from ranking.table import Doubles, log_table
from tests.ranking.cases import Row, tea, teas

ITEMS = [f"t{n:02}" for n in range(40)]
CATALOGUE = teas([tea(item) for item in ITEMS])


def log(people: int = 60) -> list[Row]:
    """Everybody likes a different number of teas, the first ones more often."""
    rng = np.random.default_rng(0)
    return [
        Row(f"u{n}", f"t{tea:02}", "like", None, 1.0 + tea)
        for n in range(people)
        for tea in sorted(set((rng.random(4 + n % 30) ** 2 * 40).astype(int)))
    ]


@given(st.integers(0, 50))
def test_nobody_who_is_asked_is_in_the_fit(seed: int) -> None:
    rows = log()
    test, validation = cold_split(rows, ITEMS, seed, "test"), cold_split(rows, ITEMS, seed, "validation")
    asked = {one.user for one in test.newcomers}
    assert asked
    assert not asked & {row.user for row in test.rows}
    assert not asked & {row.user for row in validation.rows}
    assert not {one.user for one in validation.newcomers} & ({row.user for row in validation.rows} | asked)
    for one in test.newcomers:
        liked = {row.item for row in rows if row.user == one.user}
        assert set(one.may_tell) | set(one.wanted) == liked
        assert not set(one.may_tell) & set(one.wanted)
        assert LEAST // 2 <= len(one.may_tell) == min(max(TOLD), len(liked) // 2)


def test_parts_are_about_a_fifth_and_change_with_the_seed() -> None:
    users = [f"user {n}" for n in range(1000)]
    counts = np.bincount([part_of(user, 1) for user in users], minlength=PARTS)
    assert counts.min() > 150
    assert [part_of(user, 1) for user in users] != [part_of(user, 2) for user in users]
    assert part_named("validation") == "validation"
    with pytest.raises(ColdUsersError, match="'all'"):
        part_named("all")


def test_a_peer_hears_what_is_told_and_does_not_repeat_it() -> None:
    split = cold_split(log(), ITEMS, 1, "test")
    heard: list[Known] = []

    def scorer(known: Known) -> Doubles:
        heard.append(known)
        return -np.arange(40.0)

    lists = answers(scorer, split, 3, CATALOGUE)
    assert len(lists) == len(split.telling(3)) == len(heard)
    for known, ids, number in zip(heard, lists, split.telling(3), strict=True):
        told = split.newcomers[number].may_tell[:3]
        assert [ITEMS[row] for row in known.liked] == list(told)
        assert ids[:37] == [item for item in ITEMS if item not in told]


def test_settings_are_chosen_for_each_number_told() -> None:
    """A peer that is right only with one setting is given that."""
    split = cold_split(log(), ITEMS, 1, "validation")
    material = Material(log_table(split.rows, ITEMS), np.zeros((40, 2), dtype=np.float32), np.eye(40, dtype=np.float32))
    peer = Peer(
        "sign", [{"sign": -1.0}, {"sign": 1.0}], lambda m, sign: lambda _: sign * m.table.per_item(m.table.values)
    )
    chosen = chosen_by(peer, split, material, CATALOGUE)
    assert chosen == {told: {"sign": 1.0} for told in TOLD}
    lists = peer_lists(peer, chosen, split, material, CATALOGUE)
    assert {told: len(one.ranked) for told, one in lists.items()} == {told: len(split.telling(told)) for told in TOLD}
    assert split.audience(split.telling(10), CATALOGUE, material.vectors, 10).known == [10] * len(split.telling(10))


def test_every_peer_answers_somebody_who_says_nothing() -> None:
    split = cold_split(log(), ITEMS, 1, "test")
    vectors = np.eye(40, dtype=np.float32)
    material = Material(log_table(split.rows, ITEMS), vectors, vectors)
    for peer in PEERS:
        scores = peer.fit(material, **peer.grid[0])(Known(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)))
        assert scores.shape == (40,)
        assert np.isfinite(scores).all()


def test_a_log_without_likes_is_refused() -> None:
    with pytest.raises(ColdUsersError, match="nobody"):
        cold_split([Row("ann", "t01"), Row("bob", "t02")], ITEMS, 1, "test")
