"""The command `evaluate load`: loads a server, prints what came of it and says whether that is good enough."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from bot.load.measuring import KEY, ORIGIN, Load, measure, started
from bot.load.visitor import Target


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: `url` of a server that runs, with its process and a site's key and origin; None: start
    one."""

    load: Load
    url: str | None = None
    pid: int | None = None
    site: tuple[str, str] | None = None
    out: Path | None = None


def measure_load(request: Request, catalogue: str | None, reader: str | None, report: Callable[[str], None]) -> int:
    """Run it; 0 when it passed, else 1. Raises LoadError."""
    server = started(catalogue, reader, report) if request.url is None else nullcontext((request.url, request.pid))
    key, origin = (KEY, ORIGIN) if request.url is None else request.site or (None, None)
    with server as (url, pid):
        report(f"loading {url}")
        measured = measure(Target(url.rstrip("/"), key, origin, request.load.pause_s), request.load, pid)
    for line in measured.lines():
        print(line)
    if request.out is not None:
        request.out.write_text(measured.json() + "\n", "utf-8")
    return 0 if measured.passed else 1
