"""What an operator's programs ask of the server: is it alive, is it ready, how much it does.

- `/health`: the process answers. Restart it when it does not.
- `/ready`: send it visitors. 503 while it stops, and while the database does not answer. The server listens when the
  models are loaded and not before, so that a probe gets no answer until then.
- `/metrics`: for Prometheus. On a laptop for whoever is at the machine; elsewhere for whoever has the token of the
  setting `metrics_token`, and for nobody without one: figures of use are nobody else's business.

Knows FastAPI; knows no conversation.
"""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import FastAPI, Header
from fastapi.responses import PlainTextResponse, Response

from bot.web.answers import Health, Ready
from bot.web.describing import answers
from bot.web.metrics import CONTENT_TYPE, Metrics
from bot.web.problems import ApiError
from bot.web.visits import Visits
from ranking.storage import StorageError

Json = dict[str, Any]
NOBODY = "A" * 22  #: no conversation's id


class NotReady(ApiError):
    """The server cannot answer visitors now."""

    status, code = 503, "not_ready"


class NoMetrics(ApiError):
    """Whoever asks may not see the metrics."""

    status, code = 404, "unknown_path"


class Probes:
    """What the routes answer. `metrics_token`: who has it may see the metrics; "" lets everybody, None nobody."""

    def __init__(self, visits: Visits, metrics: Metrics, metrics_token: str | None) -> None:
        self._visits, self._metrics, self._token = visits, metrics, metrics_token
        self._catalogue = visits.assistant.catalogue

    def health(self) -> Json:
        """The server is alive."""
        return {"status": "ready", "catalogue": self._catalogue.schema.name, "items": len(self._catalogue.items)}

    def ready(self) -> Json:
        """The server takes visitors."""
        if self._visits.stopping:
            raise NotReady("the server is being stopped", hint="ask another one")
        try:
            self._visits.assistant.stages.memory.conversations.stamp(NOBODY)
        except StorageError as error:
            raise NotReady(f"the database does not answer: {error.message}", hint=error.hint) from error
        return {"status": "ready"}

    def metrics(self, authorization: Annotated[str, Header()] = "") -> Response:
        """Counts and times in Prometheus' text format."""
        given = authorization.removeprefix("Bearer ").encode()
        if self._token is None or (self._token and not secrets.compare_digest(given, self._token.encode())):
            raise NoMetrics("no metrics are shown here", hint="set metrics_token, and send it as a bearer token")
        return Response(self._metrics.text(), media_type=CONTENT_TYPE)


def add_probes(api: FastAPI, probes: Probes) -> None:
    """The routes of probes."""
    api.get("/health", **answers(Health))(probes.health)
    api.get("/ready", **answers(Ready, 503))(probes.ready)
    api.get("/metrics", response_class=PlainTextResponse)(probes.metrics)
