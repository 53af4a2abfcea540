"""What people do in a conversation about films or other goods: scenes, intents, and which phrasings go with which.

Knows neither noise nor schemas.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from bot.understanding.training.draft import DoesNotFit, Draft, Scene
from bot.understanding.training.lists import Split, draw, weighted
from bot.understanding.training.scenes import make_scene

PRIOR = [("recommend", 46), ("feedback", 20), ("accept", 8), ("ask", 8), ("other", 5), ("greet", 3), ("bye", 3)] + [
    ("compare", 3),
    ("help", 3),
]
OFFERS = ("Have you seen", "have you", "Did you see", "Have you ever")
SMALL_SCENES = {
    "greet": [("open", 5), ("greet", 5)],
    "bye": [("end", 6), ("chat", 2)],
    "help": [("open", 5), ("greet", 3), ("open_question", 3), ("one", 3)],
}


@dataclass
class Turn:
    """A message before it is joined and typed."""

    draft: Draft
    clauses: list[str]
    first: bool = False


class Stage:
    """One source of scenes and phrasings for a domain."""

    def __init__(self, r: random.Random, split: Split, domain: str) -> None:
        self.r, self.split, self.domain = r, split, domain
        self.goods = domain != "films"

    def start(self, kind: str) -> Draft:
        """A draft in a new scene of the kind."""
        return Draft(self.r, self.split, self.domain, make_scene(self.r, self.split, self.domain, kind))

    def say(self, d: Draft, section: str, keep: Callable[[str], bool] = lambda _: True, file: str | None = None) -> str:
        """One phrasing of a section, filled in."""
        return d.write(draw(self.r, self.split, file or ("goods" if self.goods else "films"), section, keep))

    def chance(self, p: float) -> bool:
        """True in p of all cases."""
        return self.r.random() < p


def draw_turn(r: random.Random, split: Split, domain: str, intent: str) -> Turn:
    """A turn with the intent. Raises DoesNotFit when the phrasing and the scene don't go together."""
    s = Stage(r, split, domain)
    if intent in ("greet", "bye", "help", "other"):
        return _small(s, intent)
    table = GOODS if s.goods else FILMS
    return table[intent](s)


# -- small talk -------------------------------------------------------------------------------------------------------


def _small(s: Stage, intent: str) -> Turn:
    talk = [("open", 3), ("chat", 1 if s.goods else 6), ("open_question", 2), ("greet", 2), ("one", 1), ("end", 1)]
    d = s.start(weighted(s.r, SMALL_SCENES.get(intent, talk)))
    if intent == "bye" and s.chance(0.3) and d.scene.turns:
        last = d.scene.turns[-1].lower()
        if last.startswith(("great, have", "have a", "i hope", "can i", "you're welcome", "done")):
            return Turn(d, [s.say(d, "bye_after_offer" if "?" in last else "bye_after_bye", file="shared")])
    if intent != "other":
        return Turn(d, [s.say(d, intent, file="shared")])
    long = d.scene.kind in ("one", "open_question", "end", "open")

    def keep(p: str) -> bool:
        return not long or (len(p) > 17 and p not in ("That's so sad", "happy to hear that"))

    own = not s.goods and s.chance(0.3)
    clauses = [s.say(d, "other", keep, file="films" if own else "shared")]
    if s.chance(0.12):
        clauses.append(s.say(d, "other", keep, file="shared"))
    return Turn(d, clauses)


# -- films ------------------------------------------------------------------------------------------------------------


def _taste(s: Stage, d: Draft) -> str:
    return s.say(d, "wish", lambda p: "<who> likes" not in p)


def _reaction(s: Stage, d: Draft) -> str:
    count = len(d.scene.titles)
    return s.say(d, {1: "reaction_one", 2: "reaction_two", 3: "reaction_three"}[count])


def _films_recommend(s: Stage) -> Turn:
    kind = weighted(s.r, RECOMMEND_SCENES)
    if kind in CHATTY:
        return _chatty(s, kind)
    if kind in ("open", "greet"):
        return _films_first(s, kind)
    if kind in FILMS_ANSWERS:
        return FILMS_ANSWERS[kind](s, kind)
    if kind == "undo":
        d = s.start(weighted(s.r, [("one", 2), ("two", 1), ("chat", 1), ("end", 1)]))
        return Turn(d, [s.say(d, "undo")])
    return _films_reacting(s, kind)


def _films_first(s: Stage, kind: str) -> Turn:
    d = s.start(kind)
    x = s.r.random()
    if x < 0.11:
        return Turn(d, [s.say(d, "bare")], True)
    if x < 0.24:
        return Turn(d, [s.say(d, "self_correction")], True)
    if x < 0.36:
        return Turn(d, [s.say(d, "several")], True)
    clauses = [s.say(d, "wish")]
    while len(clauses) < 3 and s.chance(0.25):
        clauses.append(s.say(d, "wish"))
    if s.chance(0.2):
        clauses.append(s.say(d, "wish_tail"))
    return Turn(d, clauses, True)


