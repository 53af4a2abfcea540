"""A copied number where it stands -> the range it means and whether that is wanted: "nothing before 2000" is from 2000.

A limit that is refused is the wish for the other side of it, so that an open range is always said as what is wanted;
a span with two ends ("nothing from the 80s") stays refused. Knows no catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.understanding import stance
from bot.understanding.heard import Heard
from bot.understanding.number_phrases import bounded
from bot.understanding.numbers import TOO_MUCH, parse_range
from bot.understanding.reading import NumberRange, Op, Polarity, Slot
from retrieval.linking import NumberStyle

_TURNED = re.compile(r"\b(?:no|not|nothing|never|nor|without|cannot)\b|n['’]?t\b", re.I)
_LESS_THAN = re.compile(r"\bless than\b", re.I)
_DIGIT = re.compile(r"['’$€£]?(?:\d|\b(?:twen|thir|for|fif|six|seven|eigh|nine)ties)", re.I)


def is_open(value: object) -> bool:
    """Whether a slot's value is a range with one end: a limit."""
    return isinstance(value, tuple) and len(value) == 2 and (value[0] is None) != (value[1] is None)


def spelled_out(heard: Heard) -> str:
    """The copied words with those beside them that bound the number: "2000" of "nothing before 2000"."""
    if heard.start < 0:
        return heard.raw.value
    text = heard.message.message.replace("’", "'")
    start, end = bounded(text, heard.start, heard.start + len(heard.raw.value))
    return text[start:end]


def limit(heard: Heard, style: NumberStyle, this_year: int) -> tuple[NumberRange, Polarity] | None:
    """The range of a copied number and its sign; None where the words name no number."""
    said = spelled_out(heard)
    span = parse_range(said, style, this_year) or parse_range(heard.raw.value, style, this_year)
    if span is None:
        return None
    sign = heard.raw.polarity
    if not is_open(span):
        return span, -1 if sign > 0 and _refused(heard) else sign
    if sign >= 0:
        return span, sign
    if _TURNED.search(said) or TOO_MUCH.search(said):
        return span, 1  # the words around the number turned it round already
    clause = heard.clause if heard.start >= 0 else heard.message.message
    if stance.NEGATION.search(_LESS_THAN.sub("", clause + heard.raw.value)):
        return _other_side(span, 1 if style is NumberStyle.YEAR else 0), 1
    return span, sign


def _refused(heard: Heard) -> bool:
    digit = _DIGIT.search(heard.raw.value)
    if heard.start < 0 or digit is None:
        return False
    return stance.REFUSED_NUMBER.search(heard.before + heard.raw.value[: digit.start()]) is not None


def _other_side(span: NumberRange, step: int) -> NumberRange:
    low, high = span
    return (high + step, None) if high is not None else (None, low - step if low is not None else None)


def joined(slots: Sequence[Slot]) -> list[Slot]:
    """The slots; a lower and an upper limit of one number, both wished, as one range where both can hold."""
    kept: list[Slot] = []
    for slot in slots:
        both = next(((i, span) for i, earlier in enumerate(kept) if (span := _met(earlier, slot))), None)
        if both is None:
            kept.append(slot)
        else:
            i, span = both
            kept[i] = replace(kept[i], value=span, said=f"{kept[i].said}, {slot.said}")
    return kept


def _met(a: Slot, b: Slot) -> NumberRange | None:
    """The range between two wished limits of one number; None where they are not that or cannot both hold."""
    if isinstance(a.value, str) or isinstance(b.value, str) or a.slot != b.slot or {a.op, b.op} - {Op.ADD, Op.REPLACE}:
        return None
    if not (is_open(a.value) and is_open(b.value)) or min(a.polarity, b.polarity) <= 0:
        return None
    if (a.value[0] is None) == (b.value[0] is None):
        return None
    low, high = (a.value[0], b.value[1]) if a.value[0] is not None else (b.value[0], a.value[1])
    return (low, high) if low is not None and high is not None and low <= high else None
