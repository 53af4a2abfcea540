"""The profile: scores are opinions that fade, evidence is kept, and what somebody says outweighs what we inferred."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.memory.evidence import REACTED, STATED, Evidence, from_reactions
from bot.memory.profile import DAY_S, TOLD, WISHED, Interest, interests, tastes
from ranking.interactions import Interaction
from ranking.request import FacetWish
from retrieval.catalogue.item import Catalogue

NOW = 1_768_478_400.0
HALF_LIFE = 180.0
MOMENTS = st.floats(NOW - 4000 * DAY_S, NOW)
EVIDENCE = st.builds(
    Evidence,
    facet=st.sampled_from(["color", "material"]),
    value=st.sampled_from(["red", "wool"]),
    sentiment=st.sampled_from([-1, 0, 1]),
    said=st.text(max_size=5),
    at=MOMENTS,
    mass=st.floats(0.01, 5),
    source=st.sampled_from(["statement", "reaction"]),
)


def said(value: str, sentiment: int, days_ago: float = 0.0, facet: str = "material") -> Evidence:
    return Evidence(facet, value, sentiment, f"about {value}", NOW - days_ago * DAY_S)  # type: ignore[arg-type]


def known(*evidence: Evidence, now: float = NOW) -> dict[str, Interest]:
    return {interest.key: interest for interest in interests(evidence, now, HALF_LIFE)}


@settings(max_examples=30)
@given(st.lists(EVIDENCE, max_size=8))
def test_scores_are_opinions(evidence: list[Evidence]) -> None:
    found = interests(evidence, NOW, HALF_LIFE)
    assert len({interest.key for interest in found}) == len(found)
    for interest in found:
        assert 0 <= interest.score < 1
        assert 0 <= interest.against < 1
        assert interest.score + interest.against < 1
        assert interest.evidence
        assert all(e.key == interest.key and e.sentiment and e in evidence for e in interest.evidence)
    strength = [max(interest.score, interest.against) for interest in found]
    assert strength == sorted(strength, reverse=True)


@settings(max_examples=30)
@given(st.lists(EVIDENCE, max_size=6), st.randoms())
def test_the_order_of_evidence_does_not_matter_but_its_time_does(evidence: list[Evidence], random: object) -> None:
    evidence = [e for n, e in enumerate(evidence) if e.at not in {other.at for other in evidence[:n]}]
    shuffled = list(evidence)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert interests(shuffled, NOW, HALF_LIFE) == interests(evidence, NOW, HALF_LIFE)


@settings(max_examples=30)
@given(st.lists(EVIDENCE, max_size=6), st.floats(0, 2000))
def test_everything_fades(evidence: list[Evidence], days: float) -> None:
    today, later = known(*evidence), known(*evidence, now=NOW + days * DAY_S)
    assert today.keys() == later.keys()
    for key, interest in today.items():  # what is left over is uncertainty
        faded = later[key]
        assert faded.score + faded.against <= interest.score + interest.against + 1e-9


def test_the_formula() -> None:
    both = known(
        said("wool", 1, 1 / DAY_S), Evidence("material", "wool", -1, "…", NOW, mass=REACTED, source="reaction")
    )
    wool = both["material=wool"]
    assert wool.score == pytest.approx(STATED / (STATED + REACTED + 2))
    assert wool.against == pytest.approx(REACTED / (STATED + REACTED + 2))
    half = known(said("wool", 1, days_ago=HALF_LIFE))["material=wool"]
    assert half.score == pytest.approx((STATED / 2) / (STATED / 2 + 2))


def test_one_statement_is_worth_telling_for_a_year_and_one_like_is_not(shop: Catalogue) -> None:
    assert known(said("wool", 1))["material=wool"].score >= TOLD
    assert known(said("wool", 1, days_ago=2 * 365))["material=wool"].score < TOLD
    like = from_reactions([Interaction("ann", shop.items[0].id, "like", None, NOW)], shop)
    assert like
    assert max(i.score for i in interests(like, NOW, HALF_LIFE)) < TOLD


def test_what_is_stated_outweighs_what_spoke_otherwise_before() -> None:
    liked = [Evidence("material", "wool", 1, "liked a hat", NOW - 9, mass=REACTED, source="reaction")] * 40
    assert known(said("wool", 1, 30), *liked, said("wool", -1))["material=wool"].score == 0
    assert known(*liked, said("wool", 0)) == {}
    back = known(said("wool", -1, 30), said("wool", 1))["material=wool"]
    assert (back.against, len(back.evidence)) == (0, 1)


def test_a_reaction_does_not_outweigh_a_statement() -> None:
    dislike = Evidence("material", "wool", -1, "disliked a hat", NOW, mass=REACTED, source="reaction")
    wool = known(said("wool", 1, 1), dislike)["material=wool"]
    assert wool.score > wool.against > 0


def test_only_what_was_stated_becomes_a_wish() -> None:
    many = [Evidence("color", "red", 1, "liked a hat", NOW, mass=REACTED, source="reaction")] * 9
    wished = tastes(interests([*many, said("wool", 1), said("nylon", -1)], NOW, HALF_LIFE))
    assert sorted(wished, key=lambda w: w.weight) == [
        FacetWish("material", "nylon", -WISHED / 2),
        FacetWish("material", "wool", WISHED / 2),
    ]


@settings(max_examples=30)
@given(st.lists(EVIDENCE, max_size=8))
def test_a_taste_is_never_hard(evidence: list[Evidence]) -> None:
    assert all(0 < abs(wish.weight) < WISHED < 1 for wish in tastes(interests(evidence, NOW, HALF_LIFE)))


def test_reactions_speak_for_what_the_items_have_in_common(shop: Catalogue) -> None:
    woollen = [i for i in shop.items if "wool" in i.values("material")][:4]
    rows = [Interaction("ann", i.id, "like", None, NOW, {"conversation": "c1"}) for i in woollen]
    wool = {i.key: i for i in interests(from_reactions(rows, shop), NOW, HALF_LIFE)}["material=wool"]
    assert wool.score >= TOLD
    assert [e.said for e in wool.evidence] == [f"liked {item.title}" for item in woollen]
    assert {e.conversation for e in wool.evidence} == {"c1"}
    assert not wool.stated


def test_of_reactions_the_latest_stance_counts_and_what_was_taken_back_does_not(shop: Catalogue) -> None:
    one, two, three = (item.id for item in shop.items[:3])
    rows = [
        Interaction("ann", one, "like", None, NOW - 5),
        Interaction("ann", one, "dislike", None, NOW - 4),
        Interaction("ann", two, "like", None, NOW - 3),
        Interaction("ann", two, "like", 0.0, NOW - 2),
        Interaction("ann", three, "click", None, NOW - 1),
        Interaction("ann", "gone", "like", None, NOW),
    ]
    found = from_reactions(rows, shop)
    assert {e.sentiment for e in found} == {-1}
    assert {e.said for e in found} == {f"disliked {shop.items[0].title}"}


def test_what_every_item_has_tells_nothing(shop: Catalogue) -> None:
    row = Interaction("ann", shop.items[0].id, "like", None, NOW)
    for e in from_reactions([row], shop):
        share = shop.value_counts[e.facet][str(e.value)] / len(shop.items)
        assert math.isclose(e.mass, REACTED * (1 - share))
