"""What a step does to a long-term taste: a doubtful one waits for its yes, one taken back returns with an undo."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot import tasting
from bot.dialogue import events as e
from bot.dialogue.state import DialogueState, fold
from bot.memory.memory import Keeping
from bot.memory.store import ConversationStore
from bot.remembering import Happened, Visitor, VisitorMemory
from bot.understanding.reading import Force, Intent, Op, Reading, Slot
from ranking.interactions import InteractionStore
from ranking.storage import open_database
from retrieval.catalogue.item import Catalogue

WOOL = "material=wool"
LOVES = Reading(Intent.RECOMMEND, (Slot("material", "wool", force=Force.PREFER, said="wool"),), english="I love wool")


@pytest.fixture
def visitor(shop: Catalogue) -> Iterator[Visitor]:
    engine = open_database("sqlite://")
    memory = VisitorMemory(shop, (InteractionStore(engine), ConversationStore(engine)), Keeping(), now=lambda: 1e9)
    yield memory.visitor("ivy")
    engine.dispose()


def tell(visitor: Visitor, reading: Reading, catalogue: Catalogue) -> tuple[Reading, tasting.Taste]:
    left, taste = tasting.told(reading, reading.english, visitor, catalogue)
    events = (e.StepBegan(1), e.Said(reading.english), *taste.events)
    visitor.record(Happened(DialogueState(), fold(events), None, events, {}, taste.stated))
    return left, taste


def known(visitor: Visitor) -> list[str]:
    return [interest.key for interest in visitor.interests()]


def test_an_interest_taken_back_is_known_again_after_an_undo(visitor: Visitor, shop: Catalogue) -> None:
    tell(visitor, LOVES, shop)
    assert known(visitor) == [WOOL]
    forgets = Reading(Intent.RECOMMEND, LOVES.slots, english="forget that I like wool")
    left, taste = tasting.told(forgets, forgets.english, visitor, shop)
    assert left.slots[0].op is Op.REMOVE
    assert taste.corrected is not None
    assert known(visitor) == []
    state = fold([e.StepBegan(1), e.Said("forget that I like wool"), *taste.events, e.StepBegan(2), e.Undone()])
    stored = [e.from_json(e.to_json(event)) for event in state.undone]
    tasting.give_back(stored, visitor)
    assert known(visitor) == [WOOL]
    assert [s.said for s in visitor.statements(WOOL)] == ["I love wool"]


def test_nothing_known_leaves_nothing_to_undo(visitor: Visitor, shop: Catalogue) -> None:
    forgets = Reading(Intent.RECOMMEND, LOVES.slots, english="forget that I like wool")
    _, taste = tasting.told(forgets, forgets.english, visitor, shop)
    assert taste.events == ()


def test_a_doubtful_taste_is_noted_with_a_yes(visitor: Visitor, shop: Catalogue) -> None:
    change = e.ConstraintAdded("material", "wool", 1, False)
    doubt = tasting.in_doubt(LOVES, "I love wool", (change,), visitor, shop)
    state = fold([e.StepBegan(1), e.Said("I love wool"), e.from_json(e.to_json(doubt)), e.StepBegan(2)])
    (noted,) = tasting.confirmed(state, (change,)).stated
    assert (noted.facet, noted.value, noted.sentiment, noted.said) == ("material", "wool", 1, "I love wool")
    assert tasting.confirmed(state, ()).stated == ()
