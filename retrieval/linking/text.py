"""Text as linking compares it: folded tokens that remember where they stood, light stems, plain English words.

Knows no catalogue.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:['’`][^\W_]+)*|&", re.UNICODE)
YEAR = re.compile(r"^(?:18|19|20)\d\d$")


def word_list(text: str) -> list[str]:
    """The words of a written list."""
    return text.split()


def word_set(text: str) -> frozenset[str]:
    """A written list as a set."""
    return frozenset(text.split())


ARTICLES = frozenset({"the", "a", "an"})
NUMBER_WORDS = {
    word: str(n)
    for n, word in enumerate(
        word_list("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen")
    )
} | {"twenty": "20", "hundred": "100"}
ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
ROMAN_LAST = {"i": "1", "v": "5", "x": "10"}  #: letters too; numbers only at the end of a name
PARTS = frozenset({"part", "pt", "vol", "volume", "chapter", "episode", "number", "no"})

#: Words without which no English sentence is built: never a name by themselves unless marked as one.
FUNCTION_WORDS = word_set(
    """
    a about above after again against all also am an and another any anybody anyone anything are as at be because
    been before being below between both but by can cannot could did do does doing done down during each either else
    even ever every everybody everyone everything few for from further get gets go goes going gone got had has have
    having he her here hers herself him himself his how however i if im in into is isnt it its itself ive just let lets
    like lot lots made make many may maybe me might mine more most much must my myself neither never no nobody none nor
    not nothing now of off often oh ok okay on once one ones only or other others our ours out over own please rather
    really same see seen shall she should since so some somebody someone something somewhere soon still such sure take
    than thank thanks that thats the their theirs them then there these they thing things this those though through thx
    to too toward try under until up upon us use used very want was watch way we well were what whatever when where
    whether which while who whoever whole whom whose why will with within without would yeah yep yes yet you your
    yours yourself dont didnt doesnt cant wont wasnt id ill youre theyre theres gonna wanna hi hello hey bye
    """
)
#: Frequent words that are also titles, surnames or brands, or would be taken for a misspelt one.
COMMON_WORDS = FUNCTION_WORDS | word_set(
    """
    able abroad across act action actor actors actress actually adult adults age ago alone along already alright
    always amazing animal animals anyway appropriate area arm army around arrival art article ask asked asking away
    awesome baby back bad bag ball band bank bar base based beach bear beat beautiful became become bed began begin
    behind believe best better beyond big bird birthday bit bits black blood blow blue boat body bond book books boots
    bored boring born bound box boy boys brave break bright bring brother brothers brought brown budget build building
    burn business buy cage call called came car card care cars case cash cast casual cat catch cause chance change
    charge cheap check chick child choice christmas church circle city class classic classics clean clear close closer
    clothes club coach coat code cold color come comes coming common company compare completely contact cook cool cop
    copy couple course court crash crazy credit cross crowd cruel cry cube cup cut cute dad daddy dance dancing danger
    dark date daughter day days dead deal dear death deep definitely describe desert desk despite detail diary die
    different dinner dirty disappointed dog dogs door double dream dreams dress drink drive dry dude dull dumb early
    earth easy eat edge eight elegant elite empire end ended ending enemy english enjoy enjoyed enough entire epic
    escape evening event evil exact exactly except excellent exciting expensive eye eyes face fact fair fall families
    family famous fan fancy fantastic far fast fat father favorite favourite fear feel feeling feels fell felt
    fight film films final finally find fine fire first fish fit five flat flight fly follow food foot football forever
    forget forgot form formal forward found four free frequency fresh friend friends front full fun funny future game
    games gave genre gentle getting ghost gift girl girls give given glad glory god gold good gorgeous grand gravity
    gray great green grey group grow guess guy guys hair half hand hands happen happened happiness happy hard hate hated
    head hear heard heart heat heavy held help hero high hill history hit hold holiday home hook hope horrible hot hotel
    hour hours house huge human humor hunt hurt husband ice idea identity imagine important inside instead interested
    interesting island jack job join joke joy jump junior keep kept key kick kid kids kill killed killer kind king
    knew knife know known lady land last late lately later laugh law lead leap learn least leave left legend less lesson
    letter lie life light list little live lives living local lonely long longer look looked looking looks lose loss
    lost loud love loved loves low lucky mad main man mark married master match material matter mean means meet men
    message met middle mind minute minutes miss moment money monster monsters month months mood moon morning mother
    mouth move moved movie movies murder music myself name nature near need needs network new next nice night nights
    noise normal north notebook old older open order original outside pack page paid pain paint pair paper parent
    parents park part party pass passengers past paul pay peace people perfect person phone pick picked picture pitch
    place plan planet play played player plays plot point police pool poor popular post powder power premise pretty
    price problem promise public pull pulled pure push put queen question quick quiet quite race rain ran ransom
    rated rating ray read ready real reality reason recent recently recommend red release remember rent rest rich ride
    right ring rings river road rock romantic room round rule rules run running sad safe said sale sat save saw say
    scary scene school scream sea search searching season second secret seem seemed self sense serious series set seven
    several sex shadow share shine ship shirt shock shoes shop short shot show shown shows sick side sign signs silly
    similar simple sing single sister sit six size sky sleep slow small smart smile smoke snow social soft someday son
    song songs sorry sort soul sound sounds space speak special species speed split spy stand standing star stars start
    started stay step stick stone stop store story straight strange street strong student stuff stupid style suggest
    suggestion suit summer super suspense sweet table taken takes talk talking taste taxi teach team tell ten terrible
    terrific tested texas theater theatre thick think thinking third thought three thriller time times tired today
    together told tomorrow tonight took top totally touch tough town toy toys traffic train training travel trip trouble
    true truth turn twice twilight two type typical ugly uncle understand unique unknown upset usually vacation version
    view villain violence violent visit voice wait walk walking wall war warm wars wash watched watching water wear
    wedding week weekend weeks weird west wet white wicked wide wife wild win wind window winter wish wit witch witness
    woman women won wonder wonderful wood word words work worked working works world worn worry worse worst worth
    write writer wrong year years yesterday young zone friday monday saturday sunday adaptation babe brazil casino
    constantine copycat dave dick election emma equilibrium hamlet hannibal jaws labyrinth michael misery munich nell
    nixon outbreak pi platoon predator rookie rudy sabrina showgirls sideways sinners sleeper sleepers sneakers
    splash stardust striptease swingers tangled titanic troy twister underworld weapons winchester frozen sweater
    liked likes loves enjoyed hates rewatched finished titled adore adored disliked dislike bought owned avoid
    click clicked clicks lean leans
    champion gap mango equipment boden target express coach equals pixels grease enchanted insomnia paranoia obsession
    """
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: `key` is folded, [start, end) its place in the text it came from."""

    key: str
    start: int
    end: int


