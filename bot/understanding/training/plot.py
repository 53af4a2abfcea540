"""The log of a training run as a picture: loss against tokens, on packs trained on, held out, and of the unseen domain.

Of several tasks, each one's loss on held-out packs as well. Plain SVG, so that nothing more needs to be installed.
Knows the columns of the log only. Also a command:
`python -m bot.understanding.training.plot training.csv training.svg`.
"""

from __future__ import annotations

import csv
import sys
from itertools import cycle
from pathlib import Path

WIDTH, HEIGHT, MARGIN = 640, 320, 48
LINES = (("loss", "trained on", "#8aa4c8"), ("dev_loss", "held-out phrasings", "#c0392b"))
UNSEEN_LINE = ("unseen_loss", "unseen domain", "#27ae60")
OF_TASK, TASK_COLORS = "_dev_loss", ("#8e44ad", "#d68910", "#117a8b")  #: a column of the log: "wording_dev_loss"
Points = list[tuple[float, float]]


def read_points(log: Path, column: str) -> Points:
    """(tokens, value) of the rows in which `column` was measured; none when the log has no such column."""
    with log.open(encoding="utf-8") as file:
        return [(float(row["tokens"]), float(row[column])) for row in csv.DictReader(file) if row.get(column)]


def write_plot(log: Path, picture: Path) -> None:
    """Draw `log` into `picture`."""
    lines = (*LINES, UNSEEN_LINE, *_task_lines(log))
    drawn = [(label, color, read_points(log, column)) for column, label, color in lines]
    every = [point for _, _, points in drawn for point in points]
    if not every:
        return
    far, high = max(x for x, _ in every), max(y for _, y in every)
    body = [_axes(far, high)]
    for number, (label, color, points) in enumerate(p for p in drawn if p[2]):
        body.append(_line(points, far, high, color))
        body.append(_text(WIDTH - MARGIN, MARGIN + 16 * number, label, color, "end"))
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    picture.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n' + "\n".join(body) + "\n</svg>\n")


def _task_lines(log: Path) -> list[tuple[str, str, str]]:
    with log.open(encoding="utf-8") as file:
        columns = [c for c in next(csv.reader(file), []) if c.endswith(OF_TASK)]
    labels = [f"held out, {column.removesuffix(OF_TASK)}" for column in columns]
    return list(zip(columns, labels, cycle(TASK_COLORS), strict=False))


def _place(x: float, y: float, far: float, high: float) -> str:
    across = MARGIN + (WIDTH - 2 * MARGIN) * x / (far or 1)
    down = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * y / (high or 1)
    return f"{across:.1f},{down:.1f}"


def _line(points: Points, far: float, high: float, color: str) -> str:
    path = " ".join(_place(x, y, far, high) for x, y in points)
    return f'<polyline fill="none" stroke="{color}" stroke-width="1.5" points="{path}"/>'


def _axes(far: float, high: float) -> str:
    left, bottom = MARGIN, HEIGHT - MARGIN
    frame = f'<path d="M{left} {MARGIN}V{bottom}H{WIDTH - MARGIN}" fill="none" stroke="#555"/>'
    words = [
        _text(left - 6, MARGIN + 4, f"{high:.2f}", "#555", "end"),
        _text(left - 6, bottom + 4, "0", "#555", "end"),
        _text(WIDTH - MARGIN, bottom + 18, f"{far:,.0f} tokens", "#555", "end"),
        _text(left, MARGIN - 14, "loss, nats an answer token", "#555", "start"),
    ]
    return "\n".join([frame, *words])


def _text(x: float, y: float, said: str, color: str, anchor: str) -> str:
    style = f'fill="{color}" font-family="sans-serif" font-size="12" text-anchor="{anchor}"'
    return f'<text x="{x}" y="{y}" {style}>{said}</text>'


if __name__ == "__main__":
    write_plot(Path(sys.argv[1]), Path(sys.argv[2]))
