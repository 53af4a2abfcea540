"""What the commands have in common: options by name, and where progress is told."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

CatalogueOption = Annotated[
    str | None, typer.Option("--catalogue", help="a folder with a catalogue.toml; default: the built-in films")
]
UserOption = Annotated[str | None, typer.Option("--user", help="a visitor's id, whose reactions are remembered")]
ReaderOption = Annotated[str | None, typer.Option("--reader", help="who reads messages: model or rules")]


def report(message: str) -> None:
    """Progress, on standard error."""
    print(message, file=sys.stderr, flush=True)
