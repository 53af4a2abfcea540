"""Replies to train wording with: the template's words over invented facts and the same in other words.

What is said comes from `bot.response.tones`, the prompt from `bot.response.wording`, as at run time; the other
words are hand-written (`phrasings/wording.txt`), a section a template, and hold the same facts: none lost, none added.
Two tasks draw from it, `wording` and, the questions about a facet alone, `asking`. Knows neither tokenizer nor model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

from bot.response.tones import phrasebook
from bot.response.wording import Brief, Length, Tone, Voice, foreign, wording_prefix, wording_suffix
from bot.understanding.grammar import words as words_of
from bot.understanding.training.draft import DoesNotFit
from bot.understanding.training.facts import Invented
from bot.understanding.training.generate import UNSEEN
from bot.understanding.training.lists import Split, draw, held_out, phrasings, weighted
from bot.understanding.training.schema import draw_schema, plural
from bot.understanding.training.told import ANSWERS, QUESTIONS, REPLIES, Told, act, message, tell
from retrieval.catalogue.schema import FacetKind

FILE = "wording"
DOMAINS = [("films", 5), ("shop", 4), ("books", 2), ("restaurants", 1), ("games", 1), ("hotels", 1), ("groceries", 1)]
SMALLEST, LARGEST = 5, 8  #: samples a pack
MOST_WORDS = 60
HELD_OUT_OF = 8  #: one phrasing in so many is kept for the dev split: there are fewer than of messages
TRIES = 300  #: draws of a sample before another catalogue is drawn
TONES: tuple[Tone, ...] = ("plain", "plain", "plain", "warm", "formal")  #: by how often
LENGTHS: tuple[Length, ...] = ("normal", "normal", "short")
VOICED = 0.6  #: how often a voice uses words of its own where it has some
SENTENCE_END = re.compile(r"[.?](?= |$)")
NEGATION = re.compile(r"\b(?:no|not|none|never|nothing|without|neither|nor|cannot)\b|n't\b", re.I)
TWICE = re.compile(r"\b(\w+) \1\b")
SAME = {"Count": "count", "example": "like"}  #: places of a phrasing that hold the same fact
OPTIONAL = frozenset({"t1", "t2", "fact1", "noun", "nouns"})  #: what a reply may leave out


@dataclass(frozen=True, slots=True)
class Worded:
    """One reply: what is to be said, and how it is said."""

    brief: Brief
    answer: str

    @property
    def suffix(self) -> str:
        """The prompt after the shared part."""
        return wording_suffix(self.brief)


@dataclass(frozen=True, slots=True)
class WordedPack:
    """Replies of one catalogue in one voice; `values` are the catalogue's category values."""

    items: str
    voice: Voice
    values: frozenset[str]
    samples: tuple[Worded, ...]

    @property
    def prefix(self) -> str:
        """The prompt that the samples share."""
        return wording_prefix(self.items, self.voice)


def generate_wording(
    seed: int, split: Split = "train", skip: int = 0, domain: str | None = None
) -> Iterator[WordedPack]:
    """Packs of replies without end, as `generate.generate` has them of messages; questions are left to the other."""
    return _packs(f"wording:{split}:{seed}", split, skip, domain, REPLIES)


def generate_questions(
    seed: int, split: Split = "train", skip: int = 0, domain: str | None = None
) -> Iterator[WordedPack]:
    """Packs of questions about a facet without end."""
    return _packs(f"asking:{split}:{seed}", split, skip, domain, QUESTIONS)


def _packs(seed: str, split: Split, skip: int, domain: str | None, keys: list[tuple[str, int]]) -> Iterator[WordedPack]:
    if domain == UNSEEN and split == "train":
        raise ValueError(f"{UNSEEN!r} is kept out of training")
    index = skip
    while True:
        r = random.Random(f"{seed}:{index}")
        while (pack := _pack(r, split, domain or weighted(r, DOMAINS), keys)) is None:
            pass
        yield pack
        index += 1


