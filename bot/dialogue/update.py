"""From what a message says to what we now believe: every slot is applied as events, or skipped with a named reason.

The understanding proposes, this module disposes. What it decides beyond copying:

- Which earlier wishes a new one replaces (`replacement`).
- A wish for a value that was avoided lifts the avoidance, and the other way round (one key, one belief).
- A name or value that the catalogue does not carry never filters: it is remembered as unknown and helps as words.
- An item wanted is a like when it was shown, or stated as liked or seen; else it is an example ("something like Heat").

Knows no words beyond the slots, no ranking and no reply.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.dialogue import cues
from bot.dialogue import events as e
from bot.dialogue.bounds import direction
from bot.dialogue.constraint import Constraint, constraint_key
from bot.dialogue.dialling import dialled, takes_back_dial
from bot.dialogue.likening import likened
from bot.dialogue.needs import toned_down
from bot.dialogue.replacement import both_again, brought_back, replaced, widened
from bot.dialogue.state import DialogueState, apply
from bot.dialogue.through_item import ThroughItem, refused_value
from bot.messages import UserAction
from bot.understanding.reading import Force, Intent, Op, Reading, Request, Slot
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import Facet, FacetKind

_ASKING = (Intent.ASK, Intent.COMPARE)

Update = tuple[tuple[e.Event, ...], tuple["Skipped", ...]]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something a message said that changes nothing, and why.

    Reasons: "no_such_facet", "no_such_item", "no_item", "never_shown", "not_a_range", "not_a_value", "only_mentioned",
    "nothing_to_remove", "nothing_to_soften", "nothing_to_undo", "nothing_to_weigh", "which_item", "empty",
    "avoided" (a comparative leans to a value that is avoided), "hostile" (an attack that names nothing of ours).
    """

    reason: str
    what: str


class _Cannot(Exception):
    """A slot that is not applied; its argument is the reason."""


def events_for(reading: Reading, state: DialogueState, catalogue: Catalogue) -> Update:
    """What `reading` changes; the caller has begun the step and appends these events in order."""
    if cues.is_attack(state.said, reading):
        return (), tuple(Skipped("hostile", str(slot.value)) for slot in reading.slots)
    if reading.request is Request.UNDO:
        return _taking_back(reading, state, catalogue)
    if reading.request is Request.FORGET_ME:
        return (e.ForgetRequested(),), ()
    events: list[e.Event] = [e.Restarted()] if reading.request is Request.START_OVER else []
    skipped: list[Skipped] = []
    if (through := _refused(reading, state, catalogue)) is not None:
        reading = _beside(through, reading, state.said)
        facet, values = through.facet, through.values
        events += [e.ConstraintAdded(facet, values[0], -1, True) if len(values) == 1 else e.Unclear(facet, values)]
    dial, reading = dialled(reading, state.said, _nouns(catalogue), state.novelty)
    events += [e.Tuned(dial.novelty)] if dial is not None and dial.novelty != state.novelty else []
    step = _Step(reading, apply(state, events[0]) if events else state, catalogue)
    events += replaced(reading, step.state, catalogue)
    events += widened(reading, step.state)
    events += both_again(state) if not reading.slots and cues.wants_both(state.said) else []
    for slot in reading.slots:
        try:
            found = list(step.slot(slot))
            events += found
            step = replace(step, state=_directed(step.state, found))  # "newer and shorter": shorter among the newer
        except _Cannot as reason:
            skipped.append(Skipped(str(reason), f"{slot.slot}={slot.value}"))
    if reading.intent is Intent.ACCEPT and not any(s.slot == "item" for s in reading.slots):
        target = state.focus or (state.shown_now[0] if len(state.shown_now) == 1 else None)
        events += [e.Reacted(target, "accept")] if target else []
        skipped += [] if target else [Skipped("which_item", reading.intent)]
    return _subject_last(tuple(dict.fromkeys(events)), reading, state), tuple(skipped)


def _nouns(catalogue: Catalogue) -> tuple[str, ...]:
    return (*catalogue.schema.nouns, *catalogue.schema.plural_nouns)


def _directed(state: DialogueState, events: Iterable[e.Event]) -> DialogueState:
    """The state with the relative wishes among `events`."""
    for event in events:
        state = apply(state, event) if isinstance(event, e.DirectionSet) else state
    return state


