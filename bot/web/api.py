"""The JSON API under `/v1`: open a conversation, take a turn (whole, or as server-sent events), see what is believed.

Also the catalogue, its items and health. Knows FastAPI and `Visits`; a conversation's own rules are the assistant's.

There are no identities yet. Whoever knows a conversation's id (128 random bits) may continue it, and a `user` is
believed as sent, with the history of that name. So a `user` is taken only while the server listens on the loopback
interface, where the visitor is the person at the machine; elsewhere it is refused until identity comes signed. A proxy
that publishes a loopback server defeats this: have it refuse `user`, or listen on an address of its own.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Self

from fastapi import Body, FastAPI, Header
from fastapi.concurrency import iterate_in_threadpool
from fastapi.responses import JSONResponse, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.dialogue.events import to_json
from bot.dialogue.hints import HintError
from bot.hint_json import SHAPE, HintsBody, encodable
from bot.messages import ActionKind, NewConversation, RemoveConstraint, Reply, Step, TurnEvent, UserAction, UserText
from bot.projection import beliefs_json, catalogue_item_json, catalogue_json, event_json, state_json, turn_json
from bot.web.problems import ApiError, BodyLimit, answer_with_problems, problem_of
from bot.web.users import USER_LIMIT, USER_PATTERN, Users, add_users, believe
from bot.web.visits import Visits

Json = dict[str, Any]

BODY_LIMIT = 64 * 1024  #: bytes of one request
MESSAGE_LIMIT = 8_000  #: characters of one message; the assistant itself declines, in words, what is over 2,000

A_STEP = 'a step is {"text": "…"}, {"action": {"kind": "like", "item": "…"}}, {"remove": "…"} or {"new": true}'
HINTS = {
    "/conversations": f'send {{}} or {{"user": "anna"}} with Content-Type: application/json; {SHAPE}',
    "/conversations/{conversation}/hints": f"{SHAPE}, with Content-Type: application/json",
    "/conversations/{conversation}/turns": f"{A_STEP}, with Content-Type: application/json",
}


class UnknownConversation(ApiError):
    """No conversation of that id is open or stored."""

    status, code = 404, "unknown_conversation"


class UnknownItem(ApiError):
    """The catalogue has no item of that id."""

    status, code = 404, "unknown_item"


class TooLarge(ApiError):
    """A message that is longer than anybody types."""

    status, code = 413, "too_large"


class BadStep(ApiError):
    """A step that names what is not there."""

    status, code = 422, "bad_request"


class BadHint(ApiError):
    """A hint that names what the catalogue does not have."""

    status, code = 422, "bad_hint"


class TurnFailed(ApiError):
    """The assistant answered a step with an error."""

    status, code = 500, "turn_failed"


def _true(value: bool) -> bool:
    if not value:
        raise ValueError("give true, or leave it out")
    return value


Text = Annotated[str, AfterValidator(encodable)]  # JSON can write what no other channel can
Yes = Annotated[bool, AfterValidator(_true)]  # pydantic's Literal[True] takes 1 as well


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Opening(_Strict):
    """The body of a new conversation. Nothing of an `incognito` one is stored; the history of `user` is used still.

    `hints` are what is known of the visitor and of the page at the start.
    """

    user: Annotated[Text, Field(max_length=USER_LIMIT, pattern=USER_PATTERN)] | None = None
    incognito: bool = False
    hints: HintsBody = HintsBody()


A_STRANGER = Opening()


class ActionBody(_Strict):
    """Something tapped; all but undo name an item."""

    kind: ActionKind
    item: Text | None = None

    @model_validator(mode="after")
    def _names_an_item(self) -> Self:
        if self.item is None and self.kind != "undo":
            raise ValueError(f"{self.kind!r} needs an 'item'")
        return self


class StepBody(_Strict):
    """A visitor's step, as in `chat --jsonl`: exactly one of its fields."""

    text: Text | None = None
    action: ActionBody | None = None
    remove: Text | None = None
    new: Yes | None = None

    @model_validator(mode="after")
    def _is_one_step(self) -> Self:
        if sum(part is not None for part in (self.text, self.action, self.remove, self.new)) != 1:
            raise ValueError("give exactly one of 'text', 'action', 'remove', 'new'")
        return self

    def step(self) -> Step:
        """The step that the one field given means."""
        if self.text is not None:
            return UserText(self.text)
        if self.action is not None:
            return UserAction(self.action.kind, self.action.item)
        return RemoveConstraint(self.remove) if self.remove is not None else NewConversation()


