"""What people say in a conversation about other goods than films: which scenes, and which phrasings go with them.

Knows neither noise nor schemas.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.understanding.training.draft import Draft
from bot.understanding.training.lists import weighted
from bot.understanding.training.stage import Stage, Turn

MONEY = ("{price", "{budget", "{nomore")
RECOMMEND_SCENES = [
    ("open", 38),
    ("greet", 5),
    ("open_question", 18),
    ("one", 10),
    ("reference", 15),
    ("bare", 4),
    ("commit", 2),
    ("correct", 7),
    ("undo", 2),
    ("chat_goods", 20),
]


def _reaction(s: Stage, d: Draft) -> str:
    looks = ("reaction_look", 1 if s.domain == "shop" else 0)
    return s.say(d, weighted(s.r, [("reaction_one", 6), ("reaction_done", 3), looks]))


def _recommend(s: Stage) -> Turn:
    kind = weighted(s.r, RECOMMEND_SCENES)
    if kind == "reference":
        d = s.start(weighted(s.r, [("one", 3), ("two", 1), ("three", 1)]))
        section = "wish_from_reference" if len(d.scene.titles) == 1 else "wish_from_several"
        return Turn(d, [s.say(d, section, lambda p: not (s.domain == "books" and "{price" in p))])
    if kind == "commit":
        d = s.start("one")
        more = ["What else do you have?", "anything else?", "show me more please"]
        return Turn(d, [s.say(d, "accept_one"), s.r.choice(more)])
    if kind == "bare":
        d = s.start("open")
        return Turn(d, [s.say(d, "bare")], True)
    if kind in ("correct", "undo", "chat_goods"):
        scenes = [("one", 2), ("two", 1)] if kind == "undo" else [("open", 3), ("open_question", 2), ("one", 1)]
        d = s.start(weighted(s.r, scenes))
        section = {"correct": "self_correction", "undo": "undo", "chat_goods": "chat"}[kind]
        return Turn(d, [s.say(d, section, lambda p: s.domain != "books" or not any(m in p for m in MONEY))])
    d = s.start(kind)
    clauses = [_reaction(s, d)] if kind == "one" else []
    clauses.append(s.say(d, "wish", file=s.domain))
    while len(clauses) < 3 and s.chance(0.3):
        clauses.append(s.say(d, "wish", file=s.domain))
    return Turn(d, clauses, kind in ("open", "greet"))


def _feedback(s: Stage) -> Turn:
    kind = weighted(s.r, [("one", 60), ("two", 24), ("three", 8), ("more", 10)])
    if kind == "more":
        d = s.start(weighted(s.r, [("one", 2), ("two", 1)]))
        return Turn(d, [s.say(d, "more")])
    d = s.start(kind)
    clauses = [_reaction(s, d) if kind == "one" else _of_several(s, d, "reaction_two")]
    if s.chance(0.25):
        clauses.append(s.say(d, "more"))
    return Turn(d, clauses)


def _of_several(s: Stage, d: Draft, section: str) -> str:
    """A phrasing for two or three titles; what speaks of exactly two needs two."""
    only_two = ("either", "neither", " both", "prefer the first", "first yes")
    two = len(d.scene.titles) == 2

    def fits(p: str) -> bool:
        by_price = "{cheap" in p or "{exp" in p
        return (two or not any(o in p for o in only_two)) and (not by_price or (two and d.scene.priced))

    return s.say(d, section, fits)


def _accept(s: Stage) -> Turn:
    kind = weighted(s.r, [("one", 60), ("two", 30), ("offer", 10)])
    d = s.start(kind)
    if kind == "offer":
        return Turn(d, [s.say(d, "accept_offer", lambda p: "list" not in p, file="films")])
    clauses = [s.say(d, "accept_one") if kind == "one" else _of_several(s, d, "accept_two")]
    if s.chance(0.2):
        clauses.append(s.r.choice(["Thanks!", "thank you", "thx"]))
    return Turn(d, clauses)


def _ask(s: Stage) -> Turn:
    d = s.start("one")
    return Turn(d, [s.say(d, "ask", file=s.domain)])


def _compare(s: Stage) -> Turn:
    d = s.start("two")
    return Turn(d, [_of_several(s, d, "compare")])


GOODS: dict[str, Callable[[Stage], Turn]] = {
    "recommend": _recommend,
    "feedback": _feedback,
    "accept": _accept,
    "ask": _ask,
    "compare": _compare,
}
