"""The line that says why: short, true, and of any catalogue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.explain import LONGEST, Wording, explain
from ranking.request import Direction, FacetWish, RankedItem, Session
from retrieval.catalogue.schema import Facet, FacetKind
from tests.ranking.cases import request, tea

FACETS = {
    "kind": Facet("kind", FacetKind.CATEGORY, ("kind",)),
    "year": Facet("year", FacetKind.NUMBER, ("year",), less=("older",), more=("newer",)),
    "price": Facet("price", FacetKind.NUMBER, ("price",), unit="EUR", less=("cheaper",), more=("dearer",)),
    "steep": Facet("steep", FacetKind.NUMBER, ("steep",), unit="min", label="steeping time"),
}
WORDING = Wording({"assam": "Morning Assam", "uji": "Uji Sencha"}, FACETS)
ITEM = tea("t1", kind=("green", "smoked"), year=1994, price=8, steep=3)
LIKED = Session(liked=("assam", "uji"))


def why(evidence: dict[str, str], wording: Wording = WORDING, item: str = "t1", **given: object) -> str:
    contributions = {name: 0.5 - n / 10 for n, name in enumerate(evidence)}
    named = tea(item, kind=("green", "smoked"), year=1994, price=8, steep=3)
    return explain(RankedItem(item, 0.5, contributions, evidence), named, request([named], **given), wording)


def test_the_largest_contribution_with_evidence_is_the_reason() -> None:
    assert "Morning Assam, which you liked" in why({"liked": "assam", "text": "smoky"}, session=LIKED)
    line = why({"behaviour": "uji", "liked": "assam"}, session=LIKED)
    assert "Uji Sencha" in line
    assert "iked" in line
    assert "“smoky and strong”" in why({"text": "smoky  and strong"}, text="smoky and strong")
    assert "opular" in why({"popularity": "0.9"})
    assert "9 of 11" in why({"reviews": "9 of 11"})
    assert "Morning Assam" in why({"reviews": "9 of 11", "liked": "assam"}, session=LIKED)  # anybody's reason is last


def test_an_example_is_not_called_liked() -> None:
    line = why({"liked": "assam"}, Wording(WORDING.titles, FACETS, named={"assam"}), session=LIKED)
    assert "which you named" in line


@pytest.mark.parametrize("fact", ["gone", "assam"])
def test_nothing_is_claimed_about_what_was_not_liked(fact: str) -> None:
    for signal in ("liked", "behaviour"):
        assert "iked" not in why({signal: fact}, session=Session(liked=("gone",)))


def test_matches_name_only_what_the_item_has() -> None:
    wishes = (
        FacetWish("kind", "green", 1),
        FacetWish("kind", "white", 1),
        FacetWish("year", (1990.0, 1999.0), 0.5),
        FacetWish("kind", "smoked", -1),
    )
    assert why({"wanted": "…"}, wishes=wishes) == "Matches: green, 1990s"
    assert why({"wanted": "…"}, wishes=(FacetWish("price", (None, 10.0), 1),)) == "Matches: up to 10 EUR"
    assert why({"wanted": "…"}, wishes=(FacetWish("price", (5.0, 9.5), 1),)) == "Matches: 5–9.5 EUR"
    asked = Wording({}, FACETS, asked=(FacetWish("year", (1990.0, None), 1),))
    assert why({}, asked) == "Matches: from 1990"


def test_directions_use_the_catalogues_words() -> None:
    assert why({"direction": "…"}, directions=(Direction("year", True, 1990),)) == "Newer than 1990"
    assert why({"direction": "…"}, directions=(Direction("price", False, 9.5),)) == "Cheaper than 9.5 EUR"
    assert why({"direction": "…"}, directions=(Direction("steep", True, 2),)) == "Steeping time above 2 min"
    untrue = why({"direction": "…"}, directions=(Direction("year", True, 2000),))
    assert untrue == "Within what you asked for"


def test_without_evidence_nothing_is_claimed() -> None:
    assert why({}) == "A place to start"
    assert why({}, text="something") == "A place to start"
    assert why({"disliked": "uji", "unheard of": "x"}) == "A place to start"


def test_wording_varies_by_item_and_never_by_chance() -> None:
    lines = {n: why({"liked": "assam"}, item=f"t{n}", session=LIKED) for n in range(30)}
    assert len(set(lines.values())) > 1
    assert lines == {n: why({"liked": "assam"}, item=f"t{n}", session=LIKED) for n in range(30)}


@given(st.text(min_size=1, max_size=300), st.sampled_from(["text", "liked", "behaviour", "wanted", "direction"]))
def test_one_short_line_whatever_is_named(words: str, signal: str) -> None:
    long = Wording({"x": words}, FACETS, asked=(FacetWish("kind", "green", 1),))
    line = why({signal: "x" if signal in ("liked", "behaviour") else words}, long, session=Session(liked=("x",)))
    assert 0 < len(line) <= LONGEST
    assert "\n" not in line
