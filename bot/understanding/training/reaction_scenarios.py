"""Reactions to films that stand only in the turns before, as people write them in a chat: short, or rambling.

Knows neither noise nor schemas.
"""

from __future__ import annotations

from bot.understanding.training.draft import Draft
from bot.understanding.training.lists import weighted
from bot.understanding.training.recall import recall
from bot.understanding.training.stage import Stage, Turn

FILE = "reactions"
SHARES = {"recommend": 0.24, "feedback": 0.45, "accept": 0.4, "ask": 0.4, "other": 0.4}  #: of a film turn's intents
ONE = [("one", 26), ("earlier", 26), ("seen", 16), ("liked", 14), ("would", 9)]
SCENES = {
    "recommend": [*ONE, ("two", 16)],
    "feedback": [*ONE, ("two", 20)],
    "accept": [("one", 26), ("earlier", 18), ("seen", 12), ("would", 10), ("two", 16)],
    "ask": ONE,
    "other": ONE,
}
ANSWERS = {
    "one": [("one", 64), ("long", 20), ("signs", 12), ("plot", 12), ("reaction_one", 14), ("chat_feedback_one", 8)],
    "earlier": [("one", 56), ("long", 18), ("signs", 12), ("plot", 14), ("reaction_one", 14), ("chat_feedback_one", 8)],
    "seen": [("seen", 64), ("long", 12), ("one", 18), ("plot", 6), ("signs", 6), ("answer_seen", 12)],
    "would": [("would", 80), ("one", 14), ("long", 6)],
    "liked": [("liked", 60), ("one", 10), ("plot", 14), ("signs", 8), ("answer_liked", 10)],
    "two": [("two", 80), ("reaction_two", 14), ("chat_feedback_two", 10)],
}  #: which section answers which scene
FILES = {"reaction_one": "films", "reaction_two": "films", "answer_seen": "films", "answer_liked": "films"} | {
    "chat_feedback_one": "chat",
    "chat_feedback_two": "chat",
    "general_dislike": "films",
    "wish": "films",
}
LONG = 14  #: words after which less is added
WISHES = [("wish_one", 36), ("long_wish", 16), ("reaction", 24), ("taste", 16), ("about", 18), ("general_dislike", 10)]


def reacts(s: Stage, intent: str) -> bool:
    """Whether the next turn about films with this intent is one of these."""
    return not s.goods and s.chance(SHARES.get(intent, 0.0))


def reaction(s: Stage, intent: str) -> Turn:
    """A turn with the intent, no screen, the titles in earlier turns. Raises DoesNotFit."""
    kind = weighted(s.r, SCENES[intent])
    d = Draft(s.r, s.split, s.domain, recall(s.r, s.split, kind))
    if intent == "recommend":
        return Turn(d, _rambling(s, d, _wish(s, d, kind)))
    if intent == "feedback":
        clauses = _rambling(s, d, [_answer(s, d, kind)])
        if s.chance(0.16):
            clauses.append(s.say(d, "more"))
        return Turn(d, clauses)
    section = {"accept": "accept_two" if kind == "two" else "accept_one"}.get(intent, intent)
    return Turn(d, _rambling(s, d, [_say(s, d, section)]))


def _say(s: Stage, d: Draft, section: str) -> str:
    """A phrasing that the scene allows."""
    return s.say(d, section, lambda p: bool(d.scene.person) or "{per" not in p, file=FILES.get(section, FILE))


def _answer(s: Stage, d: Draft, kind: str) -> str:
    return _say(s, d, weighted(s.r, ANSWERS[kind]))


def _wish(s: Stage, d: Draft, kind: str) -> list[str]:
    """A reaction with something new in it, or a taste alone."""
    section = weighted(s.r, WISHES)
    if section == "reaction":
        return [_answer(s, d, kind), _say(s, d, weighted(s.r, [("taste", 3), ("wish", 4), ("about", 2)]))]
    if section in ("wish_one", "long_wish") and kind == "two":
        section = "wish_two"
    return [_say(s, d, section)]


def _rambling(s: Stage, d: Draft, clauses: list[str]) -> list[str]:
    """The clauses, with none to three side remarks among them."""
    x = s.r.random() + 0.2 * (sum(len(c.split()) for c in clauses) > LONG)
    for _ in range((x < 0.34) + (x < 0.12) + (x < 0.04)):
        own = s.chance(0.6)
        remark = s.say(d, "side" if own else "filler", file=FILE if own else "chat")
        clauses.insert(s.r.randint(0, len(clauses)), remark)
    return clauses
