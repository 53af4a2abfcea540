"""Rankers as bars with their intervals, plain SVG so that nothing more needs to be installed. Knows figures only."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from ranking.resampling import Interval

WIDTH, LINE, LEFT, RIGHT = 640, 26, 150, 130
OURS, THEIRS = "#c0392b", "#8aa4c8"


def write_plot(figures: Mapping[str, Interval], title: str, ours: str, picture: Path) -> None:
    """Draw `figures`, in their order, into `picture`."""
    longest = max((figure.high for figure in figures.values()), default=1.0) or 1.0
    across = (WIDTH - LEFT - RIGHT) / longest
    body = [_text(12, 20, title, "start")]
    for number, (name, figure) in enumerate(figures.items()):
        top = 36 + LINE * number
        middle = top + LINE / 2 - 3
        body.append(_text(LEFT - 8, middle + 4, name, "end"))
        color, wide = (OURS if name == ours else THEIRS), figure.value * across
        body.append(f'<rect x="{LEFT}" y="{top}" width="{wide:.1f}" height="{LINE - 8}" fill="{color}"/>')
        start, end = LEFT + figure.low * across, LEFT + figure.high * across
        body.append(f'<path d="M{start:.1f} {middle:.1f}H{end:.1f}" stroke="#333" fill="none"/>')
        body.append(_text(end + 8, middle + 4, str(figure), "start"))
    height = 48 + LINE * len(figures)
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    picture.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n' + "\n".join(body) + "\n</svg>\n", "utf-8")


def _text(x: float, y: float, said: str, anchor: str) -> str:
    style = 'fill="#333" font-family="sans-serif" font-size="12"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {style}>{escape(said)}</text>'
