"""Recordings: what was asked and answered comes back, a miss is loud and tells of the nearest, files are whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.llm.port import Completion, Grammar, Limits
from bot.llm.recording import (
    Ask,
    Recording,
    RecordingError,
    RecordingMissing,
    RecordingModel,
    Recordings,
    ReplayingModel,
)
from bot.llm.scripted import ScriptedModel

LIMITS = Limits(max_tokens=40, deadline_s=2.0)
GRAMMAR = Grammar("start: /.*/")


def recorded(path: Path, **answers: str) -> Recordings:
    """A file with an answer to each message."""
    kept: list[Recording] = []
    model = RecordingModel(
        ScriptedModel(answers), "m@1", lambda ask, answer: kept.append(Recording("p", len(kept) + 1, "?", ask, answer))
    )
    for message in answers:
        model.complete("prefix", message, GRAMMAR, LIMITS)
    recordings = Recordings(path)
    recordings.replace("p", kept, ["p"])
    return Recordings(path)


def replayed(recordings: Recordings, identity: str = "m@1") -> ReplayingModel:
    return ReplayingModel(identity, lambda: recordings)


def test_what_was_answered_is_answered_again(tmp_path: Path) -> None:
    model = replayed(recorded(tmp_path / "r.jsonl", hello="greet", bye="bye now"))
    assert model.complete("prefix", "bye", GRAMMAR, LIMITS) == Completion("bye now", 2, 1, 0.0, "eos")
    assert model.complete("prefix", "hello", GRAMMAR, Limits(40, None)).text == "greet"  # a deadline is no question


@pytest.mark.parametrize(
    ("identity", "asked", "told"),
    [
        ("m@2", ("prefix", "hello", GRAMMAR, LIMITS), "the model or its adapter"),
        ("m@1", ("other", "hello", GRAMMAR, LIMITS), "the prompt's fixed part"),
        ("m@1", ("prefix", "hallo", GRAMMAR, LIMITS), "the message, its context or the screen: 'hello'"),
        ("m@1", ("prefix", "hello", Grammar("start: /x/"), LIMITS), "the grammar"),
        ("m@1", ("prefix", "hello", None, LIMITS), "the grammar"),
        ("m@1", ("prefix", "hello", GRAMMAR, Limits(41)), "the limit of tokens"),
    ],
)
def test_a_miss_says_in_what_the_nearest_differs(
    tmp_path: Path, identity: str, asked: tuple[str, str, Grammar | None, Limits], told: str
) -> None:
    model = replayed(recorded(tmp_path / "r.jsonl", hello="greet", goodbye="bye"), identity)
    with pytest.raises(RecordingMissing) as caught:
        model.complete(*asked)
    assert f"the nearest is step 1 of 'p', which differs in {told}" in str(caught.value)


def test_with_nothing_recorded_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingMissing, match="there is none at all"):
        replayed(Recordings(tmp_path / "r.jsonl")).complete("p", "s", None, LIMITS)


def test_answers_cut_by_the_clock_are_not_kept() -> None:
    kept: list[Ask] = []
    cut = ScriptedModel(lambda *_: Completion("gr", 1, 1, 5.0, "deadline"))
    RecordingModel(cut, "m", lambda ask, _: kept.append(ask)).complete("p", "s", None, LIMITS)
    assert kept == []


def test_the_file_is_the_same_bytes_whatever_the_time_it_took(tmp_path: Path) -> None:
    texts = []
    for ms in (1.0, 2.0):
        ask = Ask.of("m", "p", "s", GRAMMAR, LIMITS)
        path = tmp_path / f"{ms}.jsonl"
        Recordings(path).replace("p", [Recording("p", 1, "s", ask, Completion("é", 1, 1, ms, "eos"))], ["p"])
        texts.append(path.read_bytes())
    assert texts[0] == texts[1]
    assert "é" in texts[0].decode()


def test_parts_stand_in_the_given_order_and_others_go(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "r.jsonl")
    for part in ("b", "a", "gone"):
        recordings.replace(part, [Recording(part, 1, part)], ["a", "b", "gone"])
    recordings.replace("b", [Recording("b", 1, "new")], ["a", "b"])
    again = Recordings(tmp_path / "r.jsonl")
    assert again.parts == ("a", "b")
    assert again.messages("b") == {(1, "new")}
    assert len(again) == 2


def test_a_broken_file_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(Recording("p", 1, "hi").to_json()) + "\n{}\n")
    with pytest.raises(RecordingError, match=r"r\.jsonl:2: no recording"):
        Recordings(path)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError, match="cannot be written"):
        Recordings(tmp_path / "file" / "r.jsonl").replace("p", [], ["p"])


def test_the_nearest_message_is_found(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "r.jsonl")
    assert recordings.nearest_to("hi") == "there is no recording at all"
    recordings.replace("p", [Recording("p", 1, "a funny film"), Recording("p", 2, "bye")], ["p"])
    assert recordings.nearest_to("a funny movie") == "the nearest is 'a funny film', step 1 of 'p'"
