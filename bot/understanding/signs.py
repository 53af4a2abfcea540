"""The sign, operation and force of a slot by the words around it, whoever read the message.

Joins what `governed.py` and `stance.py` know of words with a slot's place in its message; knows no catalogue and no
linker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.understanding import cues, stance
from bot.understanding.governed import beside, said_of
from bot.understanding.heard import CLAUSE_END, Heard
from bot.understanding.reactions import asks_whether_seen, said_of_those_before
from bot.understanding.reading import Force, Intent, Op, Polarity, Slot

_WISH = re.compile(r"\b(?:want|need|looking for|something|would like|i'd)\b(?!.*\b(?:love|like|enjoy)\b)", re.I)
_UNSEEN = re.compile(
    r"\b(?:not|never|n'?t|have you|you)\b[^.,]{0,12}\b(?:seen|watched|read|owned?|heard)\b|\bheard of\b", re.I
)
_INSTEAD_AFTER = re.compile(r"\s+(?:\w+\s+)?instead\b", re.I)
_INSTEAD_OF_AFTER = re.compile(r"\s+instead of\b.*\binstead\b", re.I)


#: a whole message that scorns what it points at: "these r shit", "all of them look awful"
_SCORNED = re.compile(
    r"\W*(?:(?:ew+|ugh+|nah|no|nope|lol|wow|omg|god|honestly|sorry|but|ok)\W+)*"
    r"(?:(?:all |most |both |none )?(?:of )?"
    r"(?:it|that|this|these|those|they|them|ur \w+|your \w+)(?: ones?| all| both)?)"
    r"(?:['’]?(?:s|re)| is| r| are| was| were| look| looks| seem| seems| all| both)*"
    r"(?: (?:so|really|pretty|all|just|very|kinda|kind of|absolute(?:ly)?|total(?:ly)?|fucking|fckin|bloody|"
    r"complete(?:ly)?))* "
    r"(?:shit\w*|shite|crap\w*|trash|garbage|rubbish|awful|terrible|horrible|horrid|ugly|hideous|gross|boring|bad|"
    r"lame|dull|stupid|dumb|nasty|sucks?|suck ass|the worst)(?: lol| man| dude| mate| tbh)?\W*",
    re.I,
)


def scorns(text: str) -> bool:
    """Whether a message is nothing but scorn for what it points at: "these r shit"."""
    return _SCORNED.fullmatch(text) is not None


def as_refused(heard: Heard) -> Heard:
    """The slot as avoided where words right beside it refuse it: "no X", "X puts me off", whoever read it."""
    if heard.raw.slot == "item" and heard.raw.polarity > 0 and scorns(heard.message.message):
        return heard.with_sign(-1)
    wanted = heard.raw.polarity > 0 and heard.start >= 0
    refused = wanted and (stance.REFUSED_BEFORE.search(heard.before) or stance.REFUSED_AFTER.match(heard.rest))
    return heard.with_sign(-1) if refused else heard


def as_governed(heard: Heard) -> Heard:
    """The slot of a name with the sign that the words beside it state; as it was read where they state none."""
    if heard.start < 0:
        return _as_praised(heard)
    span = heard.start, heard.start + len(heard.raw.value)
    sign = said_of(*beside(heard.message.message, span, heard.names))
    return heard if sign is None else heard.with_sign(sign)


def _as_praised(heard: Heard) -> Heard:
    """An item of the turns before: a mention that is praised is a like, "not seen" is no dislike."""
    asked = bool(heard.message.context) and asks_whether_seen(heard.message.context[-1])
    sign = said_of_those_before(heard.message.message, asked) if heard.raw.slot == "item" else None
    changed = (heard.raw.polarity, sign) in {(0, 1), (-1, 0)}
    return heard.with_sign(sign) if changed and sign is not None else heard


def operation(heard: Heard) -> Op:
    """What the words around a slot do with it: add, take back, put in another's place, make optional."""
    if heard.start < 0:
        return Op.ADD
    clause = heard.clause
    if stance.SOFTENED.search(clause + heard.raw.value):  # of a number, "to be" was copied with it
        return Op.SOFTEN
    if stance.TAKEN_BACK.search(clause) or cues.FINE_AGAIN.match(heard.after):
        return Op.REMOVE
    if _INSTEAD_AFTER.match(heard.after) and not _INSTEAD_OF_AFTER.match(heard.after):
        return Op.REPLACE
    if _put_in_place(heard):
        return Op.REPLACE
    wanted_instead = heard.raw.polarity == 1 and stance.INSTEAD.search(heard.message.message)
    return Op.REPLACE if stance.INSTEAD.match(clause.strip()) or wanted_instead else Op.ADD


