"""What people say in a conversation about films: which scenes, and which phrasings go with them.

Knows neither noise nor schemas.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.understanding.training.answer_scenarios import ANSWERS
from bot.understanding.training.chat_scenarios import CHATTY, chatty, taste
from bot.understanding.training.draft import Draft
from bot.understanding.training.lists import draw, weighted
from bot.understanding.training.stage import Stage, Turn

OFFERS = ("Have you seen", "have you", "Did you see", "Have you ever")


def _reaction(s: Stage, d: Draft) -> str:
    count = len(d.scene.titles)
    return s.say(d, {1: "reaction_one", 2: "reaction_two", 3: "reaction_three"}[count])


def _recommend(s: Stage) -> Turn:
    kind = weighted(s.r, RECOMMEND_SCENES)
    if kind in CHATTY:
        return chatty(s, kind)
    if kind in ("open", "greet"):
        return _first(s, kind)
    if kind in ANSWERS:
        return ANSWERS[kind](s, kind)
    if kind in WISHES:
        return WISHES[kind](s)
    return _react(s, kind)


def _first(s: Stage, kind: str) -> Turn:
    d = s.start(kind)
    x = s.r.random()
    if x < 0.11:
        return Turn(d, [s.say(d, "bare")], True)
    if x < 0.24:
        return Turn(d, [s.say(d, "self_correction")], True)
    if x < 0.36:
        return Turn(d, [s.say(d, "several")], True)
    clauses = [s.say(d, "wish")]
    while len(clauses) < 4 and s.chance(0.33):
        clauses.append(s.say(d, "wish"))
    if s.chance(0.2):
        clauses.append(s.say(d, "wish_tail"))
    return Turn(d, clauses, True)


def _commit(s: Stage) -> Turn:
    """Takes one, and asks for more."""
    d = s.start(weighted(s.r, [("one", 3), ("two", 1), ("three", 1)]))
    section = {1: "accept_one", 2: "accept_two", 3: "accept_three"}[len(d.scene.titles)]
    return Turn(d, [s.say(d, section), s.say(d, "more_after_commitment")])


def _refer(s: Stage) -> Turn:
    """A wish relative to a suggestion."""
    d = s.start(weighted(s.r, [("one", 4), ("seen", 2), ("two", 3), ("three", 2)]))
    return Turn(d, [s.say(d, "wish_from_reference" if len(d.scene.titles) == 1 else "wish_from_several")])


def _offer(s: Stage) -> Turn:
    """A title in a question, to show one's taste."""
    d = s.start(weighted(s.r, [("chat", 2), ("open", 1), ("one", 1)]))
    return Turn(d, [s.say(d, "wish", lambda p: p.startswith(OFFERS))])


def _one_phrasing(section: str, *scenes: tuple[str, int]) -> Callable[[Stage], Turn]:
    """Turns of one phrasing."""

    def turn(s: Stage) -> Turn:
        d = s.start(weighted(s.r, scenes) if len(scenes) > 1 else scenes[0][0])
        return Turn(d, [s.say(d, section)])

    return turn


def _react(s: Stage, kind: str) -> Turn:
    """A reaction and a wish."""
    d = s.start(kind)
    if kind == "liked":
        return Turn(d, [s.say(d, "answer_liked"), taste(s, d)])
    if s.chance(0.12):
        return Turn(d, [taste(s, d)])
    reaction = s.say(d, "answer_seen") if kind == "seen" and s.chance(0.5) else _reaction(s, d)
    if s.chance(0.15):
        return Turn(d, [reaction, taste(s, d), taste(s, d)])
    if s.chance(0.18):
        return Turn(d, [reaction, s.say(d, "wish", lambda p: p.startswith(OFFERS))])
    return Turn(d, [reaction, taste(s, d)])


def _feedback(s: Stage) -> Turn:
    options = [("one", 30), ("seen", 20), ("liked", 8), ("two", 14), ("three", 10), ("more", 8), ("refuse", 2)]
    kind = weighted(s.r, [*options, ("chat_feedback", 48)])
    if kind in CHATTY:
        return chatty(s, kind)
    if kind == "more":
        d = s.start(weighted(s.r, [("one", 3), ("two", 1), ("three", 1)]))
        return Turn(d, [s.say(d, "more")])
    if kind == "refuse":
        d = s.start("offer")
        return Turn(d, [s.say(d, "refuse_offer")])
    d = s.start(kind)
    if kind == "liked":
        clauses = [s.say(d, "answer_liked")]
    elif kind == "seen" and s.chance(0.55):
        clauses = [s.say(d, "answer_seen")]
    else:
        clauses = [_reaction(s, d)]
    return Turn(d, _with_aside(s, d, clauses))


