"""Who is simulated: real people of a log, with nothing of what they look for in what they speak from."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import pytest

from bot.simulation.persona import LEAST_LIKES, Persona, SimulationError, draw_personas
from bot.simulation.tastes import Everyone, ValuesOf
from ranking.evidence import LIKED, evidence_by_user
from retrieval.catalogue.interaction_rows import InteractionRow
from retrieval.catalogue.item import Catalogue

Log = Sequence[InteractionRow]


@pytest.fixture(params=["shop", "films"])
def drawn(request: pytest.FixtureRequest) -> tuple[Catalogue, Log, tuple[Persona, ...]]:
    name = request.param
    catalogue, rows = (
        request.getfixturevalue(name),
        request.getfixturevalue({"shop": "shop_rows", "films": "film_rows"}[name]),
    )
    return catalogue, rows, draw_personas(rows, catalogue, 30, 1)


def test_they_are_different_people_who_liked_what_they_look_for(
    drawn: tuple[Catalogue, Log, tuple[Persona, ...]],
) -> None:
    catalogue, rows, personas = drawn
    evidence = evidence_by_user(rows, set(catalogue.by_id))
    assert len({persona.user for persona in personas}) == len(personas) == 30
    for persona in personas:
        history, own = persona.profile.history, evidence[persona.user]
        assert own[persona.target] >= LIKED
        assert len(history.liked) >= LEAST_LIKES - 1
        assert {*history.liked, persona.target} == {item for item, value in own.items() if value >= LIKED}
        assert all(own[item] < 0 for item in history.disliked)
        told = [*history.liked, *history.disliked, *history.known]
        assert len(told) == len(set(told))
        assert persona.target not in told


def test_tastes_are_those_of_a_log_that_never_held_the_target(
    drawn: tuple[Catalogue, Log, tuple[Persona, ...]],
) -> None:
    catalogue, rows, personas = drawn
    evidence = evidence_by_user(rows, set(catalogue.by_id))
    values_of = ValuesOf(catalogue)
    for persona in personas[:10]:
        likes = {user: [i for i, v in own.items() if v >= LIKED] for user, own in evidence.items()}
        likes[persona.user].remove(persona.target)
        history = persona.profile.history
        without = Everyone(likes.values(), values_of).tastes(history.liked, history.disliked, likes[persona.user])
        assert persona.profile.tastes == without


def test_a_seed_decides_everything_and_how_many_are_drawn_nothing(shop: Catalogue, shop_rows: Log) -> None:
    first, again = draw_personas(shop_rows, shop, 20, 1), draw_personas(shop_rows, shop, 20, 1)
    assert first == again
    other = draw_personas(shop_rows, shop, 20, 2)
    assert [p.user for p in first] != [p.user for p in other]
    everybody = {p.user: p for p in draw_personas(shop_rows, shop, 10_000, 1)}
    assert len(everybody) == 82
    assert all(everybody[p.user] == p for p in first)


def test_a_taste_stands_out_against_everyone(films: Catalogue, film_rows: Log) -> None:
    """The made-up people each love one value of the first facet; what stands out most is nearly always that."""
    facet = films.schema.facets[0].name
    evidence = evidence_by_user(film_rows)
    right = []
    for persona in draw_personas(film_rows, films, 40, 1):
        own, best = evidence[persona.user], persona.profile.tastes.of(facet)[0]
        mean = {
            value: fmean(v for i, v in own.items() if value in films.by_id[i].values(facet))
            for value in films.facet_values(facet)[:8]
            if any(value in films.by_id[i].values(facet) for i in own)
        }
        right.append(best.value == max(mean, key=lambda value: mean[value]))
    assert fmean(right) > 0.7


def test_numbers_are_decades_or_quarters_of_the_catalogue(shop: Catalogue, films: Catalogue) -> None:
    dated = {value for item in films.items[:50] for facet, value in ValuesOf(films)(item.id) if facet == "year"}
    assert all(isinstance(value, tuple) and value[0] % 10 == 0 and value[1] == value[0] + 9 for value in dated)
    priced = [value for item in shop.items for facet, value in ValuesOf(shop)(item.id) if facet == "price"]
    assert len(set(priced)) == 4
    assert max(priced.count(band) for band in set(priced)) < 0.4 * len(priced)


def test_a_log_of_nobody_is_refused(shop: Catalogue, shop_rows: Log) -> None:
    with pytest.raises(SimulationError, match="has no interactions"):
        draw_personas([], shop, 10, 1)
    with pytest.raises(SimulationError, match=f"nobody in it liked {LEAST_LIKES}"):
        draw_personas(shop_rows[:3], shop, 10, 1)
    with pytest.raises(SimulationError, match="0 simulated users"):
        draw_personas(shop_rows, shop, 0, 1)
