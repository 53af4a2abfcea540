"""The words of a turn, its reply and its chips, against what its script expects of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import regex

from bot.conversations.bench import Mismatch
from bot.conversations.expectations import LANGUAGES, ChipsExpectation, ReplyExpectation
from bot.conversations.list_checks import counted
from bot.messages import Reply

SEARCH = regex.IGNORECASE | regex.DOTALL
LONGEST_S = 2.0  #: an expression that takes longer to search for fails


def of_reply(expect: ReplyExpectation, reply: Reply) -> Iterator[Mismatch]:
    """Everything about the words that is not as expected."""
    words = len(reply.text.split())
    if expect.grounded is not None and reply.grounded is not expect.grounded:
        actual = "grounded" if reply.grounded else "a wording failed the check and its template stands instead"
        yield Mismatch("reply: grounded", str(expect.grounded).lower(), f"{actual}: {reply.text}")
    worded = reply.wording.reason or reply.wording.source
    if expect.worded is not None and worded != expect.worded:
        told = f"{worded} {reply.wording.found}".strip()
        yield Mismatch("reply: worded", expect.worded, f"{told}: {reply.text}")
    if expect.min_words is not None and words < expect.min_words:
        yield Mismatch("reply: min_words", str(expect.min_words), f"{words}: {reply.text}")
    if expect.max_words is not None and words > expect.max_words:
        yield Mismatch("reply: max_words", str(expect.max_words), f"{words}: {reply.text}")
    yield from _searched("reply", expect, [reply.text], reply.text)
    if expect.language is not None and (found := language_of(_without_names(reply))) != expect.language:
        yield Mismatch("reply: language", expect.language, f"{found}: {reply.text}")


def of_chips(expect: ChipsExpectation, reply: Reply) -> Iterator[Mismatch]:
    """Everything about the suggestions that is not as expected."""
    labels = [chip.label for chip in reply.chips]
    told = ", ".join(labels) or "none"
    yield from counted("chips: count", expect.count, len(labels), told)
    yield from _searched("chips", expect, labels, told)


def found(expression: str, text: str) -> bool:
    """Whether `expression` is somewhere in `text`, whatever the case. Raises TimeoutError when it takes too long."""
    return regex.search(expression, text, SEARCH, timeout=LONGEST_S) is not None


def _searched(
    what: str, expect: ReplyExpectation | ChipsExpectation, texts: Sequence[str], told: str
) -> Iterator[Mismatch]:
    for name, expression, wanted in (("matches", expect.matches, True), ("not_matches", expect.not_matches, False)):
        if expression is None:
            continue
        try:
            if any(found(expression, text) for text in texts) is not wanted:
                yield Mismatch(f"{what}: {name}", expression, told)
        except TimeoutError:
            yield Mismatch(f"{what}: {name}", f"{expression} within {LONGEST_S:g} s", "it took longer: simplify it")


def language_of(text: str) -> str:
    """The likeliest of `LANGUAGES` (ISO 639-1), by py3langid's model of character n-grams; short texts are guesses."""
    return str(_identifier().classify(text)[0])


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def _without_names(reply: Reply) -> str:
    """The reply without the titles on its cards and without capitalised words inside a sentence, which are names."""
    text = reply.text
    for card in sorted(reply.items, key=lambda card: -len(card.title)):
        text = text.replace(card.title, " ")
    return str(regex.sub(r"(?<=[a-z,:] )[A-ZÀ-Þ][\w'’.-]*", " ", text))
