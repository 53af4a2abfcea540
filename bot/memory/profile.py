"""A visitor's long-term taste: interests with a score in [0, 1], each with its evidence, fading with age.

    score = r / (r + s + 2),  against = s / (r + s + 2)

r and s are the masses for and against, each halved every half-life. It is the opinion of the beta reputation system
with a forgetting factor (Jøsang & Ismail, "The Beta Reputation System", 2002): what is missing to 1 is uncertainty, so
that a single old word neither makes nor breaks a taste. Pure functions; knows no storage, no words and no list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bot.dialogue.events import Value
from bot.memory.evidence import Evidence
from ranking.request import FacetWish

DAY_S = 86_400.0
UNCERTAINTY = 2.0  #: mass of not knowing: the weight of the beta distribution's uniform prior
TOLD = 0.3  #: a score from which on an interest is worth telling: one statement, or some likes
WISHED = 0.5  #: weight of a certain taste as a wish; a wish for the list at hand has 1


@dataclass(frozen=True, slots=True)
class Interest:
    """What a visitor makes of one facet value. `score` (for) and `against` are in [0, 1], their sum too.

    `evidence` is what counts now, oldest first.
    """

    facet: str
    value: Value
    score: float
    against: float
    evidence: tuple[Evidence, ...]

    @property
    def key(self) -> str:
        """The interest's name: "color=green"."""
        return self.evidence[0].key

    @property
    def stated(self) -> bool:
        """Whether the visitor put it into words."""
        return any(e.source == "statement" for e in self.evidence)


def interests(evidence: Iterable[Evidence], now: float, half_life_days: float) -> tuple[Interest, ...]:
    """The interests that `evidence` speaks of, the strongest first. `now` is a UTC instant in seconds since 1970."""
    by_key: dict[str, list[Evidence]] = defaultdict(list)
    for one in sorted(evidence, key=lambda e: (e.at, e.source == "statement")):  # at the same moment, words come last
        by_key[one.key] = [*_not_superseded(by_key[one.key], one), one]
    found = [_interest([e for e in mine if e.sentiment], now, half_life_days) for mine in by_key.values()]
    return tuple(sorted((i for i in found if i), key=lambda i: (-max(i.score, i.against), i.key)))


def tastes(known: Iterable[Interest]) -> tuple[FacetWish, ...]:
    """Stated interests as soft wishes, weight in [-WISHED, WISHED].

    Interests that only reactions speak for are left out: ranking sees the items themselves, and would count them twice.
    """
    weighed = ((i, WISHED * (i.score - i.against)) for i in known if i.stated)
    return tuple(FacetWish(i.facet, i.value, weight) for i, weight in weighed if weight)


def _not_superseded(earlier: list[Evidence], new: Evidence) -> list[Evidence]:
    """What somebody states about their taste outweighs all that spoke otherwise before."""
    if new.source == "reaction":
        return earlier
    return [e for e in earlier if e.sentiment == new.sentiment]


def _interest(evidence: list[Evidence], now: float, half_life_days: float) -> Interest | None:
    if not evidence:
        return None

    def mass(sentiment: int) -> float:
        mine = (e for e in evidence if e.sentiment == sentiment)
        return float(sum(e.mass * 0.5 ** (max(0.0, now - e.at) / (half_life_days * DAY_S)) for e in mine))

    liked, disliked = mass(1), mass(-1)
    whole = liked + disliked + UNCERTAINTY
    first = evidence[0]
    return Interest(first.facet, first.value, liked / whole, disliked / whole, tuple(evidence))
