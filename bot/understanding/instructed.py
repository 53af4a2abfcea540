"""The prompt for models that were not trained to read: the task in words, with worked examples when there are any.

Examples are data of a catalogue: `reading_examples.jsonl` in its folder, rows {"message", "context", "shown", "answer"}
where `answer` is the lines of `target.py`. Knows the prompt; knows no model and no server.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.jsonl import RowError, text_field, texts_field
from bot.understanding.grammar import Sources, tidy
from bot.understanding.json_answer import write_json_answer
from bot.understanding.prompt import FacetView, kept_values, message_suffix
from bot.understanding.reading import Intent, MessageInContext, ShownItem
from bot.understanding.target import RawSlot, parse_target, write_target
from bot.understanding.tokens import SUFFIX_TAIL
from prompts import render
from retrieval.errors import ChatalogueError

EXAMPLES = "reading_examples.jsonl"
Form = Literal["lines", "json"]
Prompt = Callable[[str, Sequence[FacetView], Form], str]


class ExamplesUnusable(ChatalogueError):
    """A file of worked examples that cannot be shown to a model as it stands."""

    code = "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """A message and the reading that a model should give."""

    message: MessageInContext
    intent: Intent
    slots: tuple[RawSlot, ...]


def instructed(examples: Sequence[Example] = ()) -> Prompt:
    """The prompt that states the task, for any catalogue; it shows `examples` in the form that is asked for."""

    def prompt(item: str, facets: Sequence[FacetView], form: Form) -> str:
        kept = kept_values(facets)
        write = write_json_answer if form == "json" else write_target
        shown = [(_as_prompted(e.message), write(e.intent, e.slots)) for e in examples]
        views = [(f, kept[f.name]) for f in facets]
        return render("understand_instructed", item=item, facets=views, form=form, examples=shown)

    return prompt


def load_examples(path: Path, facets: Sequence[FacetView]) -> tuple[Example, ...]:
    """The examples of a file. Raises ExamplesUnusable with the line that the grammar would not let a model write."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ExamplesUnusable(f"cannot read {str(path)!r}", hint="name a JSON Lines file in UTF-8") from error
    examples = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                examples.append(_example(line, facets))
            except (RowError, ValueError, RecursionError) as error:
                why = error.message if isinstance(error, RowError) else str(error)
                hint = "docs/understanding.md describes worked examples"
                raise ExamplesUnusable(f"{path.name}:{number}: {why}", hint=hint) from error
    return tuple(examples)


def _example(line: str, facets: Sequence[FacetView]) -> Example:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    shown = tuple(ShownItem("", title) for title in texts_field(row, "shown"))
    message = tidy(MessageInContext(text_field(row, "message"), texts_field(row, "context"), shown)).message
    intent, slots = parse_target(text_field(row, "answer"))
    sources = Sources(facets, message)
    for slot in slots:
        if not sources.permits(slot.slot, slot.value):
            raise ValueError(f"{slot.value!r} is no value that {slot.slot!r} may have in this message")
    return Example(message, intent, slots)


def _as_prompted(message: MessageInContext) -> str:
    return message_suffix(message).removesuffix(SUFFIX_TAIL)
