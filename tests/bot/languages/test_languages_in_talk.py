"""A multilingual model beside the rules, and how well the rules read messages that were labelled beforehand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.llm.scripted import ScriptedModel
from bot.messages import UserText
from bot.understanding.model_reader import ModelReader
from bot.understanding.projection import project
from bot.understanding.reading import Intent, MessageInContext, ShownItem
from bot.wiring import scratch_assistant, wire_reader
from retrieval.catalogue.item import Catalogue

HERE = Path(__file__).parent
SAID = "我想看一部科幻电影"


def multilingual(catalogue: Catalogue, asked: list[str]) -> ModelReader:
    """A stand-in that answers the wire format for one Chinese message, and notes what it is asked."""

    def answer(prefix: str, suffix: str) -> str:
        asked.append(suffix)
        return "recommend\n+genre sci-fi" if SAID in suffix else "greet"

    return ModelReader.of(ScriptedModel(answer), catalogue, 10.0)


def test_a_multilingual_model_reads_the_message_as_it_is(films: Catalogue, tmp_path: Path) -> None:
    asked: list[str] = []
    model = multilingual(films, asked)
    talk = scratch_assistant(films, tmp_path, model, read_by_model=("en", "zh")).open("anna")
    reply = talk.reply(UserText(SAID))
    assert reply.reading is not None
    assert (reply.reading.source, reply.reading.language) == ("model", "zh")
    assert [(s.slot, s.value, s.polarity) for s in reply.reading.slots] == [("genre", "sci-fi", 1)]
    assert len(asked) == 1
    assert SAID in asked[0]
    assert reply.items
    assert all("sci-fi" in films.by_id[card.id].values("genre") for card in reply.items)
    assert "科幻片" in reply.text
    assert "简单的愿望" not in reply.text, "there is no limit to tell"
    assert [chip.label for chip in reply.chips if chip.label == "换一批"]


def test_the_default_model_is_not_asked_about_chinese(films: Catalogue, tmp_path: Path) -> None:
    asked: list[str] = []
    reply = scratch_assistant(films, tmp_path, multilingual(films, asked)).open("ben").reply(UserText(SAID))
    assert reply.reading is not None
    assert (reply.reading.source, reply.reading.degraded) == ("rules", None)
    assert asked == []
    assert "简单的愿望" in reply.text


def test_what_is_asked_of_us_needs_no_model(films: Catalogue, tmp_path: Path) -> None:
    asked: list[str] = []
    talk = scratch_assistant(films, tmp_path, multilingual(films, asked), read_by_model=("en", "zh")).open("cleo")
    reply = talk.reply(UserText("你知道我什么？"))
    assert (reply.act, asked) == ("confirm", [])


def test_a_taste_in_another_language_is_kept_in_the_words_it_was_said_in(films: Catalogue, tmp_path: Path) -> None:
    talk = scratch_assistant(films, tmp_path).open("dora")
    talk.reply(UserText("me encanta el terror"))
    told = talk.reply(UserText("¿qué sabes de mí?"))
    assert "te gusta terror: “me encanta el terror”" in told.text


@pytest.mark.parametrize(
    ("rows", "language", "intents", "whole"),
    [
        ("held_out", "es", 0.95, 0.85),
        ("held_out", "zh", 0.95, 0.85),
        ("fresh", "es", 0.9, 0.8),
        ("fresh", "zh", 0.85, 0.75),
    ],
)
def test_messages_labelled_beforehand(
    rows: str, language: str, intents: float, whole: float, request: pytest.FixtureRequest
) -> None:
    right: list[tuple[bool, bool]] = []
    for name in ("films", "shop"):
        catalogue: Catalogue = request.getfixturevalue(name)
        read = reading_of(catalogue, language)
        right += [
            read(json.loads(row)) for row in (HERE / f"{rows}.{language}.{name}.jsonl").read_text("utf-8").splitlines()
        ]
    assert len(right) == {"held_out": 60, "fresh": 20}[rows]
    assert sum(intent for intent, _ in right) / len(right) >= intents
    assert sum(both for _, both in right) / len(right) >= whole


def reading_of(catalogue: Catalogue, language: str) -> Callable[[dict[str, object]], tuple[bool, bool]]:
    """Whether a row's intent, and all of it, is read as labelled."""
    reader, ids = wire_reader(catalogue, None), {item.title: item.id for item in catalogue.items}

    def read(row: dict[str, object]) -> tuple[bool, bool]:
        shown = tuple(ShownItem(ids[title], title) for title in row.get("shown", ()))  # type: ignore[attr-defined]
        context: tuple[str, ...] = tuple(row.get("context", ()))  # type: ignore[arg-type]
        reading = reader.read(MessageInContext(str(row["message"]), context, shown, language if context else "en"))
        slots = sorted(json.dumps([s["slot"], s["value"], s["polarity"]]).casefold() for s in project(reading.slots))
        wanted = sorted(json.dumps(slot).casefold() for slot in row["slots"])  # type: ignore[attr-defined]
        intent = reading.intent is Intent(str(row["intent"]))
        return intent, intent and slots == wanted

    return read
