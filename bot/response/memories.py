"""What is known of a visitor, in few words: tastes with what they were heard in, and as many lines as a reply can hold.

Knows wording; reads no storage.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.memory.profile import TOLD, Interest
from bot.response.labels import Labels

MOST_WORDS = 42  #: of all lines; the reply around them has a dozen more
MOST_TASTES = 4
QUOTED = 7  #: words of a quotation


def tastes_told(interests: Iterable[Interest], labels: Labels) -> tuple[str, ...]:
    """A line for each interest that is certain enough, the strongest first: what, and in which words it was heard."""
    certain = [i for i in interests if max(i.score, i.against) >= TOLD and labels.knows(i.facet)]
    return tuple(_taste(interest, labels) for interest in certain[:MOST_TASTES])


def within_reach(lines: Sequence[str], labels: Labels, most: int = MOST_WORDS) -> list[str]:
    """As many of `lines`, from the first, as `most` words allow; then that there is more."""
    told: list[str] = []
    left = most
    for line in lines:
        left -= len(line.split())
        if left < 0 and told:
            return [*told, labels.say("memory_more", 0)]
        told.append(line)
    return told


def _taste(interest: Interest, labels: Labels) -> str:
    liked = interest.score >= interest.against
    speaking = [e for e in interest.evidence if e.sentiment == (1 if liked else -1)]
    best = max(speaking, key=lambda e: (e.source == "statement", e.at))
    words = best.said.split()
    said = " ".join(words[:QUOTED]) + ("…" if len(words) > QUOTED else "")
    key = "taste" if liked else "distaste"
    return labels.say(key, 0, value=labels.value(interest.facet, interest.value), said=said)
