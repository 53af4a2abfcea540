"""What a command does not need it does not import: a start with the rules waits for no model's library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    *("torch", "transformers", "sentence_transformers", "peft", "accelerate", "sklearn", "pandas"),
    *("chromadb", "gradio", "fastapi", "openai", "implicit", "scipy", "sqlalchemy", "llguidance"),
}
RUN = """
import io, json, sys
from bot import cli
for command, given in json.loads(sys.argv[1]):
    sys.argv, sys.stdin, sys.stdout = ["chatalogue", *command], io.StringIO(given), io.StringIO()
    try:
        cli.main()
    except SystemExit as stop:
        assert not stop.code, (command, sys.stdout.getvalue())
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.__stdout__)
"""
SCRIPT = """\
catalogue: films
reader: rules
conversations:
- name: x
  turns:
  - user: a western
    expect: {act: recommend}
"""


def loaded_after(folder: Path, cache: Path, *commands: tuple[list[str], str]) -> list[set[str]]:
    """The heavy packages that one process has imported after each of its commands."""
    environment = {**os.environ, "CHATALOGUE_DATA": str(folder / "data"), "CHATALOGUE_CACHE": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(commands)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [HEAVY & set(json.loads(line)) for line in done.stdout.splitlines()]


def test_help_imports_nothing_and_the_rules_import_no_model(tmp_path: Path) -> None:
    (tmp_path / "x.conv.yaml").write_text(SCRIPT)
    row = json.dumps({"id": 1, "message": "a western"}) + "\n"
    helped, understood, tested = loaded_after(
        tmp_path,
        tmp_path / "cache",
        (["--help"], ""),
        (["understand", "--reader", "rules"], row),
        (["test", "x.conv.yaml"], ""),
    )
    assert helped == set()
    assert understood <= {"scipy", "sqlalchemy"}
    assert tested <= {"scipy", "sqlalchemy", "implicit"}


@pytest.mark.model
def test_recommending_by_rules_needs_torch_for_vectors_and_no_library_of_models(
    tmp_path: Path, assets_cache: Path
) -> None:
    row = json.dumps({"id": 1, "turns": [{"role": "user", "text": "a western"}], "k": 3}) + "\n"
    (after,) = loaded_after(tmp_path, assets_cache, (["recommend", "--reader", "rules"], row))
    assert {"torch", "chromadb"} <= after
    assert not after & {"transformers", "sentence_transformers", "peft", "sklearn", "gradio", "fastapi", "openai"}
