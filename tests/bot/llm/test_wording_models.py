"""Wording by models that are no doubles: a tiny one on this machine, and a server process held to more or less."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.dialogue import actions as a
from bot.dialogue import events as e
from bot.dialogue.state import fold
from bot.llm.guidance import Guide
from bot.llm.local import LocalModel
from bot.llm.port import GrammarRejected
from bot.model_wiring import WiringError, build_llm
from bot.response.cards import card
from bot.response.labels import Labels
from bot.response.turn_facts import Facts
from bot.response.wording import MOST_CHARS, Voice
from bot.response.wording_brief import ACTS, PREFERRED
from bot.response.writing import Wish, Writer
from bot.settings import load_settings
from bot.word_wiring import build_writer, house_style, worded_acts
from ranking.request import RankedItem
from retrieval.catalogue.item import Catalogue
from tests.servers import free_port

PROGRAM = Path(__file__).with_name("chat_server.py")
PLAIN = "Three coats: waterproof."
TRUE = "These three coats are waterproof."


@pytest.fixture
def facts(shop: Catalogue) -> Facts:
    cards = tuple(card(i, RankedItem(i.id, 0.5, {}), "fits") for i in shop.items[:3])
    return Facts(Labels(shop), fold([e.StepBegan(1)]), "a waterproof coat", cards)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a chat server in a process of its own."""
    port = free_port()
    process, root = subprocess.Popen([sys.executable, str(PROGRAM), str(port)]), f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 120
    try:
        while True:
            try:
                httpx.get(f"{root}/bodies", trust_env=False)
                break
            except httpx.TransportError:
                assert process.poll() is None, "the chat server ended"
                assert time.monotonic() < deadline, "the chat server does not answer"
                time.sleep(0.05)
        yield root
    finally:
        process.terminate()
        process.wait(60)


def behave(server: str, **behaviour: Any) -> None:
    assert httpx.put(f"{server}/behaviour", json=behaviour, trust_env=False).is_success


def writer(server: str, shop: Catalogue, **settings: Any) -> Writer:
    given = {"llm_base_url": f"{server}/v1", "llm_model": "m", "words_deadline_s": 5.0, **settings}
    loaded = load_settings(**given)
    made = build_writer(loaded, shop, build_llm(loaded, lambda _: None))
    assert made is not None
    return made


def test_a_tiny_model_writes_inside_the_grammar_or_its_template_stands(tiny_model: Path, facts: Facts) -> None:
    one = Writer(LocalModel(tiny_model, dtype="float32"), "coats", Voice(), Wish(frozenset(ACTS), 60.0))
    one.warm_up(lambda _: None)
    text, wording = one.word(a.Recommend(), facts, PLAIN)
    assert (text == PLAIN) is (wording.source == "template")
    assert wording.reason != "failed", wording
    assert sum(one.counts.values()) == 1


@pytest.mark.parametrize("how", ["structured_outputs", "guided_grammar", "response_format"])
def test_a_server_that_is_held_to_a_form_is_heard(server: str, shop: Catalogue, facts: Facts, how: str) -> None:
    answer = '{"reply": "These three coats are waterproof."}' if how == "response_format" else TRUE
    behave(server, **{how: "enforces"}, answers={f"say: {PLAIN}": [TRUE, answer]})
    text, wording = writer(server, shop).word(a.Recommend(), facts, PLAIN)
    assert (text, wording.source, wording.reason) == (TRUE, "model", "")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (TRUE, ""),
        ("The Marmot PreCip is on sale.", "ungrounded"),
        ("Here are four coats.", "ungrounded"),
        ("Three coats: waterproof!", "exclamation"),
    ],
)
def test_a_server_that_is_held_to_nothing_is_checked(
    server: str, shop: Catalogue, facts: Facts, answer: str, reason: str
) -> None:
    behave(server, answers={f"say: {PLAIN}": answer})
    one = writer(server, shop)
    text, wording = one.word(a.Recommend(), facts, PLAIN)
    assert wording.reason == reason
    assert text == (PLAIN if reason else answer)
    assert one.counts == {reason or "model": 1}


def test_a_server_that_is_slow_or_down_is_not_waited_for(server: str, shop: Catalogue, facts: Facts) -> None:
    behave(server, answers={f"say: {PLAIN}": TRUE})
    one = writer(server, shop, llm_constraint="none", words_deadline_s=0.5)
    behave(server, hang_s=20.0)
    start = time.monotonic()
    assert one.word(a.Recommend(), facts, PLAIN)[1].reason in ("late", "failed")
    assert time.monotonic() - start < 10
    behave(server, status=500)
    assert one.word(a.Recommend(), facts, PLAIN)[1].reason in ("late", "failed")
    assert "model" not in one.counts


def test_who_words_by_default() -> None:
    def acts(**settings: Any) -> frozenset[str]:
        return worded_acts(load_settings(**settings))

    everything = frozenset(ACTS)
    assert acts() == PREFERRED
    assert acts(model="some/larger-model") == everything
    assert acts(llm_base_url="http://127.0.0.1:1/v1", llm_model="m") == everything
    assert acts(model="some/larger-model", reader="rules") == frozenset()
    assert acts(model="some/larger-model", words="templates") == frozenset()
    assert acts(words="model", reader="rules") == everything


def test_a_house_style_is_read_bounded_and_told_when_it_cannot_be(shop: Catalogue, tmp_path: Path) -> None:
    ours = replace(shop, schema=replace(shop.schema, folder=tmp_path))
    assert house_style(load_settings(), ours) == ""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "house.txt").write_text(" We are kind.\n", encoding="utf-8")
    assert house_style(load_settings(), ours) == "We are kind."
    named = tmp_path / "voice.txt"
    with pytest.raises(WiringError, match="cannot be read"):
        house_style(load_settings(house_prompt=named), ours)
    named.write_text("x" * (MOST_CHARS + 1), encoding="utf-8")
    with pytest.raises(WiringError, match="1,001 characters"):
        house_style(load_settings(house_prompt=named), ours)
    named.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(WiringError, match="cannot be read"):
        house_style(load_settings(house_prompt=named), ours)


def test_a_grammar_that_llguidance_gives_up_on_is_no_end_of_an_answer() -> None:
    class Stopped:
        def is_error(self) -> bool:
            return False

        def stop_reason(self) -> str:
            return "LexerTooComplex"

    with pytest.raises(GrammarRejected, match="LexerTooComplex"):
        Guide(Stopped())