def _subject_last(events: tuple[e.Event, ...], reading: Reading, state: DialogueState) -> tuple[e.Event, ...]:
    """With "is it like Heat?" the talk stays with "it": its mention comes last."""
    pair = likened(reading, state, state.said)
    if pair is None or pair[0] is None:
        return events
    subject = e.Reacted(pair[0], "mention")
    return (*(x for x in events if x != subject), subject)


def _refused(reading: Reading, state: DialogueState, catalogue: Catalogue) -> ThroughItem | None:
    """The value that the message refuses through an item, where the reading does not name one itself."""
    if reading.intent in _ASKING:
        return None
    through = refused_value(state.said, state, catalogue)
    named = {s.slot for s in reading.slots if s.polarity < 0 and s.known}
    return through if through is not None and through.facet not in named else None


def _beside(through: ThroughItem, reading: Reading, said: str) -> Reading:
    """The reading without the words of a refused value, and without items that only "that" of it points at."""
    words = through.said.casefold()
    kept = [s for s in reading.slots if s.said.casefold() not in words or not s.said]
    told = said.casefold()
    return replace(reading, slots=tuple(s for s in kept if s.slot != "item" or s.said.casefold() in told))


def events_for_action(action: UserAction, state: DialogueState, catalogue: Catalogue | None = None) -> Update:
    """What a tap changes. The item must be one of the catalogue or, without one, shown or named before."""
    if action.kind == "undo":
        return _undo(state)
    if action.item is None:
        return (), (Skipped("no_item", action.kind),)
    known = action.item in state.shown_ever or any(r.item == action.item for r in state.reactions)
    if not known and (catalogue is None or action.item not in catalogue.by_id):
        return (), (Skipped("never_shown", action.item),)
    return (e.Reacted(action.item, "reference" if action.kind == "more" else action.kind),), ()


def _taking_back(reading: Reading, state: DialogueState, catalogue: Catalogue) -> Update:
    """An undo by name, else of the last step that changed a belief: "undo that" points at no item."""
    if state.novelty is not None and takes_back_dial(reading, state.said, _nouns(catalogue)):
        return (e.Tuned(None),), ()
    if not reading.slots or (state.said and cues.takes_back_last(state.said)):
        return _undo(state)
    named = _taken_back(reading, state, catalogue)
    return (named, ()) if named else ((), (Skipped("nothing_to_undo", str(reading.slots[0].value)),))


def _taken_back(reading: Reading, state: DialogueState, catalogue: Catalogue) -> tuple[e.Event, ...]:
    """What an undo takes back by name ("forget that I said no horror"); empty when nothing named was believed."""
    step = _Step(reading, state, catalogue)
    events: list[e.Event] = []
    for slot in reading.slots:
        with suppress(_Cannot):
            events += step.slot(replace(slot, op=Op.REMOVE, polarity=0, relative=None))
    return tuple(dict.fromkeys(events))


def _undo(state: DialogueState) -> Update:
    return ((e.Undone(),), ()) if state.to_undo() else ((), (Skipped("nothing_to_undo", ""),))


