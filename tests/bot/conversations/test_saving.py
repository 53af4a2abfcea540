"""`chatalogue chat --save`: what happened is a script, and the script passes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bot.cli import app
from bot.conversations.benches import Lane
from bot.conversations.command import Choice, run_path
from bot.conversations.nodes import ScriptError
from bot.conversations.report import Output
from bot.conversations.saving import Saved
from bot.messages import NewConversation, Reply, Step, UserAction, UserText
from bot.settings import Settings
from bot.wiring import catalogue_folder, load_catalogue, scratch_assistant


def _talk(saved: Saved, folder: Path, *steps: Step) -> None:
    assistant = scratch_assistant(load_catalogue(catalogue_folder(Settings())), folder)
    conversation = assistant.open("ann")
    for step in steps:
        done = [event.data["reply"] for event in conversation.turn(step) if event.kind == "done"]
        saved.add(step, done[0] if done and isinstance(done[0], Reply) else None, conversation.state)


def test_a_saved_conversation_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "talks" / "mine.conv.yaml"
    steps = (
        UserText("a western from the 60s, no Clint Eastwood"),
        UserAction("undo"),
        NewConversation(),
        UserText("hi"),
    )
    _talk(Saved(path, "films", "rules"), tmp_path, *steps)
    first = yaml.safe_load(path.read_text(encoding="utf-8"))["conversations"][0]["turns"][0]
    assert first["expect"]["intent"] == "recommend"
    assert ["person", "Clint Eastwood", -1] in first["expect"]["slots"]
    assert ["year", [1960, 1969], 1] in first["expect"]["state"]["constraints"]
    assert run_path(path, Lane("scripted", "inproc"), Choice(), Output(), lambda line: None) == 0, (
        capsys.readouterr().out
    )


def test_what_the_command_saves_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The chat is ranked as the script will be: by neither the user's data nor other vectors."""
    monkeypatch.setenv("CHATALOGUE_DATA", str(tmp_path / "data"))
    shop = Path(__file__).resolve().parents[3] / "examples" / "shop"
    path = tmp_path / "mine.conv.yaml"
    said = CliRunner().invoke(
        app,
        ["chat", "--catalogue", str(shop), "--reader", "rules", "--save", str(path)],
        input="a rain jacket\n+1\ncheaper\n/quit\n",
    )
    assert said.exit_code == 0, said.output
    assert len(yaml.safe_load(path.read_text(encoding="utf-8"))["conversations"][0]["turns"]) == 3
    assert not (tmp_path / "data").exists()
    assert run_path(path, Lane("scripted", "inproc"), Choice(), Output(), lambda line: None) == 0, (
        capsys.readouterr().out
    )


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.conv.yaml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ScriptError, match="exists"):
        Saved(path, "films", "rules")
    with pytest.raises(ScriptError, match="not the name of a script"):
        Saved(tmp_path / "a.yaml", "films", "rules")
