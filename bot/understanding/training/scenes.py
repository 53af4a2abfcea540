"""What stands before a message: the earlier turns, the titles in play and the screen.

Knows nothing of the message that will follow.
"""

from __future__ import annotations

import random
import re

from bot.understanding.training import names
from bot.understanding.training.amounts import PRICES
from bot.understanding.training.draft import Draft, Scene
from bot.understanding.training.lists import Split, draw, films
from bot.understanding.training.marks import marked, plain
from bot.understanding.training.noise import slip, tidy

COUNTS = {"one": 1, "seen": 1, "liked": 1, "offer": 1, "two": 2, "three": 3} | {
    "chat_one": 1,
    "chat_two": 2,
    "chat_three": 3,
}  #: how many titles are in play


def line(r: random.Random, split: Split, domain: str, phrasing: str) -> str:
    """An earlier turn, its slots of no interest."""
    return plain(tidy(Draft(r, split, domain).write(phrasing)))


def make_scene(r: random.Random, split: Split, domain: str, kind: str) -> Scene:
    """The scene of a kind: "open" is the first message."""
    scene = Scene(kind)
    if kind == "open":
        return scene
    if kind in COUNTS:
        _with_titles(r, split, domain, scene)
    else:
        _without_titles(r, split, domain, scene)
    scene.turns = scene.turns[-3:]
    return scene


def _with_titles(r: random.Random, split: Split, domain: str, scene: Scene) -> None:
    count = COUNTS[scene.kind]
    while len(scene.titles) < count:
        title, year = names.film(r) if domain == "films" else (names.product(r, domain), 0)
        if title not in [t for t, _ in scene.titles]:
            scene.titles.append((title, year))
    dated = domain == "films" and (scene.kind.startswith("chat") or r.random() < 0.72)
    scene.shows = [t for t, _ in scene.titles]
    written = [f"{t} ({y})" if dated else t for t, y in scene.titles]
    scene.dated = dated
    if domain in ("shop", "hotels", "groceries", "games") and r.random() < 0.6:
        scene.prices = r.sample(sorted({p + x for p in PRICES[domain] for x in (0, 1, 4, 9)}), count)
        scene.priced = True
        written = [f"{t} (${p})" for t, p in zip(written, scene.prices, strict=True)]
    last = _screened(r, split, scene, _naming(r, split, domain, scene, written))
    if r.random() < 0.1:
        last = last.lower()
        if not scene.shown:
            scene.shows = [t.lower() for t in scene.shows]
    followed = 0.3 if scene.kind.startswith("chat") or domain != "films" else 0.18
    if scene.kind not in ("offer", "seen", "liked") and r.random() < followed:
        scene.turns = [last, *_follow_up(r, split, domain, len(scene.titles))]
        return
    scene.turns = _history(r, split, domain, last)


def _follow_up(r: random.Random, split: Split, domain: str, count: int) -> tuple[str, str]:
    """A question or remark about the titles, and the assistant's answer, which names none of them."""
    goods = "" if domain == "films" else "_goods"
    visitor = draw(r, split, "contexts", "follow_visitor" + goods)
    one = ("It's ", "it's ", "It is ", "It has ", "It came ", "Would you like that")
    answer = draw(r, split, "contexts", "follow" + goods, lambda p: count == 1 or not p.startswith((*one, "{plot}")))
    answer = answer.replace("{plot}", "{}").format(*(draw(r, split, "contexts", "plot") for _ in range(2)))
    return (visitor.lower() if r.random() < 0.3 else visitor), answer


def _screened(r: random.Random, split: Split, scene: Scene, last: str) -> str:
    """The last turn; the titles may be on the screen as well, or on the screen only."""
    x = r.random()
    if scene.kind not in ("one", "two", "three"):
        if x < 0.3 and not scene.kind.startswith("chat"):
            scene.shown = list(scene.shows)
        return last
    if x < 0.6:
        scene.shown = list(scene.shows)
    if x < 0.17:
        scene.priced = scene.dated = False
        return draw(r, split, "contexts", "screen" if len(scene.titles) > 1 else "screen_one")
    return last


def _naming(r: random.Random, split: Split, domain: str, scene: Scene, written: list[str]) -> str:
    """The assistant's turn that names the titles."""
    first = scene.titles[0][0]
    cast = next((f.cast for f in films() if f.title == first), ()) if domain == "films" else ()
    section = scene.kind
    if domain != "films":
        section = {1: "goods_one", 2: "goods_two", 3: "goods_three"}[len(written)]
        section = "goods_offer" if scene.kind == "offer" else section

    def fits(p: str) -> bool:
        return not (("{cast}" in p and not cast) or ("the {T}" in p and domain in ("films", "books", "games")))

    text = draw(r, split, "contexts", section, fits)
    filling = {"T": written[0], "plot": draw(r, split, "contexts", "plot") if r.random() < 0.8 else ""}
    filling |= {"cast": r.choice(cast) if cast else ""} | dict(zip("ABC", written, strict=False))
    return re.sub(r"\{(\w+)\}", lambda m: filling[m.group(1)], text).strip()


def _without_titles(r: random.Random, split: Split, domain: str, scene: Scene) -> None:
    kind = scene.kind
    if kind in ("taste_question", "choice_question"):
        draft = Draft(r, split, domain)
        text = tidy(draft.write(draw(r, split, "contexts", kind)))
        scene.proposed = [(draft.mentions[i], said) for i, said in marked(text)]
        last = plain(text)
    elif kind == "open_question" and domain != "films":
        last = draw(r, split, domain, kind)
    else:
        last = draw(r, split, "contexts", kind, lambda p: domain == "films" or "movie" not in p)
    if kind == "greet" and r.random() < 0.8:
        scene.turns = [last]
        return
    if r.random() < 0.1:
        last = last.lower()
        scene.proposed = [(m, said.lower()) for m, said in scene.proposed]
    scene.turns = _history(r, split, domain, last)
    if kind in ("chat", "end") and r.random() < 0.3:
        count = r.choice([1, 3])
        scene.shown = [names.film(r)[0] if domain == "films" else names.product(r, domain) for _ in range(count)]


def _history(r: random.Random, split: Split, domain: str, last: str) -> list[str]:
    """The last turn, after none, one or two earlier ones."""
    if r.random() >= 0.65:
        return [last]
    section = "earlier_visitor" if domain == "films" else "goods_earlier_visitor"
    visitor = line(r, split, domain, draw(r, split, "contexts", section))
    if domain == "films" and r.random() < 0.3:
        visitor = line(r, split, domain, draw(r, split, "films", "wish"))
    if r.random() < 0.25:
        visitor = " ".join(slip(r, w) if r.random() < 0.1 else w for w in visitor.lower().split())
    if r.random() >= 0.7:
        return [visitor, last]
    if domain == "films":
        return [line(r, split, domain, draw(r, split, "contexts", "earlier_assistant")), visitor, last]
    return [r.choice([draw(r, split, domain, "open_question"), "Hello! How can I help?"]), visitor, last]
