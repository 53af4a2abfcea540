"""What a request says of where it comes from: its address, its origin, this server's own name; and what to believe of
it.

`X-Forwarded-For` and `X-Forwarded-Host` count only when a configured proxy sent them. Knows ASGI's scope.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from bot.web.sites import SitesError, as_origin

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
API = "/v1"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `origin` is as sent, "" without one; `host` is the name that the browser reached this server by."""

    method: str
    path: str
    address: str
    host: str
    origin: str = ""
    authorization: str = ""
    preflight: bool = False

    @classmethod
    def of(cls, scope: Scope, proxies: Sequence[Network]) -> Asked:
        """What an HTTP scope says."""
        headers, peer = Headers(scope=scope), (scope.get("client") or ("", 0))[0]
        behind = is_within(peer, proxies)
        forwarded = headers.get("x-forwarded-host", "").split(",")[0].strip() if behind else ""
        method, origin = scope["method"], headers.get("origin", "")
        return cls(
            method=method,
            path=scope["path"],
            address=client_address(peer, headers.getlist("x-forwarded-for"), proxies),
            host=forwarded or headers.get("host", ""),
            origin=origin,
            authorization=headers.get("authorization", ""),
            preflight=method == "OPTIONS" and bool(origin) and "access-control-request-method" in headers,
        )

    @property
    def api(self) -> str | None:
        """The path below the API; None when it is none of its."""
        if self.path == API or self.path.startswith(f"{API}/"):
            return self.path.removeprefix(API) or "/"
        return None

    @property
    def hostname(self) -> str:
        """The host without its port; empty where it is none."""
        try:
            return urlsplit(f"//{self.host}").hostname or ""
        except ValueError:
            return ""

    @property
    def from_own_page(self) -> bool:
        """Whether the origin is this server's: its scheme is the proxy's business and not compared."""
        scheme, _, place = self.origin.partition("://")
        return scheme in ("http", "https") and bool(place) and place.lower() == self.host.lower()

    def is_from(self, origins: Iterable[str]) -> bool:
        """Whether the origin is one of `origins`, or this server's own."""
        if self.from_own_page:
            return True
        try:
            return as_origin(self.origin) in origins
        except ValueError:
            return False


def client_address(peer: str, forwarded_for: Sequence[str], proxies: Sequence[Network]) -> str:
    """The address that asks: of what proxies of ours wrote, the last one that is none of them."""
    hops = [hop.strip() for line in forwarded_for for hop in line.split(",")]
    address = peer
    while hops and is_within(address, proxies):
        address = hops.pop()
    return address


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address is in one of the networks; what is no address is in none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in network for network in networks)


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks by commas, as `10.0.0.0/8, 127.0.0.1`. Raises SitesError."""
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise SitesError(
            f"setting `trusted_proxies`: {error}", hint="write addresses or networks, by commas"
        ) from error
