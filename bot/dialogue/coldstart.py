"""Which one question to a newcomer is worth asking: the facet whose answer narrows the candidates most.

Criterion: expected information gain (Quinlan, "Induction of decision trees", Machine Learning 1, 1986), as used to
elicit a newcomer's taste by Rashid, Karypis and Riedl, "Learning preferences of new users in recommender systems",
SIGKDD Explorations 10, 2008. With w(i) a candidate's share of popularity, the wanted item is i with probability w(i)
and is described by each of its n(i) answers with probability 1/n(i). An answer a leaves the items that have it, of
mass m(a), so it is worth -log2 m(a) bits, and a facet is worth

    gain = sum over offered a, over items i with a, of w(i) / n(i) · -log2 m(a)     [bits, >= 0]

The gain counts as far as the kind of question is answered at all (`ANSWERS`: people know the genre they feel like
better than the decade), and as far as the answer tells what somebody likes (`telling.py`, against the facet that tells
most): where a film was made splits the candidates well and separates hardly anybody's taste. Only the few answers that
can be offered count; an item without an answer on offer contributes nothing, and so open lists of names lose to short
lists of values by themselves.

When to stop: below a list a question costs no turn, and is put while it is worth `LEAST_GAIN`. Alone it takes the place
of a list of k items, and is put only if the list after the answer is likelier to hold the wanted item than two lists
without it (the value of information one step ahead: Howard, "Information value theory", IEEE Transactions on Systems
Science and Cybernetics 2, 1966), where an answer a comes with probability r, readiness (`ANSWERS`), and best(k, x) is
the sum of the k largest of x:

    r · sum over offered a of best(k, w(i) / n(i) of items with a)  +  (1 - r) · best(k, w)   >   best(2k, w)

So nothing is asked where two lists show all there is, or where a question offers two answers only.
Knows items and popularity; knows no words of the question.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bot.dialogue.actions import AskFacet
from bot.dialogue.state import DialogueState
from bot.dialogue.telling import Doubles, Shares, variance_between
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import Facet, FacetKind
from retrieval.linking.styles import NumberStyle, number_style

#: how readily a newcomer answers a question of each kind: a stated assumption, to be learned from answers later
ANSWERS = {FacetKind.CATEGORY: 1.0, FacetKind.ENTITY: 0.6, FacetKind.NUMBER: 0.25}
MOST_OPTIONS = 6
LEAST_GAIN = 0.3  #: bits; a question that is worth less is not asked
POPULAR = 300  #: so many candidates, the most popular, decide
BINS = 4
ROUNDING = 1e-9
LISTED = 5  #: items of a list that a question alone takes the place of


def best_question(
    catalogue: Catalogue,
    candidates: Iterable[str],
    asked: Iterable[str] = (),
    weights: Mapping[str, float] | None = None,
    telling: Mapping[str, float] | None = None,
) -> AskFacet | None:
    """The question worth most bits among facets not `asked`; None when none is worth `LEAST_GAIN`.

    `candidates` are item ids; `weights` their popularity (>= 0, any scale; missing: 0, all missing: uniform); `telling`
    what share of taste each facet explains (see `facets_telling`; None or all 0: all alike). Options are catalogue
    values, most frequent first, or words for ranges of numbers, ascending; at most `MOST_OPTIONS`.
    """
    items, mass = _weighed(catalogue, candidates, weights)
    done = set(asked)
    best: tuple[float, AskFacet] | None = None
    for facet in catalogue.schema.facets:
        if facet.name not in done:
            gain, options = _worth(_shares(catalogue, facet, items, mass), mass)
            if facet.kind is FacetKind.NUMBER:
                options = tuple(sorted(options, key=_lowest))
            gain *= ANSWERS[facet.kind] * _tells(facet, telling or {})
            if len(options) > 1 and gain >= LEAST_GAIN and (best is None or gain > best[0]):
                best = gain, AskFacet(facet.name, options)
    return best[1] if best else None


def worth_a_turn(
    question: AskFacet, catalogue: Catalogue, candidates: Iterable[str], weights: Mapping[str, float] | None = None
) -> bool:
    """Whether `question` alone finds what is wanted sooner, in expectation, than a list in its place."""
    items, mass = _weighed(catalogue, candidates, weights)
    facet = catalogue.schema.facet(question.facet)
    shares = _shares(catalogue, facet, items, mass)
    found = sum(_best(LISTED, (share for _, share in shares.get(option, ()))) for option in question.options)
    ready = ANSWERS[facet.kind]
    return ready * found + (1 - ready) * _best(LISTED, mass) > _best(2 * LISTED, mass) + ROUNDING


def _best(k: int, shares: Iterable[float]) -> float:
    return sum(sorted(shares, reverse=True)[:k])


def _weighed(
    catalogue: Catalogue, candidates: Iterable[str], weights: Mapping[str, float] | None
) -> tuple[list[Item], list[float]]:
    """The candidates that decide, the most popular first, and the probability that each is the wanted one."""
    found = {i: catalogue.by_id[i] for i in candidates if i in catalogue.by_id}
    given = weights or {}
    items = sorted(found.values(), key=lambda item: (-given.get(item.id, 0.0), item.id))[:POPULAR]
    total = sum(given.get(item.id, 0.0) for item in items)
    return items, [given.get(item.id, 0.0) / total if total > 0 else 1 / len(items) for item in items]


def facets_telling(catalogue: Catalogue, places: Doubles) -> dict[str, float]:
    """The share of taste that each facet's values explain, in [0, 1]; `places` is (items, f) in the catalogue's order,
    where people's likes place the items, NaN unknown."""
    alike = [1.0] * len(catalogue.items)
    shares = {facet.name: _shares(catalogue, facet, catalogue.items, alike) for facet in catalogue.schema.facets}
    return {name: variance_between(having, places) for name, having in shares.items()}


