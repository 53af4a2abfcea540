"""Which act answers a step: a pure function of the reading, the state after it, and the situation.

Rules, first match wins: an empty or overlong message; a pending forget; a doubt; an undo; an attack; a request; the
intent. A list is the default, a question is the exception: a newcomer who says nothing to go by is asked at most two
questions in all, none twice, and none after "just show me". Knows no words of the reply and no catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.dialogue import actions as a
from bot.dialogue import cues
from bot.dialogue import events as e
from bot.dialogue.likening import likened
from bot.dialogue.state import DialogueState, changes_beliefs
from bot.understanding.reading import Intent, Reading, Request, Slot

MOST_QUESTIONS = 2  #: in a row and in all
BROAD = 100  #: a list chosen from more matching items than this also asks a newcomer
MOST_COMPARED = 4


@dataclass(frozen=True, slots=True)
class Situation:
    """What the policy must know beyond the state.

    `newcomer`: nothing is known about the visitor from before. `matching`: how many items satisfy the hard constraints.
    `behaviour`: whether the catalogue has behaviour to go by. `said`: the message. `question`: the best question left
    to ask (`coldstart.best_question`), if any; `alone`: it is worth a turn of its own (`coldstart.worth_a_turn`).
    `on_topic`: the message names what the catalogue holds ("a film").
    """

    newcomer: bool = True
    matching: int = 0
    behaviour: bool = False
    said: str = ""
    question: a.AskFacet | None = None
    alone: bool = True
    on_topic: bool = False


def decide(reading: Reading | None, state: DialogueState, situation: Situation) -> a.Action:
    """The act that answers this step. `state` has the step's events applied; `reading` is None for a tap."""
    if reading is None:
        return _after_tap(state)
    said = situation.said.strip()
    if not any(c.isalnum() for c in said):
        return a.Refuse("empty")
    if len(said) > cues.LONGEST:
        return a.Refuse("too_long")
    if (settled := _asked_back(state, said)) is not None:
        return settled
    if (unclear := next((x for x in state.step if isinstance(x, e.Unclear)), None)) is not None:
        return a.AskValue(unclear.facet, unclear.values)
    turn = _Turn(reading, state, situation)
    if cues.is_attack(said, reading):
        return a.Refuse("hostile")
    if reading.request is not None:
        return turn.requested(reading.request)
    return _BY_INTENT[reading.intent](turn)


def _asked_back(state: DialogueState, said: str) -> a.Action | None:
    """The act that goes with a yes or a no to what we asked back, or with asking back; None: neither."""
    if state.forget_pending and not state.forget_requested:
        if cues.says_yes(said):
            return a.Confirm("forgotten")
        if cues.says_no(said):
            return a.Confirm("kept")
    if state.doubts:
        return a.AskMeant()
    return a.Confirm("misread") if state.doubt_pending and cues.says_no(said) else None


def _after_tap(state: DialogueState) -> a.Action:
    if state.undone:
        return a.Confirm("undo")
    if any(isinstance(event, e.Tuned) for event in state.step):
        return a.Recommend() if state.shown_now or not state.knows_nothing else a.Confirm("tuned")
    done = [event for event in state.step if isinstance(event, e.Reacted)]
    if not done:
        changed = (e.ConstraintAdded, e.ConstraintRemoved, e.NeedRemoved, e.ReactionRemoved, e.HintRemoved)
        if any(isinstance(x, changed) for x in state.step):
            return a.Recommend()
        return a.Refuse("unknown_item") if state.to_undo() else a.Confirm("nothing_to_undo")
    last = done[-1]
    if last.kind == "accept":
        return a.Confirm("accept", (last.item,))
    if last.kind == "click":
        return a.Describe((last.item,), "")
    return a.Recommend(acknowledged=(last.item,))


