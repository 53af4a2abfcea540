"""Messages in Spanish and Chinese as plain English: goldens, and what holds for any text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages.hearing import Languages
from bot.languages.numerals import with_digits
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker


@pytest.fixture(scope="module")
def heard(films: Catalogue) -> Languages:
    return Languages(films, Linker(films))


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("algo parecido a Heat pero más nuevo, sin De Niro", 'something like "Heat" but newer, no De Niro'),
        ("una comedia francesa de los 90", "a comedy French from the 90s"),
        ("menos de dos horas", "under two hours"),
        ("no me gusta el terror", "i don't like the horror"),
        ("la segunda ya la vi", "i've already seen the second one"),
        ("¿quién dirigió la tercera?", "who directed the third one?"),
        ("me encantó El padrino", 'i loved "The Godfather"'),
        ("que no sea muy larga", "not too long"),
        ("películas sobre piratas", "films about piratas,"),
        ("olvida lo de comedia", "never mind comedy"),
        ("más corta que 99 min", "shorter than 99 minutes"),
    ],
)
def test_spanish(heard: Languages, text: str, english: str) -> None:
    assert heard.hear(text, "es").english == english


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("我想看一部科幻电影", "i want a sci-fi film"),
        ("像《盗梦空间》那样的电影", 'like "Inception" film'),
        ("九十年代的喜剧", "from the 90s comedy"),
        ("2000年以后的", "after 2000"),
        ("两小时以内", "under 2 hours"),
        ("50块以下", "under 50 dollars"),
        ("不要汤姆·克鲁斯", "no Tom Cruise"),
        ("第二部看过了", "i've already seen the second one"),
        ("比第二部短一点的", "shorter than the second one"),
        ("第三部是谁导演的？", "who directed the third one?"),
        ("Heat和Casino哪部更长", 'which is longer, "Heat" or "Casino"'),
        ("科幻片不算", "never mind sci-fi"),
    ],
)
def test_chinese(heard: Languages, text: str, english: str) -> None:
    assert heard.hear(text, "zh").english == english


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("九十年代", "90年代"),
        ("一九九五年", "1995年"),
        ("第十二部", "第12部"),
        ("一百二十分钟", "120分钟"),
        ("两部电影", "两部电影"),
    ],
)
def test_numerals_that_count(text: str, digits: str) -> None:
    assert with_digits(text) == digits


def test_what_is_not_read_is_told_and_a_name_is_not(heard: Languages) -> None:
    found = heard.hear("quiero una peli gamberra de zombis con Penélope Cruz", "es")
    assert (found.english, found.unread) == ("i want a film of with Penélope Cruz", ("gamberra", "zombis"))


LETTERS = st.text(
    alphabet=st.sampled_from("aeñóú quiero no sin 90 más,.?¿！我不想看的第二部片《》·\ue000\U0001f600"), max_size=60
)


@pytest.mark.parametrize("language", ["es", "zh"])
@given(text=LETTERS | st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_heard(heard: Languages, language: str, text: str) -> None:
    found = heard.hear(text, language, ours=True)
    assert found == heard.hear(text, language, ours=True)
    assert found.english.strip() or not any(c.isalnum() for c in text)
