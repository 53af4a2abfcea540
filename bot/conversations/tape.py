"""The model of a bench as scripts need it: counted, and recorded, replayed or scripted as the mode says.

Modes: `live` asks the real model; `record` does and keeps every answer beside the script; `replay` tells these again
without weights; `scripted` reads nothing but the `model` of a turn, and has the rules read what has none.
Knows the LLM port; knows no catalogue and no assistant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from bot.conversations.bench import Effort
from bot.llm.port import Completion, Grammar, LanguageModel, Limits, ModelError
from bot.llm.recording import Ask, Recording, RecordingError, RecordingModel, Recordings, ReplayingModel

Mode = Literal["scripted", "replay", "record", "live"]
FOLDER = "recordings"


def recordings_of(script: Path) -> Path:
    """Where the recordings of a script (or of a Python test) are kept: `recordings/<name>.jsonl` beside it."""
    return script.parent / FOLDER / f"{script.name.partition('.')[0]}.jsonl"


class Tape:
    """One model, asked for one step of one part (a conversation) at a time."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self._model: LanguageModel | None = None
        self._recordings: Recordings | None = None
        self._part, self._step, self._message, self._scripted = "", 0, "", ""
        self._kept: list[Recording] = []
        self._requests, self._calls = 0, 0
        self._unanswered = ""  #: what stopped a call of this step that has no whole answer

    # -- what the runner says ------------------------------------------------------------------------------------

    def open(self, recordings: Path, part: str) -> None:
        """The next steps belong to `part`, whose recordings are in that file."""
        if self._recordings is None or self._recordings.path != recordings:
            self._recordings = Recordings(recordings)
        self._part, self._step, self._kept = part, 0, []
        self._message, self._unanswered = "", ""  # a conversation that failed has left its own

    def open_for(self, test: Path, name: str) -> None:
        """The next steps belong to a Python test."""
        self.open(recordings_of(test), name)

    def expecting(self, step: int, message: str, scripted: str | None) -> None:
        """The next calls belong to `step` (from 1), a `message` ("" of a tap)."""
        self._keep_silence()
        self._step, self._message, self._scripted = step, message, scripted or ""
        self._requests, self._calls = 0, 0
        self._unanswered = ""

    def effort(self) -> Effort:
        """What was asked of the model since `expecting`."""
        return Effort(self._requests, self._calls)

    def keep(self, order: Iterable[str]) -> None:
        """Write what was recorded of the part; `order` names all parts of the file. Does nothing in other modes."""
        if self.mode == "record" and self._recordings is not None:
            self._keep_silence()
            self._recordings.replace(self._part, self._kept, order)

    def keep_beside_others(self) -> None:
        """`keep`, for a part of a file whose other parts are not known to be gone."""
        if self._recordings is not None:
            self.keep([*self._recordings.parts, self._part])

    # -- the model -----------------------------------------------------------------------------------------------

    def model(self, identity: str, build: Callable[[], LanguageModel]) -> LanguageModel:
        """The model in this mode, made once; `build` is called only where the real one is needed."""
        if self._model is None:
            self._model = _Counted(self._made(identity, build), self._count)
        return self._model

    def _made(self, identity: str, build: Callable[[], LanguageModel]) -> LanguageModel:
        if self.mode == "replay":
            return ReplayingModel(identity, self._opened)
        if self.mode == "scripted":
            return _ByTheScript(lambda: self._scripted)
        model = build()
        return RecordingModel(model, identity, self._keep) if self.mode == "record" else model

    def _opened(self) -> Recordings:
        assert self._recordings is not None, "no part is open"
        return self._recordings

    def _keep(self, ask: Ask, answer: Completion) -> None:
        if self._step:  # not what warms the model up
            self._kept.append(Recording(self._part, self._step, self._message, ask, answer))

    def _keep_silence(self) -> None:
        """A message that went by without a question to the model is recorded as such.

        Raises RecordingError when there was a question and no answer: the rules have read what would be recorded.
        """
        if self.mode == "record" and self._unanswered:
            raise RecordingError(
                f"the model did not read {self._message!r} ({self._unanswered}), so it cannot be recorded",
                hint="mend that and record again",
            )
        if self._message and not any(r.step == self._step for r in self._kept):
            self._kept.append(Recording(self._part, self._step, self._message))
        self._message = ""

    def _count(self, answer: Completion | ModelError) -> None:
        self._requests += 1
        if isinstance(answer, ModelError):
            self._unanswered = str(answer)
            return
        self._calls += answer.calls or 0
        self._unanswered = answer.stopped if answer.stopped in ("deadline", "cancelled") else ""


class _Counted:
    """A LanguageModel whose answers, and failures, are told to `count`."""

    def __init__(self, model: LanguageModel, count: Callable[[Completion | ModelError], None]) -> None:
        self._model = model
        self._count = count

    @property
    def identity(self) -> str:
        return self._model.identity

    def warm_up(self, prefix: str) -> None:
        self._model.warm_up(prefix)

    def complete(self, prefix: str, suffix: str, grammar: Grammar | None, limits: Limits) -> Completion:
        try:
            answer = self._model.complete(prefix, suffix, grammar, limits)
        except ModelError as error:
            self._count(error)
            raise
        self._count(answer)
        return answer


class _ByTheScript:
    """A LanguageModel that writes what the turn says; without anything it fails, and the rules read."""

    identity = "scripted"

    def __init__(self, answer: Callable[[], str]) -> None:
        self._answer = answer

    def warm_up(self, prefix: str) -> None:
        """Nothing to load."""

    def complete(self, _prefix: str, _suffix: str, _grammar: Grammar | None, _limits: Limits) -> Completion:
        text = self._answer().strip()
        if not text:
            raise ModelError("this turn has no `model`", hint="the rules read it")
        return Completion(text, len(text.split()), 1, 0.0, "eos")
