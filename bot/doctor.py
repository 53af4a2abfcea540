"""`chatalogue doctor`: what is installed, cached and verified, what is wrong, and the remedy for each.

Changes nothing unless asked to fix; touches no network unless it fixes, but asks a model server that is configured what
it can do. Knows wiring's parts by their status only.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from rich.console import Console
from rich.table import Table

from bot.settings import Settings
from retrieval.assets import ASSETS, AssetError, AssetState, refetch, status
from retrieval.errors import ChatalogueError

PACKAGES = ("torch", "transformers", "peft", "llguidance", "sentence-transformers", "chromadb", "implicit", "gradio")
SERVER_S = 10.0  #: how long a model server may think about what it can do
Level = Literal["ok", "note", "wrong"]
STYLE = {"ok": "green", "note": "yellow", "wrong": "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination; `remedy` is empty when nothing need be done.

    `due` says what the first start will do about it by itself.
    """

    level: Level
    subject: str
    what: str
    remedy: str = ""
    due: Literal["", "fetch", "build"] = ""


def examine(settings: Settings, *, fix: bool) -> int:
    """Print all findings; returns 0 when nothing is wrong, else 1."""
    console = Console(highlight=False)
    if fix:
        for asset_status in status(settings.cache, full=True):
            if asset_status.state in (AssetState.MISSING, AssetState.CORRUPT):
                refetch(ASSETS[asset_status.name], settings.cache, lambda m: print(m, file=sys.stderr))
    findings = [
        *_platform(),
        *_packages(),
        *_assets(settings),
        *_model(settings),
        *_storage(settings),
        *_index(settings),
        *_reach(settings),
        *_log(settings),
    ]
    table = Table(box=None, show_header=False, pad_edge=False)
    for column in ("level", "subject", "what"):
        table.add_column(column, overflow="fold", no_wrap=column == "level")  # folders are told in full
    for finding in findings:
        what = finding.what + (f"\n→ {finding.remedy}" if finding.remedy else "")
        table.add_row(f"[{STYLE[finding.level]}]{finding.level}[/]", finding.subject, what)
    console.print(table)
    console.print("\n" + summary(findings))
    return 1 if any(f.level == "wrong" for f in findings) else 0


def summary(findings: Sequence[Finding]) -> str:
    """The last line: problems, else what the first start still has to do."""
    wrong = sum(f.level == "wrong" for f in findings)
    if wrong:
        return f"{wrong} problem{'s' if wrong != 1 else ''} found"
    due = sum(bool(f.due) for f in findings)
    if not due:
        return "nothing is wrong"
    things = "1 thing is" if due == 1 else f"{due} things are"
    network = ": the first start needs the network" if any(f.due == "fetch" for f in findings) else ""
    return f"nothing is wrong, but {things} still to be fetched or built{network}"


def _platform() -> Iterator[Finding]:
    from retrieval.dtype import fast_dtype

    yield Finding("ok", "python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield Finding("ok", "processor", f"{os.cpu_count()} cores; the model runs in {fast_dtype()}")


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding("ok", name, version(name))
        except PackageNotFoundError:
            yield Finding("wrong", name, "is not installed", "install chatalogue again: pip install .")


def _assets(settings: Settings) -> Iterator[Finding]:
    for found in status(settings.cache, full=True):
        what = f"{found.version}, {found.state.value}, {found.bytes / 1e6:.0f} MB, {found.licence}; {found.folder}"
        if found.state is AssetState.CORRUPT:
            yield Finding("wrong", found.name, f"{what}: {found.note}", "chatalogue doctor --fix")
        elif found.state is AssetState.MISSING:
            remedy = "fetched at the first start, or now by: chatalogue doctor --fix"
            yield Finding("note", found.name, what, remedy, due="fetch")
        else:
            yield Finding("ok", found.name, what)


def _model(settings: Settings) -> Iterator[Finding]:
    from bot.model_wiring import adapter_folder

    if settings.reader == "rules":
        yield Finding("note", "reader", "the rules read messages (setting `reader`)")
        return
    if settings.llm_base_url:
        yield _server(settings)
        return
    try:
        folder = adapter_folder(settings)
    except ChatalogueError as error:
        yield Finding("wrong", "adapter", error.message, error.hint)
        return
    if folder is None:
        yield Finding(
            "note", "adapter", f"none: {settings.model!r} reads as it is", "train one: chatalogue train understanding"
        )
    else:
        yield Finding("ok", "adapter", f"{folder.name} for {settings.model!r}")


def _server(settings: Settings) -> Finding:
    from bot.llm.probing import GRAMMARS
    from bot.model_wiring import build_server_model

    try:
        server = build_server_model(settings)
        constraint = server.probe(SERVER_S).constraint
    except ChatalogueError as error:
        return Finding("wrong", "reader", error.message, error.hint)
    return Finding("ok" if constraint in GRAMMARS else "note", "reader", f"{settings.llm_model!r}: {server.note}")


def _storage(settings: Settings) -> Iterator[Finding]:
    from sqlalchemy.engine import make_url

    from bot.wiring import open_memory

    try:
        memory = open_memory(settings)
        url = settings.database_of(memory.catalogue.schema.name)
        place = make_url(url).render_as_string(hide_password=True)
        yield Finding("ok", "interactions", f"{memory.store.count()} stored in {place}")
    except ChatalogueError as error:
        yield Finding("wrong", "interactions", error.message, error.hint)


def _log(settings: Settings) -> Iterator[Finding]:
    from bot.wiring import log_state

    try:
        for line in log_state(settings):
            yield Finding("ok", "log", line.strip().removeprefix("log: "))
    except AssetError:
        return  # told among the assets
    except ChatalogueError as error:
        yield Finding("wrong", "log", error.message, error.hint)


def _index(settings: Settings) -> Iterator[Finding]:
    from bot.wiring import index_state

    try:
        level, what = index_state(settings)
    except ChatalogueError as error:
        yield Finding("wrong", "catalogue", error.message, error.hint)
        return
    if level:
        yield Finding("ok", "index", what)
    else:
        yield Finding("note", "index", what, "built at the first start, or now: chatalogue index", due="build")


def _reach(settings: Settings) -> Iterator[Finding]:
    """Who could reach a server that is started with these settings, and what it would believe."""
    from bot.web.safety import WHO, exposure_of, sites_of, warnings

    try:
        sites, exposure = sites_of(settings), exposure_of(settings, settings.host)
    except ChatalogueError as error:
        yield Finding("wrong", "server", error.message, error.hint)
        return
    names = ", ".join(site.name for site in sites) if sites.configured else "none"
    yield Finding("ok", "server", f"listens on {settings.host}: {WHO[exposure]}; sites: {names}")
    for line in warnings(settings, settings.host):
        yield Finding("note", "server", line)
