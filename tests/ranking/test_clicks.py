"""Position bias on synthetic logs where who looks where, and what is relevant, are known."""

from __future__ import annotations

import numpy as np
import pytest

from ranking.clicks import ShownList, examination, fit_clicks, gains, judged_by_clicks, rewarded, shown_lists
from ranking.interactions import Interaction, impressions
from ranking.offpolicy import LoggedPlace, logged_places
from ranking.request import RankedItem, RankedList

NAMES = ("good", "fair", "loud")
TRUE = np.array([2.0, 1.0, 0.0])  # what relevance goes by: not at all by what is loud
LOGGING = np.array([0.0, 0.3, 1.0])  # what the ranker in use goes by
LOOKED_AT = np.array([1.0, 0.6, 0.35, 0.2, 0.12])
SHARES = TRUE / TRUE.sum()


def log(seed: int, lists: int = 6_000) -> list[ShownList]:
    rng = np.random.default_rng(seed)
    table = rng.random((lists, 12, 3)).round(4)
    noisy = table @ LOGGING + 0.3 * rng.random((lists, 12))
    order = np.argsort(-noisy, axis=1)[:, : len(LOOKED_AT)]
    shown = np.take_along_axis(table, order[:, :, None], axis=1)
    relevance = 1 / (1 + np.exp(-(3 * (shown @ TRUE) - 6.5)))
    clicks = rng.random(relevance.shape) < relevance * LOOKED_AT
    return [
        ShownList(
            tuple(dict(zip(NAMES, row.tolist(), strict=True)) for row in shown[n]),
            None,
            clicks[n].astype(float),
            tuple(map(str, order[n])),
            f"u{n % 500}",
        )
        for n in range(lists)
    ]


@pytest.fixture(scope="module")
def lists() -> list[ShownList]:
    return log(1)


def shares(weights: dict[str, float]) -> np.ndarray:
    return np.array([weights[name] for name in NAMES])


def test_who_looks_where_is_found(lists: list[ShownList]) -> None:
    assert examination(lists, NAMES) == pytest.approx(LOOKED_AT, abs=0.06)


def test_where_all_look_alike_nothing_is_corrected() -> None:
    even = [
        ShownList(
            one.features, None, np.array([1.0, 0, 0, 0, 0])[np.random.default_rng(n).permutation(5)], one.ids, "u"
        )
        for n, one in enumerate(log(2, 2_000))
    ]
    assert examination(even, NAMES).min() > 0.8


def test_naive_learning_is_biased_and_the_correction_finds_the_truth(lists: list[ShownList]) -> None:
    looked_at = examination(lists, NAMES)
    naive = shares(fit_clicks(lists, NAMES, None, 1e-4))
    fair = shares(fit_clicks(lists, NAMES, looked_at, 1e-4))
    assert naive[2] > 0.2  # it believes in what only the old ranker believed in
    assert np.abs(naive - SHARES).sum() > 0.4
    assert fair == pytest.approx(SHARES, abs=0.06)


def test_corrected_judgement_prefers_the_truth_over_the_order_that_was_shown(lists: list[ShownList]) -> None:
    looked_at = examination(lists, NAMES)
    fresh = log(3, 2_000)
    judged = {
        name: [judged_by_clicks(fresh, theta, lambda one, w=w: one.table(NAMES) @ w) for w in (TRUE, LOGGING)]
        for name, theta in (("fair", looked_at), ("naive", np.ones(5)))
    }
    assert judged["fair"][0] > judged["fair"][1] + 0.05
    assert judged["naive"][0] - judged["naive"][1] < judged["fair"][0] - judged["fair"][1]


def test_a_click_counts_by_how_rarely_it_can_happen() -> None:
    one = ShownList(({}, {}, {}), None, np.array([1.0, 0.0, 0.2]), ("a", "b", "c"), "u")
    assert gains(one, None).tolist() == [1.0, 0.0, 0.2]
    assert gains(one, np.array([1.0, 0.5, 0.25])).tolist() == [1.0, 0.0, pytest.approx(0.8)]
    assert gains(one, np.array([1.0, 0.001])).tolist() == [1.0, 0.0, pytest.approx(2.0)]  # clipped; no third position


def test_lists_are_read_from_the_log() -> None:
    def ranked(*items: str) -> RankedList:
        places = [RankedItem(item, 0.5, {}, features={"good": n / 2}) for n, item in enumerate(items)]
        return RankedList(tuple(places), "r", reacted=3)

    bare = Interaction(
        "ann", "z", "impression", None, 0, {"position": 1, "list": "o", "ranker": "r", "propensity": 1.0}
    )
    rows = [bare, *impressions("ann", ranked("a", "b"), "l1", 1), Interaction("ann", "b", "like", None, 2)]
    rows += impressions("ann", ranked("c"), "l2", 3)
    (one,) = shown_lists(logged_places(rows))
    assert (one.ids, one.rewards.tolist(), one.reacted, one.user) == (("a", "b"), [0.0, 1.0], 3, "ann")
    assert one.table(["good", "other"]).tolist() == [[0.0, 0.0], [0.5, 0.0]]
    assert rewarded([one]) == 1
    assert shown_lists([LoggedPlace("l", 1, "a", 1.0, 0.0)]) == []
