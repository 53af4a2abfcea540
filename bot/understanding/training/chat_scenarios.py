"""Rambling turns of several sentences, as people chat about films with somebody who recommends them.

Knows neither noise nor schemas.
"""

from __future__ import annotations

from bot.understanding.training.draft import Draft
from bot.understanding.training.lists import weighted
from bot.understanding.training.stage import Stage, Turn

CHATTY: dict[str, list[tuple[str, int]]] = {
    "chat_open": [("open", 4), ("greet", 3), ("open_question", 4), ("favourite_question", 3), ("chat", 2)],
    "chat_wish": [("chat_one", 5), ("chat_two", 4), ("chat_three", 2)],
    "chat_feedback": [("chat_one", 5), ("chat_two", 4), ("chat_three", 2)],
    "chat_accept": [("chat_one", 5), ("chat_two", 4)],
    "chat_ask": [("chat_one", 1)],
}


def taste(s: Stage, d: Draft) -> str:
    """A wish or a taste of the visitor's own."""
    return s.say(d, "wish", lambda p: "<who> likes" not in p)


def chatty(s: Stage, kind: str) -> Turn:
    """A rambling turn of several sentences in a chat between two people."""
    d = s.start(weighted(s.r, CHATTY[kind]))
    count = len(d.scene.titles)
    section = f"{kind}_{('none', 'one', 'two', 'three')[count]}" if kind in ("chat_wish", "chat_feedback") else kind
    if kind == "chat_accept":
        section = "chat_accept_one" if count == 1 else "chat_accept_two"
    clauses = [s.say(d, section, file="chat")]
    if s.chance(0.25):
        clauses.insert(0 if s.chance(0.4) else 1, s.say(d, "filler", file="chat"))
    if kind in ("chat_open", "chat_wish") and s.chance(0.2):
        clauses.append(taste(s, d))
    return Turn(d, clauses, d.scene.kind == "open")
