"""Requests to the assistant itself ("undo", "what do you know about me"), by patterns that must not fire by accident.

Knows English wording; knows no catalogue and no state.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.reading import Request
from bot.understanding.target import RawSlot

_LEAD = (
    r"^\W*(?:(?:ok(?:ay)?|oh|hey|hi|hello|please|actually|wait|sorry|no|well|so|"
    r"um+|hmm+|alright|and|but)\b[\s,.!]*)*(?:(?:can|could|would|will) you (?:please )"
    r"?|i(?:'d| would)? (?:want|like) (?:you )?to |please |let'?s )?"
)
_TAIL = r"(?:\s+(?:please|now|then|for me|again|thanks|thank you))*\W*$"


def _whole(*bodies: str) -> re.Pattern[str]:
    """The message is this request and nothing else, politeness aside."""
    return re.compile(f"{_LEAD}(?:{'|'.join(bodies)}){_TAIL}", re.IGNORECASE)


def _within(*bodies: str) -> re.Pattern[str]:
    """The request may stand beside other words."""
    return re.compile(rf"\b(?:{'|'.join(bodies)})", re.IGNORECASE)


_SAID = (
    r"(?:that )?(?:what )?(?:i(?:'ve| have)?(?: just)? (?:said|told you|mentioned|"
    r"asked(?: for)?|wrote))"
)
_STUFF = (
    r"(?:me|everything you know about me|all you know about me|everything about me|"
    r"(?:all )?(?:of )?my (?:data|profile|history|preferences|information|info|"
    r"memory|account|conversations?))"
)
_THIS = (
    r"(?:this|that|these|those|it|them|the \w+(?: one)?|(?:this|that) (?:one|movie|"
    r"film|\w+))"
)

_FORGET_ME = _within(
    rf"(?:forget|delete|erase|remove|wipe|clear) (?:about )?(?:all )?{_STUFF}(?=\W*$|"
    r"[.,!?]| please| now| and | from )",
    r"forget (?:everything|all) (?:you (?:know|have|learned|learnt|remember) )?about me\b",
    r"^\W*(?:(?:ok|okay|please|pls|plz|just|now|and|can you|could you)\W+)*(?:forget|delete|erase) everything"
    r"(?:\W+(?:now|please|pls|plz|ok|thanks))?\W*$",
    r"(?:forget|delete|erase|wipe|clear) (?:everything|all)(?: that)? (?:you|u)(?:'ve| have)? (?:know|have|learned|"
    r"learnt|remember(?:ed)?|stored|saved|got)(?: (?:about|on|of) me)?(?=\W*$|[.,!?]| please| now)",
    r"(?:delete|erase|wipe) (?:everything|all (?:the )?data)(?: you (?:have|know|"
    r"stored|saved))?(?: on| about)? me\b",
)
_START_OVER = _whole(
    r"start(?:ing)? (?:all )?over(?: again| from scratch)?",
    r"start (?:again|afresh|fresh|from (?:scratch|zero|the beginning))",
    r"(?:let'?s )?(?:begin again|restart|reset(?: everything| all| the (?:chat|"
    r"conversation|search|filters))?)",
    r"(?:clear|reset|drop|remove) (?:all(?: of)? |everything|the )?(?:my |the )"
    r"?(?:filters|search|criteria|constraints|everything)",
    r"(?:new|fresh) (?:search|start|conversation|chat)",
    r"forget (?:(?:everything|all) i(?:'ve| have)? said|all of (?:it|that))",
    r"(?:a )?clean slate",
)
_START_OVER_INSIDE = _within(
    r"(?:let'?s|can we|could we|i want to|i'd like to) (?:just )?(?:start (?:over|"
    r"again|from scratch|fresh)|restart|begin again)\b(?! (?:my|the|a|an|his|her|their)\b)"
)
_UNDO = _whole(
    r"undo(?: (?:that|it|this|the last (?:one|step|thing|change)|my last \w+))?",
    r"(?:take|put) (?:that|it) back",
    r"revert(?: (?:that|it))?",
    r"go back(?: (?:one|a) step)?",
    r"(?:scrap|scratch|cancel|ignore|forget|disregard) (?:that|it|this|the last (?:one|"
    r"thing|bit|part))",
    r"that was a mistake",
    r"i didn'?t mean (?:that|to (?:say|click|do) that|it)",
    r"never ?mind(?: (?:that|it))?(?: last (?:one|thing))?",
    r"step back",
)
_UNDO_INSIDE = _within(
    rf"(?:forget|ignore|scrap|scratch|disregard|drop|cancel|never ?mind|undo) {_SAID}\b",
    r"(?:forget|ignore|scrap|scratch|disregard|drop|cancel|never ?mind) (?:about )"
    r"?(?:the|my) (?!movie|film|(?:rest|reviews?|past|gap|hype|critics?|trailers?|world)\b)"
    r"[\w\- ]{2,30}?(?: (?:thing|part|filter|limit|"
    r"constraint|bit|requirement|restriction)| (?:i|that i) (?:said|mentioned|asked for)"
    r")?(?=\W*$|[.,!?;]| please)",
    r"i take (?:that|it) back\b",
    r"(?<!to )(?<!will )(?<!can )(?:scratch|scrap) that\b(?!(?: [\w\-]+){0,2} itch)",
)
_SHOW_MEMORY = _within(
    r"(?:what|wh?[au]t) (?:do|did|have|d) (?:you|u|ya) (?:know|remember|learned?|learnt|stored?|saved?|"
    r"got) (?:about|on|of) (?:me|my (?:taste|preferences?|likes)|us)\b",
    r"what (?:do|have) you (?:have )?(?:remember(?:ed)?|noted|saved|stored|got)"
    r" (?:about me|so far)\b",
    r"what have (?:i|you) (?:told|got|noted|understood)(?: you| down)? so far\b",
    r"(?:show|tell|list)(?: me)? (?:what you (?:(?:know|remember|have) about me|(?:know|remember)(?=\W*$))|"
    r"my (?:profile|preferences|memory|data|tastes?|filters))\b",
    r"what(?:'s| is| are) (?:in )?my (?:profile|preferences|filters|tastes?)\b",
    r"what do you think i like\b",
    r"do you remember (?:me|what i (?:like|said|told you))\b",
)
_CAPABILITIES = _within(
    r"what (?:(?:else )?can|could) you (?:do|help(?: me)? with|offer)\b",
    r"how (?:do|does|can) (?:i use )?(?:you|this(?: thing| bot| chat)?) work\b(?! (?:this|that|it|out)\b)",
    r"how (?:do|can|should) i use (?:you|this)\b",
    r"what (?:are you|is this(?: thing| bot)?|do you do|are your (?:features|capabilities|"
    r"skills))(?=\W*$)",
    r"who are you(?=\W*$)",
    r"what (?:kinds?|sorts?|types?) of (?:things|questions|stuff) can (?:i|you)\b",
    r"what can i (?:ask|say|do here|type)\b",
    r"are you (?:a |an )?(?:bot|robot|human|ai|real)\b",
)
_HELP = _whole(r"help(?: me)?", r"i need help", r"how does this work", r"(?:show )?commands", r"instructions")
_WHY = _within(
    r"why (?:did|do|would|are|were|have) you (?:recommend|suggest|pick|choose|show|"
    rf"giv|list|think)\w*(?: me)?(?: {_THIS})?",
    r"why (?:is|was|are|were) (?:this|that|it|these|those|[\w' ]{2,40}) (?:recommended|"
    r"suggested|on (?:the|this|my) list|here|listed|shown|in (?:the|my|this) list)"
    r"\b",
    r"(?:what makes|why do) you think (?:i(?:'d| would|'ll| will| might)|that i)\b",
    r"how (?:did|do) you (?:pick|choose|come up with|select)(?=\W*$| (?:what|these|those|this|that|them|it|your|my)\b)",
)
_WHY_WHOLE = _whole(
    rf"why(?: (?:{_THIS}|them|me|#?\d{{1,2}}(?: (?:and|or) #?\d{{1,2}})?))?(?: one)?", r"how come", r"for what reason"
)
_DESCRIBE = _within(
    r"(?:tell|give) me (?:a (?:bit|little) |some |something )?(?:more )?(?:info(?:rmation)"
    r"? |details )?(?:about|on|of) (?!(?-i:yourself|you\b|me\b|my\b|an? |some ))(?!.{0,12}(?:something|"
    r"movies|films) (?:like|with|by))",
    r"tell me more\b(?! (?:like|movies|films|options|of|comed|horror|\w+s\b))",
    r"show me more (?:about|on|details?|info(?:rmation)?)\b",
    r"(?:can you |could you |please )?describe (?!(?:me|an?)\b)",
    r"more (?:info(?:rmation)?|details)(?: please| about| on|\W*$)",
    r"what(?:'s| is|s| was| are|'re)? (?:it|that|this|they|those|these|(?:the )"
    r"?[\w' :\-]{1,40}?) (?:one )?(?:all )?about(?=\W*$|[?,.]| again| anyway)",
    r"what is the (?:plot|story|synopsis|premise) of\b",
    r"what(?:'s| is|s) (?:the|its) (?:plot|story(?:line)?|synopsis|premise)\b",
    r"synopsis\b(?=\W*$)",
    r"(?<!that show )(?<!shows )(?<!showing )(?<!see )(?<!about )what happens in\b",
)
_NOT_DESCRIBE = re.compile(
    r"\b(?:why|compare|difference|better|what about|how about|movies? about|films? about)\b", re.IGNORECASE
)


def detect_request(text: str, slots: Sequence[RawSlot] = ()) -> Request | None:
    """What `text` asks of the assistant itself, None when it asks nothing of the kind for certain.

    `slots` are what was read in it: "what can you do for a horror fan" is a wish, not a question about us.
    """
    wishes = any(s.polarity == 1 for s in slots)
    ordered: tuple[tuple[Request, tuple[re.Pattern[str], ...]], ...] = (
        (Request.FORGET_ME, (_FORGET_ME,)),
        (Request.SHOW_MEMORY, (_SHOW_MEMORY,)),
        (Request.START_OVER, (_START_OVER, _START_OVER_INSIDE)),
        (Request.UNDO, (_UNDO, _UNDO_INSIDE)),
        (Request.CAPABILITIES, (_CAPABILITIES, _HELP)),
        (Request.WHY, (_WHY, _WHY_WHOLE)),
    )
    clean = " ".join(text.replace("’", "'").split())
    for request, patterns in ordered:
        if any(p.search(clean) for p in patterns) and not (wishes and request is Request.CAPABILITIES):
            return request
    titles = "|".join(re.escape(s.value) for s in slots if s.slot == "item")
    beside = re.sub(titles, " ", clean, flags=re.IGNORECASE) if titles else clean  # "tell me about What About Bob?"
    if _DESCRIBE.search(clean) and not _NOT_DESCRIBE.search(beside):
        return Request.DESCRIBE
    return None
