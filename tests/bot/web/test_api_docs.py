"""The examples of `docs/api.md` are run as they stand against a server, and answered as they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.web.safety import Safety
from bot.web.server import build_app
from bot.web.sites import Sites
from bot.web.tokens import Tokens
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

PAGE = Path(__file__).resolve().parents[3] / "docs" / "api.md"
BLOCK = re.compile(r"^```(bash|python|json|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ADDRESS = "http://127.0.0.1:7860"
CUT = "=== the next example ==="
WAIT_S = 60


def blocks() -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in BLOCK.finditer(PAGE.read_text("utf-8"))]


@pytest.fixture(scope="module")
def server(films: Catalogue, tmp_path_factory: pytest.TempPathFactory, serving: Any) -> Iterator[str]:
    assistant = scratch_assistant(films, tmp_path_factory.mktemp("docs"))
    with serving(build_app(assistant, Safety("laptop", Sites(), Tokens("x" * 48)))) as url:
        yield url


def run(command: list[str], script: str, folder: Path) -> str:
    told = {"input": script, "capture_output": True, "text": True, "timeout": WAIT_S, "cwd": folder}
    done: Any = subprocess.run(command, env={**os.environ, "NO_PROXY": "*"}, check=False, **told)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return str(done.stdout)


def shape(told: Any, given: Any, at: str = "") -> None:
    """Fails where `given` lacks a key that the example `told` has."""
    if isinstance(told, dict):
        assert isinstance(given, dict), at
        assert set(told) <= set(given), at
        for key in told:
            shape(told[key], given[key], f"{at}.{key}")
    elif isinstance(told, list) and told and given:
        shape(told[0], given[0], f"{at}[0]")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on the path")
def test_every_curl_example_is_answered_as_it_says(server: str, tmp_path: Path) -> None:
    told = blocks()
    scripts = [(text, told[n + 1 : n + 2]) for n, (kind, text) in enumerate(told) if kind == "bash"]
    whole = "set -eu\n" + f"\necho; echo '{CUT}'\n".join(text for text, _ in scripts)
    printed = run(["bash"], whole.replace(ADDRESS, server), tmp_path).split(f"\n{CUT}\n")
    assert len(printed) == len(scripts) > 10
    for answer, (_, following) in zip(printed, scripts, strict=True):
        for kind, text in following:
            if kind == "json":
                shape(json.loads(text), json.loads(answer), answer)
            elif kind == "text":
                events = [line for line in answer.splitlines() if line.startswith("event: ")]
                assert list(dict.fromkeys(events)) == text.split("\n")[:-1]
    assert json.loads((tmp_path / "anna.json").read_text("utf-8"))["conversations"]


def test_the_example_of_gradios_client_runs(server: str, tmp_path: Path) -> None:
    script = next(text for kind, text in blocks() if kind == "python")
    printed = run([sys.executable, "-W", "ignore"], script.replace(ADDRESS, server), tmp_path)
    assert "[" in printed


def test_no_other_endpoint_of_the_page_has_a_name(server: str) -> None:
    told = httpx.get(f"{server}/gradio_api/info", trust_env=False, timeout=WAIT_S).json()
    assert list(told["named_endpoints"]) == ["/chat"]
    assert told["unnamed_endpoints"] == {}
