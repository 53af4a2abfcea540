"""README's commands do what it says, and every command explains itself.

In README.md a fenced block is tested by the words after its language:

- ```` ```console test ````: run by one shell, in a folder that sees the checkout's `examples/`. Where lines begin with
  `$ ` (and `> `, which continue them) these are run, and every other line must be printed, `…` standing for anything.
- ```` ```LANGUAGE file=PATH ````: its text is written to PATH there first, for the commands below it.

The line `pip install ".[test]" && pytest` is left to `.ci/run`, which takes it from there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = ("serve", "chat", "index", "understand", "recommend", "evaluate", "train", "test", "doctor", "forget")


@dataclass(frozen=True)
class Block:
    """A fenced block of README: what stands after the fence, the text, and the line of the fence."""

    info: tuple[str, ...]
    text: str
    line: int


def blocks(markdown: str) -> Iterator[Block]:
    """Every fenced block, in order."""
    for found in re.finditer(r"^```(\S[^\n]*)\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL):
        yield Block(tuple(found[1].split()), found[2], markdown[: found.start()].count("\n") + 1)


def split_console(text: str) -> tuple[list[str], list[str]]:
    """The commands of a console block, and the lines it says they print; without prompts all of it is commands."""
    if not any(line.startswith("$ ") for line in text.splitlines()):
        return text.splitlines(), []
    commands = [line[2:] for line in text.splitlines() if line.startswith(("$ ", "> "))]
    printed = [line for line in text.splitlines() if line.strip() and not line.startswith(("$ ", "> "))]
    return commands, printed


def is_printed(line: str, output: str) -> bool:
    """Whether a line of `output` reads like `line`, in which `…` stands for anything."""
    pattern = ".*".join(map(re.escape, line.strip().split("…")))
    return re.search(rf"^\s*{pattern}\s*$", output, re.MULTILINE) is not None


def environment(folder: Path, cache: Path) -> dict[str, str]:
    """A visitor's environment: the command of this interpreter first, data of its own, the rules as the reader."""
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "CHATALOGUE_READER": "rules",
        "CHATALOGUE_DATA": str(folder / "data"),
        "CHATALOGUE_CACHE": str(cache),
    }


def run_blocks(markdown: str, folder: Path, cache: Path) -> list[str]:
    """Write and run every tested block in `folder`; what did not go as written, in words."""
    wrong = []
    for block in blocks(markdown):
        name = next((word.removeprefix("file=") for word in block.info if word.startswith("file=")), None)
        if name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(block.text, encoding="utf-8")
        if block.info[:2] == ("console", "test"):
            commands, printed = split_console(block.text)
            script = "\n".join(["set -euo pipefail", *commands])
            done = subprocess.run(
                ["bash", "-c", script],
                cwd=folder,
                env=environment(folder, cache),
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            if done.returncode:
                wrong.append(f"line {block.line}: exit {done.returncode}: {done.stderr[-2000:]}")
            wrong += [f"line {block.line}: not printed: {p}" for p in printed if not is_printed(p, done.stdout)]
    return wrong


@pytest.fixture
def visitors_folder(tmp_path: Path) -> Path:
    (tmp_path / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
    return tmp_path


@pytest.mark.model  # the reader is the rules, but the index wants the embedder
def test_readmes_commands_do_what_it_says(visitors_folder: Path, assets_cache: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert any(block.info[:2] == ("console", "test") for block in blocks(readme)), "README tests no command"
    assert run_blocks(readme, visitors_folder, assets_cache) == []


@pytest.mark.model  # for the embedder, again
def test_the_tutorial_goes_as_it_says(visitors_folder: Path, assets_cache: Path) -> None:
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    assert run_blocks(tutorial, visitors_folder, assets_cache) == []


def test_readme_says_how_to_test() -> None:
    """What `.ci/run` takes from README: one line."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [line for line in readme.splitlines() if line.endswith("&& pytest")] == ['pip install ".[test]" && pytest']


def test_a_command_that_fails_and_a_line_that_is_not_printed_are_found(tmp_path: Path) -> None:
    markdown = "```console test\n$ echo one; exit 3\ntwo\n```\n```text file=a/b.txt\nhello\n```\n"
    markdown += "```console test\n$ cat a/b.txt\nh…o\n```\n```console\n$ exit 1\n```\n```console test\ncat a/c\n```\n"
    wrong = run_blocks(markdown, tmp_path, tmp_path)
    assert [line.split(": ")[:2] for line in wrong] == [
        ["line 1", "exit 3"],
        ["line 1", "not printed"],
        ["line 15", "exit 1"],
    ]


def test_the_installed_command_lists_the_others(tmp_path: Path) -> None:
    done = subprocess.run(
        ["chatalogue", "--help"],
        cwd=tmp_path,
        env=environment(tmp_path, tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in COMMANDS)
    assert not (tmp_path / "data").exists(), "help must not make anything"


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids=lambda c: " ".join(c) or "chatalogue")
def test_help(command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATALOGUE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CHATALOGUE_CACHE", str(tmp_path / "cache"))
    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0, done.output
    assert "Usage:" in done.stdout
    assert command or all(name in done.stdout for name in COMMANDS)
    assert list(tmp_path.iterdir()) == [], "help must not make anything"
