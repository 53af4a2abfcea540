"""Everything that is stored about a visitor, and the profile computed from it, as plain JSON values.

Knows shapes; reads nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.dialogue.events import to_json
from bot.memory.evidence import Evidence
from bot.memory.profile import Interest
from bot.memory.store import StoredConversation
from ranking.interactions import Interaction
from ranking.request import Session

Json = dict[str, Any]


def instant(seconds: float) -> str:
    """A UTC instant in ISO 8601, to the second: "2026-01-15T12:00:00Z"."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def profile_json(user: str, session: Session, known: Iterable[Interest]) -> Json:
    """{"user", "interests", "liked", "disliked", "seen"}; an interest is {"key", "facet", "value", "score", "against",
    "evidence"}, and evidence {"said", "sentiment", "at", "source", "conversation"}."""
    return {
        "user": user,
        "interests": [_interest(interest) for interest in known],
        "liked": list(session.liked),
        "disliked": list(session.disliked),
        "seen": list(session.seen),
    }


def export_json(
    profile: Json, conversations: Sequence[StoredConversation], statements: Sequence[Evidence],
    interactions: Sequence[Interaction],
) -> Json:  # fmt: skip
    """The profile and, under it, every stored row: "conversations", "statements", "interactions"."""
    return {
        **profile,
        "conversations": [_conversation(conversation) for conversation in conversations],
        "statements": [{"key": one.key, **_evidence(one)} for one in statements],
        "interactions": [
            {
                "item": row.item, "event": row.event, "value": row.value, "at": instant(row.timestamp),
                "context": dict(row.context),
            }
            for row in interactions
        ],
    }  # fmt: skip


def _interest(interest: Interest) -> Json:
    return {
        "key": interest.key,
        "facet": interest.facet,
        "value": interest.value if isinstance(interest.value, str) else list(interest.value),
        "score": round(interest.score, 4),
        "against": round(interest.against, 4),
        "evidence": [_evidence(one) for one in interest.evidence],
    }


def _evidence(one: Evidence) -> Json:
    return {
        "said": one.said,
        "sentiment": one.sentiment,
        "at": instant(one.at),
        "source": one.source,
        "conversation": one.conversation,
    }


def _conversation(conversation: StoredConversation) -> Json:
    return {
        "conversation": conversation.id,
        "catalogue": conversation.catalogue,
        "opened": instant(conversation.stamp.opened),
        "last": instant(conversation.last),
        "events": [to_json(event) for event in conversation.events],
    }
