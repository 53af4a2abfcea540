"""Why an item is in a list: shares that add up to its score, in words, with honesty about what is not known."""

from __future__ import annotations

import gc
import json
import math
from pathlib import Path

import numpy as np
import pytest

from bot.assistant import Assistant
from bot.channels import recommend_jsonl
from bot.languages.replies import phrasebook_of
from bot.messages import Tune, TuneError, UserAction, UserText
from bot.picking import Picked
from bot.whys import LISTS_KEPT, why_json
from bot.wiring import scratch_assistant
from ranking.behaviour import NoBehaviour
from ranking.dial import FAMILIAR, NEW
from ranking.fusion import Ranker, default_weights
from ranking.signals import built_in_signals
from retrieval.catalogue.item import Catalogue


@pytest.fixture
def assistant(shop: Catalogue, tmp_path: Path) -> Assistant:
    return scratch_assistant(shop, tmp_path)


def test_shares_are_largest_first_and_add_up_to_the_score(assistant: Assistant) -> None:
    talk = assistant.open("v")
    for card in talk.reply(UserText("a warm black jacket")).items:
        why = talk.why(card.id)
        assert why is not None
        assert why.shares
        assert math.fsum(share.share for share in why.shares) == pytest.approx(why.score, abs=1e-6)
        assert why.score == card.score
        assert [share.share for share in why.shares] == sorted((s.share for s in why.shares), reverse=True)
        assert (why.reason, why.title) == (card.why, card.title)
        assert why.ranker


class _Corrections:
    """Trees that add what they are told to two signals."""

    names = ("text", "wanted")
    mark = "told"

    def parts(self, features: np.ndarray) -> np.ndarray:
        return features * np.array([0.4, -0.2])

    def scores(self, features: np.ndarray) -> np.ndarray:
        return self.parts(features).sum(axis=1)


def test_shares_add_up_with_trees_too(assistant: Assistant, shop: Catalogue) -> None:
    signals = built_in_signals(NoBehaviour(), shop)
    assistant.stages.picker._ranker = Ranker(signals, default_weights(False), trees=_Corrections())  # type: ignore[arg-type]
    talk = assistant.open("v")
    for card in talk.reply(UserText("something warm in black")).items:
        why = talk.why(card.id)
        assert why is not None
        assert math.fsum(share.share for share in why.shares) == pytest.approx(why.score, abs=1e-6)


def test_every_signal_has_words_in_every_language(shop: Catalogue) -> None:
    names = {signal.name for signal in built_in_signals(NoBehaviour(), shop)} | {NEW, FAMILIAR}
    for code in ("en", "es", "zh"):
        assert names <= set(phrasebook_of(code).signals), code


def test_what_is_not_on_the_screen_has_no_why(assistant: Assistant) -> None:
    talk = assistant.open("v")
    shown = talk.reply(UserText("a jacket")).items
    other = next(item for item in assistant.catalogue.by_id if item not in {card.id for card in shown})
    assert talk.why(other) is None
    assert talk.why("no such item") is None


def test_after_a_restart_the_reason_is_known_and_the_shares_are_not(assistant: Assistant) -> None:
    talk = assistant.open("v", conversation="c" * 22)
    card = talk.reply(UserText("a jacket")).items[0]
    again = assistant.resume("c" * 22)
    assert again is not None
    why = again.why(card.id)
    assert why is not None
    assert (why.reason, why.shares, why.ranker) == (card.why, (), "")
    assert why_json(why)["score"] is None


def test_only_the_latest_lists_are_kept(assistant: Assistant) -> None:
    talk = assistant.open("v")
    for n in range(LISTS_KEPT + 3):
        talk.reply(Tune(0.5 + n / 100)) if n % 2 else talk.reply(UserText("other jackets"))
    assert len(talk._placed) <= LISTS_KEPT
    assert talk.state.shown_now in talk._placed


def test_a_conversation_holds_no_list_with_all_its_candidates(assistant: Assistant) -> None:
    def held() -> int:
        gc.collect()
        return sum(type(one) is Picked for one in gc.get_objects())  # isinstance asks some libraries' proxies

    before, talk = held(), assistant.open("v")
    for text in ("a jacket", "a black one", "something warmer"):
        assert talk.reply(UserText(text)).items
    assert held() <= before


def test_recommend_explains_where_it_is_asked(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    row = json.dumps({"id": 1, "turns": [{"role": "user", "text": "a black jacket"}]})
    recommend_jsonl(assistant, None, [row], why=True)
    recommend_jsonl(assistant, None, [row])
    explained, plain = map(json.loads, capsys.readouterr().out.splitlines())
    assert [one["item"] for one in explained["explained"]] == [item["id"] for item in explained["items"]]
    for one, item in zip(explained["explained"], explained["items"], strict=True):
        assert sum(share["share"] for share in one["shares"]) == pytest.approx(item["score"], abs=1e-4)
    assert "explained" not in plain


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan])
def test_the_dial_has_no_place_outside_its_range(wrong: float) -> None:
    with pytest.raises(TuneError, match="novelty"):
        Tune(wrong)


def test_the_dial_is_a_belief_that_an_undo_takes_back_and_a_resume_knows(assistant: Assistant) -> None:
    talk = assistant.open("v", conversation="d" * 22)
    assert [belief.key for belief in talk.reply(Tune(0.8)).beliefs] == ["novelty"]
    assert talk.reply(UserText("a jacket")).novelty == talk.novelty == 0.8
    again = assistant.resume("d" * 22)
    assert again is not None
    assert again.novelty == 0.8
    assert again.reply(Tune(0.2)).act == "recommend"
    assert again.reply(UserAction("undo")).novelty == 0.8
    assert again.reply(UserAction("undo")).act == "confirm"
