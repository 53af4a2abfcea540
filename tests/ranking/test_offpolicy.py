"""Off-policy estimates on synthetic logs where the truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ranking.interactions import PAGE, Interaction
from ranking.offpolicy import LARGEST, LoggedPlace, ips, logged_places, snips

ITEMS, DEPTH, LISTS = 6, 3, 4_000
EXAMINED = np.array([1.0, 0.6, 0.35])  # how likely each position is looked at
APPEAL = np.array([0.5, 0.4, 0.3, 0.2, 0.1, 0.05])


def chances(temperature: float, order: np.ndarray) -> np.ndarray:
    """(DEPTH, ITEMS): with which probability each item stands at each position; independent positions."""
    worth = np.exp(-np.argsort(order)[None, :] / temperature - 0.3 * np.arange(DEPTH)[:, None] * np.arange(ITEMS))
    return worth / worth.sum(axis=1, keepdims=True)


OLD = chances(4.0, np.arange(ITEMS)[::-1])  # prefers what nobody wants
NEW = chances(1.0, np.arange(ITEMS))
TRUTH = float((NEW * EXAMINED[:, None] * APPEAL).sum())


def log(seed: int, lists: int = LISTS) -> list[LoggedPlace]:
    rng = np.random.default_rng(seed)
    items = np.array([rng.choice(ITEMS, size=lists, p=OLD[k]) for k in range(DEPTH)])
    clicks = rng.random((DEPTH, lists)) < EXAMINED[:, None] * APPEAL[items]
    return [
        LoggedPlace(f"l{n}", k + 1, str(items[k, n]), float(OLD[k, items[k, n]]), float(clicks[k, n]))
        for n in range(lists)
        for k in range(DEPTH)
    ]


def new(place: LoggedPlace) -> float:
    return float(NEW[place.position - 1, int(place.item)])


@pytest.mark.parametrize("estimator", [ips, snips])
def test_the_truth_is_found_where_the_plain_mean_is_far_off(estimator: object) -> None:
    places = log(1)
    estimate = estimator(places, new)  # type: ignore[operator]
    plain = sum(p.reward for p in places) / LISTS
    assert plain < 0.75 * TRUTH
    assert estimate.value == pytest.approx(TRUTH, rel=0.05)
    assert estimate.low < TRUTH < estimate.high
    assert estimate.covered == pytest.approx(1.0, abs=0.05)
    assert 0 < estimate.effective < len(places)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = [(e := snips(log(seed, 400), new, seed)).low <= TRUTH <= e.high for seed in range(20)]
    assert sum(held) >= 16


def test_self_normalised_is_the_less_noisy() -> None:
    pairs = [(ips(log(s, 100), new).value, snips(log(s, 100), new).value) for s in range(15)]
    plain, normal = np.std(np.array(pairs), axis=0)
    assert normal < plain


def test_the_old_ranker_is_judged_by_what_it_earned() -> None:
    places = log(2)
    estimate = ips(places, lambda p: p.propensity)
    assert estimate.value == pytest.approx(sum(p.reward for p in places) / LISTS)
    assert estimate.effective == pytest.approx(len(places))


def test_what_was_never_shown_is_not_known() -> None:
    places = [replace(p, propensity=1.0, item="0") for p in log(3, 50)]
    assert ips(places, lambda p: 0.0).covered == 0.0
    assert snips(places, lambda p: 0.0).value == 0.0


def test_large_weights_are_clipped_and_counted() -> None:
    places = [LoggedPlace("a", 1, "x", 0.001, 1.0), LoggedPlace("b", 1, "y", 1.0, 0.0)]
    estimate = ips(places, lambda p: 1.0)
    assert (estimate.value, estimate.clipped) == (LARGEST / 2, 1)


def test_no_log_no_estimate() -> None:
    with pytest.raises(ValueError, match="shows nothing"):
        ips([], new)


def test_a_reaction_belongs_to_the_latest_impression() -> None:
    def shown(name: str, at: float) -> Interaction:
        where = {"list": name, "position": 1, "ranker": "r", "propensity": 0.5}
        return Interaction("ann", "x", "impression", None, at, where)

    rows = [
        Interaction("ann", "x", "like", None, 0.5),
        shown("a", 1),
        shown("b", 2),
        Interaction("bob", "x", "like", None, 3),
        Interaction("ann", "x", "click", None, 4),
        Interaction("ann", "x", "accept", None, 5),
    ]
    assert [(p.list_id, p.reward) for p in logged_places(rows)] == [("a", 0.0), ("b", 1.0)]


def test_what_a_page_shows_in_a_list_of_its_own_judges_no_ranker() -> None:
    where = {"position": 1, "list": "page:home", "ranker": PAGE, "propensity": 1.0}
    rows = [Interaction("ann", "x", "impression", None, 1, where), Interaction("ann", "x", "like", None, 2)]
    assert logged_places(rows) == []
