"""How a catalogue's values, numbers and wishes are written for people. Built once a catalogue.

Everything comes from the schema: nouns, labels, units, the words for less and more. Knows no dialogue rules.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.events import DirectionSet, Value
from bot.languages.lexicon import NO_LEXICON, Lexicon
from bot.response.templates import TEMPLATES, Phrasebook
from ranking.dial import NEUTRAL
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.linking.styles import LESS, MORE, NumberStyle, number_style
from retrieval.linking.text import FUNCTION_WORDS

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "$": "$", "€": "€", "£": "£"}
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def count_word(count: int) -> str:
    """ "five"; figures above twelve."""
    return COUNTS[count] if 0 <= count < len(COUNTS) else str(count)


def joined(words: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def capital(text: str) -> str:
    """With a capital first letter; the rest stays."""
    return text[:1].upper() + text[1:]


def plain_number(value: float) -> str:
    """ "45", "19.90", "4.4"."""
    return f"{value:.0f}" if value == int(value) else f"{value:.10g}"


class Labels:
    """The words of one catalogue; `say` fills in a template, `lexicon` has its values in the language of `say`."""

    def __init__(self, catalogue: Catalogue, say: Phrasebook | None = None, lexicon: Lexicon = NO_LEXICON) -> None:
        self.say = say or Phrasebook(TEMPLATES)
        self.lexicon = lexicon
        self.counts = tuple(self.say.word("counts").split())
        self.catalogue = catalogue
        self.schema = catalogue.schema
        numbers = [f for f in catalogue.schema.facets if f.kind is FacetKind.NUMBER]
        self.styles = {f.name: number_style(catalogue, f) for f in numbers}
        self.row_columns = tuple(dict.fromkeys(c for item in catalogue.items for c in item.fields))
        self.spoken_values = self._spoken()
        self.categories = self._categories()

    def _spoken(self) -> tuple[tuple[str, str, str], ...]:
        """(words, facet, values joined by "+") by which a visitor may name a value; the longest words first."""
        spoken = [(value.casefold(), facet, value) for facet, n in self.catalogue.value_counts.items() for value in n]
        spoken += [(word, f.name, value) for f in self.schema.facets for word, value in f.synonyms.items()]
        return tuple(sorted(dict.fromkeys(spoken), key=lambda s: (-len(s[0]), s)))

    def _categories(self) -> dict[str, frozenset[str]]:
        """The category values and their synonyms, in small letters, and which values each may mean."""
        kinds = {f.name: f.kind for f in self.schema.facets}
        found: dict[str, frozenset[str]] = {}
        for words, facet, value in self.spoken_values:
            if kinds[facet] is FacetKind.CATEGORY:
                found[words] = found.get(words, frozenset()) | set(value.casefold().split("+"))
        for values in self.lexicon.values.values():
            for value, said in values.items():
                for word in said:
                    found[word.casefold()] = found.get(word.casefold(), frozenset()) | {value.casefold()}
        return found

    def count(self, count: int) -> str:
        """ "five"; figures above twelve."""
        return self.counts[count] if 0 <= count < len(self.counts) else str(count)

    def joined(self, words: Sequence[str], last: str = "and") -> str:
        """ "a", "a and b", "a, b and c"; `last` is "and" or "or"."""
        head = self.say.word("comma").join(words[:-1])
        return self.say.word(last).join(filter(None, (head, words[-1]))) if words else ""

    def noun(self, count: int) -> str:
        """What one item, or several, are called."""
        if count == 1:
            return self.lexicon.item or self.schema.item
        return self.lexicon.items or self.schema.items_noun

    def title(self, item: str) -> str:
        """The item's title; an id that left the catalogue is "an item no longer here"."""
        found = self.catalogue.by_id.get(item)
        return found.title if found else self.say.word("title_gone", noun=self.noun(1))

    def titles(self, items: Sequence[str]) -> str:
        return self.joined([self.title(i) for i in items])

    def knows(self, facet: str) -> bool:
        """Whether the catalogue has (still) such a facet."""
        return any(f.name == facet for f in self.schema.facets)

    def facet(self, name: str) -> str:
        """The facet's label."""
        return self.lexicon.labels.get(name) or self.schema.facet(name).label or name

    def number(self, facet: str, value: float) -> str:
        """A number with its unit: "1995", "$19.90", "170 min"."""
        unit = self.schema.facet(facet).unit
        if self.styles.get(facet) is NumberStyle.MONEY and unit:
            text = f"{value:.0f}" if value == int(value) else f"{value:.2f}"
            return f"{SYMBOLS[unit]}{text}" if unit in SYMBOLS else f"{text} {unit}"
        text = plain_number(value)
        return f"{text} {unit}" if unit and self.styles.get(facet) is not NumberStyle.YEAR else text

    def value(self, facet: str, value: Value) -> str:
        """A facet value on its own: "comedy", "size XL", "material down", "1990–1999", "up to $50"."""
        if isinstance(value, str):
            if said := self.lexicon.values.get(facet, {}).get(value):
                return said[0]
            cryptic = value.replace(".", "").isdigit() or (len(value) <= 4 and value.isupper())
            return f"{self.facet(facet)} {value}" if cryptic or value.casefold() in FUNCTION_WORDS else value
        low, high = value
        if low is not None and high is not None:
            first, last = self.number(facet, low), self.number(facet, high)
            unit = self.schema.facet(facet).unit
            first = first.removesuffix(f" {unit}") if unit else first
            text = last if low == high else f"{first}–{last}"
        else:
            bound = self.number(facet, low if low is not None else high or 0.0)
            text = self.say.word("from" if low is not None else "up_to", bound=bound)
        return f"{self.facet(facet)} {text}" if self.styles.get(facet) is NumberStyle.PLAIN else text

    def wish(self, facet: str, value: Value, polarity: int, *, hard: bool = True) -> str:
        """ "comedy", "no Robert De Niro", "not 1990–1999"; of what is not ruled out, "less formal"."""
        text = self.value(facet, value)
        if polarity < 0 and not hard and isinstance(value, str):
            return self.say.word("less_of", label=text)
        return (
            text if polarity > 0 else self.say.word("no_value" if isinstance(value, str) else "not_range", value=text)
        )

    def need(self, text: str, polarity: int) -> str:
        """A need in the visitor's words; an avoided one with "no"."""
        said = self.lexicon.phrases.get(text, (text,))[0]
        return said if polarity > 0 else self.say.word("no_value", value=said)

    def bare(self, label: str) -> str:
        """A condition's label without its "no": what it is about."""
        return label.removeprefix(self.say.word("no_value", value="")).removeprefix(
            self.say.word("not_range", value="")
        )

    def dial(self, novelty: float | None) -> str:
        """What the dial asks for: "rather less known"; between the two, and where it was never set, that it is even."""
        lean = NEUTRAL if novelty is None else novelty
        return self.say.word("dial_new" if lean > NEUTRAL else "dial_familiar" if lean < NEUTRAL else "dial_even")

    def relative(self, facet: str, more: bool) -> str:
        """The word of a relative wish: "cheaper", "newer", "more pages"."""
        said = (self.lexicon.more if more else self.lexicon.less).get(facet)
        if said:
            return said[0]
        declared = self.schema.facet(facet)
        style = self.styles.get(facet, NumberStyle.PLAIN).value
        words = (declared.more or MORE[style]) if more else (declared.less or LESS[style])
        return words[0] if words else self.say.word("more_of" if more else "less_of", label=self.facet(facet))

    def direction(self, wish: DirectionSet) -> str:
        """ "cheaper than $45"."""
        word = self.relative(wish.facet, wish.more)
        return word if wish.than is None else self.say.word("than", word=word, bound=self.number(wish.facet, wish.than))
