"""The shapes of the API's answers, for its OpenAPI page. Answers are made by `bot/projection.py` and not checked again.

Knows pydantic; knows no conversation. `tests/bot/web/test_openapi.py` holds real answers against these.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.messages import Act

Number = float | int


class Answer(BaseModel):
    """An answer. More fields may come with later versions; none goes."""

    model_config = ConfigDict(extra="allow")


class Problem(Answer):
    """An error (RFC 9457). `detail` says what is wrong and with which field, `hint` what to do about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:chatalogue:problem:bad_request",
                    "title": "Unprocessable Content",
                    "status": 422,
                    "detail": "field 'text': Input should be a valid string",
                    "hint": 'a step is {"text": "…"}, with Content-Type: application/json',
                }
            ]
        }
    )

    type: str = Field(pattern=r"^urn:chatalogue:problem:[a-z_]+$")
    title: str
    status: int
    detail: str
    hint: str


class Opened(Answer):
    """A conversation was opened; whoever knows its id may go on with it."""

    conversation: str = Field(examples=["Zt3Q0kq0vPo2F1sF0dR7Yw"])
    catalogue: str = Field(examples=["shop"])


class Slot(Answer):
    """A wish, a refusal or an example as it was read. `polarity`: 1 wanted, -1 refused, 0 taken back or asked about."""

    slot: str = Field(description="a facet, `item`, or a kind of mention")
    value: str = Field(examples=["wool"])
    polarity: int = Field(examples=[-1])


class Understood(Answer):
    """What was understood of the message; all of it null or empty for a step without words."""

    intent: str | None = Field(examples=["recommend"])
    slots: list[Slot]
    source: Literal["model", "rules"] | None = Field(description="who read it")


class BeliefShown(Answer):
    """One line of "what I understood". Its `key` removes it."""

    key: str = Field(examples=["material!=wool"])
    label: str = Field(examples=["no wool"])
    hard: bool = Field(description="it filters; else it only ranks")
    polarity: int


class ChipShown(Answer):
    """A suggestion: send `text` as if it was typed."""

    label: str = Field(examples=["Newer"])
    text: str = Field(examples=["newer"])


class ItemShown(Answer):
    """An item of a list. Texts are as the catalogue has them: whoever draws them escapes them."""

    id: str = Field(examples=["fjallraven-rain-jacket"])
    title: str = Field(examples=["Rain Jacket"])
    score: float | None
    why: str = Field(description="one true line, or empty", examples=["Matches: jacket"])
    facets: dict[str, list[str] | float | None]
    text: str
    image: str | None
    url: str | None


class WordedBy(Answer):
    """Who worded the answer; `reason`: why a template did although a model was asked."""

    source: Literal["template", "model"]
    reason: str


class TurnAnswer(Answer):
    """The answer to one step."""

    understood: Understood
    act: Act
    items: list[ItemShown]
    text: str = Field(examples=["Here are five jackets without wool."])
    chips: list[ChipShown]
    beliefs: list[BeliefShown]
    asks: str | None = Field(description="the facet that a question is about")
    grounded: bool
    wording: WordedBy
    ms: dict[str, float] = Field(description="milliseconds from the message to the end of a stage")
    novelty: float = Field(description="where the dial stands: 0 familiar, 1 new")


class Text(Answer):
    """What goes on (`status`), or the next piece of the answer's words (`delta`)."""

    text: str


class UnderstoodEvent(Answer):
    """`understood`: what was read, and what is believed with it."""

    understood: Understood
    beliefs: list[BeliefShown]


class ItemsEvent(Answer):
    """`items`: the list, before the words."""

    items: list[ItemShown]


class ChipsEvent(Answer):
    """`chips`: what may be said next."""

    chips: list[ChipShown]


SSE_EVENTS: dict[str, type[BaseModel]] = {
    "status": Text,
    "understood": UnderstoodEvent,
    "items": ItemsEvent,
    "delta": Text,
    "chips": ChipsEvent,
    "done": TurnAnswer,
    "error": Problem,
}  #: the event of a turn's stream → its data


class Beliefs(Answer):
    """What is believed."""

    beliefs: list[BeliefShown]


class Line(Answer):
    """One line of the dialogue."""

    role: Literal["user", "assistant"]
    text: str


class TakenUp(Answer):
    """What a client draws when it goes on with a conversation."""

    lines: list[Line]
    items: list[ItemShown]
    beliefs: list[BeliefShown]
    chips: list[ChipShown]
    reactions: dict[str, str] = Field(description="item → the last kind of tap on it")


class ShareShown(Answer):
    """What one signal added to an item's score."""

    signal: str
    label: str
    share: float
    known: bool


class WhyShown(Answer):
    """Why an item stands in the list on screen. After a restart only the `reason` is known."""

    item: str
    title: str
    reason: str
    ranker: str
    score: float | None
    shares: list[ShareShown]
    facts: list[str]


class Happened(Answer):
    """Everything that happened, oldest first, and the state that folding it gives."""

    events: list[dict[str, Any]]
    state: dict[str, Any]


class Row(Answer):
    """A row of a batch that was not taken."""

    index: int = Field(description="from 0")
    detail: str
    hint: str


class EventsTaken(Answer):
    """What became of the rows of a batch."""

    accepted: int
    duplicates: int
    rejected: list[Row]


class PastConversation(Answer):
    """A conversation that can be gone on with."""

    conversation: str
    title: str | None = Field(description="the first words that were typed, cut; null: none were")
    opened: str = Field(examples=["2026-01-15T12:00:00Z"])
    last: str = Field(description="the latest turn", examples=["2026-01-15T12:04:00Z"])
    turns: int


class Conversations(Answer):
    """A visitor's conversations, the latest turn first."""

    conversations: list[PastConversation]


class Said(Answer):
    """What an interest rests on."""

    said: str
    sentiment: int
    at: str
    source: Literal["statement", "reaction"]
    conversation: str | None


class InterestKnown(Answer):
    """An interest. `score` and `against` are the beliefs for it and against it, in [0, 1]."""

    key: str = Field(examples=["material=wool"])
    facet: str
    value: str | list[Number | None]
    score: float
    against: float
    evidence: list[Said]


class Profile(Answer):
    """What is known of a visitor's taste; item ids in `liked`, `disliked`, `seen`."""

    user: str
    interests: list[InterestKnown]
    liked: list[str]
    disliked: list[str]
    seen: list[str]


class Export(Profile):
    """Everything that is stored about a visitor."""

    conversations: list[dict[str, Any]]
    statements: list[dict[str, Any]]
    interactions: list[dict[str, Any]]


class Forgotten(Answer):
    """An interest was taken back."""

    forgotten: str


class Deleted(Answer):
    """Everything was deleted; `deleted` rows."""

    deleted: int


class FacetKnown(Answer):
    """A facet of the catalogue."""

    name: str
    kind: str
    unit: str | None
    label: str


class CatalogueKnown(Answer):
    """What is talked about."""

    name: str
    item: str = Field(description="the noun for one")
    count: int
    fingerprint: str
    facets: list[FacetKnown]


class ItemKnown(Answer):
    """One item as the catalogue has it."""

    id: str
    title: str
    text: str
    facets: dict[str, list[str] | float | None]
    image: str | None
    url: str | None


class Health(Answer):
    """The server is alive."""

    status: Literal["ready"]
    catalogue: str
    items: int


class Ready(Answer):
    """The server takes visitors."""

    status: Literal["ready"]
