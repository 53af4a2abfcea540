"""The widget's one file: its parts in order inside one function, its stylesheet and version as constants.

There is no build step. The parts share one scope, so that each is a file to read; nothing of them becomes global but
the element's name. Knows no HTTP.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files

PARTS = (
    "words",
    "dom",
    "kept",
    "client",
    "facts",
    "cards",
    "panel",
    "shelf",
    "talk",
    "element",
)  #: in the order of their use


@dataclass(frozen=True, slots=True)
class Bundle:
    """The script in UTF-8, the same compressed, and what changes with it: the start of a strong validator."""

    text: bytes
    compressed: bytes
    digest: str


@cache
def widget() -> Bundle:
    """The script as it is served; made once a process."""
    folder = files("bot.web.widget")
    css = json.dumps(" ".join((folder / "widget.css").read_text("utf-8").split()))
    head = f'"use strict";\nconst VERSION = {json.dumps(version("chatalogue"))};\nconst CSS = {css};\n'
    parts = [(folder / f"{name}.js").read_text("utf-8") for name in PARTS]
    text = ("/* Chatalogue, Apache-2.0 */\n(() => {\n" + head + "\n".join(parts) + "})();\n").encode()
    return Bundle(text, gzip.compress(text, 9, mtime=0), hashlib.sha256(text).hexdigest()[:32])
