"""Answers to what the assistant asked about films: a genre, a favourite, a person, yes or no, this or that.

Knows neither noise nor schemas.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.understanding.reading import Polarity
from bot.understanding.training.stage import Stage, Turn

CHOICES: dict[str, tuple[Polarity, Polarity]] = {
    "choose_first": (1, 0),
    "choose_second": (0, 1),
    "choose_both": (1, 1),
    "choose_neither": (-1, -1),
}  #: how an answer takes what was offered first and second; 0: says nothing of it


def _open(s: Stage, kind: str) -> Turn:
    d = s.start(kind)
    x = s.r.random()
    section = "answer_genre" if x < 0.35 and kind == "open_question" else "wish" if x < 0.8 else "self_correction"
    section = "bare" if x > 0.97 else section
    clauses = [s.say(d, section)]
    while len(clauses) < 3 and s.chance(0.28):
        clauses.append(s.say(d, "wish"))
    return Turn(d, clauses)


def _favourite(s: Stage, kind: str) -> Turn:
    d = s.start(kind)
    clauses = [s.say(d, "answer_favourite")]
    if s.chance(0.3):
        clauses.append(s.say(d, "wish"))
    return Turn(d, clauses)


def _person(s: Stage, kind: str) -> Turn:
    d = s.start(kind)
    clauses = [s.say(d, "answer_person")]
    if s.chance(0.2):
        clauses.append(s.say(d, "wish"))
    return Turn(d, clauses)


def _confirm(s: Stage, kind: str) -> Turn:
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


def _choose(s: Stage, kind: str) -> Turn:
    """An answer to "this or that?" that names neither."""
    d = s.start(kind)
    answer = s.r.choice(list(CHOICES))
    d.proposals = [(m, said, sign) for (m, said), sign in zip(d.scene.proposed, CHOICES[answer], strict=True) if sign]
    return Turn(d, [s.say(d, answer)])


ANSWERS: dict[str, Callable[[Stage, str], Turn]] = {
    "open_question": _open,
    "chat": _open,
    "favourite_question": _favourite,
    "person_question": _person,
    "taste_question": _confirm,
    "choice_question": _choose,
}
