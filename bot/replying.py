"""From an action to a reply: gathers the facts that words may use, and has them composed and checked.

Knows which facts an action needs; knows no wording (`bot/response`) and decides nothing (`bot/dialogue/policy.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.dialogue import actions as a
from bot.dialogue.constraint import Constraint
from bot.dialogue.events import DirectionSet, NeedAdded, Said
from bot.dialogue.state import DialogueState
from bot.languages.detection import ENGLISH
from bot.languages.replies import labels_by_language
from bot.llm.port import never
from bot.memory.profile import Interest
from bot.messages import Act, Belief, ItemCard, Reply, Wording
from bot.picking import Picked, Picker
from bot.relaxing import Condition, DeadEnd, dead_end
from bot.response import cards
from bot.response.compose import compose
from bot.response.labels import Labels
from bot.response.memories import tastes_told
from bot.response.tones import phrasebook
from bot.response.turn_facts import Facts
from bot.response.wording import Voice
from bot.response.writing import Words
from bot.understanding.reading import Reading
from bot.whys import Placed, Why, why_of
from ranking.request import Session
from retrieval.catalogue.item import Catalogue

GREETED_WITH = 2  #: titles that a returning visitor is greeted with
ACTS: dict[type, Act] = {
    a.Recommend: "recommend",
    a.AskFacet: "ask",
    a.Describe: "describe",
    a.Explain: "describe",
    a.Compare: "compare",
    a.Liken: "compare",
    a.AskValue: "confirm",
    a.Confirm: "confirm",
    a.AskMeant: "confirm",
    a.ConfirmForget: "confirm",
    a.ShowMemory: "confirm",
    a.Refuse: "refuse",
    a.Chat: "chat",
    a.Close: "close",
}

MOST_UNREAD = 6  #: words of a message that are told to be unread


@dataclass(frozen=True)
class Moment:
    """What a reply is about: the step as it stands when the action is decided.

    `why` are the reasons of the items last shown, by id; `interests` the visitor's long-term taste, where it is told.
    `cancelled`: nobody waits for words any more, so that a model need not write them.
    """

    reading: Reading | None
    state: DialogueState
    picked: Picked | None = None
    why: Mapping[str, str] = field(default_factory=dict)
    history: Session = field(default_factory=Session)
    said: str = ""
    question: a.AskFacet | None = None
    interests: tuple[Interest, ...] = ()
    cancelled: Callable[[], bool] = never


class Replier:
    """Words for actions."""

    def __init__(
        self, catalogue: Catalogue, picker: Picker, voice: Voice | None = None, writer: Words | None = None
    ) -> None:
        self._catalogue = catalogue
        self._picker = picker
        self._spoken = labels_by_language(catalogue, phrasebook(voice or Voice()))
        self.writer = writer  #: None: templates word every reply

    def greeting(self, history: Session | None = None, language: str = ENGLISH) -> Reply:
        """What is said, by a template, before anything was said; of a visitor with a `history`, what they liked."""
        moment = Moment(None, DialogueState(language=language), history=history or Session())
        return self.reply(a.Chat("greet"), moment, worded=False)

    def reason(self, card: ItemCard, state: DialogueState) -> str:
        """Why an item is in its list, as it is told when asked."""
        return cards.reason(card, self._labels(state))

    def why(self, item: str, state: DialogueState, placed: Placed, reason: str) -> Why | None:
        """Why an item is in the list on screen, in the conversation's language; `reason` is what is on record."""
        return why_of(item, state.shown_now, placed, reason, self._labels(state))

    def beliefs(self, state: DialogueState) -> tuple[Belief, ...]:
        """What was understood, in lines that can be removed."""
        return cards.beliefs(state, self._labels(state))

    def reply(self, action: a.Action, moment: Moment, *, worded: bool = True) -> Reply:
        """The words, chips and beliefs that go with `action`; without `worded` no model is asked for words."""
        facts = self._facts(action, moment)
        composed = compose(action, facts)
        text, wording = composed.text, Wording()
        english = moment.state.language == ENGLISH  # the writer's prompt and its check are
        if self.writer is not None and worded and composed.grounded and english:
            text, wording = self.writer.word(action, facts, composed.text)
        asks = action.facet if isinstance(action, a.AskFacet) else None
        if isinstance(action, a.Recommend) and facts.cards:
            asks = action.also_ask
        beliefs = () if action == a.Confirm("forgotten") else self.beliefs(moment.state)
        return Reply(
            reading=moment.reading,
            act=ACTS[type(action)],
            items=facts.cards,
            text=" ".join(filter(None, (text, self._limit(moment), self._hurried(moment)))),
            chips=composed.chips,
            beliefs=beliefs,
            asks=asks,
            grounded=composed.grounded,
            wording=wording,
        )

    def _facts(self, action: a.Action, moment: Moment) -> Facts:
        shown, labels = moment.picked.cards if moment.picked else (), self._labels(moment.state)
        stuck = self._dead_end(moment) if moment.picked is not None and not shown else DeadEnd()
        return Facts(
            labels=labels,
            state=moment.state,
            said=moment.said,
            cards=shown,
            relaxations=tuple((labels.joined(self._told(lifted, labels)), count) for lifted, count in stuck.ways),
            blocking=tuple(self._told(stuck.blocking, labels)),
            candidates=moment.picked.candidates if moment.picked else (),
            alike=self._picker.alike(action.item, action.other) if isinstance(action, a.Liken) else None,
            why={item: (line,) for item, line in moment.why.items()},
            question=moment.question,
            liked_before=self._liked(moment.history),
            cancelled=moment.cancelled,
            remembered=(*tastes_told(moment.interests, labels), *self._remembered(moment.history, labels)),
        )

    def unsaved(self, reply: Reply, state: DialogueState) -> Reply:
        """The same answer, with the admission that it could not be stored."""
        return replace(reply, text=f"{reply.text} {self._labels(state).say('unsaved', 0)}".strip())

    def _labels(self, state: DialogueState) -> Labels:
        """The words of the conversation's language; English where we have none."""
        return self._spoken.get(state.language, self._spoken[ENGLISH])

    def _limit(self, moment: Moment) -> str:
        """What of a message in another language was not read, and, where that is or a language begins, our limit."""
        reading, say = moment.reading, self._labels(moment.state).say
        if reading is None or reading.source != "rules" or reading.language == ENGLISH:
            return ""
        begins = any(isinstance(x, Said) and x.language for x in moment.state.step)
        unread = (
            say.word("unread", words=say.word("comma").join(reading.unread[:MOST_UNREAD])) if reading.unread else ""
        )
        return " ".join(filter(None, (unread, say.word("limit") if unread or begins else "")))

    def _hurried(self, moment: Moment) -> str:
        """That the rules read where a model should have, so that a visitor knows why they may be misunderstood."""
        degraded = moment.reading is not None and moment.reading.degraded
        return self._labels(moment.state).say("hurried", 0) if degraded else ""

    def _dead_end(self, moment: Moment) -> DeadEnd:
        return dead_end(moment.state, lambda state: self._picker.matching(state, moment.history))

    @staticmethod
    def _told(parts: tuple[Condition, ...], labels: Labels) -> list[str]:
        """Conditions in words, alternatives as one."""

        def label(part: DirectionSet | NeedAdded) -> str:
            return labels.direction(part) if isinstance(part, DirectionSet) else labels.need(part.text, part.polarity)

        asked = cards.wished([p for p in parts if isinstance(p, Constraint)], labels)
        return asked + [label(p) for p in parts if not isinstance(p, Constraint)]

    def _liked(self, history: Session) -> tuple[str, ...]:
        """What was liked before, as far as it is still there and was not refused since: the latest two."""
        by_id, refused = self._catalogue.by_id, history.disliked
        return tuple(i for i in history.liked if i in by_id and i not in refused)[-GREETED_WITH:]

    def _remembered(self, history: Session, labels: Labels) -> tuple[str, ...]:
        """What is known from before, a line each; the latest few titles."""
        told = (("liked", history.liked), ("disliked", history.disliked), ("seen", history.seen))
        by_id = self._catalogue.by_id
        lines = []
        for kind, ids in told:
            titles = [by_id[i].title for i in ids if i in by_id][-5:]
            if titles:
                listed = labels.say.word("comma").join(titles)
                lines.append(labels.say.word(f"known_{kind}", titles=listed))
        return tuple(lines)
