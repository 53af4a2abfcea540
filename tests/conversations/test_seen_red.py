"""The scripts beside this file notice: broken on purpose, the assistant fails the conversations about what broke.

Runs the rules' half; a script that stays green whatever is broken tests nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import bot.assistant
import bot.picking
from bot.conversations.benches import Benches
from bot.conversations.runner import run
from bot.conversations.loading import Case, load_cases
from bot.picking import Picker
from bot.replying import Replier
from bot.understanding.reader import Reader
from bot.understanding.reading import Intent, Reading

HERE = Path(__file__).parent
FEW = {
    "where few fit, only those are shown",
    "when nothing fits we say so and offer a way out",
    "too cheap to be there",
}
SHOP = {"colour, size and price together", "a brand is avoided", "a price between two bounds"}
TAPS = {"dislike removes, undo restores", "what was seen does not come back", "taking one ends the search well"}
FRESH = {"what was seen does not come back", "something else is something else", "a dear thing refused stays away"}
WISHES = {"a wish and an avoidance", "every message refines the list", "a range on another number"}


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    found = (case for path in sorted(HERE.glob("*.conv.yaml")) for case in load_cases(path) if case.reader == "rules")
    return {case.conversation: case for case in found}


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Benches:
    return Benches(tmp_path_factory.mktemp("benches"), lambda _: None)


def no_filter(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bot.picking, "hard_filter", lambda *_: None)


def no_exclusion(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Picker, "_exclude", lambda *_, **__: frozenset())


def no_effect_of_taps(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bot.assistant, "events_for_action", lambda *_: ((), ()))


def _reading(patch: pytest.MonkeyPatch, change: Callable[[Reading], Reading]) -> None:
    read = Reader.read
    patch.setattr(Reader, "read", lambda self, message: change(read(self, message)))


def deaf_to_slots(patch: pytest.MonkeyPatch) -> None:
    _reading(patch, lambda reading: replace(reading, slots=()))


def everything_is_a_wish(patch: pytest.MonkeyPatch) -> None:
    _reading(patch, lambda reading: replace(reading, intent=Intent.RECOMMEND, request=None))


def wants_what_is_avoided(patch: pytest.MonkeyPatch) -> None:
    _reading(patch, lambda reading: replace(reading, slots=tuple(replace(s, polarity=1) for s in reading.slots)))


def _replying(patch: pytest.MonkeyPatch, **changes: Any) -> None:
    reply = Replier.reply
    patch.setattr(Replier, "reply", lambda self, *given: replace(reply(self, *given), **changes))


def no_chips(patch: pytest.MonkeyPatch) -> None:
    _replying(patch, chips=())


def babble(patch: pytest.MonkeyPatch) -> None:
    _replying(patch, text="word " * 130)


def always_asks(patch: pytest.MonkeyPatch) -> None:
    _replying(patch, act="ask", asks="genre")


@pytest.mark.parametrize(
    ("sabotage", "noticed_by"),
    [
        (no_filter, FEW | SHOP),
        (no_exclusion, FRESH),
        (no_effect_of_taps, TAPS),
        (deaf_to_slots, WISHES | {"taking one by its name", "two films side by side"}),
        (everything_is_a_wish, {"hello, help and goodbye", "forgetting is confirmed before it is done", "off topic"}),
        (wants_what_is_avoided, {"a wish and an avoidance", "a brand is avoided"}),
        (no_chips, {"when nothing fits we say so and offer a way out"}),
        (babble, {"hello, help and goodbye", "instructions in a message are a message"}),
        (
            always_asks,
            {"a newcomer without an idea is asked two questions at the most", "who wants no question gets none"},
        ),
    ],
)
def test_a_broken_assistant_is_noticed(
    sabotage: Callable[[pytest.MonkeyPatch], None],
    noticed_by: set[str],
    cases: dict[str, Case],
    benches: Benches,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = {name: benches.of(cases[name]) for name in noticed_by}
    sabotage(monkeypatch)
    assert {name for name, bench in whole.items() if run(cases[name], bench).failed} == noticed_by
