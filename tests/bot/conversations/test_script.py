"""The format: what is read, and that every slip is an error with file and line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.conversations.expectations import Bounds
from bot.conversations.loading import Case
from bot.conversations.nodes import ScriptError
from bot.understanding.reading import Intent

Load = Callable[[str], tuple[Case, ...]]

HEAD = "conversations:\n- name: one\n  turns:\n"


def test_the_design_documents_example_is_read(script: Load) -> None:
    (case,) = script("""\
catalogue: films            # or a folder
conversations:
- name: dislike removes, undo restores
  turns:
  - user: something like Heat, no De Niro
    expect: {intent: recommend, slots: [[item, Heat, 1], [person, Robert De Niro, -1]],
      items: {count: 5, none: {person: Robert De Niro}, save: {first: 0}}}
  - action: {kind: dislike, item: $first}
    expect: {items: {none: {id: $first}}, state: {refused: [$first]}}
""")
    said, tapped = case.turns
    assert (case.name, case.reader, case.line) == ("dislike removes, undo restores", "model", 3)
    assert [place.line for place in case.places] == [5, 8]
    assert case.catalogue.name == "films"
    assert said.expect.intent == (Intent.RECOMMEND,)
    assert said.expect.slots == (("item", "Heat", 1), ("person", "Robert De Niro", -1))
    assert said.expect.items.count == Bounds(min=5, max=5)
    assert tapped.action is not None
    assert tapped.action.item == "$first"


def test_two_readers_make_two_cases(script: Load) -> None:
    cases = script("reader: [rules, model]\n" + HEAD + "  - user: hi\n")
    assert [(case.name, case.reader) for case in cases] == [("one[rules]", "rules"), ("one[model]", "model")]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("catalog: films\n" + HEAD + "  - user: hi\n", 1, "unknown key 'catalog' (did you mean 'catalogue'?)"),
        (
            HEAD + "  - user: hi\n    expect:\n      itmes: {count: 1}\n",
            6,
            "unknown key 'itmes' (did you mean 'items'?)",
        ),
        (HEAD + "  - user: hi\n    expect:\n      items: {count: many}\n", 6, "items.count"),
        (HEAD + "  - user: yes\n", 4, "turns.0.user"),
        (HEAD + "  - user: hi\n    new: true\n", 4, "exactly one of user, any_of, action"),
        (HEAD + "  - expect: {act: ask}\n", 4, "exactly one of user, any_of, action"),
        (HEAD + "  - user: hi\n    expect: {act: sing}\n", 5, "expect.act.0"),
        (HEAD + "  - user: hi\n    expect: {intent: sing}\n", 5, "expect.intent.0"),
        (HEAD + "  - user: hi\n    expect: {slots: [[item, Heat, 2]]}\n", 5, "slots.0.2"),
        (HEAD + "  - action: {kind: like}\n", 4, "name their item"),
        (HEAD + "  - action: {kind: undo, item: x}\n", 4, "name their item"),
        (HEAD + "  - user: hi\n    expect:\n      reply: {matches: '('}\n", 6, "no regular expression"),
        (HEAD + "  - user: hi\n  - action: {kind: like, item: $a}\n", 5, "no earlier turn saves $a"),
        (HEAD + "  - user: hi\n    user: ho\n", 5, "the key 'user' stands here a second time"),
        (HEAD + "  - user: hi\n- name: one\n  turns: [{user: ho}]\n", 5, "a second conversation is named 'one'"),
        ("catalogue: nowhere\n" + HEAD + "  - user: hi\n", 1, "there is no catalogue 'nowhere'"),
        ("reader: magic\n" + HEAD + "  - user: hi\n", 1, "reader.0"),
        ("conversations: []\n", 1, "there is nothing in it"),
        ("conversations:\n- name: one\n  turns: []\n", 3, "there is nothing in it"),
        (HEAD + "  - action: {kind: tap}\n", 4, "name their chip"),
        (HEAD + "  - action: {kind: tap, chip: '['}\n", 4, "no regular expression"),
        (HEAD + "  - user: hi\n    expect: {}\n", 5, "there is nothing in it"),
        (HEAD + "  - user: hi\n    expect: {items: {}}\n", 5, "there is nothing in it"),
        (HEAD + "  - user: hi\n    expect: {items: {all: {}}}\n", 5, "there is nothing in it"),
        (HEAD + "  - user: hi\n    expect: {items: {none: {kind: []}}}\n", 5, "there is nothing in it"),
        (HEAD + "  - user: hi\n    expect: {items: {count: {}}}\n", 5, "there is nothing in it"),
        (HEAD + "  - user: hi\n    expect: {items: {count: -1}}\n", 5, "count"),
        (HEAD + "  - user: hi\n    expect: {items: {save: {$a: 0}}}\n", 5, "save"),
        (HEAD + "  - user: hi\n    expect: {intent: []}\n", 5, "there is nothing in it"),
        (
            HEAD + "  - user: hi\n    expect: {items: {all: {kind: yes}}}\n",
            5,
            "none of the things that may stand here; it was true",
        ),
        (HEAD + "  - wait: 99999999 weeks\n", 4, "more than a century"),
        ("fixtures: {clock: 9999-12-31}\n" + HEAD + "  - user: hi\n", 1, "is not between"),
        ("catalogue: ''\n" + HEAD + "  - user: hi\n", 1, "catalogue"),
        ('conversations:\n- name: "a\\nb"\n  turns: [{user: hi}]\n', 2, "name"),
        ("conversations:\n- name: a\n  reader: model\n  turns: [{user: hi}]\n", 3, "unknown key 'reader'"),
        ("conversations:\n- name: a\n  budget_ms: 0\n  turns: [{user: hi}]\n", 3, "budget_ms"),
        (HEAD + "  - user: hi\n    expect:\n      events: [Sang]\n", 6, "no event 'Sang'"),
        (HEAD + "  - user: hi\n    expect:\n      events: [{event: Shown, itms: []}]\n", 6, "Shown has no 'itms'"),
        (HEAD + "  - user: hi\n    expect:\n      items: {count: {min: 3, max: 2}}\n", 6, "nothing is at least 3"),
        (HEAD + "  - wait: soon\n", 4, "no duration"),
        (HEAD + "  - wait: 2 h\n    expect: {act: ask}\n", 4, "nothing can be expected"),
        (HEAD + "  - restart: laptop\n", 4, "restart"),
        (HEAD + "  - action: {kind: undo}\n    model: greet\n", 4, "belongs to a message"),
        (HEAD + "  - any_of: []\n", 4, "there is nothing in it"),
        (HEAD + "  - fragment: opening\n", 4, "there is no fragment 'opening'"),
        ("fixtures: {clock: yesterday}\n" + HEAD + "  - user: hi\n", 1, "no date or time"),
        ("fixtures: {history: [{item: x, event: rating}]}\n" + HEAD + "  - user: hi\n", 1, "has its stars"),
        ("tags: [a b]\n" + HEAD + "  - user: hi\n", 1, "is no tag"),
        ("tags: skip\n" + HEAD + "  - user: hi\n", 1, "means something else to pytest"),
        ("include: nothing.yaml\n" + HEAD + "  - user: hi\n", 1, "there is no file 'nothing.yaml'"),
        ("include: x.conv.yaml\n" + HEAD + "  - user: hi\n", 1, "includes itself"),
        (HEAD + "  - user: hi\n    expect: {reply: {language: klingon}}\n", 5, "language"),
        (HEAD + "  - user: a ${b}\n  each: [{c: d}]\n", 4, "no row of `each` has a value for ${b}"),
        (HEAD + "  - user: [hi\n", 5, "expected"),
        ("- user: hi\n", 1, "a script is a mapping"),
        ("", 1, "a script is a mapping"),
    ],
)
def test_a_slip_is_an_error_with_file_and_line(script: Load, text: str, line: int, message: str) -> None:
    with pytest.raises(ScriptError) as caught:
        script(text)
    assert f"x.conv.yaml:{line}: " in str(caught.value)
    assert message in str(caught.value)


def test_every_slip_is_told_at_once_in_order(script: Load) -> None:
    with pytest.raises(ScriptError) as caught:
        script("catalog: films\n" + HEAD + "  - usr: hi\n")
    found = [line.split(": ", 2)[:2] for line in str(caught.value).splitlines()]
    assert found[0] == ["x.conv.yaml:1", "unknown key 'catalog' (did you mean 'catalogue'?)"]
    assert "x.conv.yaml:5" in [where for where, _ in found]
