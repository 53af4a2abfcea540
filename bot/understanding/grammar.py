"""What the model may write about one message, as a grammar: the format of `target.py`, every value copied or listed.

Copied values are runs of whole words of one source (the message, one earlier turn) or a whole title on the screen; in
scripts that write no spaces a character counts as a word. `number` and `about` values come from the message alone.
The same rules, as plain code: `Sources.permits`, for models that run where no grammar can be enforced.

Knows neither model nor tokenizer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.llm.port import Grammar
from bot.understanding.prompt import TURN_WORDS, TURNS, FacetView
from bot.understanding.reading import Intent, MessageInContext, ShownItem
from retrieval.catalogue.schema import FacetKind

MESSAGE_CHARS = 2000  #: a longer message is cut here
TITLE_CHARS = 200
SHOWN = 20  #: titles on the screen that can be named
LISTED_VALUES = 256  #: category values one facet may list
VALUE_WORDS = 12
WORD_CHARS = 64  #: a longer word is not copied; llguidance gives up on copies from one of thousands of characters
SLOTS = 10

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Myanmar, Khmer
    "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u065f\u0900-\u0903\u093a-\u094f\u0962-\u0963\u200c\u200d"
# What a byte-level vocabulary may lack (SmolLM2's: six controls, the first bytes of eight planes) cannot be copied.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNASSIGNED = re.compile("[\U00040000-\U000dffff]")  # planes 4 to 13: no character ever stood there
_WORD = re.compile(rf"(?:(?![{_UNSPACED}_])[\w{_MARKS}])+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TidyMessage:
    """A message as prompt and grammar both see it; `cut`: it was too long and lost its end."""

    message: MessageInContext
    cut: bool


def tidy(message: MessageInContext) -> TidyMessage:
    """White space and controls collapsed, what is no character replaced, over-long texts cut, old turns left out."""
    text = _clean(message.message)
    return TidyMessage(
        MessageInContext(
            text[:MESSAGE_CHARS].rstrip(),
            tuple(_ending(turn) for turn in message.context[-TURNS:]),
            tuple(ShownItem(s.id, _clean(s.title)[:TITLE_CHARS].rstrip()) for s in message.shown[:SHOWN]),
        ),
        cut=len(text) > MESSAGE_CHARS,
    )


def _ending(turn: str) -> str:
    """The end of a turn, as much of it as the prompt shows."""
    return " ".join(_clean(turn).split()[-TURN_WORDS:])[-MESSAGE_CHARS:].lstrip()


def _clean(text: str) -> str:
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(_UNASSIGNED.sub("\ufffd", _CONTROLS.sub(" ", whole)).split())


def words(text: str) -> list[str]:
    """`text` in the pieces at whose edges a copied value may begin and end; joined they are `text` again.

    A piece is a run of letters and digits, or one other character: a space, a sign, a character of an unspaced script.
    """
    return _WORD.findall(text)


@dataclass(frozen=True)
class Sources:
    """Where values of a tidy message may be copied from, and which slots there are."""

    facets: Sequence[FacetView]
    message: MessageInContext

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The titles on the screen, each once."""
        return tuple(dict.fromkeys(s.title for s in self.message.shown if s.title))

    @cached_property
    def listed(self) -> dict[str, tuple[str, ...]]:
        """The values a category facet lists, most frequent first, cleaned; by facet."""
        return listed_values(self.facets)

    @cached_property
    def named(self) -> frozenset[str]:
        """The slots whose values are names: they may come from turns and screen too."""
        return frozenset(["item", *(f.name for f in self.facets if f.kind is FacetKind.ENTITY)])

    def permits(self, slot: str, value: str) -> bool:
        """Whether the grammar lets `slot` have `value`."""
        if slot in self.named:
            return value in self.titles or any(_copied(value, t) for t in (self.message.message, *self.message.context))
        if slot == "about" or any(f.name == slot for f in self.facets):
            return value in self.listed.get(slot, ()) or _copied(value, self.message.message)
        return False

    def as_written(self, slot: str, value: str) -> str | None:
        """`value` as it stands where `slot` may take it from, when it differs in case at most; None: it does not."""
        if self.permits(slot, value):
            return value
        sources = [*self.listed.get(slot, ()), self.message.message, *self.message.context, *self.titles]
        found = (m[0] for source in sources for m in re.finditer(re.escape(value), source, re.IGNORECASE))
        return next((text for text in found if self.permits(slot, text)), None)


