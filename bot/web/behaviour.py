"""`POST /v1/events`: what visitors did on a page, in batches. The chat page, the widget and a shop's own pages send it.

Good rows are stored, each bad one is told by its index. Rows are evidence of taste like a tap in the conversation, and
count for its visitor. Knows the shapes of rows and the stores; knows no ranking.

- Of an item that a list of the conversation shows, the server has recorded the impression itself: another is a
  duplicate. A row with `at` that was sent before is one as well, so that a batch may be sent again.
- A client's clock is believed only where it is a little behind ours; else a row happened when it came.
- Of an incognito conversation nothing is stored.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Self

from fastapi import Body, FastAPI, Request
from pydantic import ConfigDict, Field, ValidationError, model_validator

from bot.assistant import Conversation
from bot.dialogue.events import Shown
from bot.web.answers import EventsTaken
from bot.web.bodies import Strict, Text
from bot.web.describing import answers
from bot.web.identity import belongs
from bot.web.metrics import Metrics
from bot.web.refusals import unknown_conversation
from bot.web.visits import Visits
from ranking.interactions import PAGE, Interaction

Json = dict[str, Any]
Kind = Literal["impression", "view", "click", "dwell", "cart", "purchase"]

BATCH = 100  #: rows of one request
LONGEST_DWELL_S = 3_600.0  #: a tab that was left open is nobody reading
SKEW_S = 300.0  #: how far behind ours a client's clock may be, the wait of a batch included
REMEMBERED = 20_000  #: rows with `at` that are known when they are sent again, of this process
A_DWELL: Json = {"conversation": "Zt3Q0kq0vPo2F1sF0dR7Yw", "item": "rain-jacket-7", "event": "dwell", "value": 12.5}
A_ROW: Json = {"$ref": "#/components/schemas/PageEvent"}
_Id = Annotated[Text, Field(min_length=1, max_length=200)]


class PageEvent(Strict):
    """One row. `value`: a dwell's seconds, 0 to take a cart back. `at`: UTC seconds since 1970. `position`: from 1."""

    model_config = ConfigDict(json_schema_extra={"examples": [A_DWELL]})

    conversation: _Id
    item: _Id
    event: Kind
    value: Annotated[float, Field(ge=0, le=LONGEST_DWELL_S, allow_inf_nan=False)] | None = None
    at: Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)] | None = None
    list: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    position: Annotated[int, Field(ge=1, le=1_000)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.event == "dwell" and not self.value:
            raise ValueError("a dwell has its seconds as 'value', more than 0")
        if self.event not in ("dwell", "cart") and self.value is not None:
            raise ValueError(f"a {self.event} has no 'value'")
        if self.event == "cart" and self.value not in (None, 0):
            raise ValueError("the 'value' of a cart is 0 when the item was taken out again, else it has none")
        if self.event == "impression" and self.position is None:
            raise ValueError("an impression has its 'position', from 1")
        return self


class EventsBody(Strict):
    """A batch, oldest first. Each row is a `PageEvent`; bad ones are told by their index."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"events": [A_DWELL]}]})

    events: Annotated[list[Any], Field(min_length=1, max_length=BATCH, json_schema_extra={"items": A_ROW})]


@dataclass
class _Batch:
    """What became of the rows of one request."""

    talks: dict[str, Conversation] = field(default_factory=dict)
    accepted: list[PageEvent] = field(default_factory=list)
    rows: list[Interaction] = field(default_factory=list)  # of those accepted the ones to store
    duplicates: int = 0
    rejected: list[Json] = field(default_factory=list)

    def refuse(self, index: int, detail: str, hint: str) -> None:
        """Tell that a row is not taken."""
        self.rejected.append({"index": index, "detail": detail, "hint": hint})


class Behaviour:
    """What the route answers."""

    def __init__(self, visits: Visits, metrics: Metrics) -> None:
        self._visits, self._metrics = visits, metrics
        self._memory = visits.assistant.stages.memory
        self._catalogue = visits.assistant.catalogue
        self._seen: OrderedDict[PageEvent, None] = OrderedDict()
        self._guard = threading.Lock()

    def take(self, request: Request, body: Annotated[EventsBody, Body()]) -> Json:
        """Store what visitors did; good rows are taken, bad ones told.

        `accepted` rows count; of incognito conversations none is stored. `duplicates` counted before, or are
        impressions that the server had recorded itself.
        """
        batch = _Batch()
        for index, row in enumerate(body.events):
            try:
                event = PageEvent.model_validate(row)
            except ValidationError as error:
                batch.refuse(index, _what_is_wrong(error), "an event is as the schema PageEvent of /v1/openapi.json")
                continue
            self._sort_in(batch, index, event, request)
        if batch.rows:
            self._memory.store.append(batch.rows)
            self._memory.learned(batch.rows)
        for talk in batch.talks.values():
            talk.visitor.refresh()
        self._remember(batch.accepted)
        self._metrics.events([event.event for event in batch.accepted], batch.duplicates, len(batch.rejected))
        return {"accepted": len(batch.accepted), "duplicates": batch.duplicates, "rejected": batch.rejected}

    def _sort_in(self, batch: _Batch, index: int, event: PageEvent, request: Request) -> None:
        talk = batch.talks.get(event.conversation) or self._visits.conversation(event.conversation)
        if talk is None or not belongs(request, talk):
            unknown = unknown_conversation()
            batch.refuse(index, f"field 'conversation': {unknown.message}", unknown.hint)
            return
        if event.item not in self._catalogue.by_id:
            batch.refuse(index, "field 'item': the catalogue has no such item", "use an id from an answer")
            return
        batch.talks[event.conversation] = talk
        again = event.at is not None and (event in self._seen or event in batch.accepted)
        if again or (event.event == "impression" and _was_shown(talk, event.item)):
            batch.duplicates += 1
            return
        batch.accepted.append(event)
        if (visitor := talk.visitor.stored_as) is not None:
            batch.rows.append(self._row(event, visitor))

    def _row(self, event: PageEvent, visitor: str) -> Interaction:
        now = self._memory.now()
        at = event.at if event.at is not None and now - SKEW_S <= event.at <= now else now
        context: Json = {"conversation": event.conversation, "from": PAGE}
        context |= {"list": f"{PAGE}:{event.list}"} if event.list is not None else {}
        context |= {"position": event.position} if event.position is not None else {}
        if event.event == "impression":
            context = {"list": f"{PAGE}:{event.conversation}", **context, "ranker": PAGE, "propensity": 1.0}
        return Interaction(visitor, event.item, event.event, event.value, at, context)

    def _remember(self, events: Iterable[PageEvent]) -> None:
        """Know rows with a time when they come again."""
        with self._guard:
            for event in events:
                if event.at is not None:
                    self._seen[event] = None
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)


def add_behaviour(api: FastAPI, behaviour: Behaviour) -> None:
    """The route of what visitors did."""
    api.post("/events", **answers(EventsTaken))(behaviour.take)


def _was_shown(talk: Conversation, item: str) -> bool:
    return any(item in event.items for event in talk.events if isinstance(event, Shown))


def _what_is_wrong(error: ValidationError) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])[:80]
    what = f"field {field!r}" if field else "the row"
    return f"{what}: {first['msg'].removeprefix('Value error, ')}"
