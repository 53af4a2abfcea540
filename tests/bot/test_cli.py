"""The command line: an error of ours is one clear line and exit 2, never a traceback."""

from __future__ import annotations

import io
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.channels import ResumeError, begin
from bot.settings import SettingsError, load_settings
from bot.terminal import converse
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["chatalogue", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return int(stop.value.code or 0)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("index", "--catalogue", "no-such-folder"), "no-such-folder"),
        (("understand", "--reader", "oracle"), "oracle"),
        (("recommend", "--catalogue", "."), "catalogue.toml"),
    ],
)
def test_an_error_says_what_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple, part: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, *arguments) == 2
    said = capsys.readouterr().err
    assert part in said
    assert "what to do:" in said
    assert "Traceback" not in said


def test_a_taken_port_is_told_before_anything_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert run(monkeypatch, "serve", "--port", port) == 2
    assert port in capsys.readouterr().err


def test_a_model_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("CHATALOGUE_ADAPTER", str(tmp_path / "nothing"))
    monkeypatch.setenv("CHATALOGUE_MODEL", str(tmp_path / "nowhere"))
    assert run(monkeypatch, "understand") == 2
    assert "nowhere" in capsys.readouterr().err


def test_settings_come_from_the_environment_and_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATALOGUE_PORT", "8123")
    assert load_settings().port == 8123
    assert load_settings(port=1).port == 1
    monkeypatch.setenv("CHATALOGUE_PORT", "many")
    with pytest.raises(SettingsError, match="many"):
        load_settings()


def test_what_visitors_do_is_kept_apart_by_catalogue(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path)
    assert settings.database_of("films") != settings.database_of("shop")


def test_the_terminal_chat(
    shop: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["a black jacket under 150 dollars", "-1", "+9", "/undo", "", "/quit"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    assistant = scratch_assistant(shop, tmp_path)
    converse(assistant.open("ann"), shop)
    said = capsys.readouterr().out
    assert "understood:" in said
    assert said.count("Type what you feel like") == 3  # at the start, for +9 and for the empty line
    assert assistant.stages.memory.visitor("ann").history.disliked == ()
    events = [r.event for r in assistant.stages.memory.store.of_user("ann")]
    assert events.count("dislike") == 2  # made, and taken back


def test_the_terminal_chat_goes_on_where_it_was_left(
    shop: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a black jacket under 150 dollars\n/quit\n"))
    first = scratch_assistant(shop, tmp_path).open("terminal")
    converse(first, shop)
    told = capsys.readouterr().out
    assert f"chatalogue chat --resume={first.id}" in told
    assert len(first.state.shown_now) == 5
    for wanted in ("last", str(first.id)):
        again = begin(scratch_assistant(shop, tmp_path), "terminal", resume=wanted)
        shown = [card.title for card in again.screen().items]
        assert len(shown) == 5
        second = again.screen().items[1].id
        monkeypatch.setattr(sys, "stdin", io.StringIO("=2\n"))
        converse(again, shop)
        assert second in again.state.seen
        said = capsys.readouterr().out
        assert "you › a black jacket under 150 dollars" in said
        assert all(title in said for title in shown)
        assert "understood: " in said
        assert again.id == first.id


@pytest.mark.parametrize(
    ("user", "how", "told"),
    [
        ("bob", {"resume": "last"}, "no conversation with 'bob'"),
        (None, {"resume": "last"}, "nobody's last"),
        ("bob", {"resume": "A" * 22}, "no conversation 'AAAA"),
        ("bob", {"resume": "' OR 1=1 --"}, "no conversation"),
        ("bob", {"resume": "last", "incognito": True}, "incognito"),
    ],
)
def test_what_cannot_be_gone_on_with_is_said(
    shop: Catalogue, tmp_path: Path, user: str | None, how: dict[str, Any], told: str
) -> None:
    with pytest.raises(ResumeError, match=told) as caught:
        begin(scratch_assistant(shop, tmp_path), user, **how)
    assert caught.value.hint


def test_help_lists_every_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "--help") == 0
    said = capsys.readouterr().out
    for name in ("serve", "chat", "understand", "recommend", "index", "doctor", "evaluate", "train", "test", "forget"):
        assert name in said
    assert "export" in said


@pytest.mark.parametrize("option", ["--json", "--plot"])
def test_a_file_for_figures_in_no_folder_is_refused_before_the_work(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["chatalogue", "evaluate", "ranking", option, str(tmp_path / "none" / "figures")])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "there is no folder" in capsys.readouterr().err
