"""Noun phrases that describe what somebody wants: "a black wool coat in size M under $80". Knows no scenarios."""

from __future__ import annotations

from collections.abc import Callable

from bot.understanding.reading import Polarity
from bot.understanding.training import amounts
from bot.understanding.training.draft import Draft
from bot.understanding.training.lists import words
from bot.understanding.training.schema import Meaning, need_meanings, plural

PAIRS = {"jeans", "shorts", "pants", "leggings", "pajamas", "sunglasses", "chinos", "trousers", "slacks"}
MOSTLY_MANY = {"boot", "sneaker", "sandal", "sock", "glove", "heel", "loafer", "running shoe", "slipper", "trainer"}


def describe(d: Draft, polarity: Polarity | None, many: bool) -> str:
    """A noun phrase of the domain; `many`: without an article."""
    return DESCRIBED[d.domain](d, polarity, many)


class _Phrase:
    """Words put one after the other, each with some chance."""

    def __init__(self, d: Draft, polarity: Polarity | None) -> None:
        self.d, self.polarity, self.words = d, polarity, [""]

    def put(self, chance: float, what: Callable[[], str] | str) -> bool:
        if self.d.r.random() >= chance:
            return False
        self.words.append(what if isinstance(what, str) else what())
        return True

    def tag(self, chance: float, tag: str, before: str = "") -> bool:
        return self.put(chance, lambda: before + self.d.fill(tag, _sign(self.polarity)))

    def need(self, chance: float, *said: str) -> bool:
        return self.put(chance, lambda: self._need(self.d.r.choice(said)))

    def _need(self, said: str) -> str:
        self.d.used.add(said)
        return self.d.say(said, need_meanings(said, self.d.domain), self.polarity)

    def text(self, article: str) -> str:
        return article + " ".join(w for w in self.words if w)


def _sign(polarity: Polarity | None) -> str:
    return "x" if polarity is None else {1: "+", 0: "0", -1: "-"}[polarity]


def _article(d: Draft, many: bool) -> str:
    return "" if many else d.r.choice(["a ", "a ", "a ", "some "])


def _shop(d: Draft, polarity: Polarity | None, many: bool) -> str:
    p, w = _Phrase(d, polarity), words("shop")
    sized = p.tag(0.12, "sizew")
    p.need(0.15, "cheap", *(n for n in w["needs"] if " " not in n))
    p.tag(0.4, "color")
    p.tag(0.25, "material")
    p.tag(0.3, "brand")
    value = d.pick(w["category"])
    said = d.worded("category", value, False)
    article = _article(d, many)
    pair = said in PAIRS
    several = many or article == "some " or said in MOSTLY_MANY or pair
    if several and article == "a ":
        article = d.r.choice(["", "some ", "a pair of "] if said in MOSTLY_MANY or pair else ["some "])
    p.words.append(d.say(plural(said) if several else said, (Meaning("category", (value,)),), polarity))
    if not sized:
        p.tag(0.2, "size", d.r.choice(["in size ", "in size ", "size ", "in a ", "in "]))
    if not p.tag(0.28, "price"):
        p.need(0.15, *(n for n in w["needs"] if n.startswith(("for ", "with "))))
        p.tag(0.08, "aud")
    return p.text(article)


def _book(d: Draft, polarity: Polarity | None, many: bool) -> str:
    p, article = _Phrase(d, polarity), _article(d, many)
    several = many or article == "some "
    p.need(0.12, "funny", "dark", "cozy", "short", "easy")
    genre = p.tag(0.75, "genre")
    if not (genre and several) or d.r.random() < 0.8:
        p.words.append(d.r.choice(["book", "novel", "book"]) + ("s" if several else ""))
    if not p.tag(0.3 if genre else 1, "author", "by "):
        p.tag(0.3, "year")
    return p.text(article)


def _restaurant(d: Draft, polarity: Polarity | None, many: bool) -> str:
    p, article = _Phrase(d, polarity), _article(d, many)
    p.need(0.12, "romantic", "quiet", "fancy", "casual", "cheap")
    p.tag(1, "cuisine")
    p.words.append(d.r.choice(["place", "restaurant", "spot"]) + ("s" if many or article == "some " else ""))
    p.tag(0.45, "area")
    if p.tag(0.3, "price"):
        p.put(0.5, d.r.choice(["a head", "per person"]))
    return p.text(article)


def _game(d: Draft, polarity: Polarity | None, many: bool) -> str:
    p, article = _Phrase(d, polarity), _article(d, many)
    p.need(0.12, "relaxing", "cozy", "short", "hard", "multiplayer")
    p.tag(1, "genre")
    p.words.append("games" if many or article == "some " else "game")
    p.tag(0.45, "platform", d.r.choice(["for ", "on ", "for "]) + d.r.choice(["", "the ", "my "]))
    p.tag(0.3, "price")
    return p.text(article)


def _hotel(d: Draft, polarity: Polarity | None, many: bool) -> str:
    p, article = _Phrase(d, polarity), _article(d, many)
    if d.r.random() < 0.3:
        n = d.r.choice([2, 3, 4, 5])
        said = d.r.choice([f"{n}-star", f"{n} star", {2: "two", 3: "three", 4: "four", 5: "five"}[n] + " star"])
        p.words.append(d.say_amount(("", said), "stars", polarity))
    p.need(0.15, "quiet", "boutique", "cheap", "pet friendly", "romantic")
    p.words.append("hotels" if many or article == "some " else d.r.choice(["hotel", "hotel", "place to stay"]))
    p.tag(0.6, "area")
    if d.r.random() < 0.35:
        p.words.append(d.say_amount(amounts.price(d.r, "hotels"), "price", polarity))
        p.put(0.5, d.r.choice(["a night", "per night"]))
    return p.text(article)


def _grocery(d: Draft, polarity: Polarity | None, many: bool) -> str:
    p = _Phrase(d, polarity)
    p.tag(0.35, "diet")
    p.tag(0.3, "brand")
    p.tag(1, "category")
    p.tag(0.3, "price")
    return p.text("" if many else d.r.choice(["", "some "]))


def _course(d: Draft, polarity: Polarity | None, many: bool) -> str:
    p, article = _Phrase(d, polarity), _article(d, many)
    p.need(0.12, "hands-on", "relaxed", "intensive")
    p.tag(0.3, "level")
    p.tag(0.25, "format")
    p.tag(1, "subject")
    p.words.append(d.r.choice(["course", "class"]) if not (many or article == "some ") else "courses")
    p.tag(0.25, "teacher", "with ")
    p.tag(0.25, "price")
    return p.text(article)


DESCRIBED: dict[str, Callable[[Draft, Polarity | None, bool], str]] = {
    "shop": _shop,
    "books": _book,
    "restaurants": _restaurant,
    "games": _game,
    "hotels": _hotel,
    "groceries": _grocery,
    "courses": _course,
}
