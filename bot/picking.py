"""From what is believed to the items to show: candidates, ranking, reasons.

Knows no words of a reply and no channel.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from bot.dialogue.coldstart import facets_telling
from bot.dialogue.hints import hinted_items
from bot.dialogue.needs import (
    avoided_words,
    directions,
    excluded,
    hard_filter,
    passed_over,
    query_text,
    session,
    spoken_needs,
    wishes,
)
from bot.dialogue.state import DialogueState
from bot.languages.detection import ENGLISH
from bot.languages.replies import reasons_by_language
from bot.messages import ItemCard
from bot.response.cards import card
from ranking.apart import reasons
from ranking.behaviour import Behaviour
from ranking.dial import NEUTRAL
from ranking.explain import facts_told
from ranking.explore import Exploring
from ranking.fusion import Ranker
from ranking.request import Floats, RankedList, RankingRequest, Session
from retrieval.catalogue.item import Catalogue
from retrieval.filters import matches
from retrieval.indexer import Index
from retrieval.linking.text import singular, words
from retrieval.retriever import Candidates, Query, Retriever

CANDIDATES = 400  #: how many candidates are ranked at least
NEIGHBOURS = 300  #: how many of them may come by behaviour; with 60 the wanted item was often not ranked at all
LIKED = 8  #: how many of the latest likes stand for a visitor's taste in retrieval


@dataclass(frozen=True)
class Picked:
    """A list and what is needed to talk about it. `ms` has "retrieve" and "rank" in milliseconds."""

    cards: tuple[ItemCard, ...]
    ranked: RankedList
    matching: int
    candidates: tuple[str, ...] = ()  #: the ids that the list was chosen from
    ms: Mapping[str, float] = field(default_factory=dict)


class Picker:
    """Picks items for a state and a visitor's history."""

    def __init__(self, retriever: Retriever, behaviour: Behaviour, ranker: Ranker, novelty: float = NEUTRAL) -> None:
        """`novelty` in [0, 1] is where the dial stands until a visitor sets it."""
        self._retriever = retriever
        self._index: Index = retriever.index
        self.catalogue: Catalogue = self._index.catalogue
        self.explore = 0.0  #: the share of lists whose last place is left to chance, in [0, 0.5]
        self._behaviour = behaviour
        self._ranker = ranker
        self._novelty = novelty
        self._reasons = reasons_by_language(self.catalogue)
        ids = [item.id for item in self.catalogue.items]
        known = {i: float(p) for i, p in zip(ids, behaviour.popularity(ids), strict=True) if not math.isnan(p)}
        self.popularity: Mapping[str, float] = known  #: in [0, 1], of items with behaviour
        self._by_popularity = tuple(sorted(ids, key=lambda i: (-known.get(i, 0.0), i)))

    def close(self) -> None:
        """Let go of the index's files."""
        self._index.close()

    def matching(self, state: DialogueState, history: Session) -> int:
        """How many items may be shown."""
        return self._retriever.count(hard_filter(state, self.catalogue), self._exclude(state, history, fresh=False))

    @property
    def retriever(self) -> Retriever:
        """Where candidates come from."""
        return self._retriever

    def novelty_for(self, state: DialogueState) -> float:
        """Where the dial stands, in [0, 1]."""
        return self._novelty if state.novelty is None else state.novelty

    @property
    def has_behaviour(self) -> bool:
        """Whether anything is known of what visitors did."""
        return bool(self.popularity)

    @cached_property
    def telling(self) -> Mapping[str, float]:
        """The share of what people like that each facet explains, in [0, 1]; all 0 without behaviour."""
        return facets_telling(self.catalogue, self._behaviour.places([item.id for item in self.catalogue.items]))

    def pool(self, state: DialogueState, history: Session) -> list[str]:
        """The ids of items that may be shown, the most popular first: what a question to a newcomer must narrow."""
        where, exclude = hard_filter(state, self.catalogue), self._exclude(state, history, fresh=False)
        by_id = self.catalogue.by_id
        return [i for i in self._by_popularity if i not in exclude and (where is None or matches(where, by_id[i]))]

    def pick(
        self, state: DialogueState, history: Session, k: int, *, fresh: bool = False, draw: float | None = None
    ) -> Picked:
        """The best `k` items, fewer only when fewer satisfy the hard constraints.

        `draw`, uniform in [0, 1), may leave the last place to an item that little is known of; None never does.
        """
        start = time.perf_counter()
        visitor = self._known(join_sessions(history, session(state, history.user)))
        candidates = self._candidates(state, history, visitor, k, fresh)
        retrieved = time.perf_counter()
        request = self._request(state, visitor, candidates, k)
        request = replace(request, exploring=self._exploring(request.ids, draw))
        ranked = self._ranker.rank(request)
        hard = tuple(w for w in request.wishes if abs(w.weight) == 1.0)
        words = self._reasons.get(state.language, self._reasons[ENGLISH])
        wording = replace(words, named=state.referenced, asked=hard, on_page=hinted_items(state))
        by_id = self.catalogue.by_id
        lines = reasons(ranked.items, by_id, request, wording)
        cards = tuple(
            card(by_id[r.id], r, line, facts_told(r, by_id[r.id], request, wording))
            for r, line in zip(ranked.items, lines, strict=True)
        )
        done = time.perf_counter()
        ms = {"retrieve": (retrieved - start) * 1000, "rank": (done - retrieved) * 1000}
        return Picked(cards, ranked, candidates.total_matching, tuple(c.id for c in candidates.items), ms)

    def _exploring(self, ids: Sequence[str], draw: float | None) -> Exploring | None:
        if draw is None or not self.explore:
            return None
        unknown = np.isnan(self._behaviour.popularity(ids))
        return Exploring(self.explore, draw, frozenset(i for i, yes in zip(ids, unknown, strict=True) if yes))

    def _known(self, visitor: Session) -> Session:
        """The session without items that have left the catalogue."""
        rows = self._index.row_of
        liked = tuple(i for i in visitor.liked if i in rows)[-LIKED:]
        return replace(visitor, liked=liked, disliked=tuple(i for i in visitor.disliked if i in rows))

    def _candidates(self, state: DialogueState, history: Session, visitor: Session, k: int, fresh: bool) -> Candidates:
        liked, exclude = visitor.liked, self._exclude(state, history, fresh=fresh)
        where = hard_filter(state, self.catalogue)
        return self._retriever.retrieve(
            Query(
                text=query_text(state),
                like=liked,
                neighbours=self._neighbours(state, liked),
                where=where,
                exclude=exclude,
                k=max(CANDIDATES, 2 * k),
                fallback=self._by_popularity,
            )
        )

    def _neighbours(self, state: DialogueState, liked: tuple[str, ...]) -> tuple[str, ...]:
        """What people who like that like, best first; of somebody who told nothing, what most people like."""
        if liked:
            return tuple(i for i, _ in self._behaviour.neighbours(liked, NEIGHBOURS))
        return () if spoken_needs(state) else tuple(i for i in self._by_popularity if i in self.popularity)

    def _exclude(self, state: DialogueState, history: Session, *, fresh: bool) -> frozenset[str]:
        refused = excluded(state, fresh) | frozenset(history.disliked) | frozenset(history.seen)
        return refused.union(*(self._mentioning(n.text) for n in state.needs if n.polarity < 0))

    def _mentioning(self, text: str) -> frozenset[str]:
        """Items whose title or text has every telling word of `text`: what "no zombies" rules out."""
        telling = [singular(w) for w in words(text) if len(w) > 3] or [singular(w) for w in words(text)]
        found = [self._items_by_word.get(w, frozenset[str]()) for w in telling]
        return frozenset.intersection(*found) if found else frozenset()

    @cached_property
    def _items_by_word(self) -> dict[str, frozenset[str]]:
        holders: dict[str, set[str]] = {}
        for item in self.catalogue.items:
            for word in words(f"{item.title} {item.text}"):
                holders.setdefault(singular(word), set()).add(item.id)
        return {word: frozenset(ids) for word, ids in holders.items()}

    def _request(self, state: DialogueState, visitor: Session, candidates: Candidates, k: int) -> RankingRequest:
        ids = [c.id for c in candidates.items]
        return RankingRequest(
            items=tuple(self.catalogue.by_id[i] for i in ids),
            similarity=np.array([c.similarity for c in candidates.items], dtype=np.float32),
            vectors=self._vectors(ids),
            liked_vectors=self._vectors(visitor.liked),
            disliked_vectors=self._avoided(state, visitor),
            session=visitor,
            wishes=wishes(state, visitor.tastes),
            directions=directions(state),
            text=spoken_needs(state),
            k=k,
            passed_over=passed_over(state),
            novelty=self.novelty_for(state),
        )

    def _avoided(self, state: DialogueState, visitor: Session) -> Floats:
        """(m, d): what was disliked, and in words what there should be less of."""
        disliked, less = self._vectors(visitor.disliked), avoided_words(state)
        if not less:
            return disliked
        words = self._retriever.embedder.encode(list(less)).astype(np.float32)
        return np.vstack([disliked.reshape(-1, words.shape[1]), words])

    def alike(self, item: str, other: str) -> float:
        """The share of the catalogue less like `other` than `item` is, by cosine, in [0, 1]; 1: nothing is nearer."""
        rows, vectors = self._index.row_of, self._index.vectors
        cosines = np.asarray(vectors, dtype=np.float32) @ np.asarray(vectors[rows[other]], dtype=np.float32)
        cosines[rows[other]] = np.nan
        return float(np.nansum(cosines < cosines[rows[item]]) / max(1, len(cosines) - 2))

    def _vectors(self, ids: Sequence[str]) -> Floats:
        rows = [self._index.row_of[i] for i in ids]
        return np.ascontiguousarray(self._index.vectors[rows], dtype=np.float32)


def join_sessions(history: Session, now: Session) -> Session:
    """What a visitor did before and does now; what is said now wins, the newest stands last."""

    def joined(before: tuple[str, ...], new: tuple[str, ...], against: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(i for i in before if i not in new and i not in against) + new

    return replace(
        now,
        user=history.user,
        liked=joined(history.liked, now.liked, now.disliked),
        disliked=joined(history.disliked, now.disliked, now.liked),
        seen=joined(history.seen, now.seen, ()),
        tastes=history.tastes,
    )
