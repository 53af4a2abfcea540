"""The format of `*.conv.yaml`: files, conversations, turns. What may be expected of a turn is in `expectations.py`.

A script names a catalogue, who reads the messages, and conversations of turns. A turn is a message (`user`, or
`any_of` several wordings), a tap (`action`), a fresh start (`new`), a restarted server (`restart`), time that passes
(`wait`), what the channel knows (`hints`), or the turns of a named `fragment`. Models only: `loading.py` reads files,
`vocabulary.py` compares with a catalogue.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.conversations.expectations import Expectation, Number, OneOrMore, Regex, Strict, listed, not_empty
from bot.dialogue.hints import HintError
from bot.hint_json import hints_of
from bot.messages import ActionKind
from bot.response.wording import MOST_CHARS, Length, Tone

SUFFIX = ".conv.yaml"
CLOCK = datetime(2026, 1, 15, 12, tzinfo=UTC).timestamp()  #: what time it is in a script that does not say

ReaderName = Literal["rules", "model"]
ScriptedKind = ActionKind | Literal["remove", "tap"]
_ON_ITEMS = ("like", "dislike", "seen", "accept", "click", "more")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)?")
LONGEST_S = 100 * 366 * 86_400.0
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
PYTESTS_OWN = frozenset({"skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings"})
_NAME = re.compile(r"[A-Za-z_]\w*")


def _seconds(value: object) -> object:
    """ "90 s", "2h", "3 days", or a number of seconds."""
    match = _DURATION.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(f"{value!r} is no duration; write 90 s, 10 min, 2 h, 3 days or 1 week")
    seconds = float(match[1]) * _SECONDS[(match[2] or "s")[0]]
    if seconds > LONGEST_S:
        raise ValueError(f"{value!r} is more than a century")
    return seconds


def _instant(value: object) -> object:
    """A UTC instant in seconds since 1970, of an ISO 8601 text or a YAML timestamp; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError(f"{value!r} is no date or time; write 2026-01-15 or 2026-01-15T12:00:00Z") from error
    if isinstance(moment, date) and not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    if not isinstance(moment, datetime):
        raise ValueError(f"{value!r} is no date or time; write 2026-01-15 or 2026-01-15T12:00:00Z")
    if not 1970 < moment.year < 3000:
        raise ValueError(f"{value!r} is not between 1971 and 2999")
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _hints(value: dict[str, Any]) -> dict[str, Any]:
    try:
        hints_of(value)
    except HintError as error:
        raise ValueError(f"{error.message}; {error.hint}") from error
    return value


def _tag(value: object) -> object:
    if isinstance(value, str) and not _NAME.fullmatch(value):
        raise ValueError(f"{value!r} is no tag: letters, digits and _ only, so that `pytest -m` can read it")
    if value in PYTESTS_OWN:
        raise ValueError(f"{value!r} means something else to pytest; choose another tag")
    return value


Duration = Annotated[float, BeforeValidator(_seconds)]  #: seconds
Instant = Annotated[float, BeforeValidator(_instant)]  #: UTC seconds since 1970
Tags = Annotated[tuple[Annotated[str, BeforeValidator(_tag)], ...], BeforeValidator(listed)]
Budget = Annotated[Number, Field(gt=0)]  #: wall milliseconds
Name = Annotated[str, Field(min_length=1)]
Hints = Annotated[dict[str, Any], AfterValidator(_hints)]  #: as `PUT /conversations/ID/hints` takes them
Scalar = str | Number | bool | None


class HistoryEntry(Strict):
    """Something the visitor did before the conversation, `ago` before its clock. A rating has `stars`, 0.5 to 5."""

    item: str
    event: Literal["view", "click", "like", "dislike", "seen", "cart", "purchase", "accept", "rating"]
    ago: Duration = 86_400.0
    stars: Annotated[Number, Field(ge=0.5, le=5)] | None = None

    @model_validator(mode="after")
    def _stars_of_a_rating(self) -> HistoryEntry:
        if (self.event == "rating") != (self.stars is not None):
            raise ValueError("a rating, and nothing else, has its stars")
        return self


class VoiceFixture(Strict):
    """How the assistant speaks, as the settings of these names say; `house` is the text of the shop's own style."""

    tone: Tone = "plain"
    length: Length = "normal"
    house: Annotated[str, Field(max_length=MOST_CHARS)] = ""


