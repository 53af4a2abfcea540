"""Who asks: what a token's request becomes, what a shop's signature proves, and what belongs to whom.

A name in a request is believed only where the visitor is the person at the machine. Elsewhere a token says who asks,
and whatever is another visitor's is answered like what is not there. Knows FastAPI's requests; keeps nothing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from fastapi import Request

from bot.assistant import Conversation
from bot.web.problems import ApiError
from bot.web.refusals import unknown_conversation
from bot.web.sites import Site
from bot.web.tokens import ALGORITHM, Bearer
from bot.web.users import Identify, UserNotBelieved, believing
from bot.web.visits import Visits

AUDIENCE = "chatalogue"  #: of identities that shops sign
IDENTITY_S = 24 * 3600  #: how long one may be good for
LEEWAY_S = 30  #: by how much the clocks of a shop and of this server may differ
ME = "me"  #: the token's own visitor, in a path
_SUBJECT = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,64}")


class BadIdentity(ApiError):
    """An identity that the site's server did not sign so."""

    status, code = 401, "bad_identity"


class UnknownUser(ApiError):
    """A user who is not the token's visitor, whether there is one or not."""

    status, code = 404, "unknown_user"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and from where. `bearer` is None for a request without a token."""

    address: str
    bearer: Bearer | None = None


def caller_of(request: Request) -> Caller | None:
    """Who asks, as the border found; None where there is no border."""
    found = request.scope.get("state", {}).get("caller")
    return found if isinstance(found, Caller) else None


def subject_of(identity: str, site: Site) -> str:
    """The `sub` of an identity that `site` signed. Raises BadIdentity, which says what is wrong with it."""
    if not site.secrets:
        raise _bad("this site signs no identities", "name its secret in the file of sites: docs/safety.md")
    claims = _claims(identity, site)
    if not isinstance(claims["exp"], int | float) or claims["exp"] > time.time() + IDENTITY_S + LEEWAY_S:
        raise _bad("the identity is good for more than a day", "let it expire sooner; an hour is enough")
    subject = claims["sub"]
    if not _SUBJECT.fullmatch(subject):
        raise _bad("'sub' is no id of 1 to 64 printable characters", "use the shop's own customer id")
    return str(subject)


def identifying(believes_users: bool) -> Identify:
    """By the token where one was sent; without one as `believing`."""
    without_token = believing(believes_users)

    def identify(request: Request, user: str | None) -> str | None:
        caller = caller_of(request)
        if caller is None or caller.bearer is None:
            return without_token(request, user)
        if user in (None, ME):
            return caller.bearer.visitor
        if "user" in request.path_params:
            raise UnknownUser("no such user is the visitor of this token", hint=f"ask for /v1/users/{ME}/…")
        raise UserNotBelieved("who asks is in the token, no other 'user' is believed", hint="leave 'user' out")

    return identify


def belongs(request: Request, conversation: Conversation) -> bool:
    """Whether whoever asks may go on with it: with a token its visitor, without one whoever knows its id."""
    caller = caller_of(request)
    return caller is None or caller.bearer is None or conversation.visitor.is_user(caller.bearer.visitor)


def owning(visits: Visits) -> Callable[[Request], None]:
    """A dependency of every route: the conversation in its path, if any, must be the token's visitor's.

    A conversation opened without a token belongs to whoever knows its id, and to no token.
    """

    def own(request: Request) -> None:
        caller, visit = caller_of(request), request.path_params.get("conversation")
        if caller is None or caller.bearer is None or visit is None:
            return
        conversation = visits.conversation(str(visit))
        if conversation is None or not belongs(request, conversation):
            raise unknown_conversation()

    return own


def _claims(identity: str, site: Site) -> dict[str, Any]:
    why = ""
    for secret in site.secrets:
        try:
            return jwt.decode(
                identity, secret, algorithms=[ALGORITHM], audience=AUDIENCE, leeway=LEEWAY_S,
                options={"require": ["exp", "sub", "aud"]},
            )  # fmt: skip
        except jwt.InvalidSignatureError:
            why = why or "no secret of this site signed it"
        except jwt.ExpiredSignatureError:
            why = "it has expired"
        except jwt.InvalidTokenError as error:
            why = f"{type(error).__name__}"
    raise _bad(f"the identity does not count: {why}", f'sign {{"sub", "aud": "{AUDIENCE}", "exp"}} with {ALGORITHM}')


def _bad(what: str, hint: str) -> BadIdentity:
    return BadIdentity(what, hint=hint)
