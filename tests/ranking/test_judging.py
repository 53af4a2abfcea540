"""Another ranker judged from a log that a real ranker with chance made, where the truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ranking.explore import Exploring
from ranking.fusion import FusionWeights, Ranker
from ranking.interactions import Interaction, InteractionStore, impressions
from ranking.judging import FEWEST, UnsupportedError, explorable, greedy, judged, preferred
from ranking.offpolicy import LoggedPlace
from ranking.storage import open_database
from tests.ranking.cases import request
from tests.ranking.test_fusion import Given

N, LISTS, PEOPLE, SHARE = 9, 800, 200, 0.5
NAMES = ("liked", "loud")
UNKNOWN = frozenset(f"t{n:03}" for n in range(4, N))


def ranker(values: np.ndarray, liked: float, loud: float) -> Ranker:
    """Over candidates whose (N, 2) `values` are what two signals say of them."""
    signals = [Given(name, "S", {f"t{n:03}": float(values[n, m]) for n in range(N)}) for m, name in enumerate(NAMES)]
    return Ranker(signals, FusionWeights({}, {"liked": liked, "loud": loud}), None)


def wanted(features: object) -> float:
    """The truth: people want what the signal `liked` speaks for, and nothing else."""
    return 0.05 + 0.6 * float(features["liked"])  # type: ignore[index]


def log(seed: int, share: float = SHARE, lists: int = LISTS) -> list[Interaction]:
    """Lists by a ranker that goes by the signal nobody cares for."""
    rng, rows = np.random.default_rng(seed), []
    for n in range(lists):
        shown = ranker(rng.random((N, 2)), 0.0, 1.0).rank(
            request(N, k=3, exploring=Exploring(share, float(rng.random()), UNKNOWN))
        )
        user = f"u{n % PEOPLE}"
        rows += impressions(user, shown, f"list{n}", float(n))
        for place in shown.items:
            if rng.random() < wanted(place.features):
                rows.append(Interaction(user, place.id, "like", None, n + 0.5))
    return rows


OTHER = ranker(np.zeros((N, 2)), 1.0, 0.0)


def truth(places: list[LoggedPlace], choose: object) -> float:
    picks = [next(r for r in place.rivals if r.id == choose(place)) for place in places]  # type: ignore[operator]
    return float(np.mean([wanted(pick.features) for pick in picks]))


def test_a_better_ranker_is_recognised_by_yesterdays_log(tmp_path: Path) -> None:
    store = InteractionStore(open_database(f"sqlite:///{tmp_path / 'log.sqlite3'}"))
    store.append(log(5))
    places = explorable(store.since())
    store.close()
    assert len(places) == LISTS
    was, other = judged("in use", places, greedy), judged("other", places, preferred(OTHER))
    best, used = truth(places, preferred(OTHER)), truth(places, greedy)
    assert best > used + 0.15
    for figure, true in ((was, used), (other, best)):
        assert figure.ips.low < true < figure.ips.high
        assert figure.snips.low < true < figure.snips.high
        assert figure.ips.covered == pytest.approx(1, abs=0.35)
    assert other.gain.low > 0
    assert other.gain.low < best - used < other.gain.high
    assert other.ips.effective < was.ips.effective


def test_what_is_in_use_gains_nothing_over_itself() -> None:
    gain = judged("in use", explorable(log(2, lists=FEWEST)), greedy).gain
    assert (gain.low, gain.value, gain.high) == (0, 0, 0)


@pytest.mark.parametrize(("share", "lists"), [(0.0, FEWEST), (0.3, FEWEST - 1)])
def test_a_log_without_chance_is_refused(share: float, lists: int) -> None:
    with pytest.raises(UnsupportedError, match="certainty") as refused:
        explorable(log(3, share, lists))
    assert "CHATALOGUE_EXPLORE" in refused.value.hint


def test_what_was_logged_gives_the_scores_that_were_used() -> None:
    values = np.random.default_rng(4).random((N, 2))
    by = ranker(values, 0.3, 0.7)
    shown = by.rank(request(N, k=4, exploring=Exploring(0.2, 0.9, UNKNOWN)))
    again = by.scores([place.features for place in shown.items], shown.reacted)
    assert again.tolist() == pytest.approx([place.score for place in shown.items])


def test_cold_weights_are_those_of_the_moment() -> None:
    weights = FusionWeights({}, {"liked": 1.0, "loud": 0.0}, cold={"liked": 0.0, "loud": 1.0}, credible=2.0)
    by = Ranker([Given(name, "S", {}) for name in NAMES], weights, None)
    features = [{"liked": 1.0, "loud": 0.0}, {"liked": 0.0, "loud": 1.0}]
    assert by.scores(features, 0).tolist() == [0.0, 1.0]
    assert by.scores(features, 2).tolist() == [0.5, 0.5]
    assert by.scores(features, None).tolist() == [1.0, 0.0]
