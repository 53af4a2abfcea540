"""May a model's wording be said? `problem` names what is wrong with it, in a word and with what it was found.

Beyond grounding (every title, name, number and value is of the facts at hand): nothing that the template says is lost
or turned round, no value is pinned on an item without it, the prompt is not told, and the form is that of a reply. A
wording is refused when in doubt, since its template says the same. Knows no model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.response.grounding import Grounds, said_values, ungrounded
from bot.response.labels import COUNTS
from bot.response.wording import Brief
from retrieval.linking.text import FUNCTION_WORDS

MOST_WORDS = 60  #: in the prose of any reply
STEM = 4  #: letters
LEAK = 6  #: so many words of the prompt in a row are the prompt
_NEGATION = re.compile(
    r"\b(?:no|not|none|never|nothing|nobody|without|neither|nor|cannot|except|avoid\w*|skip\w*|lacks?)\b|n['’]t\b", re.I
)
_NEGATED = re.compile(r"(?<!\w)(?:no|not|without) ([^,.;:]+)", re.I)
_LIKENED = re.compile(r"\b(?:un)?(?:like[ds]?|liking|than|as|to|of|with|from|enjoy\w*|lov\w+)\s+$", re.I)
_FORM = re.compile(r"[\n|<>{}]|https?:|www\.|\*\*|^(?:say|act|visitor|item):", re.I)
_OF_ITSELF = re.compile(r"\bI(?:['’]m| am) (?:an?|the)\b|\b(?:as|an) (?:an )?(?:AI|language model)\b", re.I)
_UNENDED = re.compile(r"[^.?!…)”\"]$")
_CLAIM = re.compile(
    r"\b(?:free|discount\w*|on sale|for sale|bargain\w*|best-?sell\w*|award\w*|guarante\w*|warrant\w*|deliver\w*|"
    r"shipping|refund\w*|in stock|sold out|limited|exclusive\w*|critic\w*|rated|ratings?|stream\w*)\b",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_OPENING = re.compile(r"(yes|no)\b", re.I)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a wording is refused: `reason` is a word for counting, `found` what was found."""

    reason: str  #: "long", "form", "exclamation", "ungrounded", "lost", "turned", "leak"
    found: str = ""


def problem(text: str, brief: Brief, allowed: Grounds, prompt: str) -> Problem | None:
    """What is wrong with `text` as the reply to `brief`; None: it may be said. `prompt` is what must not be told."""
    if not text or len(text.split()) > MOST_WORDS:
        return Problem("long" if text else "form", f"{len(text.split())} words")
    if form := _FORM.search(text) or _UNENDED.search(text):
        return Problem("form", form[0])
    sentences = _SENTENCE.split(text)
    if len(set(sentences)) < len(sentences):
        return Problem("form", "a sentence twice")
    if "!" in _without_titles(text, allowed):
        return Problem("exclamation", "!")
    if strangers := (*ungrounded(text, allowed), *_pinned(text, allowed), *_claims(text, brief, allowed)):
        return Problem("ungrounded", ", ".join(strangers))
    if told := _leaked(text, f"{brief.plain} {brief.said}", prompt):
        return Problem("leak", told)
    if turned := _turned(text, brief):
        return Problem("turned", turned)
    lost = _lost(text, brief, allowed)
    return Problem("lost", lost) if lost else None


def _without_titles(text: str, allowed: Grounds) -> str:
    for title in sorted({item.title for item in allowed.items}, key=len, reverse=True):
        text = text.replace(title, " ")
    return text


def _pinned(text: str, allowed: Grounds) -> list[str]:
    """Values that a sentence says of an item it names, and that the item does not have; "like Heat" names none."""
    found: list[str] = []
    for clause in re.split(r"(?<=[.?;])\s+", text):
        named = [i for i in allowed.items if (at := clause.find(i.title)) >= 0 and not _LIKENED.search(clause[:at])]
        own = {v.casefold() for i in named for value in i.facets.values() if isinstance(value, tuple) for v in value}
        words = {w for v in own for w in v.split()}
        said = said_values(_without_titles(clause, allowed), allowed.categories) if named else []
        if not _NEGATION.search(clause):
            found += [v for v in said if not any(set(m.split()) <= words for m in (v, *allowed.categories[v]))]
    return found


def _claims(text: str, brief: Brief, allowed: Grounds) -> list[str]:
    """Promises of a shop that neither template nor an item's text makes, counts it does not give, tales of itself."""
    held = "\n".join((brief.plain, *(item.text for item in allowed.items))).casefold()
    found = (*_CLAIM.finditer(text), *_OF_ITSELF.finditer(text))
    promised = [m[0] for m in found if m[0].casefold() not in held]
    return promised + [w for w in _words(text) if w in COUNTS[2:] and w not in _words(brief.plain)]


def _leaked(text: str, known: str, prompt: str) -> str:
    """A run of `LEAK` words of the prompt's fixed part in `text` that neither template nor visitor said."""
    said, own = _words(text), " ".join(_words(known))
    told = f" {' '.join(_words(prompt))} "
    for start in range(len(said) - LEAK + 1):
        run = " ".join(said[start : start + LEAK])
        if f" {run} " in told and run not in own:
            return run
    return ""


def _turned(text: str, brief: Brief) -> str:
    """A "no" that was lost or found: of what is avoided, and in answers, where it is the answer."""
    avoided = [part.strip() for part in _NEGATED.findall(brief.plain)]
    for match in (m for part in avoided for m in re.finditer(re.escape(part), text, re.I)):
        if not _NEGATION.search(text[max(0, match.start() - 24) : match.start()]):
            return match[0]
    said = list(_NEGATION.finditer(text))
    if brief.act in ("describe", "explain"):
        if bool(said) != bool(_NEGATION.search(brief.plain)):
            return said[0][0] if said else "no"
    elif stray := next((m for m in said if not any(_says(text[m.end() :], part) for part in avoided)), None):
        return stray[0]
    opening = _OPENING.match(brief.plain)
    return opening[0] if opening and not text.casefold().startswith(opening[0].casefold()) else ""


def _lost(text: str, brief: Brief, allowed: Grounds) -> str:
    """What the template says and `text` does not: a question, a title, a name, a value or a number."""
    *before, last = _SENTENCE.split(brief.plain.strip())
    *said, end = _SENTENCE.split(text.strip())
    asks = last.endswith("?")
    if asks != end.endswith("?") or any(s.endswith("?") for s in said) or (asks and not _about_the_same(last, end)):
        return "the question" if asks else "the statement"
    if asks and before and not said:
        return "the statement"
    told = {i.title for i in allowed.items}
    if " · " not in brief.plain:  # of all that there is to say of an item a wording may choose
        told |= {n for i in allowed.items for v in i.facets.values() if isinstance(v, tuple) for n in v}
        told |= {*said_values(brief.plain, allowed.categories), *re.findall(r"\d[\d,.]*\d|\d", brief.plain)}
    said_too = said_values(text, allowed.categories)
    missing = sorted(n for n in told if _says(brief.plain, n) and n not in said_too and not _says(text, n))
    return missing[0] if missing else ""


def _about_the_same(question: str, asked: str) -> bool:
    """Whether two questions share a word that says what they are about, whatever its ending."""
    one, other = (
        {w[:STEM] for w in _words(q) if len(w) >= STEM and w not in FUNCTION_WORDS} for q in (question, asked)
    )
    return bool(one & other) or not one


def _says(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I) is not None


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())
