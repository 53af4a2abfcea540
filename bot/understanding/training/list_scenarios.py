"""What visitors say while a list of ours is on the screen: four to six items, of which they speak by pointing.

Pointing words are the slot ("the second one"): code knows what stands second, the model need not count. Most wishes
have nothing to do with the list, and must not be read as if they had. Knows neither noise nor schemas.
"""

from __future__ import annotations

import random

from bot.understanding.reading import Polarity
from bot.understanding.training import names
from bot.understanding.training.draft import DoesNotFit, Draft, Scene
from bot.understanding.training.lists import Split, draw, weighted, words
from bot.understanding.training.scenes import line
from bot.understanding.training.schema import ITEM, Meaning
from bot.understanding.training.stage import Stage, Turn

SIZES = [("4", 2), ("5", 10), ("6", 1)]
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth")
SHORT = ("1st", "2nd", "3rd", "4th", "5th", "6th")
NUMBERS = ("one", "two", "three", "four", "five", "six")
EVERY = ("all of them", "them all", "all of these", "all five", "all of those", "every one of them")
OPENINGS = (
    "{Count} {nouns}: {rest}.",
    "Here are {count} {nouns}: {rest}.",
    "Here are {count} {nouns} to start with.",
    "{Count} {nouns} like {title}: {rest}.",
    "Noted that you like {title}. Here are {count} {nouns} like {title}.",
    "Dropped {title}. {Count} other {nouns}: {rest}.",
    "Marked {title} as seen. {Count} more {nouns}: {rest}.",
    "I don't have that here, so I went by the words. {Count} {nouns}: {rest}.",
    "{Count} other {nouns}, going by {rest}. Any period in mind?",
    "Here are {count} {nouns} without {rest}.",
)


def pointed(d: Draft, polarity: Polarity | None) -> str:
    """Words that point at one item of the list. Raises DoesNotFit without a list."""
    count = len(d.scene.shown)
    if d.scene.kind != "list":
        raise DoesNotFit
    left = [i for i in range(count) if ("place", i) not in d.used]
    if not left:
        raise DoesNotFit
    place = d.r.choice(left)
    d.used.add(("place", place))
    written = [f"the {PLACES[place]} one", f"the {PLACES[place]}", f"the {SHORT[place]} one", f"the {SHORT[place]}"]
    written += [f"{SHORT[place]} one", f"{PLACES[place]} one", f"number {NUMBERS[place]}", f"number {place + 1}"]
    written += [f"#{place + 1}", f"no {place + 1}"] + (["the last one", "the last", "last one"] * (place == count - 1))
    return d.say(d.r.choice(written), (Meaning(ITEM),), polarity)


def every(d: Draft, polarity: Polarity | None) -> str:
    """Words that point at the whole list. Raises DoesNotFit without a list."""
    if d.scene.kind != "list":
        raise DoesNotFit
    return d.say(d.r.choice(EVERY[: 3 if len(d.scene.shown) != 5 else 4]), (Meaning(ITEM),), polarity)


def list_turn(r: random.Random, split: Split, domain: str, intent: str) -> Turn:
    """A turn with the intent while a list is shown. Raises DoesNotFit."""
    s = Stage(r, split, domain)
    d = Draft(r, split, domain, _scene(r, split, domain))
    if intent == "recommend":
        return _recommend(s, d)
    if intent == "feedback":
        clauses = [] if s.chance(0.4) else [s.say(d, "feedback", file="lists")]
        if not clauses or s.chance(0.3):
            clauses.append(s.say(d, "more", file="lists"))
        return Turn(d, clauses)
    if intent == "ask":
        sections = [("ask", 4), ("ask_goods" if s.goods else "ask_films", 4), ("ask_all", 2)]
        return Turn(d, [s.say(d, weighted(r, sections), file="lists")])
    if intent in ("compare", "accept"):
        return Turn(d, [s.say(d, intent, file="lists")])
    return Turn(d, [s.say(d, intent, file="shared")])


def _recommend(s: Stage, d: Draft) -> Turn:
    x = s.r.random()
    own = s.domain if s.goods else "films"
    if x < 0.55:
        clauses = [s.say(d, "wish", file=own)]
        if s.chance(0.15):
            clauses.append(s.say(d, "wish", file=own))
        return Turn(d, clauses)
    if x < 0.65 and not s.goods:
        return Turn(d, [s.say(d, s.r.choice(["several", "self_correction", "general_dislike", "answer_genre"]))])
    if x < 0.70:
        return Turn(d, [s.say(d, "undo")])
    if x < 0.9:
        return Turn(d, [s.say(d, "wish", file="lists")])
    return Turn(d, [s.say(d, "feedback", file="lists"), s.say(d, "wish", file=own)])


def _scene(r: random.Random, split: Split, domain: str) -> Scene:
    """A list on the screen, the assistant's line about it, and mostly the wish that led to it."""
    scene = Scene("list")
    while len(scene.titles) < int(weighted(r, SIZES)):
        title, year = names.film(r) if domain == "films" else (names.product(r, domain), 0)
        if title not in [t for t, _ in scene.titles]:
            scene.titles.append((title, year))
    scene.shown = scene.shows = [t for t, _ in scene.titles]
    scene.turns = [_opening(r, domain, len(scene.shown))]
    if r.random() < 0.8:
        visitor = line(r, split, domain, draw(r, split, "films" if domain == "films" else domain, "wish"))
        scene.turns.insert(0, visitor)
    return scene


def _opening(r: random.Random, domain: str, count: int) -> str:
    """The assistant's line in the manner of our own replies."""
    nouns = {"films": "films", "books": "books", "games": "games", "hotels": "hotels"}.get(domain, "items")
    needs = words(domain)["qualifiers" if domain == "films" else "needs"]
    title = names.film(r)[0] if domain == "films" else names.product(r, domain)
    filling = {"Count": NUMBERS[count - 1].capitalize(), "count": NUMBERS[count - 1], "nouns": nouns, "title": title}
    return r.choice(OPENINGS).format(rest=", ".join(r.sample(needs, r.choice([1, 1, 2]))), **filling)
