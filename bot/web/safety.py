"""What protects a server, put together from settings: its exposure, sites, tokens, limits and proxies.

`docs/safety.md` has the reasons. Knows settings; knows no request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.settings import Settings, from_environment
from bot.web.asked import Network, networks
from bot.web.limiting import Limiting, Rates
from bot.web.sites import Sites, is_address, is_loopback, load_sites
from bot.web.tokens import Tokens, token_secret

Exposure = Literal["laptop", "open", "sites"]
WHO: Mapping[Exposure, str] = {
    "laptop": "who sits at this machine is believed to be who they say",
    "open": "whoever reaches it talks as a stranger",
    "sites": "the API wants a token, which pages of a site are given",
}  #: what an exposure means, in words


@dataclass(frozen=True)
class Safety:
    """`exposure`: "laptop", the visitor is the person at the machine and a `user` is believed; "open", anybody may talk
    and nobody is known; "sites", the API wants a token. `limiting` is None where nobody is counted, on a laptop.
    """

    exposure: Exposure
    sites: Sites
    tokens: Tokens
    limiting: Limiting | None = None
    proxies: tuple[Network, ...] = ()
    metrics_token: str | None = None  #: who has it may see the metrics; on a laptop everybody may
    hosts: frozenset[str] = frozenset()  #: the names that it is known by, in lower case; "*" is any

    @property
    def believes_users(self) -> bool:
        """Whether a user id is believed as sent."""
        return self.exposure == "laptop"

    def answers_to(self, hostname: str) -> bool:
        """Whether the server is reached by that name, or whoever owns the name made it lead here (DNS rebinding).

        An address is no name that somebody could have made lead elsewhere, nor is one of a site's own.
        """
        name = hostname.lower()
        if "*" in self.hosts or name in self.hosts or is_loopback(name):
            return True
        if self.exposure == "laptop":
            return False
        if self.exposure == "open" and not self.hosts:
            return True
        return is_address(name) or name in self.sites.hosts


def build_safety(settings: Settings, host: str) -> Safety:
    """The safety of a server that listens on `host`. Raises SitesError, SettingsError."""
    sites = sites_of(settings)
    given = settings.token_secret.get_secret_value() if settings.token_secret else None
    exposure = exposure_of(settings, host)
    rates = Rates(settings.rate_per_address, settings.rate_per_visitor, storage=settings.rate_storage)
    return Safety(
        exposure=exposure,
        sites=sites,
        tokens=Tokens(token_secret(given, settings.data)),
        limiting=None if exposure == "laptop" else Limiting(rates),
        proxies=networks(settings.trusted_proxies),
        metrics_token=settings.metrics_token.get_secret_value() if settings.metrics_token else None,
        hosts=frozenset(name.strip().lower() for name in settings.public_hosts.split(",") if name.strip()),
    )


def sites_of(settings: Settings) -> Sites:
    """The sites in force, with their secrets. Raises SitesError."""
    return load_sites(settings.sites, from_environment) if settings.sites else Sites()


def exposure_of(settings: Settings, host: str) -> Exposure:
    """Who can reach a server: behind a configured proxy that is everybody, whatever address it listens on."""
    if settings.sites:
        return "sites"
    return "laptop" if is_loopback(host) and not settings.trusted_proxies else "open"


def warnings(settings: Settings, host: str) -> Iterator[str]:
    """What whoever starts the server should know, a line each."""
    exposure = exposure_of(settings, host)
    if exposure == "open":
        yield (
            "anybody who reaches this server may talk to it, as a stranger: no ids of visitors are believed; to know "
            "who asks and to embed it in a page, set `sites` (docs/safety.md)"
        )
    if exposure == "sites" and is_loopback(host) and not settings.trusted_proxies:
        yield (
            "no proxy is trusted, so every visitor behind one counts as one address: set `trusted_proxies` "
            "to the proxy's address (docs/safety.md)"
        )
    if exposure == "sites" and not settings.public_hosts:
        yield (
            "it answers to addresses and to the names of its sites alone: set `public_hosts` to the name that pages "
            "load it by (docs/safety.md)"
        )
