"""An answer under load: who waited too long is read by the rules, finds what there is, and is told so."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from bot.languages.replies import labels_by_language
from bot.llm.patience import waited_s, waiting_since
from bot.llm.port import Completion
from bot.response.templates import TEMPLATES
from bot.response.tones import phrasebook
from bot.response.wording import Voice
from bot.understanding.model_reader import ModelReader, ReaderFailed
from bot.understanding.reading import MessageInContext
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

HURRIED = TEMPLATES["hurried"][0]


class Counting:
    """A language model that answers the same and keeps the deadlines that it was given."""

    identity = "counting"

    def __init__(self) -> None:
        self.deadlines: list[float] = []

    def warm_up(self, prefix: str) -> None:
        """Nothing to do."""

    def complete(self, prefix: str, suffix: str, grammar: Any, limits: Any) -> Completion:
        self.deadlines.append(limits.deadline_s)
        return Completion("recommend\n+color red", 4, 4, 1.0, "eos")


def test_the_wait_counts_against_the_deadline(shop: Catalogue) -> None:
    llm = Counting()
    reader = ModelReader.of(llm, shop, deadline_s=4.0)
    reader.read_raw(MessageInContext("a red jacket"))
    with waiting_since(time.monotonic() - 3.0):
        assert waited_s() >= 3.0
        reader.read_raw(MessageInContext("a red jacket"))
    assert llm.deadlines[0] == 4.0
    assert 0 < llm.deadlines[1] <= 1.0
    with waiting_since(time.monotonic() - 5.0), pytest.raises(ReaderFailed, match="others were asking"):
        reader.read_raw(MessageInContext("a red jacket"))
    assert len(llm.deadlines) == 2, "the model is not asked for somebody who has waited too long"


def test_an_answer_by_the_rules_is_an_answer_and_says_so(shop: Catalogue, tmp_path: Path, client_of: Any) -> None:
    llm = Counting()
    assistant = scratch_assistant(shop, tmp_path, ModelReader.of(llm, shop, deadline_s=1e-9))
    client = client_of(assistant)
    conversation = client.begin()
    turn = client.turn(conversation, text="a red jacket")
    assert turn["understood"]["source"] == "rules"
    assert len(turn["items"]) == 5
    assert turn["text"].endswith(HURRIED)
    tapped = client.turn(conversation, action={"kind": "like", "item": turn["items"][0]["id"]})
    assert HURRIED not in tapped["text"]
    assert llm.deadlines == []


def test_rules_by_choice_apologise_for_nothing(client_of: Any, assistant: Any) -> None:
    client = client_of(assistant)
    assert HURRIED not in client.turn(client.begin(), text="a red jacket")["text"]


def test_it_is_said_in_every_language(shop: Catalogue) -> None:
    spoken = labels_by_language(shop, phrasebook(Voice()))
    said = {language: labels.say("hurried", 0) for language, labels in spoken.items()}
    assert said["en"] == HURRIED
    assert len(set(said.values())) == len(said) >= 3
