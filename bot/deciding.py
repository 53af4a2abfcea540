"""What the policy must know of a moment, and the list that goes with what it decides.

Knows the picker and the policy's seams; knows no reading, no words of a reply and no storage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue import actions as a
from bot.dialogue.coldstart import answered_facets, best_question, worth_a_turn
from bot.dialogue.cues import speaks_of
from bot.dialogue.needs import passed_over
from bot.dialogue.policy import Situation
from bot.dialogue.state import DialogueState, changes_beliefs
from bot.picking import Picked, Picker
from ranking.request import Session


def situation_of(picker: Picker, state: DialogueState, history: Session, said: str | None) -> Situation:
    """The situation of a step that said `said` (None: a tap), with the question that is worth asking, if any."""
    schema = picker.catalogue.schema
    newcomer = not (history.liked or history.disliked or history.seen or history.tastes)
    question, alone = None, False
    if newcomer and not state.shown_now:
        pool = picker.pool(state, history)
        question = best_question(picker.catalogue, pool, answered_facets(state), picker.popularity, picker.telling)
        alone = question is not None and worth_a_turn(question, picker.catalogue, pool, picker.popularity)
    return Situation(
        newcomer=newcomer,
        matching=picker.matching(state, history),
        behaviour=picker.has_behaviour,
        said=said or "",
        question=question,
        alone=alone,
        on_topic=said is not None and speaks_of(said, (*schema.nouns, *schema.plural_nouns)),
    )


def with_list(
    action: a.Action, state: DialogueState, pick: Callable[[bool], Picked], *, corrects: bool
) -> tuple[a.Action, Picked | None]:
    """The action with the list that goes with it: a recommendation's, or what an undo or a correction brings back.

    `pick` makes the list, of items not shown before if given True. `corrects`: the action takes back what is known.
    """
    if isinstance(action, a.Recommend):
        picked = pick(action.fresh)
        if not action.fresh:
            before = passed_over(state)
            again = bool(before) and bool(picked.cards) and all(card.id in before for card in picked.cards)
            changed = any(map(changes_beliefs, state.step))  # what new wishes find was not asked for before
            return replace(action, again=again and not changed), picked
        if picked.cards:
            return action, picked
        picked = pick(False)  # all that matches was shown: show it again and say so
        return replace(action, fresh=False, again=bool(picked.cards)), picked
    undone = corrects or action in (a.Confirm("undo"), a.Confirm("removed"))
    undone = undone and (bool(state.shown_ever) or state.last_act == "recommend")
    return action, pick(False) if undone else None
