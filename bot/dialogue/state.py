"""What a conversation has established: a fold over its events, and nothing that replaying them cannot rebuild.

Undo is replay: the state keeps the events that still count (`log`), `Undone` drops the last step's changes of belief
from them and folds the rest again. So is a rewind: `Rewound` drops the whole last step, an undo included. Knows no
words, no catalogue and no retrieval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import takewhile
from typing import Any

from bot.dialogue import events as e
from bot.dialogue.constraint import Constraint, constraint_key, hint_key

CONTRADICTS: dict[str, tuple[str, ...]] = {
    "dislike": ("like", "reference", "accept"),
    "like": ("dislike",),
    "accept": ("dislike",),
    "reference": ("dislike",),
}  #: a reaction takes back these earlier ones to the same item

MOST_COMPARED = 4  #: items side by side


@dataclass(frozen=True, slots=True)
class DialogueState:
    """Beliefs and history, oldest first everywhere. Item tuples hold ids, each once a kind."""

    turn: int = 0
    constraints: tuple[Constraint, ...] = ()
    needs: tuple[e.NeedAdded, ...] = ()
    directions: tuple[e.DirectionSet, ...] = ()  #: at most one a facet
    unknown: tuple[e.UnknownNamed, ...] = ()
    reactions: tuple[e.Reacted, ...] = ()
    shown_now: tuple[str, ...] = ()
    shown_ever: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    asking: str | None = None  #: the facet of the question that the last answer put
    questions_in_a_row: int = 0
    questions_total: int = 0
    focus: str | None = None  #: the item talked about last
    last_act: str | None = None
    forget_asked_at: int | None = None
    doubted_at: int | None = None
    doubt: e.Doubted | None = None  #: what the last doubtful message would have changed
    language: str = "en"  #: that of the visitor's last clear message
    undone: tuple[e.Event, ...] = ()  #: what an undo of this step took back
    hints: tuple[e.Hinted, ...] = ()  #: what the channel told of visitor and page; see `hints`
    unhinted: tuple[str, ...] = ()  #: keys of the hints that the visitor removed
    novelty: float | None = None  #: the dial as the visitor set it, in [0, 1]; None: where the settings have it
    log: tuple[e.Event, ...] = ()  #: the events that still count
    past: tuple[e.Event, ...] = ()  #: those undone too, for a rewind; without the steps that were rewound

    def reacted(self, *kinds: str) -> tuple[str, ...]:
        """The items with a reaction of one of `kinds`, in the order of their first one."""
        return tuple(dict.fromkeys(r.item for r in self.reactions if r.kind in kinds))

    @property
    def liked(self) -> tuple[str, ...]:
        return self.reacted("like")

    @property
    def disliked(self) -> tuple[str, ...]:
        return self.reacted("dislike")

    @property
    def seen(self) -> tuple[str, ...]:
        return self.reacted("seen")

    @property
    def accepted(self) -> tuple[str, ...]:
        return self.reacted("accept")

    @property
    def clicked(self) -> tuple[str, ...]:
        return self.reacted("click")

    @property
    def referenced(self) -> tuple[str, ...]:
        return self.reacted("reference")

    @property
    def mentioned(self) -> tuple[str, ...]:
        return self.reacted("mention")

    @property
    def refused(self) -> tuple[str, ...]:
        """What must not be offered again by the visitor's own judgement: disliked or seen."""
        return self.reacted("dislike", "seen")

    @property
    def forget_pending(self) -> bool:
        """Whether the step before this one asked to be forgotten, so that a yes now acts."""
        return self.forget_asked_at is not None and self.turn == self.forget_asked_at + 1

    @property
    def forget_requested(self) -> bool:
        """Whether this step asks to be forgotten."""
        return self.forget_asked_at is not None and self.turn == self.forget_asked_at

    @property
    def doubts(self) -> bool:
        """Whether this step is one to ask about."""
        return self.doubted_at is not None and self.turn == self.doubted_at

    @property
    def doubt_pending(self) -> bool:
        """Whether the step before this one was asked about, so that a yes or a no settles it."""
        return self.doubted_at is not None and self.turn == self.doubted_at + 1

    @property
    def step(self) -> tuple[e.Event, ...]:
        """The events of this step that count, after its StepBegan."""
        start = max((i for i, event in enumerate(self.log) if isinstance(event, e.StepBegan)), default=-1)
        return self.log[start + 1 :]

    @property
    def said(self) -> str:
        """The visitor's words of this step, in English as far as they were read; empty for a tap."""
        return next((x.english or x.text for x in self.step if isinstance(x, e.Said)), "")

    @property
    def before(self) -> DialogueState:
        """The state before this step."""
        return fold(self.log[: len(self.log) - len(self.step)])

    @property
    def knows_nothing(self) -> bool:
        """Whether there is nothing yet to choose items by."""
        by_items = self.reacted("like", "dislike", "reference", "accept")
        return not (self.constraints or self.needs or self.directions or self.unknown or by_items)

    def to_undo(self) -> tuple[e.Event, ...]:
        """What an undo in the next (or this) step would take back; empty: nothing."""
        return tuple(self.log[i] for i in _undoable(self.log))


