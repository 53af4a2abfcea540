"""Words typed badly: what they are taken for, and which are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker
from retrieval.linking.slips import Slips, english_words
from retrieval.linking.text import COMMON_WORDS

VALUES = ("funny", "scary", "romantic", "italian", "comedy", "thriller", "drama", "jacket", "black", "short", "lunch")
SLIPS = Slips({word: word for word in VALUES}, ("comady",))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("funy", "funny"),
        ("funnny", "funny"),
        ("scry", "scary"),
        ("scray", "scary"),
        ("romntic", "romantic"),
        ("itallian", "italian"),
        ("comdy", "comedy"),
        ("vomedy", "comedy"),
        ("thrllr", "thriller"),
        ("darma", "drama"),
        ("jakcet", "jacket"),
        ("jakets", "jackets"),
        ("blck", "black"),
    ],
)
def test_a_slip_of_a_value_is_put_right(typed: str, meant: str) -> None:
    assert SLIPS.meant(typed) == meant


@pytest.mark.parametrize(
    "word",
    [
        "fun", "sunny", "scar", "scars", "shot", "sort", "snort", "lynch", "launch", "shit", "back", "lack", "drum",
        "dram", "comet", "romance", "italy", "trailer", "market", "packet", "short", "shorts", "comady",
        "dream", "dreamed",
    ],
)  # fmt: skip
def test_a_word_of_its_own_is_none(word: str) -> None:
    assert SLIPS.meant(word) is None


def test_what_may_mean_two_things_is_left_alone() -> None:
    assert Slips({"barrel": 1, "barren": 2}, ()).meant("barrex") is None
    assert Slips({"barrel": 1, "barren": 1}, ()).meant("barrex") is not None


@given(st.sampled_from(sorted(english_words() | COMMON_WORDS)))
def test_no_english_word_is_mended(word: str) -> None:
    assert SLIPS.meant(word) is None


@given(st.sampled_from(VALUES), st.integers(1, 8))
def test_two_letters_swapped_are_put_right(value: str, at: int) -> None:
    typed = value[: at - 1] + value[at : at + 1] + value[at - 1 : at] + value[at + 1 :]
    assert typed == value or SLIPS.meant(typed) in {value, None if typed in english_words() else value}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("smth funy but not scry", "smth funny but not scary"),
        ("any gud horor moveis", "any gud horror movies"),
        ("FUNY plz", "funny plz"),
        ("funier than that", "funnier than that"),
        ("like Funy Games", "like Funy Games"),
        ('is "horor" here', 'is "horor" here'),
        ("something by Tarentino", "something by Tarentino"),
        ("a dreamy, haunting one", "a dreamy, haunting one"),
    ],
)
def test_a_message_is_mended_but_for_its_names(films: Catalogue, typed: str, meant: str) -> None:
    assert Linker(films).mended(typed) == meant
