"""What a model that words replies is told, and the grammar of what it may say: one prefix a catalogue and voice, one
suffix a turn.

The model gets the template's reply ("say"), the visitor's message, and a line of facts for each of the first items, and
says the same in its own words. The grammar lets it copy any run of whole words from the template's reply and the lines
of facts; every other word is a small one that is no value of the catalogue, or opens a sentence. So names, numbers and
values come from the facts at hand or not at all. What a grammar cannot see (a true name in a false place, a lost "no")
is `wording_check`'s. Knows neither tokenizer nor model, and no dialogue.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from bot.llm.port import Grammar
from bot.response.labels import COUNTS
from bot.understanding.grammar import WORD_CHARS, words
from prompts import render

MOST_CHARS = 1_000  #: of the shop's own style: about 250 tokens of a prompt that is read before the first message
Tone = Literal["plain", "warm", "formal"]
Length = Literal["short", "normal"]

TONES: dict[Tone, str] = {
    "plain": "plain and calm",
    "warm": "warm and friendly",
    "formal": "polite and formal, with no contractions",
}
LENGTHS: dict[Length, str] = {"short": "one short sentence", "normal": "one or two short sentences"}
ITEMS = 3  #: items whose facts the model is given
SAID_WORDS = 40  #: of the visitor's message
OPENERS = (
    "A", "All", "An", "And", "Any", "Are", "As", "At", "Both", "But", "By", "Do", "Each", "Enjoy", "For", "From",
    "Good", "Got", "Great", "Have", "Hello", "Here", "Hi", "How", "I", "If", "In", "Is", "It", "Its", "Let", "Like",
    "Maybe", "May", "My", "No", "Not", "Noted", "Nothing", "On", "One", "Or", "Other", "Perhaps", "Right", "Since",
    "So", "Some", "Sure", "Tell", "Thank", "Thanks", "That", "The", "Their", "Then", "There", "These", "They", "This",
    "Those", "To", "Try", "We", "Welcome", "What", "When", "Where", "Which", "Who", "With", "Without", "Would", "Yes",
    "You", "Your",
)  # fmt: skip
#: The words a sentence may begin with besides names and numbers; `grounding` excuses their capitals there.

ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"reply": {"type": "string"}},
    "required": ["reply"],
    "additionalProperties": False,
}  #: the answer for an engine that can be held to no more than this; what it says is checked all the same


@dataclass(frozen=True, slots=True)
class Voice:
    """How the assistant speaks. `house` is the shop's own style, at most `MOST_CHARS`; may be empty."""

    tone: Tone = "plain"
    length: Length = "normal"
    house: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """What is to be said in one turn, on one line each.

    `act`: one of `wording_brief.ACTS`. `said`: the visitor's message, may be empty. `plain`: the template's reply,
    whose meaning the wording keeps. `items`: (title, its facts as "1995 · 170 min · action"), in the order shown.
    """

    act: str
    said: str
    plain: str
    items: tuple[tuple[str, str], ...] = ()


def wording_prefix(items: str, voice: Voice | None = None) -> str:
    """The part of the prompt that all replies of a catalogue share; `items` is its noun for several ("films").

    It begins and ends as `bot.understanding.tokens.encode_prefix` wants it. About 75 tokens without a house style.
    """
    voice = voice or Voice()
    return render(
        "word_reply",
        items=items,
        tone=TONES[voice.tone],
        length=LENGTHS[voice.length],
        house=_line(voice.house),
    )


def wording_suffix(brief: Brief) -> str:
    """The part of the prompt that changes with every reply, as `encode_suffix` wants it; white space is collapsed.

    What should follow is the reply, on one line, which `wording_grammar` of the same brief permits.
    """
    lines = _fact_lines(brief)
    return render("word_turn", act=brief.act, said=_said(brief), items=lines, plain=_line(brief.plain))


def wording_grammar(brief: Brief, values: Collection[str] = ()) -> Grammar:
    """The replies to `brief` that name no more than it does: sentences without exclamation marks, however many.

    `values` are the catalogue's category values; those that the brief does not hold cannot be written.
    """
    pieces = [p if len(p) <= WORD_CHARS else "\n" for text in _facts(brief) for p in ("\n", *words(text))]
    openers = " | ".join(map(json.dumps, OPENERS))
    titles = [json.dumps(title, ensure_ascii=False) for title, _ in _fact_lines(brief)]
    lark = [
        "start: TEXT",
        'TEXT: SENTENCE (" " SENTENCE)*',  # counting sentences or words here would multiply the states of the copies
        "SENTENCE: (OPENER | COPY) (/[,:;]? /  (WORD | COPY))* /[.?]/",
        f"OPENER: {openers}",
        f"WORD: {_free_words(foreign(brief, values))}",
        "COPIES: %regex " + json.dumps({"substring_chunks": pieces}),
        " | ".join([r'COPY: (COPIES & /[^ \n"“”!<>|]+( [^ \n"“”!<>|]+)*/)', *titles]),
    ]
    return Grammar("\n".join(lark), json_schema=ANSWER_SCHEMA)


def foreign(brief: Brief, values: Collection[str]) -> tuple[str, ...]:
    """The words of `values`, and the numbers in words, that the brief does not hold: small letters, sorted."""
    held = {form for text in _facts(brief) for word in words(text.casefold()) for form in forms(word)}
    of_values = {word for value in values for word in words(value.casefold()) if len(word) > 2 and word.isalpha()}
    spoken = {form for word in of_values for form in forms(word)}
    return tuple(sorted((spoken | set(COUNTS[2:])) - held - _GRAMMATICAL))


def forms(word: str) -> tuple[str, ...]:
    """A word of a value and its plural: "comedy", "comedies"."""
    plural = f"{word[:-1]}ies" if re.search(r"[^aeiou]y$", word) else f"{word}es" if word.endswith("s") else f"{word}s"
    return (word, plural)


_ODD = re.compile("[\x00-\x1f\x7f-\x9f\U00040000-\U000dffff]")
_GRAMMATICAL = frozenset(["all", "and", "any", "for", "from", "not", "off", "the", "with", "without", "you"])


def _free_words(excluded: tuple[str, ...]) -> str:
    small = "/I|[a-z]+(['’-][a-z]+)*/"
    return f"{small} & ~({' | '.join(json.dumps(word) for word in excluded)})" if excluded else small


def _said(brief: Brief) -> str:
    return " ".join(_line(brief.said).split()[:SAID_WORDS])


def _fact_lines(brief: Brief) -> list[tuple[str, str]]:
    return [(_line(title), _line(facts)) for title, facts in brief.items[:ITEMS]]


def _facts(brief: Brief) -> list[str]:
    """The texts that names, numbers and values may be copied from."""
    return [_line(brief.plain), *(text for line in _fact_lines(brief) for text in line if text)]


def _line(text: str) -> str:
    """`text` on one line, without controls and without what is no character."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(_ODD.sub(" ", whole).split())
