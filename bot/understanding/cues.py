"""English cue patterns of the fall-back reader: what sort of message it is.

Words only; no catalogue, no state.
"""

from __future__ import annotations

import re

_I = re.IGNORECASE


def any_of(*bodies: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(bodies)})", _I)


GREET = re.compile(
    r"^\W*(?:hi+|hello+|hey+|hiya|howdy|yo|greetings|good (?:morning|afternoon|"
    r"evening|day)|how(?:'s| are| is) (?:you|it going|things)|what'?s up|sup|nice to meet you|"
    r"i'?m (?:good|fine|great|well|doing \w+)|(?:pretty )?good,? (?:thanks|and you|"
    r"how are you))\b",
    _I,
)
GREET_REST = re.compile(
    r"\b(?:there|you|are|how|today|doing|thanks|thank|i|im|i'm|good|fine|well|great|"
    r"hi|hello|hey|is|it|going|and|am|very|morning|afternoon|evening|day|so|much|"
    r"hope|to|meet|nice|a|having|what's|up|bot|friend|yourself|doing)\b",
    _I,
)
BYE = any_of(
    r"(?:good ?)?bye\b",
    r"thank(?:s| you)\b",
    r"thx\b",
    r"that'?s (?:all|it)(?: for (?:now|today))?(?=\W*$|,)",
    r"see (?:you|ya)\b",
    r"have a (?:good|nice|great|lovely|wonderful)\b",
    r"take care\b",
    r"good ?night\b",
    r"cheers\b",
    r"i'?m (?:all set|done)\b",
    r"no,? that'?s (?:all|it)\b",
)
ACCEPT = any_of(
    r"(?:i'?ll|i will|i'?m (?:going to|gonna)|i am going to|we'?ll|we will|gonna|"
    r"i(?:'d| would) like to|i want to|lemme|let me|let'?s)(?: (?:definitely|probably|"
    r"have to|just|go ahead and|actually|be sure to|also))*"
    r" (?:watch(?:ing)?|tak(?:e|ing)|try|check(?:ing)?|go (?:with|for)|start with|"
    r"get|buy|order|pick|choose|rent|stream|grab|give|add|see|put|look (?:it|that|"
    r"them|into) ?(?:up)?)"
    r" (?!something|anything|a \w+ (?:movie|film)|some\b|more\b|movies|films|a (?:good|"
    r"funny)|what|who|if|whether|you|me\b|other)",
    r"(?:add|put) (?:it|that|this|them|the \w+(?: one)?)(?: one)? (?:to|in|on) (?:my|"
    r"the) (?:list|cart|basket|watch ?list|bag|queue)",
    r"i'?ll take it",
    r"(?:^|\b(?:please|(?:can|could|would) you|let'?s|and)\s)(?:book|reserve) (?:(?:me|us) )?"
    r"(?:it\b|a (?:table|room|seat)|(?:that|the) (?:one|first|second|third|fourth|fifth|last)\b)",
    r"sold\b",
    r"(?:watching|buying|ordering) (?:it|that) (?:tonight|now)",
    r"(?:that'?s|this is) the one\b",
    r"i choose\b",
    r"\A\W*(?:ok(?:ay)?|yes|yep|yeah|sure|alright|right|fine|great|perfect)\b\W*(?:(?:that|this|the \w+) one|#\d|"
    r"the (?:first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last))(?: then| please| it is)?\W*\Z",
    r"\A\W*(?:ok(?:ay)?\W+)?(?:add|buy|order|book|rent|get|take) (?:it|that|this|them)(?: one)?(?: then| please)?\W*\Z",
    r"i'?m taking\b",
    r"order (?:it|that|this) (?:for me|please)",
    r"(?<!great )(?<!good )deal\b(?=\W*$)",
)
COMPARE = any_of(
    r"compare\b",
    r"difference between\b",
    r"differ(?:s|ent)? from\b",
    r"which (?:one |of (?:them|these|those|the two) )?(?:is|are|was|would be|do you think is|"
    r"should i|has|lasts|costs|runs)\b",
    r"which of (?:them|these|those|the)\b",
    r"(?:is|are|was) [\w'’:\- ]{2,40} (?:better|worse|funnier|scarier|longer|shorter|"
    r"cheaper|warmer|newer|older|\w+er) (?:than|or)\b",
    r"better,? [\w'’:\- ]{2,40} or\b",
    r"\bvs\.?\b",
    r"versus\b",
    r"how (?:do|does) .{2,50} compare\b",
)
ASK = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|oh|hmm|cool|nice|great|interesting|sounds \w+|"
    r"yes|no|well|thanks)\b[\s,.!]*)*(?:who|whos|whose|when|where|what(?:'?s| is| was|"
    r" year| are| does| did| time| rating| kind| genre)|what \w+ (?:does|did|is|was) (?:it|this|"
    r"that|the|he|she)|how (?:long|old|much|many|is|was|good|scary|does)|is|are|was|were|does|did|"
    r"do (?:they|these|those|both|any)|what about (?:it|this|that|the (?:\w+ one|first|second|third|last))|"
    r"has|have (?:they|these|those)|in what|which (?:actor|year|director))"
    r"\b",
    _I,
)
ASK_TAIL = re.compile(
    r"\b(?:who(?:'?s| is| was)? (?:in|stars?|plays?|directed|made|the)|is (?:it|"
    r"that|this) (?:on|a|an|any|good|scary|available|worth|like|still|in|the|based|"
    r"suitable|too)|what(?:'s| is) (?:it|that|this|that one) about|what year|does it (?:come|"
    r"have|fit|run|end)|when (?:did|was) it|how long is|"
    r"(?:first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last)(?: one)? in [\w ]{2,20}\?)",
    _I,
)
ASK_ABOUT_IT = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|oh|hmm|cool|nice|great)\b[\s,.!]*)*(?:is|was|does|did|has) "
    r"(?:it|this|that)(?: one| movie| film)?\b(?! (?:all|possible|ok|okay|fine|alright|everything|too much)\b)",
    _I,
)
#: "which is cheaper?", "whats the longest", "the cheapest of these": a number of the list decides
EXTREME = re.compile(
    r"^\W*(?:(?:and|so|ok|okay|but|hmm*|well|cool|nice|then)\b\W*)*(?:"
    r"(?:wh?ich(?:['’]?s)?|whi(?:tch|hc)|what|what['’]?s|who)\b(?: [\w'’]+){0,5}? "
    r"(?P<asked>\w{3,}(?:er|est)|(?:more|most|less|least) \w+)(?: one)?(?: (?:of|out of|from|among|in|on) [\w ]{2,20})?"
    r"|(?:the )?(?P<named>\w{3,}est|(?:most|least) \w+)(?: one)?(?: (?:of|out of|from|among) (?:these|them|those|all|"
    r"the (?:list|lot|bunch|two|three|four|five))|(?=\s*\?)))\W*$",
    _I,
)
#: a word or two and nothing else: "waterproof", "not a wallet pls"
BARE_NEED = re.compile(
    r"\W{0,4}(?:(?:ok|okay|and|but|also|maybe|smth|sth|something)\W{1,4}){0,4}(?P<no>(?:no|not)\s{1,4}(?:an?\s{1,4})?)?"
    r"(?P<need>(?!(?:why|how|what|who|when|where|really|sure|yet|now|today|never|always|maybe|thanks)\b)(?=[a-z\-]{4})"
    r"[a-z]+(?:-[a-z]+){0,3}(?:\s{1,4}[a-z]{3,}(?:-[a-z]+){0,3})?)(?:\s{1,4}(?:please|pls|plz|ones?|now|too|then))?\W{0,6}\Z",
    _I,
)
#: what is too much of something: "too old", "a bit too long", but not "not too long"
TOO = re.compile(
    r"(?<!not )(?<!n't )(?<!nothing )(?<!never )(?<!nt )\btoo "
    r"(?P<much>(?!(?:late|many|much|bad|soon|good|far|few|little|often|early|hard|easy|obvious|close|tired|busy|lazy|"
    r"funny|cool|cute|big|small|tight|kind|sure)\b)[a-z]{3,})\b(?! ago| for a\b)",
    _I,
)
#: what was said so far is put right by what follows
CORRECTED = re.compile(
    r"(?:\b(?:no|nah|wait|sorry|oops|actually|or rather)\b[\s,.!]*){1,4}i mea?nt?\b(?! it\b| that\b)[\s,:]*"
    r"|(?:^|[,.;?]\s*)i meant\b(?! it\b| that\b)[\s,:]*"
    r"|(?:\bno\b[\s,]*wait|\bwait\b[\s,]*no)\b[\s,.:]*"
    r"|(?<!to )(?<!will )(?<!can )\b(?:scratch|scrap|strike) that\b(?!(?: [\w\-]+){0,2} itch)[\s,.:]*"
    r"|[,.;?]\s*i mean\b(?=(?:\W+\w+){1,4}\W*$)(?! it\b| that\b)[\s,:]*",
    _I,
)
#: who comes along, or when it is for, and nothing else: "2 of us tonight", "for a party of six"
OCCASION = re.compile(
    r"\W*(?:(?:hi|hey|ok|so|it['’]?s|we|we['’]?re|we r|there['’]?s|there are|there will be|just|for|at|on|the|a|"
    r"party|group|table|of|about|around|maybe|please|pls|plz|\d{1,2}|two|three|four|five|six|seven|eight|ten|us|people|"
    r"ppl|persons?|adults?|pax|me|my wife|my husband|my gf|my bf|my friends?|and|tonight|tonite|2nite|now|later|"
    r"today|tomorrow|tmrw|this|evening|weekend|friday|saturday|sunday|night|\d{1,2} ?(?:am|pm))\b\W*)+",
    _I,
)
#: who or when it is for, beside words that only join
_WHO_OR_WHEN = re.compile(
    r"\b(?:us|people|ppl|persons?|adults?|pax|party of|group of|table for|(?:my )?(?:wife|husband|gf|bf|friends?)|"
    r"ton(?:ight|ite|igth)|2nite|tomorrow|tmrw|weekend|evening|today)\b",
    _I,
)
FINE_AGAIN = re.compile(r"\s+(?:is|are|would be) (?:fine|ok|okay|alright|allowed) (?:again|after all|now)\b", _I)
ANY_BUT = re.compile(r"\b(?:any|every)(?: \w+)? (?:but|except)(?: for)?\s+(?:the |an? )?$", _I)
#: "not that …", before what visitors call a facet
REFUSES_THAT = r"\b(?:not?(?: more of)?|not (?:by|from|in)|no more of|nothing (?:from|by|in)) (?:that|this|the same) "
WISH = any_of(
    r"looking for\b",
    r"recommend(?:ation|ations|ed)?\b",
    r"suggest(?:ion|ions)?\b",
    r"i(?:'m| am)? (?:want|need|wanna|prefer|would like|'d like|feel like|fancy|"
    r"crave|craving|in the mood|searching)\b",
    r"i'd (?:like|love|prefer)\b",
    r"in the mood\b",
    r"give me\b",
    r"show me\b",
    r"find me\b",
    r"can you (?:find|show|give|help|think|name|tell me (?:a|some))\b",
    r"do you (?:have|know (?:of )?(?:any|a|some|other))\b",
    r"any (?:good|other|more|idea|ideas|recommend\w*|suggest\w*|\w+ (?:movies?|films?))\b",
    r"something\b",
    r"anything\b",
    r"what should (?:i|we) (?:watch|wear|buy|see|get|read|eat|play)\b",
    r"where (?:should|could|can) (?:i|we) (?:eat|go|stay|shop|get|have|drink)\b",
    r"what (?:movies?|films?) (?:do|should|would|can)\b",
    r"my (?:favou?rites?|budget|size|taste)\b",
    r"i (?:really |usually |mostly |also |generally |do |just |absolutely |tend to )"
    r"*(?:like|love|enjoy|adore|prefer|hate|dislike)\b",
    r"i(?:'m| am) (?:a |an )?(?:big |huge |real )?(?:fan of|into|after|searching)\b",
    r"how about (?:a|an|some|something)\b",
    r"what about (?:a|an|some|something)\b",
    r"more (?:like|movies|films|of)\b",
    r"surprise me\b",
    r"got any\b",
    r"got anything\b",
    r"need (?:a|an|some|to)\b",
    r"want (?:a|an|some|to|something)\b",
    r"for (?:my|a|the) \w+\b",
    r"(?:make|keep) it\b",
    r"show (?:only|just)\b",
    r"only\b",
    r"instead\b",
)
MORE = any_of(
    r"(?:any(?:thing)?|something|some|a few|what|show me|got|have|another|do you have (?:any)"
    r"?|any) ?(?:else|others?|more|different|new)\b",
    r"another (?:one|suggestion|recommendation)?\b",
    r"next\b(?=\W*$| one)",
    r"more (?:please|options|suggestions|recommendations|ideas)\b",
    r"try again\b",
    r"other (?:options|suggestions|recommendations|ideas)\b",
    r"keep going\b",
    r"(?:some|any) ?th?i?n?g? els?e?\b",
    r"som(?:e|)thi?n?g? els?e?\b",
    r"(?:sth|smth) els?e?\b",
    r"\A(?:(?:some|any|even|ok(?:ay)?|yes|and),? )?more(?=\W*\Z)",
    r"not (?:that|those|these|this|it)(?: one| ones)?(?=\W*$|[,.])",
    r"new (?:ones|list|suggestions)",
    r"(?:show|give) me (?:some )?more(?=\W*$)",
)
LIKED = any_of(
    r"(?:loved|liked|enjoyed|adored)\b",
    r"(?:love|like|enjoy|adore) (?:it|that|this|them|those|both|the (?:first|second|"
    r"third|last|other))\b",
    r"(?:it|that|this)(?: one)?(?:'s| is| was| were| looks| sounds| seems)(?: a|"
    r" an| really| very| so| pretty| such| like| also)* (?:great|good|awesome|amazing|"
    r"fantastic|excellent|perfect|wonderful|cool|nice|fun|interesting|brilliant|"
    r"beautiful|lovely|hilarious|favou?rite|classic)\b",
    r"sounds? (?:like )?(?:a )?(?:really |very |pretty |so )?(?:great|good|awesome|"
    r"amazing|fantastic|perfect|cool|nice|fun|interesting|promising|intriguing)",
    r"looks? (?:really |very |pretty )?(?:great|good|awesome|amazing|nice|interesting|cute)",
    r"(?:great|good|excellent|awesome|nice|perfect) (?:choice|pick|suggestion|movie|"
    r"film|one|idea|recommendation)",
    r"one of my fav",
    r"thumbs up",
    r"love it\b",
    r"best (?:movie|film) ever",
)
DISLIKED = any_of(
    r"(?:hated?|dislike[ds]?|despised?)\b",
    r"(?:did ?n['’]?o?t|do ?n['’]?o?t|does ?n['’]?t|was ?n['’]?t|is ?n['’]?t|not|"
    r"never)(?: really| particularly| much| that| very| so| a| into| my)* (?:like|"
    r"love|enjoy|care|want|interested|interest|good|great|fan|into|for me|appeal|"
    r"my thing|my taste|my style|keen|feeling|watch)\b",
    r"not (?:for me|my (?:thing|taste|style|cup)|interested|into|a fan|feeling)",
    r"(?:it|that|this)(?: one)?(?:'s| is| was| looks| sounds| seems)(?: a bit| too|"
    r" really| so| very| pretty| kind of)* (?:bad|terrible|awful|boring|horrible|"
    r"lame|dull|stupid|ugly|expensive|scary|long|slow|old|overrated|disappointing|"
    r"garbage|trash|pricey|violent)",
    r"(?:too|so|pretty|kind of|a bit|kinda) (?:boring|long|slow|scary|expensive|"
    r"violent|old|pricey|sad|silly|dull|cheesy)\b",
    r"boring\b",
    r"terrible\b",
    r"no way\b",
    r"pass\b",
    r"nope\b",
    r"meh\b",
    r"turned (?:it|that) off\b",
    r"neither\b",
    r"not (?:really|either)\b",
    r"pretty bad\b",
    r"(?:was|were) (?:bad|disappointing|terrible|awful|boring)\b",
    r"overrated",
    r"(?:can['’]?t|cannot) stand",
)
SEEN = any_of(
    r"(?:i(?:['’]?ve| have)?|we(?:['’]ve| have)?|already|have|just|'ve|havent|haven['’]?t|"
    r"not|never|ever)(?: all| both| already| also| just| recently| actually| not|"
    r" never| even| only| kinda){0,4} (?:seen|watched|saw|read|own|owned|bought|heard of|"
    r"rewatched|finished)\b",
    r"(?:seen|watched|saw|own|read) (?:it|that|them|those|this|both|all|#?\d\b|the (?:first|1st|second|2nd|third|3rd|"
    r"fourth|4th|fifth|5th|last|other|top)\b)",
    r"have you (?:ever )?(?:seen|watched|read)\b",
    r"(?<!.)(?:seen|watched|rewatched)\b(?! any\b)",
    r"already (?:have|own|got|saw|know)\b",
    r"watched (?:it|that|them)\b",
    r"i (?:have|haven'?t|did|didn'?t)(?=\W*$|[.,!])",
    r"fell asleep\b",
    r"only saw\b",
    r"heard (?:good|great|of)\b",
)
SHORT_REACTION = re.compile(
    r"^\W*(?:(?:oh|ah|lol|haha|actually|hmm+|well)\W+)?(?:no|nope|nah|yes|yeah|"
    r"yep|yup|sure|ok(?:ay)?|cool|nice|great|awesome|perfect|hmm+|maybe|not really|"
    r"good|wow|lol|haha|right|fine|interesting|eh|meh|never)\b[\W\w]{0,18}$",
    _I,
)
AFFIRM = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|sure|ok(?:ay)?|of course|definitely|absolutely|please do|"
    r"why not|sounds good)\b[^?]{0,30}$",
    _I,
)
POINTING = re.compile(
    r"\b(?:it|that(?: one| movie| film)?|this(?: one| movie| film)?|them|those|"
    r"both|these|the (?:first|second|third|last|other)(?: one)?)\b",
    _I,
)


def tells_occasion(text: str) -> bool:
    """Whether a message says who comes along or when it is for, and nothing else: "2 of us tonight"."""
    return len(text) < 80 and OCCASION.fullmatch(text) is not None and _WHO_OR_WHEN.search(text) is not None
