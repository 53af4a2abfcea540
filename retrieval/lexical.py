"""BM25 over titles, names and texts: what was said in the catalogue's own words.

BM25 as in Robertson and Zaragoza (2009), computed by bm25s. Accents are folded, English stopwords left out, plurals
trimmed (the S stemmer, Harman 1991). Titles made of stopwords ("It", "Us") are words of their own. Knows no vectors.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import bm25s
import numpy as np

from retrieval.catalogue.item import Item
from retrieval.facet_index import Mask

logging.getLogger("bm25s").setLevel(logging.NOTSET)  # it asks for DEBUG on import; the level is the program's to set

TITLE_WEIGHT = 3  #: how often a title's words count
NAME_WEIGHT = 2  #: and those of a category or entity facet

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_STOPWORD_TEXT = """
a about after all also am an and any are as at be because been before being but by can could did do does doing for from
get give had has have having he her here him his how i if im in into is it its just let like looking me more most my no
not now of off on once only or other our out over own please really recommend s same she should similar so some
something such t than that the their them then there these they this those through to too under until up us very want
was watch we were what when where which while who whom why will with would you your
"""
_STOPWORDS = frozenset(_STOPWORD_TEXT.split())


def fold(text: str) -> str:
    """`text` casefolded, without accents and apostrophes."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _APOSTROPHE.sub("", text).casefold()


def words(text: str) -> list[str]:
    """The folded words of `text` in order, stopwords among them."""
    return _WORD.findall(fold(text))


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")) else word


def terms(text: str) -> list[str]:
    """What is indexed of `text`."""
    return [_stem(word) for word in words(text) if word not in _STOPWORDS]


class LexicalIndex:
    """Rows are in the order of the items given."""

    def __init__(self, ids: Sequence[str], scorer: Any | None, stopword_titles: frozenset[str]) -> None:
        self._ids, self._scorer, self._stopword_titles = ids, scorer, stopword_titles
        by_id = sorted(range(len(ids)), key=ids.__getitem__)
        self._rank_of_id = np.empty(len(ids), dtype=np.int64)
        self._rank_of_id[by_id] = np.arange(len(ids))

    @classmethod
    def build(cls, items: Sequence[Item]) -> LexicalIndex:
        """An index of `items`; about 0.2 s for 1,600."""
        documents = [_document(item) for item in items]
        titles = frozenset(title for item in items if (title := _stopword_title(item.title)))
        if not any(documents):
            return cls([item.id for item in items], None, titles)
        scorer = bm25s.BM25()
        scorer.index(documents, show_progress=False)
        return cls([item.id for item in items], scorer, titles)

    def search(self, query: str, k: int, allowed: Mask | None = None) -> list[tuple[str, float]]:
        """The ids of the best min(k, matching) items that share a term with `query`, with scores > 0, best first.

        `allowed` is (n,) booleans by row. Ties by id.
        """
        asked = self._asked(query)
        if self._scorer is None or not asked or k < 1:
            return []
        scores = self._scorer.get_scores(asked)
        if allowed is not None:
            scores = np.where(allowed, scores, 0.0)
        rows = np.flatnonzero(scores > 0)
        best = rows[np.lexsort((self._rank_of_id[rows], -scores[rows]))][:k]
        return [(self._ids[row], float(scores[row])) for row in best]

    def _asked(self, query: str) -> list[str]:
        known = self._scorer.vocab_dict if self._scorer is not None else {}
        named = [_title_term(title) for title in self._named_titles(query)]
        return [term for term in dict.fromkeys(terms(query) + named) if term in known]

    def _named_titles(self, query: str) -> list[str]:
        """The stopword titles that `query` names: it is nothing else, or writes them in capitals after its start."""
        whole = " ".join(words(query))
        if whole in self._stopword_titles:
            return [whole]
        written = _WORD.findall(query)
        found = []
        for title in self._stopword_titles:
            length = len(title.split())
            for start in range(1, len(written) - length + 1):
                span = written[start : start + length]
                if all(word[0].isupper() for word in span) and fold(" ".join(span)) == title and title != "i":
                    found.append(title)
                    break
        return found


def _document(item: Item) -> list[str]:
    names = [value for facet in item.facets for value in item.values(facet)]
    document = terms(item.title) * TITLE_WEIGHT + terms(" ".join(names)) * NAME_WEIGHT + terms(item.text)
    title = _stopword_title(item.title)
    return document + [_title_term(title)] * TITLE_WEIGHT if title else document


def _stopword_title(title: str) -> str | None:
    """The folded words of a title that has nothing but stopwords; None for any other."""
    return " ".join(words(title)) if words(title) and not terms(title) else None


def _title_term(title: str) -> str:
    return f"title {title}"  # no term of a text has a blank
