"""Suggested critiques: what a tap sends is understood by our own rules, leaves something, and drops no earlier wish."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.messages import UserText
from bot.response.critiques import entropy
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

OTHER = "something else"
WISHES = {
    "films": ("a thriller", "a comedy from the 90s", "a Tom Hanks film", "a western", "a French film under 2 hours"),
    "shop": ("a coat", "sneakers", "a black jacket under $200", "a dress", "anything from Nike"),
}


@pytest.mark.parametrize(("name", "wish"), [(name, wish) for name, said in WISHES.items() for wish in said])
def test_every_critique_is_understood_and_leaves_something(
    name: str, wish: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    catalogue: Catalogue = request.getfixturevalue(name)
    assistant = scratch_assistant(catalogue, tmp_path)
    chips = [chip for chip in assistant.open().reply(UserText(wish)).chips if chip.text != OTHER]
    assert chips
    for chip in chips:
        talk = assistant.open()
        talk.reply(UserText(wish))
        before = talk.state
        reply = talk.reply(UserText(chip.text))
        after = talk.state
        assert reply.items, (chip, reply.text)
        assert set(before.constraints) <= set(after.constraints), chip
        news = len(after.constraints) + len(after.directions) - len(before.constraints) - len(before.directions)
        assert news == 1 + (" and " in chip.text), (chip, after.constraints, after.directions)
        assert chip.label not in [c.label for c in reply.chips], chip


def test_an_even_split_is_worth_a_bit() -> None:
    assert entropy(0.5) == pytest.approx(1.0)
    assert entropy(0.0) == entropy(1.0) == 0.0
    assert entropy(0.9) < entropy(0.7)
