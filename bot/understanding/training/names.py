"""Names to talk about, and how people write them: films, people, products, places.

Knows nothing of slots or phrasings.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import accumulate

from bot.understanding.training.lists import Film, films, mapping, words

LINKS = {"of", "the", "and", "in", "to", "a", "for", "with", "from", "is", "on"}  #: words that no short title ends in


@cache
def _weights() -> list[float]:
    def weight(f: Film) -> float:
        known = 3.0 if f.language == "English" else 0.7
        return known * (1.0 if f.year >= 1977 else 0.3) * (1.4 if f.year >= 1990 else 1)

    return list(accumulate(weight(f) for f in films()))


@cache
def _ordinary() -> tuple[Film, ...]:
    names = set(words("films")["ordinary_titles"])
    return tuple(f for f in films() if f.title in names)


@cache
def _series() -> frozenset[str]:
    """What stands before a colon in more than one title."""
    heads = [f.title.split(": ")[0] for f in films() if ": " in f.title]
    return frozenset(h for h in heads if heads.count(h) > 1)


def film(r: random.Random) -> tuple[str, int]:
    """A film's title and year; one in ten is invented."""
    x = r.random()
    if x < 0.10:
        w = words("films")
        title = r.choice(w["invented_first"]) + " " + r.choice(w["invented_second"])
        return title + (" " + r.choice(w["invented_third"]) if r.random() < 0.3 else ""), r.randint(1970, 2024)
    f = r.choice(_ordinary()) if x < 0.18 else r.choices(films(), cum_weights=_weights())[0]
    return f.title, f.year


def film_with_cast(r: random.Random) -> tuple[str, str, int]:
    """(person, title, year): somebody in a film."""
    while True:
        f = r.choices(films(), cum_weights=_weights())[0]
        if f.cast:
            return r.choice(f.cast), f.title, f.year


def person(r: random.Random) -> str:
    """An actor or a director; one in ten is invented."""
    x = r.random()
    if x < 0.1:
        w = words("films")
        return f"{r.choice(w['first_names'])} {r.choice(w['last_names'])}"
    if x < 0.35:
        return r.choice(list(mapping("films", "nicknames")))
    while True:
        f = r.choices(films(), cum_weights=_weights())[0]
        if f.cast or f.directors:
            return r.choice((*f.cast, *f.directors))


def person_written(r: random.Random, name: str) -> str:
    """A nickname, a last name, or the name."""
    nicknames = mapping("films", "nicknames").get(name, ())
    if nicknames and r.random() < 0.4:
        return r.choice(nicknames)
    x = r.random()
    last = name.rsplit(maxsplit=1)[-1]
    if x < 0.12 and len(last) > 4 and last[:1].isupper() and not last.endswith("."):
        return last
    return name.lower() if x < 0.32 else name


def without_article(title: str) -> str:
    """The title without its first The, A or An."""
    return re.sub(r"^(The|A|An) ", "", title)


def without_accents(text: str) -> str:
    """The text on an English keyboard."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("·", "-").replace("³", " 3").replace("½", "")


def film_written(r: random.Random, title: str, year: int, known: bool) -> tuple[str, str, str]:
    """(before, the words that name the film, after). `known`: it was just mentioned, so a part of it will do."""
    if title in words("films")["risky_titles"]:
        dated, quoted = ("", title, f" ({year})"), ('"', title, '"')
        return r.choice([*[dated] * 5, quoted, ("the movie ", title, ""), ("the movie ", title.lower(), "")])
    text = _shortened(r, title, known)
    before, after = "", ""
    x = r.random()
    if x < 0.32:
        after = ("  " if r.random() < 0.08 else " ") + f"({year})"
    elif x < 0.36 and not re.search(r"\d$", text):
        after = f" {year}"
    elif 0.80 <= x < 0.82:
        before, after = '"', '"'
    else:
        text = _respelled(text, x)
    if r.random() < 0.35:
        text = without_accents(text)
    return before, text.strip(), after


def _respelled(text: str, x: float) -> str:
    """One of the ways to write a title, by a number in [0.32, 1)."""
    ways: list[tuple[float, Callable[[str], str]]] = [
        (0.56, str.lower),
        (0.66, without_article),
        (0.72, lambda t: without_article(t).lower()),
        (0.77, lambda t: re.sub("[':,!]", "", t)),
        (0.80, lambda t: t.replace("&", "and")),
        (0.835, str.upper),
    ]
    return next((way(text) for limit, way in ways if x < limit), text)


def _shortened(r: random.Random, title: str, known: bool) -> str:
    if ": " in title and "Episode" not in title and r.random() < 0.5:
        head, tail = title.split(": ", 1)
        if known:
            return head if r.random() < 0.7 and len(head) > 3 else tail
        return head if head not in _series() and len(head) > 4 else title
    pieces = without_article(title).split()
    if known and len(pieces) > 2 and r.random() < 0.12:
        start = " ".join(pieces[:2])
        if len(start) > 5 and pieces[1].lower() not in LINKS:
            return start
    return title


def product(r: random.Random, domain: str) -> str:
    """Something the catalogue of a domain offers."""
    w = words(domain)
    if domain == "books":
        return r.choice(list(mapping("books", "titles")))
    if domain == "groceries":
        name = f"{r.choice(w['lines'])} {capitals(r.choice(w['category']))}"
        return f"{r.choice(w['brand'])} {name}" if r.random() < 0.8 else name
    if domain != "shop":
        return r.choice(w["titles"])
    brand, line = r.choice(w["brand"]), r.choice(w["lines"])
    kind, color, fabric = (capitals(r.choice(w[c])) for c in ("category", "color", "material"))
    forms = [f"{brand} {line} {kind}", f"{line} {fabric} {kind}", f"{color} {fabric} {kind}", f"{brand} {color} {kind}"]
    return r.choices([*forms, f"{line} {r.randint(2, 990)} {kind}"], [45, 20, 15, 12, 8])[0]


def product_written(r: random.Random, title: str, domain: str, known: bool) -> str:
    """The words that name it."""
    x = r.random()
    if x < 0.35:
        return title.lower()
    if x < 0.45:
        return without_article(title)
    if known and x < 0.65 and domain in ("shop", "groceries") and len(title.split()) > 2:
        return " ".join(title.split()[:2])
    return title.replace("'", "") if x < 0.7 else title


def capitals(text: str) -> str:
    """Every word with a capital."""
    return " ".join(w[:1].upper() + w[1:] for w in text.split())
