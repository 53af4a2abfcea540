"""Reading with a scripted model: what comes through, what is refused, and how failure is told."""

from __future__ import annotations

import pytest

from bot.llm.port import Cancelled, Completion, ModelError, ServerUnavailable, Stopped
from bot.llm.scripted import ScriptedModel
from bot.understanding.model_reader import ModelReader, ReaderFailed
from bot.understanding.prompt import FacetView
from bot.understanding.reading import Intent, MessageInContext
from bot.understanding.target import RawSlot
from retrieval.catalogue.schema import FacetKind

FACETS = (FacetView("genre", FacetKind.CATEGORY, ("comedy", "horror")), FacetView("person", FacetKind.ENTITY))
MESSAGE = MessageInContext("like Heat, no De Niro", ("What about Jaws?",))


def reader(answer: str | Completion) -> ModelReader:
    return ModelReader(ScriptedModel(lambda prefix, suffix: answer), "film", FACETS)


def stopped(text: str, reason: Stopped) -> Completion:
    return Completion(text, 1, 1, 1.0, reason)


def test_it_asks_with_the_catalogues_prefix_the_message_and_a_deadline() -> None:
    llm = ScriptedModel({}, default="greet")
    reading = ModelReader(llm, "film", FACETS, deadline_s=2.5).read_raw(MESSAGE)
    (call,) = llm.calls
    assert "genre: comedy, horror" in call.prefix
    assert "message: like Heat, no De Niro" in call.suffix
    assert call.limits.deadline_s == 2.5
    assert call.grammar is not None
    assert (reading.intent, reading.slots, reading.cut) == (Intent.GREET, (), False)


def test_warming_up_reads_the_prefix() -> None:
    llm, said = ScriptedModel({}), list[str]()
    made = ModelReader(llm, "film", FACETS)
    made.warm_up(said.append)
    assert llm.warmed == [made.prefix]
    assert "scripted" in said[0]


def test_slots_come_once_and_the_last_word_counts() -> None:
    reading = reader("recommend\n+item Heat\n-genre horror\n-person De Niro\n-item Heat\n-genre horror").read_raw(
        MESSAGE
    )
    assert reading.slots == (
        RawSlot("person", "De Niro", -1),
        RawSlot("item", "Heat", -1),
        RawSlot("genre", "horror", -1),
    )


def test_what_stands_nowhere_is_refused_by_name() -> None:
    reading = reader("recommend\n+item Collateral\n=item Jaws\n+colour Heat").read_raw(MESSAGE)
    assert reading.slots == (RawSlot("item", "Jaws", 0),)
    assert reading.refused == (RawSlot("item", "Collateral", 1), RawSlot("colour", "Heat", 1))


def test_what_differs_in_case_only_is_taken_as_it_is_written() -> None:
    reading = reader("recommend\n+item heat\n-person DE NIRO\n=item JAWS\n+genre Comedy\n+about Like he").read_raw(
        MESSAGE
    )
    assert reading.slots == (
        RawSlot("item", "Heat", 1),
        RawSlot("person", "De Niro", -1),
        RawSlot("item", "Jaws", 0),
        RawSlot("genre", "comedy", 1),
    )
    assert reading.refused == (RawSlot("about", "Like he", 1),)  # half a word stands nowhere, however it is written


def test_an_answer_in_json_is_read_like_lines() -> None:
    answer = '{"intent": "recommend", "slots": [{"slot": "item", "value": "heat", "polarity": -1}]}'
    reading = reader(answer).read_raw(MESSAGE)
    assert (reading.intent, reading.slots) == (Intent.RECOMMEND, (RawSlot("item", "Heat", -1),))


def test_the_grammar_comes_with_the_same_answers_as_a_json_schema() -> None:
    llm = ScriptedModel({}, default="greet")
    ModelReader(llm, "film", FACETS).read_raw(MESSAGE)
    (call,) = llm.calls
    assert call.grammar is not None
    assert call.grammar.json_schema is not None
    assert set(call.grammar.json_schema["properties"]) == {"intent", "slots"}


@pytest.mark.parametrize("form", ["lines", "json"])
def test_a_prompt_of_its_own_is_asked_for_in_the_engines_form(form: str) -> None:
    llm = ScriptedModel({}, default="greet")
    llm.form = form  # type: ignore[attr-defined]
    made = ModelReader(llm, "film", FACETS, prompt=lambda item, facets, wanted: f"{item} {len(facets)} {wanted}")
    made.read_raw(MESSAGE)
    assert llm.calls[0].prefix == made.prefix == f"film 2 {form}"


class Down(ScriptedModel):
    """A server that is not there; `retryable`: it may come."""

    retryable = True

    def warm_up(self, prefix: str) -> None:
        raise ServerUnavailable("nobody listens", hint="", retryable=self.retryable)


def test_a_server_that_may_come_is_told_and_not_waited_for() -> None:
    said: list[str] = []
    ModelReader(Down({}), "film", FACETS).warm_up(said.append)
    assert "degraded: nobody listens; until it answers, the rules read" in said
    assert len(said) == 2
    for_good = Down({})
    for_good.retryable = False
    with pytest.raises(ServerUnavailable):
        ModelReader(for_good, "film", FACETS).warm_up(said.append)


def test_what_an_engine_cannot_do_is_told_at_the_start() -> None:
    llm, said = ScriptedModel({}, default="greet"), list[str]()
    llm.note = "degraded: no grammar"  # type: ignore[attr-defined]
    ModelReader(llm, "film", FACETS).warm_up(said.append)
    assert "degraded: no grammar" in said


def test_of_an_answer_that_became_too_long_whole_lines_count() -> None:
    reading = reader(stopped("recommend\n+item Heat\n-person De", "length")).read_raw(MESSAGE)
    assert reading.slots == (RawSlot("item", "Heat", 1),)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (stopped("recommend", "deadline"), "longer than 4 s"),
        (stopped("recom", "length"), "cannot be read"),
        ("I am sorry, I cannot help", "cannot be read"),
        ("recommend\n+item", "cannot be read"),
    ],
)
def test_failure_says_why(answer: str | Completion, why: str) -> None:
    with pytest.raises(ReaderFailed, match=why):
        reader(answer).read_raw(MESSAGE)


def test_a_cancelled_reading_is_no_failure_that_the_rules_make_good() -> None:
    with pytest.raises(Cancelled):
        reader(stopped("recommend", "cancelled")).read_raw(MESSAGE)


def test_a_model_error_becomes_a_failed_reading_with_its_cause() -> None:
    with pytest.raises(ReaderFailed, match="no answer for") as caught:
        ModelReader(ScriptedModel({}), "film", FACETS).read_raw(MESSAGE)
    assert isinstance(caught.value.__cause__, ModelError)


def test_a_cut_message_says_so() -> None:
    assert reader("other").read_raw(MessageInContext("word " * 900)).cut
