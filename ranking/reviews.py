"""What reviews make of items, and what they speak of: two signals of a catalogue that has reviews. Knows no weights.

How well a review speaks is told by its stars; where there are none by VADER (Hutto & Gilbert 2014, "A parsimonious
rule-based model for sentiment analysis of social media text"), an English lexicon with rules, whose words are loaded
only then. A text in which it knows no word of praise or blame tells nothing. Needs are compared with the
words of reviews by BM25, since reviewers say of use what descriptions leave out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from ranking.facts import Places
from ranking.request import Floats, Group, RankingRequest, silent
from ranking.table import Doubles
from retrieval.catalogue.item import Catalogue, Review
from retrieval.lexical import LexicalIndex

MIDDLE = 3.0  #: stars that neither praise nor blame
PRIOR = 5.0  #: reviews of the usual tone added to each item's
TOLD = 3  #: reviews from which on their share may be told
PRAISE = 0.75  #: the share of good ones from which on it is a reason


class Sentiment(Protocol):
    """How well a text speaks."""

    def polarity_scores(self, text: str, /) -> dict[str, float]:
        """`compound` in [-1, 1], and the shares `pos`, `neu`, `neg`."""


@dataclass(frozen=True)
class Opinions:
    """(n,) each: the Bayesian mean of what reviews make of an item, in [-1, 1], NaN without a review that tells; how
    many tell, and how many of these are good."""

    mean: Floats
    told: Doubles
    good: Doubles


@dataclass(frozen=True)
class ReviewOpinion:
    """How well reviews speak of the item, in [-1, 1]. Evidence, where most are good: "good of told"."""

    places: Places
    opinions: Opinions
    name: str = "reviews"
    group: Group = "C"

    def score(self, request: RankingRequest, /) -> Floats:
        return np.append(self.opinions.mean, np.float32(np.nan))[self.places(request.ids)]

    def evidence(self, request: RankingRequest, position: int, /) -> str | None:
        row = self.places.row.get(request.items[position].id)
        if row is None:
            return None
        told, good = self.opinions.told[row], self.opinions.good[row]
        return f"{good:.0f} of {told:.0f}" if told >= TOLD and good / told >= PRAISE else None


@dataclass(frozen=True)
class ReviewWords:
    """BM25 of the item's reviews for the need in words, ≥ 0; NaN without reviews, and where no review has a word."""

    places: Places
    index: LexicalIndex
    reviewed: Doubles  #: (n,) 0 where there are reviews, NaN elsewhere
    name: str = "review_words"
    group: Group = "S"

    def score(self, request: RankingRequest, /) -> Floats:
        found = self.index.search(request.text, len(self.reviewed)) if request.text.strip() else []
        if not found:
            return silent(request)
        everywhere = np.append(self.reviewed, np.nan)
        for item, score in found:
            everywhere[self.places.row[item]] = score
        return everywhere[self.places(request.ids)].astype(np.float32)

    def evidence(self, _request: RankingRequest, _position: int, /) -> str | None:
        return None


def review_signals(catalogue: Catalogue) -> tuple[ReviewOpinion, ReviewWords]:
    """Both, silent in a catalogue without reviews."""
    places = Places([item.id for item in catalogue.items])
    texts: dict[str, list[str]] = {}
    for review in catalogue.reviews:
        texts.setdefault(review.item, []).append(review.text)
    spoken = [replace(item, title="", facets={}, text="\n".join(texts.get(item.id, ()))) for item in catalogue.items]
    reviewed = np.array([0.0 if item.id in texts else np.nan for item in catalogue.items])
    return (
        ReviewOpinion(places, opinions(catalogue.reviews, places)),
        ReviewWords(places, LexicalIndex.build(spoken), reviewed),
    )


def opinions(reviews: Sequence[Review], places: Places) -> Opinions:
    """Of the items in `places`: (Σ tone + PRIOR · usual tone) / (reviews + PRIOR)."""
    read, known = _Reader(), [review for review in reviews if review.item in places.row]
    tones = [(places.row[review.item], tone) for review in known if (tone := read.tone(review)) is not None]
    rows, values = np.array([row for row, _ in tones], dtype=np.int64), np.array([tone for _, tone in tones])
    n = len(places.row)
    told = np.bincount(rows, minlength=n).astype(np.float64)
    sums = np.bincount(rows, weights=values, minlength=n)
    usual = float(values.mean()) if len(values) else 0.0
    mean = np.where(told > 0, (sums + PRIOR * usual) / (told + PRIOR), np.nan)
    good = np.bincount(rows[values > 0], minlength=n).astype(np.float64)
    return Opinions(mean.astype(np.float32), told, good)


@dataclass
class _Reader:
    """Reads the tone of reviews; loads the lexicon at the first that has no stars."""

    lexicon: Sentiment | None = field(default=None)

    def tone(self, review: Review) -> float | None:
        """In [-1, 1], below 0 is blame; None where nothing tells."""
        if review.stars is not None:
            return max(-1.0, min(1.0, (review.stars - MIDDLE) / 2))
        if self.lexicon is None:
            from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

            self.lexicon = SentimentIntensityAnalyzer()
        scores = self.lexicon.polarity_scores(review.text)
        return scores["compound"] if scores["pos"] or scores["neg"] else None
