"""Answers about one item from its own fields. What is not there is said so; a comparison is `comparing`'s.

Knows the rows of the catalogue and the templates; makes nothing up and asks no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.response.claims import NumberClaim, ValueClaim, is_borne_out, is_within, names_plainly
from bot.response.facts import facts_line
from bot.response.labels import Labels, plain_number
from bot.response.questions import topics, without
from retrieval.catalogue.item import Item
from retrieval.catalogue.schema import FacetKind
from retrieval.linking.styles import NumberStyle

MOST_VALUES = 8  #: values of one field that are read out


ELSE = re.compile(r"\s+\b(else|other)\b|\b(besides|apart from|other than|except)\b.*", re.I)


def answer(question: str, item: Item, labels: Labels, about: Iterable[str] = (), seed: int = 0, told: str = "") -> str:
    """The answer to `question` about `item`, one to three sentences.

    "Who else is in it?" leaves out the values that `told` (words said before) or the question itself names.
    """
    rest, known = ELSE.sub("", question), f"{told}\n{question}"
    asked = topics(rest, item, labels, about)
    if asked.text:
        return overview(item, labels)
    lines = [_confirmed(item, claim, labels, seed) for claim in asked.values]
    lines += [_measured(item, claim, labels, seed) for claim in asked.numbers]
    said = known if rest != question else ""
    facts = [fact for column in asked.columns if (fact := _fact(item, column, labels, said))]
    if said and asked.columns and not facts and any(item.fields.get(column) for column in asked.columns):
        lines.append(labels.say("no_others", seed, title=item.title))
    if facts:
        fact = f"{item.title}: {'; '.join(facts)}."
        lines.append(labels.say("yes", seed, fact=fact) if _is_named(question, item, asked.columns) else fact)
    if lines:
        return " ".join(dict.fromkeys(lines))
    return labels.say("unreviewed" if asked.good else "unsaid", seed, title=item.title)


def overview(item: Item, labels: Labels) -> str:
    """Facts, then what it is about."""
    facts = facts_line(_plain(item), labels.schema)
    text = shortened(item.text, labels.say.text_words)
    return " ".join(filter(None, (f"{item.title}: {facts}." if facts else f"{item.title}.", text)))


def shortened(text: str, words: int = 40) -> str:
    """The first line of `text`, whole sentences while they fit in `words`, else cut with an ellipsis."""
    first = text.split("\n", 1)[0].strip()
    kept: list[str] = []
    for sentence in re.split(r"(?<=[.!?])\s+", first):
        if kept and len(" ".join((*kept, sentence)).split()) > words:
            break
        kept.append(sentence)
    result = " ".join(kept)
    return result if len(result.split()) <= words else " ".join(result.split()[:words]).rstrip(",;:") + "…"


def _plain(item: Item) -> dict[str, Sequence[str] | float | None]:
    return dict(item.facets)


def _confirmed(item: Item, claim: ValueClaim, labels: Labels, seed: int) -> str:
    """ "Yes. …" with the value; "No. …" with the values it has; these alone when neither can be told."""
    has = item.values(claim.facet)
    if not has:
        return labels.say("unsaid", seed, title=item.title)
    holds = is_borne_out(claim, item, labels)
    named = holds is not None and holds == claim.has
    fact = labels.value(claim.facet, claim.value) if named else f"{labels.facet(claim.facet)} {_listed(has, labels)}"
    return _told(holds, f"{item.title}: {fact}.", labels, seed)


def _measured(item: Item, claim: NumberClaim, labels: Labels, seed: int) -> str:
    """ "Yes. …" or "No. …" by the number, which is said; it alone when the words do not decide."""
    value = item.number(claim.facet)
    if value is None:
        return labels.say("unsaid", seed, title=item.title)
    style = labels.styles[claim.facet]
    text = labels.number(claim.facet, value)
    fact = f"{labels.facet(claim.facet)} {text}" if style is NumberStyle.PLAIN else text
    return _told(is_within(claim, value, style), f"{item.title}: {fact}.", labels, seed)


def _told(holds: bool | None, fact: str, labels: Labels, seed: int) -> str:
    return fact if holds is None else labels.say("yes" if holds else "no", seed, fact=fact)


def _is_named(question: str, item: Item, columns: Iterable[str]) -> bool:
    """Whether a plain yes-or-no question names the one word that a column holds: "is it for men"."""
    asked = without(question, (item.title,)).casefold()
    held = [item.fields.get(column) for column in columns]
    return len(held) == 1 and isinstance(held[0], str) and names_plainly(asked, held[0])


def _fact(item: Item, column: str, labels: Labels, told: str = "") -> str:
    """ "brands Marmot and Rab", "$99", "170 min"; empty when the row does not say, or nothing that `told` does not."""
    value = item.fields.get(column)
    if told and isinstance(value, list | tuple | str):
        value = [v for v in ([value] if isinstance(value, str) else value) if str(v).casefold() not in told.casefold()]
    number = next((f.name for f in labels.schema.facets if f.kind is FacetKind.NUMBER and column in f.columns), None)
    if number is not None:
        known = item.number(number)
        text = "" if known is None else labels.number(number, known)
        return text if labels.styles[number] is not NumberStyle.PLAIN or not text else f"{labels.facet(number)} {text}"
    if value is None or value in ("", []):
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = plain_number(float(value))
    elif isinstance(value, list | tuple):
        text = _listed([str(v) for v in value], labels)
    else:
        text = str(value)
    if said := labels.lexicon.labels.get(column):
        return f"{said}: {text}"
    name = column.replace("_", " ")
    return f"{name.removesuffix('s') if isinstance(value, list) and len(value) == 1 else name} {text}"


def _listed(values: Sequence[str], labels: Labels) -> str:
    more = [labels.say.word("more")] if len(values) > MOST_VALUES else []
    return labels.joined([*values[:MOST_VALUES], *more])


def titled(items: Sequence[Item], labels: Labels) -> str:
    """Titles as a choice: "Heat, Casino or Ronin"."""
    return labels.joined([item.title for item in items], "or")