def _tells(facet: Facet, telling: Mapping[str, float]) -> float:
    """The correlation of a facet with taste, over the largest of any; 1 where nothing is known."""
    most = max(telling.values(), default=0.0)
    return math.sqrt(telling.get(facet.name, 0.0) / most) if most > 0 else 1.0


def answered_facets(state: DialogueState) -> tuple[str, ...]:
    """The facets not worth asking about: asked before, told already, or known of the visitor (not of the page)."""
    told = [*(c.facet for c in state.constraints), *(d.facet for d in state.directions)]
    told += [h.facet for h in state.hints if h.facet is not None and h.source != "page"]
    return tuple(dict.fromkeys((*state.asked, *told)))


def _worth(shares: Shares, mass: Sequence[float]) -> tuple[float, tuple[str, ...]]:
    """Bits gained by the best options, and these, most frequent first."""
    gains, frequency = {}, {}
    for answer, having in shares.items():
        frequency[answer] = min(1.0, sum(mass[i] for i, _ in having))
        if frequency[answer] > 0:
            gains[answer] = sum(share for _, share in having) * -math.log2(frequency[answer])
    chosen = sorted(gains, key=lambda v: (-gains[v], v))[:MOST_OPTIONS]
    chosen = [v for v in chosen if gains[v] > 0]
    return sum(gains[v] for v in chosen), tuple(sorted(chosen, key=lambda v: (-frequency[v], v)))


def _shares(catalogue: Catalogue, facet: Facet, items: Sequence[Item], mass: Sequence[float]) -> Shares:
    shares: dict[str, list[tuple[int, float]]] = defaultdict(list)
    if facet.kind is FacetKind.NUMBER:
        style = number_style(catalogue, facet)
        for answer, positions in _bins(facet, style, [item.number(facet.name) for item in items]).items():
            shares[answer] = [(i, mass[i]) for i in positions]
        return shares
    for i, item in enumerate(items):
        values = item.values(facet.name)
        for value in values:
            shares[value].append((i, mass[i] / len(values)))
    return shares


def _bins(facet: Facet, style: NumberStyle, numbers: Sequence[float | None]) -> dict[str, list[int]]:
    """Answers in words → positions: decades for years, else bands that hold about equally many."""
    bins: dict[str, list[int]] = defaultdict(list)
    if style is NumberStyle.YEAR:
        for i, number in enumerate(numbers):
            if number is not None:
                bins[f"{int(number) // 10 * 10}s"].append(i)
        return bins
    known = sorted(n for n in numbers if n is not None)
    cuts = sorted({_round(known[len(known) * k // BINS]) for k in range(1, BINS)}) if known else []
    for i, number in enumerate(numbers):
        if number is not None and cuts:
            bins[_band(number, cuts, facet.unit)].append(i)
    return bins


def _lowest(option: str) -> float:
    """Where a range in words stands among the others: its first number, "under" before it."""
    number = re.search(r"[\d.]+", option)
    return float(number[0]) - 0.001 * option.startswith("under") if number else 0.0


def _band(number: float, cuts: Sequence[float], unit: str | None) -> str:
    tail = f" {unit}" if unit else ""
    above = [c for c in cuts if number < c]
    if len(above) == len(cuts):
        return f"under {cuts[0]:g}{tail}"
    if not above:
        return f"over {cuts[-1]:g}{tail}"
    return f"{cuts[len(cuts) - len(above) - 1]:g} to {above[0]:g}{tail}"


def _round(number: float) -> float:
    """To the nearest multiple of the coarsest 1, 2 or 5 times a power of ten that is within an eighth of it."""
    if number <= 0:
        return number
    power = 10.0 ** math.floor(math.log10(number / 8))
    step = max(m * power for m in (1, 2, 5) if m * power <= number / 8)
    return float(f"{round(number / step) * step:.6g}")
