"""What a whole message says of the items that only the turns before it name: "sounds great", "not yet", "I'll see it".

Words only; knows no catalogue, no model, no state, and not which items those are.
"""

from __future__ import annotations

import re

from bot.understanding.governed import NOT, NOT_YET, SEE, one_of
from bot.understanding.reading import Polarity

_I = re.IGNORECASE

_PRAISED = re.compile(
    r"(?<!n't )(?<!nt )(?<!not )(?<!to )(?<!would )(?<!if i )(?<!really )\b"
    + one_of(
        # "loved it", but not "love those kind of films"
        r"(?:loved?|liked?|enjoyed|adored?) (?:it|that|this|them|those|these|both|every)\b(?! (?:kind|sort|type))",
        # "sounds like fun"
        r"(?:sounds?|looks?) (?:\w+ ){0,2}?"
        r"(?:good|great|fun|funny|cool|nice|interesting|amazing|awesome|perfect|like (?:fun|a plan|my|something))",
        # "that was really great"
        r"(?:it|that|those|they|both)(?:'s| is| was| were| are) (?:\w+ ){0,2}?(?:good|great|awesome|amazing|fantastic|"
        r"excellent|hilarious|brilliant|wonderful|perfect|fun|funny|cool|one of my)",
        # "Great, …"
        r"^\W*(?:great|awesome|nice|excellent|perfect|good)\b(?=[,.!])",
        # "seen it and loved every minute"
        r"(?:seen|watched|saw) (?:it |that |them |those |that one )?and "
        r"(?:really |absolutely )?(?:loved|liked|enjoyed)",
        # "great choice", "my favourites"
        r"(?:great|good|excellent|awesome|nice|perfect|classic) "
        r"(?:movie|film|one|choice|pick|suggestion|idea|book|game|place)s?\b",
        r"favou?rites?",
    ),
    _I,
)
#: "I'll check it out", but not "I'll watch something else"
_INTENDED_IT = re.compile(
    r"\b(?:i'?ll|i will|i'?ll have to|gonna|going to|have to|need to|want to|wanna|should|might|would love to|"
    r"can'?t wait to) (?:\w+ ){0,2}?(?:check|see|watch|try|look|give|rent|add|get|take|read|order|buy)\b"
    r"(?! (?:out )?(?:something|some|a|more|other)\b)",
    _I,
)
#: any word that refuses or doubts: then nothing is sure of all of them
_REFUSED_IT = re.compile(
    one_of(
        r"\b(?:hate[ds]?|dislike[ds]?|despise[ds]?|boring|bored|awful|terrible|horrible|worst|overrated|dumb|stupid)\b",
        r"\b(?:pass|nope|nah|lame|meh|skip|bad|ugly|hard pass|no thanks|never again|fell asleep|too \w+)\b",
        r"\bnot (?:for me|my|into|a fan|interested|that|really|again|those|these|this|what|in the|another|keen)\b",
        rf"\b{NOT} (?:really |particularly |much |exactly )*(?:like|love|enjoy|care|want|interested|into|my|appeal|"
        r"fancy|feel|need)\b",
        r"\b(?:didn't (?:do it|work)|(?:sick|tired) of|can'?t stand)\b",
        r"\bi (?:just )?do(?:n'?t)\W*(?:$|[.,!:])|\b(?:don'?t see the|look it up|wanted to like|whether|familiar)",
    ),
    _I,
)
#: "haven't seen it", "not yet", "no, I didn't"
_UNSEEN_IT = re.compile(
    one_of(
        rf"{NOT_YET} (?:yet |ever |even |actually |really |gotten )*{SEE}\b",
        r"^\W*(?:no,? )?not yet",
        r"^\W*(?:no|nope)[, ]+(?:i )?(?:didn'?t|haven'?t|did not|have not|never)",
        r"\bhaven'?t\W*$",
    ),
    _I,
)
#: an answer that begins with no and asks for nothing
_NO = re.compile(r"\W*(?:no|nope|nah|not yet|not really|never)\b(?!.*\b(?:thanks|thank|please|more|way)\b)", _I)
_BARE_NO = re.compile(r"\W*(?:no|nope|nah)\W*", _I)
_ASKS_SEEN = re.compile(
    r"\b(?:have|did|ever) (?:you|u|ya) (?:ever |guys |already )?"
    r"(?:seen|see|watch(?:ed)?|read|heard|played|been|tried|saw)\b",
    _I,
)


def said_of_those_before(text: str, asked_seen: bool = False) -> Polarity | None:
    """What a whole message says of the items that only the turns before it name: as `governed.said_of`.

    "Haven't seen it" is no dislike; praise or an intention beside it makes it a like. `asked_seen`: the last turn asked
    whether they were seen, so that "no" says that they were not.
    """
    told = re.sub(r"\s+", " ", text.replace("’", "'"))
    if asked_seen and _BARE_NO.fullmatch(told):
        return 0
    if _REFUSED_IT.search(told):
        return None
    sentences = [part for part in re.split(r"(?<=[.!?]) ", told) if not part.endswith("?")]
    if any(_INTENDED_IT.search(part) or _PRAISED.search(part) for part in sentences):
        return 1
    if asked_seen and _NO.match(told):
        return 0
    return 0 if any(_UNSEEN_IT.search(part) for part in sentences) else None


def asks_whether_seen(turn: str) -> bool:
    """Whether a turn asks if something was seen, read, owned."""
    return _ASKS_SEEN.search(turn) is not None
