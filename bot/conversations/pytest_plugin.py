"""Collects `*.conv.yaml` under pytest, one test a conversation, and gives Python tests the fixture `bot`.

Installed as a `pytest11` entry point, so every pytest run in this environment imports it: nothing heavier than pytest
is imported before a script is found. Conversations that need weights are marked `model`; tags are marks as well.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bot.conversations.bench import Bench
    from bot.conversations.benches import Benches, Lane
    from bot.conversations.loading import Case
    from bot.conversations.repeats import Repeated

SUFFIX = ".conv.yaml"  # that of `script`, which is too heavy to import here; a test keeps them equal
CARRIED = "chatalogue_conversation"  #: the attribute of a test report that xdist carries along
MODES = ("auto", "scripted", "replay", "record", "live")

_BENCHES = pytest.StashKey["Benches"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say where conversations run and who answers for the model."""
    group = parser.getgroup("chatalogue", "scripted conversations")
    group.addoption("--conv-target", default="inproc", metavar="inproc|URL|widget:URL", help="where conversations run")
    group.addoption(
        "--conv-llm",
        default="auto",
        choices=MODES,
        help="the model's answers; auto replays scripts that have recordings and asks the real model for others",
    )
    group.addoption(
        "--conv-report",
        type=Path,
        action="append",
        metavar="FILE",
        help="write what was said and done, as .html, .md, .xml or .jsonl; may be given again",
    )
    group.addoption("--conv-runs", type=int, default=1, metavar="N", help="run every conversation N times")
    group.addoption("--conv-need", type=int, metavar="K", help="of these, so many must pass; default: all")
    group.addoption("--conv-since", type=Path, metavar="FILE", help="the .jsonl of an earlier run, to compare with")
    parser.addini("conv_catalogue", "the catalogue of the fixture `bot`: built-in, or a folder", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known to projects that use `--strict-markers`; refuse options that cannot be meant."""
    config.addinivalue_line("markers", "model: runs the real default model, fetching what is missing")
    config.addinivalue_line("markers", "conversation(catalogue): the catalogue of the fixture `bot`")
    given = ("--conv-llm", "--conv-target", "--conv-runs", "--conv-need")
    if [config.getoption(name) for name in given] != ["auto", "inproc", 1, None]:
        from bot.conversations.collection import check_lane
        from bot.settings import in_ci
        from retrieval.errors import ChatalogueError

        try:
            check_lane(_lane(config), in_ci=in_ci(), workers=_workers(config))
        except ChatalogueError as error:
            raise pytest.UsageError(str(error)) from error


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A script is a file of tests."""
    if file_path.name.endswith(SUFFIX):
        return ScriptFile.from_parent(parent, path=file_path)  # type: ignore[no-any-return]
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that use the fixture `bot` need weights, unless the model is scripted."""
    if config.getoption("--conv-llm") != "scripted":
        for item in items:
            definitions = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {}).get("bot", ())
            if definitions and definitions[-1].func.__module__ == __name__:
                item.add_marker("model")


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> str | None:
    """How many conversations run in which mode."""
    modes = [_lane(config).tells(item.case) for item in items if isinstance(item, ConversationItem)]
    if not modes:
        return None
    counted = ", ".join(f"{modes.count(mode)} {mode}" for mode in dict.fromkeys(modes))
    target = config.getoption("--conv-target")
    note = "" if target == "inproc" else "; a server does not tell requests and model_calls: these are not checked"
    return f"conversations: {counted} (target: {target}{note})"


class ScriptFile(pytest.File):
    """One `*.conv.yaml`."""

    def collect(self) -> Iterator[ConversationItem]:
        """A test for every run of every conversation."""
        from bot.conversations.collection import cases_of
        from retrieval.errors import ChatalogueError

        lane = _lane(self.config)
        try:
            cases = cases_of(self.path, lane)
        except ChatalogueError as error:
            raise self.CollectError(str(error)) from error
        for case in cases:
            item = ConversationItem.from_parent(self, name=case.name, case=case)
            if lane.needs_weights(case):
                item.add_marker("model")
            if reason := lane.cannot(case):
                item.add_marker(pytest.mark.skip(reason=reason))
            for tag in case.tags:
                self.config.addinivalue_line("markers", f"{tag}: conversations with this tag")
                item.add_marker(tag)
            yield item


class ConversationItem(pytest.Item):
    """One run of one conversation."""

    def __init__(self, *, case: Case, **given: object) -> None:
        super().__init__(**given)  # type: ignore[arg-type]
        self.case = case
        self.talks: Repeated | None = None

    def runtest(self) -> None:
        """Talk; raise with the transcript when something is not as expected."""
        self.talks = _benches(self.config).repeat(self.case)
        self.user_properties += list(_properties(self.case, self.talks, _lane(self.config)))
        if self.talks.failed:
            raise ConversationFailed(self.talks)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *style: Any, **more: Any) -> Any:
        """The transcript for a failed conversation, one line for an error of ours, the usual traceback for a crash."""
        from retrieval.errors import ChatalogueError

        if isinstance(excinfo.value, ConversationFailed):
            return str(excinfo.value.talks)
        if isinstance(excinfo.value, ChatalogueError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *style, **more)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the conversation begins; pytest counts lines from 0."""
        return self.path, self.case.line - 1, self.case.name


class ConversationFailed(AssertionError):
    """A conversation did not go as its script says."""

    def __init__(self, talks: Repeated) -> None:
        super().__init__(f"{talks.told.name} failed")
        self.talks = talks


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let what was said travel with the test's report, from a worker of xdist too."""
    report = yield
    if isinstance(item, ConversationItem) and report.when == "call" and item.talks is not None:
        from bot.conversations.report import row_of

        row = row_of(item.case, item.talks, _lane(item.config).tells(item.case))
        setattr(report, CARRIED, row)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Gather reports where they all arrive."""
    if session.config.getoption("--conv-report") and not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(_Gatherer(session.config), "chatalogue-report")


class _Gatherer:
    """Writes `--conv-report` when the session ends."""

    def __init__(self, config: pytest.Config) -> None:
        from bot.conversations.report import Output, Report
        from retrieval.errors import ChatalogueError

        try:
            self._output = Output(tuple(config.getoption("--conv-report")), config.getoption("--conv-since"))
        except ChatalogueError as error:
            raise pytest.UsageError(str(error)) from error
        self._report = Report()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        row = getattr(report, CARRIED, None)
        if row is not None:
            self._report.add_row(row)

    def pytest_sessionfinish(self) -> None:
        from retrieval.errors import ChatalogueError

        try:
            self._output.take(self._report)
        except ChatalogueError as error:
            raise pytest.UsageError(str(error)) from error


@pytest.fixture(name="bot")
def _bot(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """An assistant to hold a `bot.conversations.Conversation` with; see `bot/conversations/say.py`.

    Its catalogue is the ini setting `conv_catalogue`, or that of the mark `conversation(catalogue=…)`. Who answers for
    the model is what `--conv-llm` says; recordings are kept in `recordings/` beside the test.
    """
    from bot.conversations.benches import LocalBench

    benches, path = _benches(request.config), request.path
    bench = benches.at(_catalogue(request), benches.lane.mode_of(path))
    tape = bench.tape if isinstance(bench, LocalBench) else None
    if tape is not None:
        tape.open_for(path, request.node.name)
    yield bench
    if tape is not None:
        tape.keep_beside_others()


def _catalogue(request: pytest.FixtureRequest) -> Path:
    from bot.conversations.loading import find_catalogue
    from bot.settings import DEFAULT_CATALOGUE

    mark = request.node.get_closest_marker("conversation")
    name = str(mark.kwargs["catalogue"]) if mark and "catalogue" in mark.kwargs else None
    beside = request.path.parent if name else request.config.rootpath
    wanted = name or str(request.config.getini("conv_catalogue")) or DEFAULT_CATALOGUE
    folder = find_catalogue(wanted, beside)
    if folder is None:
        raise pytest.UsageError(f"there is no catalogue {wanted!r}: name a built-in one, or a folder from {beside}")
    return folder


def _properties(case: Case, talks: Repeated, lane: Lane) -> Iterator[tuple[str, object]]:
    """What JUnit files tell of a conversation."""
    turns = talks.told.turns
    efforts = [turn.seen.effort for turn in turns if turn.seen and turn.seen.effort]
    yield "catalogue", case.catalogue.name
    yield "mode", lane.tells(case)
    yield "tags", ",".join(case.tags)
    yield "turns", len(turns)
    if len(talks.transcripts) > 1:
        yield "runs_passed", f"{talks.passed} of {len(talks.transcripts)}"
    yield "model_requests", sum(effort.requests for effort in efforts)
    yield "model_calls", sum(effort.model_calls or 0 for effort in efforts)


def _lane(config: pytest.Config) -> Lane:
    from bot.conversations.benches import Lane
    from bot.conversations.repeats import Runs

    runs = Runs(config.getoption("--conv-runs"), config.getoption("--conv-need"))
    return Lane(config.getoption("--conv-llm"), config.getoption("--conv-target").rstrip("/"), runs)


def _workers(config: pytest.Config) -> int:
    if hasattr(config, "workerinput"):
        return 0  # the controller has been asked
    return int(config.getoption("numprocesses", 0) or 0)


def _benches(config: pytest.Config) -> Benches:
    from bot.conversations.benches import Benches

    if _BENCHES not in config.stash:
        data = Path(tempfile.mkdtemp(prefix="chatalogue-pytest-"))
        benches = Benches(data, lambda _: None, _lane(config))

        def put_away() -> None:
            benches.close()
            shutil.rmtree(data, ignore_errors=True)

        config.add_cleanup(put_away)
        config.stash[_BENCHES] = benches
    return config.stash[_BENCHES]