class Fixtures(Strict):
    """What a conversation finds: `catalogue`, the visitor's `history`, the time, and the `seed` that ids come from.

    And an assistant that speaks with this `voice`.
    """

    catalogue: Name | None = None
    history: tuple[HistoryEntry, ...] = ()
    clock: Instant = CLOCK
    seed: int = 0
    voice: VoiceFixture = VoiceFixture()


class ScriptedAction(Strict):
    """A tap. `item` is an id or a `$name`.

    `chip` is an expression for the label of a suggestion (tap) or of something that was understood (remove), both of
    the answer before.
    """

    kind: ScriptedKind
    item: str | None = None
    chip: Regex | None = None

    @model_validator(mode="after")
    def _names_its_object(self) -> ScriptedAction:
        if (self.item is not None) != (self.kind in _ON_ITEMS):
            raise ValueError(f"{', '.join(_ON_ITEMS)} name their item, other actions none")
        if (self.chip is not None) != (self.kind in ("tap", "remove")):
            raise ValueError("tap and remove name their chip, other actions none")
        return self


class Turn(Strict):
    """One step of the visitor and what is expected of it.

    `rewind` takes the turn before back. `novelty` sets the dial, 0 familiar to 1 new. `model` is what a scripted model
    writes of the message; `words` is how one words the reply, where it is asked.
    """

    user: str | None = None
    any_of: Annotated[tuple[str, ...], BeforeValidator(not_empty)] | None = None
    action: ScriptedAction | None = None
    new: Literal[True] | None = None
    rewind: Literal[True] | None = None
    novelty: Annotated[Number, Field(ge=0, le=1)] | None = None
    restart: Literal["server", "resume"] | None = None
    wait: Duration | None = None
    hints: Hints | None = None
    fragment: str | None = None
    model: str | None = None
    words: str | None = None
    expect: Annotated[Expectation, BeforeValidator(not_empty)] = Expectation()

    @model_validator(mode="after")
    def _is_one_step(self) -> Turn:
        steps = (
            self.user,
            self.any_of,
            self.action,
            self.new,
            self.rewind,
            self.novelty,
            self.restart,
            self.wait,
            self.hints,
            self.fragment,
        )
        if sum(step is not None for step in steps) != 1:
            raise ValueError(
                "a turn has exactly one of user, any_of, action, new, rewind, novelty, restart, wait, hints, fragment"
            )
        if self.model is not None and self.user is None and self.any_of is None:
            raise ValueError("`model` belongs to a message")
        if ("expect" in self.model_fields_set or self.words is not None) and not self.is_answered:
            raise ValueError("nothing is answered here, so nothing can be expected or worded")
        return self

    @property
    def is_answered(self) -> bool:
        """Whether the assistant answers this step."""
        return all(aside is None for aside in (self.restart, self.wait, self.hints, self.fragment))


class Defaults(Strict):
    """What holds for every turn that does not say otherwise. `budget_ms`: most wall milliseconds a turn may take."""

    expect: Annotated[Expectation, BeforeValidator(not_empty)] = Expectation()
    budget_ms: Budget | None = None


class ScriptedConversation(Strict):
    """A conversation with one visitor; `user` is who they are, for what outlives a conversation.

    With `each`, it runs once a row; `${name}` anywhere in it stands for the row's value.
    """

    name: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$", max_length=200)]
    user: Name | None = None
    tags: Tags = ()
    fixtures: Fixtures = Fixtures()
    each: Annotated[tuple[dict[str, Scalar], ...], BeforeValidator(not_empty)] | None = None
    budget_ms: Budget | None = None
    turns: Annotated[tuple[Turn, ...], BeforeValidator(not_empty)]


class Script(Strict):
    """A whole file. With two readers every conversation runs once with each.

    `include` names files (relative to this one) whose fragments, fixtures and defaults hold here too; what this file
    says itself goes before.
    """

    include: OneOrMore = ()
    catalogue: Name | None = None
    reader: Annotated[tuple[ReaderName, ...], BeforeValidator(listed)] = ("model",)
    tags: Tags = ()
    fixtures: Fixtures = Fixtures()
    defaults: Defaults = Defaults()
    fragments: dict[str, Annotated[tuple[Turn, ...], BeforeValidator(not_empty)]] = Field(default_factory=dict)
    conversations: tuple[ScriptedConversation, ...] = ()
