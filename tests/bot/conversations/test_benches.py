"""Benches with the real assistant, without weights: visitors, clocks, restarts, and a server over HTTP."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

from bot.conversations.bench import Effort, Visit
from bot.conversations.benches import Benches, Lane, LocalBench
from bot.conversations.collection import cases_of
from bot.conversations.loading import Case
from bot.conversations.nodes import ScriptError
from bot.conversations.repeats import Repeated
from bot.conversations.report import Report
from bot.conversations.script import HistoryEntry
from bot.llm.port import Completion
from bot.llm.recording import RecordingError, Recordings
from bot.llm.scripted import ScriptedModel
from bot.messages import UserAction, UserText
from bot.wiring import scratch_assistant
from bot.world import World
from retrieval.catalogue.item import Catalogue

CLOCK = 1_768_478_400.0
DAY = 86_400.0


@pytest.fixture
def benches(tmp_path: Path) -> Iterator[Benches]:
    made = Benches(tmp_path / "data", lambda _: None)
    yield made
    made.close()


@pytest.fixture
def local(benches: Benches, shop_folder: Path) -> LocalBench:
    bench = benches.at(shop_folder, None)
    assert isinstance(bench, LocalBench)
    return bench


def visit(*history: HistoryEntry, user: str | None = "ann", seed: int = 0) -> Visit:
    return Visit(user, history, CLOCK, seed)


def rows(bench: LocalBench) -> list[tuple[str, str, float]]:
    return [(row.item, row.event, row.timestamp) for row in bench.assistant.stages.memory.store.of_user("ann")]


def test_a_visitor_comes_with_the_history_given_and_nothing_else(local: LocalBench) -> None:
    item = local.catalogue.items[0].id
    talk = local.begin(
        visit(HistoryEntry(item=item, event="like", ago=DAY), HistoryEntry(item=item, event="click", ago=2 * DAY))
    )
    assert rows(local) == [(item, "click", CLOCK - 2 * DAY), (item, "like", CLOCK - DAY)]
    list(talk.turn(UserAction("dislike", local.catalogue.items[1].id)))
    local.begin(visit())
    assert rows(local) == []


def test_time_stands_still_until_told(local: LocalBench) -> None:
    talk = local.begin(visit())
    one, two = local.catalogue.items[:2]
    list(talk.turn(UserAction("like", one.id)))
    local.wait(3600.0)
    list(talk.turn(UserAction("like", two.id)))
    assert [(item, at) for item, event, at in rows(local) if event == "like"] == [
        (one.id, CLOCK),
        (two.id, CLOCK + 3600),
    ]


def test_ids_come_out_of_the_seed(local: LocalBench) -> None:
    def lists(seed: int) -> list[str]:
        list(local.begin(visit(seed=seed)).turn(UserText("boots")))
        stored = local.assistant.stages.memory.store.of_user("ann")
        return [str(row.context["list"]) for row in stored if row.event == "impression"]

    assert lists(1) == lists(1) != lists(2)
    assert lists(1)


def test_after_a_restart_only_what_is_stored_is_known(local: LocalBench) -> None:
    talk = local.begin(visit())
    item = local.catalogue.items[0].id
    list(talk.turn(UserText("black boots")))
    list(talk.turn(UserAction("dislike", item)))
    before = local.assistant
    again = local.again(visit())
    assert local.assistant is not before
    assert again.state.constraints == ()
    assert item in local.assistant.stages.memory.store.session("ann").disliked


SCRIPT = """\
catalogue: {shop}
conversations:
- name: boots
  turns:
  - user: black boots
    model: |-
      recommend
      +color black
      +category boots
    expect: {{slots: [[color, black, 1], [category, boots, 1]], trace: {{source: model, requests: 1}}}}
  - user: hello
    expect: {{intent: greet, trace: {{source: rules, requests: 1}}}}
  - user: "..."
    expect: {{trace: {{requests: 0}}}}
"""


@pytest.fixture
def case(tmp_path: Path, shop_folder: Path) -> Callable[[Lane], Case]:
    path = tmp_path / "boots.conv.yaml"
    path.write_text(SCRIPT.format(shop=shop_folder), encoding="utf-8")
    return lambda lane: cases_of(path, lane)[0]


def test_a_scripted_model_reads_what_the_turn_says(benches: Benches, case: Callable[[Lane], Case]) -> None:
    benches.lane = Lane("scripted")
    transcript = benches.run(case(benches.lane))
    assert not transcript.failed, str(transcript)


class Reads:
    """A stand-in for the real model: what the script's turns say, or a failure."""

    def __init__(self, stopped: str = "eos") -> None:
        self.stopped = stopped
        self.asked = 0

    def __call__(self, prefix: str, suffix: str) -> Completion:
        self.asked += 1
        text = "greet" if "message: hello" in suffix else "recommend\n+color black\n+category boots"
        return Completion(text, 9, 5, 1.0, self.stopped)  # type: ignore[arg-type]


@pytest.fixture
def weightless(monkeypatch: pytest.MonkeyPatch, shop: Catalogue) -> Callable[[Reads], None]:
    """The assistant of the model's modes, with hashed vectors and a stand-in for the model."""
    import bot.wiring
    from bot.understanding.model_reader import ModelReader

    def stand_in(reads: Reads) -> None:
        def build(settings: object, report: object, world: World) -> object:
            assert world.taped is not None
            model = world.taped("stand-in@1", lambda: ScriptedModel(reads))
            return scratch_assistant(shop, settings.data, ModelReader.of(model, shop), world)  # type: ignore[attr-defined]

        monkeypatch.setattr(bot.wiring, "build_assistant", build)

    return stand_in


