"""English patterns of stance: what a message holds of the thing named before or after, and how firmly.

Words only; no catalogue, no state.
"""

from __future__ import annotations

import re

from bot.understanding.cues import any_of

_I = re.IGNORECASE

#: verbs that refuse their object: "leave out X", "spare me X", "keep me away from X", "had enough of X"
#: "without" as it is typed in haste
WITHOUT = r"(?:with ?out|wihtout|wtihout|withuot|withot|withut|witout|wthout|wihout|w/out)"
REFUSES = (
    r"leave (?:the |any )?out|leave off|spare me(?: from)?|save me from|(?:keep|stay|steer)(?: me| us)? (?:well |far )?"
    r"(?:away|clear)(?: from| of)?|(?:done|through) with|(?:had |have )?(?:more than )?enough (?:of|with)|"
    r"fed up (?:with|of)|(?:sick|tired|bored|weary) (?:of|with)|burn(?:t|ed) out on|(?:can|could|would) (?:easily )?do "
    r"without|no mood for|no (?:time|patience|interest) (?:for|in)|allergic to|rule out|"
    r"hold the|omit|aside from|apart from"
)
NEGATION = re.compile(
    rf"\b(?:{REFUSES}|"
    r"no(?! (?:problem|worries|idea|matter|doubt|thanks|thank|i\b|one\b)|,|"
    r" longer)|not(?! (?:only|sure|bad|just|too|so|very|that|really sure|necessarily|"
    r"seen|watched|heard|read|yet))|" + WITHOUT + r"|hate[ds]?|dislike[ds]?|despise|avoid(?:ing)"
    r"?|except(?: for)?|excluding|other than|anything but|everything but|instead of|"
    r"rather than|nothing(?! but| (?:like|better))|never(?! ?mind| (?:seen|watched|"
    r"heard|saw))|skip(?:ping)?|minus|"
    r"(?:do|did|does|is|was|wo|ca|are|would)(?:n['’]?t|nt)(?! (?:mind|matter|know|"
    r"seen|remember|have to|need to be|forget))|(?:do|did|does|can) ?not(?! mind)"
    r"|cannot stand|can['’]?t stand|nor|neither|rather not|"
    r"less|no more|isn['’]?t)\b",
    _I,
)
#: words that refuse what follows at once; nothing may stand between
REFUSED_BEFORE = re.compile(
    rf"(?:^|[\s,(])(?:no(?: more)?|{WITHOUT}|except(?: for)?|excluding|anything but|avoid|"
    r"nothing (?:with|by|from|like|starring)|(?:can['’]?t|cannot) stand|"
    r"(?:not|\w+n['’]t|(?:do|ai|is|was)nt) (?:really |that |so |too )?(?:in the mood for|into|keen on|up for|"
    rf"(?:a )?(?:big |huge )?fan of)|{REFUSES})"
    r"\s+(?:any |all |more |the |these |those |another |an? |watching )?$",
    _I,
)
#: words that say of what stands right before them that it is not wanted: "X puts me off", "X does nothing for me"
REFUSED_AFTER = re.compile(
    r"(?:\s*(?:,|and|or)\s+[\w\-]+){0,2}?(?:\s+(?:movies|films|flicks|stuff|things?|ones?|songs|books|in general))?"
    r"\s+(?:(?:really|just|always|also|all|kinda|generally|usually|mostly|tends? to|only|kind of)\s+)*"
    r"(?:puts? (?:me|us) (?:right )?off|put me to sleep|turns? (?:me|us) off|leaves? (?:me|us) cold|"
    r"bores? (?:me|us)|annoys? (?:me|us)|irritates? (?:me|us)|stress(?:es)? me out|gets? on my nerves|"
    r"(?:do|does)(?: absolutely)? nothing for (?:me|us)|(?:do|does)(?:n['’]?t| not) (?:do (?:it|anything|much) for|"
    r"appeal to|interest|work for) (?:me|us)|(?:is|are)(?:n['’]?t| not)(?: really)? (?:for (?:me|us)\b|"
    r"my (?:thing|taste|cup|style|bag|jam)|our (?:thing|taste))|(?:is|are) (?:a (?:hard |big )?(?:no|turn-?off)\b|"
    r"out\b))",
    _I,
)
#: words that praise what is talked about, and words that leave it open or turn it round
PRAISE = re.compile(
    r"\b(?:loved?|loving|enjoy(?:ed)?|adored?|great|awesome|amazing|fantastic|excellent|favou?rites?|hilarious|brilliant|"
    r"wonderful|perfect|cool|(?:really |so |pretty |very |it'?s |was )good|good (?:one|movie|film|choice|pick|idea)|"
    r"sounds? (?:good|interesting|fun|like (?:a |something|my))|looks? (?:good|interesting|nice|fun)|"
    r"like[ds]? (?:it|that|this|them)|liked)\b",
    _I,
)
DOUBT = re.compile(
    r"(?:\b(?:not|never|no|nope|nah|but|heard|hate[ds]?|dislike[ds]?|boring|bad|awful|terrible|overrated|ok|okay|alright|"
    r"is|are|does|do|did|would|how|what|who|which|why)\b|n['’]?t\b|\?)",
    _I,
)
#: words that commit to what follows, whoever read them
COMMITS = re.compile(
    r"\b(?:i['’]?ll|i will|i['’]?m (?:going to|gonna)|let['’]?s)\s+(?:definitely |just )?"
    r"(?:watch|take|go (?:with|for)|get|buy|order|pick|rent|book)\s(?!any|some)",
    _I,
)
#: a refused number: nothing that bounds it stands between ("not from the 80s", but not "nothing before 2000")
REFUSED_NUMBER = re.compile(
    r"\b(?:not?|nothing|never|with ?out)\s+(?:(?:anything|any|films?|movies?|ones?|stuff|things?)\s+)?"
    r"(?:(?:from|in|of|the|early|mid|late)[\s\-]+)*['’$€£]?$",
    _I,
)
#: "no X, no Y, …": where every refusal has its own "no", what follows without one is wanted
REPEATED_NO = re.compile(r"\bno\s+[^,;.]+,\s*(?:and\s+)?no\s+[^,;.]+,\s*(?!(?:and|or|nor|no)\b)[^,;.]*$", _I)
#: one place refused, another taken
NOT_THIS_BUT_THAT = re.compile(r"\bnot (?P<no>the [\w ]+?|#?\d+)(?:\s*[,;]\s*(?:but )?| but )(?P<yes>.+)$", _I)
THAT_NOT_THIS = re.compile(
    r"^(?P<yes>[^,;]+(?:[,;](?!\s*(?:and |but )?not )[^,;]*){0,4})[\s,;]+(?:and |but )?not "
    r"(?P<no>the [\w ]+?|#?\d+)(?<!\s)\W*$",
    _I,
)
SCOPE_END = re.compile(
    r"[.;!?:]|\b(?:(?<!anything )(?<!everything )(?<!nothing )but|instead(?! of)"
    r"|although|though|however|because|since|just|more like|rather(?! not| than)"
    r"|i (?:do |really |would |also |just |mostly )?(?:like|love|want|need|prefer|"
    r"enjoy|loved|liked)|i'd|give me|show me|looking for|something|maybe|preferably|"
    r"so)\b|,\s*(?:with|but|i|something|just|maybe|more|and i|in|under|please|from|"
    r"like|a|an|some)\b",
    _I,
)
POSITIVE_AFTER = any_of(
    r"(?:and )?(?:i |we )?(?:really |absolutely )?(?:loved?|liked|enjoyed|adored?)"
    r" (?:it|them|that|those|both|every)\b",
    r"(?:it|they|that|both|which) (?:is|was|were|are) (?:\w+ ){0,2}(?:great|good|"
    r"awesome|amazing|fantastic|excellent|hilarious|funny|brilliant|fun|favou?rites?|"
    r"cool)\b",
)
NEGATIVE_AFTER = any_of(
    r"(?:and |but )?(?:i |we )?(?:really |absolutely )?(?:hated|disliked) (?:it|"
    r"them|that|those)\b",
    r"(?:did ?n['’]?t|not|never) (?:really )?(?:like|love|enjoy|care for)(?: it|"
    r" that| them)?\b",
    r"(?:it|they|that|which) (?:is|was|were) (?:\w+ ){0,2}(?:bad|terrible|awful|"
    r"boring|horrible|dull|overrated|disappointing|too \w+)\b",
)
TASTE = any_of(
    r"i(?:'ve)? (?:always |really |usually |mostly |also |generally |do |just |"
    r"absolutely |tend to |typically |normally |all )*(?:like|love|enjoy|adore|"
    r"loved|liked|prefer)\b(?! to (?:see|watch|find|get))",
    r"(?<!.)(?:(?:really|also|absolutely|just) )*(?:loved|liked|enjoyed|adored)\b",
    r"(?:a |an )?(?:big |huge |real )?fan of\b",
    r"i(?:'m| am) (?:really |very |usually )?into\b",
    r"my favou?rites?\b",
    r"favou?rite\b",
    r"preferably\b",
    r"ideally\b",
    r"prefer(?:red|ably)?\b",
    r"if possible\b",
    r"would be (?:nice|great|a plus)\b",
    r"fond of\b",
    r"always (?:up for|liked|loved)\b",
    r"bonus\b",
)
#: what somebody mostly likes, said as a habit or a leaning and not as a wish for this list
HABIT = any_of(
    r"(?:usually|normally|typically|generally|mostly|mainly|rarely|seldom|most of (?:what|the time)|tends? to|"
    r"(?:nine|eight) times out of ten)\b",
    r"(?:i|we) (?:keep \w+ing|always \w+|go) back\b",
    r"(?:i|we) (?:mostly |kind of |sort of )?(?:lean|gravitate)\b",
    r"my (?:sort|kind|type|cup|idea) of\b",
    r"my (?:go-?to|comfort zone|guilty pleasure)\b",
    r"(?:appeal(?:s|ed)?|speaks?) to (?:me|us)\b",
    r"(?:a )?(?:soft spot|weakness|lot of (?:time|love)) for\b",
    r"(?:attached|partial|drawn) to\b",
    r"(?:never|rarely|seldom) lets? (?:me|us) down\b",
    r"grew up (?:on|with)\b",
    r"if i (?:must|have to|had to) (?:choose|pick|say)\b",
)
#: "a bit more comedy": of a quality, where "more comedies" are wished for
A_BIT_MORE = re.compile(r"\bmore (?:of )?(?:the |that )?$", _I)
OF_THINGS = re.compile(r"\s+(?:\w+s|stuff)\b", _I)  #: "more comedy films"
SOFTENED = any_of(
    r"(?:does ?n['’]?t|do ?n['’]?t|need ?n['’]?t|(?:does|do) not|no) (?:have|need)(?: it)? (?:to|for it to) be\b",
    r"need ?n['’]?t be\b",
    r"(?:not|n['’]t) necessarily\b",
    r"need not be\b",
    r"optional\b",
    r"(?:does ?n['’]?t|do ?n['’]?t) matter\b",
    r"(?:i )?do ?n['’]?t (?:mind|care)(?: (?:about|if it(?:'s| is)))?\b",
)
TAKEN_BACK = any_of(
    r"(?:forget|ignore|scrap|scratch|disregard|drop|cancel|undo|remove|lift)\b",
    r"never ?mind\b",
    r"take back\b",
    r"(?:is|are) (?:fine|ok|okay) (?:again|after all|now)\b",
)
#: "maybe romance, but not necessarily": a wish that may be left
MAYBE = re.compile(r"\b(?:maybe|perhaps|possibly|ideally|could be)\s+(?:an? |some |the )?$", _I)
NOT_NECESSARILY = re.compile(
    r"\W{0,3}\s*(?:but |though )?(?:not necessarily|no(?:t a)? must|only if|if possible|optional)\b", _I
)
#: what was just said is taken back, and something else follows
SCRATCHED = any_of(r"(?:scratch|scrap|forget|strike|ignore) that\b(?=\W+\w)")
#: a need said as what something is not: "that don't itch"
THAT_IS_NOT = re.compile(
    r"(?:that|which|who)\s+(?:(?:do|does|is|are|wo|ca)(?:n['’]?t| not)|(?:do|does|is|are|ca)nt|never)\s+(?=\w)", _I
)
NO_NEED = re.compile(r"(?:any |no )?(?:preferences?|ideas?|clue|opinion)", _I)  #: "no preference" avoids nothing
#: words right before a value that put it in the place of what was wished: "actually a drama", "make it a drama"
PUT_IN_PLACE = re.compile(
    r"(?:^\W*(?:(?:hm+|oh|ok(?:ay)?|no|nah|wait|sorry|and|or|well|then)\b\W*)*actually\W+(?:(?:an?|some|the) )?"
    r"|(?:\b(?:change|switch)(?: (?:it|that))? to|\bor rather|\bno wait,?)\s+(?:(?:an?|some|the) )?"
    r"|(?:\bmake (?:it|that|them)|\b(?:how|what) about|\blet['’]?s (?:do|try|go (?:with|for|to)|see)|^\W*(?:no|nah),"
    r"|\bactually\W+(?:make it|i(?:'d| would)? (?:want|like|prefer|need)|let['’]?s (?:do|see|try)|maybe|show me|"
    r"give me))\s+(?:an?|some) )(?:[\w'’\-]+ ){0,2}$",
    _I,
)
OF_ONE = re.compile(r"\s+ones?\b", _I)  #: "make it a scary one" adds to what is wished
INSTEAD = any_of(r"instead of\b", r"rather than\b")
LIKE_THAT = any_of(
    r"(?:like|similar to) (?:that|it|this|those|them|these)(?: one| movie| film)?\b",
    r"not (?:that|those|these|this|it)\b",
    r"^\W*(?:no|nope|nah)\b(?=[,.!])",
)

#: "scary, but not gory": what stands before is wanted, unless it is refused itself
CONTRASTED = re.compile(
    r"[^.!?;]{0,20}?(?:(?:,|\bbut\b)\s*(?:not|nothing|no|without|isn['’]?t|never)\b|"
    rf"\b(?:{WITHOUT}|w/o|minus|sans)\s+\w|"
    r"\s(?:no|not)\s+(?!(?:thanks?|thx|way|more|for|my|our|really|into|interested|keen|a|please|pls|i|it|that|this|so|"
    r"too|very|again|longer|now)\b)\w)",
    _I,
)
#: what an "X-free" thing is: itself wanted
FREE_OF = re.compile(r"\b[\w-]+[ -]free\s+$", _I)
