"""Benches with the real assistant: one a catalogue and mode, made when first needed, shared by conversations.

Knows wiring; nothing else here does. What visitors do is kept in a folder given, never in the user's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot.conversations.bench import Bench, Effort, Talk, Visit
from bot.conversations.loading import Case, load_cases
from bot.conversations.remote_bench import HERE, WIDGET, RemoteBench, no_button_for
from bot.conversations.repeats import Repeated, Runs, repeated
from bot.conversations.runner import Transcript, run
from bot.conversations.script import HistoryEntry, VoiceFixture
from bot.conversations.tape import Mode, Tape, recordings_of
from bot.conversations.vocabulary import opened
from bot.llm.scripted import ScriptedModel
from bot.remembering import conversation_id
from bot.response.wording import Voice
from bot.response.wording_brief import ACTS
from bot.response.writing import Wish, Writer
from ranking.interactions import Interaction
from retrieval.catalogue.item import Catalogue

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.llm.port import LanguageModel
    from bot.world import World

ModeOption = Literal["auto", "scripted", "replay", "record", "live"]
INPROC = "inproc"
PATIENCE_S = 600.0  #: what is recorded may take its time


@dataclass(frozen=True)
class Lane:
    """How conversations are run: with which model answers, where, how often.

    `target` is `inproc`, the URL of a server, or `widget:` and the URL of one.
    """

    llm: ModeOption = "auto"
    target: str = INPROC
    runs: Runs = Runs()  # noqa: RUF009 - frozen

    def mode(self, case: Case) -> Mode | None:
        """Which answers `case` gets; None: the rules read, or a server that is not ours to say.

        `auto` replays a script that has recordings and asks the real model otherwise.
        """
        return None if case.reader == "rules" else self.mode_of(case.path)

    def mode_of(self, script: Path) -> Mode | None:
        """Which answers the model's conversations in a script, or in a Python test file, get."""
        if self.target != INPROC:
            return None
        if self.llm != "auto":
            return self.llm
        return "replay" if recordings_of(script).is_file() else "live"

    def needs_weights(self, case: Case) -> bool:
        """Whether the embedder's weights, or the model's as well, must be there."""
        return self.mode(case) in ("replay", "record", "live")

    def cannot(self, case: Case) -> str | None:
        """Why `case` cannot run here, as a server's past, clock and restarts are not ours; None: it can."""
        if self.target == INPROC:
            return None
        if case.fixtures.history:
            return f"a visitor's history cannot be made on a server; {HERE}"
        if case.fixtures.voice != VoiceFixture() or any(turn.words is not None for turn in case.turns):
            return f"how a server speaks is not ours; {HERE}"
        if any(turn.restart is not None or turn.wait is not None for turn in case.turns):
            return f"a server's clock and its restarts are not ours; {HERE}"
        if self.target.startswith(WIDGET) and (missing := no_button_for(case)):
            return f"the widget has nothing to tap for {missing}; run it over HTTP (the URL without {WIDGET})"
        return None

    def tells(self, case: Case) -> str:
        """The mode in a word, for reports."""
        return self.mode(case) or ("rules" if self.target == INPROC else "server")


@dataclass
class FrozenWorld:
    """A clock that stands still until told, and ids that come out of a seed."""

    clock: float = 0.0
    ids: Iterator[str] = field(default_factory=lambda: iter(()))

    def reset(self, clock: float, seed: int) -> None:
        """Begin anew."""
        self.clock = clock
        self.ids = (f"{seed & 0xFFFFFFFF:08x}{number:08x}" for number in range(1 << 32))

    def now(self) -> float:
        """UTC seconds since 1970."""
        return self.clock

    def new_id(self) -> str:
        """The next id, 16 hexadecimal digits."""
        return next(self.ids)


class Benches:
    """The benches of one run. `report` is told of downloads and indexing, a line at a time."""

    def __init__(self, data: Path, report: Callable[[str], None], lane: Lane | None = None) -> None:
        self.lane = lane or Lane()
        self._data = data
        self._report = report
        self._made: dict[tuple[Path, Mode | None, VoiceFixture], Bench] = {}

    def repeat(self, case: Case) -> Repeated:
        """Talk through `case` as often as the lane says."""
        return repeated(self.lane.runs, lambda: self.run(case))

    def run(self, case: Case) -> Transcript:
        """Talk through `case` once; in record mode, keep what the model said of a conversation that passed."""
        bench = self.of(case)
        tape = bench.tape if isinstance(bench, LocalBench) else None
        if tape is not None:
            tape.open(recordings_of(case.path), case.name)
        transcript = run(case, bench)
        if tape is not None and tape.mode == "record" and not transcript.failed:
            tape.keep(other.name for other in load_cases(case.path) if other.reader == "model")
        return transcript

    def of(self, case: Case) -> Bench:
        """Where `case` runs."""
        return self.at(case.catalogue, self.lane.mode(case), case.fixtures.voice)

    def at(self, catalogue: Path, mode: Mode | None, voice: VoiceFixture | None = None) -> Bench:
        """The bench of a catalogue and voice; mode None: the rules read, or the server that the lane names."""
        key = (catalogue, mode, voice or VoiceFixture())
        if key not in self._made:
            self._made[key] = self._make(*key)
        return self._made[key]

    def close(self) -> None:
        """Let go of every assistant's files."""
        for bench in self._made.values():
            if isinstance(bench, LocalBench):
                bench.assistant.close()
            elif isinstance(bench, RemoteBench):
                bench.close()
        self._made.clear()

    def _make(self, catalogue: Path, mode: Mode | None, voice: VoiceFixture) -> Bench:
        if self.lane.target != INPROC:
            return RemoteBench(self.lane.target, catalogue)
        data = self._data / f"{len(self._made)}-{mode or 'rules'}"
        return LocalBench(Assembly(catalogue, mode, data, self._report, Voice(voice.tone, voice.length, voice.house)))


