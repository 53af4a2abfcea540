"""Turns of recorded dialogues as lists to rank: which item was recommended next, among the whole catalogue.

A folder holds a catalogue with its log and `valid.in.jsonl` / `valid.gold.jsonl`: the turns so far, and what was
recommended next that had not been named before. What was named becomes the session, values that visitors name become
wishes, and recent turns a text. Folds are by dialogue. Knows files and linking; knows no weights. Nothing of such a
folder is kept or shipped.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ranking.learning import Example, example
from ranking.request import FacetWish, Floats, RankingRequest, Session
from ranking.signals import Signal
from retrieval.catalogue.item import Catalogue
from retrieval.embedder import Embedder
from retrieval.errors import ChatalogueError
from retrieval.linking import Linker

FOLDS = 5
RECENT = 3  #: turns that the text is made of
NEAREST = 50  #: past contexts that speak for what was recommended after them
_WISHES = 6


class DialoguesError(ChatalogueError):
    """A folder of dialogues that cannot be read."""

    code = "dialogues"


@dataclass(frozen=True)
class Turn:
    """What was said before a recommendation, oldest first, (role, text); and the ids recommended next."""

    id: str
    said: tuple[tuple[str, str], ...]
    targets: tuple[str, ...]

    @property
    def dialogue(self) -> str:
        """Whose turn it is; the part of the id before the slash."""
        return self.id.partition("/")[0]

    @property
    def fold(self) -> int:
        """0 to FOLDS − 1, the same for all turns of a dialogue."""
        return zlib.crc32(self.dialogue.encode()) % FOLDS


@dataclass(frozen=True)
class Read:
    """A turn as ranking sees it: `vector` (d,) float32 of the recent turns, L2-normalised."""

    turn: Turn
    session: Session
    wishes: tuple[FacetWish, ...]
    text: str
    vector: Floats


def load_turns(folder: Path) -> list[Turn]:
    """The turns of `folder` in the file's order. Raises DialoguesError."""
    try:
        gold = {row["id"]: tuple(row["targets"]) for row in _rows(folder / "valid.gold.jsonl")}
        return [
            Turn(row["id"], tuple((turn["role"], turn["text"]) for turn in row["turns"]), gold[row["id"]])
            for row in _rows(folder / "valid.in.jsonl")
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DialoguesError(
            f"cannot read dialogues from {str(folder)!r}: {error!r}",
            hint="the folder has valid.in.jsonl and valid.gold.jsonl, rows as `chatalogue recommend` reads them",
        ) from error


def _rows(path: Path) -> list[Any]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class DialogueReader:
    """Reads turns by linking alone, names and values, without a model of language. Each text is scanned once."""

    def __init__(self, catalogue: Catalogue, embedder: Embedder) -> None:
        self._linker = Linker(catalogue)
        self._embedder = embedder
        self._scan = cache(self._linker.scan)
        self.named = cache(self._names)
        self._wishes = cache(self._values)

    def read(self, turns: Sequence[Turn]) -> list[Read]:
        """All of them, embedded in one go."""
        texts = [self._text(turn) for turn in turns]
        different = sorted(set(texts))
        row = {text: n for n, text in enumerate(different)}
        vectors = self._embedder.encode(different)
        return [self._read(turn, text, vectors[row[text]]) for turn, text in zip(turns, texts, strict=True)]

    def _read(self, turn: Turn, text: str, vector: Floats) -> Read:
        named = tuple(dict.fromkeys(item for _, said in turn.said for item in self.named(said)))
        wishes = [wish for role, said in turn.said if role == "user" for wish in self._wishes(said)]
        session = Session(liked=named, seen=named)
        return Read(turn, session, tuple(dict.fromkeys(wishes))[-_WISHES:], text, vector)

    def _names(self, text: str) -> tuple[str, ...]:
        """The ids of the items that `text` names, in order."""
        links = (self._linker.items(mention.text) for mention in self._scan(text) if mention.known)
        return tuple(found[0].id for found in links if found)

    def _values(self, text: str) -> tuple[FacetWish, ...]:
        found = self._linker.scan_values(text)
        return tuple(FacetWish(named.facet, value, 1.0) for named in found for value in named.values)

    def _text(self, turn: Turn) -> str:
        """The recent turns without the titles: these are the session's, and as text they would bring namesakes."""
        return " ".join(self._plain(said) for _, said in turn.said[-RECENT:])

    def _plain(self, said: str) -> str:
        for mention in reversed(self._scan(said)):
            said = f"{said[: mention.start]} {said[mention.end :]}"
        return " ".join(said.split())


@dataclass(frozen=True)
class Bench:
    """The catalogue that competes: its items and their vectors (n, d) float32, rows L2-normalised."""

    catalogue: Catalogue
    vectors: Floats

    @cached_property
    def row(self) -> dict[str, int]:
        """Row numbers by id."""
        return {item.id: n for n, item in enumerate(self.catalogue.items)}

    def request(self, read: Read) -> RankingRequest:
        """Everything that was not named."""
        row = self.row
        left_out = {row[item] for item in read.session.seen}
        rows = [n for n in range(len(self.catalogue.items)) if n not in left_out]
        vectors = self.vectors[rows]
        return RankingRequest(
            items=tuple(self.catalogue.items[n] for n in rows),
            similarity=vectors @ read.vector,
            vectors=vectors,
            liked_vectors=self.vectors[[row[item] for item in read.session.liked]],
            disliked_vectors=self.vectors[:0],
            session=read.session,
            wishes=read.wishes,
            text=read.text,
        )

    def example(self, signals: Sequence[Signal], read: Read) -> Example:
        """The turn as a list to learn from; its group is the dialogue."""
        return example(signals, self.request(read), read.turn.targets, read.turn.dialogue)


def context_scores(asked: Sequence[Read], past: Sequence[Read], ids: Sequence[str]) -> Floats:
    """(len(asked), len(ids)): how near the past contexts are after which an item was recommended, the sum of cubed
    cosines over the NEAREST; `past` must hold no dialogue of `asked`."""
    column = {item: n for n, item in enumerate(ids)}
    near = np.array([read.vector for read in asked]) @ np.array([read.vector for read in past]).T
    scores = np.zeros((len(asked), len(ids)), dtype=np.float32)
    for row, cosines in enumerate(near):
        for n in np.argsort(-cosines, kind="stable")[:NEAREST]:
            for target in past[n].turn.targets:
                if target in column:
                    scores[row, column[target]] += max(0.0, float(cosines[n])) ** 3
    return scores


def with_feature(one: Example, values: Floats, ids: dict[str, int]) -> Example:
    """`one` with one more feature: `values` (catalogue,) by `ids`, on the scale of the others."""
    column = np.array([values[ids[item]] for item in one.ids], dtype=np.float32)
    span = float(np.ptp(column)) or 1.0
    scaled = (column - column.min()) / span
    return replace(one, features=np.column_stack([one.features, scaled]).astype(np.float32))
