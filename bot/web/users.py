"""What the JSON API answers about a visitor: conversations, the profile, one interest stated or taken back, everything
exported, all forgotten.

Who asks, `Identify` says; without signed identities a `user` is believed as in `api.py`: only where the server listens
on the loopback interface. There is no list of users, so one that was never seen has an empty profile. Knows FastAPI and
the memory; knows no conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from bot.dialogue.events import Said
from bot.memory.export import instant
from bot.memory.memory import Memory
from bot.memory.store import StoredConversation
from bot.web.answers import Conversations, Deleted, Export, Forgotten, Profile
from bot.web.describing import answers
from bot.web.problems import ApiError

Json = dict[str, Any]

USER_LIMIT = 128  #: characters of a user's id
USER_PATTERN = r"^[^\p{C}]+$"  #: no control characters, and no half of a surrogate pair
User = Annotated[str, Path(max_length=USER_LIMIT, pattern=USER_PATTERN)]
Identify = Callable[[Request, str | None], str | None]
"""Who a request comes from, given the `user` that it names, if any; None: a stranger. Raises an ApiError, as
UserNotBelieved, when the one named is not believed."""


TITLE = 80  #: characters of a conversation's first words
Most = Annotated[int, Query(ge=1, le=100, description="how many at the most")]


class Stated(BaseModel):
    """A taste: a category's value that the visitor likes (`sentiment` 1) or does not (-1)."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True,
        json_schema_extra={"examples": [{"facet": "FACET", "value": "VALUE", "sentiment": -1}]},
    )  # fmt: skip

    facet: Annotated[str, Field(min_length=1, max_length=80)]
    value: Annotated[str, Field(min_length=1, max_length=200)]
    sentiment: Literal[1, -1]


class UserNotBelieved(ApiError):
    """A user id from a place where anybody could have written it."""

    status, code = 403, "user_not_believed"


class BadInterest(ApiError):
    """A taste that the catalogue has no words for."""

    status, code = 422, "bad_interest"


class UnknownInterest(ApiError):
    """Nothing is known about the visitor under that key."""

    status, code = 404, "unknown_interest"


def believing(believes_users: bool) -> Identify:
    """Takes a `user` as sent where `believes_users`, and refuses one elsewhere."""

    def identify(_: Request, user: str | None) -> str | None:
        if user is not None and not believes_users:
            raise UserNotBelieved(
                "a user id is not believed here, because this server listens beyond its own machine",
                hint="leave 'user' out, or start the server with --host 127.0.0.1",
            )
        return user

    return identify


class Users:
    """What the routes below `/users` answer."""

    def __init__(self, memory: Memory, identify: Identify) -> None:
        self._memory = memory
        self._identify = identify

    def conversations(self, request: Request, user: User, limit: Most = 30) -> Json:
        """The visitor's stored conversations, the latest turn first; go on with one by its id."""
        found = self._memory.conversations.beginnings(self._identify(request, user) or user, limit)
        return {"conversations": [_listed(one) for one in found]}

    def state(self, request: Request, user: User, body: Stated) -> Json:
        """State a taste, in the place of what spoke otherwise; the profile with it."""
        name = self._identify(request, user) or user
        value = next((v for v in self._values(body.facet) if v.casefold() == body.value.casefold()), None)
        if value is None:
            hint = "facets and how they are written: /v1/catalogue and /v1/items; numbers are no taste"
            raise BadInterest("the catalogue has no such facet of categories, or no such value of it", hint=hint)
        self._memory.state(name, body.facet, value, body.sentiment)
        return self._memory.profile(name)

    def profile(self, request: Request, user: User) -> Json:
        """What is known of a visitor's taste, with the evidence."""
        return self._memory.profile(self._identify(request, user) or user)

    def export(self, request: Request, user: User) -> Json:
        """Everything that is stored about a visitor."""
        return self._memory.export(self._identify(request, user) or user)

    def correct(self, request: Request, user: User, interest: str) -> Json:
        """Take one interest back; {"forgotten": its key}."""
        if not self._memory.correct(self._identify(request, user) or user, interest):
            raise UnknownInterest(
                "nothing is known of this visitor under that key", hint="use a 'key' of the visitor's profile"
            )
        return {"forgotten": interest}

    def forget(self, request: Request, user: User) -> Json:
        """Delete everything that is stored about a visitor; {"deleted": how many rows}."""
        return {"deleted": self._memory.forget(self._identify(request, user) or user)}

    def _values(self, facet: str) -> Iterable[str]:
        return (str(value) for value in self._memory.catalogue.value_counts.get(facet, ()))


def _listed(one: StoredConversation) -> Json:
    said = next((event.text for event in one.events if isinstance(event, Said)), None)
    return {
        "conversation": one.id,
        "title": said[:TITLE] if said is not None else None,
        "opened": instant(one.stamp.opened),
        "last": instant(one.last),
        "turns": one.stamp.turns,
    }


def add_users(api: FastAPI, users: Users) -> None:
    """The routes, the longer ones first because a user's id may hold a slash."""
    one = "/users/{user:path}"
    api.get(f"{one}/conversations", **answers(Conversations, 403, 404, 422))(users.conversations)
    api.get(f"{one}/profile", **answers(Profile, 403, 404, 422))(users.profile)
    api.put(f"{one}/profile", **answers(Profile, 403, 404, 422))(users.state)
    api.delete(f"{one}/profile/{{interest:path}}", **answers(Forgotten, 403, 404, 422))(users.correct)
    api.get(f"{one}/export", **answers(Export, 403, 404, 422))(users.export)
    api.delete(one, **answers(Deleted, 403, 404, 422))(users.forget)