def _films_open(s: Stage, kind: str) -> Turn:
    d = s.start(kind)
    x = s.r.random()
    section = "answer_genre" if x < 0.35 and kind == "open_question" else "wish" if x < 0.8 else "self_correction"
    section = "bare" if x > 0.97 else section
    clauses = [s.say(d, section)]
    if s.chance(0.18):
        clauses.append(s.say(d, "wish"))
    return Turn(d, clauses)


def _films_favourite(s: Stage, kind: str) -> Turn:
    d = s.start(kind)
    clauses = [s.say(d, "answer_favourite")]
    if s.chance(0.15):
        clauses.append(s.say(d, "wish"))
    return Turn(d, clauses)


def _films_person(s: Stage, kind: str) -> Turn:
    d = s.start(kind)
    return Turn(d, [s.say(d, "answer_person")])


def _films_confirm(s: Stage, kind: str) -> Turn:
    d = s.start(kind)
    x = s.r.random()
    refuses = 0.42 <= x < 0.75
    d.proposals = [(m, said, -1 if refuses else 1) for m, said in d.scene.proposed]
    d.used.update(("genre", v) for m, _ in d.scene.proposed for meaning in m.meanings for v in meaning.values)
    d.used.update(said for _, said in d.scene.proposed)
    clauses = [s.say(d, "no" if refuses else "yes")]
    if x >= 0.75:
        clauses.append(s.say(d, "after_yes"))
    elif x > 0.58:
        clauses.append(s.say(d, "after_no"))
    return Turn(d, clauses)


def _films_reacting(s: Stage, kind: str) -> Turn:
    """A reaction and a wish, or a wish that refers to a suggestion."""
    if kind == "commit":
        d = s.start(weighted(s.r, [("one", 3), ("two", 1), ("three", 1)]))
        section = {1: "accept_one", 2: "accept_two", 3: "accept_three"}[len(d.scene.titles)]
        return Turn(d, [s.say(d, section), s.say(d, "more_after_commitment")])
    if kind == "reference":
        d = s.start(weighted(s.r, [("one", 4), ("seen", 2), ("two", 3), ("three", 2)]))
        return Turn(d, [s.say(d, "wish_from_reference" if len(d.scene.titles) == 1 else "wish_from_several")])
    if kind == "dislike":
        d = s.start("one")
        return Turn(d, [s.say(d, "general_dislike")])
    if kind == "correct":
        d = s.start(weighted(s.r, [("one", 2), ("chat", 1), ("open_question", 2)]))
        return Turn(d, [s.say(d, "self_correction")])
    if kind == "offer":
        d = s.start(weighted(s.r, [("chat", 2), ("open", 1), ("one", 1)]))
        return Turn(d, [s.say(d, "wish", lambda p: p.startswith(OFFERS))])
    d = s.start(kind)
    if kind == "liked":
        return Turn(d, [s.say(d, "answer_liked"), _taste(s, d)])
    if s.chance(0.12):
        return Turn(d, [_taste(s, d)])
    reaction = s.say(d, "answer_seen") if kind == "seen" and s.chance(0.5) else _reaction(s, d)
    if s.chance(0.15):
        return Turn(d, [reaction, _taste(s, d), _taste(s, d)])
    if s.chance(0.18):
        return Turn(d, [reaction, s.say(d, "wish", lambda p: p.startswith(OFFERS))])
    return Turn(d, [reaction, _taste(s, d)])


def _films_feedback(s: Stage) -> Turn:
    options = [("one", 30), ("seen", 20), ("liked", 8), ("two", 14), ("three", 10), ("more", 8), ("refuse", 2)]
    kind = weighted(s.r, [*options, ("chat_feedback", 12)])
    if kind in CHATTY:
        return _chatty(s, kind)
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
    x = s.r.random()
    if x < 0.22:
        clauses.append(s.say(d, "more"))
    elif x < 0.30:
        clauses.append(s.say(d, "aside"))
    elif x < 0.34:
        clauses.append(s.say(d, "thanks"))
    elif x < 0.37 and kind == "one":
        clauses.insert(0, s.r.choice(["Thanks", "Nice", "Oh wow", "Great"]))
    return Turn(d, clauses)


def _films_accept(s: Stage) -> Turn:
    kind = weighted(s.r, [("one", 50), ("two", 18), ("three", 12), ("offer", 8), ("chat_accept", 12)])
    if kind in CHATTY:
        return _chatty(s, kind)
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


def _films_ask(s: Stage) -> Turn:
    kind = weighted(s.r, [("one", 52), ("named", 22), ("two", 18), ("chat_ask", 8)])
    if kind in CHATTY:
        return _chatty(s, kind)
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


def _films_compare(s: Stage) -> Turn:
    kind = weighted(s.r, [("two", 6), ("named", 3), ("one", 2)])
    if kind == "named":
        d = s.start(weighted(s.r, [("open", 2), ("chat", 1)]))
    else:
        d = s.start(kind)
    return Turn(d, [s.say(d, {"two": "compare_two", "named": "compare_named", "one": "compare_one"}[kind])])


