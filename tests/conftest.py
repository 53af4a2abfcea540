"""What every test may rely on: the two catalogues, the assets' cache, marks by need, and `--require-all`.

- A test without the marks model, browser, server, eval or benchmark is `fast`.
- `model` tests fetch missing assets and skip, with the reason, when that fails; `browser` tests skip without Chromium.
- `eval` and `benchmark` tests run only when `-m` asks for them.
- `server` tests start the programs they need (`tests/servers.py`) and skip where these are not installed. The URL in
  CHATALOGUE_TEST_POSTGRES, of a database that may be emptied, is used instead of a PostgreSQL of their own.
- `--require-all`: a skip is a failure. `.ci/run` uses it.
"""

from __future__ import annotations

import os

if workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):  # before anything imports NumPy or torch
    # threads of several processes on the same cores wait for each other: encoding took three times the processor time
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))

import shutil
from collections.abc import Callable, Generator, Iterator
from importlib.resources import files
from itertools import zip_longest
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from bot import picking, replying, wiring
from retrieval.assets import ASSETS, AssetError, default_cache, ensure
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.loader import load_catalogue
from retrieval.embedder import HashingEmbedder
from tests import servers

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[1]
SLOW_MARKS = frozenset({"model", "browser", "server", "eval", "benchmark"})
OWN_COMMAND = ("eval", "benchmark")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

# a busy machine is no failure; forty examples of a law in every run find what a hundred find in a few days
hypothesis.settings.register_profile("chatalogue", deadline=None, max_examples=40)
hypothesis.settings.load_profile("chatalogue")

_MISSING_ASSETS = pytest.StashKey[str]()  #: why the assets are not there; "" when they are


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--require-all", action="store_true", help="a skipped test is a failed one")


@pytest.hookimpl(tryfirst=True)  # before pytest's own -m deselects by mark
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    asked_for = str(config.getoption("markexpr"))
    kept, left_out = [], []
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        if not marks & SLOW_MARKS:
            item.add_marker("fast")
        away = any(mark in marks and mark not in asked_for for mark in OWN_COMMAND)
        (left_out if away else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    items[:] = _slow_files_first(kept) if workers else kept


def _slow_files_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Files of browser tests and of tests with the model or a server by turns, then the rest: nothing slow comes last.

    By turns, so that two browsers seldom run at once. It takes effect with `--no-loadscope-reorder`; without it xdist
    begins with the files of most tests.
    """
    marks: dict[Path, set[str]] = {}
    for item in items:
        marks.setdefault(item.path, set()).update(mark.name for mark in item.iter_markers())
    browser = [path for path, names in marks.items() if "browser" in names]
    others = [path for path, names in marks.items() if names & SLOW_MARKS and path not in browser]
    by_turns = [path for pair in zip_longest(browser, others) for path in pair if path]
    place = {path: number for number, path in enumerate(by_turns)}
    return sorted(items, key=lambda item: place.get(item.path, len(place)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("model") and (reason := _why_no_assets(item.config)):
        pytest.skip(reason)
    if item.get_closest_marker("browser") and chromium() is None:
        pytest.skip(f"none of {', '.join(CHROMIUM)} is on the path")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not hasattr(report, "wasxfail"):
        _refuse_skip(item.config, report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(collector.config, report)
    return report


def _refuse_skip(config: pytest.Config, report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.outcome == "skipped" and config.getoption("--require-all"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped, and --require-all allows no skip: {reason}"


def _why_no_assets(config: pytest.Config) -> str:
    if _MISSING_ASSETS not in config.stash:
        reason = ""
        try:
            for asset in ASSETS.values():
                ensure(asset, cache_folder(), lambda _: None)
        except AssetError as error:
            reason = f"an asset cannot be had: {error}"
        config.stash[_MISSING_ASSETS] = reason
    return config.stash[_MISSING_ASSETS]


def cache_folder() -> Path:
    """Where the assets are: CHATALOGUE_CACHE, or the platform's folder."""
    given = os.environ.get("CHATALOGUE_CACHE")
    return Path(given) if given else default_cache()


def chromium() -> str | None:
    """The browser's executable, None without one."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def films_folder() -> Path:
    return Path(str(files("retrieval") / "films"))


@pytest.fixture(scope="session")
def shop_folder() -> Path:
    return ROOT / "examples" / "shop"


@pytest.fixture(scope="session")
def films(films_folder: Path) -> Catalogue:
    return load_catalogue(films_folder)


@pytest.fixture(scope="session")
def shop(shop_folder: Path) -> Catalogue:
    return load_catalogue(shop_folder)


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """What assistants without weights read and never change is made once a catalogue: index, linker, log and the like.

    Tests and conversations start hundreds of them, and most of a start is this.
    """
    once = {
        wiring: ("memory_index", "Linker", "Languages", "load_interactions", "scratch_behaviour", "built_in_signals"),
        picking: ("reasons_by_language",),
        replying: ("labels_by_language",),
    }
    with pytest.MonkeyPatch.context() as patch:
        for module, names in once.items():
            for name in names:
                patch.setattr(module, name, _once(getattr(module, name)))
        yield


def _once(make: Callable[..., Any]) -> Callable[..., Any]:
    """`make`, asked once for the same things."""
    made: dict[tuple[object, ...], tuple[Any, Any]] = {}

    def get(*given: Any, **named: Any) -> Any:
        asked = (*given, *named.values())
        key = tuple(_told_apart(one) for one in asked)
        if key not in made:
            made[key] = (asked, make(*given, **named))  # what was asked for is kept, so that an id stays its own
        return made[key][1]

    return get


def _told_apart(one: object) -> object:
    """Words and paths by what they say, embedders by their vectors, all else (a catalogue) by being the same object."""
    if isinstance(one, (str, tuple, Path, type(None))):
        return one
    return one.fingerprint if isinstance(one, HashingEmbedder) else id(one)


@pytest.fixture(scope="session")
def assets_cache() -> Path:
    """The cache that `model` tests share with the user, so that nothing is downloaded twice."""
    return cache_folder()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL database for tests; whoever uses it begins by dropping the tables."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    if given := os.environ.get("CHATALOGUE_TEST_POSTGRES"):
        yield given
        return
    programs = servers.postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server programs are not installed (Debian: apt-get install postgresql)")
    with servers.postgres(programs) as url:
        yield url


@pytest.fixture(scope="session")
def chroma_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a Chroma server on this machine."""
    with servers.chroma(tmp_path_factory.mktemp("chroma")) as port:
        yield port
