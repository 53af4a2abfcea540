"""What must hold after every turn of every conversation, asked for or not.

Each law is a generator of mismatches. Knows no script. Items are judged by `predicates.py`, which shares nothing with
the filters; words by the product's own reading of a reply, but against grounds gathered here from what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from bot.conversations.bench import Belief, Mismatch, Observation
from bot.conversations.predicates import carries, carries_value, named
from bot.dialogue.events import (
    ConstraintAdded,
    ConstraintRemoved,
    DirectionSet,
    Hinted,
    NeedAdded,
    Reacted,
    Said,
    Shown,
    UnknownNamed,
    Value,
)
from bot.dialogue.state import fold
from bot.languages.lexicon import LANGUAGES, load_language
from bot.languages.replies import phrasebook_of
from bot.response.grounding import Grounds, ungrounded
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import FacetKind
from retrieval.linking.text import singular, words

Law = Callable[[Observation, Catalogue], Iterator[Mismatch]]
LIFTED_AT_ONCE = 3  #: a way out of an empty list names so many conditions at most
SHORT_WORD = 3  #: characters; words up to that tell nothing of what is to be avoided, where there is a longer one


def _channel_is_in_order(seen: Observation, _: Catalogue) -> Iterator[Mismatch]:
    kinds = [event.kind for event in seen.crossed]
    if "items" in kinds and "delta" in kinds and kinds.index("items") > kinds.index("delta"):
        yield Mismatch("events of the turn", "cards before words", " ".join(kinds))
    if kinds.count("done") != 1 or kinds[-1] != "done":
        yield Mismatch("events of the turn", "one done, as the last", " ".join(kinds))


def _cards_tell_the_truth(seen: Observation, catalogue: Catalogue) -> Iterator[Mismatch]:
    ids = [card.id for card in seen.reply.items]
    if len(ids) != len(set(ids)):
        yield Mismatch("items", "no item twice", ", ".join(ids))
    for card in seen.reply.items:
        item = catalogue.by_id.get(card.id)
        if item is None:
            yield Mismatch("items", "items of the catalogue", card.id)
            continue
        if card.title != item.title:
            yield Mismatch(f"title on the card of {card.id}", item.title, card.title)
        for facet, value in card.facets.items():
            shown = tuple(value) if isinstance(value, list) else value
            if shown not in (item.facets.get(facet), item.facets.get(facet) or None):
                yield Mismatch(f"{facet} on the card of {card.id}", repr(item.facets.get(facet)), repr(value))


def hard_constraints_hold(seen: Observation, catalogue: Catalogue) -> Iterator[Mismatch]:
    """Nothing avoided, everything wanted, and nothing beyond a relative bound ("cheaper than these")."""
    if not seen.recommends:
        return
    demands = _Demands.of([belief for belief in seen.state.constraints if belief.hard], catalogue)
    for card in seen.reply.items:
        if item := catalogue.by_id.get(card.id):
            for broken in demands.broken_by(item):
                said = f"{broken.polarity:+d} {broken.value}"
                yield Mismatch(f"hard constraint on {broken.facet}", said, _facts(item))
            for direction in seen.state.directions:
                if not _keeps(item, direction):
                    wanted = f"{'more' if direction.more else 'less'} than {direction.than}"
                    yield Mismatch(f"relative wish on {direction.facet}", wanted, _facts(item))


@dataclass(frozen=True)
class _Demands:
    """Hard constraints as an item is judged by them.

    Wanted values of a facet hold together; where no item has them all, and for ranges, one of them is enough, as it is
    of values wished as alternatives.
    """

    avoided: tuple[Belief, ...]
    wanted: tuple[tuple[tuple[Belief, ...], bool], ...]  #: those of one facet, and whether all of them must hold
    variants: frozenset[str] = frozenset()  #: facets of whose values an item offers each, so that another one will do

    @classmethod
    def of(cls, hard: Sequence[Belief], catalogue: Catalogue) -> _Demands:
        wanted = [belief for belief in hard if belief.polarity > 0]
        groups = [
            tuple(belief for belief in wanted if (belief.facet, belief.either) == kind)
            for kind in dict.fromkeys((belief.facet, belief.either) for belief in wanted)
        ]
        avoided = tuple(belief for belief in hard if belief.polarity < 0)
        variants = frozenset(f.name for f in catalogue.schema.facets if f.variants)
        return cls(avoided, tuple((group, _may_hold_together(group, catalogue)) for group in groups), variants)

    def broken_by(self, item: Item) -> Iterator[Belief]:
        """The constraints that `item` breaks."""
        for belief in self.avoided:
            of_facet = [b for b in self.avoided if b.facet == belief.facet]
            other = any(not any(carries_value(v, b.value) for b in of_facet) for v in item.values(belief.facet))
            if carries(item, belief.facet, belief.value) and not (belief.facet in self.variants and other):
                yield belief
        for options, together in self.wanted:
            missing = [belief for belief in options if not carries(item, belief.facet, belief.value)]
            if missing and (together or len(missing) == len(options)):
                yield missing[0]


def _may_hold_together(options: Sequence[Belief], catalogue: Catalogue) -> bool:
    if len(options) == 1 or options[0].either:
        return len(options) == 1
    ranges = any(isinstance(belief.value, tuple) for belief in options)
    return not ranges and any(all(carries(i, b.facet, b.value) for b in options) for i in catalogue.items)


def _keeps(item: Item, direction: DirectionSet) -> bool:
    number = item.number(direction.facet)
    if direction.than is None or number is None:
        return True
    return number > direction.than if direction.more else number < direction.than


def _facts(item: Item) -> str:
    return f"{item.title}: " + ", ".join(f"{name} {value}" for name, value in item.facets.items())


def nothing_refused_returns(seen: Observation, catalogue: Catalogue) -> Iterator[Mismatch]:
    """No list holds what was refused, disliked or seen."""
    gone = {*seen.state.refused, *seen.state.disliked, *seen.state.seen}
    returned = [card.id for card in seen.reply.items if card.id in gone]
    if seen.recommends and returned:
        yield Mismatch("items", "nothing refused, disliked or seen", named(returned, catalogue))


def _something_is_said(seen: Observation, _: Catalogue) -> Iterator[Mismatch]:
    if not seen.reply.text.strip():
        yield Mismatch("reply", "words that are grounded, or the template in their place", "an empty text")


def every_statement_is_grounded(seen: Observation, catalogue: Catalogue) -> Iterator[Mismatch]:
    """Names and numbers of a reply are those of what was shown or said."""
    if strangers := ungrounded(seen.reply.text, _grounds(seen, catalogue)):
        yield Mismatch(
            "reply", "names and numbers of what was shown or said", f"{', '.join(strangers)}: {seen.reply.text}"
        )


def _grounds(seen: Observation, catalogue: Catalogue) -> Grounds:
    """What happened so far: items shown or spoken of, words of the visitor, values of categories, true counts."""
    ids = [card.id for card in seen.reply.items]
    words = [*seen.told, *(card.why for card in seen.reply.items), *(belief.label for belief in seen.reply.beliefs)]
    for event in seen.events:
        ids += event.items if isinstance(event, Shown) else [event.item] if isinstance(event, Reacted) else []
        ids += [str(event.value)] if isinstance(event, Hinted) and event.facet is None else []
        words += [event.text] if isinstance(event, Said | UnknownNamed | NeedAdded) else []
        words += [_bound_text(event.value)] if isinstance(event, ConstraintAdded | ConstraintRemoved) else []
    read = seen.reply.reading.slots if seen.reply.reading else ()
    ids += [slot.item_id for slot in read if slot.item_id]
    words += [slot.value for slot in read if isinstance(slot.value, str)]
    schema = catalogue.schema
    values = {v for f in schema.facets if f.kind is FacetKind.CATEGORY for v in catalogue.facet_values(f.name)}
    values |= {schema.item, schema.items_noun, *(facet.label for facet in schema.facets)}
    lexicon = load_language(language, schema.folder).lexicon if (language := seen.state.language) in LANGUAGES else None
    words += [*lexicon.texts(), *lexicon.labels.values()] if lexicon else []
    items = tuple(catalogue.by_id[i] for i in dict.fromkeys([*ids, *sorted(seen.known)]) if i in catalogue.by_id)
    counts = {len(seen.reply.items), *_counts_without(seen, catalogue)}
    return Grounds(items, "\n".join(words), frozenset(values), frozenset(counts), book=phrasebook_of(language))


def _bound_text(value: Value | None) -> str:
    """What a constraint says, taken back or not: "comedy", "1990 1999"."""
    return value if isinstance(value, str) else " ".join(f"{end:g}" for end in value or () if end is not None)


def _left_out_by_name(seen: Observation) -> set[str]:
    """What no list holds, whatever is lifted: items refused, and those the visitor has before their eyes or in mind."""
    state = seen.state
    gone = {*state.refused, *state.disliked, *state.seen, *state.accepted, *state.liked}
    on_page = {str(hint.value) for hint in state.hints if hint.facet is None}
    examples = {*state.liked, *state.referenced, *state.accepted}
    return {*gone, *state.referenced, *state.mentioned, *(() if examples else on_page)}


def _counts_without(seen: Observation, catalogue: Catalogue) -> Iterator[int]:
    """How many items match when up to three conditions are lifted; only an empty list is talked about that way."""
    if seen.reply.items:
        return
    hard = [belief for belief in seen.state.constraints if belief.hard]
    bounds = [direction for direction in seen.state.directions if direction.than is not None]
    gone = _left_out_by_name(seen)
    free = [item for item in catalogue.items if item.id not in gone]
    avoided = {need: _mentioning(need.text, free) for need in seen.state.needs if need.polarity < 0}
    units: list[tuple[Belief | DirectionSet | NeedAdded, ...]] = [(direction,) for direction in bounds]
    units += [(need,) for need in avoided]
    units += [(belief,) for belief in hard if not belief.either]
    either = [tuple(b for b in hard if b.either and b.facet == facet) for facet in {b.facet for b in hard}]
    units += [together for together in either if together]
    for size in range(1, LIFTED_AT_ONCE + 1):
        for chosen in combinations(units, size):
            lifted = [condition for unit in chosen for condition in unit]
            kept = _Demands.of([belief for belief in hard if belief not in lifted], catalogue)
            still = [direction for direction in bounds if direction not in lifted]
            out = frozenset[str]().union(*(ids for need, ids in avoided.items() if need not in lifted))
            matching = (i for i in free if not any(kept.broken_by(i)) and all(_keeps(i, d) for d in still))
            yield sum(1 for i in matching if i.id not in out)


def _mentioning(text: str, items: Iterable[Item]) -> frozenset[str]:
    """The ids of items whose title or text has every telling word of `text`: what "no zips" leaves out."""
    said = words(text)
    telling = {singular(word) for word in said if len(word) > SHORT_WORD} or set(map(singular, said))
    held = ((item.id, {singular(word) for word in words(f"{item.title} {item.text}")}) for item in items)
    return frozenset(id_ for id_, its in held if telling and telling <= its)


def _state_is_the_replay(seen: Observation, _: Catalogue) -> Iterator[Mismatch]:
    replayed = fold(seen.events)
    if replayed != seen.state:
        yield Mismatch("state", f"the replay of its events: {replayed!r}", repr(seen.state))


def _latency_is_within_budget(seen: Observation, _: Catalogue) -> Iterator[Mismatch]:
    took = seen.reply.ms.get("total")
    if seen.budget_ms is not None and (took is None or took > seen.budget_ms):
        yield Mismatch("budget_ms", f"at most {seen.budget_ms:g} ms", "not timed" if took is None else f"{took:.0f} ms")


LAWS: tuple[Law, ...] = (
    _channel_is_in_order,
    _cards_tell_the_truth,
    hard_constraints_hold,
    nothing_refused_returns,
    _something_is_said,
    every_statement_is_grounded,
    _state_is_the_replay,
    _latency_is_within_budget,
)


def broken_laws(seen: Observation, catalogue: Catalogue) -> tuple[Mismatch, ...]:
    """Every law that the turn breaks."""
    return tuple(replace(m, law=law.__name__.strip("_")) for law in LAWS for m in law(seen, catalogue))