CHATTY: dict[str, list[tuple[str, float]]] = {
    "chat_open": [("open", 4), ("greet", 3), ("open_question", 4), ("favourite_question", 3), ("chat", 2)],
    "chat_wish": [("chat_one", 5), ("chat_two", 4), ("chat_three", 2)],
    "chat_feedback": [("chat_one", 5), ("chat_two", 4), ("chat_three", 2)],
    "chat_accept": [("chat_one", 5), ("chat_two", 4)],
    "chat_ask": [("chat_one", 1)],
}


def _chatty(s: Stage, kind: str) -> Turn:
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
        clauses.append(_taste(s, d))
    return Turn(d, clauses, d.scene.kind == "open")


RECOMMEND_SCENES: list[tuple[str, float]] = [
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
    ("chat_open", 9),
    ("chat_wish", 10),
]
FILMS_ANSWERS: dict[str, Callable[[Stage, str], Turn]] = {
    "open_question": _films_open,
    "chat": _films_open,
    "favourite_question": _films_favourite,
    "person_question": _films_person,
    "taste_question": _films_confirm,
}
FILMS: dict[str, Callable[[Stage], Turn]] = {
    "recommend": _films_recommend,
    "feedback": _films_feedback,
    "accept": _films_accept,
    "ask": _films_ask,
    "compare": _films_compare,
}


# -- other goods --------------------------------------------------------------------------------------------------------


def _goods_reaction(s: Stage, d: Draft) -> str:
    section = weighted(s.r, [("reaction_one", 6), ("reaction_done", 3), ("reaction_look", 1 if s.domain == "shop" else 0)])
    return s.say(d, section)


def _goods_recommend(s: Stage) -> Turn:
    options = [("open", 38), ("greet", 5), ("open_question", 18), ("one", 10), ("reference", 15), ("bare", 4), ("commit", 2)]
    kind = weighted(s.r, [*options, ("correct", 7), ("undo", 2), ("chat_goods", 8)])
    no_price = s.domain == "books"
    if kind == "reference":
        d = s.start(weighted(s.r, [("one", 3), ("two", 1), ("three", 1)]))
        section = "wish_from_reference" if len(d.scene.titles) == 1 else "wish_from_several"
        return Turn(d, [s.say(d, section, lambda p: not (no_price and "{price" in p))])
    if kind == "commit":
        d = s.start("one")
        return Turn(d, [s.say(d, "accept_one"), s.r.choice(["What else do you have?", "anything else?", "show me more please"])])
    if kind == "bare":
        d = s.start("open")
        return Turn(d, [s.say(d, "bare")], True)
    if kind in ("correct", "undo", "chat_goods"):
        scenes = [("one", 2), ("two", 1)] if kind == "undo" else [("open", 3), ("open_question", 2), ("one", 1)]
        d = s.start(weighted(s.r, scenes))
        section = {"correct": "self_correction", "undo": "undo", "chat_goods": "chat"}[kind]
        return Turn(d, [s.say(d, section, lambda p: not (no_price and ("{price" in p or "{budget" in p or "{nomore" in p)))])
    d = s.start(kind)
    clauses = [_goods_reaction(s, d)] if kind == "one" else []
    clauses.append(s.say(d, "wish", file=s.domain))
    while len(clauses) < 3 and s.chance(0.2):
        clauses.append(s.say(d, "wish", file=s.domain))
    return Turn(d, clauses, kind in ("open", "greet"))


def _goods_feedback(s: Stage) -> Turn:
    kind = weighted(s.r, [("one", 60), ("two", 24), ("three", 8), ("more", 10)])
    if kind == "more":
        d = s.start(weighted(s.r, [("one", 2), ("two", 1)]))
        return Turn(d, [s.say(d, "more")])
    d = s.start(kind)
    clauses = [_goods_reaction(s, d) if kind == "one" else _of_several(s, d, "reaction_two")]
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


def _goods_accept(s: Stage) -> Turn:
    kind = weighted(s.r, [("one", 60), ("two", 30), ("offer", 10)])
    d = s.start(kind)
    if kind == "offer":
        return Turn(d, [s.say(d, "accept_offer", lambda p: "list" not in p, file="films")])
    clauses = [s.say(d, "accept_one") if kind == "one" else _of_several(s, d, "accept_two")]
    if s.chance(0.2):
        clauses.append(s.r.choice(["Thanks!", "thank you", "thx"]))
    return Turn(d, clauses)


def _goods_ask(s: Stage) -> Turn:
    d = s.start("one")
    return Turn(d, [s.say(d, "ask", file=s.domain)])


def _goods_compare(s: Stage) -> Turn:
    d = s.start("two")
    return Turn(d, [_of_several(s, d, "compare")])


GOODS: dict[str, Callable[[Stage], Turn]] = {
    "recommend": _goods_recommend,
    "feedback": _goods_feedback,
    "accept": _goods_accept,
    "ask": _goods_ask,
    "compare": _goods_compare,
}
__all__ = ["PRIOR", "DoesNotFit", "Scene", "Turn", "draw_turn"]
