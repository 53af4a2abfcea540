"""Recorded answers of a language model, kept in a file: made beside the real model, told again without it.

An answer is found by what was asked: model (revision and adapter), the prompt's fixed part, the message, the grammar
and the limit of tokens; deadlines and wall time are no part of it. Knows no catalogue and no script.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from bot.llm.port import Completion, Grammar, LanguageModel, Limits
from retrieval.errors import ChatalogueError

SHOWN = 200  #: characters of a prompt that an error shows


class RecordingError(ChatalogueError):
    """A file of recordings that cannot be read or written."""

    code = "recording"


class RecordingMissing(ChatalogueError):
    """A call of which there is no recording. Not a ModelError: nothing may stand in for the answer."""

    code = "recording_missing"


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of a model. `prefix` and `grammar` are sha256 (first 16 hex digits) of the texts, "" of none."""

    model: str
    prefix: str
    suffix: str
    grammar: str
    max_tokens: int

    @classmethod
    def of(cls, model: str, prefix: str, suffix: str, grammar: Grammar | None, limits: Limits) -> Ask:
        """The ask of one `LanguageModel.complete`."""
        return cls(model, _digest(prefix), suffix, _digest(grammar.lark) if grammar else "", limits.max_tokens)

    def differences(self, other: Ask) -> list[str]:
        """In which of its parts this ask is another one, in words."""
        told = {
            "model": "the model or its adapter",
            "prefix": "the prompt's fixed part (its words, or the catalogue's schema)",
            "suffix": "the message, its context or the screen",
            "grammar": "the grammar",
            "max_tokens": "the limit of tokens",
        }
        return [words for name, words in told.items() if getattr(self, name) != getattr(other, name)]


@dataclass(frozen=True, slots=True)
class Recording:
    """What was asked and answered in a `step` (from 1) of a `part` (a conversation's name).

    A message of which the model was asked nothing has neither ask nor answer.
    """

    part: str
    step: int
    message: str
    ask: Ask | None = None
    answer: Completion | None = None

    def to_json(self) -> dict[str, Any]:
        """One line of the file."""
        about = {"part": self.part, "step": self.step, "message": self.message}
        if self.ask is None or self.answer is None:
            return {**about, "answer": None}
        answer = {key: value for key, value in asdict(self.answer).items() if key != "ms"}
        return {**about, **asdict(self.ask), "answer": answer}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Recording:
        """The inverse of `to_json`; a replayed answer took 0 ms. Raises KeyError, TypeError or ValueError."""
        part, step, message = str(row["part"]), int(row["step"]), str(row["message"])
        if row["answer"] is None:
            return cls(part, step, message)
        ask = Ask(**{field.name: row[field.name] for field in fields(Ask)})
        return cls(part, step, message, ask, Completion(**row["answer"], ms=0.0))


class Recordings:
    """The recordings in one file, in its order; an absent file holds none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._all = list(_read(path))
        self._by_ask = _by_ask(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of what is recorded, in order."""
        return tuple(dict.fromkeys(recording.part for recording in self._all))

    def messages(self, part: str) -> frozenset[tuple[int, str]]:
        """Step and message of everything recorded of a part."""
        return frozenset((r.step, r.message) for r in self._all if r.part == part)

    def nearest_to(self, message: str) -> str:
        """The recorded message that is most like another one, in words."""
        if not self._all:
            return "there is no recording at all"
        near = max(self._all, key=lambda recorded: SequenceMatcher(None, recorded.message, message).ratio())
        return f"the nearest is {near.message!r}, step {near.step} of {near.part!r}"

    def answer(self, ask: Ask) -> Completion:
        """The recorded answer; raises RecordingMissing, which tells of the nearest recording."""
        found = self._by_ask.get(ask)
        if found is None:
            raise RecordingMissing(
                f"no recording in {self.path.name} answers {_short(ask.suffix)!r}; {self._nearest(ask)}",
                hint="record again: run it once with --conv-llm record",
            )
        return found

    def _nearest(self, ask: Ask) -> str:
        asked = [(recorded.ask, recorded) for recorded in self._all if recorded.ask is not None]
        if not asked:
            return "there is none at all"
        other, near = max(asked, key=lambda pair: _likeness(pair[0], ask))
        what = " and ".join(other.differences(ask))
        shown = f": {_short(other.suffix)!r}" if other.suffix != ask.suffix else ""
        return f"the nearest is step {near.step} of {near.part!r}, which differs in {what}{shown}"

    def replace(self, part: str, recordings: Iterable[Recording], order: Iterable[str]) -> None:
        """Put `recordings` in the place of all of `part`, drop parts that are not in `order`, and write the file."""
        kept: dict[str, list[Recording]] = {name: [] for name in order}
        for recording in self._all:
            if recording.part != part and recording.part in kept:
                kept[recording.part].append(recording)
        kept[part] = list(recordings)
        self._all = [recording for group in kept.values() for recording in group]
        self._by_ask = _by_ask(self._all)
        _write(self.path, self._all)


class RecordingModel:
    """A LanguageModel that asks another and tells `keep` every whole answer."""

    def __init__(self, model: LanguageModel, identity: str, keep: Callable[[Ask, Completion], None]) -> None:
        self._model = model
        self.identity = identity
        self._keep = keep

    def warm_up(self, prefix: str) -> None:
        """See LanguageModel."""
        self._model.warm_up(prefix)

    def complete(self, prefix: str, suffix: str, grammar: Grammar | None, limits: Limits) -> Completion:
        """See LanguageModel. An answer that was cut by the clock or cancelled is not kept."""
        answer = self._model.complete(prefix, suffix, grammar, limits)
        if answer.stopped in ("eos", "length"):
            self._keep(Ask.of(self.identity, prefix, suffix, grammar, limits), answer)
        return answer


class ReplayingModel:
    """A LanguageModel that has recordings and no weights."""

    def __init__(self, identity: str, recordings: Callable[[], Recordings]) -> None:
        self.identity = identity
        self._recordings = recordings

    def warm_up(self, prefix: str) -> None:
        """Nothing to load."""

    def complete(self, prefix: str, suffix: str, grammar: Grammar | None, limits: Limits) -> Completion:
        """See LanguageModel. Raises RecordingMissing."""
        return self._recordings().answer(Ask.of(self.identity, prefix, suffix, grammar, limits))


def _by_ask(recordings: Iterable[Recording]) -> dict[Ask, Completion]:
    return {r.ask: r.answer for r in recordings if r.ask is not None and r.answer is not None}


def _likeness(one: Ask, other: Ask) -> tuple[float, int]:
    return SequenceMatcher(None, one.suffix, other.suffix).ratio(), -len(one.differences(other))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else "…" + text[-SHOWN:]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _read(path: Path) -> Iterable[Recording]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingError(f"{path.name} cannot be read: {error}", hint="record again") from error
    for number, line in enumerate(lines, 1):
        try:
            yield Recording.from_json(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            hint = "delete the file and record again; recordings are not written by hand"
            raise RecordingError(f"{path.name}:{number}: no recording: {error!r}", hint=hint) from error


def _write(path: Path, recordings: Iterable[Recording]) -> None:
    """Whole or not at all: a file beside it takes its place."""
    text = "".join(json.dumps(r.to_json(), ensure_ascii=False) + "\n" for r in recordings)
    staged = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staged.write_text(text, encoding="utf-8", newline="\n")
        staged.replace(path)
    except OSError as error:
        raise RecordingError(f"{str(path)!r} cannot be written: {error}", hint="is there room, and may you?") from error
