"""The requests that the JSON API refuses, each with its status and the last part of its problem's type.

Those of a visitor's identity are in `users.py`. Knows no framework.
"""

from __future__ import annotations

from bot.messages import TurnEvent
from bot.web.problems import ApiError


class UnknownConversation(ApiError):
    """No conversation of that id is open or stored."""

    status, code = 404, "unknown_conversation"


class UnknownItem(ApiError):
    """The catalogue has no item of that id."""

    status, code = 404, "unknown_item"


class NotOnScreen(ApiError):
    """An item that is not in the list on screen."""

    status, code = 404, "not_on_screen"


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


class TurnStopped(ApiError):
    """A turn that somebody stopped before it had shown anything."""

    status, code = 409, "cancelled"


class TurnIdTaken(ApiError):
    """A turn's id that was used for another step."""

    status, code = 422, "turn_id_taken"

    @classmethod
    def for_another_step(cls) -> TurnIdTaken:
        """As every channel tells it."""
        return cls(
            "field 'turn_id': another step of this conversation was sent under it",
            hint="make a new id for every step, and send it again only with the same step",
        )


BY_CODE: dict[str, type[ApiError]] = {TurnStopped.code: TurnStopped, TurnIdTaken.code: TurnIdTaken}


def unknown_conversation() -> UnknownConversation:
    """The refusal of an id that names nothing here."""
    return UnknownConversation(
        "no conversation of that id is open or stored here",
        hint="begin a new one with POST /v1/conversations; only one with a turn, and not incognito, outlives a restart",
    )


def turn_failed(event: TurnEvent) -> ApiError:
    """An `error` event as the error it is."""
    error = BY_CODE.get(str(event.data.get("code")), TurnFailed)
    return error(str(event.data["message"]), hint=str(event.data["hint"]))
