"""Tokens: signed, short-lived, and all that the API believes about who asks. HS256 with a secret of this server.

A bearer token goes with every request and lives 15 minutes. A renewal lives 30 days, goes to the token's own path alone
and keeps an anonymous visitor the same; it opens nothing else. A token has no power to be taken back before it expires,
so it is short. Knows PyJWT; knows no request.
"""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import jwt

from bot.web.problems import ApiError
from bot.web.sites import SECRET_BYTES, SitesError

ALGORITHM = "HS256"
ISSUER = "chatalogue"
LIFE_S = 15 * 60  #: of a bearer token
RENEWAL_S = 30 * 24 * 3600
SECRET_FILE = "token-secret"
Use = Literal["bearer", "renewal"]
log = logging.getLogger(__name__)


class TokenRefused(ApiError):
    """A request without a token that counts."""

    status, code = 401, "token_invalid"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, hint="fetch a token with POST /v1/token, and send it as 'Authorization: Bearer …'")
        self.code = code
        self.headers = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token speaks for: a site's name, and a visitor of it as the memory knows them."""

    site: str
    visitor: str


def anonymous(site: str) -> Bearer:
    """A new visitor of a site, of whom nothing is known: 128 random bits."""
    return Bearer(site, f"{site}/anon-{secrets.token_urlsafe(16)}")


def signed(site: str, subject: str) -> Bearer:
    """The visitor that a site knows as `subject`; the same name at another site is somebody else."""
    return Bearer(site, f"{site}/user-{subject}")


class Tokens:
    """Issues and reads tokens. `now` is UTC seconds since 1970, for what is issued."""

    def __init__(self, secret: str, now: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._now = now

    def issue(self, who: Bearer, use: Use = "bearer") -> str:
        """A signed token."""
        now = int(self._now())
        life = LIFE_S if use == "bearer" else RENEWAL_S
        claims = {"iss": ISSUER, "aud": _audience(use), "sub": who.visitor, "site": who.site}
        return jwt.encode({**claims, "iat": now, "exp": now + life}, self._secret, ALGORITHM)

    def read(self, token: str, use: Use = "bearer") -> Bearer:
        """Whom a token speaks for. Raises TokenRefused."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=_audience(use),
                issuer=ISSUER,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except jwt.ExpiredSignatureError:
            raise TokenRefused("token_expired", "the token has expired") from None
        except jwt.InvalidTokenError:
            raise TokenRefused("token_invalid", "the token is not one of this server") from None
        return Bearer(str(claims["site"]), str(claims["sub"]))


def token_secret(given: str | None, data: Path) -> str:
    """The secret that tokens are signed with: the one given, else one of this data folder, made at the first start.

    Raises SitesError when it is too short or cannot be kept.
    """
    if given is not None:
        if len(given.encode()) < SECRET_BYTES:
            raise SitesError(
                f"the setting `token_secret` is shorter than {SECRET_BYTES} bytes",
                hint="make one: openssl rand -base64 48",
            )
        return given
    file = data / SECRET_FILE
    try:
        return _made_once(file)
    except OSError as error:
        raise SitesError(
            f"cannot keep a secret in {str(file)!r}: {error.strerror}",
            hint="set CHATALOGUE_TOKEN_SECRET, or CHATALOGUE_DATA to a folder that you may write",
        ) from error


def _made_once(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(48)
    whole = file.with_name(
        f"{file.name}.{secrets.token_hex(4)}"
    )  # linked when whole: no other process reads half of it
    descriptor = os.open(whole, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w") as written:
            written.write(made)
        os.link(whole, file)
    except FileExistsError:
        made = file.read_text("utf-8").strip()
    finally:
        whole.unlink()
    if file.stat().st_mode & 0o077:
        log.warning("others on this machine can read the secret of tokens: chmod 600 %s", file)
    if len(made) < SECRET_BYTES:
        raise SitesError(
            f"{str(file)!r} holds no secret", hint="delete it: a new one is made, and tokens are fetched again"
        )
    return made


def _audience(use: Use) -> str:
    return f"{ISSUER}:{use}"
