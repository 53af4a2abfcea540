"""How people type: joined clauses, openers, slang, slips of the finger, missing apostrophes, no capitals.

Works on marked text and leaves the marks in place. Knows nothing of slots.
"""

from __future__ import annotations

import random
import re

from bot.understanding.training.lists import Split, draw, words
from bot.understanding.training.marks import OPENING, PARTS, is_name, is_words, plain

_ROWS = (
    "q:wa w:qes e:wrd r:etf t:ryg y:tuh u:yij i:uok o:ipl p:ol a:qsz s:adwx d:sfec f:dgrv g:fhtb h:gjyn j:hkum k:jlin "
    "l:kop z:asx x:zcs c:xvd v:cbf b:vng n:bmh m:nj"
)
NEIGHBOURS = {pair[0]: pair[2:] for pair in _ROWS.split()}  #: the keys around a key

AMOUNT = re.compile(r"\d|than|most|least|dollars|bucks|euros|pounds|hours?\b|stars?\b", re.IGNORECASE)  #: no slips here


def tidy(text: str) -> str:
    """Articles, doubled spaces and spaces before punctuation put right."""
    text = re.sub(rf"\ba ({OPENING})(?=[aeiouAEIOU])(?!(?:uni|use|one|euro)\w)", r"an \1", text)
    text = re.sub(rf"\b([Aa])n? ({OPENING})some ", r"\2some ", text)
    text = re.sub(r" {2,}(?!\()", " ", text)
    text = re.sub(r" +([,?!;])", r"\1", text)
    return text.strip()


def join(r: random.Random, *clauses: str) -> str:
    """Clauses as one message, each with the punctuation somebody might give it."""
    parts = [c.strip() for c in clauses if c and c.strip()]
    text = parts[0] if parts else ""
    for clause in parts[1:]:
        part = clause
        if text[-1] not in "?,:;" and part[:1].isascii() and r.random() < 0.14:
            link = r.choice(["and", "but", "also", "oh and", "plus", "and", "though"])
            keeps = part[:2] in ("I ", "I'") or part[:1] in "{"
            part = f"{link} " + (part if keeps else part[:1].lower() + part[1:])
        gap = " " if text[-1] in ".!?," else r.choices([". ", ", ", " ", "! ", "... "], [5, 3, 2, 1, 0.4])[0]
        if text[-1] == "," and part[:2] not in ("I ", "I'"):
            part = part[:1].lower() + part[1:]
        if gap in (". ", "! ") and r.random() < 0.7:
            part = part[:1].upper() + part[1:]
        text += gap + part
    return text


def with_remark(r: random.Random, split: Split, clauses: list[str], domain: str) -> list[str]:
    """The clauses with a remark of no consequence before, between or after them."""
    of_films = ("movie", "theater", "popcorn", "tv", "title", "watch")
    remark = draw(r, split, "chat", "filler", lambda p: domain == "films" or not any(w in p for w in of_films))
    remark = remark.replace("<who>", r.choice(words("shared")["company"]))
    at = r.randint(0, len(clauses))
    return [*clauses[:at], remark, *clauses[at:]]


def dress(r: random.Random, split: Split, text: str, intent: str, first: bool) -> str:
    """The text with a greeting, an opener or a tail now and then."""
    if intent not in ("recommend", "feedback", "accept", "ask", "compare"):
        return text
    if first and r.random() < 0.25:
        text = join(r, draw(r, split, "shared", "greeting"), text)
    elif r.random() < 0.16:
        agrees = ("Yes", "Yeah", "alright", "Ok", "Okay,")
        opener = draw(r, split, "shared", "opener", lambda o: intent == "accept" or o not in agrees)
        keeps = text[:2] in ("I ", "I'") or not text[:1].isascii() or r.random() < 0.4
        text = opener + " " + (text if keeps else text[:1].lower() + text[1:])
    if r.random() < 0.07:
        if text.endswith("?"):
            return text + " " + r.choice(["lol", ":)", "haha", "🙂"])
        return text.rstrip(".!?") + " " + draw(r, split, "shared", "tail")
    return text


