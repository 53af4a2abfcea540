"""Pairs of wordings for a blind comparison: what the template says and what the model makes of it, in random order.

Situations come from short talks with the assistant, drawn from a seed and worded from the catalogue's own titles and
values; the rules read them. A wording that fails its check is no pair, since the template would be said: it is counted.
The key, which of the two is the model's, goes into a file of its own. Knows no judge.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bot.assistant import Assistant
from bot.dialogue import actions as a
from bot.messages import NewConversation, Step, UserText, Wording
from bot.response.turn_facts import Facts
from bot.response.wording_brief import ACTS, brief_of
from bot.response.writing import Writer
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind
from retrieval.errors import ChatalogueError

PAIRS, KEY = "pairs.jsonl", "key.jsonl"
MOST_TALKS = 12  #: for each pair wanted; a model whose every wording fails gives none
AFTER = {
    "describe": ("tell me about the first one", "what is the second one about?", "who made the first one?"),
    "explain": ("why the first one?", "why did you recommend the second one?"),
    "accept": ("I'll take the first one", "the second one it is"),
}  #: what is said about a list, for the acts that need one
BEFORE = {"greet": ("hello", "hi there", "good evening"), "ask": ("recommend me something", "I don't know what I want")}


class PairsError(ChatalogueError):
    """Pairs that cannot be made, written or judged."""

    code = "wording_pairs"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two wordings of one reply."""

    act: str
    said: str
    items: tuple[tuple[str, str], ...]
    template: str
    model: str


@dataclass
class Made:
    """What came out: pairs, how many wordings were replaced by reason, and the wall milliseconds of each."""

    pairs: list[Pair] = field(default_factory=list)
    replaced: Counter[tuple[str, str]] = field(default_factory=Counter)
    ms: list[float] = field(default_factory=list)


class _Overhearing:
    """In a writer's place: the templates speak, and the last situation is kept."""

    def __init__(self) -> None:
        self.last: tuple[a.Action, Facts, str] | None = None

    def word(self, action: a.Action, facts: Facts, plain: str) -> tuple[str, Wording]:
        """The template's words."""
        self.last = (action, facts, plain)
        return plain, Wording()


def make_pairs(assistant: Assistant, writer: Writer, count: int, seed: int, report: Callable[[str], None]) -> Made:
    """`count` pairs over the acts in turn, as far as talks lead to them and the model's wordings pass."""
    draw, made, heard = random.Random(seed), Made(), _Overhearing()
    assistant.stages.replier.writer = heard
    acts = list(ACTS)
    for talk in range(count * MOST_TALKS):
        if len(made.pairs) == count or not acts:
            break
        act = acts[talk % len(acts)]
        found = _one(assistant, heard, [*_talk(act, draw, assistant.catalogue)])
        if found is None or found[0] != act:
            continue
        pair = _pair(writer, made, *found[1])
        if pair is not None and pair not in made.pairs:
            made.pairs.append(pair)
            report(f"pair {len(made.pairs)} of {count}: {pair.act}")
    return made


def _one(
    assistant: Assistant, heard: _Overhearing, steps: Sequence[Step]
) -> tuple[str, tuple[a.Action, Facts, str]] | None:
    """The last situation of a talk, with its act; None where no model would word it."""
    conversation, heard.last = assistant.open(), None
    for step in steps:
        conversation.reply(step)
    if heard.last is None or (brief := brief_of(*heard.last)) is None:
        return None
    return brief.act, heard.last


def _pair(writer: Writer, made: Made, action: a.Action, facts: Facts, plain: str) -> Pair | None:
    brief = brief_of(action, facts, plain)
    assert brief is not None, "asked before"
    tried = writer.attempt(brief, action, facts)
    made.ms.append(tried.ms)
    if tried.problem is not None:
        made.replaced[brief.act, tried.problem.reason] += 1
        return None
    return Pair(brief.act, brief.said, brief.items, plain, tried.text)


def _talk(act: str, draw: random.Random, catalogue: Catalogue) -> Iterator[Step]:
    """Steps that probably lead to `act`."""
    if act in BEFORE:
        if draw.random() < 0.5:
            yield NewConversation()
        yield UserText(draw.choice(BEFORE[act]))
        return
    yield UserText(_wish(draw, catalogue))
    if act in AFTER:
        yield UserText(draw.choice(AFTER[act]))
    elif draw.random() < 0.4:
        yield UserText(draw.choice(("something else", "anything newer?", f"not {_value(draw, catalogue)}")))


def _wish(draw: random.Random, catalogue: Catalogue) -> str:
    """A first message: a value, an example, or both."""
    title = draw.choice(catalogue.items).title
    forms = (
        "{value}, please",
        "something like {title}",
        "{value} like {title}",
        "I love {value}",
        "{value}, no {other}",
    )
    return draw.choice(forms).format(value=_value(draw, catalogue), title=title, other=_value(draw, catalogue))


def _value(draw: random.Random, catalogue: Catalogue) -> str:
    """One of the ten commonest values of the first category facet."""
    facet = next((f.name for f in catalogue.schema.facets if f.kind is FacetKind.CATEGORY), None)
    values = catalogue.facet_values(facet)[:10] if facet else ()
    return draw.choice(values) if values else catalogue.schema.items_noun


def write_pairs(made: Made, folder: Path, seed: int) -> None:
    """`PAIRS` for the judge and `KEY` for afterwards. Raises PairsError when the folder cannot be written."""
    draw = random.Random(f"order:{seed}")
    pairs, key = [], []
    for number, pair in enumerate(made.pairs, 1):
        first, second = draw.sample((("model", pair.model), ("template", pair.template)), 2)
        shown: dict[str, Any] = {"pair": number, "act": pair.act, "visitor": pair.said}
        shown["items"] = [f"{title}: {facts}" for title, facts in pair.items]
        pairs.append({**shown, "a": first[1], "b": second[1]})
        key.append({"pair": number, "act": pair.act, "model": "a" if first[0] == "model" else "b"})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in ((PAIRS, pairs), (KEY, key)):
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise PairsError(f"cannot write to {str(folder)!r}: {error.strerror}", hint="name another folder") from error


def told(made: Made) -> Iterator[str]:
    """The figures, a line each: pairs and replaced wordings by act, and the time a wording took."""
    for act in ACTS:
        pairs = sum(pair.act == act for pair in made.pairs)
        reasons = {reason: n for (of, reason), n in sorted(made.replaced.items()) if of == act}
        if pairs or reasons:
            lost = ", ".join(f"{n} {reason}" for reason, n in reasons.items())
            yield f"{act:<10} {pairs:>3} pairs, {sum(reasons.values()):>3} replaced{f' ({lost})' if lost else ''}"
    if made.ms:
        ordered = sorted(made.ms)
        yield f"a wording took {median(ordered):.0f} ms (p50), {ordered[int(0.95 * (len(ordered) - 1))]:.0f} ms (p95)"