@dataclass(frozen=True, slots=True)
class _Step:
    """One message being applied to the state before it."""

    reading: Reading
    state: DialogueState
    catalogue: Catalogue

    def slot(self, slot: Slot) -> Iterable[e.Event]:
        if slot.relative is not None and slot.slot != "item":
            return self._relative(slot)
        if slot.slot == "item":
            return self._item(slot)
        if slot.slot == "about":
            return self._about(slot)
        facet = next((f for f in self.catalogue.schema.facets if f.name == slot.slot), None)
        if facet is None:
            raise _Cannot("no_such_facet")
        return self._facet(slot, facet)

    def _item(self, slot: Slot) -> list[e.Event]:
        said = str(slot.value)
        if slot.item_id is None:
            if slot.op is Op.REMOVE:
                raise _Cannot("nothing_to_remove")
            if self.reading.intent in (Intent.ASK, Intent.COMPARE):
                raise _Cannot("only_mentioned")
            return [e.UnknownNamed("item", said, slot.polarity)]
        if slot.item_id not in self.catalogue.by_id:
            raise _Cannot("no_such_item")
        if slot.op is Op.REMOVE:
            if not any(r.item == slot.item_id for r in self.state.reactions):
                raise _Cannot("nothing_to_remove")
            return [e.ReactionRemoved(slot.item_id)]
        if self.reading.request is Request.WHY and len([s for s in self.reading.slots if s.item_id]) > 1:
            raise _Cannot("only_mentioned")  # "why these?" speaks of the list and turns to none of it
        seen: list[e.Event] = [e.Reacted(slot.item_id, "seen")] if slot.seen else []
        kind = self._reaction(slot, slot.item_id)
        return seen if seen and kind == "mention" else [*seen, e.Reacted(slot.item_id, kind)]

    def _reaction(self, slot: Slot, item: str) -> str:
        if slot.polarity < 0:
            return "dislike"
        if self.reading.intent is Intent.ACCEPT:
            return "accept"
        if slot.polarity == 0 or self.reading.intent in (Intent.ASK, Intent.COMPARE):
            return "mention"
        stated = slot.force is Force.PREFER or slot.seen or self.reading.intent is Intent.FEEDBACK
        liked = stated or item in self.state.shown_ever
        example = slot.relative is not None or cues.names_example(self.state.said, slot.said)
        return "like" if liked and not example else "reference"

    def _about(self, slot: Slot) -> list[e.Event]:
        text = str(slot.value).strip()
        if not text:
            raise _Cannot("empty")
        if slot.polarity > 0 and (moved := self._rebound(text)):
            return [e.ConstraintRemoved(*moved[0]), moved[1]]
        if slot.op is Op.REMOVE and text.casefold() in words_believed(self.state):
            return [e.NeedRemoved(text)]
        if slot.op is Op.REMOVE or slot.polarity == 0:
            raise _Cannot("nothing_to_remove" if slot.op is Op.REMOVE else "only_mentioned")
        if slot.polarity > 0 and (less := toned_down(text)):
            carried = self._carrying(less)
            return [e.ConstraintAdded(*carried, -1, False)] if carried else [e.NeedAdded(text, 1)]
        if slot.leans is not None and slot.polarity > 0:
            facet, value = slot.leans
            avoided = any(c.key == constraint_key(facet, value) and c.hard for c in self.state.constraints)
            if avoided:
                raise _Cannot("avoided")
            return [e.ConstraintAdded(facet, value, 1, False)]
        return [e.NeedAdded(text, slot.polarity)]

    def _rebound(self, text: str, facet: str | None = None) -> tuple[tuple[str, e.Value], e.ConstraintAdded] | None:
        """ "Make it 150": the one limit that is believed (of `facet`), and the same with another number; None: none."""
        wanted = [c for c in self.state.constraints if c.polarity > 0 and c.hard]
        limits = [(c.facet, c.value) for c in wanted if isinstance(c.value, tuple) and None in c.value]
        limits = [limit for limit in limits if facet in (None, limit[0])]
        if len(limits) != 1 or not text.replace(".", "", 1).isdecimal():
            return None
        name, (low, _) = limits[0]
        new = (None, float(text)) if low is None else (float(text), None)
        return (name, limits[0][1]), e.ConstraintAdded(name, new, 1, True)

    def _carrying(self, word: str) -> tuple[str, str] | None:
        """The category value, with its facet, that a word calls ("scary" of "less scary"); None: none not wished."""
        for facet in self.catalogue.schema.facets:
            if facet.kind is FacetKind.CATEGORY:
                values = {v.casefold(): v for v in self.catalogue.value_counts[facet.name]}
                value = values.get(facet.synonyms.get(word, word).casefold())
                if value is not None:
                    wished = any(c.key == constraint_key(facet.name, value) for c in self.state.constraints)
                    return None if wished else (facet.name, value)
        return None

    def _relative(self, slot: Slot) -> list[e.Event]:
        """ "Cheaper" than what `bounds` says. "Which is cheaper?" asks and wishes for nothing."""
        relative = slot.relative
        assert relative is not None
        if slot.polarity == 0:
            raise _Cannot("only_mentioned")
        facet = next((f for f in self.catalogue.schema.facets if f.name == relative.facet), None)
        if facet is None or facet.kind is not FacetKind.NUMBER:
            return self._about(slot)
        than = relative.item or self._example()
        return [direction(facet.name, relative.direction == "more", self.state, self.catalogue, than)]

    def _example(self) -> str | None:
        """The one item that the message wants more of: "something like Alien, but older"."""
        liked = [s.item_id for s in self.reading.slots if s.slot == "item" and s.polarity > 0]
        return liked[0] if len(liked) == 1 else None

    def _facet(self, slot: Slot, facet: Facet) -> list[e.Event]:
        if slot.op is Op.REMOVE:
            return self._removed(slot, facet)
        value, known = self._value(slot, facet)
        if not known:
            return [e.UnknownNamed(facet.name, str(slot.value), slot.polarity)]
        believed = [c for c in self.state.constraints if c.key == constraint_key(facet.name, value)]
        if slot.op is Op.SOFTEN:
            return self._softened(slot, facet, believed)
        if slot.polarity == 0:
            raise _Cannot("only_mentioned")
        moved = self._rebound(slot.said.strip(), facet.name) if slot.polarity > 0 else None
        if moved is not None:
            return [moved[1]]
        hard = slot.polarity < 0 or slot.force is Force.MUST or any(c.hard and c.polarity > 0 for c in believed)
        alone = sum(s.slot == facet.name for s in self.reading.slots) == 1
        if slot.either and alone and any(c.polarity < 0 for c in believed):
            return [e.ConstraintRemoved(facet.name, value)]  # "horror is fine too": no longer avoided
        return [e.ConstraintAdded(facet.name, value, slot.polarity, hard, slot.either)]

    def _softened(self, slot: Slot, facet: Facet, believed: list[Constraint]) -> list[e.Event]:
        """What is believed stays as a leaning; of a number, whatever range is believed."""
        if facet.kind is FacetKind.NUMBER and not believed:
            believed = [c for c in self.state.constraints if c.facet == facet.name and c.polarity > 0]
        if not believed:
            raise _Cannot("nothing_to_soften")
        return [e.ConstraintAdded(facet.name, c.value, slot.polarity or c.polarity, False) for c in believed]

    def _removed(self, slot: Slot, facet: Facet) -> list[e.Event]:
        """One value when it is believed; else the whole facet when no value of it is named."""
        mine = [c for c in self.state.constraints if c.facet == facet.name]
        named = [c for c in mine if c.key == constraint_key(facet.name, slot.value)]
        if named:
            earlier = brought_back(named[0], self.state) if cues.takes_back_words(self.state.said) else []
            return [e.ConstraintRemoved(facet.name, named[0].value), *earlier]
        unknown = [u for u in self.state.unknown if u.text.casefold() == str(slot.value).casefold()]
        if unknown:
            return [e.NeedRemoved(unknown[0].text)]
        whole = not slot.value or slot.value == (None, None) or facet.kind is FacetKind.NUMBER
        whole = whole or str(slot.value).casefold() in (facet.name, facet.label.casefold(), "any")
        if whole and (mine or any(d.facet == facet.name for d in self.state.directions)):
            return [e.ConstraintRemoved(facet.name)]
        raise _Cannot("nothing_to_remove")

    def _value(self, slot: Slot, facet: Facet) -> tuple[e.Value, bool]:
        """The slot's value as the catalogue writes it, and whether the catalogue has it."""
        if facet.kind is FacetKind.NUMBER:
            return _checked_range(slot.value), True
        if not isinstance(slot.value, str) or not slot.value.strip():
            raise _Cannot("not_a_value")
        values = {v.casefold(): v for v in self.catalogue.value_counts[facet.name]}
        found = values.get(slot.value.casefold())
        return (found, True) if found is not None else (slot.value, False)


def words_believed(state: DialogueState) -> set[str]:
    return {n.text.casefold() for n in state.needs} | {u.text.casefold() for u in state.unknown}


def _checked_range(value: object) -> e.Value:
    if not isinstance(value, tuple) or len(value) != 2 or value == (None, None):
        raise _Cannot("not_a_range")
    low, high = value
    if any(v is not None and (not isinstance(v, int | float) or not math.isfinite(v)) for v in value):
        raise _Cannot("not_a_range")
    return (high, low) if low is not None and high is not None and low > high else (low, high)
