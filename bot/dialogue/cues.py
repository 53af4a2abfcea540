"""Plain words that steer the conversation itself, not what to look for: yes, no, more, whatever, insults.

Every cue is a question about one message. English only; a reading by the model needs none of them, but has no slot for
what they say. Knows no state and no catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.understanding.reading import Reading

LONGEST = 2000  #: characters of a message that are still answered

_YES = r"(yes|yeah|yep|yup|sure|ok|okay|confirm(ed)?|do it|go ahead|please do|absolutely|definitely|of course)"
_YES_ONLY = re.compile(rf"^\W*{_YES}(\W+({_YES}|please|delete (it|everything|all)|forget me|thanks?))*\W*$", re.I)
_NO_ONLY = re.compile(
    r"^\W*(no+|nope|nah|don'?t|do not|keep it|cancel|stop|never ?mind|rather not)"
    r"(\W+(thanks?|thank you|keep it|don'?t))*\W*$",
    re.I,
)
_NO_PREFERENCE = re.compile(
    r"\b(no (preference|idea|clue|opinion)|not sure|(don'?t|do not|dunno)( really)? (know|mind|care)|dunno|any(thing)?"
    r"( is fine| goes| works)|either|skip|doesn'?t matter|open to anything)\b",
    re.I,
)
_JUST_SHOW = re.compile(
    r"\b(just (show|give|pick|recommend|suggest)|surprise me|you (choose|pick|decide)|whatever|up to you|"
    r"stop asking)\b",
    re.I,
)
_MORE = re.compile(
    r"\b(else|others?|another|different|new ones?|next|not (these|those|that one)|none of (these|those|them)|"
    r"(any|some|show|give|see)( me)?( some)? more)\b|\bmore(,? please| options| suggestions| ideas)?\W*$",
    re.I,
)
_ALIKE = re.compile(
    r"^\W*(?:(?:and|but|so|ok|hm+)\W+)*(?:is|are|was|were)\b(?! there\b| you\b).{1,60}?"
    r"\b(?:like|similar to|close to|comparable (?:to|with))\b|\bhow (?:similar|alike|close|much like)\b",
    re.I,
)
_WHICH = re.compile(
    r"^\W*(?:(?:and|so|ok|okay|but|hmm*|well)\W+)*(?:(?:wh?ich(?:['’]?s)?|what)\b.*\b(?:is|are|was|costs?|runs?|takes?|has|comes?)\b"
    r"|(?:which|what)(?:['’]?s)?\b.*\b(?:\w{2,}est|(?:most|least) \w+)\b|(?:the )?(?:\w{3,}est|(?:most|least) \w+)\b)",
    re.I,
)
_SAID_SO = re.compile(r"\b(?:i|i['’]ve) (?:just |ever |already )?(?:said|told|mentioned|asked|wrote|wanted)\b", re.I)
_EXAMPLE = re.compile(
    r"\b(?:more|something|anything|some|others?|ones?|stuff|things?|\w+s)\s+(?:\w+\s+)?"
    r"(?:like|similar to|along the lines of)\s+(?:that|this|it|these|those|them|the|#?\d)\b",
    re.I,
)
_PRAISES = re.compile(
    r"\b(?:lov|lik|enjoy|ador)ed\b|\b(?:i|we) (?:\w+ )?(?:love|like|enjoy)\b|\b(?:great|good|perfect)\b", re.I
)
_BARE_UNDO = re.compile(
    r"\W*(?:(?:undo|revert|take|put|go|back|step|an?|one|that|it|this|the|last|thing|bit|part|change|scrap|scratch|cancel|"
    r"ignore|forget|disregard|never|mind|nevermind|was|i|mistake|mean|to|did(?:n'?t)?|not|please|ok(?:ay)?|oh|no|wait|"
    r"sorry|actually|can|could|you|would)\W+)*",
    re.I,
)
_ABOUT_THE_WORLD = re.compile(
    r"\W*(?:who|whose|when|where|why(?! not)|how(?! about)|what(?:['’]?s| is| are| was| does| did))\b", re.I
)
_BOTH = re.compile(
    r"\W*(?:(?:wait|no|nah|ok|okay|oh|hmm*|actually|sorry|well|yes|yeah|i mean|make it|let'?s do|show me)\W+){0,4}"
    r"(?:both|either(?: one)?|all of them)(?: of (?:them|those))?(?: (?:are |is )?(?:fine|ok|okay|good))?"
    r"(?: please| pls| plz)?\W*",
    re.I,
)
_SEVERAL = re.compile(r"\b(they|them|these|those|which|any of|all|each|ones)\b", re.I)
_INSULT = re.compile(
    r"\b(fuck (you|off)|shut up|screw you|you suck|"
    r"(you('?re|r)?|u r|your) (are )?(an? |so |such an? |just an? |really )*"
    r"(stupid|idiot\w*|moron\w*|useless|dumb\w*|garbage|trash|worthless|pathetic)|"
    r"(stupid|dumb|useless) (bot|machine|thing))\b",
    re.I,
)
_INJECTION = re.compile(
    r"\b((ignore|disregard|forget|override) (all |any )?(of )?(the |your |my )?(previous |prior |above |earlier )?"
    r"(instructions?|rules|prompts?|guidelines)|system prompt|developer mode|jailbreak|"
    r"(reveal|print|show|repeat) (me )?your (prompt|instructions)|you are now (an?|the|in)\b|pretend (to be|you are))",
    re.I,
)


def speaks_of(text: str, nouns: Iterable[str]) -> bool:
    """Whether a message names one of `nouns` (casefolded), unless it asks about the world: "who invented film?"."""
    named = {word.casefold() for word in re.findall(r"[^\W_]+", text)} & set(nouns)
    return bool(named) and not _ABOUT_THE_WORLD.match(text)


def says_no(text: str) -> bool:
    """Whether the message is a no and nothing else."""
    return _NO_ONLY.search(text) is not None


def says_yes(text: str) -> bool:
    """A yes and nothing else."""
    return bool(_YES_ONLY.match(text))


def has_no_preference(text: str) -> bool:
    return bool(_NO_PREFERENCE.search(text))


def wants_no_question(text: str) -> bool:
    """ "Just show me", "surprise me"."""
    return bool(_JUST_SHOW.search(text))


def wants_others(text: str) -> bool:
    """ "Something else", "more", "none of these"."""
    return bool(_MORE.search(text))


def wants_both(text: str) -> bool:
    """ "Wait, no, both": what was replaced holds again, beside what took its place."""
    return bool(_BOTH.fullmatch(text))


def speaks_of_several(text: str) -> bool:
    """Whether a question is about the list rather than about one item."""
    return bool(_SEVERAL.search(text))


def asks_alike(text: str) -> bool:
    """Whether a question asks how alike two items are: "is it like Heat?"."""
    return bool(_ALIKE.search(text))


def asks_which(text: str) -> bool:
    """Whether a question asks which of several it is: "which is the shortest?"."""
    return bool(_WHICH.search(text))


def takes_back_words(text: str) -> bool:
    """Whether a message takes back what was said, not only what it asked for: "forget that I said 90s"."""
    return bool(_SAID_SO.search(text))


def names_example(text: str, named: str = "") -> bool:
    """Whether a message wants more like something it points at, or like `named`, and does not praise it."""
    pointed = re.sub(rf"(?<!\w){re.escape(named)}(?!\w)", "that", text, flags=re.I) if named else text
    return bool(_EXAMPLE.search(pointed)) and not _PRAISES.search(pointed)


def takes_back_last(text: str) -> bool:
    """Whether a request to undo names nothing: "undo that", "no, never mind that"."""
    return bool(_BARE_UNDO.fullmatch(text.replace("’", "'") + "."))


def is_hostile(text: str) -> bool:
    """An insult to the assistant, or an attempt to instruct it."""
    return bool(_INSULT.search(text) or _INJECTION.search(text))


def is_attack(text: str, reading: Reading) -> bool:
    """Whether a message is hostile and names nothing that we have: an insult alone, or an attempt to instruct."""
    named = any(slot.slot != "about" and (slot.slot != "item" or slot.item_id is not None) for slot in reading.slots)
    return is_hostile(text) and not named
