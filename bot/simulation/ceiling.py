"""What the behaviour model could find at most, had it been told everything: a ceiling beside which to read successes.

The rank of the hidden item when all other likes and dislikes of the person are folded in and all they know is left out.
A conversation shows `TURNS` lists of k items, so a rank below `TURNS` · k could have been listed by somebody who knew
all this before the first message. Messages tell two items each, so no conversation comes near. Knows no conversation.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bot.simulation.persona import Persona
from ranking.behaviour import Behaviour
from ranking.request import Session


def ceiling(behaviour: Behaviour, personas: Iterable[Persona], places: int) -> tuple[bool, ...]:
    """For each persona: whether the hidden item is among the best `places` by all the rest of what they did."""
    return tuple(_rank(behaviour, persona) < places for persona in personas)


def _rank(behaviour: Behaviour, persona: Persona) -> float:
    """From 0; infinite where the model knows nothing of the hidden item or of the person."""
    told = persona.profile.history
    known = {*told.liked, *told.disliked, *told.known}
    ids = [item for item in behaviour.ids if item not in known]
    scores = behaviour.fold_in(Session(liked=told.liked, disliked=told.disliked), ids)
    if persona.target not in ids or np.isnan(own := scores[ids.index(persona.target)]):
        return float("inf")
    return float((scores > own).sum())
