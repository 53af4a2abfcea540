"""What was said before a reaction that names no title: the titles stand in the last turn, or in an earlier one.

There is never a screen here, and often a title that is not meant. Knows nothing of the message that will follow.
"""

from __future__ import annotations

import random
import re

from bot.understanding.training import names
from bot.understanding.training.draft import CHOICE, Scene
from bot.understanding.training.lists import Split, draw

BETWEEN = "||"  #: stands between two turns of a phrasing
GAP = re.compile(r"\{(\w+)\}")


def recall(r: random.Random, split: Split, kind: str) -> Scene:
    """A scene of a kind: "one" suggests, "seen", "liked" and "would" ask, "earlier" remarks; "two" has two titles."""
    text = draw(r, split, "recall", kind)
    while found := CHOICE.search(text):
        text = text[: found.start()] + r.choice(found.group(1).split("|")) + text[found.end() :]
    scene = Scene("recall")
    scene.dated = r.random() < 0.75
    _cast(r, scene, text)
    written = [f"{title} ({year})" if scene.dated else title for title, year in scene.titles]
    filling = dict(zip(("A", "B", "x") if "{A}" in text else ("T", "x"), written, strict=True))
    filling["cast"] = scene.person
    turns = [_filled(r, split, turn, filling) for turn in text.split(BETWEEN)]
    del scene.titles[-1]
    scene.shows = [title for title, _ in scene.titles]
    if r.random() < 0.12:
        turns = [turn.lower() for turn in turns]
        scene.shows, scene.person = [title.lower() for title in scene.shows], scene.person.lower()
    scene.turns = turns
    return scene


def _cast(r: random.Random, scene: Scene, text: str) -> None:
    """The titles in play, and one more that is not meant; and who plays in the first if the text says so."""
    if "{cast}" in text:
        scene.person, title, year = names.film_with_cast(r)
        scene.titles.append((title, year))
    count = 3 if "{A}" in text else 2
    while len(scene.titles) < count:
        title, year = names.film(r)
        if all(title not in known and known not in title for known, _ in scene.titles):
            scene.titles.append((title, year))


def _filled(r: random.Random, split: Split, turn: str, filling: dict[str, str]) -> str:
    """A turn with its gaps filled; every `{plot}` is another remark."""

    def fill(gap: re.Match[str]) -> str:
        return draw(r, split, "contexts", "plot") if gap.group(1) == "plot" else filling[gap.group(1)]

    return GAP.sub(fill, turn).strip()
