"""Two processes that want one asset, and one that is killed while it fetches."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import retrieval
from retrieval import assets
from retrieval.assets import Asset, AssetError
from tests.retrieval.tiny_asset import CONTENT, MEMBER, Clerk, ensure, left, sha

CHILD = """
    import sys, time
    from pathlib import Path
    from retrieval.assets import Asset, Member, ensure
    from retrieval.assets.convert import keep
    wheel, cache, log, seconds = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4])
    def client(asset, into):
        with log.open("a") as file:
            file.write("called\\n")
        target = into / wheel.name
        target.write_bytes(wheel.read_bytes()[:100])
        print("started", flush=True)
        time.sleep(seconds)
        target.write_bytes(wheel.read_bytes())
        return target
    asset = Asset("tiny", "tiny-asset", "1.0", sys.argv[5], wheel.stat().st_size,
                  (Member({member!r}, "sub/numbers.txt", sys.argv[6]),), keep, "CC0-1.0")
    print(ensure(asset, cache, lambda line: print(line, flush=True), client=client))
"""


def child(asset: Asset, wheel: Path, tmp_path: Path, seconds: float) -> subprocess.Popen[str]:
    script = textwrap.dedent(CHILD).replace("{member!r}", repr(MEMBER))
    arguments = [wheel, tmp_path / "cache", tmp_path / "log", seconds, asset.wheel_sha256, sha(CONTENT)]
    environment = os.environ | {"PYTHONPATH": str(Path(retrieval.__file__).parents[1])}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_two_processes_at_once_fetch_once(asset: Asset, wheel: Path, tmp_path: Path) -> None:
    first, second = (child(asset, wheel, tmp_path, 2.0) for _ in range(2))
    (one, one_errors), (two, two_errors) = first.communicate(timeout=60), second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0), one_errors + two_errors
    assert (tmp_path / "log").read_text() == "called\n"
    assert "another process is fetching it" in one + two
    assert one.splitlines()[-1] == two.splitlines()[-1] == str(assets.verify(asset, tmp_path / "cache", full=True))
    assert left(tmp_path) == [asset.folder_name]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_process_leaves_nothing_usable_and_is_cleaned_up_after(
    asset: Asset, clerk: Clerk, tmp_path: Path
) -> None:
    process = child(asset, clerk.wheel, tmp_path, 60.0)
    assert process.stdout is not None
    while "started" not in process.stdout.readline():
        assert process.poll() is None
    process.kill()
    process.communicate(timeout=60)
    assert [name for name in left(tmp_path) if name.startswith(".partial-")]
    with pytest.raises(AssetError, match="is not in"):
        assets.verify(asset, tmp_path / "cache")
    ensure(asset, tmp_path, clerk)
    assert left(tmp_path) == [asset.folder_name]