def test_recorded_answers_are_replayed_to_the_same_bytes(
    tmp_path: Path, case: Callable[[Lane], Case], weightless: Callable[[Reads], None]
) -> None:
    def report(lane: Lane, name: str) -> bytes:
        benches = Benches(tmp_path / name, lambda _: None, lane)
        conversation, told = case(lane), Report()
        transcript = benches.run(conversation)
        told.add(conversation, Repeated((transcript,)), "either")
        told.write(tmp_path / f"{name}.jsonl")
        benches.close()
        return (tmp_path / f"{name}.jsonl").read_bytes()

    reads = Reads()
    text = SCRIPT.replace("{{source: rules, requests: 1}}", "{{source: model, requests: 1}}")
    (tmp_path / "boots.conv.yaml").write_text(text.format(shop=case(Lane("live")).catalogue), encoding="utf-8")
    weightless(reads)
    recorded = report(Lane("record"), "recorded")
    assert reads.asked == 2
    found = Recordings(tmp_path / "recordings" / "boots.jsonl")
    assert found.messages("boots") == {(1, "black boots"), (2, "hello"), (3, "...")}
    assert [report(Lane(), "once"), report(Lane("replay"), "twice")] == [recorded, recorded]
    assert reads.asked == 2
    assert b'"outcome": "passed"' in recorded


def test_a_conversation_that_failed_leaves_no_trace_in_the_next(
    tmp_path: Path, case: Callable[[Lane], Case], weightless: Callable[[Reads], None]
) -> None:
    weightless(Reads())
    script = tmp_path / "boots.conv.yaml"
    failing = "- name: a\n  turns: [{user: hello, expect: {intent: bye}}]\n"
    script.write_text(
        f"catalogue: {case(Lane()).catalogue}\nconversations:\n{failing}- name: b\n  turns: [{{user: hello}}]\n"
    )
    benches = Benches(tmp_path / "data", lambda _: None, Lane("record"))
    assert [benches.run(one).failed for one in cases_of(script, benches.lane)] == [True, False]
    found = Recordings(tmp_path / "recordings" / "boots.jsonl")
    assert found.parts == ("b",)
    assert found.messages("b") == {(1, "hello")}


def test_what_the_rules_read_instead_is_not_recorded(
    tmp_path: Path, case: Callable[[Lane], Case], weightless: Callable[[Reads], None]
) -> None:
    weightless(Reads("deadline"))
    script = tmp_path / "boots.conv.yaml"
    script.write_text(f"catalogue: {case(Lane()).catalogue}\nconversations:\n- name: a\n  turns: [{{user: hello}}]\n")
    benches = Benches(tmp_path / "data", lambda _: None, Lane("record"))
    with pytest.raises(RecordingError, match=r"did not read 'hello' \(deadline\)"):
        benches.run(cases_of(script, benches.lane)[0])
    assert not (tmp_path / "recordings").exists()


def test_a_changed_message_is_missed_before_it_runs(
    tmp_path: Path, case: Callable[[Lane], Case], weightless: Callable[[Reads], None]
) -> None:
    weightless(Reads())
    script = tmp_path / "boots.conv.yaml"
    script.write_text(f"catalogue: {case(Lane()).catalogue}\nconversations:\n- name: a\n  turns: [{{user: hello}}]\n")
    benches = Benches(tmp_path / "data", lambda _: None, Lane("record"))
    benches.run(cases_of(script, benches.lane)[0])
    script.write_text(script.read_text().replace("hello", "hallo"))
    with pytest.raises(
        ScriptError, match=r"boots\.conv\.yaml:4: no recording of 'hallo' in 'a'; the nearest is 'hello'"
    ):
        cases_of(script, Lane())


@pytest.fixture
def server(shop: Catalogue, tmp_path: Path) -> Iterator[str]:
    """The URL of the shop's API, served by a thread."""
    from fastapi import FastAPI

    from bot.web.api import build_api
    from bot.web.visits import Visits

    assistant = scratch_assistant(shop, tmp_path / "served")
    app = FastAPI()
    app.mount("/v1", build_api(Visits(assistant), believes_users=True))
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive()
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join(10)
    assistant.close()


def test_our_shop_scripts_pass_at_a_server(server: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    lane = Lane("auto", server)
    benches = Benches(tmp_path / "here", lambda _: None, lane)
    script = request.config.rootpath / "tests" / "conversations" / "shop.conv.yaml"
    cases = [case for case in cases_of(script, lane) if not case.fixtures.history]
    assert {lane.tells(case) for case in cases} == {"server"}
    failed = [str(transcript) for transcript in map(benches.run, cases) if transcript.failed]
    assert not failed, "\n".join(failed)
    assert benches.of(cases[0]).effort() is None


def test_a_server_with_another_catalogue_is_refused(server: str, tmp_path: Path, films_folder: Path) -> None:
    benches = Benches(tmp_path, lambda _: None, Lane("auto", server))
    with pytest.raises(ScriptError, match="serves the catalogue 'shop', the script is about 'films'"):
        benches.at(films_folder, None)


def test_another_state_of_the_catalogue_at_a_server_is_refused(server: str, tmp_path: Path, shop_folder: Path) -> None:
    changed = tmp_path / "shop"
    shutil.copytree(shop_folder, changed)
    schema = (changed / "catalogue.toml").read_text(encoding="utf-8")
    (changed / "catalogue.toml").write_text(schema.replace("[words]", "[words]\nid = ['number']"), encoding="utf-8")
    with pytest.raises(ScriptError, match="serves another state of the catalogue 'shop'"):
        Benches(tmp_path, lambda _: None, Lane("auto", server)).at(changed, None)


def test_efforts_of_the_rules_are_none(local: LocalBench) -> None:
    local.begin(visit())
    assert local.effort() == Effort(0, 0)
