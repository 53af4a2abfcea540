"""The replies to train wording with: what is said in other words is still what was to be said, and can be written."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

import pytest
from llguidance import LLMatcher, LLTokenizer

from bot.response.wording import Brief, wording_grammar, wording_prefix, wording_suffix
from bot.response.wording_brief import ACTS
from bot.understanding.training import told
from bot.understanding.training.generate import UNSEEN
from bot.understanding.training.lists import _phrasings, held_out
from bot.understanding.training.wording import (
    FILE,
    HELD_OUT_OF,
    MOST_WORDS,
    Worded,
    WordedPack,
    generate_questions,
    generate_wording,
    places,
    problems,
)

TASKS = {"wording": generate_wording, "asking": generate_questions}
KEYS = {key for key, _ in (*told.REPLIES, *told.QUESTIONS)} | {"like"}


@pytest.fixture(scope="module")
def packs() -> list[WordedPack]:
    return [*islice(generate_wording(5), 60), *islice(generate_questions(5), 10)]


@pytest.fixture(scope="module")
def samples(packs: list[WordedPack]) -> list[Worded]:
    return [s for p in packs for s in p.samples]


def shape(phrasing: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, re.split(r"\{\w+\}", phrasing))))


def test_the_grammar_of_run_time_lets_a_model_write_every_reply(packs: list[WordedPack]) -> None:
    byte_by_byte = LLTokenizer("byte")
    for pack in packs[::4]:
        for sample in pack.samples:
            grammar = LLMatcher.grammar_from_lark(wording_grammar(sample.brief, pack.values).lark)
            matcher = LLMatcher(byte_by_byte, grammar, log_level=0)
            tokens = byte_by_byte.tokenize_bytes(sample.answer.encode())
            assert matcher.consume_tokens(tokens), (sample.answer, sample.brief)
            assert matcher.is_accepting(), sample.answer


def test_the_prompt_is_that_of_run_time(packs: list[WordedPack]) -> None:
    pack = packs[0]
    assert pack.prefix == wording_prefix(pack.items, pack.voice)
    assert pack.samples[0].suffix == wording_suffix(pack.samples[0].brief)


def test_replies_are_short_calm_and_name_no_other_figures(samples: list[Worded]) -> None:
    for sample in samples:
        assert 0 < len(sample.answer.split()) <= MOST_WORDS
        assert "!" not in sample.answer
        assert not re.search(r"[{}]", sample.answer + sample.suffix)
        given = " ".join((sample.brief.plain, *(text for item in sample.brief.items for text in item)))
        assert set(re.findall(r"\d+", sample.answer)) <= set(re.findall(r"\d+", given)), sample


def test_nothing_that_is_to_be_said_is_lost() -> None:
    for key, phrasings in _phrasings(FILE).items():
        name = key.removesuffix(" one").removesuffix(" warm").removesuffix(" formal")
        if not key.startswith("said_"):
            assert name in KEYS, key
            assert phrasings, key
    for key, needed in (("fact", {"title", "fact"}), ("no", {"title", "label", "fact"}), ("accept", {"titles"})):
        for suffix in ("", " warm", " formal"):
            assert all(places(p) == needed for p in _phrasings(FILE).get(key + suffix, ()))


@pytest.mark.parametrize(
    ("plain", "answer", "found"),
    [
        ("Any genre in mind?", "Which genre would you like?", []),
        ("Any genre in mind?", "Tell me a genre.", ["the question"]),
        ("Two films.", "Two films. Or more? Or less?", ["the question", "questions"]),
        ("Two films: no horror.", "Here are two films with horror.", ["a no"]),
        ("Two films.", "Here are two films for for you.", ["a word twice"]),
        ("Two films.", "Here are two films!", ["an exclamation mark"]),
        ("Two films.", "Here are two comedy films.", ["comedy"]),
        ("Two films.", "Here are three films.", ["three"]),
        ("Two films.", "Here are two films" + " and so on" * 20 + ".", ["too long"]),
    ],
)
def test_what_is_wrong_with_a_reply_is_found(plain: str, answer: str, found: list[str]) -> None:
    assert problems(Worded(Brief("recommend", "", plain), answer), frozenset({"comedy"})) == found


@pytest.mark.parametrize("task", TASKS)
def test_a_run_can_go_on_in_the_middle(task: str) -> None:
    assert next(TASKS[task](3, skip=4)) == list(islice(TASKS[task](3), 5))[4]
    assert next(TASKS[task](3)) != next(TASKS[task](4))


@pytest.mark.parametrize("task", TASKS)
def test_the_unseen_domain_is_never_trained_on(task: str) -> None:
    with pytest.raises(ValueError, match="kept out of training"):
        next(TASKS[task](1, domain=UNSEEN))
    assert {p.items for p in islice(TASKS[task](1, "dev", domain=UNSEEN), 8)} == {"courses", "classes"}


def test_held_out_phrasings_are_not_trained_on() -> None:
    questions = [p for key, _ in told.QUESTIONS for p in _phrasings(FILE)[key]]
    kept = [shape(p) for p in questions if held_out(p, HELD_OUT_OF)]
    assert len(kept) >= 4
    trained = [s.answer for p in islice(generate_questions(1), 60) for s in p.samples]
    measured = [s.answer for p in islice(generate_questions(1, "dev"), 20) for s in p.samples]
    assert not [a for a in trained if any(k.fullmatch(a) for k in kept)]
    assert [a for a in measured if any(k.fullmatch(a) for k in kept)] == measured


def test_every_kind_of_reply_occurs_in_its_voice(packs: list[WordedPack], samples: list[Worded]) -> None:
    acts = Counter(s.brief.act for s in samples)
    assert set(acts) == set(ACTS)
    assert {p.voice.tone for p in packs} == {"plain", "warm", "formal"}
    assert len({s.answer for s in samples}) > 0.8 * len(samples)
    formal = [s.answer for p in packs if p.voice.tone == "formal" for s in p.samples]
    assert not [a for a in formal if re.search(r"\b(?:don't|isn't|can't|won't)\b", a)]
    short = [s.answer for p in packs if p.voice.length == "short" for s in p.samples]
    assert max(len(re.findall(r"[.?](?= [A-Z]|$)", a)) for a in short) <= 2  # a title may hold a full stop
