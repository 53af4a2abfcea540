"""Which items on the screen a message really speaks of: the model proposes titles, the words decide.

A title that the model copied from the screen stands only if the message names it, or points at something. Where the
message points by place or description ("the second one", "the cheaper one"), what stands there replaces what the model
chose: code can count. Where the model copied more than a name ("SOMETHING LIKE HEAT"), what it named is cut out.
Knows the linker and pronouns; knows no facet and no state.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from bot.understanding import cues, stance
from bot.understanding.reading import Intent, MessageInContext, Polarity, ShownItem
from bot.understanding.target import RawSlot
from retrieval.linking import Linker
from retrieval.linking.text import FUNCTION_WORDS, word_set, words

CERTAIN = 0.9  #: of a link to a title that neither the message nor the screen holds
SURE = 0.6  #: an item link below this counts as a title not carried
WHOLE = 0.93  #: at least this sure is a link by the whole title
SLIP = 0.84  #: so similar are a word and the same one with a slip of the finger
LONGEST_NAME = 300  #: characters; what was copied beyond them is no name, though it may list some
MOST_REFUSED = 2  #: more refusals at once than this refuse the list, not its items
_ONE = re.compile(r"\b(?:it|its|it's|that|this|one|that's|thats|he|she)\b", re.I)
_MANY = re.compile(r"\b(?:them|they|these|those|both|all|each|either|neither|any of|none of)\b", re.I)
_LIKE = re.compile(r"\b(?:like|similar to|such as|along the lines of|in the (?:style|vein) of)\s+", re.I)
#: what may stand before "like": words that ask, and of them those that stand for an item yet unnamed
_ASKING = word_set(
    "i i'd i'm want need please show give find get me us a an the some any another other others more can could you do "
    "have recommend suggest would love looking for in mood and or maybe just really very kind sort of that's that is "
    "are bit little to see watch buy read ok okay yes no well hi hello hey"
)
_UNNAMED = word_set("something anything stuff thing things one ones more others similar")
#: our own answer about an item: its title, then facts, which begin with a small letter, a figure or a sign
_FACTS = re.compile(r"(?P<title>.+?)(?<!\s)\s*(?::|\s[-–—·]|\()\s*(?P<facts>[^\sA-Z].*)", re.S)
_OF_ONE = {Intent.FEEDBACK, Intent.ASK, Intent.ACCEPT}  #: what is said of an item
_SEVERAL = re.compile(
    r"\b(?:both|neither|either of|(?:all|each|any|none) of (?:them|those|these)|the (?:others|rest)|(?:seen|saw|"
    r"watch(?:ed)?|"
    r"loved?|liked?|enjoy(?:ed)?|hated?|check(?:ing)?(?: out)?|heard of|know) (?:\w+ )?(?:them|those|these)|"
    r"(?:those|these) "
    r"(?:two|three|are|were|sound|look|\w+ both))\b",
    re.I,
)
_CLAUSES = re.compile(r"[.,;!?]|\bbut\b", re.I)
_QUESTION = re.compile(r"\b(?:what|what['’]?s|who|who['’]?s|whose|when|how|is|does|did|has|which|where|why)\b", re.I)
_OTHERS = re.compile(r"(?:the )?(?:rest|others?(?: (?P<n>one|two|three|four|ones))?)", re.I)
_BARE_NUMBER = re.compile(r"\W*\d+\W*")


def trimmed(slot: RawSlot, message: MessageInContext, linker: Linker, nouns: Collection[str] = ()) -> RawSlot:
    """The slot with what was copied around an item's name cut off; as it is where that would be a guess.

    Two things are cut, and only where the whole links to nothing and the rest does: words that ask ("something like",
    "movies like") before a name, and facts after a whole title that our own last turn wrote ("Heat: 170 min") and the
    message does not hold. A visitor's "Alien: Romulus" or "Heat Wave Tokyo" is another title, carried or not. `nouns`
    are the catalogue's words for its items.
    """
    if slot.slot != "item" or len(slot.value) > LONGEST_NAME or _links(slot.value, message, linker) >= SURE:
        return slot
    for found in _LIKE.finditer(slot.value):
        before = slot.value[: found.start()].replace("’", "'").casefold().split()
        unnamed = _UNNAMED | {*nouns}
        asks = all(w.strip(",.!?") in _ASKING | unnamed for w in before)
        if asks and (any(w.strip(",.!?") in unnamed for w in before) or "similar" in found.group().casefold()):
            rest = slot.value[found.end() :]
            if linker.reference(rest, message.shown) or _links(rest, message, linker) >= SURE:
                return replace(slot, value=rest)
    last = message.context[-1].casefold() if message.context else ""
    if slot.value.casefold() in last and slot.value.casefold() not in message.message.casefold():
        return _without_facts(slot, message, linker)
    return slot


def _without_facts(slot: RawSlot, message: MessageInContext, linker: Linker) -> RawSlot:
    found = _FACTS.fullmatch(slot.value)
    if found is None or _BARE_NUMBER.fullmatch(found["facts"]):  # "Blade Runner: 2049"
        return slot
    return replace(slot, value=found["title"]) if _links(found["title"], message, linker) >= WHOLE else slot


def _links(value: str, message: MessageInContext, linker: Linker) -> float:
    """How surely a value is an item, in [0, 1]; what points at the screen is."""
    if linker.reference(value, message.shown):
        return 1.0
    return max((link.confidence for link in linker.items(value, message.shown, message.context)), default=0.0)


def pointing(typed: str, message: MessageInContext) -> str:
    """A copied item with the "one" after it in the message: "navy" of "the navy one" points, it names nothing."""
    if not message.shown or re.search(r"\bones?\b", typed, re.I):
        return typed
    found = re.search(rf"\b(?:the\s+)?{re.escape(typed)}\s+ones?\b", message.message, re.I)
    return f"the {typed.removeprefix('the ')} one" if found else typed


def part_of_one(typed: str, shown: Sequence[ShownItem]) -> tuple[str, ...]:
    """The id of the one shown item whose title has all the telling words of `typed`, slips of the finger allowed."""
    telling = [w for w in words(typed.casefold()) if w not in FUNCTION_WORDS]
    fits = [s.id for s in shown if telling and all(_among(w, words(s.title.casefold())) for w in telling)]
    return tuple(fits) if len(fits) == 1 and len(shown) > 1 else ()


def _among(word: str, title: Sequence[str]) -> bool:
    return any(word == w or (len(word) > 3 and SequenceMatcher(None, word, w).ratio() >= SLIP) for w in title)


def settle(intent: Intent, slots: Sequence[RawSlot], message: MessageInContext, linker: Linker) -> tuple[RawSlot, ...]:
    """The slots with words for several items ("both", "the other two") replaced by the titles they stand for.

    A title that was taken from the screen is confirmed, replaced or dropped (`_confirmed`).
    """
    if not message.shown:
        return (*slots, *_company(intent, slots, message, linker))
    confirmed = _confirmed(intent, slots, message, linker)
    if intent is Intent.ASK:
        confirmed = (*confirmed, *_asked_about(confirmed, message, linker))
    return tuple(told for slot in confirmed for told in _others(slot, confirmed, message, linker))


def _confirmed(
    intent: Intent, slots: Sequence[RawSlot], message: MessageInContext, linker: Linker
) -> tuple[RawSlot, ...]:
    """The slots without the shown titles that the message does not mean.

    A single title that goes with a reaction, a question or an acceptance stands: there must be one, and the words that
    chose it may be in another language or a description that code cannot follow.
    """
    slots = [slot for slot in slots if slot.slot != "item" or _stands(slot, message, linker)]
    proposed = [slot for slot in slots if slot.slot == "item" and _only_on_screen(slot, message)]
    if not proposed:
        return tuple(slots)
    others = [slot for slot in slots if slot not in proposed]
    if len(proposed) > MOST_REFUSED and all(s.polarity < 0 for s in proposed):
        return tuple(others)  # "none of these" asks for others; it is no judgement of each
    titles = {s.id: s.title for s in message.shown}
    pointed = linker.reference(message.message, message.shown) if len(message.shown) > 1 else ()
    at = {titles[i] for i in pointed}
    few = len(proposed) <= MOST_REFUSED or any(s.slot == "item" for s in others)  # most of a list: all of it
    if few and (standing := [s for s in proposed if s.value in at]) and len(standing) < len(at):
        return (*standing, *others)  # "#1 no, #2 is gorgeous": one copied as words, one as a title
    named = [s.value.casefold() for s in others if s.slot == "item"]
    if pointed and not any(linker.reference(s.value, message.shown) for s in others if s.slot == "item"):
        chosen = {titles[i] for i in pointed if titles[i].casefold() not in named}
        kept = [s for s in proposed if s.value in chosen]
        left = [t for t in titles.values() if t in chosen and t not in {s.value for s in kept}]
        return (*kept, *(replace(proposed[0], value=title) for title in left), *others)
    many, one = bool(_MANY.search(message.message)), bool(_ONE.search(message.message))
    chosen_one = len(proposed) == 1 and (one or (intent in _OF_ONE and not named))
    if len(message.shown) == 1 or many or chosen_one:
        return tuple(slots)
    return tuple(others)


def _asked_about(slots: Sequence[RawSlot], message: MessageInContext, linker: Linker) -> list[RawSlot]:
    """The shown titles that a clause with a question points at and no slot means: "seen the first, what's the 2nd?"."""
    meant = {i for s in slots if s.slot == "item" for i in linker.reference(s.value, message.shown)}
    meant |= {i.id for i in message.shown for s in slots if s.slot == "item" and _same(s.value, i.title)}
    clauses = [c for c in _CLAUSES.split(message.message) if len(message.shown) > 1 and _QUESTION.search(c)]
    asked = {i for clause in clauses if not _MANY.search(clause) for i in linker.reference(clause, message.shown)}
    return [RawSlot("item", s.title, 0) for s in message.shown if s.id in asked - meant]


def pointing_clause(slot: RawSlot, message: MessageInContext, linker: Linker) -> str:
    """The one clause that points at the shown item of `slot`; empty where none does, or several, or it is named."""
    ids = {s.id for s in message.shown if slot.slot == "item" and s.title == slot.value}
    if not ids and slot.slot == "item":
        ids = {*linker.reference(slot.value, message.shown)}  # "the 2nd", copied as it stands
    elif slot.value.casefold() in message.message.casefold():
        return ""
    clauses = [c for c in _CLAUSES.split(message.message) if ids & {*linker.reference(c, message.shown)}]
    return clauses[0] if len(clauses) == 1 else ""


def _others(slot: RawSlot, slots: Sequence[RawSlot], message: MessageInContext, linker: Linker) -> list[RawSlot]:
    """ "The other two", "the rest": the shown titles that no other slot means; the slot where that is unclear."""
    found = _OTHERS.fullmatch(slot.value) if slot.slot == "item" else None
    if found is None:
        return [slot]
    meant = {i for s in slots if s is not slot and s.slot == "item" for i in linker.reference(s.value, message.shown)}
    meant |= {i.id for i in message.shown for s in slots if _same(s.value, i.title)}
    left = [s.title for s in message.shown if s.id not in meant]
    count = {"one": 1, "two": 2, "three": 3, "four": 4}.get((found["n"] or "").lower(), len(left))
    return [replace(slot, value=title) for title in left] if meant and len(left) == count else [slot]


def _company(intent: Intent, slots: Sequence[RawSlot], message: MessageInContext, linker: Linker) -> list[RawSlot]:
    """The titles of the last turn with any that words for several point at ("loved both", "I'll check the others")."""
    if _SEVERAL.search(message.message) is None:
        return []
    named = [s.value for s in slots if s.slot == "item"]
    scanned = ((turn, [m.text for m in linker.scan(turn) if m.known]) for turn in reversed(message.context))
    last, titles = next(((turn, found) for turn, found in scanned if found), ("", []))
    whole = [t for t in titles if not any(t != other and _same(t, other) and len(t) < len(other) for other in titles)]
    left = [t for t in whole if not any(_same(t, name) for name in named)]
    if len(left) + sum(name in last for name in named) < 2:
        return []  # words for several point elsewhere
    signs = {s.polarity for s in slots if s.slot == "item" and s.value in last}
    sign = signs.pop() if len(signs) == 1 else _sign(intent, message.message)
    return [RawSlot("item", title, sign) for title in dict.fromkeys(left)]


def _sign(intent: Intent, text: str) -> Polarity:
    """What a message holds of the items it points at, by its words alone."""
    if stance.NEGATIVE_AFTER.search(text) or cues.DISLIKED.search(text):
        return -1
    return 1 if intent is Intent.ACCEPT or stance.PRAISE.search(text) else 0


def _same(one: str, other: str) -> bool:
    a, b = words(one.casefold()), words(other.casefold())
    return a == b or " ".join(a) in " ".join(b) or " ".join(b) in " ".join(a)


def _stands(slot: RawSlot, message: MessageInContext, linker: Linker) -> bool:
    """Whether a title is in the message, on the screen or in the catalogue: our own turns hold other words, too."""
    if slot.value.casefold() in message.message.casefold() or any(slot.value == s.title for s in message.shown):
        return True
    links = linker.items(slot.value)
    return bool(links) and links[0].confidence >= CERTAIN


def _only_on_screen(slot: RawSlot, message: MessageInContext) -> bool:
    """Whether a value is a title on the screen of which the message itself, and the last turn, say nothing."""
    if not any(slot.value == s.title for s in message.shown):
        return False
    return not _spoken(slot.value, message.message) and not (message.context and _alone(slot.value, message))


def _spoken(title: str, text: str) -> bool:
    """Whether the text names the title, or at least a telling word of it."""
    said = set(words(text.casefold()))
    telling = [w for w in words(title.casefold()) if len(w) > 3] or list(words(title.casefold()))
    return any(w in said for w in telling)


def _alone(title: str, message: MessageInContext) -> bool:
    """Whether the assistant's last turn was about this shown title and no other one."""
    last = message.context[-1].casefold()

    def about(item: ShownItem) -> bool:
        return item.title.casefold() in last

    return title.casefold() in last and sum(about(s) for s in message.shown) == 1
