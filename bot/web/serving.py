"""Start the web server: wire the assistant, say honestly what is happening, listen. Knows uvicorn and ports."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import threading
import time
from collections.abc import Callable

import uvicorn

from bot.memory.memory import Memory
from bot.settings import Settings
from bot.web.admission import Admission
from bot.web.allocating import return_what_is_free
from bot.web.safety import build_safety, warnings
from bot.wiring import build_assistant
from ranking.storage import StorageError
from retrieval.errors import ChatalogueError

log = logging.getLogger(__name__)

FINISHING_S = 8.0  #: for turns that are running when the server is to stop
CLOSING_S = 2  #: then, for answers that are on their way; a page's own connections stay open and are cut
TIDY_S = 3600.0  #: how often the memory is asked whether a day has passed


class ServerError(ChatalogueError):
    """The server cannot listen."""

    code = "server"


def run(settings: Settings, report: Callable[[str], None]) -> None:
    """Serve until interrupted. The port is taken first, so that a taken one is told before minutes of set-up."""
    return_what_is_free()
    listener = _listen(settings.host, settings.port)
    host, port = listener.getsockname()[:2]
    safety = build_safety(settings, host)
    for line in warnings(settings, host):
        report(line)
    start = time.perf_counter()
    assistant = build_assistant(settings, report)
    from bot.web.server import build_app  # gradio takes seconds to import; the report lines come first

    _keep_tidy(assistant.stages.memory)
    admission = Admission(settings.turns_at_once, settings.turns_waiting)
    app = build_app(assistant, safety, admission)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    report(f"ready in {time.perf_counter() - start:.1f} s: open http://{shown}:{port}")
    # what proxies say is read by `asked.py`, which believes configured ones alone
    config = uvicorn.Config(app, log_level="warning", proxy_headers=False, timeout_graceful_shutdown=CLOSING_S)
    _Server(config, admission).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Stops in a bounded time: waiting turns are refused, running ones get `FINISHING_S`, connections `CLOSING_S`."""

    def __init__(self, config: uvicorn.Config, admission: Admission) -> None:
        super().__init__(config)
        self._admission = admission

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Called at SIGTERM and SIGINT. Streams end by themselves, with the turn's `done` or an `error`."""
        for listening in self.servers:
            listening.close()
        if not await asyncio.to_thread(self._admission.stop, FINISHING_S):
            log.warning("a turn took too long to finish before the server stopped")
        await super().shutdown(sockets)


def _keep_tidy(memory: Memory) -> None:
    """Delete what is too old once a day, also when nobody comes."""

    def tidy() -> None:
        while True:
            time.sleep(TIDY_S)
            try:
                memory.tidy()
            except StorageError as error:
                log.warning("what is too old is not deleted yet: %s", error)

    threading.Thread(target=tidy, name="retention", daemon=True).start()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        raise ServerError(
            f"cannot listen on {host}:{port}: {error.strerror}",
            hint="stop the other program or choose another port with --port" if taken else "check --host and --port",
        ) from error
    listener.listen(128)
    return listener