@lru_cache(maxsize=200_000)
def _fold_word(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.replace("ß", "ss").replace("ø", "o").replace("Ø", "O"))
    plain = "".join(c for c in plain if c.isalnum()).lower()
    return "and" if word == "&" else plain


def tokens(text: str) -> tuple[Token, ...]:
    """The words of `text`: accents, case and apostrophes gone, "&" read as "and"."""
    found = (Token(_fold_word(m.group()), m.start(), m.end()) for m in WORD.finditer(text))
    return tuple(t for t in found if t.key)


def words(text: str) -> tuple[str, ...]:
    """The folded words of `text`."""
    return tuple(t.key for t in tokens(text))


def numbered(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Number words and roman numerals as digits; "part", "vol." before a digit dropped."""
    last = len(keys) - 1
    digits = [
        key
        if i == 0 and key not in NUMBER_WORDS
        else NUMBER_WORDS.get(key) or ROMAN.get(key) or (ROMAN_LAST.get(key, key) if i == last else key)
        for i, key in enumerate(keys)
    ]
    return tuple(k for i, k in enumerate(digits) if not (k in PARTS and 0 < i < last and digits[i + 1].isdigit()))


def title_key(text: str) -> tuple[str, ...]:
    """The words by which two spellings of one title are equal."""
    return numbered(words(text))


def without_article(key: tuple[str, ...]) -> tuple[str, ...]:
    """The key without a leading (or, as in "Matrix, The", a trailing) article; never empty."""
    if len(key) > 1 and key[0] in ARTICLES:
        return key[1:]
    return key[:-1] if len(key) > 1 and key[-1] == "the" else key


_PLURALS = (
    (re.compile(r"(?<=[rt])oes$"), "o"),
    (re.compile(r"(?<=[a-z]{2})ies$"), "y"),
    (re.compile(r"(?<=s|x|z)es$|(?<=ch|sh)es$"), ""),
)
#: words whose plural in -ies belongs to a singular in -ie
_IE_WORDS = frozenset(
    word_list(
        "movie zombie hoodie genie cookie rookie selfie indie goalie foodie newbie junkie talkie hippie beanie onesie "
        "calorie prairie aussie brownie birdie laddie lassie yuppie groupie oldie quickie smoothie townie veggie "
        "walkie magpie bootie collie pixie doggie homie roadie bookie budgie cutie sortie barbie"
    )
)


@lru_cache(maxsize=50_000)
def singular(word: str) -> str:
    """The singular of a folded English word, roughly ("comedies" -> "comedy", "dresses" -> "dress")."""
    if word in {"series", "news", "species"}:
        return word
    if word.endswith("ies") and word.removesuffix("s") in _IE_WORDS:
        return word.removesuffix("s")
    for pattern, replacement in _PLURALS:
        if pattern.search(word):
            return pattern.sub(replacement, word)
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def positive(word: str) -> str | None:
    """The plain form of a comparative or superlative ("funnier" -> "funny", "darkest" -> "dark"), else None."""
    for ending in ("iest", "ier"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word.removesuffix(ending) + "y"
    for ending in ("est", "er"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word.removesuffix(ending)
            return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "ls" else stem
    return None


def title_cased(text: str) -> str:
    """`text` with capitals where a name has them; words that already carry a capital stay as typed."""
    small = ARTICLES | {"of", "and", "in", "on", "at", "to", "for", "with", "or", "by", "from"}
    parts = " ".join(text.split()).split(" ")
    if any(c.isupper() for c in text):
        return " ".join(parts)
    return " ".join(p if i and p in small else p[:1].upper() + p[1:] for i, p in enumerate(parts))
