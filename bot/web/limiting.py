"""How often somebody may ask: by address, by visitor and by site, counted in a sliding window (the library `limits`).

Counts are kept in this process or, for several processes, in the store of the setting `rate_storage`. A store that does
not answer lets requests pass, which is logged: the queue of turns still bounds the work. Knows no request.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.concurrency import run_in_threadpool

from bot.web.problems import ApiError
from bot.web.sites import Site, SitesError

IN_MEMORY = "memory://"
log = logging.getLogger(__name__)


class TooManyRequests(ApiError):
    """Somebody asked more often than is allowed."""

    status, code = 429, "too_many_requests"

    def __init__(self, whose: str, allowed: str, wait_s: int) -> None:
        super().__init__(
            f"too many requests of this {whose}: {allowed} are allowed", hint=f"wait {wait_s} s", retryable=True
        )
        self.headers = {"Retry-After": str(wait_s)}


@dataclass(frozen=True, slots=True)
class Rates:
    """Limits as "60/minute"; empty: none. `tokens`: how many tokens an address may fetch."""

    address: str = "600/minute"
    visitor: str = "60/minute"
    tokens: str = "60/minute"
    storage: str = IN_MEMORY


class Limiting:
    """Counts requests. Raises SitesError where a limit or the store's address cannot be read."""

    def __init__(self, rates: Rates) -> None:
        self._remote = not rates.storage.startswith(IN_MEMORY)
        try:
            self._address, self._visitor, self._tokens = map(_limit, (rates.address, rates.visitor, rates.tokens))
            self._window = SlidingWindowCounterRateLimiter(storage_from_string(rates.storage, wrap_exceptions=True))
        except (ValueError, ConfigurationError) as error:
            raise SitesError(
                f"a rate limit cannot be used: {error}", hint="write 60/minute, memory:// or redis://HOST"
            ) from error

    async def check(self, address: str, site: Site | None, visitor: str | None, *, token: bool = False) -> None:
        """Count one request; `token`: one that fetches a token. Raises TooManyRequests.

        One that is refused by a narrower limit does not count against a wider one.
        """
        for whose, limit, key in self._counted(address, site, visitor, token=token):
            hit = (whose, limit, key)
            wait_s = await run_in_threadpool(self._hit, *hit) if self._remote else self._hit(*hit)
            if wait_s:
                raise TooManyRequests(whose, str(limit), wait_s)

    def _counted(
        self, address: str, site: Site | None, visitor: str | None, *, token: bool
    ) -> Iterator[tuple[str, RateLimitItem, str]]:
        if visitor is not None and self._visitor is not None:
            yield "visitor", self._visitor, visitor
        if token and self._tokens is not None:
            yield "address, for tokens", self._tokens, neighbourhood(address)
        if self._address is not None:
            yield "address", self._address, neighbourhood(address)
        if site is not None and site.limit is not None:
            yield "site", parse(site.limit), site.name

    def _hit(self, whose: str, limit: RateLimitItem, key: str) -> int:
        """Seconds to wait; 0: go ahead."""
        try:
            if self._window.hit(limit, whose, key):
                return 0
            return max(1, math.ceil(self._window.get_window_stats(limit, whose, key).reset_time - time.time()))
        except StorageError as error:
            log.warning(
                "requests are not counted, the store of rate limits does not answer: %s", type(error.__cause__).__name__
            )
            return 0


def neighbourhood(address: str) -> str:
    """What counts as one address: an IPv4 address, or an IPv6 /64, which is what one household is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.IPv6Network((found, 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)


def _limit(text: str) -> RateLimitItem | None:
    return parse(text) if text else None
