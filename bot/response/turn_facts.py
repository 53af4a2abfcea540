"""What a reply may be worded from. Frozen values; knows no words of its own and computes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.dialogue.actions import AskFacet
from bot.dialogue.state import DialogueState
from bot.llm.port import never
from bot.messages import Chip, ItemCard
from bot.response.labels import Labels


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one turn.

    `cards` is the list shown, in order. `relaxed` names the conditions that retrieval dropped and must announce;
    `relaxations` are (label, how many items match without it) when nothing matches, `blocking` what stands in the way.
    `candidates` are the ids that the list was chosen from. `alike` is the share of the catalogue less like the other of
    two items, in [0, 1]. `why` maps an item's id to true lines about its place. `question` is the best one left to ask
    a newcomer. `remembered` is what is known from before this conversation, a line each, and `liked_before` are the ids
    of what was liked then, the latest last. `said` is the message. `cancelled` says whether nobody waits for words.
    """

    labels: Labels
    state: DialogueState
    said: str = ""
    cards: tuple[ItemCard, ...] = ()
    relaxed: tuple[str, ...] = ()
    relaxations: tuple[tuple[str, int], ...] = ()
    blocking: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    alike: float | None = None
    why: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    question: AskFacet | None = None
    remembered: tuple[str, ...] = ()
    liked_before: tuple[str, ...] = ()
    cancelled: Callable[[], bool] = field(default=never, compare=False)

    def say(self, key: str, **values: str) -> str:
        """A template filled in; the turn picks the variant."""
        return self.labels.say(key, self.state.turn, **values)


@dataclass(frozen=True, slots=True)
class Composed:
    """Words and chips. `grounded` is False when the wording failed the check and its plain template stands instead."""

    text: str
    chips: tuple[Chip, ...] = ()
    grounded: bool = True
