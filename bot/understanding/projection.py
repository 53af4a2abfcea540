"""Slots as the command line prints them. Knows only what a slot is."""

from __future__ import annotations

from collections.abc import Iterable

from bot.understanding.reading import Op, Slot


def project(slots: Iterable[Slot]) -> list[dict[str, object]]:
    """Slot, value, polarity; what was taken back has polarity 0, whole numbers no ".0", whole facets no row."""
    rows: list[dict[str, object]] = []
    for slot in slots:
        if slot.op is Op.REMOVE and slot.value == slot.slot:
            continue  # a facet lifted as a whole states no value
        value: object = slot.value if isinstance(slot.value, str) else [_whole(n) for n in slot.value]
        polarity = 0 if slot.op in {Op.REMOVE, Op.SOFTEN} else slot.polarity
        rows.append({"slot": slot.slot, "value": value, "polarity": polarity})
    return rows


def _whole(number: float | None) -> float | int | None:
    return int(number) if number is not None and number == int(number) else number
