"""Reading through a real server process: what it can be held to is found out and told, and no failure is silent."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.doctor import examine
from bot.llm.openai_server import Server, ServerModel
from bot.llm.port import ModelError, ModelMissing, ServerUnavailable
from bot.llm.probing import Probed
from bot.model_wiring import build_raw_model
from bot.settings import Settings, load_settings
from bot.understanding.model_reader import ModelReader
from bot.understanding.reader import Reader
from bot.understanding.reading import Intent, MessageInContext, Reading
from bot.wiring import wire_reader
from retrieval.catalogue.item import Catalogue
from tests.servers import free_port

PROGRAM = Path(__file__).with_name("chat_server.py")
JACKET = "Marmot PreCip Eco Jacket"
MESSAGE = MessageInContext(f"something like the {JACKET}, but no polyester", ("What would you like?",))
LINES = f"recommend\n+item {JACKET}\n-material polyester"
JSON = (
    '{"intent":"recommend","slots":[{"slot":"item","value":"marmot precip eco jacket","polarity":1},'
    '{"slot":"material","value":"polyester","polarity":-1}]}'
)
ANSWERS = {"message: something like the Marmot": [LINES, JSON]}
FIELDS = ("structured_outputs", "guided_grammar", "response_format")


class Running:
    """The server process and its address."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.url = f"{self.root}/v1"

    def behave(self, **behaviour: Any) -> None:
        done = httpx.put(f"{self.root}/behaviour", json={"answers": ANSWERS, **behaviour}, trust_env=False)
        assert done.is_success, done.text

    def bodies(self) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = httpx.get(f"{self.root}/bodies", trust_env=False).json()
        return told


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    port = free_port()
    process = subprocess.Popen([sys.executable, str(PROGRAM), str(port)])
    server, deadline = Running(port), time.monotonic() + 60
    try:
        while True:
            try:
                server.behave()
                break
            except httpx.TransportError:
                assert process.poll() is None, "the chat server ended"
                assert time.monotonic() < deadline, "the chat server does not answer"
                time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def server(running: Running) -> Running:
    running.behave()
    return running


@pytest.fixture
def reading(server: Running, shop: Catalogue) -> Callable[..., tuple[Reading, list[str]]]:
    """Wires and warms a reader on the server, lets it `behave` (after `then`), and reads MESSAGE."""

    def read(then: dict[str, Any] | None = None, **settings: Any) -> tuple[Reading, list[str]]:
        said: list[str] = []
        reader = wired(shop, server, **settings)
        reader.warm_up(said.append)
        if then is not None:
            server.behave(**then)
        return reader.read(MESSAGE), said

    return read


def wired(shop: Catalogue, server: Running, **settings: Any) -> Reader:
    given = {"llm_base_url": server.url, "llm_model": "m", "read_deadline_s": 2.0, **settings}
    return wire_reader(shop, build_raw_model(load_settings(**given), shop, lambda _: None))


def stated(reading: Reading) -> set[tuple[str, Any, int]]:
    return {(slot.slot, slot.value, slot.polarity) for slot in reading.slots}


# --- what it can be held to


@pytest.mark.parametrize(
    ("behaviour", "constraint", "told"),
    [
        ({"structured_outputs": "enforces"}, "structured_outputs", ()),
        (
            {"structured_outputs": "ignores", "guided_grammar": "enforces"},
            "guided_grammar",
            ("no structured_outputs: it is ignored, the answer was 'Hello!",),
        ),
        (
            {"structured_outputs": "rejects", "guided_grammar": "ignores", "response_format": "enforces"},
            "json_schema",
            ("degraded: answers inside a JSON schema", "structured_outputs is not supported", "no guided_grammar"),
        ),
        (
            {"structured_outputs": "rejects", "guided_grammar": "rejects", "response_format": "ignores"},
            "none",
            ("degraded: nothing holds", "no json_schema: it is ignored", "guided_grammar is not supported"),
        ),
    ],
)
def test_the_strongest_constraint_that_holds_is_found_and_told(
    server: Running, reading: Callable[..., Any], behaviour: dict[str, str], constraint: str, told: tuple[str, ...]
) -> None:
    server.behave(**behaviour)
    read, said = reading()
    assert (read.source, read.intent) == ("model", Intent.RECOMMEND)
    assert stated(read) == {("item", JACKET, 1), ("material", "polyester", -1)}
    (line,) = (line for line in said if "the model server" in line)
    assert constraint in line or constraint in ("json_schema", "none")
    assert all(part in line for part in told)
    last = {field for field in FIELDS if field in server.bodies()[-1]}
    assert last == {"json_schema": {"response_format"}, "none": set()}.get(constraint, {constraint})


def test_a_json_schema_keeps_slots_and_category_values_but_not_names(server: Running, shop: Catalogue) -> None:
    """What the server makes up inside the schema is still checked: it stands nowhere in the message."""
    server.behave(response_format="enforces", answers={}, otherwise="no JSON at all")
    raw = ModelReader.of(ServerModel(Server(server.url, "m")), shop)
    raw.warm_up(lambda _: None)
    read = raw.read_raw(MESSAGE)
    assert read.intent in Intent
    assert all(s.slot in {"item", "about", *(f.name for f in shop.schema.facets)} for s in (*read.slots, *read.refused))
    server.behave(
        response_format="enforces",
        answers={"Marmot": '{"intent":"ask","slots":[{"slot":"item","value":"Arc Coat","polarity":1}]}'},
    )
    read = raw.read_raw(MESSAGE)
    assert (read.intent, read.slots, [s.value for s in read.refused]) == (Intent.ASK, (), ["Arc Coat"])