def noisy(r: random.Random, text: str) -> str:
    """The text as typed: in three cases of ten with care, in one impatiently, else in a hurry."""
    x = r.random()
    if x < 0.3:
        return _capital(text)
    parts = PARTS.split(text)
    if x > 0.9:
        return _impatient(r, parts)
    if r.random() < 0.22:
        _slang(r, parts)
    _slips(r, parts, len(text.split()))
    return _case(r, _punctuation(r, "".join(parts))).strip()


def slip(r: random.Random, word: str) -> str:
    """The word with one key missed, swapped, doubled or confused with its neighbour."""
    if len(word) < 4:
        return word
    i = r.randrange(1, len(word) - 1)
    x = r.random()
    if x < 0.3:
        return word[:i] + word[i + 1 :]
    if x < 0.5:
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    if x < 0.7:
        return word[:i] + word[i] + word[i:]
    if word[i].lower() in NEIGHBOURS:
        return word[:i] + r.choice(NEIGHBOURS[word[i].lower()]) + word[i + 1 :]
    return word


def _capital(text: str) -> str:
    if plain(text[:1]):
        return text[:1].upper() + text[1:]
    return text[:2] + text[2:3].upper() + text[3:]


def _slang(r: random.Random, parts: list[str]) -> None:
    for line in r.sample(words("shared")["slang"], 12):
        pattern, _, replacement = line.partition(" = ")
        for i, part in enumerate(parts):
            if not (is_name(part) or is_words(part)):
                parts[i] = re.sub(pattern, replacement, part, count=1)


def _slips(r: random.Random, parts: list[str], length: int) -> None:
    count = r.choices([0, 1, 2, 3, 4], [0.62, 0.2, 0.1, 0.05, 0.03])[0]
    if length < 4:
        count = min(count, 1) if r.random() < 0.4 + 0.2 * (length > 1) else 0
    for _ in range(count):
        i = r.randrange(len(parts))
        part = parts[i]
        if is_words(part) and AMOUNT.search(part):
            continue
        if (is_words(part) and r.random() < 0.8) or (is_name(part) and r.random() < 0.45):
            continue
        found = list(re.finditer(r"[A-Za-z]{4,}", part))
        if found:
            word = r.choice(found)
            parts[i] = part[: word.start()] + slip(r, word.group()) + part[word.end() :]


def _impatient(r: random.Random, parts: list[str]) -> str:
    """No capitals, little punctuation, every sixth word misspelt, small words left out."""
    _slang(r, parts)
    drops = r.random() < 0.4
    for i, part in enumerate(parts):
        if is_name(part):
            parts[i] = _misspelt(r, part, 0.07)
        elif not is_words(part):
            bare = re.sub(r"(?<=\w)[.!,]+(?= |$)", "", part)
            bare = re.sub(r"\b(?:a|an|the|some|i'm|i am) ", "", bare, flags=re.IGNORECASE) if drops else bare
            parts[i] = _misspelt(r, bare, 0.17)
    text = "".join(parts).replace("'", "") if r.random() < 0.7 else "".join(parts)
    return re.sub(r" {2,}", " ", text).strip().lower() or "".join(parts)


def _misspelt(r: random.Random, text: str, rate: float) -> str:
    return re.sub(r"[A-Za-z]{4,}", lambda m: slip(r, m[0]) if r.random() < rate else m[0], text)


def _punctuation(r: random.Random, text: str) -> str:
    habits = [
        (0.30, r"(?<=[A-Za-z])'(?=[a-z])", ""),
        (0.30, r"[.!,]+$", ""),
        (0.15, r"\?$", ""),
        (0.08, r"([a-z])\. (?=[A-Za-z])", r"\1 "),
        (0.06, r"\. (?=[A-Z])", ", "),
        (0.03, r"!", "!!"),
        (0.02, r"!", "!!!"),
        (0.02, r"\blove", "loooove"),
        (0.02, r"\blove", "looove"),
        (0.03, r"\bso\b", "sooo"),
        (0.02, r", ", ","),
    ]
    for chance, pattern, replacement in habits:
        if r.random() < chance:
            text = re.sub(pattern, replacement, text)
    return text


def _case(r: random.Random, text: str) -> str:
    x = r.random()
    if x < 0.36:
        return text.lower()
    if x < 0.372:
        return text.upper()
    return _capital(text) if x < 0.62 else text
