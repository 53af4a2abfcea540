"""Open names (people, brands): full, short, misspelt -> the catalogue's spelling. Knows only names and counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval.linking.text import ARTICLES, COMMON_WORDS, FUNCTION_WORDS, singular, without_article, words

WEAK_CUES = frozenset({"like", "love", "hate", "no", "not", "from", "and", "or"})  #: before anything
NAME_CUES = frozenset(
    {"with", "without", "by", "featuring"}
)  #: before a name; so is what the catalogue calls the facet
MAKER_CUES = frozenset({"by", "from"})
NICKNAMES = {
    "bob": "robert",
    "bobby": "robert",
    "rob": "robert",
    "robbie": "robert",
    "bill": "william",
    "billy": "william",
    "will": "william",
    "tom": "thomas",
    "tommy": "thomas",
    "jim": "james",
    "jimmy": "james",
    "mike": "michael",
    "chris": "christopher",
    "dan": "daniel",
    "danny": "daniel",
    "sam": "samuel",
    "tony": "anthony",
    "andy": "andrew",
    "matt": "matthew",
    "ed": "edward",
    "eddie": "edward",
    "joe": "joseph",
    "joey": "joseph",
    "nick": "nicholas",
    "dave": "david",
    "steve": "steven",
    "ben": "benjamin",
    "jen": "jennifer",
    "jenny": "jennifer",
    "kate": "katherine",
    "cate": "catherine",
    "liz": "elizabeth",
    "meg": "megan",
    "rick": "richard",
    "dick": "richard",
    "jack": "john",
    "johnny": "john",
    "leo": "leonardo",
    "al": "alfred",
    "marty": "martin",
    "quentin": "quentin",
    "arnie": "arnold",
    "sly": "sylvester",
    "jo": "joanne",
    "charlie": "charles",
    "larry": "laurence",
    "fred": "frederick",
    "ron": "ronald",
    "nic": "nicolas",
    "drew": "andrew",
    "sandy": "sandra",
    "jake": "jacob",
    "phil": "philip",
    "scarlet": "scarlett",
}
Key = tuple[str, ...]


class NameIndex:
    """The names of one entity facet. `counts` says how many items carry each, `called` what visitors call the facet."""

    def __init__(self, counts: dict[str, int], called: Iterable[str] = ()) -> None:
        self.counts = counts
        self._called = frozenset(key[0] for phrase in called if len(key := words(phrase)) == 1)
        self.full: dict[Key, str] = {}
        self.compact: dict[str, str] = {}
        self.last: dict[str, list[str]] = defaultdict(list)
        self.first: dict[str, list[str]] = defaultdict(list)
        self.initials: dict[str, list[str]] = defaultdict(list)
        self.words: set[str] = set()
        for name in sorted(counts, key=lambda n: (-counts[n], n)):
            self._add(name)
        self._surnames = [w for w in self.last if len(w) > 4]
        self._spellings = [w for w in self.compact if len(w) > 5]

    def _add(self, name: str) -> None:
        key = without_article(words(name)) or (name.lower(),)
        self.full.setdefault(key, name)
        self.compact.setdefault("".join(key), name)
        self.words.update(key)
        core = key[:-1] if len(key) > 2 and key[-1] in {"jr", "sr"} else key
        if len(core) > 1:
            self.last[core[-1]].append(name)
            self.last["".join(core[-2:])].append(name) if len(core) > 2 or len(core[-2]) < 4 else None
            self.first[core[0]].append(name)
        if len(key) > 2:
            self.initials["".join(k[0] for k in key)].append(name)

    def find(self, mention: str) -> list[tuple[str, float]]:
        """Names `mention` may mean with a confidence in [0, 1], best first; empty when none."""
        key = without_article(words(mention))
        if not key:
            return []
        exact = self.full.get(key) or self.compact.get("".join(key)) or self.full.get((*key[:-1], singular(key[-1])))
        if exact:
            return [(exact, 1.0)]
        return self._by_surname(key) or self._by_spelling(key) or self._by_first(key) or self._by_initials(key, mention)

    def _by_surname(self, key: Key) -> list[tuple[str, float]]:
        heads = {size: self.last.get("".join(key[-size:]), []) for size in (2, 1) if len(key) >= size}
        for size, names in heads.items():
            given = key[: len(key) - size]
            kept = [n for n in names if not given or _same_first(given[0], words(n)[0])]
            if kept:
                return self._weighed(kept, 0.95 if given else 0.85)
        return []

    def _weighed(self, names: list[str], confidence: float) -> list[tuple[str, float]]:
        """The most frequent first; surer the more it stands out."""
        best, *others = sorted(names, key=lambda n: -self.counts[n])
        clear = not others or self.counts[best] >= 2 * self.counts[others[0]]
        return [(best, confidence if not others else 0.75 if clear else 0.6), *((n, 0.4) for n in others[:4])]

    def _by_spelling(self, key: Key) -> list[tuple[str, float]]:
        joined = "".join(key)
        if len(key) > 1:
            hit = process.extractOne(
                joined, self._spellings, scorer=OSA.distance, score_cutoff=1 if len(joined) < 10 else 2
            )
            if hit:
                return [(self.compact[hit[0]], 0.85)]
        word = key[-1]
        if len(word) < 5 or word in COMMON_WORDS or word in self.words:
            return []
        hit = process.extractOne(word, self._surnames, scorer=OSA.distance, score_cutoff=1 if len(word) < 8 else 2)
        if not hit or (hit[0][0] != word[0] and len(key) == 1):
            return []
        names = [n for n in self.last[hit[0]] if len(key) == 1 or _same_first(key[0], words(n)[0])]
        return [(n, c - 0.1) for n, c in self._weighed(names, 0.85)] if names else []

    def _by_first(self, key: Key) -> list[tuple[str, float]]:
        """A first name that one person dominates ("Keanu"); the beginning of a brand ("Helly")."""
        names = self.first.get(key[0], []) if len(key) == 1 and len(key[0]) > 3 else []
        best, *others = sorted(names, key=lambda n: -self.counts[n]) or [""]
        clear = best and (not others or (self.counts[best] >= 3 * self.counts[others[0]] and self.counts[best] > 2))
        return [(best, 0.8 if not others else 0.65)] if clear else []

    def _by_initials(self, key: Key, mention: str) -> list[tuple[str, float]]:
        letters = "".join(key)
        names = self.initials.get(letters, []) if mention.strip().isupper() and len(letters) > 2 else []
        return [(n, 0.65) for n in names] if len(names) == 1 else []

    def spotted(self, key: Key, typed: str, before: str, *, starts: bool) -> tuple[str, float] | None:
        """The name these words of a running text stand for, or None when they may be ordinary words."""
        if (key[0] in ARTICLES and len(key) > 1) or (key[-1] in FUNCTION_WORDS and key not in self.full):
            return None
        bare = self.full.get(without_article(key)) or self.full.get((*key[:-1], key[-1].removesuffix("s")))
        capital = typed[0].isupper() and not starts
        if bare and len(key) > 1:
            return (bare, 1.0)
        if len(key) > 1:
            return self._short_pair(key, capital=capital, cued=before in WEAK_CUES or self._announced(before))
        word = key[0]
        plain = word in COMMON_WORDS or len(word) < 4
        if bare and (
            not plain or capital or ((before in MAKER_CUES or self._is_called(before)) and word not in FUNCTION_WORDS)
        ):
            return (bare, 0.95)
        return self._lone_word(word, typed, before, capital=capital, plain=plain)

    def _is_called(self, before: str) -> bool:
        """Whether the facet goes by this word ("director", "brand")."""
        return before in self._called or singular(before) in self._called

    def _announced(self, before: str) -> bool:
        """Whether a name is likely after this word ("starring", "by")."""
        return before in NAME_CUES or self._is_called(before)

    def _short_pair(self, key: Key, *, capital: bool, cued: bool) -> tuple[str, float] | None:
        """ "De Niro", "Leo DiCaprio", "Christofer Nolan"."""
        if len(key) > 3 or (any(k in COMMON_WORDS for k in key) and not (capital or cued)):
            return None
        if key[0] in FUNCTION_WORDS or key[-1] in FUNCTION_WORDS or len(key[-1]) < 4:
            return None
        joined = "".join(key)
        if not (joined in self.compact or joined in self.last or key[-1] in self.last or capital or cued):
            return None
        if key[0] not in self.words and key[0] not in NICKNAMES and not capital and joined not in self.last:
            return None
        found = self._by_surname(key) or (self._by_spelling(key) if capital or cued else [])
        return found[0] if found and found[0][1] >= 0.7 else None

    def _lone_word(self, word: str, typed: str, before: str, *, capital: bool, plain: bool) -> tuple[str, float] | None:
        person_cue = self._announced(before)
        if (plain and not (capital and person_cue)) or word in FUNCTION_WORDS:
            return None
        found = self.find(typed)
        if not found or found[0][1] < 0.6:
            return None
        name, confidence = found[0]
        spelt = word in self.last or word in self.compact
        enough = self.counts[name] > 2 and word in self.last
        given = word in self.first and not spelt and self.counts[name] > 2 and (capital or person_cue)
        return (name, confidence) if (spelt and (capital or person_cue or enough)) or given or person_cue else None


def _same_first(typed: str, first: str) -> bool:
    """Whether `typed` may be the first name `first`: equal, its beginning, an initial, a nickname, one slip away."""
    formal = NICKNAMES.get(typed, typed)
    return (
        first.startswith((typed, formal))
        or formal == NICKNAMES.get(first, first)
        or (len(typed) > 3 and OSA.distance(typed, first) <= 1)
        or (len(typed) > 5 and OSA.distance(typed, first) <= 2)
    )