def test_the_prompt_asks_for_the_form_that_is_enforced(server: Running, reading: Callable[..., Any]) -> None:
    server.behave(response_format="enforces")
    reading()
    system = server.bodies()[-1]["messages"][0]["content"]
    assert "Answer with one JSON object" in system
    assert '"slot": "material"' in system  # the catalogue's worked examples, as JSON
    server.behave(structured_outputs="enforces")
    reading()
    assert "each slot on a line" in server.bodies()[-1]["messages"][0]["content"]
    reading(prompt="trained")
    assert server.bodies()[-1]["messages"][0]["content"].startswith("Read the visitor's last message")


@pytest.mark.parametrize("setting", ["structured_outputs", "json_schema", "none"])
def test_a_setting_forces_one_and_nothing_is_probed(server: Running, reading: Callable[..., Any], setting: str) -> None:
    server.behave(structured_outputs="enforces", response_format="enforces")
    read, _ = reading(llm_constraint=setting)
    assert read.source == "model"
    assert not any("Say hello" in body["messages"][-1]["content"] for body in server.bodies())


def test_a_forced_constraint_that_is_refused_is_named(server: Running, reading: Callable[..., Any]) -> None:
    server.behave(structured_outputs="rejects")
    read, _ = reading(llm_constraint="structured_outputs")
    assert read.source == "rules"
    assert "structured_outputs is not supported" in str(read.degraded)


# --- failures while it runs: the rules answer, and the reading says why


@pytest.mark.parametrize(
    ("failure", "why"),
    [
        ({"status": 500}, "status 500"),
        ({"status": 401}, "refuses the API key"),
        ({"status": 404}, "has no model"),
        ({"status": 429, "retry_after": "60"}, "left alone"),
        ({"hang_s": 3.0}, "longer than 0.7 s"),
        ({"break_after": 2}, "broke off"),
        ({"answers": {}, "otherwise": '{"intent": "recommend", "slots": ['}, "cannot be read"),
        ({"answers": {}, "otherwise": "Sure! Here are some ideas"}, "cannot be read"),
    ],
    ids=["500", "key", "model", "busy", "hangs", "breaks off", "half JSON", "prose"],
)
def test_the_rules_answer_and_the_reading_says_why(
    server: Running, reading: Callable[..., Any], failure: dict[str, Any], why: str
) -> None:
    server.behave(response_format="enforces")
    read, _ = reading(then=failure, read_deadline_s=0.7)
    assert read.source == "rules"
    assert why in str(read.degraded)
    assert ("material", "polyester", -1) in stated(read)
    assert read.ms < 2_500


def test_it_comes_back(server: Running, shop: Catalogue) -> None:
    server.behave(structured_outputs="enforces")
    reader = wired(shop, server)
    reader.warm_up(lambda _: None)
    server.behave(status=503)
    assert reader.read(MESSAGE).source == "rules"
    server.behave(structured_outputs="enforces")
    assert reader.read(MESSAGE).source == "model"


# --- at the start


def test_a_server_that_is_not_up_yet_is_told_and_probed_when_it_is(server: Running, shop: Catalogue) -> None:
    server.behave(status=503)
    said: list[str] = []
    reader = wired(shop, server)
    reader.warm_up(said.append)
    assert any("degraded" in line and "status 503" in line and "the rules read" in line for line in said)
    assert not any("ready" in line for line in said)
    server.behave(response_format="enforces")
    assert reader.read(MESSAGE).source == "model"


def test_nobody_there_is_told_too(shop: Catalogue) -> None:
    said: list[str] = []
    reader = wired(shop, Running(free_port()))
    reader.warm_up(said.append)
    read = reader.read(MESSAGE)
    assert any("cannot be reached" in line for line in said)
    assert (read.source, read.intent) == ("rules", Intent.RECOMMEND)
    assert "cannot be reached" in str(read.degraded)


@pytest.mark.parametrize(
    ("behaviour", "settings", "error"),
    [({"key": "secret"}, {"llm_api_key": "other"}, ServerUnavailable), ({}, {"llm_model": "x"}, ModelMissing)],
    ids=["wrong key", "wrong model"],
)
def test_a_wrong_setting_stops_the_start(
    server: Running, shop: Catalogue, behaviour: dict[str, Any], settings: dict[str, Any], error: type[ModelError]
) -> None:
    server.behave(**behaviour)
    with pytest.raises(error):
        wired(shop, server, **settings).warm_up(lambda _: None)


def test_the_right_key_opens(server: Running, shop: Catalogue) -> None:
    server.behave(key="secret", structured_outputs="enforces")
    reader = wired(shop, server, llm_api_key="secret")
    reader.warm_up(lambda _: None)
    assert reader.read(MESSAGE).source == "model"


# --- the doctor


def settings_of(server: Running, folder: Path, **more: Any) -> Settings:
    return load_settings(llm_base_url=server.url, llm_model="m", cache=folder, data=folder, **more)


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        ({"structured_outputs": "enforces"}, "answers inside the grammar"),
        ({"structured_outputs": "rejects", "response_format": "enforces"}, "structured_outputs is not supported"),
        ({"status": 503}, "status 503"),
    ],
)
def test_the_doctor_asks_the_server_and_says_what_is_lost(
    server: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str], behaviour: dict[str, Any], says: str
) -> None:
    server.behave(**behaviour)
    code = examine(settings_of(server, tmp_path), fix=False)
    assert says in " ".join(capsys.readouterr().out.split())
    assert code == ("status" in behaviour)


def test_what_is_told_names_every_loss() -> None:
    assert Probed("structured_outputs").told == "answers inside the grammar, by structured_outputs"
    assert "degraded" in Probed("none", (("json_schema", "why not"),)).told
    assert "no json_schema: why not" in Probed("none", (("json_schema", "why not"),)).told
