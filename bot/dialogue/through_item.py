"""Values refused through the item that has them: "not that director again", "something by a different brand".

The noun is the catalogue's (facets, columns, `[words]`); the value is the one of the item talked about or, where none
is, the one that the list has in common. Where several are possible, none is taken and the visitor is asked.
Knows English words of refusal; knows no reply.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue import events as e
from bot.dialogue.state import DialogueState
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import FacetKind
from retrieval.linking.text import singular

MOST_ASKED = 3  #: so many values are offered to choose from, those of most items first

_NOUN = r"(?P<noun>[\w'’-]+(?:\s+[\w'’-]+)?)"
_REFUSED = re.compile(
    r"\b(?:not|no(?: more)?|without|never|nothing (?:by|from|with)|avoid|skip|drop|anything but|"
    r"(?:enough|tired|sick) of)"
    rf"\s+(?:(?:by|from|with|of|in|any|more)\s+)*(?:that|this|the same|these|those)\s+{_NOUN}",
    re.I,
)
_ANOTHER = re.compile(rf"\b(?:different|another|other)\s+{_NOUN}", re.I)


@dataclass(frozen=True, slots=True)
class ThroughItem:
    """What the words `said` refuse: the one of `values`; of several, or none, the visitor must say which."""

    facet: str
    values: tuple[str, ...]
    said: str


def refused_value(said: str, state: DialogueState, catalogue: Catalogue) -> ThroughItem | None:
    """What `said` refuses through the item in focus, else through the list; None: nothing in this way."""
    items = _spoken_of(state, catalogue)
    for pattern, kinds in ((_REFUSED, (FacetKind.ENTITY, FacetKind.CATEGORY)), (_ANOTHER, (FacetKind.ENTITY,))):
        for found in pattern.finditer(said):
            named = _named(found["noun"], catalogue)
            if named is not None and catalogue.schema.facet(named[0]).kind in kinds:
                values = _meant([_values(item, *named) for item in items], named[0], state)
                return ThroughItem(named[0], values, found[0]) if items else None
    return None


def _spoken_of(state: DialogueState, catalogue: Catalogue) -> list[Item]:
    ids = (state.focus,) if state.focus else state.shown_now
    return [catalogue.by_id[i] for i in ids if i in catalogue.by_id]


def _named(noun: str, catalogue: Catalogue) -> tuple[str, str | None] | None:
    """The facet, and the one of its columns, that the words of a noun call; None: neither."""
    words = [re.sub(r"['’]s?$", "", word) for word in noun.casefold().split()]
    for phrase in (" ".join(words), words[0]):
        for facet in catalogue.schema.facets:
            for column in (None, *facet.columns):
                called = catalogue.schema.words.get(column or facet.name, ())
                if singular(phrase) in {singular(w.casefold()) for w in (column or facet.name, *called)}:
                    return facet.name, column
    return None


def _values(item: Item, facet: str, column: str | None) -> tuple[str, ...]:
    """An item's values of a facet, those in one column only where one is given."""
    told = item.fields.get(column) if column else None
    if told is None:
        return item.values(facet)
    own = {str(v).casefold() for v in (told if isinstance(told, list | tuple) else [told])}
    return tuple(v for v in item.values(facet) if v.casefold() in own)


def _meant(by_item: Sequence[Sequence[str]], facet: str, state: DialogueState) -> tuple[str, ...]:
    """The one value that is wished, that was named, or that several items share; else those of most items."""
    held = Counter(value for values in by_item for value in dict.fromkeys(values))
    wished = {c.value for c in state.constraints if c.facet == facet and c.polarity > 0}
    spoken = " ".join(x.text for x in state.log if isinstance(x, e.Said)).casefold()
    for kept in (
        [v for v in held if v in wished],
        [v for v in held if v.casefold() in spoken],
        [v for v, n in held.items() if n > 1],
    ):
        if len(kept) == 1:
            return tuple(kept)
    return tuple(value for value, _ in held.most_common(MOST_ASKED))