def _put_in_place(heard: Heard) -> bool:
    wanted = heard.raw.polarity == 1 and heard.raw.slot not in {"item", "about"}
    return wanted and bool(stance.PUT_IN_PLACE.search(heard.before)) and not stance.OF_ONE.match(heard.rest)


def force(heard: Heard) -> Force:
    """PREFER where the clause states a taste ("I love …", "I tend to …") or wants a bit more of something; MUST where
    it wishes for this list ("something like …")."""
    clause = heard.clause
    if _a_bit_more(heard) or is_habit(heard):
        return Force.PREFER
    if stance.MAYBE.search(heard.before) and stance.NOT_NECESSARILY.match(heard.rest):
        return Force.PREFER
    return Force.PREFER if stance.TASTE.search(clause) and not _WISH.search(clause) else Force.MUST


def is_habit(heard: Heard) -> bool:
    """Whether the clause tells what its visitor mostly likes ("I tend to …"), and wishes for nothing."""
    sentence = f"{heard.clause}{heard.raw.value}{CLAUSE_END.split(heard.rest, maxsplit=1)[0]}"
    return stance.HABIT.search(sentence) is not None and not _WISH.search(heard.clause)


def _a_bit_more(heard: Heard) -> bool:
    """ "More comedy", which is no "more comedies" and no "more comedy films"."""
    one = stance.A_BIT_MORE.search(heard.before) and not heard.raw.value.casefold().endswith("s")
    return bool(one) and not stance.OF_THINGS.match(heard.rest)


def seen(heard: Heard) -> bool:
    """Whether the message says that its visitor has seen, read or owned the item."""
    whole = heard.message.message
    if heard.pointed:
        return bool(cues.SEEN.search(heard.pointed)) and not _UNSEEN.search(heard.pointed.replace("’", "'"))
    said = cues.SEEN.search(heard.clause) or (cues.SEEN.search(whole) and heard.start < 0)
    return bool(said) and not _UNSEEN.search(whole.replace("’", "'"))


def facet_slot(heard: Heard, facet: str, value: str) -> Slot:
    """The slot of a facet's value; what is taken back or made optional is only mentioned, what is avoided no taste."""
    op = operation(heard)
    polarity: Polarity = 0 if op in {Op.REMOVE, Op.SOFTEN} else heard.raw.polarity
    return Slot(facet, value, polarity, op, Force.MUST if polarity < 0 else force(heard), said=heard.raw.value)


def with_praise(intent: Intent, slots: tuple[Slot, ...], text: str) -> tuple[Slot, ...]:
    """The slots; an item only mentioned is wanted where the message accepts it, or praises it and nothing else."""
    items = [s for s in slots if s.slot == "item"]
    praised = len(items) == 1 and stance.PRAISE.search(text) is not None and stance.DOUBT.search(text) is None
    if not (intent is Intent.ACCEPT or (praised and intent in {Intent.FEEDBACK, Intent.RECOMMEND})):
        return slots
    return tuple(
        replace(s, polarity=1) if s.slot == "item" and s.polarity == 0 and s.op is Op.ADD else s for s in slots
    )


def commits(text: str, slots: Iterable[Slot]) -> bool:
    """Whether a message takes an item by name ("I'll watch Jaws") and asks for nothing more."""
    taken = any(s.slot == "item" and s.item_id is not None and s.polarity > 0 for s in slots)
    return taken and stance.COMMITS.search(text) is not None and not cues.MORE.search(text)
