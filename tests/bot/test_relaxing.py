"""What blocks is needed for the block, and every way out leads somewhere."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import events as e
from bot.dialogue.state import DialogueState, fold
from bot.relaxing import conditions, dead_end, without

VALUES = "abcd"
ITEMS = st.lists(st.frozensets(st.sampled_from(VALUES)), min_size=1, max_size=6)


def count(items: list[frozenset[str]], state: DialogueState) -> int:
    """How many items have all wanted values and none of the avoided words."""
    wanted = {c.value for c in state.constraints if c.hard}
    avoided = {n.text for n in state.needs if n.polarity < 0}
    return sum(wanted <= item and not avoided & item for item in items)


@given(ITEMS, st.sets(st.sampled_from(VALUES), min_size=1), st.sampled_from(VALUES))
def test_a_conflict_is_minimal_and_ways_out_are_counted(items: list[frozenset[str]], wanted: set[str], no: str) -> None:
    state = fold([e.StepBegan(1), *(e.ConstraintAdded("f", v, 1, True) for v in sorted(wanted)), e.NeedAdded(no, -1)])
    if count(items, state):
        return
    found = dead_end(state, lambda s: count(items, s))
    hard = conditions(state)
    alone = without(state, tuple(c for c in hard if c not in found.blocking))
    assert found.blocking
    assert count(items, alone) == 0
    for condition in found.blocking:
        assert count(items, without(alone, (condition,))) > 0
    for lifted, n in found.ways:
        assert n == count(items, without(state, lifted)) > 0


def test_nothing_is_to_blame_where_nothing_is_left() -> None:
    state = fold([e.StepBegan(1), e.ConstraintAdded("f", "a", 1, True)])
    assert dead_end(state, lambda _: 0).blocking == ()


def test_alternatives_are_lifted_together() -> None:
    either = [e.ConstraintAdded("f", v, 1, True, either=True) for v in "ab"]
    state = fold([e.StepBegan(1), *either, e.ConstraintAdded("g", "c", 1, True)])

    def matching(some: DialogueState) -> int:
        wanted = {c.value for c in some.constraints}
        return 0 if "c" in wanted and wanted & {"a", "b"} else 3

    found = dead_end(state, matching)
    assert [[getattr(c, "value", None) for c in lifted] for lifted, _ in found.ways] == [["a", "b"], ["c"]]
    assert len(found.blocking) == 3
