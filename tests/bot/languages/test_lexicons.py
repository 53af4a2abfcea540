"""What every language's files must have: the keys and placeholders of English, and only what a catalogue carries."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.languages.hearing import Languages
from bot.languages.lexicon import LANGUAGES, LexiconError, load_language
from bot.languages.replies import Replies, labels_by_language, load_replies
from bot.response.small_words import SMALL_WORDS
from bot.response.templates import CHIPS, PLAIN, SIGNALS, TEMPLATES, Phrasebook
from bot.understanding.reading import Intent, MessageInContext, Op
from bot.wiring import wire_reader
from ranking.explain import LINES
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking import Linker

TABLES: dict[str, Any] = {
    **{"templates": TEMPLATES, "small": SMALL_WORDS, "plain": PLAIN},
    **{"signals": SIGNALS, "chips": CHIPS, "reasons": LINES},
}  #: of a file of replies, each as English has it
#: said of "is" and "are" and of capitals, which other languages do without
ENGLISH_ONLY = {"are", "count", "Count", "nouns", "noun", "word", "like"}


@pytest.fixture(scope="module", params=["films", "shop"])
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    found: Catalogue = request.getfixturevalue(request.param)
    return found


def placeholders(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(("table", "english"), TABLES.items())
def test_a_language_says_all_that_english_says(code: str, table: str, english: dict[str, Any]) -> None:
    said = getattr(load_replies(code), table)
    assert set(said) == set(english)
    for key, texts in english.items():
        own, ours = ([x] if isinstance(x, str) else list(x) for x in (said[key], texts))
        assert placeholders(own) <= placeholders(ours), key
        assert placeholders(ours) - placeholders(own) <= ENGLISH_ONLY, key
        assert not any("!" in text or "！" in text or "¡" in text for text in own), key


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_lexicon_names_what_the_catalogue_has(catalogue: Catalogue, code: str) -> None:
    lexicon = load_language(code, catalogue.schema.folder).lexicon
    schema = catalogue.schema
    names = {v for f in schema.facets if f.kind is FacetKind.ENTITY for v in catalogue.value_counts[f.name]}
    assert set(lexicon.names) <= names
    assert set(lexicon.titles) <= {item.title for item in catalogue.items}
    for facet, words in lexicon.values.items():
        known = {*catalogue.value_counts[facet], *schema.facet(facet).synonyms}
        assert {w for w in words if w not in known and w.casefold() not in known} == set(), facet
    assert set(lexicon.less) | set(lexicon.more) <= {f.name for f in schema.facets if f.kind is FacetKind.NUMBER}


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_a_chip_says_is_read_again(catalogue: Catalogue, code: str) -> None:
    reader, labels = wire_reader(catalogue, None), labels_by_language(catalogue, Phrasebook(TEMPLATES))[code]

    def tapped(text: str) -> list[tuple[str, object]]:
        reading = reader.read(MessageInContext(text, language=code), ours=True)
        assert (reading.intent, reading.unread) == (Intent.RECOMMEND, ()), (text, reading)
        return [(s.relative.facet, s.relative.direction) if s.relative else (s.slot, s.value) for s in reading.slots]

    for facet in catalogue.schema.facets:
        if facet.kind is FacetKind.NUMBER and (facet.less or facet.better):
            for more, way in ((False, "less"), (True, "more")):
                assert tapped(labels.relative(facet.name, more)) == [(facet.name, way)]
        for value in labels.lexicon.values.get(facet.name, {}):
            if value in catalogue.value_counts[facet.name]:
                assert tapped(labels.value(facet.name, value)) == [(facet.name, value)]
                lift = labels.say.word("say_lift", what=labels.value(facet.name, value))
                lifted = reader.read(MessageInContext(lift, language=code), ours=True).slots
                assert [(s.value, s.op) for s in lifted] == [(value, Op.REMOVE)], lift


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_other_chips_mean_what_the_english_ones_mean(films: Catalogue, code: str) -> None:
    languages = Languages(films, Linker(films))
    reader = wire_reader(films, None)
    for key, (_, text) in load_replies(code).chips.items():
        heard = languages.hear(text, code, ours=True)
        ours = reader.read(MessageInContext(CHIPS[key][1]))
        found = reader.read(MessageInContext(heard.english))
        assert (found.intent, found.request) == (ours.intent, ours.request), (key, heard.english)


@pytest.mark.parametrize("code", LANGUAGES)
def test_rules_fill_only_what_they_capture(code: str) -> None:
    grammar = load_language(code).grammar
    for pattern, english in grammar.rules:
        captured = set(re.findall(r"\?P<(\w+)>", pattern)) | ({"n"} & set(re.findall(r"\{(\w+)\}", pattern)))
        captured |= {"x"} & set(re.findall(r"\{(\w+)\}", pattern)) | ({"as_typed"} if "{topic}" in pattern else set())
        assert set(re.findall(r"\{(\w+)\}", english)) <= captured, pattern


def test_a_lexicon_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "lexicon.es.toml").write_text("colour = 1", "utf-8")
    with pytest.raises(LexiconError, match=r"lexicon\.es\.toml: colour"):
        load_language("es", tmp_path)
    (tmp_path / "lexicon.es.toml").write_text("item =", "utf-8")
    with pytest.raises(LexiconError, match="cannot be read"):
        load_language("es", tmp_path)


def test_replies_refuse_unknown_tables() -> None:
    with pytest.raises(ValueError, match="surprise"):
        Replies.model_validate({**load_replies("es").model_dump(), "surprise": {}})
