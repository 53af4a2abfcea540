"""What an operator's programs ask of the server: whether it is alive. Knows FastAPI; knows no conversation."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from bot.assistant import Assistant

Json = dict[str, Any]


class Probes:
    """What the routes answer."""

    def __init__(self, assistant: Assistant) -> None:
        self._catalogue = assistant.catalogue

    def health(self) -> Json:
        """Alive and ready: the assistant is warm by the time the server listens."""
        return {"status": "ready", "catalogue": self._catalogue.schema.name, "items": len(self._catalogue.items)}


def add_probes(api: FastAPI, probes: Probes) -> None:
    """The routes of probes."""
    api.get("/health")(probes.health)