class Api:
    """What the routes answer. Runs in the server's threads; a conversation takes one step at a time."""

    def __init__(self, visits: Visits, *, believes_users: bool) -> None:
        self._visits = visits
        self._catalogue = visits.assistant.catalogue
        self._believes_users = believes_users

    def health(self) -> Json:
        """Alive and ready: the assistant is warm by the time the server listens."""
        return {"status": "ready", "catalogue": self._catalogue.schema.name, "items": len(self._catalogue.items)}

    def catalogue(self) -> Json:
        """What is talked about, and by which facets."""
        return catalogue_json(self._catalogue)

    def item(self, item: str) -> Json:
        """One item as the catalogue has it."""
        if item not in self._catalogue.by_id:
            raise UnknownItem("the catalogue has no such item", hint="use an id from an answer of this server")
        return catalogue_item_json(self._catalogue.by_id[item])

    def open(self, opening: Annotated[Opening, Body()] = A_STRANGER) -> Json:
        """A new conversation with a stranger or, where ids are believed, with `user`."""
        believe(opening.user, self._believes_users)
        hints = opening.hints.hints()
        try:
            conversation = self._visits.open(opening.user, incognito=opening.incognito, hints=hints)
        except HintError as error:
            raise BadHint(f"field 'hints': {error.message}", hint=error.hint) from error
        return {"conversation": conversation, "catalogue": self._catalogue.schema.name}

    def turn(self, conversation: str, body: StepBody, accept: Annotated[str, Header()] = "") -> Response:
        """The answer to one step: the whole as JSON or, when `Accept` names text/event-stream, event by event."""
        step = self._checked(body.step())
        try:
            events = self._visits.turn(conversation, step)
        except KeyError:
            raise _unknown() from None
        if "text/event-stream" in accept.lower():
            return EventSourceResponse(_streamed(events), headers={"Cache-Control": "no-cache"})
        last = deque(events, maxlen=1)[0]
        if last.kind == "error":
            raise _failure(last)
        reply = last.data["reply"]
        assert isinstance(reply, Reply)
        return JSONResponse(turn_json(reply))

    def hint(self, conversation: str, body: HintsBody) -> Json:
        """What is known now of the visitor and the page, instead of what was told before; {"beliefs"} with it."""
        try:
            beliefs = self._visits.hint(conversation, body.hints())
        except KeyError:
            raise _unknown() from None
        except HintError as error:
            raise BadHint(error.message, hint=error.hint) from error
        return {"beliefs": beliefs_json(beliefs)}

    def events(self, conversation: str) -> Json:
        """Everything that happened in a conversation, and the state that folding it gives."""
        try:
            events, state = self._visits.between_steps(conversation)
        except KeyError:
            raise _unknown() from None
        return {"events": [to_json(event) for event in events], "state": state_json(state)}

    def _checked(self, step: Step) -> Step:
        if isinstance(step, UserText) and len(step.text) > MESSAGE_LIMIT:
            raise TooLarge(f"a message has at most {MESSAGE_LIMIT:,} characters", hint="a short sentence will do")
        if isinstance(step, UserAction) and step.item is not None and step.item not in self._catalogue.by_id:
            raise BadStep(
                "field 'action.item': the catalogue has no such item", hint="use an id from an earlier answer"
            )
        return step


def build_api(visits: Visits, *, believes_users: bool) -> FastAPI:
    """The API as an application of its own, to be mounted at `/v1`."""
    api = FastAPI(title="Chatalogue", docs_url=None, redoc_url=None, openapi_url=None)
    api.add_middleware(BodyLimit, limit=BODY_LIMIT)
    answer_with_problems(api, HINTS)
    routes = Api(visits, believes_users=believes_users)
    api.get("/health")(routes.health)
    api.get("/catalogue")(routes.catalogue)
    api.get("/items/{item:path}")(routes.item)
    api.post("/conversations", status_code=201)(routes.open)
    api.post("/conversations/{conversation}/turns")(routes.turn)
    api.put("/conversations/{conversation}/hints")(routes.hint)
    api.get("/conversations/{conversation}/events")(routes.events)
    add_users(api, Users(visits.assistant.stages.memory, believes_users=believes_users))
    return api


async def _streamed(events: Iterator[TurnEvent]) -> AsyncIterator[bytes]:
    """A turn as server-sent events, in ASCII, which every client splits into the same lines."""
    async for event in iterate_in_threadpool(events):
        data = problem_of(_failure(event)) if event.kind == "error" else event_json(event)
        yield format_sse_event(event=event.kind, data_str=json.dumps(data, allow_nan=False))


def _unknown() -> UnknownConversation:
    return UnknownConversation(
        "no conversation of that id is open or stored here",
        hint="begin a new one with POST /v1/conversations; only one with a turn, and not incognito, outlives a restart",
    )


def _failure(event: TurnEvent) -> TurnFailed:
    return TurnFailed(str(event.data["message"]), hint=str(event.data["hint"]))
