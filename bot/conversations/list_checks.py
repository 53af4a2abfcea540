"""The list of a turn against what its script expects of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.conversations.bench import Mismatch, Names
from bot.conversations.expectations import Bounds, ItemsExpectation, OrderExpectation
from bot.conversations.predicates import holds, named, resolved
from bot.messages import Reply
from retrieval.catalogue.item import Catalogue, Item


def saved(expect: ItemsExpectation, reply: Reply) -> Names:
    """The names that a turn gives; raises IndexError when the list is too short."""
    ids = tuple(card.id for card in reply.items)
    return {name: ids if place == "all" else (ids[place],) for name, place in expect.save.items()}


def of_items(expect: ItemsExpectation, reply: Reply, catalogue: Catalogue, names: Names) -> Iterator[Mismatch]:
    """Everything about the list that is not as expected."""
    items = [catalogue.by_id[card.id] for card in reply.items if card.id in catalogue.by_id]
    listed = named([item.id for item in items], catalogue)
    schema = catalogue.schema
    yield from counted("items: count", expect.count, len(items), listed)
    such = [holds(expect.all, item, schema, names) for item in items]
    if expect.all and not (such and all(such)):
        yield Mismatch("items: all", str(expect.all), listed)
    for name, wanted in expect.none.items():
        if found := [item.id for item in items if holds({name: wanted}, item, schema, names)]:
            yield Mismatch("items: none", f"{name}: {wanted}", named(found, catalogue))
    yield from _some(expect, items, catalogue, names)
    yield from _order(expect, items, listed, names)


def _some(expect: ItemsExpectation, items: Sequence[Item], catalogue: Catalogue, names: Names) -> Iterator[Mismatch]:
    schema, titles = catalogue.schema, ", ".join(item.title for item in items) or "nothing"
    if expect.some and not any(holds(expect.some, item, schema, names) for item in items):
        yield Mismatch("items: some", str(expect.some), titles)
    if expect.first and not any(holds(expect.first, item, schema, names) for item in items[:1]):
        yield Mismatch("items: first", str(expect.first), titles)
    for top in expect.top:
        if not any(holds(top.item, item, schema, names) for item in items[: top.k]):
            yield Mismatch(f"items: top {top.k}", str(top.item), titles)
    for name, place in expect.save.items():
        if not items or (place != "all" and place >= len(items)):
            where = "items" if place == "all" else f"an item at {place}"
            yield Mismatch("items: save", f"{where}, to be ${name}", titles)


def _order(expect: ItemsExpectation, items: Sequence[Item], listed: str, names: Names) -> Iterator[Mismatch]:
    order = expect.order
    if isinstance(order, OrderExpectation):
        numbers = [number for item in items if (number := item.number(order.by)) is not None]
        pairs = pairwise(numbers if order.direction == "ascending" else reversed(numbers))
        if any(one > other for one, other in pairs):
            yield Mismatch("items: order", f"{order.by} {order.direction}", f"{numbers}: {listed}")
    elif order is not None:
        wanted = [item_id for value in order for item_id in resolved(value, names)]
        there = [item.id for item in items if item.id in wanted]
        if there != wanted:
            yield Mismatch("items: order", ", ".join(wanted), listed)


def counted(what: str, bounds: Bounds | None, actual: float, detail: str) -> Iterator[Mismatch]:
    """A mismatch when `actual` is outside of `bounds`."""
    if bounds is None or (actual >= bounds.min and (bounds.max is None or actual <= bounds.max)):
        return
    wanted = f"{bounds.min}" if bounds.min == bounds.max else f"{bounds.min} to {_most(bounds)}"
    yield Mismatch(what, wanted, f"{actual:g}: {detail}")


def _most(bounds: Bounds) -> str:
    return "any" if bounds.max is None else f"{bounds.max:g}"
