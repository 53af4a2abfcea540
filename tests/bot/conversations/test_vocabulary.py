"""What a script says of its catalogue is compared with the catalogue before anything runs."""

from __future__ import annotations

import pytest

from bot.conversations.loading import load_cases
from bot.conversations.nodes import ScriptError
from bot.conversations.vocabulary import check_cases

HEAD = "catalogue: films\nconversations:\n- name: one\n  turns:\n  - user: hi\n    expect: "


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("{items: {all: {gnre: comedy}}}", "no facet 'gnre': did you mean 'genre'?"),
        ("{slots: [[persn, Al Pacino, 1]]}", "no slot 'persn': did you mean 'person'?"),
        ("{state: {constraints: [[item, Heat, 1]]}}", "no facet 'item'"),
        ("{state: {free: yeer}}", "no facet 'yeer': did you mean 'year'?"),
        ("{state: {liked: heat-1996}}", "no item 'heat-1996' in catalogue 'films': did you mean 'heat-1995'?"),
        ("{asks: colour}", "no facet 'colour'"),
        ("{events: [{event: ConstraintAdded, facet: gener}]}", "no facet 'gener': did you mean 'genre'?"),
        ("{items: {none: {person: Robert De Nero}}}", "no item has the person 'Robert De Nero', so this says nothing"),
        ("{items: {first: {title: Heet}}}", "did you mean 'heat'?"),
        ("{items: {none: {id: [heat-1995, heat-95]}}}", "no item 'heat-95'"),
        ("{items: {order: {by: genre}}}", "no number facet 'genre'"),
        ("{items: {order: [heat-95]}}", "no item 'heat-95'"),
        ("{items: {none: {genre: 5}}}", "genre is no number, and 5 no value of it"),
        ("{items: {none: {genre: [1, 2]}}}", "genre is no number, and 1 no value of it"),
        ("{items: {none: {year: [2010, 1990]}}}", "no item has the year from 2010 to 1990, so this says nothing"),
        ("{items: {none: {year: [2900, null]}}}", "so this says nothing: they go from"),
        ("{items: {all: {year: old}}}", "year is a number: write one, or [low, high]"),
        ("{items: {all: {year: [1990, 1991, 1992]}}}", "year is a number: write one, or [low, high]"),
        ("{items: {all: {year: [null, null]}}}", "year is a number: write one, or [low, high]"),
        ("{no_events: [{event: ConstraintAdded, facet: 5}]}", "no facet '5'"),
        ("{no_events: [{event: Reacted, item: heat-95}]}", "no item 'heat-95'"),
        ("{events: [{event: Shown, items: [heat-95]}]}", "no item 'heat-95'"),
        ("{items: {top: {k: 2, item: {genre: comdy}}}}", "did you mean 'comedy'?"),
    ],
)
def test_what_the_catalogue_does_not_have_is_refused(script: object, expect: str, told: str) -> None:
    with pytest.raises(ScriptError) as caught:
        check_cases(script(HEAD + expect + "\n"))  # type: ignore[operator]
    assert "x.conv.yaml:6: " in str(caught.value)
    assert told in str(caught.value)


def test_ids_in_taps_and_histories_are_checked(script: object) -> None:
    text = (
        HEAD
        + "{act: chat}\n  - action: {kind: like, item: heat-1}\n  fixtures: {history: [{item: jaws, event: like}]}\n"
    )
    with pytest.raises(ScriptError) as caught:
        check_cases(script(text))  # type: ignore[operator]
    assert "x.conv.yaml:8: no item 'jaws'" in str(caught.value)
    assert "x.conv.yaml:7: no item 'heat-1'" in str(caught.value)


def test_what_it_has_is_let_through(script: object) -> None:
    expect = (
        "{slots: [[item, whatever, 1], [about, cosy, 1], [genre, unknown, -1], [year, [1990, null], 1]], asks: genre, "
        "items: {all: {genre: COMEDY, year: [1900, 2100]}, first: {title: Heat}, order: {by: year}, save: {x: 0}}, "
        "state: {liked: [heat-1995], constraints: [[person, Nobody, 1]]}}"
    )
    check_cases(script(HEAD + expect + "\n  - action: {kind: like, item: $x}\n"))  # type: ignore[operator]


def test_our_own_scripts_are_in_order(request: pytest.FixtureRequest) -> None:
    scripts = sorted((request.config.rootpath / "tests" / "conversations").glob("*.conv.yaml"))
    assert scripts
    for path in scripts:
        check_cases(load_cases(path))