@dataclass(frozen=True, slots=True)
class _Turn:
    """A message to answer."""

    reading: Reading
    state: DialogueState
    situation: Situation

    @property
    def linked(self) -> tuple[str, ...]:
        """Items the message names that the catalogue has."""
        return _once(s.item_id for s in self.reading.slots if s.slot == "item" and s.item_id is not None)

    @property
    def unknown_items(self) -> tuple[str, ...]:
        return _once(str(s.value) for s in self.reading.slots if s.slot == "item" and s.item_id is None)

    @property
    def facet_slots(self) -> tuple[Slot, ...]:
        return tuple(s for s in self.reading.slots if s.slot not in ("item", "about"))

    def _reacted(self, *kinds: str) -> tuple[str, ...]:
        return _once(x.item for x in self.state.step if isinstance(x, e.Reacted) and x.kind in kinds)

    def _removed(self) -> bool:
        gone = (e.ConstraintRemoved, e.NeedRemoved, e.ReactionRemoved)
        return any(isinstance(x, gone) for x in self.state.step)

    def requested(self, request: Request) -> a.Action:
        if request is Request.UNDO and any(isinstance(x, e.Tuned) for x in self.state.step):
            return a.Recommend()  # the dial alone was named, and its list is the answer
        if request is Request.UNDO:
            return a.Confirm("undo" if self.state.undone else "removed" if self._removed() else "nothing_to_undo")
        if request is Request.START_OVER:
            wished = any(not isinstance(x, e.Said | e.Restarted) for x in self.state.step)
            return self.recommend() if wished else a.Confirm("start_over")
        if request is Request.FORGET_ME:
            return a.ConfirmForget()
        if request is Request.SHOW_MEMORY:
            return a.ShowMemory()
        if request is Request.WHY:
            return self.why()
        return self.ask() if request is Request.DESCRIBE else a.Chat("help", request)

    def why(self) -> a.Action:
        of_list = not self.linked and cues.speaks_of_several(self.situation.said)
        about = self.state.shown_now if of_list and self.state.shown_now else self._subject() or self.state.shown_now
        return a.Explain(about) if about else a.Refuse("unknown_item", _first(self.unknown_items))

    def _subject(self) -> tuple[str, ...]:
        """The items spoken of: those named, else the one talked about last."""
        return self.linked or ((self.state.focus,) if self.state.focus else ())

    def greet(self) -> a.Action:
        return a.Chat("greet")

    def help(self) -> a.Action:
        return a.Chat("help")

    def bye(self) -> a.Action:
        return a.Close()

    def ask(self) -> a.Action:
        said, shown = self.situation.said, self.state.shown_now
        about = _once(s.slot for s in self.facet_slots)
        if (liken := self._liken()) is not None:
            return liken
        if self.linked:
            seen = self._reacted("seen")  # "seen the first one, what's the second about?"
            asked = tuple(i for i in self.linked if i not in seen) or self.linked
            return a.Describe(asked[:MOST_COMPARED], said, about, self.unknown_items)
        if self.unknown_items:
            return a.Refuse("unknown_item", self.unknown_items[0])
        if any(s.polarity for s in self.facet_slots):
            return self.recommend()
        if shown and cues.speaks_of_several(said):
            return a.Describe(shown, said, about)
        if self.state.focus or len(shown) == 1:
            return a.Describe((self.state.focus or shown[0],), said, about)
        return a.Describe((), said, about) if shown else a.Refuse("unknown_item")

    def _liken(self) -> a.Action | None:
        """Of "is it like Heat?": how alike they are; which one is asked about, where that is open."""
        pair = likened(self.reading, self.state.before, self.situation.said)
        if pair is None:
            return None
        item, other = pair
        return a.Describe((), self.situation.said) if item is None else a.Liken(item, other)

    def compare(self) -> a.Action:
        named, shown = self.linked, self.state.shown_now
        if (liken := self._liken()) is not None:
            return liken
        if cues.asks_which(self.situation.said) and len(named) < 2 and set(named) <= set(shown) and len(shown) > 1:
            return a.Compare(shown)
        if len(named) < 2 and self.unknown_items:
            return a.Refuse("unknown_item", self.unknown_items[0])
        focus = (self.state.focus,) if self.state.focus else ()
        both = named if len(named) > 1 else _once((*named, *focus, *shown))[: 2 if named or focus else MOST_COMPARED]
        if len(both) < 2:
            return a.Refuse("unknown_item")
        return a.Compare(both[:MOST_COMPARED], self.unknown_items)

    def accept(self) -> a.Action:
        taken = self._reacted("accept")
        if not taken and self.unknown_items:
            return a.Refuse("unknown_item", self.unknown_items[0])
        return a.Confirm("accept", taken) if taken or self.state.shown_now else self.recommend()

    def other(self) -> a.Action:
        answering = self.state.asking is not None or cues.says_yes(self.situation.said)
        said = self.situation.said
        asked = cues.wants_others(said) if self.state.shown_now else self.situation.on_topic
        open_to_all = cues.wants_both(said) or cues.has_no_preference(said) or cues.wants_no_question(said)
        talk = answering or asked or open_to_all
        changed = any(map(changes_beliefs, self.state.step))
        if talk or changed or self.facet_slots or self.linked:
            return self.recommend()
        return a.Refuse("off_topic")

    def feedback(self) -> a.Action:
        return self.recommend(fresh=not cues.wants_both(self.situation.said))

    def recommend(self, fresh: bool = False) -> a.Action:
        question = self._question()
        bare = question is not None and self._has_nothing_to_go_by()
        if question is not None and bare and self.situation.alone and not self.situation.behaviour:
            return question  # with behaviour, what most people like is shown at once and the question stands below
        unknown = [x.text for x in self.state.step if isinstance(x, e.UnknownNamed)]
        changed = any(not isinstance(x, e.Said) for x in self.state.step)
        again = not changed and bool(self.state.shown_now) and self.state.asking is None
        broad = self.situation.matching > BROAD and not self.state.asked and bool(self.facet_slots)
        return a.Recommend(
            fresh=fresh or again or cues.wants_others(self.situation.said),
            acknowledged=self._reacted("like", "dislike", "seen"),
            unknown=_once(unknown),
            also_ask=question.facet if question is not None and (broad or bare) else None,
        )

    def _has_nothing_to_go_by(self) -> bool:
        return self.state.knows_nothing and not self.state.shown_now

    def _question(self) -> a.AskFacet | None:
        """The question to put to a newcomer now, if one more is welcome."""
        question, state = self.situation.question, self.state
        if question is None or not self.situation.newcomer or question.facet in state.asked:
            return None
        spent = max(state.questions_in_a_row, state.questions_total) >= MOST_QUESTIONS
        known = any(c.facet == question.facet for c in state.constraints)
        return None if spent or known or cues.wants_no_question(self.situation.said) else question


_BY_INTENT: dict[Intent, Callable[[_Turn], a.Action]] = {
    Intent.GREET: _Turn.greet,
    Intent.RECOMMEND: _Turn.recommend,
    Intent.FEEDBACK: _Turn.feedback,
    Intent.ASK: _Turn.ask,
    Intent.COMPARE: _Turn.compare,
    Intent.ACCEPT: _Turn.accept,
    Intent.BYE: _Turn.bye,
    Intent.HELP: _Turn.help,
    Intent.OTHER: _Turn.other,
}


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _first(values: tuple[str, ...]) -> str:
    return values[0] if values else ""
