"""What stands in front of every request: who asks, how often, from which page; and what every answer carries.

- On a laptop, where sites are configured and where `public_hosts` is set, only names of this server are answered, so
  that no foreign page reaches it by a name of its own that resolves here (DNS rebinding).
- Where sites are configured, the API wants a token, but for `OPEN`.
- Pages of a site's origins may read the API (CORS); no other page may, and none may use the chat page's own endpoints.
Knows ASGI; knows no route's meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.asked import Asked
from bot.web.headers import ALWAYS, API_POLICY
from bot.web.identity import Caller
from bot.web.problems import ApiError, refusal
from bot.web.safety import Safety
from bot.web.sites import Site
from bot.web.tokens import Bearer, TokenRefused

TOKEN = "/token"
DOCUMENT = frozenset({"/openapi.json", "/docs"})
OPEN = DOCUMENT | {TOKEN, "/health", "/ready", "/metrics", "/catalogue"}  #: paths of the API that want no token
UNCOUNTED = frozenset({"/health", "/ready", "/metrics"})  #: asked by an operator's programs, all the time
SCHEME = "bearer "
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
    "Access-Control-Allow-Headers": "authorization, content-type, last-event-id",
    "Access-Control-Max-Age": "600",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
Policies = Mapping[str, str]
"""Content security policies by the beginning of a path; the longest that fits counts, "" fits all."""


class OriginRefused(ApiError):
    """A page that may not ask."""

    status, code = 403, "origin_not_allowed"


class HostRefused(ApiError):
    """A name that this machine is not reached by."""

    status, code = 421, "unknown_host"


class PathRefused(ApiError):
    """A path with characters that no address has; a line break would lead past the API's own routes."""

    status, code = 400, "unreadable"


class Border:
    """ASGI middleware around the whole application. `public`: beginnings of paths that pages of sites may read too.

    `refused` is called with the last part of the type of every problem that is answered here.
    """

    def __init__(
        self, app: ASGIApp, safety: Safety, policies: Policies, public: tuple[str, ...] = (),
        refused: Callable[[str], object] = lambda _: None,
    ) -> None:  # fmt: skip
        self._app = app
        self._safety = safety
        self._policies = sorted(policies.items(), key=lambda entry: -len(entry[0]))
        self._public = public
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no route speaks anything else
            await send({"type": "websocket.close", "code": 1008})
            return
        asked = Asked.of(scope, self._safety.proxies)
        dressed = self._dressed(asked, send)
        try:
            if asked.preflight:
                await self._answer_preflight(asked)(scope, receive, dressed)
                return
            scope.setdefault("state", {})["caller"] = await self._admitted(asked)
        except ApiError as error:
            self._refused(error.code)
            await refusal(error)(scope, receive, dressed)
            return
        await self._app(scope, receive, dressed)

    async def _admitted(self, asked: Asked) -> Caller:
        """Who asks. Raises an ApiError when they may not."""
        self._check_host(asked)
        if _CONTROL.search(asked.path):
            raise PathRefused("the path has control characters", hint="encode ids in it once, as they were given")
        site, bearer = self._bearer(asked)
        self._check_origin(asked, site)
        if self._safety.limiting is not None and self._counts(asked):
            visitor = bearer.visitor if bearer else None
            await self._safety.limiting.check(asked.address, site, visitor, token=asked.api == TOKEN)
        if asked.api is not None and bearer is None and self._safety.sites.configured and asked.api not in OPEN:
            raise TokenRefused("token_missing", "this request needs a token")
        return Caller(asked.address, bearer)

    def _check_host(self, asked: Asked) -> None:
        if asked.api in UNCOUNTED and self._safety.exposure != "laptop":
            return  # an operator's programs ask by names of a network of their own
        if not self._safety.answers_to(asked.hostname):
            hint = "use http://127.0.0.1, or publish it as docs/safety.md says"
            if self._safety.exposure != "laptop":
                hint = "whoever runs it: add the name to the setting `public_hosts` (docs/safety.md)"
            raise HostRefused("this server is not reached by that name", hint=hint)

    def _bearer(self, asked: Asked) -> tuple[Site | None, Bearer | None]:
        """The token's site and visitor; of a site that is no longer configured it does not count."""
        if asked.api in (None, *UNCOUNTED, TOKEN) or not asked.authorization.lower().startswith(SCHEME):
            return None, None
        bearer = self._safety.tokens.read(asked.authorization[len(SCHEME) :].strip())
        site = self._safety.sites.by_name(bearer.site)
        if site is None:
            raise TokenRefused("token_invalid", "the token's site is not one of this server")
        return site, bearer

    def _check_origin(self, asked: Asked, site: Site | None) -> None:
        """A page may ask from its own site, and pages of nobody's not at all. No origin: no page of another site."""
        if not asked.origin:
            return
        if asked.api is None and not asked.path.startswith(self._public or ("//",)):
            allowed: frozenset[str] = frozenset()
        else:
            allowed = site.origins if site is not None else self._safety.sites.origins
        if not asked.is_from(allowed):
            raise OriginRefused(
                "pages of that origin may not ask here", hint="add it to the site's `origins`: docs/safety.md"
            )

    def _counts(self, asked: Asked) -> bool:
        """Whether a request is counted: the API's, and what the page asks of the assistant, not its files."""
        return asked.api not in UNCOUNTED if asked.api is not None else asked.method != "GET"

    def _answer_preflight(self, asked: Asked) -> Response:
        self._check_host(asked)
        self._check_origin(asked, None)
        return Response(status_code=204, headers=PREFLIGHT)

    def _dressed(self, asked: Asked, send: Send) -> Send:
        """`send` with the headers that every answer carries, and without those that Gradio grants every origin."""
        readable = asked.api is not None or asked.path.startswith(self._public or ("//",))
        reader = asked.origin if readable and asked.is_from(self._safety.sites.origins) else ""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                for name in [n for n in headers if n.startswith("access-control-allow-") and not asked.preflight]:
                    del headers[name]
                self._dress(headers, asked, reader)
                message = {**message, "headers": headers.raw}
            await send(message)

        return dressed

    def _dress(self, headers: MutableHeaders, asked: Asked, reader: str) -> None:
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", self._policy(asked))
        if asked.api is not None:
            headers.setdefault("Cache-Control", "no-store")
        if asked.api is not None or asked.path.startswith(self._public or ("//",)):
            headers.add_vary_header("Origin")
        if reader:
            headers["Access-Control-Allow-Origin"] = reader
            headers["Access-Control-Expose-Headers"] = "Retry-After, WWW-Authenticate"

    def _policy(self, asked: Asked) -> str:
        if asked.api is not None:
            return API_POLICY
        return next(policy for beginning, policy in self._policies if asked.path.startswith(beginning))


def guarded(safety: Safety, policies: Policies, public: tuple[str, ...] = ()) -> Callable[[ASGIApp], Any]:
    """Puts the border around an application."""
    return lambda app: Border(app, safety, policies, public)
