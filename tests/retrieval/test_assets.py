"""The asset cache with a tiny asset in a wheel built here: no network, no weights."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import retrieval
from retrieval import assets
from retrieval.assets import Asset, AssetError, AssetState, Member, cache, fetch
from retrieval.assets.convert import keep
from retrieval.assets.registry import ASSETS
from retrieval.errors import ChatalogueError

CONTENT = b"forty-two\n" * 1000
MEMBER = "tiny_asset/data/numbers.txt"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def build_wheel(folder: Path, content: bytes = CONTENT) -> Path:
    """A real wheel, always with the same bytes."""
    info = "tiny_asset-1.0.dist-info"
    files = {
        MEMBER: content,
        "tiny_asset/__init__.py": b"raise RuntimeError('code of a downloaded wheel was run')\n",
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: tiny-asset\nVersion: 1.0\nRequires-Dist: not-to-be-taken\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in files) + f"{info}/RECORD,,\n"
    files[f"{info}/RECORD"] = record.encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tiny_asset-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, data in files.items():
            wheel.writestr(zipfile.ZipInfo(name), data)
    return path


def tiny(wheel: Path, **changes: object) -> Asset:
    values: dict[str, object] = {
        "name": "tiny",
        "distribution": "tiny-asset",
        "version": "1.0",
        "wheel_sha256": sha(wheel.read_bytes()),
        "wheel_bytes": wheel.stat().st_size,
        "members": (Member(MEMBER, "sub/numbers.txt", sha(CONTENT)),),
        "convert": keep,
        "licence": "CC0-1.0",
    }
    return Asset(**(values | changes))  # type: ignore[arg-type]


class Shop:
    """A client that hands out one wheel and counts its customers."""

    def __init__(self, wheel: Path) -> None:
        self.wheel = wheel
        self.calls = 0

    def __call__(self, asset: Asset, into: Path) -> Path:
        self.calls += 1
        target = into / self.wheel.name
        target.write_bytes(self.wheel.read_bytes())
        return target


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return build_wheel(tmp_path / "index")


@pytest.fixture
def shop(wheel: Path) -> Shop:
    return Shop(wheel)


@pytest.fixture
def asset(wheel: Path) -> Iterator[Asset]:
    made = tiny(wheel)
    ASSETS[made.name] = made
    yield made
    del ASSETS[made.name]


def ensure(asset: Asset, tmp_path: Path, client: fetch.Client, lines: list[str] | None = None) -> Path:
    report = (lines if lines is not None else []).append
    return assets.ensure(asset, tmp_path / "cache", report, client=client)


def left(tmp_path: Path) -> list[str]:
    """What is in the cache beside lock files."""
    return sorted(p.name for p in (tmp_path / "cache" / "assets").iterdir() if not p.name.endswith(".lock"))


def test_first_start_fetches_and_second_touches_no_client(asset: Asset, shop: Shop, tmp_path: Path) -> None:
    lines: list[str] = []
    folder = ensure(asset, tmp_path, shop, lines)
    assert folder == tmp_path / "cache" / "assets" / asset.folder_name
    assert (folder / "sub" / "numbers.txt").read_bytes() == CONTENT
    assert left(tmp_path) == [asset.folder_name]
    assert "downloading tiny-asset 1.0" in lines[0]
    assert all(line.startswith("tiny: ") for line in lines)

    lines.clear()
    assert ensure(asset, tmp_path, shop, lines) == folder
    assert shop.calls == 1
    assert lines == []


def test_manifest_records_every_file_by_its_sha256(asset: Asset, shop: Shop, tmp_path: Path) -> None:
    manifest = json.loads((ensure(asset, tmp_path, shop) / "manifest.json").read_text())
    assert {name: record["sha256"] for name, record in manifest["files"].items()} == {"sub/numbers.txt": sha(CONTENT)}
    assert manifest["source"]["wheel_sha256"] == asset.wheel_sha256


def test_a_read_only_cache_is_enough_for_a_second_start(asset: Asset, shop: Shop, tmp_path: Path) -> None:
    folder = ensure(asset, tmp_path, shop)
    for lock in folder.parent.glob(".*.lock"):
        lock.unlink()
    before = sorted(folder.parent.iterdir()), folder.parent.stat().st_mtime_ns
    ensure(asset, tmp_path, shop)
    assert (sorted(folder.parent.iterdir()), folder.parent.stat().st_mtime_ns) == before


def test_a_changed_pin_is_another_folder(asset: Asset, shop: Shop, tmp_path: Path) -> None:
    newer = tiny(shop.wheel, recipe=2)
    assert newer.folder_name != asset.folder_name
    ensure(asset, tmp_path, shop)
    assert assets.problems(newer, tmp_path / "cache")


def test_wrong_inner_hash_is_one_error_and_keeps_nothing(wheel: Path, shop: Shop, tmp_path: Path) -> None:
    wrong = tiny(wheel, members=(Member(MEMBER, "numbers.txt", "0" * 64),))
    with pytest.raises(AssetError, match=r"not the pinned file .*nothing was kept"):
        ensure(wrong, tmp_path, shop)
    assert left(tmp_path) == []


def test_nothing_is_converted_before_it_is_verified(wheel: Path, shop: Shop, tmp_path: Path) -> None:
    def explode(raw: Path, out: Path) -> None:
        raise AssertionError("an unverified file was read")

    with pytest.raises(AssetError, match="not the pinned file"):
        ensure(tiny(wheel, members=(Member(MEMBER, "n", "0" * 64),), convert=explode), tmp_path, shop)


def test_a_missing_member_and_a_broken_wheel_are_named(wheel: Path, shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"has no file 'tiny_asset/absent'"):
        ensure(tiny(wheel, members=(Member("tiny_asset/absent", "a", sha(b"")),)), tmp_path, shop)
    wheel.write_bytes(b"<html>please log in</html>")
    with pytest.raises(AssetError, match="not a readable wheel"):
        ensure(tiny(wheel), tmp_path, shop)
    assert left(tmp_path) == []


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "C:evil", "a\\..\\evil"])
def test_no_name_leaves_the_folder(name: str, wheel: Path, shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="unsafe file name"):
        ensure(tiny(wheel, members=(Member(MEMBER, name, sha(CONTENT)),)), tmp_path, shop)
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), RuntimeError("bug"), SystemExit(1)])
def test_an_interrupted_download_leaves_nothing(
    interruption: BaseException, asset: Asset, shop: Shop, tmp_path: Path
) -> None:
    def half(asset: Asset, into: Path) -> Path:
        (into / "half.whl").write_bytes(b"PK")
        raise interruption

    with pytest.raises(type(interruption)):
        ensure(asset, tmp_path, half)
    assert left(tmp_path) == []
    ensure(asset, tmp_path, shop)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said(code: int, asset: Asset, tmp_path: Path) -> None:
    def full(asset: Asset, into: Path) -> Path:
        raise OSError(code, os.strerror(code))

    with pytest.raises(AssetError, match=r"the disk is full: 'tiny'.*CHATALOGUE_CACHE") as caught:
        ensure(asset, tmp_path, full)
    assert isinstance(caught.value.__cause__, OSError)
    assert left(tmp_path) == []


def test_a_full_disk_during_conversion_is_said(wheel: Path, shop: Shop, tmp_path: Path) -> None:
    def full(raw: Path, out: Path) -> None:
        raise ValueError("Error while serializing: I/O error: No space left on device (os error 28)")

    with pytest.raises(AssetError, match="the disk is full"):
        ensure(tiny(wheel, convert=full), tmp_path, shop)


def test_a_failing_conversion_is_one_error_with_its_cause(wheel: Path, shop: Shop, tmp_path: Path) -> None:
    def fail(raw: Path, out: Path) -> None:
        raise KeyError("general.architecture")

    with pytest.raises(AssetError, match="could not be converted") as caught:
        ensure(tiny(wheel, convert=fail), tmp_path, shop)
    assert isinstance(caught.value.__cause__, KeyError)
    assert left(tmp_path) == []


def test_a_cache_that_cannot_be_made_is_one_error(asset: Asset, shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    with pytest.raises(AssetError, match=r"'tiny' cannot be stored in .*CHATALOGUE_CACHE"):
        ensure(asset, tmp_path, shop)


def test_full_verify_finds_what_the_quick_check_cannot(asset: Asset, shop: Shop, tmp_path: Path) -> None:
    file = ensure(asset, tmp_path, shop) / "sub" / "numbers.txt"
    times = file.stat()
    file.write_bytes(CONTENT.replace(b"two", b"six", 1))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assets.verify(asset, tmp_path / "cache")
    with pytest.raises(AssetError, match=r"numbers.txt has changed.*doctor --fix"):
        assets.verify(asset, tmp_path / "cache", full=True)
    assets.refetch(asset, tmp_path / "cache", [].append, client=shop)
    assets.verify(asset, tmp_path / "cache", full=True)
    assert file.read_bytes() == CONTENT
    assert left(tmp_path) == [asset.folder_name]


def test_the_quick_check_hashes_a_file_with_another_time(asset: Asset, shop: Shop, tmp_path: Path) -> None:
    file = ensure(asset, tmp_path, shop) / "sub" / "numbers.txt"
    os.utime(file, (1, 1))
    assert assets.problems(asset, tmp_path / "cache") == ()
    file.write_bytes(CONTENT.replace(b"two", b"six", 1))
    os.utime(file, (1, 1))
    assert assets.problems(asset, tmp_path / "cache") == ("numbers.txt has changed (its sha256 differs)",)


@pytest.mark.parametrize("damage", ["truncate", "delete", "manifest", "manifest type"])
def test_visible_damage_is_repaired_on_start(damage: str, asset: Asset, shop: Shop, tmp_path: Path) -> None:
    folder = ensure(asset, tmp_path, shop)
    file = folder / "sub" / "numbers.txt"
    {
        "truncate": lambda: file.write_bytes(CONTENT[:10]),
        "delete": file.unlink,
        "manifest": lambda: (folder / "manifest.json").write_text("{"),
        "manifest type": lambda: (folder / "manifest.json").write_text("[]"),
    }[damage]()
    lines: list[str] = []
    ensure(asset, tmp_path, shop, lines)
    assert "damaged" in lines[0]
    assert file.read_bytes() == CONTENT
    assert left(tmp_path) == [asset.folder_name]


def test_a_failed_refetch_keeps_the_old_folder(asset: Asset, shop: Shop, tmp_path: Path) -> None:
    folder = ensure(asset, tmp_path, shop)

    def offline(asset: Asset, into: Path) -> Path:
        raise AssetError("no network", hint="")

    with pytest.raises(AssetError, match="no network"):
        assets.refetch(asset, tmp_path / "cache", [].append, client=offline)
    assert assets.verify(asset, tmp_path / "cache", full=True) == folder


def test_status_of_every_state(asset: Asset, shop: Shop, tmp_path: Path) -> None:
    def state(*, full: bool = False) -> AssetState:
        return {s.name: s for s in assets.status(tmp_path / "cache", full=full)}["tiny"].state

    assert state() is AssetState.MISSING
    folder = ensure(asset, tmp_path, shop)
    assert (state(), state(full=True)) == (AssetState.CACHED, AssetState.VERIFIED)
    (folder / "sub" / "numbers.txt").unlink()
    assert state() is AssetState.CORRUPT
    assert shop.calls == 1


def test_every_default_asset_states_its_licence(tmp_path: Path) -> None:
    licences = {s.name: s.licence for s in assets.status(tmp_path)}
    assert licences[assets.MODEL] == licences[assets.EMBEDDER] == "Apache-2.0"
    assert "non-commercial" in licences[assets.RATINGS]


def test_resolve(asset: Asset, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(name: str) -> Path | str:
        return assets.resolve(name, tmp_path / "cache", [].append, client=shop)

    local = tmp_path / "models" / "mine"
    local.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert resolve(str(local)) == local
    assert resolve("models/mine") == Path("models/mine")
    assert resolve("Qwen/Qwen3-0.6B") == "Qwen/Qwen3-0.6B"
    assert shop.calls == 0
    assert resolve("tiny") == assets.folder_of(asset, tmp_path / "cache")
    for wrong in ("./absent", "/absent/model", "~/absent-model"):
        with pytest.raises(AssetError, match="there is no folder"):
            resolve(wrong)


def test_an_unknown_asset_names_the_alternatives() -> None:
    with pytest.raises(AssetError, match="smollm2-135m-instruct"):
        assets.asset("gpt-9")
    assert issubclass(AssetError, ChatalogueError)


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
    asset: Asset, shop: Shop, tmp_path: Path
) -> None:
    process = child(asset, shop.wheel, tmp_path, 60.0)
    assert process.stdout is not None
    while "started" not in process.stdout.readline():
        assert process.poll() is None
    process.kill()
    process.communicate(timeout=60)
    assert [name for name in left(tmp_path) if name.startswith(".partial-")]
    with pytest.raises(AssetError, match="is not in"):
        assets.verify(asset, tmp_path / "cache")
    ensure(asset, tmp_path, shop)
    assert left(tmp_path) == [asset.folder_name]


# The default client: the real pip, held to a local folder.


@pytest.fixture
def index(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if importlib.util.find_spec("pip") is None:
        pytest.skip("pip is not installed here")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    return wheel.parent


def test_pip_takes_the_wheel_without_dependencies_or_its_code(asset: Asset, index: Path, tmp_path: Path) -> None:
    folder = ensure(asset, tmp_path, fetch.download)
    assert (folder / "sub" / "numbers.txt").read_bytes() == CONTENT
    assert importlib.util.find_spec("tiny_asset") is None


def test_a_relative_cache_works_with_the_real_client(
    asset: Asset, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = assets.ensure(asset, Path("cache"), [].append)
    assert folder == tmp_path / "cache" / "assets" / asset.folder_name


def test_pip_without_the_wheel_is_one_error_with_pips_last_word(asset: Asset, index: Path, tmp_path: Path) -> None:
    next(index.glob("*.whl")).unlink()
    with pytest.raises(
        AssetError, match=r"'tiny': could not download tiny-asset==1.0: ERROR: No matching distribution"
    ):
        ensure(asset, tmp_path, fetch.download)
    assert left(tmp_path) == []


def test_without_network_the_cause_the_asset_and_the_folder_are_named(
    asset: Asset, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(
        AssetError, match=r"'tiny'.*the package index cannot be reached: ERROR: .*local folder"
    ) as caught:
        ensure(asset, tmp_path, fetch.download)
    assert str(assets.folder_of(asset, tmp_path / "cache")) in str(caught.value)
    assert caught.value.retryable
    assert left(tmp_path) == []


def test_pip_refuses_a_wheel_with_another_hash(wheel: Path, index: Path, tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="other than the pinned one; nothing was kept"):
        ensure(tiny(wheel, wheel_sha256="0" * 64), tmp_path, fetch.download)
    assert left(tmp_path) == []


def test_uv_is_used_where_there_is_no_pip(asset: Asset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(fetch.shutil, "which", lambda name: "/opt/uv")
    seen: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append(command)
        target = Path(command[command.index("--target") + 1]) / MEMBER
        target.parent.mkdir(parents=True)
        target.write_bytes(CONTENT)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(fetch.subprocess, "run", run)
    folder = ensure(asset, tmp_path, fetch.download)
    assert (folder / "sub" / "numbers.txt").read_bytes() == CONTENT
    assert seen[0][:3] == ["/opt/uv", "pip", "install"]
    assert {"--no-deps", "--require-hashes"} <= set(seen[0])


def test_neither_pip_nor_uv_is_one_error(asset: Asset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(fetch.shutil, "which", lambda name: None)
    with pytest.raises(AssetError, match=r"neither pip nor uv .*ensurepip"):
        ensure(asset, tmp_path, fetch.download)


def test_an_error_shows_no_credentials(asset: Asset) -> None:
    said = "WARNING: x\nERROR: Could not fetch https://me:secret@index.example/simple/\n"
    error = fetch._refusal(asset, said)
    assert "secret" not in str(error)
    assert "index.example" in str(error)
    assert error.retryable


def test_the_default_cache_is_the_platforms() -> None:
    assert cache.default_cache().name == "chatalogue"
