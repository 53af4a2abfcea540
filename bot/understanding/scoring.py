"""How well readings agree with labels: intent accuracy, slot precision, recall and F1, exact match, intervals.

Slots are matched greedily in the labels' order, each reading's slot once. When two values count as equal depends on the
slot's kind, because people and readers write names in more ways than categories (`Matcher.equal`). A ratio without
anything to divide by is 0, as in the judge whose figures these must reproduce.

Knows labels and the catalogue's schema; knows no reader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from bot.understanding.labels import Label
from bot.understanding.reading import Intent
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking import NumberStyle, number_style

NAMES_ALIKE = 0.85  #: edit similarity from which two names are one
PART_OF_NAME = 0.6  #: share of a name's characters that a part of it must have
NEEDS_ALIKE = 0.5  #: F1 of words from which two needs are one
YEARS, SHARE = 1.0, 0.1  #: how far an end of a range may be off: in years, as a share of any other number
RESAMPLES, SEED = 2000, 20
_FILLERS = frozenset(re.findall(r"\w+", "a an the of in with and or to for something movie movies film films"))

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tally:
    """Slots that match, slots labelled, slots read; ratios in [0, 1], higher is better."""

    hits: int = 0
    labelled: int = 0
    read: int = 0

    @property
    def precision(self) -> float:
        return self.hits / self.read if self.read else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.labelled if self.labelled else 0.0

    @property
    def f1(self) -> float:
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.hits + other.hits, self.labelled + other.labelled, self.read + other.read)


@dataclass(frozen=True, slots=True)
class Pair:
    """What a message is labelled with and how it was read; intent None: not read at all."""

    intent: Intent
    slots: tuple[Label, ...]
    read_intent: Intent | None
    read_slots: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures over one file. Intervals are 95% bootstrap intervals over messages, the same every time.

    `confusions`: (labelled, read) intents that differ, most frequent first.
    """

    messages: int
    intent_accuracy: float
    intent_interval: Interval
    exact: float
    exact_each: tuple[bool, ...]  #: of every message, in order
    slots: Tally
    without_about: Tally
    without_about_interval: Interval
    ignoring_polarity: Tally
    per_slot: Mapping[str, Tally]
    confusions: tuple[tuple[tuple[Intent, Intent | None], int], ...]


