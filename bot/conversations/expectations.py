"""What a turn of a script may be expected to do: the models below `expect:`. Checks nothing itself (`checks.py` does).

Unknown keys and wrong types are refused. `$name` stands for the item (or items) that an earlier turn saved.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Literal, TypeVar

import regex
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.dialogue.events import EVENT_TYPES
from bot.messages import Act
from bot.understanding.reading import Intent, Polarity
from retrieval.catalogue.parse import suggestion

LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pt", "ru", "zh")

Number = int | float
Wanted = str | Number | tuple[str | Number | None, ...]  #: a value, any of several, or [low, high] of a number facet
SlotTriple = tuple[str, str | tuple[Number | None, Number | None], Polarity]


def listed(value: object) -> object:
    """One text where several may stand."""
    return (value,) if isinstance(value, str | dict) else value


def not_empty(value: object) -> object:
    """Refuses an empty list or mapping: what says nothing cannot fail. (pydantic's min_length would report twice.)"""
    if value in ((), {}):
        raise ValueError("there is nothing in it")
    return value


def _bounded(value: object) -> object:
    return {"min": value, "max": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


def _at_most(value: object) -> object:
    return {"max": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


def _regex(value: object) -> object:
    try:
        regex.compile(str(value))
    except regex.error as error:
        raise ValueError(f"{value!r} is no regular expression: {error}") from error
    return value


def _event(value: object) -> object:
    """A name alone, or a mapping with `event` and some of its fields; anything else raises ValueError."""
    wanted = {"event": value} if isinstance(value, str) else value
    if not isinstance(wanted, dict) or not isinstance(wanted.get("event"), str):
        raise ValueError("an event is its name, or a mapping with `event`")
    kind = EVENT_TYPES.get(wanted["event"])
    if kind is None:
        raise ValueError(f"no event {wanted['event']!r}: {suggestion(wanted['event'], EVENT_TYPES)}")
    known = {field.name for field in fields(kind)}
    if unknown := [key for key in wanted if key != "event" and key not in known]:
        raise ValueError(f"{wanted['event']} has no {unknown[0]!r}: {suggestion(unknown[0], known)}")
    return wanted


#: Facet, `id` or `title` → what it must be; all of them must hold.
Predicate = Annotated[dict[str, Annotated[Wanted, BeforeValidator(not_empty)]], BeforeValidator(not_empty)]
OneOrMore = Annotated[tuple[str, ...], BeforeValidator(listed)]
Some = Annotated[tuple[str, ...], BeforeValidator(not_empty), BeforeValidator(listed)]  #: one or more, never none
Regex = Annotated[str, BeforeValidator(_regex)]
EventPattern = Annotated[dict[str, Any], BeforeValidator(_event)]
Intents = Annotated[
    tuple[Annotated[Intent, Field(strict=False)], ...], BeforeValidator(not_empty), BeforeValidator(listed)
]


class Strict(BaseModel):
    """Every part of a script: nothing unknown, nothing converted, nothing changed later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Bounds(Strict):
    """How many, ends included; a bare number means exactly that many."""

    min: Annotated[Number, Field(ge=0)] = 0
    max: Annotated[Number, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Bounds:
        if not self.model_fields_set:
            raise ValueError("there is nothing in it")
        if self.max is not None and self.max < self.min:
            raise ValueError(f"nothing is at least {self.min} and at most {self.max}")
        return self


Count = Annotated[Bounds, BeforeValidator(_bounded)]
Most = Annotated[Bounds, BeforeValidator(_at_most)]


class TopExpectation(Strict):
    """Among the first `k` items of the list is one that is `item`."""

    k: int = Field(ge=1)
    item: Predicate


class OrderExpectation(Strict):
    """The list is sorted by a number facet. Items without the number are passed over."""

    by: str
    direction: Literal["ascending", "descending"] = "ascending"


class ItemsExpectation(Strict):
    """What the list must be.

    Every item satisfies `all`, no item any line of `none`, one or more all of `some`, the first one `first`. `order` is
    a number facet to be sorted by, or ids in the order in which they must stand. `save` keeps the item at an index
    (from 0), or `all` of them, under a name.
    """

    count: Count | None = None
    all: Predicate = Field(default_factory=dict)
    none: Predicate = Field(default_factory=dict)
    some: Predicate = Field(default_factory=dict)
    first: Predicate = Field(default_factory=dict)
    top: Annotated[tuple[TopExpectation, ...], BeforeValidator(listed)] = ()
    order: OrderExpectation | Annotated[tuple[str, ...], BeforeValidator(not_empty)] | None = None
    save: dict[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")], Annotated[int, Field(ge=0)] | Literal["all"]] = Field(
        default_factory=dict
    )


class StateExpectation(Strict):
    """What must be believed afterwards. Lists of items are compared whole, in any order; `constraints` as a part.

    `hard` and `soft` name facets with a constraint of that kind; `free` names facets that nothing constrains; `needs`
    are needs in words, as a part.
    """

    liked: OneOrMore | None = None
    disliked: OneOrMore | None = None
    seen: OneOrMore | None = None
    refused: OneOrMore | None = None
    accepted: OneOrMore | None = None
    constraints: tuple[SlotTriple, ...] = ()
    constraints_exact: bool = False
    hard: Some = ()
    soft: Some = ()
    free: Some = ()
    needs: Some = ()


class ReplyExpectation(Strict):
    """What the words must be like; the expressions are searched for, whatever the case, `.` being any character.

    `grounded: true` refuses also a wording that failed the check and gave way to its template. Titles on cards do not
    count for `language`, an ISO 639-1 code. `worded` is who worded the reply, `model` or `template`, or in a word why
    the template did although a model was asked: `ungrounded`, `late` and so on (`bot/response/wording_check.py`).
    """

    grounded: bool | None = None
    worded: str | None = None
    min_words: Annotated[int, Field(ge=0)] | None = None
    max_words: Annotated[int, Field(ge=0)] | None = None
    matches: Regex | None = None
    not_matches: Regex | None = None
    language: Literal[LANGUAGES] | None = None  # type: ignore[valid-type]


class ChipsExpectation(Strict):
    """How many suggestions to tap, and expressions that the label of one of them must match, or none."""

    count: Count | None = None
    matches: Regex | None = None
    not_matches: Regex | None = None


class MillisecondsExpectation(Strict):
    """Wall milliseconds from the step on; a bare number is the most allowed. Under replay the model takes no time."""

    understand: Most | None = None
    cards: Most | None = None
    total: Most | None = None


class TraceExpectation(Strict):
    """What it took. `requests` to the model, `model_calls` (forward passes) they cost, and who read the message."""

    requests: Count | None = None
    model_calls: Count | None = None
    source: Literal["model", "rules"] | None = None
    ms: Annotated[MillisecondsExpectation, BeforeValidator(not_empty)] = MillisecondsExpectation()


class Expectation(Strict):
    """All that one turn is expected to do; what is left out is not looked at.

    `slots` is a part of what was understood, all of it with `slots_exact`. `asks` is the facet a question is about,
    or true (any) or false (none). `events` must be recorded during the turn in this order, others may lie between;
    `no_events` must not.
    """

    intent: Intents = ()
    slots: tuple[SlotTriple, ...] = ()
    slots_exact: bool = False
    items: Annotated[ItemsExpectation, BeforeValidator(not_empty)] = ItemsExpectation()
    state: Annotated[StateExpectation, BeforeValidator(not_empty)] = StateExpectation()
    events: Annotated[tuple[EventPattern, ...], BeforeValidator(not_empty), BeforeValidator(listed)] = ()
    no_events: Annotated[tuple[EventPattern, ...], BeforeValidator(not_empty), BeforeValidator(listed)] = ()
    act: Annotated[tuple[Act, ...], BeforeValidator(not_empty), BeforeValidator(listed)] = ()
    asks: bool | Some | None = None
    reply: Annotated[ReplyExpectation, BeforeValidator(not_empty)] = ReplyExpectation()
    chips: Annotated[ChipsExpectation, BeforeValidator(not_empty)] = ChipsExpectation()
    trace: Annotated[TraceExpectation, BeforeValidator(not_empty)] = TraceExpectation()


_Part = TypeVar("_Part", bound=Strict)


def merged(default: _Part, own: _Part) -> _Part:
    """`own`, and what it leaves out as `default` says."""
    changes: dict[str, Any] = {}
    for name in own.model_fields_set:
        mine, theirs = getattr(own, name), getattr(default, name)
        parts = type(mine) is type(theirs) and isinstance(mine, Strict) and not isinstance(mine, Bounds)
        changes[name] = merged(theirs, mine) if parts else mine
    return default.model_copy(update=changes)
