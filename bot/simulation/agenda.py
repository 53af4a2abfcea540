"""What a simulated user says next (agenda-based: Schatzmann et al. 2007): open, answer, react, critique, give up.

Everything said comes from the profile and from what the assistant showed: values are tastes of the history, titles are
in the history. The hidden item is not known here; whether it was shown is judged outside (`simulate.py`). An item
shown that is in the history is told about, the liked first; what is not known is passed over or criticised towards
the tastes; under an empty list a suggested way out is tapped. Knows no ranking and no state of the assistant.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import median

from bot.messages import Reply
from bot.response.templates import CHIPS
from bot.simulation.persona import Profile
from bot.simulation.phrasings import Voice
from bot.simulation.tastes import Carried, Taste, ValuesOf
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind

OPENINGS = {"vague": 35, "example": 25, "taste": 20, "demand": 20}
SAID_AGAIN = {"example": 40, "taste": 40, "demand": 20}  #: to somebody who did not understand
MOVES = {"pass": 35, "more of": 20, "relative": 15, "taste": 15, "example": 15}
TOLD_AT_ONCE = 2  #: items of the history that one message tells about
GOES_ON = 0.5  #: how often somebody who told about items also says what they want
AVOIDS = 0.3  #: how often an opening names an aversion, where there is one
WAYS_OUT = 2  #: suggestions under an empty list that are looked at; one of them is tapped
SCARCE = 0.3  #: a list with less of a taste than this wants more of it
FAR = 0.5  #: standard deviations of the catalogue from which on a list's numbers are off
ROUND_IT = frozenset(CHIPS[way][1] for way in ("any", "show"))  #: suggestions that answer no question
LISTS = ("recommend", "ask", "confirm")  #: acts whose items are a list to choose from


def asks_yes_or_no(reply: Reply) -> bool:
    """Whether a reply asks back ("did you mean …?") and a yes is suggested."""
    return CHIPS["yes"][1] in [chip.text for chip in reply.chips]


class Agenda:
    """One conversation's worth of things to say. One message at a time; the same replies give the same messages."""

    def __init__(self, profile: Profile, catalogue: Catalogue, values_of: ValuesOf) -> None:
        self._profile, self._catalogue, self._values_of = profile, catalogue, values_of
        self._r = random.Random(f"agenda {profile.seed}")
        traits = profile.traits
        self._voice = Voice(catalogue, self._r, typos=traits.typos, small=traits.small)
        self._patience = traits.patience
        self._said: set[Taste] = set()
        self._examples = list(profile.history.liked)
        self._asked: set[str] = set()
        self.told: set[str] = set()  #: ids the assistant has been told are known, liked or disliked
        self.avoided: set[Carried] = set()  #: what it has been told to leave out

    def opening(self) -> str:
        """The first message."""
        said = self._first(OPENINGS, fallback="vague")
        aversions = [a for a in self._profile.tastes.aversions if isinstance(a.value, str)]
        if aversions and self._r.random() < AVOIDS:
            worst = aversions[0]
            self.avoided.add((worst.facet, worst.value))
            said += (" " if said.endswith("?") else ", ") + self._voice.say(
                "avoid", value=self._voice.spoken(worst.facet, worst.value)
            )
        return said

    def answer(self, reply: Reply) -> str | None:
        """What is said to `reply`; None: patience is over."""
        listed = [card.id for card in reply.items] if reply.act in LISTS else []
        told = self._tell(listed)
        self._patience -= self._cost(reply, listed)
        if self._patience <= 0:
            return None
        if asks_yes_or_no(reply):
            return self._yes_or_no(reply)
        if reply.asks is not None and (not listed or not told):
            self._asked.add(reply.asks)
            return " ".join([*told, self._about(reply)])
        if not listed and reply.act == "recommend" and reply.chips:
            return self._r.choice(reply.chips[:WAYS_OUT]).text
        if told and self._r.random() >= GOES_ON:
            return " ".join(told)
        move = self._move(listed) if listed else self._first(SAID_AGAIN, fallback="vague")
        return " ".join([*told, move])

    def accept(self, item: str) -> str:
        """Taking what was looked for, once it stands in the list."""
        return self._voice.say("accept", title=self._title(item))

    # -- what may be said

    def _cost(self, reply: Reply, listed: Sequence[str]) -> int:
        """How much patience a reply takes: nothing if it showed something liked, twice for a question put twice."""
        if reply.asks in self._asked:
            return 2
        return int(not any(item in self._profile.history.liked for item in listed))

    def _tell(self, listed: Sequence[str]) -> list[str]:
        """Sentences about shown items of the history not told about yet, the liked first."""
        history = self._profile.history
        kinds = {"known and liked": history.liked, "known and disliked": history.disliked, "known": history.known}
        found = [(kind, item) for kind, mine in kinds.items() for item in listed if item in mine]
        new = [(kind, item) for kind, item in found if item not in self.told][:TOLD_AT_ONCE]
        self.told |= {item for _, item in new}
        self._examples = [item for item in self._examples if item not in self.told]
        return [self._voice.say(kind, title=self._title(item)) for kind, item in new]

    def _yes_or_no(self, reply: Reply) -> str:
        """Yes to what this person has named, as wanted or as avoided; no to all else."""
        text = reply.text.casefold()
        avoided = [self._voice.spoken(*pair).casefold() for pair in self.avoided]
        meant = [name for name in map(str.casefold, self._voice.named) if name in text]
        wrong = [name for name in avoided if name in text and f"no {name}" not in text]
        return CHIPS["yes" if meant and not wrong else "no"][1]

    def _about(self, reply: Reply) -> str:
        """The answer to a question: a taste of that facet, one of those offered if it is among them."""
        offered = [chip.text for chip in reply.chips if chip.text not in ROUND_IT] if reply.act == "ask" else []
        if offered and self._r.random() < self._profile.traits.wrong:
            return self._voice.say("answer", value=self._r.choice(offered))
        tastes = self._profile.tastes.of(reply.asks or "")
        spoken = [self._voice.spoken(taste.facet, taste.value) for taste in tastes]
        if not spoken:
            return self._voice.say("no idea")
        listed = [i for i, words in enumerate(spoken) if words.removeprefix("the ") in offered]
        chosen = (listed or [0])[0]
        self._said.add(tastes[chosen])
        return self._voice.say("answer", value=spoken[chosen])

    def _first(self, kinds: dict[str, int], fallback: str) -> str:
        """What somebody begins with: one of the ways drawn, else the fallback where it has nothing to say."""
        ways: dict[str, Callable[[], str | None]] = {"example": self._example, "taste": self._taste}
        ways["demand"] = lambda: self._taste("demand")
        drawn = self._r.choices(list(kinds), list(kinds.values()))[0]
        said = ways[drawn]() if drawn in ways else None
        return said if said is not None else self._voice.say(fallback)

    def _move(self, listed: Sequence[str]) -> str:
        ways: dict[str, Callable[[], str | None]] = {
            "more of": lambda: self._more_of(listed),
            "relative": lambda: self._relative(listed),
            "taste": self._taste,
            "example": self._example,
        }
        drawn = self._r.choices(list(MOVES), list(MOVES.values()))[0]
        said = ways[drawn]() if drawn in ways else None
        return said if said is not None else self._voice.say("pass")

    def _example(self) -> str | None:
        """One of the three things liked most and not spoken of yet."""
        if not self._examples:
            return None
        item = self._r.choice(self._examples[:3])
        self._examples.remove(item)
        return self._voice.say("example", title=self._title(item))

    def _taste(self, section: str = "taste") -> str | None:
        """A taste not spoken of yet, the more telling the likelier."""
        left = [taste for taste in self._profile.tastes.likes if taste not in self._said]
        if not left:
            return None
        taste = self._r.choices(left, [taste.weight for taste in left])[0]
        self._said.add(taste)
        return self._voice.of_kind(section, taste.facet, taste.value)

    def _more_of(self, listed: Sequence[str]) -> str | None:
        """The most telling category that the list has too little of."""
        carried = [self._values_of(item) for item in listed]
        for taste in self._profile.tastes.likes:
            having = sum((taste.facet, taste.value) in values for values in carried)
            kind = self._catalogue.schema.facet(taste.facet).kind
            if kind is FacetKind.CATEGORY and having < SCARCE * len(listed):
                self._said.add(taste)
                return self._voice.say("more of", value=self._voice.spoken(taste.facet, taste.value))
        return None

    def _relative(self, listed: Sequence[str]) -> str | None:
        """ "Older", "cheaper": where the list's numbers are furthest from the usual ones."""
        gaps = {}
        for facet, usual in self._profile.tastes.typical.items():
            shown = [n for item in listed if (n := self._values_of.number(item, facet)) is not None]
            spread = self._values_of.spread[facet]
            if shown and spread and abs(usual - median(shown)) >= FAR * spread:
                gaps[facet] = (usual - median(shown)) / spread
        if not gaps:
            return None
        facet = max(gaps, key=lambda name: abs(gaps[name]))
        return self._voice.say("relative", word=self._voice.relative(facet, gaps[facet] > 0))

    def _title(self, item: str) -> str:
        return self._catalogue.by_id[item].title
