"""Drafts make an answer faster and never another one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.llm.decoding import Wanted
from bot.llm.drafting import LONGEST, Draft
from bot.llm.guidance import Guide
from bot.llm.local import LocalModel
from bot.llm.port import Completion, Grammar, Limits
from bot.understanding.grammar import tidy, understanding_grammar
from bot.understanding.prompt import FacetView, message_suffix, schema_prefix
from bot.understanding.reading import MessageInContext
from bot.understanding.tokens import encode_suffix
from retrieval.catalogue.schema import FacetKind

FACETS = (FacetView("genre", FacetKind.CATEGORY, ("comedy", "horror")), FacetView("person", FacetKind.ENTITY))
PREFIX = schema_prefix("film", FACETS)
LINES = st.sampled_from(["+item Heat", "-genre horror", "=person De Niro", "+about funnier", "+about like", "nonsense"])
GUESSES = st.builds(
    lambda intent, lines: "\n".join([intent, *lines]),
    st.sampled_from(["recommend", "ask", "greet", "", "<|im_end|>"]),
    st.lists(LINES, max_size=4),
)
MESSAGES = st.one_of(
    st.lists(st.sampled_from(["like", "Heat", "but", "funnier", "no", "De", "Niro", "the", "second"]), max_size=12).map(
        " ".join
    ),
    st.text(max_size=30),
)


@pytest.fixture(scope="module")
def llm(tiny_model: Path) -> LocalModel:
    return LocalModel(tiny_model, dtype="float32")


def complete(llm: LocalModel, message: str, guess: str, limits: Limits, drafts: bool) -> Completion:
    seen = tidy(MessageInContext(message)).message
    lark = understanding_grammar(FACETS, seen).lark
    grammar = Grammar(lark.replace("slot{0,10}", "slot{3,10}"), guess=guess)  # a random model likes to stop at once
    llm.drafts = drafts
    try:
        return llm.complete(PREFIX, message_suffix(seen), grammar, limits)
    finally:
        llm.drafts = True


@settings(max_examples=60, deadline=None)
@given(message=MESSAGES, guess=GUESSES, most=st.sampled_from([3, 12, 200]))
def test_the_answer_is_the_same_with_and_without(llm: LocalModel, message: str, guess: str, most: int) -> None:
    plain = complete(llm, message, guess, Limits(most), drafts=False)
    drafted = complete(llm, message, guess, Limits(most), drafts=True)
    assert (drafted.text, drafted.tokens, drafted.stopped) == (plain.text, plain.tokens, plain.stopped)
    assert drafted.confidence == pytest.approx(plain.confidence, rel=1e-3)
    assert drafted.calls is not None
    assert plain.calls is not None
    assert drafted.calls <= plain.calls


def test_a_right_guess_takes_one_call(llm: LocalModel) -> None:
    grammar = Grammar('start: "greet" (" " /[a-z]+/){6}')
    forward, ids = llm._decoder, encode_suffix(llm._loaded.tokenizer, message_suffix(MessageInContext("hi")))
    alone = forward.run(llm._read(PREFIX), ids, Wanted(Guide(llm._matcher(grammar)), 200), lambda: None)
    assert alone.calls > 10
    wanted = Wanted(Guide(llm._matcher(grammar)), 200, Draft(alone.tokens, ids))
    guessed = forward.run(llm._read(PREFIX), ids, wanted, lambda: None)
    assert (guessed.tokens, guessed.calls) == (alone.tokens, 1)


def test_without_a_guess_copies_are_drafted_from_the_prompt(llm: LocalModel) -> None:
    message = "something like Heat but funnier, no De Niro"
    plain = complete(llm, message, "", Limits(300), drafts=False)
    drafted = complete(llm, message, "", Limits(300), drafts=True)
    assert drafted.calls is not None
    assert plain.calls is not None
    assert drafted.calls < plain.calls


def first(draft: Draft, written: list[int]) -> list[int]:
    return next(iter(draft.proposals(written)))


def test_a_guess_is_the_first_draft_whole() -> None:
    assert first(Draft(range(100, 120), [1, 2]), []) == list(range(100, 120))


def test_what_was_written_last_is_looked_up_in_guess_and_prompt() -> None:
    draft = Draft([1, 2, 3, 4, 5], [9, 3, 8, 7, 6])
    draft.wrote([7])
    assert first(draft, [7, 2, 3]) == [4, 5]
    assert first(draft, [1, 9, 3, 8]) == [7, 6]


def test_a_wrong_token_in_a_guess_stands_for_the_one_guessed() -> None:
    draft = Draft([1, 2, 3, 4], [])
    draft.wrote([50])
    assert first(draft, [50]) == [2, 3, 4]


def test_a_guess_that_is_right_so_far_is_drafted_to_its_end() -> None:
    draft = Draft(range(100, 120), [])
    draft.wrote([100, 101])
    assert first(draft, [100, 101]) == list(range(102, 120))


def test_a_wrong_line_costs_the_lines_after_it_nothing() -> None:
    line, sign, guess = 0, 1, [10, 0, 1, 20, 30, 0, 1, 21, 31, 32]
    draft, written = Draft(guess, []), [10, line, sign, 77, 78, 79]
    for token in written:
        draft.wrote([token])
    draft.wrote([line])
    assert first(draft, [*written, line]) == [1, 21, 31, 32]


def test_a_draft_is_short() -> None:
    assert len(first(Draft([], list(range(50))), [7])) == LONGEST
