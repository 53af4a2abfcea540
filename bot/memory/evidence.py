"""What speaks for or against a taste: statements in words, and reactions to items that carry a value.

Pure values; knows no storage and adds nothing up (`profile.py` does).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.dialogue.constraint import constraint_key
from bot.dialogue.events import Value
from ranking.interactions import Interaction, standing
from ranking.online import DISLIKES, LIKES
from retrieval.catalogue.item import Catalogue

Sentiment = Literal[-1, 0, 1]

STATED = 2.0  #: mass of a taste that was put into words
REACTED = 0.5  #: mass of a reaction to an item that has the value, before how common the value is
_TOLD = {"like": "liked", "accept": "chose", "dislike": "disliked", "purchase": "bought", "rating": "rated"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was said or done about a facet's value.

    `sentiment` is 1 (likes), -1 (dislikes) or 0 (takes back what was known before). `said` are the visitor's words, or
    what was done in ours. `at` is a UTC instant in seconds since 1970. `mass` is how much it counts when fresh, > 0.
    """

    facet: str
    value: Value
    sentiment: Sentiment
    said: str
    at: float
    conversation: str | None = None
    mass: float = STATED
    source: Literal["statement", "reaction"] = "statement"

    @property
    def key(self) -> str:
        """The interest it belongs to: "color=green"."""
        return constraint_key(self.facet, self.value)


def from_reactions(rows: Iterable[Interaction], catalogue: Catalogue) -> list[Evidence]:
    """What likes and dislikes say about the values of the items; the latest stance on an item counts.

    A value counts the less the more of the catalogue carries it: one that every item has tells nothing of taste.
    """
    stances = {row.item: row for row in standing(rows) if row.reaction.kind in LIKES | DISLIKES}
    return [e for row in stances.values() if row.item in catalogue.by_id for e in _of_item(row, catalogue)]


def _of_item(row: Interaction, catalogue: Catalogue) -> Iterable[Evidence]:
    item, sentiment = catalogue.by_id[row.item], 1 if row.reaction.kind in LIKES else -1
    told = f"{_TOLD.get(row.event, row.event)} {item.title}"
    conversation = row.context.get("conversation")
    for facet, counts in catalogue.value_counts.items():
        for value in item.values(facet):
            mass = REACTED * (1 - counts[value] / len(catalogue.items))
            if mass > 0:
                yield Evidence(facet, value, sentiment, told, row.timestamp, conversation, mass, "reaction")  # type: ignore[arg-type]