@dataclass(frozen=True)
class Assembly:
    """How the assistant of a bench is made, the first time and after a restart."""

    catalogue: Path
    mode: Mode | None
    data: Path
    report: Callable[[str], None]
    voice: Voice = field(default_factory=Voice)

    def build(self, frozen: FrozenWorld, tape: Tape | None) -> Assistant:
        """A ready assistant: without weights for the rules and scripted answers, else as it is served.

        Vectors are made in float32 there, so that the same lists come out on every processor.
        """
        from bot.settings import load_settings
        from bot.wiring import build_assistant
        from bot.world import World

        if self.mode in (None, "scripted"):
            return self._without_weights(World(frozen.now, frozen.new_id), tape)
        assert tape is not None
        world = World(frozen.now, frozen.new_id, tape.model, warm=self.mode != "replay")
        settings = load_settings(
            catalogue=str(self.catalogue),
            reader="model",
            data=self.data,
            embedder_dtype="float32",
            read_deadline_s=PATIENCE_S if self.mode == "record" else None,
            words="templates",
            tone=self.voice.tone,
            length=self.voice.length,
        )
        return build_assistant(settings, self.report, world)

    def _without_weights(self, world: World, tape: Tape | None) -> Assistant:
        from bot.understanding.model_reader import ModelReader
        from bot.wiring import scratch_assistant

        catalogue = opened(self.catalogue)
        reader = None if tape is None else ModelReader.of(tape.model("scripted", _no_model), catalogue)
        return scratch_assistant(catalogue, self.data, reader, world, voice=self.voice)


def _no_model() -> LanguageModel:
    raise AssertionError("a scripted model is not built")


class LocalBench:
    """A Bench with an assistant in this process."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._world = FrozenWorld()
        self.tape = None if assembly.mode is None else Tape(assembly.mode)
        self.assistant = assembly.build(self._world, self.tape)

    @property
    def catalogue(self) -> Catalogue:
        """See Bench."""
        return self.assistant.catalogue

    def begin(self, visit: Visit) -> Talk:
        """See Bench."""
        self._world.reset(visit.clock, visit.seed)
        memory = self.assistant.stages.memory
        if visit.user is not None:
            memory.forget(visit.user)
            told = sorted(visit.history, key=lambda entry: -entry.ago)
            memory.store.append(_interaction(visit.user, entry, visit.clock) for entry in told)
        return self.assistant.open(visit.user, conversation=conversation_id())

    def again(self, visit: Visit) -> Talk:
        """See Bench. What outlives it is what the product stores."""
        self.assistant.close()
        self.assistant = self._assembly.build(self._world, self.tape)
        resumed = self.assistant.resume(visit.resumes) if visit.resumes else None
        return resumed or self.assistant.open(visit.user, conversation=conversation_id())

    def wait(self, seconds: float) -> None:
        """See Bench."""
        self._world.clock += seconds

    def expecting(self, step: int, message: str, model: str | None, words: str | None = None) -> None:
        """See Bench. A model is asked for words in the steps that say what it answers."""
        self.assistant.stages.replier.writer = None if words is None else self._writer(words)
        if self.tape is not None:
            self.tape.expecting(step, message, model)

    def _writer(self, words: str) -> Writer:
        double, nouns = ScriptedModel(lambda *_: words), self.catalogue.schema.items_noun
        return Writer(double, nouns, self._assembly.voice, Wish(frozenset(ACTS), PATIENCE_S))

    def effort(self) -> Effort:
        """See Bench."""
        return Effort(0, 0) if self.tape is None else self.tape.effort()


def _interaction(user: str, entry: HistoryEntry, clock: float) -> Interaction:
    value = None if entry.stars is None else float(entry.stars)
    return Interaction(user, entry.item, entry.event, value, clock - entry.ago)
