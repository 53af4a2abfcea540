"""What was said in a conversation, from its events: the lines that a channel draws again when it is taken up.

A tap speaks in words of its own ("I like Heat"); one that starts over begins a clean page. Pure; draws nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.dialogue import events as ev
from bot.dialogue.state import standing

TAPS: Mapping[str, str] = {
    "like": "I like {}", "dislike": "{} is not for me", "seen": "I have seen {}", "accept": "I'll take {}",
    "reference": "More like {}",
}  #: what a tapped reaction says; a click says nothing  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One side's words in one turn."""

    role: Literal["user", "assistant"]
    text: str


def transcript(
    events: Iterable[ev.Event], titles: Mapping[str, str], taps: Mapping[str, str] = TAPS
) -> tuple[Line, ...]:
    """The lines of a conversation, oldest first. `titles` are those of the catalogue's items, by id.

    A turn that was rewound was never said. `taps` are the words of taps.
    """
    lines: list[Line] = []
    spoke = False  # whether the visitor has a line in this step
    for event in standing(events):
        if isinstance(event, ev.StepBegan):
            spoke = False
        elif isinstance(event, ev.Restarted) and not spoke:
            lines.clear()
        elif isinstance(event, ev.Answered):
            lines += [Line("assistant", event.text)] if event.text else []
        elif not spoke and (words := _words(event, titles, taps)):
            lines.append(Line("user", words))
            spoke = True
    return tuple(lines)


def spoken(events: Iterable[ev.Event]) -> tuple[str, ...]:
    """The words of both sides, oldest first, from when the visitor last started over by a tap.

    Started over in words, the earlier ones are what comes next refers to. `events` hold no rewound turn.
    """
    words: list[str] = []
    typed = False
    for event in events:
        if isinstance(event, ev.StepBegan):
            typed = False
        elif isinstance(event, ev.Said | ev.Answered):
            typed = typed or isinstance(event, ev.Said)
            words.append(event.text)
        elif isinstance(event, ev.Restarted) and not typed:
            words.clear()
    return tuple(words)


def last_words(events: Iterable[ev.Event]) -> str | None:
    """What the visitor typed last, if the last turn was typed: what can be said again or be changed."""
    words = None
    for event in standing(events):
        if isinstance(event, ev.StepBegan):
            words = None
        elif isinstance(event, ev.Said):
            words = event.text
    return words


def _words(event: ev.Event, titles: Mapping[str, str], taps: Mapping[str, str]) -> str | None:
    """What the visitor said with `event`, in words; None: nothing, or nothing that has words."""
    if isinstance(event, ev.Said):
        return event.text
    if isinstance(event, ev.Reacted) and event.kind in taps and event.item in titles:
        return taps[event.kind].format(titles[event.item])
    return None
