"""What reviews say: tone in range and shrunk, words found, silence where there are none, whatever the order."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.facts import Places
from ranking.request import RankingRequest
from ranking.reviews import opinions, review_signals
from retrieval.catalogue.item import Review
from tests.ranking.cases import request, tea, teas

ITEMS = [tea(f"t{n}", kind="green") for n in range(5)]
PLACES = Places([item.id for item in ITEMS])
REVIEWS = (
    *(Review("t0", "Wonderful on cold mornings.", 5.0) for _ in range(4)),
    Review("t1", "Awful, bitter and stale."),
    Review("t2", "I love it, a great tea for the evening."),
    Review("t3", "Comes in a tin of forty grams."),
)
CATALOGUE = replace(teas(ITEMS), reviews=REVIEWS)
OPINION, WORDS = review_signals(CATALOGUE)
RATED = st.lists(st.tuples(st.sampled_from(["t0", "t1", "t2"]), st.floats(0, 5)), min_size=1, max_size=12)


def asked(text: str = "") -> RankingRequest:
    return replace(request(ITEMS), text=text)


@given(RATED, st.randoms(use_true_random=False))
def test_tone_is_in_range_and_unknown_without_reviews(rated: list[tuple[str, float]], rng: random.Random) -> None:
    reviews = [Review(item, "", stars) for item, stars in rated]
    mean = opinions(reviews, PLACES).mean
    known = mean[~np.isnan(mean)]
    assert ((known >= -1) & (known <= 1)).all()
    assert {PLACES.row[item] for item, _ in rated} == set(np.flatnonzero(~np.isnan(mean)))
    rng.shuffle(reviews)
    np.testing.assert_allclose(opinions(reviews, PLACES).mean, mean, rtol=1e-6)


@given(RATED, st.floats(1, 4), st.floats(0.5, 1))
def test_more_stars_make_more_of_an_item(rated: list[tuple[str, float]], stars: float, more: float) -> None:
    others = [Review(item, "", given) for item, given in rated]

    def tone(given: float) -> float:
        return float(opinions([*others, Review("t4", "", given)], PLACES).mean[4])

    assert tone(stars + more) > tone(stars)


def test_one_good_review_says_less_than_many() -> None:
    reviews = [Review("t0", "", 5.0)] + [Review("t1", "", 5.0)] * 8 + [Review("t2", "", 1.0)] * 4
    mean = opinions(reviews, PLACES).mean
    assert mean[1] > mean[0] > mean[2]


def test_words_of_praise_and_blame_speak_where_there_are_no_stars() -> None:
    scores = OPINION.score(asked())
    assert scores[2] > scores[1]
    assert np.isnan(scores[3:]).all()  # "comes in a tin" is neither, and t4 has no review


def test_a_reason_is_given_only_by_several_reviews_that_are_mostly_good() -> None:
    assert [OPINION.evidence(asked(), n) for n in range(5)] == ["4 of 4", None, None, None, None]


def test_a_need_is_found_in_reviews() -> None:
    scores = WORDS.score(asked("something for a cold morning"))
    assert scores[0] > scores[1] == 0
    assert np.isnan(scores[4])
    assert np.isnan(WORDS.score(asked("an umbrella"))).all()
    assert np.isnan(WORDS.score(asked())).all()


@pytest.mark.parametrize("text", ["cold", ""])
def test_without_reviews_both_are_silent(text: str) -> None:
    for signal in review_signals(teas(ITEMS)):
        assert np.isnan(signal.score(asked(text))).all()
        assert signal.evidence(asked(text), 0) is None
