"""What the words beside a name say of it: an explicit like, dislike or "haven't seen", whoever read the message.

Only words that govern the name count ("hated X", "X was great", "never heard of X"); everything else is left to the
reader. Words only: knows no catalogue, no model, no state. What a message says of earlier turns is `reactions.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.reading import Polarity

NEAR = 200  #: characters on either side of a name in which words govern it
_I = re.IGNORECASE


def one_of(*ways: str) -> str:
    """A pattern for any of several, tried in this order."""
    return f"(?:{'|'.join(ways)})"


#: what may stand between a verb and its name: "really", "one of my", "the film"
_ADVERB = one_of(
    r"really|also|always|absolutely|totally|actually|just|quite|rather|pretty|very|so|too|such|a|an|the|still|truly",
    r"honestly|definitely|certainly|kinda|kind of|sort of|super|one of|my|all[- ]time|personal|most|pure|simply",
    r"both|all|movie|film|great|good|did|do|especially|particularly|even",
)
_ADVERBS = rf"(?:{_ADVERB} )*"
_GOOD = one_of(
    r"good|great|awesome|amazing|fantastic|excellent|brilliant|wonderful|perfect|hilarious|fun|funny|cool|lovely",
    r"superb|beautiful|favou?rites?|favs?|faves?|masterpiece|classics?|gem|solid|enjoyable|interesting|entertaining",
    r"gripping|outstanding|creepy good|the best|best",
)
_BAD = one_of(
    r"bad|terrible|awful|horrible|boring|dull|overrated|disappointing|meh|lame|stupid|dumb|trash|garbage|rubbish|weak",
    r"unwatchable|crap|the worst|worst|a letdown",
    r"too (?!good|funny|cute|and\b|but\b|i\b|thanks|lol|so\b|also)\w+",  # "too long", but not "I liked X too and …"
)
_HATE = r"(?:hate[ds]?|dislike[ds]?|despise[ds]?|loathe[ds]?)"
NOT = r"(?:n['’]?t|\bnot|\bnever|\bhardly)"
#: the negation of a report: "haven't", "never"; "can't see" and "won't watch" report nothing
NOT_YET = r"(?:(?<!ca)(?<!wo)n['’]?t|\b(?<!can )not|\bnever)"
SEE = r"(?:seen|saw|see|watch(?:ed)?|hea?rd?(?: (?:of|about))?|read|caught|gotten (?:a)?round to(?: \w+)?)"
#: who likes, or what leads to it: "i", "my kids", "and", the beginning of a clause
_WHO = one_of(
    r"^",
    r"\b(?:i|we|i'?ve|my \w+|and|also|who|really|definitely|absolutely|totally|always|did|all|kids?|[,.;:!]) ",
)
#: what is left of a name before the words that follow it: "'s", "(1990)", ", movie"
_REST = r"^'?s? ?(?:[\(\[]?(?:18|19|20)\d\d[\)\]]?)? ?,? ?(?:one|movie|film)? ?"
_THAT = r"(?:(?:which|that|it|they) )?"
_IS = one_of(
    r"is|was|are|were|'s",
    r"(?:does |do |did )?(?:sounds?|sounded|looks?|looked|seems?|seemed)(?: to be| like)?",
    r"could be|might be",
)
_WAS_NOT = r"(?:was|is|were)(?:n'?t| not) (?!bad|terrible|awful|half|only|just)"


def _ends(*ways: str) -> re.Pattern[str]:
    """The end of the words before a name."""
    return re.compile(rf"{one_of(*ways)} $", _I)


_DISLIKED = _ends(
    rf"(?<!who does)(?<!who do){NOT} {_ADVERBS}(?:like|love|enjoy|care for|dig|liked|loved|enjoyed)",
    rf"\b{_HATE}",
    r"can(?:'?t|not) stand",
    r"could(?:n'?t| not) (?:get into|finish|stand)",
    rf"{NOT} (?:really )?(?:a )?(?:big |huge |much of a )?(?:fan of|into)",
    r"(?:sick|tired) of|(?<!\w)except(?: for)?|apart from|anything but",
    r"less like|nothing like|turned off|walked out of|no more of?",
)
#: "I don't hate X", "not that I dislike X": neither a like nor a dislike
_NOT_DISLIKED = _ends(rf"{NOT} (?:that (?:i|we) )?(?:really |exactly )?(?:hate|dislike|despise)d?")
_LIKED = _ends(
    rf"{_WHO}{_ADVERBS}(?:loved|liked|enjoyed|adored?|love|like|enjoy)",
    r"(?:big|huge|massive|real) fan of",
    r"(?<!not )(?<!n't )more like|along the lines of",
    r"(?:something|anything|movies?|films?|ones?|stuff|one) (?:similar to|like|in the (?:style|vein) of)",
    r"(?:i'?m|i am|we'?re) (?:watching|buying|getting|taking|ordering|reading|playing)",
    r"who does(?:n'?t| not) (?:love|like|enjoy)",
    r"favou?rites? (?:is|are|was|would be)",
)
#: "I heard that X", "my friend says X"
_HEARSAY = _ends(r"\b(?:hea?rd|hear|told me|says?|said)(?: that| how)?")
#: "would you like X", "will I like X"
_ASKED_OF_YOU = re.compile(r"\b(?:you|u|ya|would i|will i|if i|anybody|anyone)\b[^.!?]{0,25}$", _I)
_UNSEEN = _ends(rf"{NOT_YET} (?:yet |ever |even |actually |really )*{SEE}(?: the| that| of)?")

#: the beginning of the words after a name: "X (1990) was really great", "X, which was boring", "X wasn't for me"
_WAS_GOOD = re.compile(rf"{_REST}{_THAT}{_IS} {_ADVERBS}{_GOOD}\b(?! (?:at|but not))", _I)
_WAS_BAD = re.compile(
    _REST
    + _THAT
    + one_of(
        rf"{_IS} {_ADVERBS}{_BAD}\b",
        rf"{_WAS_NOT}{_ADVERBS}(?:{_GOOD}|for me|my (?:thing|taste|cup|style|kind))",
        r"bored me",
    ),
    _I,
)
#: "seen X and loved it", "I've seen X. Love that one."
_LIKED_IT = re.compile(
    r"^[^?!;]{0,50}?(?:\b(?:and|which|but)|[.,;!]) ?"
    r"(?:(?:i|we|my \w+|also|which|did|really|absolutely|just|all) )*"
    r"(?:loved|liked|enjoyed|adored|love|like) (?:it|that|those|them|that one|this|both|every)\b"
    r"(?! (?:more|kind|sort|type|better))",
    _I,
)
#: beside "haven't seen it": an intention or good hopes make it wanted
_INTENDED = re.compile(
    one_of(
        r"\b(?:on my list|gotta|can'?t wait)",
        r"\b(?:have|need|want|ought|got|dying|meaning|love|like|excited) to\b(?! (?:say|know|admit))",
        r"\b(?:really |probably )?should",
        r"\bcheck (?:it|that|this|them)(?: one)? ?out",
        r"\b(?:sounds?|looks?) (?:\w+ ){0,2}?(?:good|great|fun|funny|cool|nice|interesting|amazing|awesome|like fun)",
        r"\bi'?ll (?:\w+ )?(?:watch|see|try|check|give|add|look)",
    ),
    _I,
)
#: a refusal beside it leaves it to the reader
_UNWANTED = re.compile(
    r"(?:n'?t|\bnot|\bno|\bnever) (?:really |planning |going |gonna )*"
    r"(?:want|wanna|interest(?:ed)?|will|appeal|care|intend|plan|to\b)|\b(?:skip|pass|boring|awful|bad)\b",
    _I,
)
_ASKED = re.compile(r"^[^.!]*\?")
_ASKS = re.compile(
    r"\s*(?:\w+\s+){0,2}(?:is|are|was|were|do|does|did|have|has|which|what|who|how|why|would|will)\b", _I
)


def said_of(before: str, after: str) -> Polarity | None:
    """What a text says of the name between `before` and `after`: 1 likes, -1 dislikes, 0 has not seen; None: nothing.

    A question says nothing of what it asks about.
    """
    left, right = _near(before[-2 * NEAR :])[-NEAR:], _near(after[: 2 * NEAR])[:NEAR]
    if _NOT_DISLIKED.search(left):
        return None
    if _DISLIKED.search(left):
        return -1
    if _WAS_BAD.match(right):
        return None if _is_question(before, after) else -1
    if _UNSEEN.search(left):
        return None if _UNWANTED.search(right) else 1 if _INTENDED.search(right) else 0
    if _LIKED_IT.match(right) and not _is_question(before, after):
        return 1
    if _HEARSAY.search(left) and _WAS_GOOD.match(right):
        return 0
    if _WAS_GOOD.match(right) or _LIKED.search(left):
        return None if _is_question(before, after) or _ASKED_OF_YOU.search(left) else 1
    return None


def _near(text: str) -> str:
    """A text with straight apostrophes and single spaces."""
    return re.sub(r"\s+", " ", text.replace("’", "'"))


def _is_question(before: str, after: str) -> bool:
    """Whether the sentence that holds the name asks."""
    begun = re.split(r"[.!?\n]", before)[-1]
    return bool(_ASKS.match(begun) and _ASKED.match(after))


_DATED = r"(?:[\(\[]?(?:18|19|20)\d\d[\)\]]?\s*)?"
_JOINT = re.compile(rf"\s*{_DATED}(?:,\s*(?:and|or|&)?|and|or|&)\s*", _I)
_OF_ALL = re.compile(rf"\s*{_DATED}(?=are|were|both|all)", _I)


def places(text: str, names: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where any of several names stands in a text, as [start, end), in order and apart."""
    any_name = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    return tuple(m.span() for m in re.finditer(any_name, text, _I)) if names else ()


def beside(text: str, span: tuple[int, int], others: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """The words around a name without those it is listed with: "loved X and" Y "were" → "loved" "were".

    `span` is the name's place, `others` those of other names (`places`). What follows a list is said of every part only
    where it speaks of several.
    """
    first, last = span
    for start, end in reversed([o for o in others if o[1] <= span[0]]):
        if not _JOINT.fullmatch(text, end, first):
            break
        first = start
    for start, end in (o for o in others if o[0] >= span[1]):
        if not _JOINT.fullmatch(text, last, start):
            break
        last = end
    of_all = _OF_ALL.match(text, last) if last > span[1] else None
    return text[:first], " " + text[of_all.end() :] if of_all else text[span[1] :]
