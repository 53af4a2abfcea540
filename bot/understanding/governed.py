"""What the words beside a name say of it: an explicit like, dislike or "haven't seen", whoever read the message.

Only words that govern the name count ("hated X", "X was great", "never heard of X"); everything else is left to the
reader. Words only: knows no catalogue, no model, no state.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.reading import Polarity

_I = re.IGNORECASE
_ADVERB = (
    r"(?:(?:really|also|always|absolutely|totally|actually|just|quite|rather|pretty|very|so|too|such|a|an|the|still|"
    r"truly|"
    r"honestly|definitely|certainly|kinda|kind of|sort of|super|one of|my|all[- ]time|personal|most|pure|simply|"
    r"both|all|"
    r"movie|film|great|good|did|do|especially|particularly|even)\s+)"
)
_GOOD = (
    r"(?:good|great|awesome|amazing|fantastic|excellent|brilliant|wonderful|perfect|hilarious|fun|funny|cool|lovely|"
    r"superb|"
    r"beautiful|favou?rites?|favs?|faves?|masterpiece|classics?|gem|solid|enjoyable|interesting|entertaining|"
    r"gripping|"
    r"outstanding|creepy good|the best|best)"
)
_BAD = (
    r"(?:bad|terrible|awful|horrible|boring|dull|overrated|disappointing|meh|lame|stupid|dumb|trash|garbage|rubbish|"
    r"weak|"
    r"unwatchable|crap|the worst|worst|a letdown|too (?!good|funny|cute|and\b|but\b|i\b|thanks|lol|so\b|also)\w+)"
)
_NOT = r"(?:n['’]?t|\bnot|\bnever|\bhardly)"
_SEE = r"(?:seen|saw|see|watch(?:ed)?|hea?rd?(?: (?:of|about))?|read|caught|gotten (?:a)?round to(?: \w+)?)"

#: the end of the words before a name
_DISLIKED = re.compile(
    rf"(?:(?<!who does)(?<!who do){_NOT} {_ADVERB}*(?:like|love|enjoy|care for|dig|liked|loved|enjoyed)|"
    rf"(?<!{_NOT[3:8]} )\b(?:hate[ds]?|dislike[ds]?|"
    r"despise[ds]?|loathe[ds]?)|can(?:['’]?t|not) stand|could(?:n['’]?t| not) (?:get into|finish|stand)|"
    rf"{_NOT} (?:really )?(?:a )?(?:big |huge |much of a )?(?:fan of|into)|(?:sick|tired) of|(?<!\w)except(?: for)?|"
    r"apart from|anything but|less like|nothing like|turned off|walked out of|no more of?)\s+$",
    _I,
)
_NOT_DISLIKED = re.compile(rf"{_NOT} (?:that (?:i|we) )?(?:really |exactly )?(?:hate|dislike|despise)d?\s+$", _I)
_LIKED = re.compile(
    rf"(?:(?:^|\b(?:i|we|i['’]?ve|my \w+|and|also|who|really|definitely|absolutely|totally|always|did|all|kids?|"
    rf"[,.;:!])\s+)"
    rf"{_ADVERB}*(?:loved|liked|enjoyed|adored?|love|like|enjoy)|(?:big|huge|massive|real)\s+fan of|"
    rf"(?<!not )(?<!n't )more like|"
    rf"(?:something|anything|movies?|films?|ones?|stuff|one) (?:similar to|like|in the (?:style|vein) of)|"
    rf"along the lines of|"
    r"(?:i['’]?m|i am|we['’]?re) (?:watching|buying|getting|taking|ordering|reading|playing)|"
    r"(?:i['’]?m|i am|we['’]?re) (?:watching|buying|getting|taking|ordering|reading|playing)|"
    r"who does(?:n['’]?t| not) (?:love|like|enjoy)|favou?rites? (?:is|are|was|would be))\s+$",
    _I,
)
_HEARSAY = re.compile(r"\b(?:hea?rd|hear|told me|says?|said)(?: that| how)?\s+$", _I)
_ASKED_OF_YOU = re.compile(r"\b(?:you|u|ya|would i|will i|if i|anybody|anyone)\b[^.!?]{0,25}$", _I)
_UNSEEN = re.compile(
    rf"(?:(?<!ca)(?<!wo)n['’]?t|\b(?<!can )not|\bnever) (?:yet |ever |even |actually |really )*{_SEE}(?: the| that|"
    rf" of)?\s+$",
    _I,
)
#: the beginning of the words after a name
_YEAR = r"^['’]?s?\s*(?:[\(\[]?(?:18|19|20)\d\d[\)\]]?)?\s*,?\s*(?:one|movie|film)?\s*"
_IS = (
    r"(?:is|was|are|were|['’]s|(?:does |do |did )?(?:sounds?|sounded|looks?|looked|seems?|seemed)(?: to be| like)?|"
    r"could be|might be)"
)
_WAS_GOOD = re.compile(rf"{_YEAR}(?:(?:which|that|it|they) )?{_IS}\s+{_ADVERB}*{_GOOD}\b(?!\s+(?:at|but not))", _I)
_WAS_BAD = re.compile(
    rf"{_YEAR}(?:(?:which|that|it|they) )?(?:{_IS}\s+{_ADVERB}*{_BAD}\b|(?:was|is|were)(?:n['’]?t| not)\s+"
    rf"(?!bad|terrible|awful|half|only|just){_ADVERB}*(?:{_GOOD}|for me|my (?:thing|taste|cup|style|kind))|bored me)",
    _I,
)
#: "seen X and loved it", "I've seen X. Love that one."
_LIKED_IT = re.compile(
    r"^[^?!;]{0,50}?(?:\b(?:and|which|but)|[.,;!])\s*(?:(?:i|we|my \w+|also|which|did|really|absolutely|just|"
    r"all) )*(?:loved|liked|"
    r"enjoyed|adored|love|like) (?:it|that|those|them|that one|this|both|every)\b(?! (?:more|kind|sort|type|better))",
    _I,
)
#: beside "haven't seen it": an intention or good hopes make it wanted, a refusal leaves it to the reader
_INTENDED = re.compile(
    r"\b(?:on my list|(?:have|need|want|ought|got|dying|meaning|love|like|excited) to\b(?! (?:say|know|admit))|"
    r"gotta|(?:really |probably )?"
    r"should|check (?:it|that|this|them)(?: one)? ?out|(?:sounds?|looks?) (?:\w+ ){0,2}?(?:good|great|fun|funny|"
    r"cool|nice|interesting|"
    r"amazing|awesome|like fun)|i['’]?ll (?:\w+ )?(?:watch|see|try|check|give|add|look)|can['’]?t wait)",
    _I,
)
_UNWANTED = re.compile(
    r"(?:n['’]?t|\bnot|\bno|\bnever) (?:really |planning |going |gonna )*(?:want|wanna|interest(?:ed)?|will|appeal|"
    r"care|intend|plan|to\b)|"
    r"\b(?:skip|pass|boring|awful|bad)\b",
    _I,
)
#: a whole message about what stands only in the turns before it
_PRAISED = re.compile(
    r"(?<!n't )(?<!nt )(?<!not )(?<!to )(?<!would )(?<!if i )(?<!really )\b(?:(?:loved?|liked?|enjoyed|"
    r"adored?) (?:it|that|this|"
    r"them|those|these|both|every)\b(?! (?:kind|sort|type))|(?:sounds?|looks?) (?:\w+ ){0,2}?"
    r"(?:good|great|fun|funny|cool|nice|interesting|amazing|awesome|perfect|like (?:fun|a plan|my|something))|"
    r"(?:it|that|those|they|both)(?:['’]s| is| was| were| are) (?:\w+ ){0,2}?(?:good|great|awesome|amazing|"
    r"fantastic|excellent|"
    r"hilarious|brilliant|wonderful|perfect|fun|funny|cool|one of my)|^\W*(?:great|awesome|nice|excellent|perfect|"
    r"good)\b(?=[,.!])|"
    r"(?:seen|watched|saw) (?:it |that |them |those |that one )?and (?:really |absolutely )?(?:loved|liked|enjoyed)|"
    r"(?:great|good|excellent|awesome|nice|perfect|classic) "
    r"(?:movie|film|one|choice|pick|suggestion|idea|book|game|place)s?\b|favou?rites?)",
    _I,
)
_INTENDED_IT = re.compile(
    r"\b(?:i['’]?ll|i will|i['’]?ll have to|gonna|going to|have to|need to|want to|wanna|should|might|would love to|"
    r"can['’]?t wait to) "
    r"(?:\w+ ){0,2}?(?:check|see|watch|try|look|give|rent|add|get|take|read|order|buy)\b(?! (?:out )?(?:something|"
    r"some|a|more|other)\b)",
    _I,
)
_REFUSED_IT = re.compile(
    rf"\b(?:hate[ds]?|dislike[ds]?|despise[ds]?|boring|bored|awful|terrible|horrible|worst|overrated|dumb|stupid|"
    rf"pass\b|nope|nah|"
    rf"lame|meh|skip|not (?:for me|my|into|a fan|interested|that|really|again|those|these|those|this|what|in the|"
    rf"another|keen)|"
    rf"{_NOT} (?:really |particularly |much |exactly )*(?:like|love|enjoy|care|want|interested|into|my|appeal|fancy|"
    rf"feel|need)|no thanks|"
    r"never again|fell asleep|didn['’]?t (?:do it|work)|too \w+|bad|ugly|hard pass|(?:sick|tired) of|"
    r"can['’]?t stand)\b",
    _I,
)
_UNSEEN_IT = re.compile(
    rf"(?:(?:(?<!ca)(?<!wo)n['’]?t|\b(?<!can )not|\bnever) (?:yet |ever |even |actually |really |gotten )*{_SEE}\b|"
    rf"^\W*(?:no,? )?not yet|"
    r"^\W*(?:no|nope)[, ]+(?:i )?(?:didn['’]?t|haven['’]?t|did not|have not|never)|\bhaven['’]?t\W*$)",
    _I,
)
_ASKED = re.compile(r"^[^.!]*\?")


def said_of(before: str, after: str) -> Polarity | None:
    """What a text says of the name between `before` and `after`: 1 likes, -1 dislikes, 0 has not seen; None: nothing.

    A question says nothing of what it asks about.
    """
    left, right = before.replace("’", "'"), after.replace("’", "'")
    if _NOT_DISLIKED.search(left):
        return None
    if _DISLIKED.search(left):
        return -1
    if _WAS_BAD.match(right):
        return None if _is_question(left, right) else -1
    if _UNSEEN.search(left):
        return None if _UNWANTED.search(right) else 1 if _INTENDED.search(right) else 0
    if _LIKED_IT.match(right) and not _is_question(left, right):
        return 1
    if _HEARSAY.search(left) and _WAS_GOOD.match(right):
        return 0
    if _WAS_GOOD.match(right) or _LIKED.search(left):
        return None if _is_question(left, right) or _ASKED_OF_YOU.search(left) else 1
    return None


_NO = re.compile(r"\W*(?:no|nope|nah|not yet|not really|never)\b(?!.*\b(?:thanks|thank|please|more|way)\b)", _I | re.S)
_ASKS_SEEN = re.compile(
    r"\b(?:have|did|ever) (?:you|u|ya) (?:ever |guys |already )?(?:seen|see|watch(?:ed)?|read|heard|played|been|"
    r"tried|saw)\b",
    _I,
)
_DOUBTED = re.compile(
    r"\b(?:i (?:just )?do(?:n['’]?t|nt)\W*(?:$|[.,!:])|don['’]?t see the|look it up|wanted to like|whether|familiar)",
    _I,
)


def said_of_those_before(text: str, asked_seen: bool = False) -> Polarity | None:
    """What a whole message says of the items that only the turns before it name: as `said_of`.

    "Haven't seen it" is no dislike; praise or an intention beside it makes it a like. `asked_seen`: the last turn asked
    whether they were seen, so that "no" says that they were not.
    """
    if _REFUSED_IT.search(text) or _DOUBTED.search(text):
        return None
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", text.replace("’", "'")) if not part.endswith("?")]
    if any(_INTENDED_IT.search(part) or _PRAISED.search(part) for part in sentences):
        return 1
    if asked_seen and _NO.match(text):
        return 0
    return 0 if any(_UNSEEN_IT.search(part) for part in sentences) else None


def asks_whether_seen(turn: str) -> bool:
    """Whether a turn asks if something was seen, read, owned."""
    return _ASKS_SEEN.search(turn) is not None


def beside(before: str, after: str, names: Sequence[str]) -> tuple[str, str]:
    """The words around a name without the other `names` it is listed with: "loved X and" Y "were" → "loved" "were"."""
    if not names:
        return before, after
    any_name = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    one = rf"(?:{any_name})\s*(?:[\(\[]?(?:18|19|20)\d\d[\)\]]?)?\s*"
    joint = r"(?:,\s*(?:and|or|&)?|and|or|&)\s*"
    return re.sub(rf"(?:{one}{joint})+$", "", before, flags=_I), re.sub(
        rf"^\s*(?:{joint}{one})+(?=\s*(?:are|were|both|all))", " ", after, flags=_I
    )


def _is_question(before: str, after: str) -> bool:
    """Whether the sentence that holds the name asks."""
    begun = re.split(r"[.!?\n]", before)[-1]
    asks = re.match(
        r"\s*(?:\w+\s+){0,2}(?:is|are|was|were|do|does|did|have|has|which|what|who|how|why|would|will)\b", begun, _I
    )
    return bool(asks and _ASKED.match(after))
