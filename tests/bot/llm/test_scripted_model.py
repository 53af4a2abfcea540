"""The double says what it was told and remembers who asked."""

from __future__ import annotations

import pytest

from bot.llm.port import Completion, Limits, ModelError
from bot.llm.scripted import ScriptedModel


def test_a_mapping_answers_by_what_the_suffix_contains() -> None:
    llm = ScriptedModel({"Heat": "recommend\n+item Heat"}, default="other")
    llm.warm_up("p")
    assert llm.complete("p", "like Heat", None, Limits()).text == "recommend\n+item Heat"
    assert llm.complete("p", "hm", None, Limits()).text == "other"
    assert [c.suffix for c in llm.calls] == ["like Heat", "hm"]
    assert llm.warmed == ["p"]


def test_a_callable_may_answer_with_a_whole_completion() -> None:
    done = Completion("ask", 1, 1, 5.0, "length")
    assert ScriptedModel(lambda prefix, suffix: done).complete("p", "s", None, Limits()) is done


def test_no_answer_is_an_error_that_names_the_alternatives() -> None:
    with pytest.raises(ModelError, match="'Heat'"):
        ScriptedModel({"Heat": "ask"}).complete("p", "s", None, Limits())


def test_a_cancelled_call_says_nothing() -> None:
    done = ScriptedModel({}, default="ask").complete("p", "s", None, Limits(cancelled=lambda: True))
    assert (done.text, done.stopped) == ("", "cancelled")
