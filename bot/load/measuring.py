"""A load test: so many visitors at once for so long, the server's memory beside them, and what is to be said of it.

The server is one that runs, or one started for the test with a data folder and a site of its own. Knows processes and
visitors; knows no assistant.
"""

from __future__ import annotations

import asyncio
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean

import httpx
import psutil

from bot.load.visitor import TIMEOUT_S, LoadVisitor, Noted, Target
from bot.settings import environment_with
from retrieval.errors import ChatalogueError

Report = Callable[[str], None]
WARM_UP = 0.25  #: share of the time after which memory should stand still
SAMPLE = 0.15  #: share of the time that a measurement of memory is the mean of
MOST_GROWTH = 0.05
START_S = 600.0  #: for a server that has to fetch and index first
ORIGIN = "https://load.example"
KEY = "pk_load_test_of_this_machine"
SITE = f'[[site]]\nname = "load"\nkey = "{KEY}"\norigins = ["{ORIGIN}"]\n'


class LoadError(ChatalogueError):
    """The load test cannot be run."""

    code = "load"


@dataclass(frozen=True, slots=True)
class Load:
    """How much: `visitors` at once for `seconds`; each rests `pause_s` between two steps."""

    visitors: int = 20
    seconds: float = 300.0
    pause_s: float = 1.0


@dataclass(frozen=True)
class Measured:
    """What came of a load test. Milliseconds of wall time at the client; NaN where nothing was measured.

    `rss_mb` are the server's resident megabytes after warm-up and at the end, `growth` the latter's excess as a share.
    """

    load: Load
    turns: int
    conversations: int
    errors: dict[str, int]
    told_to_wait: int
    mixed: int
    by_rules: int
    cards_ms: dict[str, float]
    answer_ms: dict[str, float]
    rss_mb: tuple[float, float] = (math.nan, math.nan)

    @property
    def growth(self) -> float:
        """Of memory after warm-up, as a share of it; NaN where it was not measured."""
        after, end = self.rss_mb
        return end / after - 1

    @property
    def passed(self) -> bool:
        """No errors, nothing mixed, something answered, and memory that stands still where it was measured."""
        return not self.errors and not self.mixed and self.turns > 0 and not self.growth > MOST_GROWTH

    def lines(self) -> Iterator[str]:
        """For people."""
        load = self.load
        yield f"{load.visitors} visitors at once for {load.seconds:g} s, {load.pause_s:g} s between their steps"
        yield f"{self.turns} turns in {self.conversations} conversations, {self.turns / load.seconds:.1f} a second"
        told = ", ".join(f"{kind}: {count}" for kind, count in sorted(self.errors.items())) or "none"
        yield f"errors: {told}; told to wait and come again: {self.told_to_wait}; mixed sessions: {self.mixed}"
        yield f"to cards: p50 {self.cards_ms['p50']:.0f} ms, p95 {self.cards_ms['p95']:.0f} ms"
        yield f"to the whole answer: p50 {self.answer_ms['p50']:.0f} ms, p95 {self.answer_ms['p95']:.0f} ms"
        yield f"messages that the rules read: {self.by_rules}"
        if not math.isnan(self.growth):
            after, end = self.rss_mb
            yield f"memory of the server: {after:.0f} MB after warm-up, {end:.0f} MB at the end ({self.growth:+.1%})"
        yield "passed" if self.passed else "not passed"

    def json(self) -> str:
        """For programs; NaN is null."""
        found = {**asdict(self), "growth": self.growth, "passed": self.passed}
        return json.dumps(_without_nan(found), indent=2)


