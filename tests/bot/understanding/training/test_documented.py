"""docs/training.md: every command it shows is one that the parser takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bot.understanding.training.options import parse_options, parser
from bot.understanding.training.tasks import SOURCES

DOCUMENT = Path(__file__).parents[4] / "docs" / "training.md"
COMMANDS = re.findall(r"^chatalogue train understanding (.+)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shown_can_be_given(command: str) -> None:
    assert parse_options(shlex.split(command)).out == Path("my-adapter")


def test_the_document_speaks_of_options_and_tasks_there_are() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert len(COMMANDS) == 4
    options = {o for action in parser()._actions for o in action.option_strings}
    assert set(re.findall(r"(?<!\w)--[a-z][a-z-]+", text)) - {"--logdir"} <= options
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(SOURCES)