def fold(events: Iterable[e.Event]) -> DialogueState:
    """The state after `events`."""
    return reduce(apply, events, DialogueState())


def apply(state: DialogueState, event: e.Event) -> DialogueState:
    """The state after one more event."""
    if isinstance(event, e.Undone):
        dropped = _undoable(state.log)
        undone = tuple(state.log[i] for i in dropped)
        kept = fold(x for i, x in enumerate(state.log) if i not in dropped)
        return replace(kept, undone=undone, past=(*state.past, event))
    if isinstance(event, e.Rewound):
        return fold(before_last_step(state.past))
    return replace(_APPLY[type(event)](state, event), log=(*state.log, event), past=(*state.past, event))


def before_last_step(events: Sequence[e.Event]) -> tuple[e.Event, ...]:
    """`events`, none of them Rewound, without the last step. What the channel told since then stays told."""
    start = max((i for i, event in enumerate(events) if isinstance(event, e.StepBegan)), default=len(events))
    return (*events[:start], *(x for x in events[start:] if _of_channel(x)))


def standing(events: Iterable[e.Event]) -> tuple[e.Event, ...]:
    """`events` without the steps that were rewound."""
    kept: list[e.Event] = []
    for event in events:
        if isinstance(event, e.Rewound):
            kept[:] = before_last_step(kept)
        else:
            kept.append(event)
    return tuple(kept)


def _of_channel(event: e.Event) -> bool:
    return isinstance(event, e.Hinted) or (isinstance(event, e.HintRemoved) and event.by == e.CHANNEL)


def changes_beliefs(event: e.Event) -> bool:
    """Whether an undo takes `event` back: clicks and mentions are history, not belief."""
    if isinstance(event, e.Reacted):
        return event.kind not in ("click", "mention")
    if isinstance(event, e.HintRemoved):
        return event.by == e.VISITOR
    return isinstance(event, _BELIEFS)


_CONSTRAINING = (e.ConstraintAdded, e.ConstraintRemoved, e.DirectionSet, e.UnknownNamed)
_BELIEFS = (*_CONSTRAINING, e.NeedAdded, e.NeedRemoved, e.ReactionRemoved, e.TasteTakenBack, e.Restarted, e.Tuned)


def _undoable(log: tuple[e.Event, ...]) -> tuple[int, ...]:
    """Positions in `log` of the changes of belief made by the last step that made any."""
    found: list[int] = []
    for i in range(len(log) - 1, -1, -1):
        if changes_beliefs(log[i]):
            found.append(i)
        elif isinstance(log[i], e.StepBegan) and found:
            break
    return tuple(reversed(found))


def _began(state: DialogueState, event: e.StepBegan) -> DialogueState:
    return replace(state, turn=event.number, undone=())


def _same(state: DialogueState, event: e.Event) -> DialogueState:  # noqa: ARG001 - one shape for all
    return state


def _said(state: DialogueState, event: e.Said) -> DialogueState:
    return replace(state, language=event.language or state.language)


def _constrained(state: DialogueState, event: e.ConstraintAdded) -> DialogueState:
    new = Constraint(event.facet, event.value, event.polarity, event.hard, state.turn, event.either)
    kept = tuple(c for c in state.constraints if c.key != new.key)
    return replace(state, constraints=(*kept, new))


def _unconstrained(state: DialogueState, event: e.ConstraintRemoved) -> DialogueState:
    """Without a value the facet's constraints and direction go; "less" or "more" names its direction alone."""
    key = None if event.value is None else constraint_key(event.facet, event.value)
    kept = tuple(c for c in state.constraints if c.facet != event.facet or (key is not None and c.key != key))
    pointed = ("less", "more", None)
    directions = tuple(d for d in state.directions if d.facet != event.facet or event.value not in pointed)
    return replace(state, constraints=kept, directions=directions)


def _needed(state: DialogueState, event: e.NeedAdded) -> DialogueState:
    return replace(state, needs=(*_without(state.needs, event.text), event))


def _unneeded(state: DialogueState, event: e.NeedRemoved) -> DialogueState:
    return replace(state, needs=_without(state.needs, event.text), unknown=_without(state.unknown, event.text))


