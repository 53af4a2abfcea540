"""Facets that a message says do not matter: "any brand", "the colour doesn't matter", "whichever year".

Knows English and what visitors call each facet; knows no values, so that "any brand but Nike" lifts nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_BEFORE = (
    r"(?:(?:^|[,.;!]\s*|\b(?:in|with|of|from|by|at|for|really|ok|okay|fine|so|and|yes|no) )"
    r"(?:any|whatever|whichever)\s+(?:the )?"
    r"|\b(?:(?:does ?n['’]?t|do(?:es)? not) matter|(?:do ?n['’]?t|do not) (?:care|mind))\s+"
    r"(?:about |what |which |whatever |the |at all |it is )*"
    r"|\b(?:no (?:preference|opinion) (?:on|about|for|as to|regarding) |regardless of )(?:the )?)"
)
_AFTER_ANY = (
    r"(?=\W*$|\s*[,.;!](?!\s*(?:but|except)\b)|\s+(?:is|would be|are|will) (?:fine|ok|okay|good|do|great)\b"
    r"|\s+(?:goes|works|please)\b)"
)
_AFTER = r"\s+(?:does ?n['’]?t|does not|is ?n['’]?t|is not)\s+(?:really )?(?:matter|important|an issue|relevant)\b"


def lifted(text: str, called: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The facets that `text` says do not matter, in the order of `called`: facet name -> what visitors call it."""
    clean = " ".join(text.split())
    return tuple(facet for facet, names in called.items() if names and _lifts(clean, names))


def _lifts(text: str, names: Sequence[str]) -> bool:
    name = rf"(?:{'|'.join(re.escape(n) for n in names)})s?(?: range)?"
    return bool(
        re.search(rf"{_BEFORE}{name}\b{_AFTER_ANY}", text, re.IGNORECASE)
        or re.search(rf"\b{name}{_AFTER}", text, re.IGNORECASE)
    )
