"""A random catalogue schema, and what a mention becomes under it.

A *concept* is what a facet is about, whatever this catalogue calls it. Under a schema a mention turns into a listed
value, into copied words, or, when the catalogue has no such facet, into an `about`. Knows nothing of phrasings.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from bot.understanding.prompt import FacetView, kept_values
from bot.understanding.reading import Polarity
from bot.understanding.target import RawSlot
from bot.understanding.training.lists import mapping, schemas, words
from retrieval.catalogue.schema import FacetKind

ITEM, ABOUT = "item", "about"
TOPICS = {"genre", "mood", "keyword"}  #: what these do not list is a need; a color not listed is still a color


@dataclass(frozen=True, slots=True)
class Meaning:
    """What words may mean: values of a concept (none: the words themselves).

    `copies` tells whether words whose meaning is not listed still belong to the facet ("teal") or are better left to
    the next meaning ("for hiking" under an occasion facet that does not list it). Those of `TOPICS` never do.
    """

    concept: str
    values: tuple[str, ...] = ()
    copies: bool = True


@dataclass(frozen=True, slots=True)
class Mention:
    """A slot to be: the first meaning that the schema has room for, else `about`. A `title` stands for a reference."""

    meanings: tuple[Meaning, ...]
    polarity: Polarity
    title: str | None = None


@dataclass(frozen=True)
class Schema:
    """A catalogue as the model sees it.

    `names`: concept -> facet; `listed`: (concept, value) -> the value as the catalogue writes it.
    """

    domain: str
    item: str
    facets: tuple[FacetView, ...]
    names: Mapping[str, str]
    listed: Mapping[tuple[str, str], str] = field(repr=False)

    def slots(self, mention: Mention, said: str) -> Iterable[RawSlot]:
        """The slots of one mention, of which the message says `said`."""
        if mention.title is not None:
            return [RawSlot(ITEM, mention.title, mention.polarity)]
        for meaning in mention.meanings:
            if meaning.concept == ITEM:
                return [RawSlot(ITEM, said, mention.polarity)]
            facet = self.names.get(meaning.concept)
            if facet is None:
                continue
            values = [self.listed.get((meaning.concept, v)) for v in meaning.values]
            known = [v for v in values if v is not None]
            if values and len(known) == len(values):
                return [RawSlot(facet, v, mention.polarity) for v in known]
            if meaning.copies and meaning.concept not in TOPICS:
                return [RawSlot(facet, said, mention.polarity)]
        return [RawSlot(ABOUT, said, mention.polarity)]


def kind_of(concept: str) -> FacetKind:
    """Category, entity or number."""
    kinds = schemas()["kinds"]
    return next((FacetKind(kind) for kind, names in kinds.items() if concept in names), FacetKind.CATEGORY)


@cache
def other_names(domain: str, concept: str) -> Mapping[str, tuple[str, ...]]:
    """For a concept's values, what else people and catalogues call them."""
    if domain == "films":
        return mapping("films", "genre_names") if concept == "genre" else {}
    found = mapping(domain, "names")
    return {key.split(": ")[1]: names for key, names in found.items() if key.split(": ")[0] == concept}


def plural(word: str) -> str:
    """The plural of a kind of product."""
    special = {"scarf": "scarves", "dress": "dresses", "watch": "watches"}
    if word in special:
        return special[word]
    if word in {"underwear", "swimwear", "base layer"} or (word.endswith("s") and not word.endswith("ss")):
        return word
    return word + ("es" if word.endswith(("ss", "sh", "ch", "x")) else "s")


def need_meanings(said: str, domain: str) -> tuple[Meaning, ...]:
    """Which facets a need belongs to, should the catalogue have them and list the value."""
    if domain == "films":
        nation = mapping("films", "nationality").get(said)
        if nation:
            language, _, country = nation[0].partition(" = ")
            return Meaning("language", (language,)), Meaning("country", (country,))
        mood = Meaning("mood", (said.replace("feel good", "feel-good"),), copies=False)
        return mood, Meaning("keyword", (said,), copies=False)
    for concept in ("occasion", "audience"):
        value = mapping(domain, f"{concept}_words").get(said)
        if value:
            return (Meaning(concept, value, copies=False),)
    return (Meaning("mood", (said,), copies=False), Meaning("occasion", (said,), copies=False))


@cache
def genre_meanings(said: str) -> tuple[Meaning, ...]:
    """The genre that words mean. Raises KeyError for words that mean none."""
    for section in ("genre_nouns", "genre_adjectives"):
        for genres, names in mapping("films", section).items():
            if said in names:
                return (Meaning("genre", tuple(genres.split("+"))),)
    raise KeyError(said)


def draw_schema(r: random.Random, domain: str) -> Schema:
    """A catalogue of the domain: its facets, their names, order and listed values."""
    about = schemas()[domain]
    concepts = _concepts(r, about["core"], about["extra"])
    names = {c: _name(r, about["names"][c]) for c in concepts}
    views, spelled = [], {}
    for concept in concepts:
        kind = kind_of(concept)
        values = _values(r, domain, concept) if kind is FacetKind.CATEGORY else {}
        spelled[concept] = values
        units = schemas()["units"].get(concept, [""])
        unit = r.choice(units) or None if kind is FacetKind.NUMBER else None
        views.append(FacetView(names[concept], kind, tuple(values.values()), unit))
    kept = kept_values(views)
    listed = {
        (concept, value): shown
        for concept, values in spelled.items()
        for value, shown in values.items()
        if shown in kept[names[concept]]
    }
    return Schema(domain, r.choice(about["items"]), tuple(views), names, listed)


def _concepts(r: random.Random, core: list[str], extra: list[str]) -> list[str]:
    chosen = list(core)
    if r.random() < 0.14:
        chosen.remove(r.choice(chosen))
    if r.random() < 0.5:
        chosen += r.sample(extra, r.choice([1, 1, 2, 2, 3]) if len(extra) > 2 else 1)
    if r.random() < 0.25:
        r.shuffle(chosen)
    return chosen


def _name(r: random.Random, names: list[str]) -> str:
    return names[0] if len(names) == 1 or r.random() < 0.82 else r.choice(names[1:])


def _values(r: random.Random, domain: str, concept: str) -> dict[str, str]:
    """Value -> as this catalogue writes it, most frequent first."""
    file = domain if concept in words(domain) else "films"
    every = list(words(file)[concept])
    most = domain == "films" and concept == "genre" and r.random() < 0.7
    count = len(every) if most else min(len(every), r.randint(5, 25))
    if r.random() < 0.6:  # keep what is common first, as in a real catalogue
        some = set(r.sample(every, count))
        chosen = [v for v in every if v in some]
    else:
        chosen = r.sample(every, count)
    style = r.choices(["asis", "title", "lower"], [7, 2, 1])[0]
    many = concept == "category" and domain == "shop" and r.random() < 0.4
    others = other_names(domain, concept)
    spelled = {}
    for value in chosen:
        shown = value
        if value in others and r.random() < 0.25:
            shown = others[value][0]
        if many:
            shown = plural(shown)
        spelled[value] = {"asis": shown, "title": _title(shown), "lower": shown.lower()}[style]
    return spelled


def _title(text: str) -> str:
    return " ".join("-".join(p[:1].upper() + p[1:] for p in w.split("-")) for w in text.split())