def _without(entries: tuple[Any, ...], text: str) -> tuple[Any, ...]:
    return tuple(x for x in entries if x.text.casefold() != text.casefold())


def _directed(state: DialogueState, event: e.DirectionSet) -> DialogueState:
    return replace(state, directions=(*(d for d in state.directions if d.facet != event.facet), event))


def _reacted(state: DialogueState, event: e.Reacted) -> DialogueState:
    gone = (*CONTRADICTS.get(event.kind, ()), event.kind)
    kept = tuple(r for r in state.reactions if r.item != event.item or r.kind not in gone)
    return replace(state, reactions=(*kept, event), focus=event.item)


def _unreacted(state: DialogueState, event: e.ReactionRemoved) -> DialogueState:
    return replace(state, reactions=tuple(r for r in state.reactions if r.item != event.item))


def _shown(state: DialogueState, event: e.Shown) -> DialogueState:
    ever = tuple(dict.fromkeys((*state.shown_ever, *event.items)))
    focus = event.items[0] if len(event.items) == 1 else state.focus if state.focus in event.items else None
    return replace(state, shown_now=event.items, shown_ever=ever, focus=focus)


def _unknown(state: DialogueState, event: e.UnknownNamed) -> DialogueState:
    return replace(state, unknown=(*_without(state.unknown, event.text), event))


def _asked(state: DialogueState, event: e.Asked) -> DialogueState:
    return replace(
        state,
        asked=tuple(dict.fromkeys((*state.asked, event.facet))),
        questions_in_a_row=state.questions_in_a_row + 1,
        questions_total=state.questions_total + 1,
    )


def _answered(state: DialogueState, event: e.Answered) -> DialogueState:
    in_a_row = state.questions_in_a_row if event.act == "ask" else 0
    shown = state.shown_now or (_compared(state) if event.act == "compare" else ())
    return replace(state, last_act=event.act, asking=event.asks, questions_in_a_row=in_a_row, shown_now=shown)


def _compared(state: DialogueState) -> tuple[str, ...]:
    """The items of a comparison that no list went before: what "the first one" means then."""
    last = takewhile(lambda reaction: reaction.kind == "mention", reversed(state.reactions))
    return tuple(reaction.item for reaction in last)[:MOST_COMPARED][::-1]


def _restarted(state: DialogueState, event: e.Restarted) -> DialogueState:  # noqa: ARG001
    """Likes, dislikes and the like stay, the dial, and what the channel told; examples and mentions were the talk's."""
    kept = tuple(r for r in state.reactions if r.kind not in ("reference", "mention"))
    fresh = replace(DialogueState(), turn=state.turn, reactions=kept, log=state.log)
    return replace(fresh, language=state.language, hints=state.hints, unhinted=state.unhinted, novelty=state.novelty)


def _forget(state: DialogueState, event: e.ForgetRequested) -> DialogueState:  # noqa: ARG001
    return replace(state, forget_asked_at=state.turn)


def _doubted(state: DialogueState, event: e.Doubted) -> DialogueState:
    return replace(state, doubted_at=state.turn, doubt=event)


def _hinted(state: DialogueState, event: e.Hinted) -> DialogueState:
    return replace(state, hints=(*(h for h in state.hints if h != event), event))


def _unhinted(state: DialogueState, event: e.HintRemoved) -> DialogueState:
    kept = tuple(h for h in state.hints if hint_key(h.facet, h.value) != hint_key(event.facet, event.value))
    gone = (*state.unhinted, hint_key(event.facet, event.value)) if event.by == e.VISITOR else state.unhinted
    return replace(state, hints=kept, unhinted=tuple(dict.fromkeys(gone)))


def _tuned(state: DialogueState, event: e.Tuned) -> DialogueState:
    return replace(state, novelty=event.novelty)


_APPLY: dict[type[Any], Callable[[DialogueState, Any], DialogueState]] = {
    e.Said: _said,
    e.Answered: _answered,
    e.ConstraintAdded: _constrained,
    e.ConstraintRemoved: _unconstrained,
    e.NeedAdded: _needed,
    e.NeedRemoved: _unneeded,
    e.DirectionSet: _directed,
    e.Reacted: _reacted,
    e.ReactionRemoved: _unreacted,
    e.Shown: _shown,
    e.UnknownNamed: _unknown,
    e.Asked: _asked,
    e.StepBegan: _began,
    e.Restarted: _restarted,
    e.ForgetRequested: _forget,
    e.Doubted: _doubted,
    e.Unclear: _same,
    e.TasteTakenBack: _same,
    e.Hinted: _hinted,
    e.HintRemoved: _unhinted,
    e.Tuned: _tuned,
}
