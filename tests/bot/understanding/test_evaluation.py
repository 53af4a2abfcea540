"""Measuring a reader: figures by hand, every bad row told with its line, and all readers over one file."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.llm.port import Completion, ModelError
from bot.llm.scripted import ScriptedModel
from bot.reading_quality import EvaluationError, Request, baselines, measure_reading
from bot.settings import load_settings
from bot.understanding.confidence import DOUBTFUL
from bot.understanding.evaluation import Contestant, Measured, Unmeasured, Watched, certainty, compare
from bot.understanding.evaluation_report import as_json, table
from bot.understanding.instructed import load_examples
from bot.understanding.labels import Label, LabelledFile, LabelsUnusable, load_labelled
from bot.understanding.model_reader import ModelReader
from bot.understanding.prompt import facet_views
from bot.understanding.scoring import Matcher
from bot.wiring import wire_reader
from retrieval.catalogue.item import Catalogue
from retrieval.errors import ChatalogueError

ROWS: list[dict[str, Any]] = [
    {"id": "a", "message": "hi", "intent": "greet", "slots": []},
    {
        "id": "b",
        "message": "a comedy like Heat, no De Niro",
        "intent": "recommend",
        "slots": [["genre", "comedy", 1], ["item", "Heat", 1], ["person", "Robert De Niro", -1]],
    },
    {
        "id": "c",
        "message": "who is in it?",
        "context": ["How about Jaws?"],
        "shown": ["Jaws"],
        "intent": "ask",
        "slots": [{"slot": "item", "value": "Jaws", "polarity": 0}],
    },
    {"id": 4, "message": "slow ones from the 80s", "intent": "recommend", "slots": [["year", [1980, 1989], 1]]},
]


def write(folder: Path, rows: list[Any], name: str = "mine.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def matcher(films: Catalogue) -> Matcher:
    return Matcher(films)


# --- what counts as the same value


def test_a_labelled_file(films: Catalogue, tmp_path: Path) -> None:
    labelled = load_labelled(write(tmp_path, [*ROWS, ""]), films)
    assert labelled.problems == ()
    assert [row.id for row in labelled.rows] == ["a", "b", "c", "4"]
    assert [row.line for row in labelled.rows] == [1, 2, 3, 4]
    question, decade = labelled.rows[2], labelled.rows[3]
    assert (question.message.context, question.message.shown[0].title) == (("How about Jaws?",), "Jaws")
    assert question.message.shown[0].id in films.by_id
    assert question.slots == (Label("item", "Jaws", 0),)
    assert decade.slots == (Label("year", (1980, 1989), 1),)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("{", "is not JSON"),
        ("[1]", "not a JSON object"),
        ({"message": None}, "'message'"),
        ({"id": None}, "'id'"),
        ({"id": "a"}, "stands on line 1 already"),
        ({"intent": None}, "'intent'"),
        ({"intent": "buy"}, "unknown intent 'buy'"),
        ({"slots": None}, "'slots'"),
        ({"slots": [["colour", "red", 1]]}, "unknown slot 'colour'"),
        ({"slots": [["item", "Heat"]]}, r"\[slot, value, polarity\]"),
        ({"slots": [["item", "Heat", 2]]}, "polarity"),
        ({"slots": [["item", "Heat", True]]}, "polarity"),
        ({"slots": [["item", " ", 1]]}, "must be text"),
        ({"slots": [["year", "80s", 1]]}, "low, high"),
        ({"slots": [["year", [1990, 1980], 1]]}, "low, high"),
        ({"slots": [["year", [None, None], 1]]}, "low, high"),
        ({"slots": [["year", [1990], 1]]}, "low, high"),
        ({"slots": [["year", [1990, "now"], 1]]}, "low, high"),
        ('{"id": "z", "message": "m", "intent": "ask", "slots": [["year", [NaN, 3], 1]]}', "low, high"),
        ({"context": "hi"}, "'context'"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_others_count(
    films: Catalogue, tmp_path: Path, change: Any, says: str
) -> None:
    bad = change if isinstance(change, str) else {**ROWS[1], "id": "z", **change}
    labelled = load_labelled(write(tmp_path, [ROWS[0], "", bad, ROWS[2]]), films)
    assert [row.id for row in labelled.rows] == ["a", "c"]
    (problem,) = labelled.problems
    assert problem.startswith("mine.jsonl:3: ")
    with pytest.raises(AssertionError, match=says):
        raise AssertionError(problem)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "no labelled message"), (b"{\n", r"bad.jsonl:1"), (b"\xff\xfe", "not UTF-8"), (None, "cannot read")],
)
def test_an_unusable_file_is_an_error(films: Catalogue, tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "bad.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LabelsUnusable, match=says):
        load_labelled(path, films)


def test_the_documented_rows_are_what_is_read(shop: Catalogue, films: Catalogue, tmp_path: Path) -> None:
    document = (Path(__file__).parents[3] / "docs" / "understanding.md").read_text(encoding="utf-8")
    row, example = (" ".join(block.split("\n")) for block in re.findall(r"```json\n(.*?)```", document, re.DOTALL))
    labelled = load_labelled(write(tmp_path, [row]), shop)
    assert (labelled.problems, len(labelled.rows[0].slots)) == ((), 3)
    (shown,) = load_examples(write(tmp_path, [example], "examples.jsonl"), facet_views(films))
    assert len(shown.slots) == 2


# --- the readers


ANSWERS = {
    "message: hi": "greet",
    "a comedy": "recommend\n+genre comedy\n+item Heat\n-person De Niro",
    "who is in": "ask\n=item Jaws",
}


@pytest.fixture
def labelled(films: Catalogue, tmp_path: Path) -> LabelledFile:
    return load_labelled(write(tmp_path, ROWS), films)


def scripted(films: Catalogue) -> Contestant:
    def answer(prefix: str, suffix: str) -> Completion:
        found = next((text for key, text in ANSWERS.items() if key in suffix), None)
        if found is None:
            raise ModelError("it fell over", hint="")
        return Completion(found, 5, len(found.split()), 1.0, "eos")

    watched = Watched(ModelReader.of(ScriptedModel(answer), films))
    return Contestant(wire_reader(films, watched), watched)


def test_every_reader_is_measured_on_the_same_rows(films: Catalogue, labelled: LabelledFile, matcher: Matcher) -> None:
    def broken() -> Contestant:
        raise ChatalogueError("no such model", hint="")

    contestants: dict[str, Callable[[], Contestant]] = {
        "model": lambda: scripted(films),
        "rules": lambda: Contestant(wire_reader(films, None)),
        "zero-shot": broken,
    }
    model, rules, zero = compare(labelled, matcher, contestants, lambda _: None)
    assert isinstance(model, Measured)
    assert isinstance(rules, Measured)
    assert zero == Unmeasured("zero-shot", "no such model")
    assert model.sources == {"model": 3, "rules": 1}
    assert model.degraded == {"it fell over": 1}
    assert model.calls == 3  # of 1, 8 and 3 words; warming up is not counted
    assert (rules.sources, rules.calls) == ({"rules": 4}, None)
    assert [row["id"] for row in model.readings] == ["a", "b", "c", "4"]
    assert model.scores.slots.hits >= 4
    assert 0 < model.ms[0] <= model.ms[1]


def test_an_error_of_our_own_reader_is_raised(labelled: LabelledFile, matcher: Matcher) -> None:
    def broken() -> Contestant:
        raise ChatalogueError("no such model", hint="")

    with pytest.raises(ChatalogueError, match="no such model"):
        list(compare(labelled, matcher, {"model": broken}, lambda _: None))


def test_the_table_and_the_json_tell_the_same(films: Catalogue, labelled: LabelledFile, matcher: Matcher) -> None:
    outcomes = [*compare(labelled, matcher, {"model": lambda: scripted(films)}, lambda _: None), Unmeasured("x", "why")]
    text, data = table(labelled, "films", outcomes), as_json(labelled, "films", outcomes)
    (figures,) = (r for r in data["readers"].values() if "error" not in r)
    assert f"{figures['intent']['accuracy']:.3f} [" in text
    assert "4 messages, 5 slots" in text
    assert "person (1)" in text
    assert "model 3, rules 1" in text
    assert "the rules read 1 because it fell over" in text
    assert "x: could not be measured: why" in text
    assert data["readers"]["x"] == {"error": "why"}
    judged = {row["id"]: row for row in figures["readings"]}
    assert {"slot": "genre", "value": "comedy", "polarity": 1} in judged["b"]["slots"]
    json.dumps(data)


# --- the command


def test_the_command_measures_tells_bad_rows_and_writes_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures.json"
    request = Request(write(tmp_path, [*ROWS, "{"]), ("rules",), out=out)
    said: list[str] = []
    assert measure_reading(load_settings(reader="rules"), request, said.append) == 1
    assert "mine.jsonl:5" in capsys.readouterr().out
    assert any("mine.jsonl:5" in line for line in said)
    data = json.loads(out.read_text(encoding="utf-8"))
    assert list(data["readers"]) == ["rules"]
    assert data["messages"] == 4
    assert len(data["left_out"]) == 1


def test_all_well_is_exit_0(tmp_path: Path) -> None:
    assert measure_reading(load_settings(reader="rules"), Request(write(tmp_path, ROWS), ()), lambda _: None) == 0


def test_where_it_cannot_write_it_says_so_before_it_reads(tmp_path: Path) -> None:
    request = Request(write(tmp_path, ROWS), (), out=tmp_path / "no" / "x.json")
    with pytest.raises(EvaluationError, match=r"x\.json"):
        measure_reading(load_settings(reader="rules"), request, lambda _: None)


@pytest.mark.parametrize(("given", "names"), [("", ()), ("few-shot, rules,rules", ("few-shot", "rules"))])
def test_baselines_are_chosen_by_name(given: str, names: tuple[str, ...]) -> None:
    assert baselines(given) == names


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["none.jsonl"], "none.jsonl"),
        (["mine.jsonl", "--compare", "gpt"], "gpt"),
        (["mine.jsonl", "--json", "."], "'.'"),
    ],
)
def test_what_cannot_be_measured_is_one_line_and_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], part: str
) -> None:
    write(tmp_path, ROWS)
    monkeypatch.chdir(tmp_path)
    command = ["chatalogue", "evaluate", "understanding", *arguments, "--reader", "rules"]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert part in said
    assert "what to do:" in said


def test_certainty_counts_what_asking_back_would_catch() -> None:
    confidences = [DOUBTFUL / 2, DOUBTFUL - 0.01, 0.9, 0.9, None]
    found = certainty(confidences, [False, True, True, False, False])
    assert found is not None
    assert (found.told, found.doubtful, found.doubtful_wrong, found.wrong) == (4, 2, 1, 2)
    assert found.error == pytest.approx((DOUBTFUL / 2 + 1.01 - DOUBTFUL + 0.1 + 0.9) / 4)
    assert certainty([None, None], [True, False]) is None
