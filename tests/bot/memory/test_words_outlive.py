"""What a visitor says of taste in few words outlives the conversation, and is taken back by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.memory.stating import named_to_forget, stated
from bot.messages import UserText
from bot.understanding.reading import Intent, Reading, Slot
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

Talk = Callable[..., str]
ASKED = "what do you know about me?"


@pytest.fixture
def assistant(films: Catalogue, tmp_path: Path) -> Iterator[Assistant]:
    made = scratch_assistant(films, tmp_path)
    yield made
    made.close()


@pytest.fixture
def talk(assistant: Assistant) -> Talk:
    """A conversation of bob's: each text in turn; the last answer."""

    def say(*texts: str) -> str:
        conversation = assistant.open("bob")
        return [conversation.reply(UserText(text)).text for text in texts][-1]

    return say


@pytest.mark.parametrize("said", ["sci-fi", "sci fi", "scifi"])
@pytest.mark.parametrize("typed", ["sci-fi", "sci fi", "scifi"])
def test_a_taste_is_stated_however_its_name_is_joined(films: Catalogue, typed: str, said: str) -> None:
    slots = (Slot("genre", "sci-fi", 1, said=said), Slot("genre", "musical", -1, said="musical"))
    found = stated(Reading(Intent.RECOMMEND, slots), f"i love {typed} but hate musicals", films)
    assert [(one.value, one.sentiment) for one in found] == [("sci-fi", 1), ("musical", -1)]


@pytest.mark.parametrize("text", ["like comedy", "a comedy I would hate", "people who hate comedy"])
def test_words_without_an_i_state_little(films: Catalogue, text: str) -> None:
    slot = Slot("genre", "comedy", -1 if "hate" in text else 1, said="comedy")
    assert stated(Reading(Intent.RECOMMEND, (slot,)), text, films) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("i love sci fi but hate musicals", "dislikes musical"),
        ("i love sci fi but hate musicals", "likes sci-fi"),
        ("loved blade runner", "liked: Blade Runner"),
        ("ive watched blade runner", "seen: Blade Runner"),
        ("seen blade runner", "seen: Blade Runner"),
    ],
)
def test_what_was_said_is_known_in_the_next_conversation(talk: Talk, text: str, told: str) -> None:
    talk(text)
    assert told in talk(ASKED)


def test_what_was_watched_is_told_and_undone(talk: Talk) -> None:
    assert talk("loved alien", "ive watched the last one").startswith("Marked")
    assert "like Alien" not in talk("loved alien", "ive watched the last one", "undo").split(".")[0]


@pytest.mark.parametrize(
    ("before", "forget", "gone"),
    [("i liked jaws", "forget jaws", "Jaws"), ("i hate horror", "please delete horror", "horror")],
)
def test_what_is_known_is_forgotten_by_its_name(talk: Talk, before: str, forget: str, gone: str) -> None:
    talk(before)
    assert gone in talk(forget)
    assert "nothing about you" in talk(ASKED)


def test_a_taste_forgotten_by_its_name_comes_back_by_an_undo(talk: Talk) -> None:
    talk("i hate horror")
    talk("forget horror", "undo")
    assert "dislikes horror" in talk(ASKED)


@pytest.mark.parametrize("text", ["forgetful", "never forget alien", "no horror"])
def test_what_asks_to_forget_nothing(text: str) -> None:
    assert named_to_forget(text) is None


def test_what_was_disliked_ranks_lower_beside_another_value(assistant: Assistant, films: Catalogue) -> None:
    def horrors() -> int:
        shown = [assistant.open("bob").reply(UserText(text)).items for text in ("sci-fi", "a thriller", "mystery")]
        return sum("horror" in films.by_id[card.id].values("genre") for cards in shown for card in cards)

    before = horrors()
    assistant.open("bob").reply(UserText("i hate horror"))
    assert horrors() < before
