"""The lines of a conversation from its events, and the screen that goes with them after a restart."""

from __future__ import annotations

import math
from pathlib import Path

from bot.messages import NewConversation, RemoveConstraint, UserAction, UserText
from bot.transcript import Line, transcript
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue


def titles(catalogue: Catalogue) -> dict[str, str]:
    return {item.id: item.title for item in catalogue.items}


def test_words_taps_and_answers_stand_in_their_order(shop: Catalogue, tmp_path: Path) -> None:
    talk = scratch_assistant(shop, tmp_path).open()
    first = talk.reply(UserText("a red <b>jacket</b>"))
    disliked = first.items[0]
    second = talk.reply(UserAction("dislike", disliked.id))
    third = talk.reply(RemoveConstraint(second.beliefs[0].key))
    assert transcript(talk.events, titles(shop)) == (
        Line("user", "a red <b>jacket</b>"),
        Line("assistant", first.text),
        Line("user", f"{disliked.title} is not for me"),
        Line("assistant", second.text),
        Line("assistant", third.text),
    )


def test_an_item_liked_in_words_is_no_line_of_its_own(shop: Catalogue, tmp_path: Path) -> None:
    talk = scratch_assistant(shop, tmp_path).open()
    title = talk.reply(UserText("a jacket")).items[0].title
    answer = talk.reply(UserText(f"I love the {title}"))
    assert talk.state.liked
    assert transcript(talk.events, titles(shop))[2:] == (
        Line("user", f"I love the {title}"),
        Line("assistant", answer.text),
    )


def test_a_tapped_new_start_clears_the_page_and_a_said_one_does_not(shop: Catalogue, tmp_path: Path) -> None:
    talk = scratch_assistant(shop, tmp_path).open()
    talk.reply(UserText("a red jacket"))
    talk.reply(UserText("start over"))
    assert [line.text for line in transcript(talk.events, titles(shop)) if line.role == "user"] == [
        "a red jacket",
        "start over",
    ]
    greeting = talk.reply(NewConversation())
    assert transcript(talk.events, titles(shop)) == (Line("assistant", greeting.text),)


def test_the_screen_is_that_of_the_last_answer_also_after_a_restart(shop: Catalogue, tmp_path: Path) -> None:
    talk = scratch_assistant(shop, tmp_path).open("ann")
    reply = talk.reply(UserText("a red jacket, no wool"))
    again = scratch_assistant(shop, tmp_path).resume(talk.id or "")
    assert again is not None
    for screen in (talk.screen(), again.screen()):
        assert [(c.id, c.title, c.why, c.facets) for c in screen.items] == [
            (c.id, c.title, c.why, c.facets) for c in reply.items
        ]
        assert all(math.isnan(card.score) for card in screen.items)
        assert screen.beliefs == reply.beliefs
        assert screen.chips == reply.chips
        assert screen.chips