@dataclass
class Memory:
    """Resident memory of a process and its children, sampled while a test runs; bytes by seconds since its begin."""

    process: psutil.Process | None
    samples: list[tuple[float, int]] = field(default_factory=list)

    def sample(self, at_s: float) -> None:
        """Look once."""
        if self.process is None:
            return
        try:
            whole = [self.process, *self.process.children(recursive=True)]
            self.samples.append((at_s, sum(one.memory_info().rss for one in whole)))
        except psutil.NoSuchProcess:
            self.process = None

    def after_and_end(self, seconds: float) -> tuple[float, float]:
        """Megabytes after warm-up and at the end, each the mean over a share of the time; NaN without samples."""
        begins = (seconds * WARM_UP, seconds * (1 - SAMPLE))
        means = []
        for begin in begins:
            seen = [rss for at, rss in self.samples if begin <= at <= begin + seconds * SAMPLE]
            means.append(fmean(seen) / 1e6 if seen else math.nan)
        return means[0], means[1]


def measure(target: Target, load: Load, pid: int | None = None) -> Measured:
    """Load a server that runs; `pid` is its process, whose memory is watched. Raises LoadError when it is not there."""
    try:
        process = psutil.Process(pid) if pid is not None else None
        httpx.get(f"{target.url}/v1/health", timeout=TIMEOUT_S).raise_for_status()
    except (httpx.HTTPError, psutil.NoSuchProcess) as error:
        raise LoadError(f"no server at {target.url}: {error}", hint="start one: chatalogue serve") from error
    return asyncio.run(_measured(target, load, Memory(process)))


@contextmanager
def started(catalogue: str | None, reader: str | None, report: Report) -> Iterator[tuple[str, int]]:
    """A server for the test, with the site of `SITE` and a data folder that goes with it: its address and its process.

    Requests of an address are not limited, because all come from one. Raises LoadError when it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="chatalogue-load-") as folder:
        (Path(folder) / "sites.toml").write_text(SITE, "utf-8")
        environment = environment_with(
            data=folder, sites=str(Path(folder) / "sites.toml"), rate_per_address="", rate_per_visitor="240/minute"
        )
        command = [sys.executable, "-m", "bot.cli", "serve", "--port", "0"]
        command += ["--catalogue", catalogue] if catalogue else []
        command += ["--reader", reader] if reader else []
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            yield _address(process, report), process.pid
        finally:
            process.terminate()
            process.wait(30)


def _address(process: subprocess.Popen[str], report: Report) -> str:
    assert process.stderr is not None
    begun = time.monotonic()
    for line in process.stderr:
        report(line.rstrip())
        if (at := line.find("open http")) >= 0:
            return line[at + len("open ") :].strip()
        if time.monotonic() - begun > START_S:
            break
    raise LoadError("the server did not start", hint="see what it said above")


async def _measured(target: Target, load: Load, memory: Memory) -> Measured:
    noted, others = Noted(), list[tuple[str, str]]()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=load.visitors)
    async with httpx.AsyncClient(base_url=target.url, timeout=TIMEOUT_S, limits=limits) as client:
        visitors = [LoadVisitor(client, target, noted, others) for _ in range(load.visitors)]
        begun = time.monotonic()
        watching = asyncio.create_task(_watch(memory, begun))
        await asyncio.gather(*(visitor.visit(begun + load.seconds) for visitor in visitors))
        watching.cancel()
    return Measured(
        load=load,
        turns=len(noted.answer_ms),
        conversations=noted.conversations,
        errors=dict(noted.errors),
        told_to_wait=noted.told_to_wait,
        mixed=noted.mixed,
        by_rules=noted.by_rules,
        cards_ms=_quantiles(noted.cards_ms),
        answer_ms=_quantiles(noted.answer_ms),
        rss_mb=memory.after_and_end(load.seconds),
    )


async def _watch(memory: Memory, begun: float) -> None:
    while True:
        memory.sample(time.monotonic() - begun)
        await asyncio.sleep(0.5)


def _quantiles(ms: list[float]) -> dict[str, float]:
    """The nearest-rank quantiles."""
    ranked = sorted(ms)
    return {
        name: ranked[max(0, math.ceil(share * len(ranked)) - 1)] if ranked else math.nan
        for name, share in (("p50", 0.5), ("p95", 0.95), ("max", 1.0))
    }


def _without_nan(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value
