"""Laws of the fold: it is incremental, undo is as if the step had never been, and it survives JSON."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import events as e
from bot.dialogue.state import DialogueState, apply, changes_beliefs, fold, standing

ITEMS = st.sampled_from(["a", "b", "c"])
FACETS = st.sampled_from(["color", "price"])
BOUND = st.none() | st.integers(0, 9)
VALUES = st.sampled_from(["Red", "blue"]) | st.tuples(BOUND, BOUND)
TEXTS = st.sampled_from(["light", "Light", "for a wedding"])
SIGN = st.sampled_from([-1, 1])
BELIEFS = st.one_of(
    st.builds(e.ConstraintAdded, FACETS, VALUES, SIGN, st.booleans()),
    st.builds(e.ConstraintRemoved, FACETS, st.none() | VALUES | st.sampled_from(["less", "more"])),
    st.builds(e.NeedAdded, TEXTS, SIGN),
    st.builds(e.NeedRemoved, TEXTS),
    st.builds(e.DirectionSet, FACETS, st.booleans(), BOUND),
    st.builds(e.Reacted, ITEMS, st.sampled_from(["like", "dislike", "seen", "accept", "reference"])),
    st.builds(e.ReactionRemoved, ITEMS),
    st.builds(e.UnknownNamed, st.just("item"), TEXTS, SIGN),
    st.just(e.Restarted()),
    st.builds(e.HintRemoved, FACETS, VALUES),
)
HISTORY = st.one_of(
    st.builds(e.Said, TEXTS),
    st.builds(e.Reacted, ITEMS, st.sampled_from(["click", "mention"])),
    st.builds(e.Shown, st.lists(ITEMS, unique=True).map(tuple)),
    st.builds(e.Asked, FACETS),
    st.builds(e.Answered, TEXTS, st.sampled_from(["ask", "recommend"]), st.none() | FACETS),
    st.just(e.ForgetRequested()),
    st.builds(e.Hinted, st.just("page"), FACETS, VALUES),
    st.builds(e.HintRemoved, FACETS, VALUES, st.just(e.CHANNEL)),
)
STEPS = st.lists(st.tuples(st.lists(BELIEFS, max_size=4), st.lists(HISTORY, max_size=3), st.integers(0, 2)), max_size=6)


def numbered(steps: list[tuple[list[e.Event], list[e.Event], int]]) -> list[e.Event]:
    """Steps with their marks; a third of them undo instead of changing beliefs."""
    events: list[e.Event] = []
    for number, (beliefs, history, kind) in enumerate(steps, 1):
        changes = [e.Undone()] if kind == 0 else beliefs
        events += [e.StepBegan(number), *changes, *history]
    return events


def believed(state: DialogueState) -> tuple[object, ...]:
    kinds = ("like", "dislike", "seen", "accept", "reference")
    reactions = tuple(r for r in state.reactions if r.kind in kinds)
    return state.constraints, state.needs, state.directions, state.unknown, reactions


def without_undone(events: list[e.Event]) -> list[e.Event]:
    """An oracle for undo: steps as a stack, of which Undone blanks the last that changes beliefs."""
    steps: list[list[e.Event]] = [[]]
    for event in events:
        if isinstance(event, e.StepBegan):
            steps.append([event])
        elif isinstance(event, e.Undone):
            changed = [i for i, step in enumerate(steps) if any(map(changes_beliefs, step))]
            if changed:
                steps[changed[-1]] = [x for x in steps[changed[-1]] if not changes_beliefs(x)]
        else:
            steps[-1].append(event)
    return [x for step in steps for x in step]


@given(STEPS)
def test_folding_equals_applying_one_by_one_and_undo_is_replay_without_the_step(steps: list) -> None:
    events = numbered(steps)
    state = DialogueState()
    for event in events:
        state = apply(state, event)
    assert state == fold(events)
    replayed = fold(without_undone(events))
    assert believed(state) == believed(replayed)
    assert (state.shown_now, state.shown_ever, state.turn) == (replayed.shown_now, replayed.shown_ever, replayed.turn)


@given(STEPS, st.lists(BELIEFS, min_size=1, max_size=5))
def test_undo_restores_the_earlier_beliefs(steps: list, changes: list[e.Event]) -> None:
    before = numbered(steps)
    n = len(steps)
    after = [*before, e.StepBegan(n + 1), *changes, e.StepBegan(n + 2), e.Undone()]
    assert believed(fold(after)) == believed(fold(before))
    assert fold(after).undone == tuple(changes)


@given(STEPS, st.lists(BELIEFS | HISTORY | st.just(e.Undone()), max_size=6))
def test_a_rewind_is_as_if_the_step_had_never_been_but_for_what_the_channel_told(steps: list, step: list) -> None:
    before = numbered(steps)
    told = [x for x in step if isinstance(x, e.Hinted) or (isinstance(x, e.HintRemoved) and x.by == e.CHANNEL)]
    after = [*before, e.StepBegan(len(steps) + 1), *step, e.Rewound()]
    assert fold(after) == fold([*before, *told])
    assert standing(after) == (*before, *told)


@given(STEPS)
def test_every_step_can_be_rewound_one_by_one(steps: list) -> None:
    events = numbered(
        [(beliefs, [x for x in h if not isinstance(x, e.Hinted | e.HintRemoved)], k) for beliefs, h, k in steps]
    )
    assert fold([*events, *[e.Rewound()] * len(steps)]) == DialogueState()
    assert fold([e.Rewound()]) == DialogueState()


@given(STEPS)
def test_events_survive_json(steps: list) -> None:
    events = numbered(steps)
    again = [e.from_json(json.loads(json.dumps(e.to_json(event)))) for event in events]
    assert again == events
    assert fold(again) == fold(events)


@given(STEPS)
def test_an_item_holds_no_contradicting_reactions_and_a_key_is_believed_once(steps: list) -> None:
    state = fold(numbered(steps))
    assert not set(state.disliked) & set(state.reacted("like", "reference", "accept"))
    keys = [c.key for c in state.constraints]
    assert len(keys) == len(set(keys))
    assert len({d.facet for d in state.directions}) == len(state.directions)


def test_a_new_judgement_takes_back_the_old_one() -> None:
    assert fold([e.Reacted("a", "dislike"), e.Reacted("a", "like")]).refused == ()
    assert fold([e.Reacted("a", "accept"), e.Reacted("a", "dislike")]).accepted == ()
    assert fold([e.Reacted("a", "seen"), e.Reacted("a", "like")]).refused == ("a",)


def test_two_undos_take_back_two_steps_and_a_third_nothing() -> None:
    steps: list[e.Event] = [e.StepBegan(1), e.NeedAdded("light", 1), e.StepBegan(2), e.Reacted("a", "dislike")]
    once = fold([*steps, e.StepBegan(3), e.Undone()])
    assert (once.disliked, len(once.needs), once.undone) == ((), 1, (e.Reacted("a", "dislike"),))
    twice = fold([*steps, e.StepBegan(3), e.Undone(), e.StepBegan(4), e.Undone()])
    assert (twice.needs, twice.undone) == ((), (e.NeedAdded("light", 1),))
    assert not twice.to_undo()
    assert apply(apply(twice, e.StepBegan(5)), e.Undone()).undone == ()


def test_starting_over_keeps_reactions_and_forgets_the_talk() -> None:
    state = fold(
        [
            e.StepBegan(1),
            e.ConstraintAdded("color", "red", 1, True),
            e.Reacted("a", "like"),
            e.Reacted("b", "reference"),
            e.Shown(("c",)),
            e.Asked("color"),
            e.StepBegan(2),
            e.Restarted(),
        ]
    )
    assert state.liked == ("a",)
    gone = (state.constraints, state.referenced, state.shown_ever, state.asked, state.questions_total)
    assert not any(gone)


def test_a_forget_is_pending_for_one_step_only() -> None:
    asked = fold([e.StepBegan(1), e.ForgetRequested()])
    assert asked.forget_requested
    assert not asked.forget_pending
    next_step = apply(asked, e.StepBegan(2))
    assert next_step.forget_pending
    assert not apply(next_step, e.StepBegan(3)).forget_pending


def test_the_focus_is_the_item_talked_about_until_another_list_is_shown() -> None:
    state = fold([e.StepBegan(1), e.Shown(("a", "b")), e.Reacted("b", "mention")])
    assert state.focus == "b"
    assert apply(state, e.Shown(("b", "c"))).focus == "b"
    assert apply(state, e.Shown(("c", "d"))).focus is None
    assert apply(state, e.Shown(("d",))).focus == "d"


def test_questions_in_a_row_end_with_a_list() -> None:
    asked: list[e.Event] = [e.StepBegan(1), e.Asked("color"), e.Answered("?", "ask", "color")]
    state = fold(asked)
    assert (state.questions_in_a_row, state.asking) == (1, "color")
    state = apply(apply(state, e.StepBegan(2)), e.Answered("list", "recommend"))
    assert (state.questions_in_a_row, state.questions_total, state.asking) == (0, 1, None)
