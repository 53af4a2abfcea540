"""A mention of an item -> items of the catalogue: `TitleIndex.items`.

Conservative on purpose: a title that is not carried links to nothing, so that the assistant can say so. Knows titles
and years; knows no dialogue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval.linking.text import COMMON_WORDS, FUNCTION_WORDS, singular, title_key, tokens, without_article, words
from retrieval.linking.title_keys import (
    GLUE,
    KINDS,
    LEET,
    POSTINGS,
    Asked,
    How,
    ItemLink,
    Key,
    Shown,
    TitleKeys,
    take_apart,
)

__all__ = ["ItemLink", "Key", "Shown", "TitleIndex"]
Found = dict[int, tuple[float, How, str]]  #: entry -> confidence, how, the series' name ("": the title)
Stage = Callable[[Asked], Found]


class TitleIndex(TitleKeys):
    """All titles of a catalogue, ready to be asked for."""

    def items(self, mention: str, shown: Sequence[Shown] = (), context: Sequence[str] = ()) -> tuple[ItemLink, ...]:
        """The items `mention` may mean, best first; empty when none is likely. The text is taken to name an item."""
        if not tokens(mention):
            return ()
        asked = take_apart(mention, self.full, KINDS | self.nouns | self.plurals)
        visible = {s.id for s in shown}
        if asked.nth is not None:
            whole = Asked(
                words(mention), asked.year, None, mention
            )  # "old boy" may be a title, not the old one of many
            if named := self._by_name(whole):
                return self._ranked(named, whole, visible, " ".join(context))
            if nth := self._nth(asked):
                return nth
        for stage in (
            self._by_name,
            self._on_screen(visible),
            self._by_acronym,
            self._by_series,
            self._by_words,
            self._by_spelling,
        ):
            if found := stage(asked):
                return self._ranked(found, asked, visible, " ".join(context))
        return ()

    def _ranked(self, found: Found, asked: Asked, visible: set[str], said: str) -> tuple[ItemLink, ...]:
        entries = self.entries
        if asked.year is not None:
            off = {n: abs((entries[n].year or asked.year + 9) - asked.year) for n in found}
            near = {n for n in found if off[n] <= 1}
            keep = {n for n in near if off[n] == min(off[m] for m in near)} or set(found)
            found = {
                n: (c if near else min(c, 0.5), h, "" if near else g) for n, (c, h, g) in found.items() if n in keep
            }
        top = max(c for c, _, _ in found.values())
        rivals = sum(c == top for c, _, _ in found.values()) > 1

        def order(n: int) -> tuple[float, bool, bool, int]:
            year = entries[n].year or 0
            # within a series the oldest stands for it, among namesakes the newest is meant
            age = year if found[n][1] == "franchise" else -year
            return -found[n][0], entries[n].id not in visible, not (year and str(year) in said), age

        links = []
        for n in sorted(found, key=order):
            confidence, how, name = found[n]
            unsure = rivals and confidence == top and how != "franchise" and entries[n].id not in visible
            links.append(
                ItemLink(
                    entries[n].id,
                    entries[n].title,
                    confidence * (0.9 if unsure else 1.0),
                    how,
                    name or entries[n].title,
                )
            )
        return tuple(links)

    def _nth(self, asked: Asked) -> tuple[ItemLink, ...]:
        bare = without_article(asked.key)
        close = [n for n in self.groups.get(bare, ()) if self.in_series(n, bare)]
        ordered = sorted(close or self.bare.get(bare, []), key=lambda n: self.entries[n].year or 0)
        if len(ordered) < 2 or asked.nth is None or asked.nth >= len(ordered):
            return ()
        if asked.nth > 0 and (numbered_one := self.bare.get((*bare, str(asked.nth + 1)))):
            ordered[asked.nth] = numbered_one[0]
        entry = self.entries[ordered[asked.nth]]
        other = {k for k in entry.key[len(bare) :] if k.isdigit()} - {str(asked.nth + 1)}
        if asked.nth >= 0 and other:
            return ()
        return (ItemLink(entry.id, entry.title, 0.8, "position", entry.title),)

    def _by_name(self, asked: Asked) -> Found:
        bare = without_article(asked.key)
        skeleton = tuple(k for k in asked.key if k not in GLUE)
        spelt = self.compact.get("".join(bare), ("",))
        tiers: tuple[tuple[list[int], float, How], ...] = (
            (self.full.get(asked.key, []), 1.0, "exact"),
            (self.bare.get(bare, []), 0.97, "article"),
            (self.bare.get(spelt, []), 0.95, "exact"),
            (self.skeletons.get(skeleton, []), 0.93, "article"),
            (self.mains.get(bare, []) if bare not in self.groups else [], 0.9, "prefix"),
            (self.subtitles.get(bare, []), 0.88, "prefix"),
        )
        for members, confidence, how in tiers:
            if members:
                found: Found = {n: (confidence, how, "") for n in members}
                for n in self.groups.get(bare, []) if confidence > 0.9 else []:
                    found.setdefault(n, (0.4, "franchise", self.group_name(bare)))
                return found
        return {}

    def _on_screen(self, visible: set[str]) -> Stage:
        def stage(asked: Asked) -> Found:
            """Words of exactly one title on screen."""
            telling = [k for k in asked.key if k not in FUNCTION_WORDS]
            if not visible or not telling:
                return {}
            near = set.intersection(*(set(self.postings.get(k, ())) for k in telling))
            hits = [n for n in near if self.entries[n].id in visible]
            return {hits[0]: (0.9, "description", "")} if len(hits) == 1 else {}

        return stage

    def _by_acronym(self, asked: Asked) -> Found:
        letters = "".join(asked.key)
        loud = asked.typed.strip().isupper() or any(c.isdigit() for c in letters)
        if len(asked.key) > 1 or len(letters) < (2 if loud else 3) or letters in COMMON_WORDS:
            return {}
        members = self.acronyms.get(letters, [])
        return self.as_series(members, 0.82, "acronym")

    def _by_series(self, asked: Asked) -> Found:
        bare = without_article(asked.key)
        bare = bare if bare in self.groups else self.compact.get("".join(bare), bare)
        if bare in self.groups:
            name = self.group_name(bare)
            return {n: (0.8, "franchise", name) for n in self.groups[bare]}
        if len(bare) > 1 and bare[-1].isdigit() and 1 < int(bare[-1]) < 12 and not self.counted(bare[:-1]):
            nth = self._nth(Asked(bare[:-1], None, int(bare[-1]) - 1))
            return {n: (0.65, "position", "") for n, e in enumerate(self.entries) if nth and e.id == nth[0].id}
        return {}

    def _by_words(self, asked: Asked) -> Found:
        """Part of a title: "shawshank", "grand budapest"."""
        bare = without_article(asked.key)
        telling = [k for k in bare if k not in COMMON_WORDS and len(k) > 3 and not k.isdigit()]
        rare = min(bare, key=lambda k: len(self.postings.get(k, ())))
        posting = self.postings.get(rare, [])
        if not posting or len(posting) > POSTINGS or not (telling or len(bare) > 2):
            return {}
        hits = [n for n in posting if _contains(self.entries[n].key, bare)]
        share = max((len(bare) / len(without_article(self.entries[n].key)) for n in hits), default=0.0)
        if len(bare) == 1 and (len(bare[0]) < 5 or share < 0.2):
            return {}
        return self.as_series(hits, min(0.9, 0.62 + 0.3 * share), "prefix")

    def _by_spelling(self, asked: Asked) -> Found:
        bare = without_article(asked.key)
        plain = title_key(" ".join(k.translate(LEET) if not k.isdigit() and k[0].isalpha() else k for k in bare))
        if plain != bare and (found := self._by_name(Asked(plain))):
            return {n: (min(c, 0.85), h, g) for n, (c, h, g) in found.items()}  # "se7en"
        query = "".join(bare)
        edits = 0 if len(query) < 5 else 1 if len(query) < 8 else 2 if len(query) < 14 else round(len(query) * 0.15)
        if not edits:
            return {}
        near = process.extract(query, self.spellings, scorer=OSA.distance, score_cutoff=edits, limit=8)
        for spelling, distance, _ in sorted(near, key=lambda hit: hit[1]):
            key = self.compact[spelling]
            if self._misspelt(bare, key):
                found = self._by_name(Asked(key)) or self._by_series(Asked(key))
                sure = max(0.6, 0.9 - 1.2 * distance / len(query))
                return {n: (min(c, sure), "fuzzy" if h != "franchise" else h, g) for n, (c, h, g) in found.items()}
        return {}

    def _misspelt(self, typed: Key, key: Key) -> bool:
        """Whether the words that differ look like slips rather than like another title's words."""
        if [k for k in typed if k.isdigit()] != [k for k in key if k.isdigit()]:
            return False
        if len(typed) != len(key):
            return len("".join(typed)) > 7
        pairs = [(t, k) for t, k in zip(typed, key, strict=True) if t != k]
        for word, meant in pairs:
            if singular(word) == singular(meant):
                continue
            real = word in COMMON_WORDS or word in self.postings
            if real and not (len(typed) > 2 and len(pairs) == 1 and len(word) > 4):
                return False
            if OSA.distance(word, meant) > (1 if len(word) < 7 else 2):
                return False
        return True


def _contains(whole: Key, part: Key) -> bool:
    return any(whole[i : i + len(part)] == part for i in range(len(whole) - len(part) + 1))