def _pack(r: random.Random, split: Split, domain: str, keys: list[tuple[str, int]]) -> WordedPack | None:
    """A pack; None when the words there are do not go with the catalogue drawn."""
    schema = draw_schema(r, domain)
    voice = Voice(r.choice(TONES), r.choice(LENGTHS))
    values = frozenset(v for f in schema.facets if f.kind is FacetKind.CATEGORY for v in f.values)
    writer = _Writer(r, split, Invented(r, schema), voice, values)
    samples = [writer.sample(keys) for _ in range(r.randint(SMALLEST, LARGEST))]
    return WordedPack(plural(schema.item), voice, values, tuple(s for s in samples if s)) if all(samples) else None


class _Writer:
    """Writes the samples of one pack."""

    def __init__(self, r: random.Random, split: Split, facts: Invented, voice: Voice, values: frozenset[str]) -> None:
        self.r, self.split, self.facts, self.voice, self.values = r, split, facts, voice, values
        self.templates = {**phrasebook(voice).templates, **ANSWERS}

    def sample(self, keys: list[tuple[str, int]]) -> Worded | None:
        """One reply; what does not fit together is drawn again, up to `TRIES` times."""
        for _ in range(TRIES):
            try:
                worded = self._draw(weighted(self.r, keys))
            except DoesNotFit:
                continue
            if not problems(worded, self.values):
                return worded
        return None

    def _draw(self, key: str) -> Worded:
        parts = tell(self.facts, key)
        if self.voice.length == "short" and len(parts) > 1:
            raise DoesNotFit
        plain = " ".join(self.r.choice(self.templates[t.key]).format(**{**t.values, **t.shapes}) for t in parts)
        answer = " ".join(self._phrased(t) for t in parts)
        items = tuple(item for t in parts for item in t.items)
        return Worded(Brief(act(key), self._said(key, parts[-1]), plain, items), answer)

    def _phrased(self, told: Told) -> str:
        """A phrasing that holds the facts told, all of them. Raises DoesNotFit."""
        one = told.key == "list" and "count" not in told.values
        own = f"{told.key} {self.voice.tone}"
        section = "list one" if one else own if phrasings(FILE, own) and self.r.random() < VOICED else told.key
        fitting = [p for p in phrasings(FILE, section) if self._fits(p, told)]
        if not fitting:
            raise DoesNotFit
        return self.r.choice(fitting).format(**told.values)

    def _fits(self, phrasing: str, told: Told) -> bool:
        held = places(phrasing)
        if held_out(phrasing, HELD_OUT_OF) != (self.split == "dev"):
            return False
        if self.voice.length == "short" and len(SENTENCE_END.findall(phrasing)) > 1:
            return False
        if self.voice.tone == "formal" and "'" in phrasing:
            return False
        filled = {name for name, value in told.values.items() if value}
        needed = {SAME.get(name, name) for name in filled - OPTIONAL}
        return held <= filled | {"like"} and needed <= {SAME.get(name, name) for name in held}

    def _said(self, key: str, told: Told) -> str:
        """What the visitor wrote before, sometimes nothing: a tap."""
        if self.r.random() < 0.2:
            return ""
        values = {"wish": self.facts.wish(), "nouns": "anything", "noun": self.facts.schema.item}
        values |= {**told.values, **told.shapes}
        return draw(self.r, "train", FILE, message(key), lambda p: places(p) <= set(values)).format(**values)


def places(phrasing: str) -> set[str]:
    """The names of the places that a phrasing fills."""
    return {name for _, name, _, _ in Formatter().parse(phrasing) if name}


def problems(worded: Worded, values: frozenset[str]) -> list[str]:
    """What is wrong with a reply: its form, a question or a "no" lost or added, words that the grammar excludes."""
    answer, plain = worded.answer, worded.brief.plain
    found = ["too long"] if len(answer.split()) > MOST_WORDS else []
    found += ["an exclamation mark"] if "!" in answer else []
    found += ["the question"] if answer.endswith("?") != plain.endswith("?") else []
    found += ["questions"] if answer.count("?") > max(1, plain.count("?")) else []
    found += ["a no"] if bool(NEGATION.search(answer)) != bool(NEGATION.search(plain)) else []
    found += ["a word twice"] if TWICE.search(answer) and not TWICE.search(plain) else []
    foreigners = set(foreign(worded.brief, values)) & {w.casefold() for w in words_of(answer)}
    return found + sorted(foreigners)
