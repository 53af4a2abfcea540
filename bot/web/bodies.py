"""What the JSON API is sent: the bodies of requests, checked strictly. Knows pydantic; knows no conversation."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.hint_json import SHAPE, HintsBody, encodable
from bot.messages import (
    ActionKind,
    NewConversation,
    RemoveConstraint,
    Rewind,
    Step,
    Tune,
    UserAction,
    UserText,
    Weigh,
)
from bot.web.users import USER_LIMIT, USER_PATTERN

A_STEP = (
    'a step is {"text": "…"}, {"action": {"kind": "like", "item": "…"}}, {"remove": "…"}, {"must": "…"}, '
    '{"wish": "…"}, {"novelty": 0.8}, {"rewind": true} or {"new": true}'
)
HINTS = {
    "/conversations": f'send {{}} or {{"user": "anna"}} with Content-Type: application/json; {SHAPE}',
    "/conversations/{conversation}/hints": f"{SHAPE}, with Content-Type: application/json",
    "/conversations/{conversation}/turns": f"{A_STEP}, with Content-Type: application/json",
}  #: route → what a request to it looks like

TURN_ID = r"^[A-Za-z0-9_.-]{1,64}$"


def _true(value: bool) -> bool:
    if not value:
        raise ValueError("give true, or leave it out")
    return value


Text = Annotated[str, AfterValidator(encodable)]  # JSON can write what no other channel can
Yes = Annotated[bool, AfterValidator(_true)]  # pydantic's Literal[True] takes 1 as well


class Strict(BaseModel):
    """A body without unknown fields, whose values are not converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Opening(Strict):
    """The body of a new conversation. Nothing of an `incognito` one is stored; the history of `user` is used still.

    `hints` are what is known of the visitor and of the page at the start.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"user": "anna"}, {"incognito": True}]})

    user: Annotated[Text, Field(max_length=USER_LIMIT, pattern=USER_PATTERN)] | None = None
    incognito: bool = False
    hints: HintsBody = HintsBody()


A_STRANGER = Opening()


class ActionBody(Strict):
    """Something tapped; all but undo name an item."""

    kind: ActionKind
    item: Text | None = None

    @model_validator(mode="after")
    def _names_an_item(self) -> Self:
        if self.item is None and self.kind != "undo":
            raise ValueError(f"{self.kind!r} needs an 'item'")
        return self


class StepBody(Strict):
    """A visitor's step, as in `chat --jsonl`: exactly one of its fields, and with it an id of the client's choice.

    A step that is sent again under the same `turn_id` is answered again and not taken again.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": "a rain jacket, no wool", "turn_id": "step-1"},
                {"action": {"kind": "like", "item": "rain-jacket-7"}},
                {"remove": "material=wool"},
            ]
        }
    )

    turn_id: Annotated[str, Field(pattern=TURN_ID)] | None = None
    text: Text | None = None
    action: ActionBody | None = None
    remove: Text | None = None
    new: Yes | None = None
    novelty: Annotated[float, Field(ge=0, le=1)] | None = None
    must: Text | None = None
    wish: Text | None = None
    rewind: Yes | None = None

    @model_validator(mode="after")
    def _is_one_step(self) -> Self:
        steps = {name: getattr(self, name) for name in type(self).model_fields if name != "turn_id"}
        if sum(part is not None for part in steps.values()) != 1:
            raise ValueError(f"give exactly one of {', '.join(map(repr, steps))}")
        return self

    def step(self) -> Step:
        """The step that the one field given means."""
        if self.text is not None:
            return UserText(self.text)
        if self.action is not None:
            return UserAction(self.action.kind, self.action.item)
        if self.novelty is not None:
            return Tune(self.novelty)
        if self.remove is not None:
            return RemoveConstraint(self.remove)
        if self.must is not None or self.wish is not None:
            return Weigh(self.must if self.must is not None else self.wish or "", self.must is not None)
        return Rewind() if self.rewind else NewConversation()
