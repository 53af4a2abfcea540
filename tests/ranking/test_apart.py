"""Reasons of a list in which several items stand for the same one."""

from __future__ import annotations

from ranking.apart import reasons
from ranking.explain import LONGEST, Wording
from ranking.request import FacetWish, RankedItem, Session
from retrieval.catalogue.schema import Facet, FacetKind
from tests.ranking.cases import request, tea

FACETS = {"kind": Facet("kind", FacetKind.CATEGORY, ("kind",)), "form": Facet("form", FacetKind.CATEGORY, ("form",))}
WORDING = Wording({"assam": "Morning Assam"}, FACETS)
GREEN = (FacetWish("kind", "green", 1),)
TEAS = {
    "a": tea("a", kind=("green", "smoked")),
    "b": tea("b", kind=("green",)),
    "c": tea("c", kind=("green",), form=("Cake",)),
    "d": tea("d", kind=("green",), form=("loose",)),
}


def place(id: str, guessed: tuple[str, ...] = (), liked: str = "", **contributions: float) -> RankedItem:
    evidence = {"wanted": "kind=green", **({"behaviour": liked} if liked else {})}
    return RankedItem(id, 0.5, {"wanted": 0.5, **contributions}, evidence, guessed=frozenset(guessed))


def told(*ranked: RankedItem, liked: tuple[str, ...] = ()) -> tuple[str, ...]:
    asked = request(list(TEAS.values()), wishes=GREEN, session=Session(liked=liked))
    return reasons(ranked, TEAS, asked, Wording(WORDING.titles, FACETS, asked=GREEN))


def test_a_shared_reason_is_followed_by_what_tells_apart() -> None:
    lines = told(
        place("a", popularity=0.1), place("b", popularity=0.3), place("c", popularity=0.2), place("d", popularity=0.1)
    )
    assert lines == (
        "Matches: green; also smoked", "Matches: green; the most popular of these", "Matches: green",
        "Matches: green; also loose",
    )  # fmt: skip


def test_the_only_item_of_its_reason_needs_no_more() -> None:
    assert told(place("b", popularity=0.3)) == ("Matches: green",)


def test_nothing_is_the_most_that_is_unknown_equal_or_speaks_against_it() -> None:
    both = ("Matches: green", "Matches: green")
    assert told(place("b", guessed=("popularity",), popularity=0.3), place("c", popularity=0.2)) == both
    assert told(place("b", popularity=0.2), place("c", popularity=0.2)) == both
    assert told(place("b", popularity=-0.1), place("c", popularity=-0.2)) == both


def test_a_liked_item_in_evidence_comes_before_popularity_and_only_where_it_counted() -> None:
    first, _ = told(place("b", liked="assam", behaviour=0.2, popularity=0.3), place("c"), liked=("assam",))
    assert first.startswith("Matches: green; ")
    assert "Morning Assam" in first
    assert len(first) <= LONGEST
    first, _ = told(place("b", liked="assam", behaviour=0.0), place("c"), liked=("assam",))
    assert first == "Matches: green"
