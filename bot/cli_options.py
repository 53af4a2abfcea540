"""What the commands have in common: options by name, and where progress is told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def in_a_folder(out: Path | None) -> Path | None:
    """`out` where its folder is there: what took minutes is not lost for want of one. Raises BadParameter."""
    if out is not None and not out.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {str(out.parent)!r}: make it first")
    return out


CatalogueOption = Annotated[
    str | None, typer.Option("--catalogue", help="a folder with a catalogue.toml; default: the built-in films")
]
UserOption = Annotated[str | None, typer.Option("--user", help="a visitor's id, whose reactions are remembered")]
ReaderOption = Annotated[str | None, typer.Option("--reader", help="who reads messages: model or rules")]


def report(message: str) -> None:
    """Progress, on standard error."""
    print(message, file=sys.stderr, flush=True)