class Matcher:
    """When a slot read counts as the slot labelled, in one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        facets = catalogue.schema.facets
        self._kinds = {f.name: f.kind for f in facets}
        self._years = {
            f.name for f in facets if f.kind is FacetKind.NUMBER and number_style(catalogue, f) is NumberStyle.YEAR
        }

    def hits(self, labelled: Sequence[Label], read: Sequence[Label], *, polarity: bool = True) -> tuple[Label, ...]:
        """The labels that the reading states; `polarity` False: whatever the stance."""
        left, found = list(read), []
        for label in labelled:
            for candidate in left:
                if (not polarity or label.polarity == candidate.polarity) and self.equal(label, candidate):
                    left.remove(candidate)
                    found.append(label)
                    break
        return tuple(found)

    def equal(self, label: Label, read: Label) -> bool:
        """Whether both are of one slot and their values count as the same; stance is not looked at."""
        if label.slot != read.slot:
            return False
        kind = self._kinds.get(label.slot)
        if kind is FacetKind.NUMBER:
            return self._ranges_equal(label, read)
        wanted, got = _plain(label.value), _plain(read.value)
        if not wanted or not got:
            return False
        if label.slot == "about":
            a, b = _words(wanted), _words(got)
            return bool(a and b) and 2 * len(a & b) / (len(a) + len(b)) >= NEEDS_ALIKE
        if kind is FacetKind.CATEGORY:
            return _words(wanted) == _words(got)
        return _names_equal(wanted, got)

    def _ranges_equal(self, label: Label, read: Label) -> bool:
        if isinstance(label.value, str) or isinstance(read.value, str):
            return False
        for wanted, got in zip(label.value, read.value, strict=True):
            if wanted is None or got is None:
                if wanted is not got:
                    return False
            elif abs(wanted - got) > (YEARS if label.slot in self._years else SHARE * abs(wanted)):
                return False
        return True


def score(pairs: Sequence[Pair], matcher: Matcher) -> Scores:
    """The figures over `pairs`, which are at least one."""
    right = np.array([p.intent == p.read_intent for p in pairs])
    whole = [_tally(p, matcher) for p in pairs]
    bare = [_tally(_without_about(p), matcher) for p in pairs]
    exact = [ok and t.hits == t.labelled == t.read for ok, t in zip(right, whole, strict=True)]
    confusions = Counter((p.intent, p.read_intent) for p in pairs if p.intent != p.read_intent)
    intervals = _intervals(right, np.array([(t.hits, t.labelled, t.read) for t in bare]))
    return Scores(
        messages=len(pairs),
        intent_accuracy=float(right.mean()),
        intent_interval=intervals[0],
        exact=sum(exact) / len(pairs),
        exact_each=tuple(bool(e) for e in exact),
        slots=_sum(whole),
        without_about=_sum(bare),
        without_about_interval=intervals[1],
        ignoring_polarity=_sum(_tally(p, matcher, polarity=False) for p in pairs),
        per_slot=_per_slot(pairs, matcher),
        confusions=tuple(sorted(confusions.items(), key=lambda c: (-c[1], str(c[0])))),
    )


def _tally(pair: Pair, matcher: Matcher, *, polarity: bool = True) -> Tally:
    hits = matcher.hits(pair.slots, pair.read_slots, polarity=polarity)
    return Tally(len(hits), len(pair.slots), len(pair.read_slots))


def _without_about(pair: Pair) -> Pair:
    labelled, read = (tuple(s for s in slots if s.slot != "about") for slots in (pair.slots, pair.read_slots))
    return Pair(pair.intent, labelled, pair.read_intent, read)


def _per_slot(pairs: Iterable[Pair], matcher: Matcher) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for pair in pairs:
        counted = (
            *((label.slot, Tally(hits=1)) for label in matcher.hits(pair.slots, pair.read_slots)),
            *((label.slot, Tally(labelled=1)) for label in pair.slots),
            *((label.slot, Tally(read=1)) for label in pair.read_slots),
        )
        for slot, tally in counted:
            found[slot] = found.get(slot, Tally()) + tally
    return dict(sorted(found.items()))


def _sum(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


def _intervals(right: NDArray[np.bool_], counts: NDArray[np.int64]) -> tuple[Interval, Interval]:
    """95% percentile bootstrap (Efron 1979) of the accuracy and of F1; `counts`: (n, 3) hits, labelled, read."""
    chance, n = np.random.default_rng(SEED), len(right)
    accuracy, f1 = np.empty(RESAMPLES), np.empty(RESAMPLES)
    for i in range(RESAMPLES):
        drawn = chance.integers(0, n, n)
        hits, labelled, read = counts[drawn].sum(axis=0)
        accuracy[i] = right[drawn].mean()
        f1[i] = 2 * hits / (labelled + read) if labelled + read else 0.0
    return _middle(accuracy), _middle(f1)


def _middle(figures: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(figures, [2.5, 97.5])
    return float(low), float(high)


def _names_equal(wanted: str, got: str) -> bool:
    if wanted == got or SequenceMatcher(None, wanted, got).ratio() >= NAMES_ALIKE:
        return True
    short, long = sorted((wanted, got), key=len)
    return short in long and len(short) >= PART_OF_NAME * len(long)


def _plain(value: object) -> str:
    """Lower case without a year in brackets, punctuation or a leading article."""
    text = re.sub(r"[^\w\s]", " ", re.sub(r"\(\d{4}\)", "", str(value).lower()))
    return re.sub(r"^(?:the|a|an)\s+", "", " ".join(text.split()))


def _words(plain: str) -> set[str]:
    return {_stem(word) for word in plain.split()} - _FILLERS


def _stem(word: str) -> str:
    return re.sub(r"(?:ies|es|s)$", lambda found: "y" if found[0] == "ies" else "", word)
