"""The runner: every kind of expectation and every law is seen to hold, and to fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.conversations.benches import Benches
from bot.conversations.loading import Case, load_cases
from bot.conversations.nodes import ScriptError
from bot.conversations.runner import Transcript, run
from bot.conversations.script import SUFFIX
from bot.dialogue.events import ConstraintAdded, DirectionSet, NeedAdded, Reacted, StepBegan
from bot.dialogue.state import DialogueState
from bot.messages import Belief, Chip, ItemCard, RemoveConstraint, Reply, TurnEvent, UserAction, UserText
from bot.understanding.reading import Intent, Reading, Slot
from retrieval.catalogue.item import Catalogue

Go = Callable[..., Transcript]

READING = Reading(Intent.RECOMMEND, (Slot("kind", "plush", 1), Slot("price", (None, 10.0), 1)))
REPLY = Reply(
    READING,
    "recommend",
    (),
    "Here are two soft toys for you.",
    (Chip("Cheaper", "cheaper"),),
    (Belief("kind=plush", "plush", True, 1),),
    {"understand": 20.0, "total": 40.0},
    asks="price",
)


@pytest.fixture
def go(script: Any, talk: Any, bench: Any) -> Go:
    def run_it(turns: str, *answers: Any, **talk_has: Any) -> Transcript:
        case: Case = script("reader: rules\nconversations:\n- name: one\n  turns:\n" + turns)[0]
        conversation = talk(*answers)
        for name, value in talk_has.items():
            setattr(conversation, name, value)
        stand = bench(conversation)
        transcript = run(case, stand)
        transcript.__dict__["talk"] = conversation
        transcript.__dict__["asked"] = stand.asked
        return transcript

    return run_it


ANSWERS = {
    "items": ("cat", "dog"),
    "events": (StepBegan(1), ConstraintAdded("kind", "plush", 1, True), NeedAdded("for a baby", 1)),
    "reply": REPLY,
}


def wrong(transcript: Transcript) -> list[str]:
    return [mismatch.what for mismatch in transcript.turns[-1].wrong]


@pytest.mark.parametrize(
    "expect",
    [
        "intent: [ask, recommend]",
        "slots: [[kind, Plush, 1]]",
        "slots: [[kind, plush, 1], [price, [null, 10], 1]], slots_exact: true",
        "items: {count: 2, all: {kind: plush}, none: {kind: [sport]}, some: {price: [5, 8]}, first: {id: cat}}",
        "items: {count: {min: 1}}",
        "state: {constraints: [[kind, plush, 1]], constraints_exact: true, free: price, liked: []}",
        "act: recommend, asks: price, reply: {max_words: 7, min_words: 7, matches: soft, not_matches: hard}",
        "reply: {grounded: true, language: en}",
        "asks: true, chips: {count: 1, matches: cheap, not_matches: dear}",
        "items: {top: {k: 1, item: {id: cat}}, order: {by: price}}",
        "items: {top: [{k: 2, item: {id: dog}}], order: [cat, dog]}",
        "items: {order: {by: price, direction: descending}}",
        "state: {hard: kind, needs: For a baby}",
        "events: [StepBegan, {event: ConstraintAdded, facet: kind, value: Plush, polarity: 1}], no_events: Undone",
        "trace: {requests: 1, model_calls: {max: 9}, source: rules, ms: {understand: 20, total: {max: 40}}}",
    ],
)
def test_what_is_as_expected_passes(go: Go, make: Any, expect: str) -> None:
    assert not go(f"  - user: hi\n    expect: {{{expect}}}\n", make(**ANSWERS)).failed


@pytest.mark.parametrize(
    ("expect", "what"),
    [
        ("intent: greet", "intent"),
        ("slots: [[kind, plush, -1]]", "slots"),
        ("slots: [[kind, plush, 1]], slots_exact: true", "slots (exactly)"),
        ("items: {count: 3}", "items: count"),
        ("items: {count: {max: 1}}", "items: count"),
        ("items: {all: {price: [null, 8]}}", "items: all"),
        ("items: {none: {id: [bat, dog]}}", "items: none"),
        ("items: {some: {price: 6}}", "items: some"),
        ("items: {first: {id: dog}}", "items: first"),
        ("items: {save: {x: 2}}", "items: save"),
        ("state: {liked: [cat]}", "state: liked"),
        ("state: {constraints: [[kind, sport, 1]]}", "constraints"),
        ("state: {constraints_exact: true}", "constraints (exactly)"),
        ("state: {free: kind}", "state: free"),
        ("act: [ask, close]", "act"),
        ("asks: false", "asks"),
        ("asks: kind", "asks"),
        ("reply: {max_words: 6}", "reply: max_words"),
        ("reply: {min_words: 8}", "reply: min_words"),
        ("reply: {grounded: false}", "reply: grounded"),
        ("reply: {language: es}", "reply: language"),
        ("items: {top: {k: 1, item: {id: dog}}}", "items: top 1"),
        ("items: {order: [dog, cat]}", "items: order"),
        ("items: {order: [cat, ball]}", "items: order"),
        ("state: {soft: kind}", "state: soft"),
        ("state: {hard: price}", "state: hard"),
        ("state: {needs: for a dog}", "state: needs"),
        ("events: [{event: ConstraintAdded, facet: price}]", "events"),
        ("events: [ConstraintAdded, StepBegan]", "events"),
        ("no_events: {event: ConstraintAdded, facet: kind}", "no_events"),
        ("trace: {requests: 0}", "trace: requests"),
        ("trace: {model_calls: {max: 8}}", "trace: model_calls"),
        ("trace: {source: model}", "trace: source"),
        ("trace: {ms: {total: 39}}", "trace: ms.total"),
        ("trace: {ms: {cards: 39}}", "trace: ms.cards"),
        ("chips: {not_matches: cheap}", "chips: not_matches"),
        ("reply: {matches: hard}", "reply: matches"),
        ("reply: {not_matches: SOFT}", "reply: not_matches"),
        ("chips: {count: 2}", "chips: count"),
        ("chips: {matches: dear}", "chips: matches"),
    ],
)
def test_what_is_not_as_expected_is_told(go: Go, make: Any, expect: str, what: str) -> None:
    transcript = go(f"  - user: hi\n    expect: {{{expect}}}\n", make(**ANSWERS))
    assert wrong(transcript) == [what]
    assert "x.conv.yaml:5" in str(transcript)
    assert "expected:" in str(transcript)


def test_saved_names_stand_for_items_later(go: Go, make: Any) -> None:
    transcript = go(
        "  - user: hi\n    expect: {items: {save: {top: 0, them: all}}}\n"
        "  - action: {kind: dislike, item: $top}\n    expect: {items: {none: {id: $them}}, state: {refused: $top}}\n",
        make(items=("cat", "dog")),
        make(items=("ball",), events=(StepBegan(1), Reacted("cat", "dislike"))),
    )
    assert not transcript.failed, str(transcript)
    assert transcript.__dict__["talk"].steps == [UserText("hi"), UserAction("dislike", "cat")]


def test_it_stops_after_the_first_failing_turn(go: Go, make: Any) -> None:
    transcript = go("  - user: hi\n    expect: {act: close}\n  - user: ho\n", make(items=("cat",)))
    assert [turn.said for turn in transcript.turns] == ["hi"]


def test_chips_of_the_last_answer_are_tapped(go: Go, make: Any) -> None:
    transcript = go(
        "  - user: hi\n  - action: {kind: tap, chip: ^cheap}\n  - action: {kind: remove, chip: plush}\n",
        *(make(items=("cat", "dog"), reply=REPLY) for _ in range(3)),
    )
    assert not transcript.failed, str(transcript)
    assert transcript.__dict__["talk"].steps[1:] == [UserText("cheaper"), RemoveConstraint("kind=plush")]


@pytest.mark.parametrize("action", ["{kind: tap, chip: dear}", "{kind: remove, chip: cheap}"])
def test_a_chip_that_is_not_there_is_told(go: Go, make: Any, action: str) -> None:
    transcript = go(f"  - user: hi\n  - action: {action}\n", make(**ANSWERS))
    assert wrong(transcript) == [transcript.turns[-1].said]
    assert len(transcript.__dict__["talk"].steps) == 1


def test_an_expression_that_takes_for_ever_fails(go: Go, make: Any) -> None:
    endless = "^(?:(?:[a-z ]{1,3}){1,30}){1,30}(?<=q)[.]$"
    transcript = go(f"  - user: hi\n    expect: {{reply: {{not_matches: '{endless}'}}}}\n", make(**ANSWERS))
    assert wrong(transcript) == ["reply: not_matches"]
    assert "it took longer" in str(transcript)


def test_several_saved_items_are_no_item(go: Go, make: Any) -> None:
    turns = "  - user: hi\n    expect: {items: {save: {l: all}}}\n  - action: {kind: like, item: $l}\n"
    assert wrong(go(turns, make(items=("cat", "dog")))) == ["like $l"]
    assert not go(turns, make(items=("cat",)), make()).failed
    assert wrong(go(turns, make())) == ["items: save"]


def test_time_passes_and_the_server_restarts(go: Go, make: Any) -> None:
    transcript = go(
        "  - user: hi\n    model: greet\n  - wait: 2 h\n  - restart: server\n  - user: ho\n", make(), make()
    )
    asked = transcript.__dict__["asked"]
    assert [call[0] for call in asked] == ["begin", "expecting", "wait", "again", "expecting"]
    assert asked[1] == ("expecting", 1, "hi", "greet")
    assert asked[2] == ("wait", 7200.0)
    assert asked[4] == ("expecting", 4, "ho", None)


def test_a_turn_over_budget_fails(go: Go, make: Any) -> None:
    turns = "  - user: hi\n  budget_ms: {}\n"
    assert not go(turns.format(40), make(**ANSWERS)).failed
    assert wrong(go(turns.format(39), make(**ANSWERS))) == ["budget_ms"]
    assert wrong(go(turns.format(39), make())) == ["budget_ms"]  # not timed


def _hard(value: Any, polarity: int = 1, facet: str = "kind") -> tuple[Any, ...]:
    return StepBegan(1), ConstraintAdded(facet, value, polarity, True)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"items": ("ball",), "events": _hard("plush")}, "hard constraint on kind"),
        ({"items": ("cat",), "events": _hard("plush", -1)}, "hard constraint on kind"),
        ({"items": ("bat",), "events": _hard((None, 8.0), facet="price")}, "hard constraint on price"),
        ({"items": ("dog",), "events": _hard((None, 8.0), facet="price")}, "hard constraint on price"),
        ({"items": ("cat",), "events": (StepBegan(1), Reacted("cat", "seen"))}, "items"),
        ({"items": ("cat", "cat")}, "items"),
        ({"reply": Reply(None, "recommend", (ItemCard("eel", "Eel", 0, "", {}),), "so")}, "items"),
        ({"reply": Reply(None, "describe", (ItemCard("cat", "Cats", 0, "", {}),), "so")}, "title on the card of cat"),
        (
            {"reply": Reply(None, "chat", (ItemCard("cat", "Cat", 0, "", {"price": 1.0}),), "so")},
            "price on the card of cat",
        ),
        ({"reply": Reply(None, "chat", (), " ")}, "reply"),
        ({"reply": Reply(None, "chat", (), "Try the Zebra, it is lovely.")}, "reply"),
        ({"items": ("cat",), "reply": Reply(None, "recommend", (), "Cat costs 8.")}, "reply"),
        ({"reply": Reply(None, "recommend", (), "3 are left without it."), "events": _hard("plush")}, "reply"),
        ({"items": ("bat",), "events": (StepBegan(1), DirectionSet("price", False, 9.0))}, "relative wish on price"),
        ({"items": ("ball",), "events": (StepBegan(1), DirectionSet("price", True, 5.0))}, "relative wish on price"),
        ({"crossed": (TurnEvent("error", {"message": "oh", "hint": ""}),)}, "the turn"),
    ],
)
def test_laws_are_kept_without_being_asked(go: Go, make: Any, answer: dict[str, Any], what: str) -> None:
    assert what in wrong(go("  - user: hi\n", make(**answer)))


def test_a_refused_item_may_be_talked_about(go: Go, make: Any) -> None:
    described = make(
        items=("cat",), events=(StepBegan(1), Reacted("cat", "dislike")), reply=Reply(None, "describe", (), "A cat.")
    )
    assert not go("  - user: what is it?\n", described).failed


def test_what_is_grounded_is_let_through(go: Go, make: Any) -> None:
    told = make(items=("cat",), reply=Reply(None, "recommend", (), "Cat costs 7."))
    counted = make(reply=Reply(None, "recommend", (), "4 are left without it."), events=_hard("plush"))
    bound = make(items=("ball", "dog"), events=(StepBegan(1), DirectionSet("price", False, 9.0)))
    for answer in (told, counted, bound):
        assert not go("  - user: hi\n", answer).failed


def test_several_values_of_a_facet_are_alternatives(go: Go, make: Any) -> None:
    assert not go("  - user: hi\n", make(items=("cat", "bat"), events=(*_hard("plush"), *_hard("sport")[1:]))).failed


def test_words_before_cards_break_a_law(go: Go, make: Any) -> None:
    crossed = (
        TurnEvent("delta", {}),
        TurnEvent("items", {}),
        TurnEvent("done", {"reply": Reply(None, "chat", (), "Hello.")}),
    )
    assert wrong(go("  - user: hi\n", make(crossed=crossed))) == ["events of the turn"]


def test_a_state_that_no_replay_gives_breaks_a_law(go: Go, make: Any) -> None:
    assert wrong(go("  - user: hi\n", make(items=("cat",)), lie=DialogueState(turn=7))) == ["state"]


def test_suffix() -> None:
    from bot.conversations import pytest_plugin

    assert pytest_plugin.SUFFIX == SUFFIX


def test_hints_are_told_between_turns_and_are_no_turn(shop: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "hints.conv.yaml"
    path.write_text(
        f"catalogue: {shop.schema.folder}\nreader: rules\nconversations:\n- name: on a page\n  turns:\n"
        "  - hints: {page: {facets: {color: red, price: [null, 200]}}, age_band: {facets: {material: [wool]}}}\n"
        "  - user: a jacket\n    expect: {reply: {matches: 'red, as on this page'}}\n"
        "  - hints: {}\n"
        "  - user: something else\n    expect: {reply: {not_matches: 'as on this page'}}\n",
        encoding="utf-8",
    )
    benches = Benches(tmp_path / "data", print)
    (case,) = load_cases(path)
    transcript = run(case, benches.of(case))
    assert not transcript.failed, str(transcript)
    assert [turn.reply is None for turn in transcript.turns] == [True, False, True, False]
    path.write_text(path.read_text("utf-8").replace("color: red", "color: plaid"), encoding="utf-8")
    (case,) = load_cases(path)
    with pytest.raises(ScriptError, match="'color' has no value 'plaid'"):
        run(case, benches.of(case))
    path.write_text(path.read_text("utf-8").replace("age_band", "age"), encoding="utf-8")
    with pytest.raises(ScriptError, match=r"hints\.age"):
        load_cases(path)
