"""What the JSON API answers about a visitor: the profile, one interest taken back, everything exported, all forgotten.

Who asks, `Identify` says; without signed identities a `user` is believed as in `api.py`: only where the server listens
on the loopback interface. There is no list of users, so one that was never seen has an empty profile. Knows FastAPI and
the memory; knows no conversation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request

from bot.memory.memory import Memory
from bot.web.problems import ApiError

Json = dict[str, Any]

USER_LIMIT = 128  #: characters of a user's id
USER_PATTERN = r"^[^\p{C}]+$"  #: no control characters, and no half of a surrogate pair
User = Annotated[str, Path(max_length=USER_LIMIT, pattern=USER_PATTERN)]
Identify = Callable[[Request, str | None], str | None]
"""Who a request comes from, given the `user` that it names, if any; None: a stranger. Raises an ApiError, as
UserNotBelieved, when the one named is not believed."""


class UserNotBelieved(ApiError):
    """A user id from a place where anybody could have written it."""

    status, code = 403, "user_not_believed"


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


def add_users(api: FastAPI, users: Users) -> None:
    """The routes, the longer ones first because a user's id may hold a slash."""
    api.get("/users/{user:path}/profile")(users.profile)
    api.delete("/users/{user:path}/profile/{interest:path}")(users.correct)
    api.get("/users/{user:path}/export")(users.export)
    api.delete("/users/{user:path}")(users.forget)
