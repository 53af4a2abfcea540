"""A message in the making: phrasings with their tags filled in, as marked text, and the mentions they contain.

Keeps the books; what each tag means stands in `tags.py`. Knows neither scenarios nor noise.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.understanding.reading import Polarity
from bot.understanding.training import amounts, names
from bot.understanding.training.lists import Split, mapping, words
from bot.understanding.training.marks import mark
from bot.understanding.training.schema import ITEM, Meaning, Mention, kind_of, need_meanings, other_names, plural
from retrieval.catalogue.schema import FacetKind

TAG = re.compile(r"\{(\w+?)([+0\-x])(?::([^{}]*))?\}")
WORD = re.compile(r"<(\w+)>")
CHOICE = re.compile(r"\[([^\[\]{}]*(?:\{[^{}]*\}[^\[\]{}]*)*\|[^\[\]]*)\]")
SIGNS: Mapping[str, Polarity] = {"+": 1, "0": 0, "-": -1}
DONE = {
    "shop": ("own", "bought", "have"),
    "books": ("read", "read", "finished"),
    "restaurants": ("been to", "eaten at"),
    "games": ("played", "played", "beaten"),
    "hotels": ("stayed at",),
    "groceries": ("tried", "tried", "bought"),
    "courses": ("taken", "done", "finished"),
}
DO = {"shop": "order", "books": "read", "restaurants": "book", "games": "get", "hotels": "book", "groceries": "get"} | {
    "courses": "take"
}
OF_FILMS = ("movie", "film", "acting", "ending", "watch", "seen", "story")  #: praise with these is no praise of goods
GENRE_TAIL = re.compile(r"(.+?)( (?:movies|movie|films|flicks))?$")


class DoesNotFit(Exception):
    """The phrasing needs something that the context does not have."""


@dataclass
class Scene:
    """What stands before a message: titles in play with their years, turns, screen, prices."""

    kind: str = "open"
    titles: list[tuple[str, int]] = field(default_factory=list)
    shows: list[str] = field(default_factory=list)  #: the titles as the turn or the screen writes them
    turns: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    prices: list[int] = field(default_factory=list)
    priced: bool = False
    dated: bool = False
    person: str = ""  #: somebody whom the turns name
    proposed: list[tuple[Mention, str]] = field(default_factory=list)  #: tastes asked about, and in which words


class Draft:
    """One message being written for a domain."""

    def __init__(self, r: random.Random, split: Split, domain: str, scene: Scene | None = None) -> None:
        self.r, self.split, self.domain = r, split, domain
        self.scene = scene or Scene()
        self.mentions: list[Mention] = []
        self.references: list[Mention] = []
        self.proposals: list[tuple[Mention, str, Polarity]] = []  #: the assistant's words, confirmed or refused
        self.used: set[object] = {t for t, _ in self.scene.titles}
        self.pending: tuple[str, int] | None = None

    # -- phrasings ---------------------------------------------------------------------------------------------------

    def write(self, phrasing: str) -> str:
        """The phrasing as marked text. Raises DoesNotFit."""
        r = self.r
        text = phrasing
        while found := CHOICE.search(text):
            text = text[: found.start()] + r.choice(found.group(1).split("|")) + text[found.end() :]
        while WORD.search(text):
            text = WORD.sub(lambda m: self._any(m.group(1)), text)
        return TAG.sub(lambda m: self.fill(m.group(1), m.group(2), m.group(3)), text)

    def _any(self, name: str) -> str:
        w = words("shared")
        if name == "bad1":
            return self.r.choice(["not great", "overpriced", "disappointing", "not for me", "pretty bad", "boring"])
        if name == "done":
            return self.r.choice(DONE.get(self.domain, ("seen",)))
        if name in ("verb", "verb1"):
            return DO.get(self.domain, "watch")
        said = w[{"who": "company", "good": "praise", "bad": "blame"}.get(name, name)]
        if self.domain != "films":
            said = tuple(s for s in said if not any(word in s for word in OF_FILMS))
        return self.r.choice(said)

    def fill(self, tag: str, sign: str, argument: str | None = None) -> str:
        """What a tag becomes. Raises DoesNotFit."""
        from bot.understanding.training import tags

        polarity = None if sign == "x" else SIGNS[sign]
        if argument is not None:
            return self.say(argument, tags.meanings(tag, argument, self.domain), polarity)
        for table in (tags.REFERENCES, tags.FILMS if self.domain == "films" else tags.GOODS, tags.EVERYWHERE):
            if tag in table:
                return table[tag](self, polarity)
        return self._facet(tag, polarity)

    # -- what tags put down --------------------------------------------------------------------------------------------

    def say(self, text: str, meanings: tuple[Meaning, ...], polarity: Polarity | None, name: bool = False) -> str:
        """Words that carry a slot, marked; without a polarity just the words."""
        if polarity is None:
            return text
        self.mentions.append(Mention(meanings, polarity))
        return mark(len(self.mentions) - 1, text, name)

    def say_amount(self, said: amounts.Said, concept: str, polarity: Polarity | None) -> str:
        """An amount, of which only the second part carries the slot."""
        return said[0] + self.say(said[1], (Meaning(concept),), polarity)

    def refer(self, index: int, polarity: Polarity | None) -> str:
        """A reference to a title in play; says nothing itself."""
        try:
            title = self.scene.shows[index]
        except IndexError:
            raise DoesNotFit from None
        if polarity is not None and all(m.title != title for m in self.references):
            self.references.append(Mention((), polarity, title))
        return ""

    def known(self, index: int, polarity: Polarity | None) -> str:
        """A title in play, by name."""
        if index >= len(self.scene.titles):
            raise DoesNotFit
        title, year = self.scene.titles[index]
        return self.item(title, year, polarity, known=True)

    def item(self, title: str, year: int, polarity: Polarity | None, known: bool = False) -> str:
        """A title, written somehow."""
        self.used.add(title)
        if self.domain == "films":
            before, text, after = names.film_written(self.r, title, year, known)
        else:
            before, text, after = "", names.product_written(self.r, title, self.domain, known), ""
        return before + self.say(text, (Meaning(ITEM),), polarity, name=True) + after

    def new_item(self, polarity: Polarity | None) -> str:
        """A title that is not in play."""
        if self.pending:
            (title, year), self.pending = self.pending, None
            return self.item(title, year, polarity)
        if self.domain == "films" and self.r.random() < 0.05:
            alias, (title, *_) = self.r.choice(list(mapping("films", "aliases").items()))
            if title not in self.used:
                self.used.add(title)
                return self.say(alias, (Meaning(ITEM),), polarity, name=True)
        for _ in range(9):
            title, year = names.film(self.r) if self.domain == "films" else (names.product(self.r, self.domain), 0)
            if title not in self.used:
                break
        return self.item(title, year, polarity)

    def pick(self, values: tuple[str, ...]) -> str:
        """A value not used in this message yet, if there is one."""
        for _ in range(12):
            value = self.r.choice(values)
            if value not in self.used:
                break
        self.used.add(value)
        return value

    def need(self, section: str, polarity: Polarity | None) -> str:
        """A need of the domain, in words from its list."""
        said = self.pick(words(self.domain)[section])
        return self.say(said, need_meanings(said, self.domain), polarity)

    def genre(self, section: str, polarity: Polarity | None) -> str:
        """A genre in a noun, an adjective or a predicate."""
        table = mapping("films", section)
        for _ in range(12):
            key = self.r.choices(list(table), [GENRE_WEIGHTS.get(k, 3) for k in table])[0]
            parts = tuple(key.split("+"))
            if polarity == -1 and len(parts) > 1 and self.r.random() < 0.6:
                continue
            if not any(("genre", g) in self.used for g in parts):
                break
        self.used.update(("genre", g) for g in parts)
        found = GENRE_TAIL.match(self.r.choice(table[key]))
        assert found is not None
        return self.say(found.group(1), (Meaning("genre", parts),), polarity) + (found.group(2) or "")

    def person(self, polarity: Polarity | None) -> str:
        """An actor or director."""
        for _ in range(9):
            name = names.person(self.r)
            if name not in self.used:
                break
        self.used.add(name)
        return self.say(names.person_written(self.r, name), (Meaning("person"),), polarity, name=True)

    def person_in(self, polarity: Polarity | None) -> str:
        """An actor of the film that the next `{n}` will name."""
        name, title, year = names.film_with_cast(self.r)
        self.pending = (title, year)
        self.used.add(name)
        return self.say(names.person_written(self.r, name), (Meaning("person"),), polarity, name=True)

    def _facet(self, tag: str, polarity: Polarity | None) -> str:
        concept = {"cat": "category", "cats": "category"}.get(tag, tag)
        if concept == "author":
            author = self.pick(tuple(a for (a,) in mapping("books", "titles").values()))
            return self.say(self.lowered(author), (Meaning("author"),), polarity, name=True)
        if concept not in words(self.domain):
            raise KeyError(f"no tag {tag!r} for {self.domain}")
        value = self.pick(words(self.domain)[concept])
        if kind_of(concept) is FacetKind.ENTITY:
            return self.say(self.lowered(value), (Meaning(concept),), polarity, name=True)
        return self.say(self.worded(concept, value, many=tag == "cats"), (Meaning(concept, (value,)),), polarity)

    def worded(self, concept: str, value: str, many: bool) -> str:
        """A category value as a visitor says it."""
        others = other_names(self.domain, concept).get(value, ())
        said = self.r.choice(others) if others and self.r.random() < 0.35 else value
        if concept == "category" and many and self.domain == "shop":
            said = plural(said)
        return said

    def lowered(self, text: str) -> str:
        """The text, in lower case now and then."""
        return text.lower() if self.r.random() < 0.35 else text


GENRE_WEIGHTS = {
    "action": 9,
    "comedy": 14,
    "horror": 12,
    "romance": 6,
    "romance+comedy": 6,
    "thriller": 8,
    "drama": 7,
    "sci-fi": 8,
    "animation": 5,
    "children": 6,
}
