"""Which turn comes next: how often people want what, and their small talk. Knows neither noise nor schemas."""

from __future__ import annotations

import random

from bot.understanding.training.film_scenarios import FILMS
from bot.understanding.training.goods_scenarios import GOODS
from bot.understanding.training.lists import Split, weighted
from bot.understanding.training.reaction_scenarios import reaction, reacts
from bot.understanding.training.stage import Stage, Turn

PRIOR = [
    ("recommend", 46),
    ("feedback", 19),
    ("accept", 9),
    ("ask", 10),
    ("other", 5),
    ("greet", 3),
    ("bye", 3),
    ("compare", 3),
    ("help", 3),
]
SMALL_SCENES = {
    "greet": [("open", 5), ("greet", 5)],
    "bye": [("end", 6), ("chat", 2)],
    "help": [("open", 5), ("greet", 3), ("open_question", 3), ("one", 3)],
}


def draw_turn(r: random.Random, split: Split, domain: str, intent: str) -> Turn:
    """A turn with the intent. Raises DoesNotFit when the phrasing and the scene don't go together."""
    s = Stage(r, split, domain)
    if reacts(s, intent):
        return reaction(s, intent)
    if intent in ("greet", "bye", "help", "other"):
        return _small(s, intent)
    return (GOODS if s.goods else FILMS)[intent](s)


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
