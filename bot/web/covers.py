"""A cover for an item without a picture: drawn from its title and first category, the same one every time.

The pattern is the category's, so that items of a kind look akin; hue and shapes are the title's. Inline SVG: nothing
is fetched. Knows no catalogue.
"""

from __future__ import annotations

import hashlib
from html import escape

WIDTH, HEIGHT = 120, 180  #: of the drawing's own units, as a poster


def cover_svg(title: str, kind: str = "") -> str:
    """The drawing, of which screen readers are told nothing."""
    shape = hashlib.sha256(title.encode()).digest()
    hue, pattern = int.from_bytes(shape[14:16]) % 360, hashlib.sha256((kind or title).encode()).digest()[0]
    dark, light = f"hsl({hue} 45% 18%)", f"hsl({(hue + 20 + shape[1] % 20) % 360} 48% 36%)"
    drawn = "".join(_circle(shape, i, hue) for i in range(3)) if pattern % 2 else _bands(shape, hue)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{light}"/>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{dark}" opacity=".55"/>{drawn}</svg>'
        f'<span class="cg-initials" aria-hidden="true">{escape(initials(title))}</span>'
    )


def initials(title: str) -> str:
    """Up to three first letters or digits of the title's words; "?" where it has none."""
    return "".join(word[0] for word in title.split() if word[0].isalnum())[:3].upper() or "?"


def _circle(shape: bytes, i: int, hue: int) -> str:
    x, y, r = shape[3 + 3 * i] * WIDTH // 255, shape[4 + 3 * i] * HEIGHT // 255, 22 + shape[5 + 3 * i] % 46
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="hsl({(hue + 28 * i) % 360} 55% 46%)" opacity=".38"/>'


def _bands(shape: bytes, hue: int) -> str:
    """Three slanted bands."""
    slant, step = shape[3] % 70 - 35, 42 + shape[4] % 18
    bands = "".join(
        f'<rect x="-60" y="{18 + i * step}" width="240" height="{9 + shape[5 + i] % 16}" '
        f'fill="hsl({(hue + 24 * i) % 360} 55% 48%)" opacity=".38"/>'
        for i in range(3)
    )
    return f'<g transform="rotate({slant} {WIDTH // 2} {HEIGHT // 2})">{bands}</g>'
