"""One reaction, the next session."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ranking.online import Reaction, apply, session_after
from ranking.request import Session

kinds = ["like", "dislike", "seen", "accept", "reference", "click", "mention", "removed", "unlike", "unseen"]
reactions = st.lists(st.builds(Reaction, st.sampled_from("abc"), st.sampled_from(kinds)), max_size=12)


@given(reactions)
def test_an_item_is_never_liked_and_disliked(done: list[Reaction]) -> None:
    session = session_after(Session(), done)
    assert not set(session.liked) & set(session.disliked)
    for items in (session.liked, session.disliked, session.seen):
        assert len(items) == len(set(items))


@given(reactions, st.builds(Reaction, st.sampled_from("abc"), st.sampled_from(kinds)))
def test_the_same_reaction_again_changes_nothing(done: list[Reaction], last: Reaction) -> None:
    session = apply(session_after(Session(), done), last)
    assert apply(session, last) == session


@given(reactions)
def test_taken_back_is_as_if_never(done: list[Reaction]) -> None:
    session = session_after(Session(), [*done, Reaction("a", "removed")])
    assert session == session_after(Session(), [r for r in done if r.item != "a"])


def test_latest_last() -> None:
    session = session_after(Session("ann"), [Reaction("a", "like"), Reaction("b", "like"), Reaction("a", "accept")])
    assert session == Session("ann", ("b", "a"))
