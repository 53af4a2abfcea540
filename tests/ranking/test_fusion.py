"""Laws of fusion and diversity, and the signals one by one."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.behaviour import Behaviour, NoBehaviour
from ranking.diversify import diversified
from ranking.fusion import FusionWeights, Ranker, WeightsError, default_weights, load_weights, normalised
from ranking.metrics import intra_list_distance
from ranking.request import Direction, FacetWish, Floats, RankingRequest, Session
from ranking.signals import (
    AvoidedFacets,
    DirectionMatch,
    DislikedDistance,
    Group,
    LikedSimilarity,
    Popularity,
    WantedFacets,
    built_in_signals,
)
from tests.ranking.cases import CAMPS, request, tea, teas, two_camps, unit


@dataclass
class Given:
    """A signal that says what it was told, by item id."""

    name: str
    group: Group
    values: dict[str, float]

    def score(self, request: RankingRequest, /) -> Floats:
        return np.array([self.values[item.id] for item in request.items], dtype=np.float32)

    def evidence(self, request: RankingRequest, position: int, /) -> str | None:
        return f"{self.name} of {request.items[position].id}"


number = st.one_of(st.just(math.nan), st.floats(-1, 1, width=32))
tables = st.integers(1, 8).flatmap(lambda n: st.lists(st.lists(number, min_size=3, max_size=3), min_size=n, max_size=n))
WEIGHTS = FusionWeights({"S": 0.5, "B": 0.3, "C": 0.2}, {"one": 1.0, "two": 0.5, "three": 1.0})


def ranker(table: list[list[float]], groups: tuple[Group, Group, Group] = ("S", "S", "B")) -> Ranker:
    names = ("one", "two", "three")
    signals = [
        Given(name, group, {f"t{row:03}": values[column] for row, values in enumerate(table)})
        for column, (name, group) in enumerate(zip(names, groups, strict=True))
    ]
    return Ranker(signals, WEIGHTS, None)


@given(tables)
def test_scores_are_shares_that_add_up(table: list[list[float]]) -> None:
    places = ranker(table).rank(request(len(table))).items
    assert len(places) == len(table)
    for place in places:
        assert 0 <= place.score <= 1
        assert math.fsum(place.contributions.values()) == pytest.approx(place.score, abs=1e-6)
        assert set(place.evidence) <= set(place.contributions)
    assert [place.score for place in places] == sorted((place.score for place in places), reverse=True)


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(table: list[list[float]], rng: random.Random) -> None:
    asked = request(len(table))
    rows = list(range(len(table)))
    rng.shuffle(rows)
    other = replace(asked, items=tuple(asked.items[n] for n in rows), vectors=asked.vectors[rows])
    assert ranker(table).rank(asked) == ranker(table).rank(other)


values = st.floats(-1, 1, width=32)


@given(tables, st.lists(values, min_size=3, max_size=3), st.integers(0, 2), st.data())
def test_a_dominated_candidate_never_stands_above(
    table: list[list[float]], high: list[float], column: int, data: st.DataObject
) -> None:
    low = [data.draw(st.floats(-2, value, width=32)) for value in high]
    low[column] = data.draw(st.floats(-2, high[column], width=32, exclude_max=True))
    table = [low, *table, high]  # by id alone the dominated one would come first
    order = [place.id for place in ranker(table).rank(request(len(table))).items]
    assert order.index(f"t{len(table) - 1:03}") < order.index("t000")


def test_ties_by_id() -> None:
    assert [p.id for p in ranker([[0.5] * 3] * 4).rank(request(4)).items] == ["t000", "t001", "t002", "t003"]
    assert {p.score for p in ranker([[0.5] * 3] * 4).rank(request(4)).items} == {0.5}


def test_a_silent_signal_leaves_its_weight_to_its_group() -> None:
    nan = math.nan
    loud = ranker([[1.0, nan, 0.0], [0.0, nan, 1.0]]).rank(request(2)).items[0]
    assert loud.contributions == pytest.approx({"one": 0.625})  # all of S, of S and B
    alone = ranker([[nan, nan, 0.2], [nan, nan, 0.9]]).rank(request(2)).items[0]
    assert (alone.id, alone.score) == ("t001", 1.0)


def test_a_candidate_that_a_signal_does_not_know_is_typical() -> None:
    values = np.array([0.0, 0.1, 0.2, 1.0, np.nan], dtype=np.float32)
    assert normalised(values)[4] == pytest.approx(0.15)
    places = ranker([[float(v), 0.0, 0.0] for v in values]).rank(request(5)).items
    assert [p.id for p in places] == ["t003", "t002", "t004", "t001", "t000"]
    assert "one" not in next(p for p in places if p.id == "t004").evidence


def test_evidence_only_where_a_signal_speaks_in_favour() -> None:
    places = {p.id: p for p in ranker([[0.9, 0.1, 0.5], [0.1, 0.9, 0.5], [0.5, 0.5, 0.5]]).rank(request(3)).items}
    assert set(places["t000"].evidence) == {"one", "three"}
    assert set(places["t001"].evidence) == {"two", "three"}


def test_nothing_to_go_by_still_answers() -> None:
    asked = replace(request(3), k=2)
    places = Ranker(built_in_signals(NoBehaviour()), load_weights()).rank(asked).items
    assert [(p.score, dict(p.contributions)) for p in places] == [(0.0, {}), (0.0, {})]
    assert places[0].id == "t000"
    assert Ranker(built_in_signals(NoBehaviour()), load_weights()).rank(request(0)).items == ()


def test_groups_share_as_stated_when_all_speak() -> None:
    asked = request(
        [tea("b0", kind="black", year=2000), tea("g0", kind="green", year=2010)],
        similarity=np.array([0.1, 0.9], dtype=np.float32),
        liked_vectors=unit([[1, 0, 0, 0]]),
        disliked_vectors=unit([[0, 1, 0, 0]]),
        vectors=unit([[0, 1, 0, 0], [1, 0, 0, 0]]),
        session=Session(liked=("g1",), disliked=("b1",)),
        wishes=(FacetWish("kind", "green", 1), FacetWish("kind", "black", -1)),
        directions=(Direction("year", True, 2005),),
        text="green tea",  # words said keep the weights as stated, however little is known
    )
    rows = two_camps() + [row for row in two_camps(13)[-6:] if row.item == "g0"]
    behaviour = Behaviour.fit(rows, CAMPS)
    ranked = Ranker(built_in_signals(behaviour), load_weights(prior=True), None).rank(asked)
    best = ranked.items[0]
    assert best.id == "g0"
    groups = {signal.name: signal.group for signal in built_in_signals(behaviour)}
    sums = {g: sum(v for n, v in best.contributions.items() if groups[n] == g) for g in "SBC"}
    assert sums["S"] == pytest.approx(0.5)
    assert sums["C"] == pytest.approx(0.2)
    assert ranked.propensities == (1.0, 1.0)


# -- weights


def test_weights_are_read_and_versioned(tmp_path: Path) -> None:
    prior = load_weights(prior=True)
    assert dict(prior.groups) == {"S": 0.5, "B": 0.3, "C": 0.2}
    signals = built_in_signals(NoBehaviour(), teas([]))
    assert {s.name for s in signals} == set(prior.signals) == set(load_weights().signals)
    other = FusionWeights({**prior.groups, "C": 0.3}, prior.signals, prior.relevance)
    assert other.version != prior.version
    assert prior.version == load_weights(prior=True).version
    assert prior.version.startswith("prior-")


def test_the_prior_is_for_a_catalogue_that_nobody_used() -> None:
    assert default_weights(NoBehaviour().fitted) == load_weights(prior=True)
    assert default_weights(Behaviour.fit(two_camps(), CAMPS).fitted) == load_weights()


@pytest.mark.parametrize(
    "content",
    [
        "groups = 3",
        "[groups]\nS = -1\n[signals]\n",
        "[groups]\nS = 0\n[signals]\n",
        "[groups]\nS = nan\n[signals]\n",
        "[groups]\nS = 'much'\n[signals]\n",
        "[groups]\nS = 1\n[signals]\n[diversity]\nrelevance = 2",
        "not toml",
    ],
)
def test_bad_weights_are_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "weights.toml"
    file.write_text(content)
    with pytest.raises(WeightsError):
        load_weights(file)


def test_a_signal_without_a_weight_is_refused() -> None:
    with pytest.raises(WeightsError, match="odd"):
        Ranker([Given("odd", "S", {})], WEIGHTS)


# -- diversity


@given(st.integers(1, 30), st.integers(1, 8), st.floats(0, 1))
def test_mmr_keeps_the_first_and_invents_nothing(n: int, k: int, relevance: float) -> None:
    rng = np.random.default_rng(n)
    scores = np.sort(rng.random(n).astype(np.float32))[::-1]
    chosen = diversified(range(n), scores, unit(rng.normal(size=(n, 4))), k, relevance)
    assert chosen[0] == 0
    assert len(set(chosen)) == len(chosen) == min(n, k)
    assert diversified(range(n), scores, unit(rng.normal(size=(n, 4))), k, 1.0) == list(range(min(n, k)))


def test_mmr_spreads_near_duplicates() -> None:
    vectors = unit([[1, 0, 0], [1, 0.01, 0], [1, 0, 0.01], [0, 1, 0], [0, 0, 1]])
    scores = np.array([0.9, 0.89, 0.88, 0.8, 0.79], dtype=np.float32)
    plain = diversified(range(5), scores, vectors, 3, 1.0)
    spread = diversified(range(5), scores, vectors, 3, 0.7)
    assert plain == [0, 1, 2]
    assert spread == [0, 3, 4]
    assert intra_list_distance(vectors[spread]) > intra_list_distance(vectors[plain])


# -- signals


def test_similarity_to_liked_and_distance_from_disliked() -> None:
    asked = request(
        [tea("a"), tea("b")],
        vectors=unit([[1, 0], [0, 1]]),
        liked_vectors=unit([[1, 0], [1, 1]]),
        disliked_vectors=unit([[0, 1]]),
        session=Session(liked=("x", "y")),
    )
    liked = LikedSimilarity().score(asked)
    assert liked[0] == pytest.approx((1 + (1 + 0.5**0.5) / 2) / 2)
    assert LikedSimilarity().evidence(asked, 0) == "x"
    assert LikedSimilarity().evidence(asked, 1) == "y"
    np.testing.assert_allclose(DislikedDistance().score(asked), [1, 0], atol=1e-6)


def test_the_vectors_may_be_those_of_the_latest_likes() -> None:
    asked = request([tea("a")], vectors=unit([[1, 0]]), liked_vectors=unit([[0, 1], [1, 0]]))
    assert LikedSimilarity().evidence(replace(asked, session=Session(liked=("w", "x", "y"))), 0) == "y"
    assert LikedSimilarity().evidence(replace(asked, session=Session(liked=("y",))), 0) is None


def test_wishes_weigh_and_unknown_abstains() -> None:
    items = [tea("a", kind="Green", price=5), tea("b", kind="black", price=50), tea("c"), tea("d", kind="black")]
    wishes = (FacetWish("kind", "green", 0.5), FacetWish("price", (None, 10.0), 1.0), FacetWish("kind", "black", -1.0))
    asked = request(items, wishes=wishes)
    np.testing.assert_allclose(WantedFacets().score(asked), [1, 0, np.nan, 0])
    np.testing.assert_allclose(AvoidedFacets().score(asked), [1, 0, np.nan, 0])
    assert WantedFacets().evidence(asked, 0) == "kind=green; price=(None, 10.0)"
    assert WantedFacets().evidence(asked, 1) is None
    assert np.isnan(WantedFacets().score(request(items))).all()


@given(st.lists(st.integers(1900, 2030), min_size=2, max_size=9), st.integers(1900, 2030), st.booleans())
def test_beyond_the_number_always_beats_not_beyond(years: list[int], than: int, more: bool) -> None:
    items = [tea(f"t{n}", year=year) for n, year in enumerate(years)] + [tea("unknown")]
    scores = DirectionMatch().score(request(items, directions=(Direction("year", more, float(than)),)))
    assert math.isnan(scores[-1])
    for a, left in enumerate(years):
        for b, right in enumerate(years):
            if (left > right) == more and left != right:
                assert scores[a] > scores[b]
        assert (scores[a] > 0.5) == (left > than if more else left < than)


def test_popularity_speaks_only_of_the_popular() -> None:
    behaviour = Behaviour.fit(two_camps(), CAMPS)
    asked = request([tea("b0"), tea("new")])
    assert Popularity(behaviour).evidence(asked, 0) == "1.00"
    assert Popularity(behaviour).evidence(asked, 1) is None


def test_a_dislike_changes_the_next_list_at_once() -> None:
    from ranking.online import Reaction, apply

    behaviour = Behaviour.fit(two_camps(), CAMPS)
    ranker = Ranker(built_in_signals(behaviour), load_weights(), None)
    vectors = {"b": [1.0, 0.1], "g": [0.1, 1.0]}
    ids = [i for i in CAMPS[:12] if i not in ("b0", "g0")]
    asked = request([tea(i) for i in ids], vectors=unit([vectors[i[0]] for i in ids]))

    def top(session: Session) -> list[str]:
        liked, disliked = ([vectors[i[0]] for i in names] for names in (session.liked, session.disliked))
        given = {"liked_vectors": unit(liked)} if liked else {}
        given |= {"disliked_vectors": unit(disliked)} if disliked else {}
        return [p.id[0] for p in ranker.rank(replace(asked, session=session, **given)).items[:5]]

    session = apply(Session(), Reaction("b0", "like"))
    assert top(session) == ["b"] * 5
    session = apply(session, Reaction("b0", "dislike"))
    assert top(session) == ["g"] * 5


def test_what_was_passed_over_comes_last_whatever_its_score() -> None:
    table = [[value, value, value] for value in (0.9, 0.8, 0.2, 0.1)]
    best = [item.id for item in ranker(table).rank(request(4, k=2)).items]
    assert best == ["t000", "t001"]
    late = frozenset(best)
    assert [item.id for item in ranker(table).rank(request(4, k=2, passed_over=late)).items] == ["t002", "t003"]
    filled = ranker(table).rank(request(4, k=3, passed_over=late)).items
    assert [item.id for item in filled] == ["t002", "t003", "t000"]
    assert all(sum(item.contributions.values()) == pytest.approx(item.score, abs=1e-6) for item in filled)


def test_weights_move_from_cold_to_warm_with_what_is_known() -> None:
    weights = FusionWeights({"S": 0.5, "B": 0.3}, {"one": 1.0, "two": 0.2}, cold={"B": 0.7, "two": 1.0}, credible=2.0)
    assert weights.after(0).groups == {"S": 0.5, "B": 0.7}
    assert weights.after(2).signals == {"one": 1.0, "two": pytest.approx(0.6)}
    assert weights.after(1_000_000).groups["B"] == pytest.approx(0.3, abs=1e-5)
    assert FusionWeights(weights.groups, weights.signals).after(0).groups == weights.groups
    assert weights.version != FusionWeights(weights.groups, weights.signals).version


def test_a_newcomers_list_goes_by_the_cold_weights_unless_a_need_was_said() -> None:
    signals = [Given("one", "S", {"t000": 1.0, "t001": 0.0}), Given("two", "B", {"t000": 0.0, "t001": 1.0})]
    weights = FusionWeights({"S": 0.6, "B": 0.4}, {"one": 1.0, "two": 1.0}, cold={"S": 0.1, "B": 0.9}, credible=1.0)
    cold = Ranker(signals, weights, None)
    assert [r.id for r in cold.rank(request(2)).items] == ["t001", "t000"]
    assert [r.id for r in cold.rank(request(2, text="a need")).items] == ["t000", "t001"]
    known = Session(liked=("x", "y", "z", "u", "v"))
    assert [r.id for r in cold.rank(request(2, session=known)).items] == ["t000", "t001"]
