"""Whole simulations without weights: repeatable, without leaks, and seeing what goes wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.assistant import Assistant
from bot.conversations.bench import Talk
from bot.messages import Reply
from bot.response.cards import card
from bot.simulation import command
from bot.simulation.command import SYSTEMS, Request, grouped, newcomers_of, others, simulate
from bot.simulation.persona import History, Persona, Profile, Traits, draw_personas
from bot.simulation.simulate import TURNS, Exchange, Run, talk_with
from bot.simulation.systems import DENSE, FIXED, OURS, POPULARITY, Baseline, Heard, Newcomers
from bot.simulation.tables import Outcome, as_json, table
from bot.simulation.tastes import Taste, Tastes, ValuesOf
from bot.understanding.reading import Intent, Reading
from ranking.behaviour import Behaviour
from ranking.request import RankedItem
from retrieval.catalogue.interaction_rows import InteractionRow
from retrieval.catalogue.item import Catalogue

Rows = Sequence[InteractionRow]


def quiet(_: str) -> None:
    pass


@pytest.fixture(scope="module")
def shop_outcome(shop_assistant: Assistant, shop_rows: Rows) -> Outcome:
    return simulate(shop_assistant, shop_rows, Request(users=6, seed=1), "rules", quiet)


def untimed(value: Any) -> Any:
    """`value` without what stands under "ms"."""
    if isinstance(value, dict):
        return {key: untimed(part) for key, part in value.items() if key != "ms"}
    return [untimed(part) for part in value] if isinstance(value, list) else value


def test_the_same_seed_gives_the_same_bytes_but_for_timings(
    shop_assistant: Assistant, shop_rows: Rows, shop_outcome: Outcome
) -> None:
    again = simulate(shop_assistant, shop_rows, Request(users=6, seed=1), "rules", quiet)
    assert json.dumps(untimed(as_json(again))) == json.dumps(untimed(as_json(shop_outcome)))
    other = simulate(shop_assistant, shop_rows, Request(users=2, seed=2), "rules", quiet)
    assert untimed(as_json(other))["conversations"] != untimed(as_json(shop_outcome))["conversations"][:8]


def test_every_system_talks_with_the_same_people_who_open_with_the_same_words(shop_outcome: Outcome) -> None:
    runs = shop_outcome.runs
    assert list(runs) == [OURS, POPULARITY, DENSE, FIXED]
    for name in SYSTEMS:
        assert [run.persona for run in runs[name]] == [run.persona for run in runs[OURS]]
        assert [r.exchanges[0].said for r in runs[name]] == [r.exchanges[0].said for r in runs[OURS]]
        assert all(1 <= len(run.exchanges) <= TURNS and run.broken is None for run in runs[name])


def test_success_is_the_turn_whose_list_holds_the_hidden_item(shop_outcome: Outcome) -> None:
    found = 0
    for run in (run for runs in shop_outcome.runs.values() for run in runs):
        holding = [n for n, one in enumerate(run.exchanges, 1) if run.persona.target in one.items]
        assert run.success == (holding[0] if holding else None)
        assert (run.accepted is not None) == (run.success is not None)
        found += run.success is not None
    assert found


def test_baselines_are_what_they_are_called(shop: Catalogue, shop_outcome: Outcome) -> None:
    facets = [facet.name for facet in shop.schema.facets[:2]]
    for run in shop_outcome.runs[FIXED]:
        assert [one.asks for one in run.exchanges[:2]] == facets[: len(run.exchanges)]
    for run in shop_outcome.runs[POPULARITY]:
        shown = [item for one in run.exchanges for item in one.items]
        assert len(shown) == len(set(shown))
        assert not [one.asks for one in run.exchanges if one.asks]
    by_system = {one.system: one for one in shop_outcome.figures}
    assert by_system[DENSE].faults["violation"] > 0
    assert by_system[POPULARITY].faults["violation"] == by_system[FIXED].faults["violation"] == 0


def test_popularity_begins_with_what_most_people_dealt_with(shop_assistant: Assistant, shop_rows: Rows) -> None:
    newcomers, _ = newcomers_of(shop_assistant, shop_rows, (), 3)
    scores = newcomers.stages.picker.popularity
    run = talk_with(
        persona(shop_rows, shop_assistant, "vague"), POPULARITY, newcomers, ValuesOf(shop_assistant.catalogue)
    )
    best = sorted(scores, key=lambda item: (-scores[item], item))[:3]
    assert list(run.exchanges[0].items) == best


def persona(rows: Rows, assistant: Assistant, opening: str) -> Persona:
    """Somebody whose first message names nothing (`opening` "vague"), or else an example of theirs."""
    from bot.simulation.agenda import Agenda
    from bot.simulation.phrasings import sections

    values_of = ValuesOf(assistant.catalogue)
    for one in draw_personas(rows, assistant.catalogue, 100, 1):
        said = Agenda(one.profile, assistant.catalogue, values_of).opening()
        nouns = {"noun": assistant.catalogue.schema.item, "nouns": assistant.catalogue.schema.items_noun}
        vague = said in {phrasing.format(**nouns) for phrasing in sections()["vague"]}
        if vague == (opening == "vague"):
            return one
    raise AssertionError("nobody opens so")


def test_no_row_of_the_simulated_is_fitted(
    monkeypatch: pytest.MonkeyPatch, shop_assistant: Assistant, shop_rows: Rows
) -> None:
    fit, fitted = Behaviour.fit, []

    def watched(rows: Any, *rest: Any) -> Behaviour:
        fitted.append({row.user for row in rows})
        return fit(rows, *rest)

    def unsaid(persona: Persona, system: str, *_: Any) -> Run:
        return Run(persona, system, (Exchange("", "recommend", (), None, (), 1.0),))

    monkeypatch.setattr(command.Behaviour, "fit", watched)
    monkeypatch.setattr(command, "talk_with", unsaid)
    outcome = simulate(shop_assistant, shop_rows, Request(users=82, seed=1), "rules", quiet)
    groups = grouped([run.persona for run in outcome.runs[OURS]], 250)
    everyone = {row.user for row in shop_rows}
    assert len(fitted) == len(groups) == outcome.heading.groups == 2
    simulated = draw_personas(shop_rows, shop_assistant.catalogue, 82, 1)
    assert sorted(len(everyone - users) for users in fitted) == [41, 41]
    assert set().union(*(everyone - users for users in fitted)) == {one.user for one in simulated}


def test_groups_hold_everybody_once_and_a_fifth_of_the_people_at_most(shop: Catalogue, shop_rows: Rows) -> None:
    personas = draw_personas(shop_rows, shop, 82, 1)
    groups = grouped(personas, 250)
    assert sorted(p.user for group in groups for p in group) == sorted(p.user for p in personas)
    assert max(map(len, groups)) <= 50
    assert len(grouped(personas[:50], 250)) == 1
    kept = {row.user for row in others(shop_rows, groups[0])}
    assert kept.isdisjoint(p.user for p in groups[0])
    assert {p.user for p in groups[1]} <= kept


def test_it_works_on_another_catalogue(film_assistant: Assistant, film_rows: Rows) -> None:
    outcome = simulate(film_assistant, film_rows, Request(users=2, seed=1), "rules", quiet)
    assert {run.persona.user for run in outcome.runs[OURS]} <= {row.user for row in film_rows}
    assert all(run.broken is None for runs in outcome.runs.values() for run in runs)
    assert outcome.heading.catalogue == "films"


class Stubborn(Newcomers):
    """Answers everything with the same reply."""

    def __init__(self, assistant: Assistant, respond: Callable[[Heard], Reply]) -> None:
        super().__init__(assistant)
        object.__setattr__(self, "respond", respond)

    def open(self, system: str) -> Talk:
        return Baseline(self.stages, self.respond)  # type: ignore[attr-defined]


class Deaf:
    """A reader that understands nothing."""

    def read(self, *_: object, **__: object) -> Reading:
        return Reading(Intent.OTHER)


def stubborn(assistant: Assistant, rows: Rows, ids: Callable[[Persona], Sequence[str]], text: str) -> Run:
    someone = persona(rows, assistant, "vague")
    by_id = assistant.catalogue.by_id
    cards = tuple(card(by_id[i], RankedItem(i, 0.0, {}), "") for i in ids(someone))

    def respond(heard: Heard) -> Reply:
        return Reply(heard.reading, "recommend", cards, text)

    return talk_with(someone, "stubborn", Stubborn(assistant, respond), ValuesOf(assistant.catalogue))


@pytest.mark.parametrize(("deaf", "kind"), [(False, "repeat"), (True, "unheard")])
def test_what_the_user_said_to_know_may_not_come_back(
    shop_assistant: Assistant, shop_rows: Rows, deaf: bool, kind: str
) -> None:
    """Believed or not: what was understood and shown again is a repeat, what was not understood is unheard."""
    stages = shop_assistant.stages
    assistant = Assistant(replace(stages, reader=Deaf()), 10) if deaf else shop_assistant  # type: ignore[arg-type]
    run = stubborn(assistant, shop_rows, lambda someone: someone.profile.history.liked[:3], "")
    assert run.success is None
    assert len([fault for fault in run.faults if fault.kind == kind]) >= 2
    assert not [fault for one in run.exchanges[:1] for fault in one.faults]  # nothing was said of them yet


def test_what_was_to_be_left_out_and_is_not_is_unheard(shop_assistant: Assistant, shop_rows: Rows) -> None:
    someone = persona(shop_rows, shop_assistant, "vague")
    catalogue, color = shop_assistant.catalogue, "black"
    black = [item.id for item in catalogue.items if color in item.values("color") and item.id != someone.target][:2]
    cards = tuple(card(catalogue.by_id[i], RankedItem(i, 0.0, {}), "") for i in black)
    tastes = Tastes(aversions=(Taste("color", color, 0.5, 2.0),))
    newcomers = Stubborn(shop_assistant, lambda heard: Reply(heard.reading, "recommend", cards, ""))
    kinds = set()
    for seed in range(12):  # an aversion is not always named
        profile = Profile(History(()), tastes, Traits(patience=1), str(seed))
        run = talk_with(Persona("u", someone.target, profile), "stubborn", newcomers, ValuesOf(catalogue))
        said = color in run.exchanges[0].said
        kinds.add((said, tuple(fault.kind for fault in run.faults if fault.kind == "unheard")))
    assert kinds == {(True, ("unheard", "unheard")), (False, ())}


def test_a_statement_out_of_thin_air_is_ungrounded(shop_assistant: Assistant, shop_rows: Rows) -> None:
    unknown = [item.id for item in shop_assistant.catalogue.items]
    run = stubborn(
        shop_assistant,
        shop_rows,
        lambda someone: [i for i in unknown if i != someone.target][:1],
        "Try Zanzibar Quux, 1871.",
    )
    assert [fault.kind for fault in run.exchanges[0].faults] == ["ungrounded"]
    assert "Zanzibar" in run.exchanges[0].faults[0].detail


def test_the_table_and_the_file_tell_the_same(shop_outcome: Outcome) -> None:
    lines, told = table(shop_outcome).splitlines(), as_json(shop_outcome)
    assert 0 < told["ceiling"] <= 1
    assert f"had all they like and know been told: {told['ceiling']:.3f}" in "\n".join(lines)
    assert lines[0].startswith("shop: 6 simulated newcomers, seed 1, read by the rules")
    for one in shop_outcome.figures:
        line = next(line for line in lines if line.startswith(f"{one.system} ") and "/" not in line)
        assert f"{told['systems'][one.system]['success']:.3f}" in line
    assert len(told["conversations"]) == 4 * 6
    json.dumps(told, allow_nan=False)


def run_command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["chatalogue", "evaluate", "dialogue", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return int(stop.value.code or 0)


def test_a_catalogue_without_a_log_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], nobody: Path
) -> None:
    assert run_command(monkeypatch, "--catalogue", str(nobody)) == 2
    said = capsys.readouterr().err
    assert "no users can be simulated on the catalogue 'mugs': it has no interactions" in said
    assert "what to do:" in said
    assert "Traceback" not in said


def test_a_file_that_cannot_be_written_is_told_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shop_folder: Path, tmp_path: Path
) -> None:
    assert run_command(monkeypatch, "--catalogue", str(shop_folder), "--json", str(tmp_path / "no" / "x.json")) == 2
    assert "there is no folder" in capsys.readouterr().err


@pytest.mark.parametrize("broken", [False, True])
def test_the_command_ends_with_1_when_a_message_was_not_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, shop_folder: Path,
    shop_assistant: Assistant, broken: bool,
) -> None:  # fmt: skip
    from bot import wiring

    monkeypatch.setattr(wiring, "build_assistant", lambda *_: shop_assistant)
    monkeypatch.setattr(Assistant, "close", lambda _: None)
    if broken:
        monkeypatch.setattr("bot.assistant.decide", lambda *_: 1 / 0)
    out = tmp_path / "out.json"
    code = run_command(monkeypatch, "--catalogue", str(shop_folder), "--users", "2", "--json", str(out))
    assert code == int(broken)
    told = json.loads(out.read_text(encoding="utf-8"))
    assert told["systems"][OURS]["broken"] == (2 if broken else 0)
    assert ("was not answered" in capsys.readouterr().out) == broken
