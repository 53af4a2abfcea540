"""Whether an item is as a script says. An oracle of its own: it shares no code with the filters it judges."""

from __future__ import annotations

from collections.abc import Collection

from bot.conversations.bench import Names
from bot.conversations.expectations import Predicate, Wanted
from bot.dialogue.events import Value
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import CatalogueSchema, FacetKind


def resolved(value: object, names: Names) -> tuple[str, ...]:
    """The texts that a value stands for: `$name` gives what was saved, anything else itself."""
    text = str(value)
    return names[text[1:]] if text.startswith("$") else (text,)


def holds(predicate: Predicate, item: Item, schema: CatalogueSchema, names: Names) -> bool:
    """Whether every line of `predicate` is true of `item`."""
    return all(_is(item, name, wanted, schema, names) for name, wanted in predicate.items())


def _is(item: Item, name: str, wanted: Wanted, schema: CatalogueSchema, names: Names) -> bool:
    if name in ("id", "title"):
        return _any_equal((item.id if name == "id" else item.title,), wanted, names)
    if schema.facet(name).kind is FacetKind.NUMBER:
        low, high = wanted if isinstance(wanted, tuple) else (wanted, wanted)
        return within(item.number(name), _float(low), _float(high))
    return _any_equal(item.values(name), wanted, names)


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def _any_equal(values: tuple[str, ...], wanted: Wanted, names: Names) -> bool:
    options = wanted if isinstance(wanted, tuple) else (wanted,)
    accepted = {text.casefold() for option in options for text in resolved(option, names)}
    return any(value.casefold() in accepted for value in values)


def within(number: float | None, low: float | None, high: float | None) -> bool:
    """Whether a known number lies in the range, ends included; None is open."""
    return number is not None and (low is None or number >= low) and (high is None or number <= high)


def carries(item: Item, facet: str, value: Value) -> bool:
    """Whether `item` has the value of a constraint."""
    if isinstance(value, tuple):
        return within(item.number(facet), *value)
    return any(carries_value(text, value) for text in item.values(facet))


def carries_value(text: str, value: Value) -> bool:
    """Whether one value of an item is the one, or one of those, of a constraint."""
    return isinstance(value, str) and text.casefold() in {part.casefold() for part in (value, *value.split("+"))}


def named(ids: Collection[str], catalogue: Catalogue) -> str:
    """Items for people: ids with titles."""
    titles = {item_id: catalogue.by_id[item_id].title for item_id in ids if item_id in catalogue.by_id}
    return ", ".join(f"{i} ({titles[i]})" if i in titles else i for i in ids) or "nothing"