def _with_aside(s: Stage, d: Draft, clauses: list[str]) -> list[str]:
    """A reaction, and now and then a bare request for more, thanks or a remark."""
    x = s.r.random()
    for limit, section in ((0.22, "more"), (0.30, "aside"), (0.34, "thanks")):
        if x < limit:
            return [*clauses, s.say(d, section)]
    if x < 0.37 and d.scene.kind == "one":
        return [s.r.choice(["Thanks", "Nice", "Oh wow", "Great"]), *clauses]
    return clauses


def _accept(s: Stage) -> Turn:
    kind = weighted(s.r, [("one", 50), ("two", 18), ("three", 12), ("offer", 8), ("chat_accept", 30)])
    if kind in CHATTY:
        return chatty(s, kind)
    d = s.start(kind)
    section = {"one": "accept_one", "two": "accept_two", "three": "accept_three", "offer": "accept_offer"}[kind]
    clauses = [s.say(d, section)]
    x = s.r.random()
    if kind == "offer":
        return Turn(d, clauses)
    if x < 0.3:
        clauses.append(s.say(d, "thanks"))
    elif x < 0.36:
        clauses.insert(0, s.say(d, "thanks"))
    elif x < 0.40:
        clauses.append("bye!")
    elif x < 0.5 and kind == "one":
        clauses.insert(0, s.say(d, "before_acceptance"))
    return Turn(d, clauses)


def _ask(s: Stage) -> Turn:
    kind = weighted(s.r, [("one", 52), ("named", 22), ("two", 18), ("chat_ask", 22)])
    if kind in CHATTY:
        return chatty(s, kind)
    if kind == "named":
        d = s.start(weighted(s.r, [("open", 2), ("chat", 1), ("one", 1)]))
        return Turn(d, [s.say(d, "ask_named")])
    if kind == "two":
        d = s.start("two")
        return Turn(d, [s.say(d, "ask_two")])
    d = s.start(weighted(s.r, [("one", 3), ("seen", 1)]))
    clauses = []
    if s.chance(0.25):
        unknown = ("heard", "haven't seen", "know that", "familiar")
        clauses.append(s.say(d, "reaction_one", lambda p: "{it0}" in p and any(u in p for u in unknown)))
    asked = draw(s.r, s.split, "films", "ask_one")
    clauses.append(d.write(asked))
    if "{T0}" not in asked:
        d.refer(0, 0)
    return Turn(d, clauses)


def _compare(s: Stage) -> Turn:
    kind = weighted(s.r, [("two", 6), ("named", 3), ("one", 2)])
    d = s.start(weighted(s.r, [("open", 2), ("chat", 1)]) if kind == "named" else kind)
    return Turn(d, [s.say(d, {"two": "compare_two", "named": "compare_named", "one": "compare_one"}[kind])])


RECOMMEND_SCENES: list[tuple[str, int]] = [
    ("open", 24),
    ("greet", 6),
    ("open_question", 8),
    ("favourite_question", 7),
    ("person_question", 3),
    ("taste_question", 6),
    ("one", 9),
    ("seen", 7),
    ("two", 4),
    ("three", 3),
    ("chat", 3),
    ("commit", 2),
    ("reference", 11),
    ("dislike", 3),
    ("liked", 2),
    ("offer", 4),
    ("correct", 4),
    ("undo", 2),
    ("chat_open", 32),
    ("chat_wish", 34),
    ("choice_question", 2),
]
WISHES: dict[str, Callable[[Stage], Turn]] = {
    "commit": _commit,
    "reference": _refer,
    "offer": _offer,
    "dislike": _one_phrasing("general_dislike", ("one", 1)),
    "correct": _one_phrasing("self_correction", ("one", 2), ("chat", 1), ("open_question", 2)),
    "undo": _one_phrasing("undo", ("one", 2), ("two", 1), ("chat", 1), ("end", 1)),
}
FILMS: dict[str, Callable[[Stage], Turn]] = {
    "recommend": _recommend,
    "feedback": _feedback,
    "accept": _accept,
    "ask": _ask,
    "compare": _compare,
}
