"""Server programs that tests start for themselves, on a free port of this machine, and throw away: PostgreSQL, Chroma.

As root PostgreSQL runs under another account, because it refuses to run as root. Needs no systemd and no password.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy import MetaData, create_engine

WAIT_S = 60.0


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's server programs: on the path, or where Debian keeps them; None without."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return Path(found).resolve().parent if found else debian[-1].parent if debian else None


@contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """The URL of a new, empty database."""
    folder = Path(tempfile.mkdtemp(prefix="chatalogue-pg-"))
    account = "nobody" if os.geteuid() == 0 else None
    if account:
        shutil.chown(folder, account)
    port = free_port()

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        done = subprocess.run(command, user=account, cwd=folder, stderr=subprocess.PIPE, check=False, timeout=WAIT_S)
        assert done.returncode == 0, f"{program}: {done.stderr.decode()}"

    try:
        run("initdb", "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        run("pg_ctl", "-o", f"-F -p {port} -h 127.0.0.1 -k {folder}", "-s", "-w", "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql+psycopg://tester@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-s", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def empty_database(url: str) -> None:
    """Drop every table of a database."""
    engine = create_engine(url)
    tables = MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        tables.drop_all(connection)
    engine.dispose()


@contextmanager
def chroma(folder: Path) -> Iterator[int]:
    """The port of a Chroma server that keeps its data in `folder`."""
    port = free_port()
    program = "from chromadb.cli.cli import app; app()"
    command = [sys.executable, "-c", program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + WAIT_S
        while not _answers(f"http://127.0.0.1:{port}/api/v2/heartbeat"):
            alive = process.poll() is None and time.monotonic() < deadline
            assert alive, f"Chroma does not answer: {(folder / 'log').read_text()}"
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(WAIT_S)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False
