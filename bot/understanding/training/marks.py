"""Text in which the words that carry a slot are marked, so that they can be found again after noise.

A mark is a private-use character that opens it, one that names the mention it belongs to, the words, and a closing
character. Names are opened differently from other words: they bear other noise. Knows nothing of slots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

WORDS, NAME, CLOSE = "\ue000", "\ue001", "\ue002"
_FIRST = 0xE100
_MARK = re.compile(f"([{WORDS}{NAME}])(.)([^{CLOSE}]*){CLOSE}")
_CHARACTERS = re.compile(f"[{WORDS}{NAME}].|{CLOSE}")
PARTS = re.compile(f"([{WORDS}{NAME}][^{CLOSE}]*{CLOSE})")
OPENING = f"(?:[{WORDS}{NAME}].)?"  #: as a pattern: where a mark may begin


def mark(number: int, text: str, name: bool = False) -> str:
    """`text`, marked as mention `number`."""
    return f"{NAME if name else WORDS}{chr(_FIRST + number)}{text}{CLOSE}"


def marked(text: str) -> Iterator[tuple[int, str]]:
    """Every mention in the order of the text, with the words that carry it."""
    for found in _MARK.finditer(text):
        yield ord(found.group(2)) - _FIRST, found.group(3)


def plain(text: str) -> str:
    """The text without marks."""
    return _CHARACTERS.sub("", text)


def is_name(part: str) -> bool:
    """Whether a part (see `PARTS`) is a marked name."""
    return part.startswith(NAME)


def is_words(part: str) -> bool:
    """Whether a part (see `PARTS`) is marked, but not a name."""
    return part.startswith(WORDS)
