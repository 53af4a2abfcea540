"""Sites that may embed the assistant: key, name, the origins of their pages, how they sign who a visitor is.

They are in a TOML file that the setting `sites` names. Secrets are not in it, only the names of the environment
variables that hold them. Knows no framework and no token.
"""

from __future__ import annotations

import ipaddress
import json
import re
import secrets
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from limits import parse
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from retrieval.errors import ChatalogueError

KEY_PREFIX = "pk_"
SECRET_BYTES = 32  #: of a shared secret at least, as RFC 7518 asks of HS256
LOCAL_KEY = "local"  #: the key of this server's own pages where no sites are configured
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class SitesError(ChatalogueError):
    """The file of sites cannot be used."""

    code = "sites"


@dataclass(frozen=True, slots=True)
class Site:
    """One site. Its visitors are kept under `name`, which stays when `key` changes.

    `origins` as browsers send them: "https://shop.example". `secrets`: any of them signs identities; none: nobody does.
    `limit`: how often all its visitors together may ask, as "600/minute"; None: no limit of its own.
    """

    name: str
    key: str
    origins: frozenset[str] = frozenset()
    secrets: tuple[str, ...] = ()
    limit: str | None = None


class Sites:
    """The sites in force, by key and by name. `configured` is False where only this server's own pages have one."""

    def __init__(self, sites: Iterable[Site] | None = None) -> None:
        self.configured = sites is not None
        found = tuple(sites) if sites is not None else (Site(LOCAL_KEY, LOCAL_KEY),)
        self._by_key = {site.key: site for site in found}
        self._by_name = {site.name: site for site in found}
        self.origins = frozenset(origin for site in found for origin in site.origins)
        self.hosts = frozenset(urlsplit(origin).hostname or "" for origin in self.origins)

    def by_key(self, key: str) -> Site | None:
        """The site of a key."""
        return self._by_key.get(key)

    def by_name(self, name: str) -> Site | None:
        """The site of a name, as tokens have it."""
        return self._by_name.get(name)

    def __iter__(self) -> Iterator[Site]:
        return iter(self._by_key.values())


class _Row(BaseModel):
    """One [[site]] of the file."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: str
    key: str = Field(min_length=16, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")
    origins: list[str] = Field(min_length=1)
    identity_secrets: list[str] = []
    limit: str | None = None

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if not _NAME.fullmatch(name) or name == LOCAL_KEY:
            raise ValueError(f"a name is 1 to 32 of a-z, 0-9 and '-', and not {LOCAL_KEY!r}")
        return name

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, origins: list[str]) -> list[str]:
        return [as_origin(origin) for origin in origins]

    @field_validator("limit")
    @classmethod
    def _is_a_limit(cls, limit: str | None) -> str | None:
        if limit is not None:
            parse(limit)
        return limit


class _File(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    site: list[_Row] = Field(min_length=1)


def load_sites(path: Path, environment: Callable[[str], str | None]) -> Sites:
    """The sites of a file, with the secrets that `environment` has under the names given there. Raises SitesError."""
    try:
        with path.open("rb") as file:
            rows = _File.model_validate(tomllib.load(file)).site
    except OSError as error:
        raise SitesError(f"cannot read {str(path)!r}: {error.strerror}", hint="check the setting `sites`") from error
    except tomllib.TOMLDecodeError as error:
        raise SitesError(f"{str(path)!r} is not TOML: {error}", hint="docs/safety.md has an example") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SitesError(f"{str(path)!r}, {place}: {first['msg']}", hint="docs/safety.md has an example") from error
    for what, values in (("name", [row.name for row in rows]), ("key", [row.key for row in rows])):
        if len(set(values)) < len(values):
            raise SitesError(f"{str(path)!r}: two sites have the same {what}", hint="make a key with `chatalogue site`")
    return Sites(_site(row, environment) for row in rows)


def new_key() -> str:
    """A site's key: public, but not to be guessed."""
    return KEY_PREFIX + secrets.token_urlsafe(18)


def entry(name: str, origins: Iterable[str]) -> str:
    """A new site's part of the file, with a key of its own. Raises SitesError for what the file may not hold."""
    try:
        row = _Row(name=name, key=new_key(), origins=list(origins))
    except ValidationError as error:
        hint = "give a name and origins, as: shop https://shop.example"
        raise SitesError(error.errors()[0]["msg"].removeprefix("Value error, "), hint=hint) from error
    return f'[[site]]\nname = "{row.name}"\nkey = "{row.key}"\norigins = {json.dumps(row.origins)}\n'


def snippet(made: str) -> str:
    """What a page of the site of an entry holds, in HTML."""
    key = tomllib.loads(made)["site"][0]["key"]
    script = '<script src="https://chat.example/widget/v1/chatalogue.js" async></script>'
    return f'{script}\n<chatalogue-chat site-key="{key}"></chatalogue-chat>'


def as_origin(text: str) -> str:
    """An origin as a browser writes it. Raises ValueError for anything else, as a path, a wildcard or `null`."""
    parts = urlsplit(text)
    host = (parts.hostname or "").lower()
    if (
        parts.scheme not in ("http", "https")
        or not host
        or parts.username
        or "*" in host
        or parts.path not in ("", "/")
    ):
        raise ValueError(f"{text!r} is no origin such as 'https://shop.example'")
    if parts.query or parts.fragment:
        raise ValueError(f"{text!r} is no origin such as 'https://shop.example'")
    default = {"http": 80, "https": 443}[parts.scheme]
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{parts.port}" if parts.port not in (None, default) else "")


def is_address(host: str) -> bool:
    """Whether a host is an address and no name."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def _site(row: _Row, environment: Callable[[str], str | None]) -> Site:
    found = []
    for name in row.identity_secrets:
        secret = environment(name)
        if secret is None or len(secret.encode()) < SECRET_BYTES:
            state = "not set" if secret is None else f"shorter than {SECRET_BYTES} bytes"
            raise SitesError(
                f"the environment variable {name!r} of the site {row.name!r} is {state}",
                hint="set it to the secret that the shop's server signs with: openssl rand -base64 48",
            )
        found.append(secret)
    return Site(row.name, row.key, frozenset(row.origins), tuple(found), row.limit)
