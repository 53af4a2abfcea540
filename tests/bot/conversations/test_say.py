"""Conversations in Python tests: what is said, tapped, looked at and expected; and the fixture `bot`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.conversations import Conversation
from bot.conversations.bench import Bench
from bot.conversations.benches import Benches
from bot.conversations.nodes import ScriptError
from bot.conversations.say import NotAsExpected


@pytest.fixture
def rules(tmp_path: Path, shop_folder: Path) -> Iterator[Bench]:
    benches = Benches(tmp_path, lambda _: None)
    yield benches.at(shop_folder, None)
    benches.close()


def test_what_comes_of_a_message_can_be_looked_at(rules: Bench) -> None:
    turn = Conversation(rules).say("black boots under $150")
    assert (turn.intent, turn.act) == ("recommend", "recommend")
    assert ("price", (None, 150), 1) in turn.slots
    assert turn.items
    assert all("black" in item["color"] and item["price"] <= 150 for item in turn.items)
    assert turn.items[0].title in repr(turn.items[0])
    assert turn.chips
    assert turn.text
    assert {c.facet for c in turn.state.constraints} == {"color", "category", "price"}
    assert any(type(event).__name__ == "Shown" for event in turn.events)
    turn.expect(items={"all": {"color": "black"}}, state={"constraints": [["color", "black", 1]]})


def test_what_is_not_as_expected_is_told_with_both_sides(rules: Bench) -> None:
    turn = Conversation(rules).say("black boots")
    with pytest.raises(NotAsExpected) as caught:
        turn.expect(intent="greet", items={"none": {"color": "black"}})
    assert "expected: greet" in str(caught.value)
    assert "items: none" in str(caught.value)
    assert turn.items[0].title in str(caught.value)


@pytest.mark.parametrize(
    ("expectation", "told"),
    [
        ({"itmes": {"count": 1}}, "itmes"),
        ({"items": {"count": "few"}}, "items.count"),
        ({"items": {"all": {"colour": "red"}}}, "no facet 'colour': did you mean 'color'?"),
    ],
)
def test_an_expectation_that_cannot_be_is_an_error(rules: Bench, expectation: dict[str, object], told: str) -> None:
    with pytest.raises(ScriptError) as caught:
        Conversation(rules).say("boots").expect(**expectation)
    assert told in str(caught.value)


def test_taps_and_what_outlives_them(rules: Bench) -> None:
    talk = Conversation(rules, "ann", history=[{"item": "x", "event": "click"}])
    first = talk.say("boots").items[0]
    assert first.id in talk.tap("dislike", first).state.disliked
    assert first.id not in talk.tap("undo").state.disliked
    assert talk.remove("category=boots").state.constraints == ()
    talk.wait(60.0)
    assert talk.new().act == "confirm"


def test_something_else_named_bot_is_told() -> None:
    with pytest.raises(ScriptError, match="42 is not the `bot` of the pytest plugin"):
        Conversation(42)  # type: ignore[arg-type]


def test_a_broken_law_is_told_at_once(rules: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    import bot.picking

    monkeypatch.setattr(bot.picking, "hard_filter", lambda *_: None)
    with pytest.raises(NotAsExpected, match="hard constraint on category"):
        Conversation(rules).say("boots under $40")


def test_the_fixture_bot_holds_conversations(pytester: pytest.Pytester, shop_folder: Path) -> None:
    pytester.makeini(f"[pytest]\nconv_catalogue = {shop_folder}\n")
    pytester.makepyfile("""
        import pytest
        from bot.conversations import Conversation

        def test_boots(bot):
            assert Conversation(bot).say("black boots").intent == "recommend"

        @pytest.mark.conversation(catalogue="films")
        def test_films(bot):
            assert bot.catalogue.schema.name == "films"

        def test_without():
            pass
    """)
    result = pytester.runpytest_inprocess("--conv-llm", "scripted", "--strict-markers")
    result.assert_outcomes(passed=3)
    pytester.runpytest_inprocess("-m", "model", "--collect-only", "-q").stdout.fnmatch_lines(
        ["*::test_boots", "*::test_films", "*2/3 tests collected*"]
    )
