"""The blind comparison: pairs that pass their check, in an order only the key tells, and preferences with intervals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.llm.scripted import ScriptedModel
from bot.response.wording import Voice
from bot.response.wording_brief import ACTS
from bot.response.writing import Wish, Writer
from bot.wiring import scratch_assistant
from bot.wording_pairs import KEY, PAIRS, Made, PairsError, make_pairs, told, write_pairs
from bot.wording_preference import preference, preferences
from retrieval.catalogue.item import Catalogue


def parroting(_: str, suffix: str) -> str:
    """The template's words again, but for lists, which it exclaims."""
    plain = suffix.partition("say: ")[2].partition("<|im_end|>")[0]
    return plain.replace(".", "!") if "act: recommend" in suffix else plain


@pytest.fixture
def made(shop: Catalogue, tmp_path: Path) -> Made:
    assistant = scratch_assistant(shop, tmp_path / "data")
    writer = Writer(ScriptedModel(parroting), "products", Voice(), Wish(frozenset(ACTS), 5.0))
    return make_pairs(assistant, writer, 6, 1, lambda _: None)


def test_pairs_are_what_would_be_said_and_the_rest_is_counted(made: Made) -> None:
    assert len(made.pairs) == 6
    assert {pair.act for pair in made.pairs} >= {"describe", "accept"}
    assert all(pair.model == pair.template for pair in made.pairs)
    assert set(made.replaced) == {("recommend", "exclamation")}
    assert len(made.ms) == 6 + made.replaced.total()
    lines = list(told(made))
    assert any("replaced (" in line and "exclamation" in line for line in lines)
    assert lines[-1].startswith("a wording took ")


def test_the_order_is_in_the_key_alone(made: Made, tmp_path: Path) -> None:
    write_pairs(made, tmp_path / "w", 1)
    pairs = [json.loads(line) for line in (tmp_path / "w" / PAIRS).read_text(encoding="utf-8").splitlines()]
    key = [json.loads(line) for line in (tmp_path / "w" / KEY).read_text(encoding="utf-8").splitlines()]
    assert [p["pair"] for p in pairs] == [k["pair"] for k in key] == list(range(1, 7))
    assert all(set(p) == {"pair", "act", "visitor", "items", "a", "b"} for p in pairs)
    assert {k["model"] for k in key} == {"a", "b"}
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(PairsError, match="cannot write"):
        write_pairs(made, tmp_path / "file", 1)


def test_a_judges_choices_become_shares_with_intervals(tmp_path: Path) -> None:
    key = [{"pair": n, "act": "ask" if n < 3 else "greet", "model": "b" if n % 2 else "a"} for n in range(1, 5)]
    (tmp_path / KEY).write_text("".join(json.dumps(row) + "\n" for row in key), encoding="utf-8")
    choices = tmp_path / "choices.jsonl"
    rows = [(1, "b"), (2, "a"), (3, "tie"), (4, "b")]
    choices.write_text("".join(json.dumps({"pair": n, "choice": c}) + "\n" for n, c in rows), encoding="utf-8")
    ask, greet, everything = preferences(tmp_path, choices)
    assert (ask.act, ask.n, ask.share) == ("ask", 2, 1.0)
    assert (greet.act, greet.share) == ("greet", 0.25)
    assert (everything.n, everything.share) == (4, 0.625)
    for wrong in ('{"pair": 9, "choice": "a"}', '{"pair": 1, "choice": "c"}', "[1]", "{"):
        choices.write_text(wrong, encoding="utf-8")
        with pytest.raises(PairsError, match=r"choices\.jsonl:1"):
            preferences(tmp_path, choices)
    with pytest.raises(PairsError, match="cannot read"):
        preferences(tmp_path / "nowhere", choices)


def test_wilsons_interval() -> None:
    """Against the worked values of Brown, Cai and DasGupta's formula, by hand for n = 10, 7 of them."""
    found = preference("ask", [1.0] * 7 + [0.0] * 3)
    assert (round(found.low, 3), round(found.high, 3)) == (0.397, 0.892)
    assert not found.preferred
    assert preference("ask", [1.0] * 40 + [0.0] * 10).preferred
    assert "the template" in str(preference("ask", [0.0] * 20))
    assert "undecided" in str(found)
