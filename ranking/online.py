"""Learning while the conversation runs: one reaction changes the `Session`, and the next list is ranked by that one.

There is nothing else to update: the collaborative model folds the session in, and the similarity signals see its new
vectors. Pure values; knows no storage and no dialogue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from ranking.request import Session

LIKES = frozenset({"like", "accept", "purchase", "reference"})
DISLIKES = frozenset({"dislike"})
SEEN = frozenset({"seen"})
TAKEN_BACK = "removed"

# what each kind takes an item out of; what it puts the item into follows from the three sets above
_LEAVES = (
    {kind: ("liked", "disliked") for kind in LIKES | DISLIKES}
    | {kind: ("seen",) for kind in SEEN}
    | {f"un{kind}": ("liked",) for kind in LIKES}
    | {"undislike": ("disliked",), "unseen": ("seen",), TAKEN_BACK: ("liked", "disliked", "seen")}
)


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a visitor made of one item.

    `kind` is one of LIKES, DISLIKES or SEEN; the same with "un" before it, which takes that back; TAKEN_BACK, which
    takes everything about the item back; or anything else, which is no stance.
    """

    item: str
    kind: str


def apply(session: Session, reaction: Reaction) -> Session:
    """`session` after `reaction`. The latest stance counts; having seen an item stands beside it."""
    item, kind = reaction.item, reaction.kind
    lists: dict[str, Any] = {
        name: tuple(other for other in getattr(session, name) if other != item) for name in _LEAVES.get(kind, ())
    }
    for name, kinds in (("liked", LIKES), ("disliked", DISLIKES), ("seen", SEEN)):
        if kind in kinds:
            lists[name] = (*lists[name], item)
    return replace(session, **lists) if lists else session


def session_after(start: Session, reactions: Iterable[Reaction]) -> Session:
    """The session that `reactions`, oldest first, make of `start` (a known user's earlier ones, or an empty one)."""
    for reaction in reactions:
        start = apply(start, reaction)
    return start
