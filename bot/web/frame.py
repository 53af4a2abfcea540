"""The parts of the page that a callback may change, and where a tab is. Knows Gradio's way of leaving a part alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import gradio as gr

Turns = list[dict[str, Any]]
SAME = gr.skip()


@dataclass(frozen=True, slots=True)
class Here:
    """Where a tab is: its conversation, and the line that stands above it. Held at the server, one a tab."""

    visit: str = ""
    opening: str = ""


class Frame(NamedTuple):
    """What a callback shows: the parts in the order of the page's outputs. What is not given stays as it is."""

    box: Any = SAME
    kept: Any = SAME
    here: Any = SAME
    dialogue: Any = SAME
    cards: Any = SAME
    beliefs: Any = SAME
    chips: Any = SAME
    tools: Any = SAME

    def over(self, before: Frame) -> Frame:
        """Both, one after the other."""
        return Frame(*(old if new == SAME else new for new, old in zip(self, before, strict=True)))

    def beyond(self, before: Frame) -> Frame:
        """Without the parts that are drawn so already: a browser would draw them again, pictures and all."""
        return Frame(*(SAME if new == old else new for new, old in zip(self, before, strict=True)))
