"""What a message is for those who read English: itself, or its gloss, and the language it is in.

One object a catalogue. A message without clear evidence is in the language of the conversation so far. Knows the
catalogue's names; knows no intent and no reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.languages.detection import ENGLISH, HAN, Detector, Evidence
from bot.languages.glossing import Glossary, Name, compiled, fold, inflected
from bot.languages.lexicon import LANGUAGES, Language, load_language
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import Facet, FacetKind
from retrieval.linking import Linker
from retrieval.linking.styles import LESS, MORE, number_style
from retrieval.linking.text import COMMON_WORDS, word_set, words

SURE = 0.9  #: of a link, in [0, 1]: what is written in Latin letters among Chinese ones names that title
_LATIN = re.compile(r"[A-Z][\w'’:.&-]*(?: [\w'’:.&-]+)*", re.ASCII)
_HAN = re.compile(f"[{HAN}]")
LONGEST = 2_000  #: characters; what is longer is not looked at


@dataclass(frozen=True, slots=True)
class Heard:
    """A message in English words, slips put right. `clear`: the message itself showed its language."""

    language: str
    english: str
    unread: tuple[str, ...] = ()
    clear: bool = False


class Languages:
    """The languages that a catalogue is spoken of in, and which of them the model reads by itself."""

    def __init__(self, catalogue: Catalogue, linker: Linker, read_by_model: Iterable[str] = (ENGLISH,)) -> None:
        self.catalogue, self.linker = catalogue, linker
        self._read_by_model = frozenset(read_by_model)
        self._spoken = {code: load_language(code, catalogue.schema.folder) for code in LANGUAGES}
        known = _english_words(catalogue)
        self._entities = {f.name for f in catalogue.schema.facets if f.kind is FacetKind.ENTITY}
        self._glossaries = {
            code: Glossary(language, known, _own_words(catalogue, language)) for code, language in self._spoken.items()
        }
        theirs = {
            word for language in self._spoken.values() for text in language.lexicon.texts() for word in words(text)
        }
        nouns = {*catalogue.schema.nouns, *catalogue.schema.plural_nouns} - theirs  # "film" is Spanish, too
        self._detector = Detector({code: self._evidence(code, known) for code in self._spoken}, nouns)

    def model_reads(self, code: str) -> bool:
        """Whether a model, where there is one, reads messages of that language as they are."""
        return code in self._read_by_model

    def language(self, code: str) -> Language | None:
        """The data of a language; None for English and what is not spoken here."""
        return self._spoken.get(code)

    def hear(self, text: str, so_far: str = ENGLISH, shown: Sequence[str] = (), *, ours: bool = False) -> Heard:
        """A message after a conversation in `so_far` with the titles `shown`; `ours`: a text that we offered to tap."""
        if len(text) > LONGEST:
            return Heard(so_far, text)
        found = None if ours else self._detected(text, so_far)
        language = found or so_far
        if (glossary := self._glossaries.get(language)) is None:
            english = text if ours or language != ENGLISH else self.linker.mended(text)
            return Heard(language, english, clear=found is not None)
        glossed = glossary.gloss(text, lambda apart: self._names(apart, shown))
        english = glossed.english if any(c.isalnum() for c in glossed.english) else text
        return Heard(language, english, glossed.unread, clear=found is not None)

    def _detected(self, text: str, so_far: str) -> str | None:
        if so_far == ENGLISH and not self._detector.suspects(text):
            return None
        return self._detector.language(self._without_titles(text))

    def _without_titles(self, text: str) -> str:
        """`text` without the titles it names: "Y tu mamá también" is no Spanish sentence."""
        for mention in reversed(self.linker.scan(text)):
            written = text[mention.start : mention.end]
            if mention.known and (_is_name(written) or " " in written):
                text = f"{text[: mention.start]} {text[mention.end :]}"
        return text

    def _names(self, text: str, shown: Sequence[str]) -> Iterator[Name]:
        """Titles on the screen, titles, people and brands that `text` names as they are written in English."""
        folded = fold(text)
        for title in shown:
            at = folded.find(fold(title))
            if at >= 0:
                yield Name(at, at + len(title), f'"{title}"')
        yield from self._titles(text)
        for value in self.linker.scan_values(text):
            written = text[value.start : value.end]
            if value.facet in self._entities and (" " in written or _is_name(written)):
                yield Name(value.start, value.end, written)

    def _titles(self, text: str) -> Iterator[Name]:
        for mention in self.linker.scan(text):
            start = mention.start + 2 * mention.text.startswith("a ")  # no article in Spanish
            written = text[start : mention.end]
            if mention.known and _is_name(written):
                yield Name(start, mention.end, f'"{written}"')
        for latin in _LATIN.finditer(text) if _HAN.search(text) else ():  # what stands out so is a name
            links = self.linker.items(latin[0])
            if links and links[0].confidence >= SURE:
                yield Name(latin.start(), latin.end(), f'"{latin[0]}"')

    def _evidence(self, code: str, english: frozenset[str]) -> Evidence:
        grammar = self._spoken[code].grammar
        said = {word for text in self._spoken[code].lexicon.texts() for word in words(text)}
        forms = [inflected(word, grammar) for word in sorted(said - english - COMMON_WORDS) if len(word) > 3]
        own = compiled("|".join(forms) or "(?!)")
        return Evidence(word_set(fold(grammar.strong)), word_set(fold(grammar.weak)), own)


def _is_name(written: str) -> bool:
    return any(c.isupper() for c in written)


def _english_words(catalogue: Catalogue) -> frozenset[str]:
    """Folded words of the catalogue's own nouns, categories and synonyms."""
    schema = catalogue.schema
    said = [*schema.nouns, *schema.plural_nouns, *(f.label for f in schema.facets)]
    for facet in schema.facets:
        if facet.kind is FacetKind.CATEGORY:
            said += [*catalogue.value_counts[facet.name], *facet.synonyms]
    return frozenset(word for text in said for word in words(text))


def _own_words(catalogue: Catalogue, language: Language) -> Iterator[tuple[str, str]]:
    """(word, English) of the nouns and of the relative wishes, whose English is the catalogue's."""
    lexicon, schema = language.lexicon, catalogue.schema
    for noun, said in ((schema.item, (lexicon.item, *lexicon.item_words)), (schema.items_noun, (lexicon.items,))):
        yield from ((word, noun) for word in said if word)
    for facet in schema.facets:
        for table, more in ((lexicon.less, False), (lexicon.more, True)):
            for word in table.get(facet.name, ()):
                yield word, relative_word(catalogue, facet, more=more)


def relative_word(catalogue: Catalogue, facet: Facet, *, more: bool) -> str:
    """The English word of a relative wish on a number facet: "cheaper"."""
    style = number_style(catalogue, facet).value
    said = (facet.more or MORE[style]) if more else (facet.less or LESS[style])
    return said[0] if said else f"{'more' if more else 'less'} {facet.label or facet.name}"
