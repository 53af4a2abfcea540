"""The ceiling knows all but the hidden item, and lists nothing that the person knows."""

from __future__ import annotations

from bot.simulation.ceiling import ceiling
from bot.simulation.persona import History, Persona, Profile, Traits
from bot.simulation.tastes import Tastes
from ranking.behaviour import Behaviour, BehaviourSettings
from retrieval.catalogue.interaction_rows import InteractionRow

GROUPS = (("a", "b", "c"), ("x", "y", "z"))
ROWS = [
    InteractionRow(f"{group[0]}{n}", item, "like", None, 0.0) for group in GROUPS for n in range(6) for item in group
]
MODEL = Behaviour.fit(ROWS, ["a", "b", "c", "x", "y", "z", "new"], BehaviourSettings(factors=4))


def persona(target: str, *liked: str, known: tuple[str, ...] = ()) -> Persona:
    return Persona("p", target, Profile(History(liked, (), known), Tastes(), Traits(), "1"))


def test_what_goes_with_the_likes_is_within_and_what_does_not_is_not() -> None:
    assert ceiling(MODEL, [persona("c", "a", "b"), persona("z", "a", "b")], 1) == (True, False)


def test_what_is_known_takes_no_place_and_what_nobody_used_is_out_of_reach() -> None:
    assert ceiling(MODEL, [persona("z", "a", "b", known=("c", "x", "y"))], 1) == (True,)
    assert ceiling(MODEL, [persona("new", "a", "b")], 7) == (False,)
