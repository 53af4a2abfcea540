"""Another ranker judged from a log of lists whose last place was left to chance. Knows no database and no settings.

What can be judged is the choice for that place among all that could have stood there (the greedy one and at most
`explore.POOL` that little was known of), given the places above as they were shown. There the propensities are exact,
so that the estimates are right whatever the logging ranker was. Of the places above, and of items that chance never
offers, the log shows nothing, and nothing is claimed: to judge the whole list, run the other ranker and look again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf

from ranking.fusion import Ranker
from ranking.interactions import Interaction
from ranking.offpolicy import Estimate, LoggedPlace, ips, logged_places, snips
from retrieval.errors import ChatalogueError

FEWEST = 100  #: explored lists below which nothing is said
Choice = Callable[[LoggedPlace], str]


class UnsupportedError(ChatalogueError):
    """A log that cannot tell what other rankers would have earned."""

    code = "unsupported"


@dataclass(frozen=True)
class Judged:
    """What last places would have earned, in [0, 1] a list, by two estimators; `gain` is the difference to what was in
    use, by IPS, whose interval holds 0 where the log cannot tell the two apart."""

    name: str
    ips: Estimate
    snips: Estimate
    gain: Estimate


def explorable(rows: Iterable[Interaction]) -> list[LoggedPlace]:
    """The last places in `rows` (oldest first) that were left to chance. Raises UnsupportedError below `FEWEST`."""
    places = logged_places(rows)
    found = [replace(place, position=1) for place in places if place.rivals]  # one place, however long the list
    if len(found) < FEWEST:
        lists = len({place.list_id for place in places})
        raise UnsupportedError(
            f"{len(found):,} of {lists:,} logged lists left their last place to chance, and {FEWEST} are needed: what "
            "was shown with certainty tells nothing about what another ranker would have shown",
            hint="set CHATALOGUE_EXPLORE, to 0.05 say, and let visitors react for a while",
        )
    return found


def greedy(place: LoggedPlace) -> str:
    """What was in use, without chance."""
    return place.rivals[0].id


def preferred(ranker: Ranker) -> Choice:
    """What `ranker` would put there: the best by score, ties by id."""

    def choose(place: LoggedPlace) -> str:
        scores = ranker.scores([rival.features for rival in place.rivals], place.reacted)
        return min(zip(scores, place.rivals, strict=True), key=lambda pair: (-pair[0], pair[1].id))[1].id

    return choose


def judged(name: str, places: Sequence[LoggedPlace], choose: Choice) -> Judged:
    """What `places` would have earned with the items that `choose` picks."""
    picks = {place.list_id: choose(place) for place in places}
    mean = sum(place.reward for place in places) / len(places)
    centred = [replace(place, reward=place.reward - mean) for place in places]  # less noise in a difference, no bias

    def chance(place: LoggedPlace) -> float:
        return float(picks[place.list_id] == place.item)

    def gained(place: LoggedPlace) -> float:
        return chance(place) - float(greedy(place) == place.item)

    return Judged(
        name,
        ips(places, chance, largest=inf),  # propensities are bounded from below by design: nothing to clip
        snips(places, chance, largest=inf),
        ips(centred, gained, largest=inf),
    )
