"""The route `POST /token`: a site's key and the page's origin against a token for one visitor.

An anonymous visitor stays the same by the renewal that came with the token before. A shop that knows its customers
signs who they are. Knows FastAPI, sites and tokens; the origin was checked at the border, against all sites, and is
checked here against the key's own.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field

from bot.web.asked import Asked
from bot.web.border import TOKEN, OriginRefused
from bot.web.identity import subject_of
from bot.web.problems import ApiError
from bot.web.safety import Safety
from bot.web.sites import Site
from bot.web.tokens import LIFE_S, RENEWAL_S, Bearer, TokenRefused, anonymous, signed

Json = dict[str, Any]
JWT_LIMIT = 4_096  #: characters
A_TOKEN = 'send {"site_key": "pk_…"} with Content-Type: application/json; docs/safety.md'


class UnknownSite(ApiError):
    """A key of no site."""

    status, code = 403, "unknown_site"


class TokenBody(BaseModel):
    """The body of a request for a token; `renewal` counts for an anonymous visitor alone."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    site_key: Annotated[str, Field(min_length=1, max_length=128)]
    identity: Annotated[str, Field(max_length=JWT_LIMIT)] | None = None
    renewal: Annotated[str, Field(max_length=JWT_LIMIT)] | None = None


class TokenDesk:
    """What the route answers."""

    def __init__(self, safety: Safety) -> None:
        self._safety = safety

    def token(self, request: Request, body: TokenBody) -> Json:
        """A token; with a renewal, where the visitor is anonymous."""
        site = self._site(request, body.site_key)
        tokens = self._safety.tokens
        if body.identity is not None:
            who = signed(site.name, subject_of(body.identity, site))
            return {"token": tokens.issue(who), "expires_in": LIFE_S, "visitor": "signed"}
        who, visitor = self._anonymous(site, body.renewal)
        return {
            "token": tokens.issue(who),
            "expires_in": LIFE_S,
            "renewal": tokens.issue(who, "renewal"),
            "renewal_expires_in": RENEWAL_S,
            "visitor": visitor,
        }

    def _site(self, request: Request, key: str) -> Site:
        """The site of a key, when the page that asks is on one of its origins or is ours."""
        site = self._safety.sites.by_key(key)
        if site is None:
            raise UnknownSite("no site has that key here", hint="use a key of the file of sites: docs/safety.md")
        if not Asked.of(request.scope, self._safety.proxies).is_from(site.origins):
            raise OriginRefused(
                "pages of that origin may not use this key" if "origin" in request.headers else "there is no Origin",
                hint="ask from a page whose origin is in the site's `origins`: docs/safety.md",
            )
        return site

    def _anonymous(self, site: Site, renewal: str | None) -> tuple[Bearer, Literal["new", "same"]]:
        try:
            before = self._safety.tokens.read(renewal, "renewal") if renewal is not None else None
        except TokenRefused:
            before = None
        return (before, "same") if before is not None and before.site == site.name else (anonymous(site.name), "new")


def add_token(api: FastAPI, desk: TokenDesk) -> None:
    """The route."""
    api.post(TOKEN)(desk.token)
