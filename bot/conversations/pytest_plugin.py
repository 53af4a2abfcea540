"""Collects `*.conv.yaml` under pytest, one test a conversation; those that want the real model are marked `model`.

Installed as a `pytest11` entry point, so every pytest run in this environment imports it: nothing heavier than pytest
is imported before a script is found.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bot.conversations.benches import Benches
    from bot.conversations.runner import Transcript
    from bot.conversations.script import Case

SUFFIX = ".conv.yaml"  # that of `script`, which is too heavy to import here; a test keeps them equal

_BENCHES = pytest.StashKey["Benches"]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known to projects that use `--strict-markers`."""
    config.addinivalue_line("markers", "model: runs the real default model, fetching what is missing")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A script is a file of tests."""
    if file_path.name.endswith(SUFFIX):
        return ScriptFile.from_parent(parent, path=file_path)  # type: ignore[no-any-return]
    return None


class ScriptFile(pytest.File):
    """One `*.conv.yaml`."""

    def collect(self) -> Iterator[ConversationItem]:
        """A test for every conversation and reader."""
        from bot.conversations.script import load_cases
        from retrieval.errors import ChatalogueError

        try:
            cases = load_cases(self.path)
        except ChatalogueError as error:
            raise self.CollectError(str(error)) from error
        for case in cases:
            item = ConversationItem.from_parent(self, name=case.name, case=case)
            if case.reader == "model":
                item.add_marker("model")
            yield item


class ConversationItem(pytest.Item):
    """One conversation with one reader."""

    def __init__(self, *, case: Case, **given: object) -> None:
        super().__init__(**given)  # type: ignore[arg-type]
        self.case = case

    def runtest(self) -> None:
        """Talk; raise with the transcript when something is not as expected."""
        from bot.conversations.runner import run

        transcript = run(self.case, _benches(self.config).of(self.case))
        if transcript.failed:
            raise ConversationFailed(transcript)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *style: Any, **more: Any) -> Any:
        """The transcript for a failed conversation, the usual traceback for a crash."""
        if isinstance(excinfo.value, ConversationFailed):
            return str(excinfo.value.transcript)
        return super().repr_failure(excinfo, *style, **more)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the conversation begins; pytest counts lines from 0."""
        return self.path, self.case.line - 1, self.case.name


class ConversationFailed(AssertionError):
    """A conversation did not go as its script says."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(f"{transcript.name} failed")
        self.transcript = transcript


def _benches(config: pytest.Config) -> Benches:
    from bot.conversations.benches import Benches

    if _BENCHES not in config.stash:
        data = Path(tempfile.mkdtemp(prefix="chatalogue-pytest-"))
        config.add_cleanup(lambda: shutil.rmtree(data, ignore_errors=True))
        config.stash[_BENCHES] = Benches(data, lambda _: None)
    return config.stash[_BENCHES]
