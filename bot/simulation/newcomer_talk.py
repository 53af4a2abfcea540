"""People nobody has met tell the assistant of what they loved; the lists it makes of that. Part (b) of the comparison.

Messages are our own phrasings, read by the reader in force; nothing is answered to them in between, as in
`recommend`. Somebody who names nothing has either no wish or one: the category that stands out most in what they might
have told, against everybody's likes. Knows conversations; knows neither peers nor what is to be found.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.assistant import Assistant, Conversation
from bot.dialogue.needs import session
from bot.picking import Picker
from bot.simulation.phrasings import Voice
from bot.simulation.tastes import Everyone, Taste, ValuesOf
from ranking.cold_users import TOLD, ColdSplit, Newcomer
from ranking.evidence import LIKED, evidence_by_user
from ranking.figures import DEPTH
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind

AT_ONCE = (1, 2, 2, 3, 2)  #: how many titles each message names; where TOLD are told, a list is asked for
TOLD_EVERY = 20  #: people between two lines of progress

Report = Callable[[str], None]


@dataclass
class Heard:
    """Lists by what was told: a number of titles, "nothing" or "wish", each in the order of those newcomers who had
    that to tell; `plain` are the same before they were made diverse. Everybody's `wishes`; how many `titles` were told,
    which of them were `missed`, and what was taken for liked without having been told (`invented`)."""

    lists: dict[int | str, list[list[str]]] = field(default_factory=dict)
    plain: dict[int | str, list[list[str]]] = field(default_factory=dict)
    wishes: list[Taste | None] = field(default_factory=list)
    titles: int = 0
    missed: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)


def converse(assistant: Assistant, plain: Picker, split: ColdSplit, report: Report) -> Heard:
    """Everybody's conversations: one that tells of more and more items, one with a wish, one with nothing. `plain`
    picks as the assistant does, but for diversity."""
    heard, catalogue = Heard(), assistant.catalogue
    everyone = _everyone(split, catalogue)
    for number, newcomer in enumerate(split.newcomers, 1):
        voice = Voice(catalogue, random.Random(f"cold {newcomer.user}"))
        talk = _Talk(assistant, plain, heard)
        talk.tells(newcomer, voice)
        talk.says("nothing", voice.say("vague"))
        wish = wish_of(newcomer, everyone, catalogue)
        heard.wishes.append(wish)
        if wish is not None:
            talk.says("wish", voice.of_kind("demand", wish.facet, wish.value))
        if number % TOLD_EVERY == 0:
            report(f"talked with {number} of {len(split.newcomers)}")
    return heard


def wish_of(newcomer: Newcomer, everyone: Everyone, catalogue: Catalogue) -> Taste | None:
    """The category that stands out most in what they may tell; None where none does."""
    tastes = everyone.tastes(newcomer.may_tell, (), ()).likes
    return next((t for t in tastes if catalogue.schema.facet(t.facet).kind is FacetKind.CATEGORY), None)


@dataclass(frozen=True)
class _Talk:
    """One newcomer with the assistant; what comes of it goes into `heard`."""

    assistant: Assistant
    plain: Picker
    heard: Heard

    def tells(self, newcomer: Newcomer, voice: Voice) -> None:
        """A conversation that tells of items until there are no more."""
        conversation, told, heard = self.assistant.open(), 0, self.heard
        known: set[str] = set()
        for count in AT_ONCE:
            these = newcomer.may_tell[told : told + count]
            if len(these) < count:
                return
            message = voice.say("loved", titles=joined([self.assistant.catalogue.by_id[i].title for i in these]))
            conversation.hear(message)
            told += count
            believed = set(session(conversation.state).liked)
            heard.titles += count
            heard.missed += [f"{item}: {message}" for item in these if item not in believed]
            heard.invented += [f"{item}: {message}" for item in sorted(believed - {*newcomer.may_tell[:told]} - known)]
            known = believed
            if told in TOLD:
                self._keep(told, conversation)

    def says(self, what: str, message: str) -> None:
        """A conversation of one message."""
        conversation = self.assistant.open()
        conversation.hear(message)
        self._keep(what, conversation)

    def _keep(self, what: int | str, conversation: Conversation) -> None:
        plain = self.plain.pick(conversation.state, conversation.visitor.history, DEPTH)
        for lists, picked in ((self.heard.lists, conversation.pick(DEPTH)), (self.heard.plain, plain)):
            lists.setdefault(what, []).append([card.id for card in picked.cards])


def joined(titles: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"


def _everyone(split: ColdSplit, catalogue: Catalogue) -> Everyone:
    known = evidence_by_user(split.rows, {item.id for item in catalogue.items})
    liked = ([item for item, value in seen.items() if value >= LIKED] for seen in known.values())
    return Everyone(liked, ValuesOf(catalogue))
