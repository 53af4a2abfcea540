"""The prompt for untrained models: the task, the catalogue, worked examples in the form of answer that is wanted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.understanding.instructed import EXAMPLES, ExamplesUnusable, instructed, load_examples
from bot.understanding.json_answer import VALUES, answer_schema, parse_json_answer, write_json_answer
from bot.understanding.prompt import FacetView, facet_views
from bot.understanding.reading import Intent
from bot.understanding.target import RawSlot, parse_target
from bot.understanding.tokens import PREFIX_HEAD, PREFIX_TAIL
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind

FACETS = (
    FacetView("genre", FacetKind.CATEGORY, ("comedy", "horror")),
    FacetView("person", FacetKind.ENTITY),
    FacetView("price", FacetKind.NUMBER, unit="EUR"),
)
ROW = {
    "message": "no scary ones under 9 EUR",
    "context": ["Hi"],
    "shown": ["Heat"],
    "answer": "recommend\n-genre horror",
}


def examples_file(folder: Path, *rows: object) -> Path:
    path = folder / EXAMPLES
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
    return path


def test_it_states_task_and_catalogue_without_examples() -> None:
    prompt = instructed()("tea", FACETS, "lines")
    assert prompt.startswith(PREFIX_HEAD)
    assert prompt.endswith(PREFIX_TAIL)
    assert all(f"\n{intent.value}: " in prompt for intent in Intent)
    assert "genre: one of comedy, horror" in prompt
    assert "price: words with a number (EUR)" in prompt
    assert "Example" not in prompt
    assert "JSON" not in prompt


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ("lines", "answer:\nrecommend\n-genre horror\n"),
        ("json", '{"intent": "recommend", "slots": [{"slot": "genre", "value": "horror", "polarity": -1}]}'),
    ],
)
def test_examples_are_shown_as_messages_are_and_answered_in_the_form_wanted(
    tmp_path: Path, form: str, answer: str
) -> None:
    examples = load_examples(examples_file(tmp_path, ROW, ""), FACETS)
    prompt = instructed(examples)("tea", FACETS, form)  # type: ignore[arg-type]
    assert "bot: Hi\nscreen: 1 Heat\nmessage: no scary ones under 9 EUR\nanswer:" in prompt
    assert answer in prompt


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{", ":2: "),
        ("[]", "not a JSON object"),
        ({**ROW, "answer": "buy"}, "'buy' is not a valid Intent"),
        ({**ROW, "answer": "recommend\n+genre jazz"}, "'jazz' is no value"),
        ({**ROW, "answer": "recommend\n+colour red"}, "'red' is no value"),
        ({"message": "m"}, "'answer'"),
    ],
)
def test_an_example_that_no_model_could_follow_is_told_with_its_line(tmp_path: Path, row: object, says: str) -> None:
    with pytest.raises(ExamplesUnusable, match=says) as caught:
        load_examples(examples_file(tmp_path, ROW, row), FACETS)
    assert f"{EXAMPLES}:2" in caught.value.message


def test_our_catalogues_have_examples_of_every_intent_they_show(
    films: Catalogue, shop: Catalogue, films_folder: Path, shop_folder: Path
) -> None:
    for catalogue, folder in ((films, films_folder), (shop, shop_folder)):
        shown = load_examples(folder / EXAMPLES, facet_views(catalogue))
        assert {e.intent for e in shown} == set(Intent)
        assert {s.polarity for e in shown for s in e.slots} == {-1, 0, 1}


# --- the answer as JSON


def test_the_json_answer_says_what_the_lines_say() -> None:
    lines = "feedback\n-item Heat\n=person De Niro\n+about slow"
    assert parse_json_answer(write_json_answer(*parse_target(lines))) == parse_target(lines)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        '{"intent": "buy", "slots": []}',
        '{"intent": "ask"}',
        '{"intent": "ask", "slots": [1]}',
        '{"intent": "ask", "slots": [{"slot": "item", "value": "x", "polarity": 2}]}',
        '{"intent": "ask", "slots": [{"slot": "item", "value": "x", "polarity": true}]}',
        '{"intent": "ask", "slots": [{"slot": "item", "value": " ", "polarity": 1}]}',
        '{"intent": ["ask"], "slots": []}',
        "[" * 100_000,
    ],
)
def test_what_is_no_answer_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json_answer(text)


def test_the_schema_lists_intents_slots_and_category_values() -> None:
    schema = answer_schema(FACETS)
    assert schema["properties"]["intent"]["enum"] == [i.value for i in Intent]
    kinds = schema["properties"]["slots"]["items"]["anyOf"]
    by_slot = {slot: kind["properties"]["value"] for kind in kinds for slot in kind["properties"]["slot"]["enum"]}
    assert set(by_slot) == {"item", "genre", "person", "price", "about"}
    assert by_slot["genre"]["enum"] == ["comedy", "horror"]
    assert by_slot["item"] == {"type": "string"}
    assert all(kind["additionalProperties"] is False for kind in kinds)


def test_a_large_catalogue_keeps_its_most_frequent_values_and_stays_inside_the_servers_limits() -> None:
    large = [FacetView(f"f{n}", FacetKind.CATEGORY, tuple(f"v{i}" for i in range(300))) for n in range(6)]
    kinds = answer_schema(large)["properties"]["slots"]["items"]["anyOf"]
    listed = [kind["properties"]["value"]["enum"] for kind in kinds if "enum" in kind["properties"]["value"]]
    assert [values[0] for values in listed] == ["v0"] * 6
    assert sum(map(len, listed)) == VALUES


def test_a_category_without_values_takes_any_text() -> None:
    schema = answer_schema([FacetView("mood", FacetKind.CATEGORY)])
    (kind,) = schema["properties"]["slots"]["items"]["anyOf"]
    assert "mood" in kind["properties"]["slot"]["enum"]


def test_polarity_is_read_as_the_numbers_it_is() -> None:
    _, slots = parse_json_answer('{"intent": "ask", "slots": [{"slot": "item", "value": "a  b", "polarity": -1}]}')
    assert slots == (RawSlot("item", "a b", -1),)
