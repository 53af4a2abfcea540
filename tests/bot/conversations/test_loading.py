"""From a file to cases: wordings, rows, fragments, includes, defaults and fixtures; and where their errors are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.conversations.expectations import Bounds
from bot.conversations.loading import Case, load_cases
from bot.conversations.nodes import ScriptError
from bot.conversations.script import CLOCK

Load = Callable[[str], tuple[Case, ...]]

HEAD = "conversations:\n- name: one\n  turns:\n"


def test_any_of_makes_a_run_of_every_wording(script: Load) -> None:
    cases = script(HEAD + "  - any_of: [hi, hello, hey]\n  - user: a toy\n  - any_of: [bye, ciao]\n")
    assert [case.name for case in cases] == ["one[1]", "one[2]", "one[3]"]
    assert [[turn.user for turn in case.turns] for case in cases] == [
        ["hi", "a toy", "bye"],
        ["hello", "a toy", "ciao"],
        ["hey", "a toy", "bye"],
    ]


def test_a_row_is_filled_in_and_keeps_its_types(script: Load) -> None:
    cases = script(
        "reader: [rules, model]\nconversations:\n- name: one\n  each: [{what: plush, n: 2}, {what: sport, n: 3}]\n"
        "  turns:\n  - user: '${n} ${what} toys, not ${ this }'\n    expect:\n"
        "      items: {count: '${n}', all: {kind: '${what}'}}\n"
    )
    assert [case.name for case in cases] == [
        "one[plush-2-rules]",
        "one[plush-2-model]",
        "one[sport-3-rules]",
        "one[sport-3-model]",
    ]
    assert cases[2].turns[0].user == "3 sport toys, not ${ this }"
    assert cases[2].turns[0].expect.items.count == Bounds(min=3, max=3)
    assert cases[2].turns[0].expect.items.all == {"kind": "sport"}


def test_a_row_in_the_name_needs_no_suffix(script: Load) -> None:
    cases = script("conversations:\n- name: '${a} toys'\n  each: [{a: red}, {a: blue}]\n  turns: [{user: '${a}'}]\n")
    assert [case.name for case in cases] == ["red toys", "blue toys"]


def test_a_placeholder_that_nothing_fills_is_refused_unless_it_is_meant(script: Load) -> None:
    with pytest.raises(ScriptError, match=r"x\.conv\.yaml:4: no row of `each` has a value for \$\{jndi\}"):
        script(HEAD + "  - user: '${jndi} is hostile'\n")
    (case,) = script(HEAD + "  - user: '$${jndi} is hostile'\n")
    assert case.turns[0].user == "${jndi} is hostile"


def test_anchors_and_merge_keys_are_unfolded(script: Load) -> None:
    (case,) = script(
        HEAD
        + "  - user: hi\n    expect: &calm {act: chat, reply: {max_words: 9}}\n"
        + "  - user: ho\n    expect:\n      <<: *calm\n      act: close\n"
    )
    assert case.turns[1].expect.act == ("close",)
    assert case.turns[1].expect.reply.max_words == 9


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("conversations: &a [*a]\n", "holds itself"),
        ("conversations: " + "[" * 3000 + "]" * 3000 + "\n", "nested too deeply"),
        (
            "a: &a [x, x, x, x, x, x, x, x]\n"
            + "".join(f"{c}: &{c} [{', '.join([f'*{p}'] * 8)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
            "more than 50,000 values",
        ),
        (HEAD + "  - user: 'a\0b'\n", "this is no YAML"),
        (
            "fragments:\n  f0: [{user: x}]\n"
            + "".join(f"  f{i}: [{', '.join([f'{{fragment: f{i - 1}}}'] * 10)}]\n" for i in range(1, 9))
            + HEAD
            + "  - fragment: f8\n",
            "more than 1000 turns",
        ),
    ],
)
def test_a_file_that_would_never_end_is_refused(script: Load, text: str, told: str) -> None:
    with pytest.raises(ScriptError, match=told):
        script(text)


def test_a_wrong_type_in_a_row_is_told_where_it_is_used(script: Load) -> None:
    with pytest.raises(ScriptError, match=r"x\.conv\.yaml:7: .*items\.count"):
        script(
            "conversations:\n- name: one\n  each: [{n: many}]\n  turns:\n  - user: hi\n"
            "    expect:\n      items: {count: '${n}'}\n"
        )


def test_fragments_take_their_place_with_their_own_lines(script: Load) -> None:
    (case,) = script(
        "fragments:\n  opening:\n  - user: hi\n  - fragment: more\n  more:\n  - user: a toy\n"
        + HEAD
        + "  - user: first\n  - fragment: opening\n  - user: last\n"
    )
    assert [turn.user for turn in case.turns] == ["first", "hi", "a toy", "last"]
    assert [place.line for place in case.places] == [10, 3, 6, 12]


def test_a_fragment_that_holds_itself_is_refused(script: Load) -> None:
    with pytest.raises(ScriptError, match=r"x\.conv\.yaml:3: the fragment 'a' holds itself"):
        script("fragments:\n  a:\n  - fragment: a\n" + HEAD + "  - fragment: a\n")


def test_a_slip_in_a_fragment_is_told_once_where_it_stands(script: Load) -> None:
    text = "fragments:\n  a:\n  - usr: hi\n" + HEAD + "  - fragment: a\n- name: two\n  turns: [{fragment: a}]\n"
    with pytest.raises(ScriptError) as caught:
        script(text)
    assert str(caught.value).count("x.conv.yaml:3: unknown key 'usr'") == 1


def test_defaults_hold_where_a_turn_says_nothing_else(script: Load) -> None:
    (case,) = script(
        "defaults: {budget_ms: 900, expect: {act: chat, reply: {max_words: 60, not_matches: '!'}}}\n"
        + HEAD
        + "  - user: hi\n    expect: {reply: {max_words: 90}}\n  - wait: 5\n"
    )
    hi, wait = case.turns
    assert (hi.expect.act, hi.expect.reply.max_words, hi.expect.reply.not_matches) == (("chat",), 90, "!")
    assert not wait.expect.act
    assert case.budget_ms == 900


def test_bounds_are_replaced_whole(script: Load) -> None:
    (case,) = script(
        "defaults: {expect: {items: {count: {min: 4}}}}\n"
        + HEAD
        + "  - user: hi\n    expect: {items: {count: {max: 3}}}\n"
    )
    assert case.turns[0].expect.items.count == Bounds(min=0, max=3)


def test_a_conversation_has_its_own_fixtures_and_budget(script: Load) -> None:
    (case,) = script(
        "fixtures: {seed: 3, clock: 2026-03-01}\nconversations:\n- name: one\n  budget_ms: 50\n  user: ann\n"
        "  fixtures: {history: [{item: x, event: like, ago: 3 days}, {item: y, event: rating, stars: 4.5}]}\n"
        "  turns: [{user: hi}]\n"
    )
    assert (case.fixtures.seed, case.user, case.budget_ms) == (3, "ann", 50)
    assert case.fixtures.clock == 1772323200.0
    assert [(e.item, e.event, e.ago, e.stars) for e in case.fixtures.history] == [
        ("x", "like", 259_200.0, None),
        ("y", "rating", 86_400.0, 4.5),
    ]


def test_what_is_not_said_stands_still(script: Load) -> None:
    (case,) = script(HEAD + "  - user: hi\n")
    assert (case.fixtures.clock, case.fixtures.seed, case.budget_ms, case.tags) == (CLOCK, 0, None, ())


def test_tags_add_up(script: Load) -> None:
    (case,) = script("tags: smoke\nconversations:\n- name: one\n  tags: [slow, smoke]\n  turns: [{user: hi}]\n")
    assert case.tags == ("smoke", "slow")


def test_an_included_file_gives_fragments_fixtures_and_defaults(tmp_path: Path) -> None:
    (tmp_path / "deep.yaml").write_text("fixtures: {seed: 1, clock: 2026-02-02}\nfragments: {hi: [{user: hi}]}\n")
    (tmp_path / "shared.yaml").write_text(
        "include: deep.yaml\nfixtures: {seed: 2}\ndefaults: {budget_ms: 7}\nfragments: {bye: [{user: bye}]}\n"
    )
    path = tmp_path / "x.conv.yaml"
    path.write_text(
        "include: shared.yaml\nfragments: {bye: [{user: ciao}]}\n" + HEAD + "  - fragment: hi\n  - fragment: bye\n"
    )
    (case,) = load_cases(path)
    assert [turn.user for turn in case.turns] == ["hi", "ciao"]
    assert [str(place) for place in case.places] == ["deep.yaml:2", "x.conv.yaml:2"]
    assert (case.fixtures.seed, case.budget_ms) == (2, 7)
    assert case.fixtures.clock == 1769990400.0


def test_a_slip_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "shared.yaml").write_text("default: {budget_ms: 7}\n")
    path = tmp_path / "x.conv.yaml"
    path.write_text("include: shared.yaml\n" + HEAD + "  - user: hi\n")
    with pytest.raises(ScriptError, match=r"shared\.yaml:1: unknown key 'default' \(did you mean 'defaults'\?\)"):
        load_cases(path)


def test_a_file_of_fragments_alone_has_no_cases(script: Load) -> None:
    assert script("fragments: {hi: [{user: hi}]}\n") == ()
