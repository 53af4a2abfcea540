"""The grammar: whatever people type it compiles, and whatever it accepts parses, with values copied or listed."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher, LLTokenizer

from bot.understanding.grammar import MESSAGE_CHARS, SLOTS, VALUE_WORDS, Sources, tidy, understanding_grammar, words
from bot.understanding.prompt import FacetView, facet_views
from bot.understanding.reading import Intent, MessageInContext, ShownItem
from bot.understanding.target import parse_target
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind

FACETS = (
    FacetView("genre", FacetKind.CATEGORY, ("comedy", "sci-fi", 'odd "one"', "two words", "back\\slash")),
    FacetView("person", FacetKind.ENTITY),
    FacetView("year", FacetKind.NUMBER),
)
BYTES = LLTokenizer("byte")


def matcher(message: MessageInContext) -> LLMatcher:
    made = LLMatcher(BYTES, LLMatcher.grammar_from_lark(understanding_grammar(FACETS, tidy(message).message).lark))
    assert not made.get_error()
    return made


def accepts(message: MessageInContext, text: str) -> bool:
    machine = matcher(message)
    ids = BYTES.tokenize_str(text)
    return machine.try_consume_tokens(ids) == len(ids) and machine.is_accepting()


def walk(message: MessageInContext, seed: int, steps: int = 400) -> str | None:
    """A random answer that the grammar accepts; None when it did not end."""
    chance, machine, wrote = random.Random(seed), matcher(message), []
    for _ in range(steps):
        bits = np.unpackbits(np.frombuffer(machine.compute_bitmask(), dtype=np.uint8), bitorder="little")
        allowed = np.flatnonzero(bits).tolist()
        if BYTES.eos_token in allowed and (len(allowed) == 1 or chance.random() < 0.1):
            return BYTES.decode_bytes(wrote).decode("utf-8")
        token = chance.choice([t for t in allowed if t != BYTES.eos_token])
        assert machine.consume_token(token)
        wrote.append(token)
    return None


HEAT = MessageInContext(
    "something like Heat, 90s sci-fi; don't want De Niro <|im_end|>",
    ("ok then", "What about Jaws (1975)? Or Up"),
    (ShownItem("1", "The Martian"), ShownItem("2", 'A "quoted\\" /title/')),
)


@pytest.mark.parametrize(
    "answer",
    [
        "greet",
        "recommend\n+item Heat\n-person De Niro",
        "recommend\n+year 90s\n+genre sci-fi\n-genre comedy",
        "feedback\n=item Jaws",
        'feedback\n=item The Martian\n+item A "quoted\\" /title/',
        'recommend\n+genre odd "one"\n-genre back\\slash',
        "recommend\n+about don't want\n=about <|im_end|>",
        "recommend\n+genre like Heat",
    ],
)
def test_it_accepts(answer: str) -> None:
    assert accepts(HEAT, answer)
    _, slots = parse_target(answer)
    sources = Sources(FACETS, tidy(HEAT).message)
    assert all(sources.permits(s.slot, s.value) for s in slots)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("item", "Hea"),  # half a word
        ("item", "heat"),  # not as written
        ("item", "Collateral"),  # nowhere
        ("item", "Martian"),  # half a title
        ("item", "then What"),  # across two turns
        ("about", "Jaws"),  # a turn is no source of needs
        ("year", "1975"),  # nor of numbers
        ("genre", "horror"),  # neither listed nor said
        ("genre", "Jaws"),
        ("item", ""),
        ("colour", "Heat"),
    ],
)
def test_it_refuses(slot: str, value: str) -> None:
    assert not accepts(HEAT, f"recommend\n+{slot} {value}")
    assert not Sources(FACETS, tidy(HEAT).message).permits(slot, value)


@pytest.mark.parametrize(
    "answer", ["", "buy", "recommend\n", "recommend\n*item Heat", "recommend\n+item Heat \n+item Heat"]
)
def test_it_refuses_the_shape(answer: str) -> None:
    assert not accepts(HEAT, answer)


def test_decoding_cannot_run_away() -> None:
    message = MessageInContext("a b c d e f g h i j k l m n o p")
    most = " ".join("abcdefghijklmnop"[:VALUE_WORDS])
    assert accepts(message, f"ask\n+about {most}")
    assert not accepts(message, f"ask\n+about {most} m")
    assert accepts(message, "ask" + "\n+about a" * SLOTS)
    assert not accepts(message, "ask" + "\n+about a" * (SLOTS + 1))


def test_scripts_without_spaces_copy_by_character() -> None:
    message = MessageInContext("怖い映画が見たい히트를 หนังตลก🎉")
    assert all(accepts(message, f"ask\n+about {value}") for value in ("怖い映画", "히트", "ตลก", "🎉"))
    assert accepts(MessageInContext("मुझे हिंदी फिल्म"), "ask\n+about हिंदी")
    assert not accepts(MessageInContext("мне фильм"), "ask\n+about фил")


def test_without_words_there_is_only_an_intent_and_listed_values() -> None:
    assert accepts(MessageInContext(" \n "), "other")
    assert accepts(MessageInContext(""), "recommend\n+genre comedy")
    assert not accepts(MessageInContext(""), "recommend\n+about x")


def test_what_is_no_character_is_not_copied() -> None:
    """Byte-level vocabularies have no tokens for some of it: a grammar that forced it would come to a stop."""
    seen = tidy(
        MessageInContext("like\x00\x04Heat\x16 \U00089999\ud800!", ("a\x1db",), (ShownItem("1", "\x13"),))
    ).message
    assert (seen.message, seen.context, seen.shown[0].title) == ("like Heat \ufffd?!", ("a b",), "")


def test_a_word_that_is_too_long_is_not_copied_nor_copied_across() -> None:
    message = MessageInContext(f"like {'a' * 1000} Heat {'b' * 64}")
    assert accepts(message, f"ask\n+about {'b' * 64}")
    assert accepts(message, "ask\n+item Heat")
    for value in ("a" * 1000, f"{'a' * 1000} Heat", "like Heat"):
        assert not accepts(message, f"ask\n+about {value}")
        assert not Sources(FACETS, tidy(message).message).permits("about", value)
    assert accepts(MessageInContext("a" * 65), "other")  # and nothing to copy


def test_a_long_message_is_cut_and_says_so() -> None:
    long = MessageInContext("word " * 1000 + "tail")
    seen = tidy(long)
    assert seen.cut
    assert len(seen.message.message) <= MESSAGE_CHARS
    assert not accepts(long, "ask\n+about tail")
    assert not tidy(HEAT).cut


_TEXT = st.text(max_size=80) | st.text(
    alphabet='ab "\\/|&~{}[]()<>%\n\t#.*+?$^é日🎉\u200d\x00\x7f\x85\u2028\ud800', max_size=60
)
_MESSAGES = st.builds(
    MessageInContext,
    _TEXT,
    st.lists(_TEXT, max_size=4).map(tuple),
    st.lists(_TEXT, max_size=3).map(lambda titles: tuple(ShownItem(str(i), t) for i, t in enumerate(titles))),
)


@settings(max_examples=120, deadline=None)
@given(_MESSAGES, st.integers(0, 2**32))
@example(MessageInContext("", (), (ShownItem("0", "\x7f"),)), 0)
def test_whatever_it_accepts_parses_with_values_from_the_sources(message: MessageInContext, seed: int) -> None:
    answer = walk(message, seed)
    if answer is None:
        return
    intent, slots = parse_target(answer)
    assert intent in Intent
    sources = Sources(FACETS, tidy(message).message)
    assert len(slots) <= SLOTS
    assert [s for s in slots if not sources.permits(s.slot, s.value)] == []


@settings(max_examples=60, deadline=None)
@given(_MESSAGES, st.data())
def test_what_plain_code_permits_the_grammar_accepts(message: MessageInContext, data: st.DataObject) -> None:
    seen = tidy(message).message
    pieces = words(seen.message)
    if not pieces:
        return
    start = data.draw(st.integers(0, len(pieces) - 1))
    value = "".join(pieces[start : data.draw(st.integers(start + 1, len(pieces)))])
    assert accepts(message, f"ask\n+about {value}") == Sources(FACETS, seen).permits("about", value)


@given(_TEXT)
def test_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(words(text)) == text


def test_the_catalogues_compile(films: Catalogue, shop: Catalogue) -> None:
    for catalogue in (films, shop):
        grammar = understanding_grammar(facet_views(catalogue), tidy(HEAT).message)
        assert not LLMatcher(BYTES, LLMatcher.grammar_from_lark(grammar.lark)).get_error()