def listed_values(facets: Sequence[FacetView]) -> dict[str, tuple[str, ...]]:
    """The values each category facet lists, most frequent first, cleaned; at most `LISTED_VALUES`."""
    return {f.name: _listed(f.values) for f in facets if f.kind is FacetKind.CATEGORY}


@lru_cache(maxsize=64)
def _listed(values: tuple[str, ...]) -> tuple[str, ...]:
    """Cleaned once a catalogue, not once a message."""
    return tuple(v for v in dict.fromkeys(map(_clean, values[:LISTED_VALUES])) if v)


def _copied(value: str, source: str) -> bool:
    """Whether `value` is a run of whole words of `source`, of at most `VALUE_WORDS`."""
    if not value or value != value.strip() or value.count(" ") >= VALUE_WORDS:
        return False
    if any(len(word) > WORD_CHARS for word in words(value)):
        return False
    pieces = words(source)
    edges, at = {0}, 0
    for piece in pieces:
        at += len(piece)
        edges.add(at)
    starts = (m.start() for m in re.finditer(f"(?={re.escape(value)})", source))
    return any(start in edges and start + len(value) in edges for start in starts)


def understanding_grammar(facets: Sequence[FacetView], message: MessageInContext) -> Grammar:
    """The grammar of the answers to `message`, which `tidy` has seen. Up to `SLOTS` slots."""
    sources = Sources(facets, message)
    terminals: dict[str, str] = {}
    _add_copies(terminals, "SAID", [message.message])
    _add_copies(terminals, "EARLIER", message.context)
    if sources.titles:
        terminals["TITLE"] = _one_of(sources.titles)
    slots = [_slot_rule("about", ["SAID"], terminals), _names_rule("item", terminals)]
    for index, facet in enumerate(facets):
        if facet.kind is FacetKind.ENTITY:
            slots.append(_names_rule(facet.name, terminals))
            continue
        listed = sources.listed.get(facet.name)
        if listed:
            terminals[f"LISTED{index}"] = _one_of(listed)
        slots.append(_slot_rule(facet.name, ["SAID", f"LISTED{index}"], terminals))
    return Grammar(_lark([s for s in slots if s], terminals))


def _names_rule(slot: str, terminals: dict[str, str]) -> str:
    return _slot_rule(slot, ["SAID", "EARLIER", "TITLE"], terminals)


def _slot_rule(slot: str, values: Iterable[str], terminals: dict[str, str]) -> str:
    """One alternative of `slot`; empty when there is nothing the value could be."""
    known = [v for v in values if v in terminals]
    return f"{_literal(slot + ' ')} ({' | '.join(known)})" if known else ""


def _add_copies(terminals: dict[str, str], name: str, texts: Iterable[str]) -> None:
    """Add the terminal of the copies from `texts`. New lines join the texts: no value has one, so none spans two."""
    pieces = [piece if len(piece) <= WORD_CHARS else "\n" for text in texts if text for piece in ["\n", *words(text)]]
    if any(piece.strip() for piece in pieces):
        terminals[f"{name}_ANY"] = "%regex " + json.dumps({"substring_chunks": pieces})
        terminals[name] = f"{name}_ANY & /[^ \\n]+( [^ \\n]+){{0,{VALUE_WORDS - 1}}}/"


def _lark(slots: Sequence[str], terminals: dict[str, str]) -> str:
    lines = [f"start: INTENT slot{{0,{SLOTS}}}" if slots else "start: INTENT"]
    if slots:
        lines += ['slot: "\\n" SIGN value', "SIGN: /[-+=]/", f"value: {' | '.join(slots)}"]
    lines.append(f"INTENT: {_one_of(Intent)}")
    lines += [f"{name}: {body}" for name, body in terminals.items()]
    return "\n".join(lines)


def _one_of(texts: Iterable[str]) -> str:
    return " | ".join(_literal(t) for t in texts)


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # the one control JSON leaves as it is
