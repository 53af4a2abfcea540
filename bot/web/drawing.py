"""A conversation as the page shows it: its dialogue, cards, beliefs, suggestions. Reads it and changes nothing.

Knows what is drawn and in which language; knows no Gradio event and no browser.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from html import escape

from bot.assistant import Assistant, Conversation
from bot.dialogue.events import Reacted, Said
from bot.messages import ItemCard, Screen, Step, UserAction, UserText
from bot.transcript import TAPS, last_words, transcript
from bot.web.frame import Frame, Turns
from bot.web.look import looks
from bot.web.render import beliefs_html, bubble, chips_html, tools_html
from bot.web.shelf import Shelf, comparison_html, shelf_html
from bot.web.starters import starters
from bot.web.words import PageWords

SHARES = 3  #: signals named under a card's reasons
_DONE = ("like", "dislike", "seen", "accept")
_REACTION = {"more": "reference"}  #: what a tap is called among reactions, where that is something else


class Drawing:
    """Draws the conversations of one assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self._catalogue = assistant.catalogue
        self._titles = {item.id: item.title for item in self._catalogue.items}
        self._looks = looks(self._catalogue)
        popularity = assistant.stages.picker.popularity
        self._starters = cache(lambda language: starters(self._catalogue, popularity, self._looks[language]))

    def head(self, language: str) -> str:
        """The page's name, and what it is for."""
        look = self._looks[language]
        return f"<h1>Chatalogue</h1><p>{escape(look.words('tagline', items=look.items))}</p>"

    def of(self, conversation: Conversation, language: str, screen: Screen, *, stuck: bool = False) -> Frame:
        """Cards, beliefs, suggestions, and what can be done with the last message. `stuck`: see `Shelf`."""
        words = self._looks[language].words
        tools = ("retry", "edit") if last_words(conversation.events) is not None else ()
        return Frame(
            cards=self.cards(conversation, language, screen.items, stuck=stuck, novelty=screen.novelty),
            beliefs=beliefs_html(screen.beliefs, words, self.weighable(conversation)),
            chips=chips_html(screen.chips, words),
            tools=tools_html(words, *tools),
        )

    def cards(
        self, conversation: Conversation, language: str, cards: Sequence[ItemCard], *, stuck: bool = False,
        novelty: float | None = None,
    ) -> str:  # fmt: skip
        """The right side as HTML."""
        state = conversation.state
        shelf = Shelf(
            cards=cards,
            liked=frozenset(state.liked),
            why={card.id: self._reasons(conversation, card.id, language) for card in cards},
            done=self._done(conversation),
            stuck=stuck,
            novelty=conversation.novelty if novelty is None else novelty,
            starters=self._starters(language),
        )
        return shelf_html(shelf, self._looks[language])

    def beside(self, conversation: Conversation, language: str, chosen: Sequence[str]) -> str:
        """Items side by side as HTML."""
        why = {card.id: card.why for card in conversation.screen().items}
        return comparison_html([self._catalogue.by_id[i] for i in chosen], self._looks[language], why)

    def dialogue(self, conversation: Conversation, language: str, opening: str, last: str | None = None) -> Turns:
        """Everything that was said; `last`, the answer as it was given, stands for what is on record of it."""
        words = self._looks[language].words
        lines = list(transcript(conversation.events, self._titles, _taps(words)))
        if last and lines and last.startswith(lines[-1].text):
            lines[-1] = replace(lines[-1], text=last)
        above = [bubble("assistant", opening, words)] if opening else []
        return [*above, *(bubble(line.role, line.text, words) for line in lines)]

    def weighable(self, conversation: Conversation) -> Collection[str]:
        """Keys of the beliefs that can be a must or a wish."""
        return {c.key for c in conversation.state.constraints if c.polarity > 0}

    def in_words(self, step: Step, words: PageWords) -> str | None:
        """What a step says, before it is on record."""
        if isinstance(step, UserText):
            return step.text
        if isinstance(step, UserAction) and _REACTION.get(step.kind, step.kind) in TAPS:
            return _taps(words)[_REACTION.get(step.kind, step.kind)].format(self._titles[step.item or ""])
        return None

    def _reasons(self, conversation: Conversation, item: str, language: str) -> list[str]:
        """What the ranking found of an item of the list on screen, and what most of its score came from."""
        why = conversation.why(item)
        if why is None or not why.score > 0:
            return []
        words = self._looks[language].words
        most = [s for s in why.shares if s.known and s.share > 0][:SHARES]
        return [*why.facts, *(words("share", label=s.label, share=round(100 * s.share / why.score)) for s in most)]

    def _done(self, conversation: Conversation) -> tuple[str, str] | None:
        """The tap of the last step that can be undone: its kind, and the item's title."""
        step = conversation.state.step
        if any(isinstance(event, Said) for event in step):
            return None
        done = [x for x in step if isinstance(x, Reacted) and x.kind in _DONE and x.item in self._titles]
        return (done[-1].kind, self._titles[done[-1].item]) if done else None


def _taps(words: PageWords) -> dict[str, str]:
    """The words of taps, as `transcript` takes them."""
    return {kind: words(f"tap_{kind}", title="{}") for kind in TAPS}
