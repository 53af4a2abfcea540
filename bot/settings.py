"""Every setting of Chatalogue, and the only place that reads the environment.

A setting comes from a keyword, else from `CHATALOGUE_<NAME>` in the environment, else from a `.env` file in the working
folder, else from the default below. Knows no concrete class: `bot/wiring.py` turns settings into objects.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from retrieval.errors import ChatalogueError

DEFAULT_CATALOGUE = "films"
DEFAULT_MODEL = "smollm2-135m-instruct"
DEFAULT_EMBEDDER = "all-minilm-l6-v2"


class SettingsError(ChatalogueError):
    """A setting has a value that cannot be used."""

    code = "settings"


class Settings(BaseSettings):
    """All settings with their defaults; names are those of the environment without the prefix, in lower case."""

    model_config = SettingsConfigDict(env_prefix="CHATALOGUE_", env_file=".env", extra="ignore", frozen=True)

    catalogue: str = Field(
        DEFAULT_CATALOGUE, description="the built-in catalogue `films`, or a folder with a catalogue.toml"
    )
    cache: Path = Field(
        default_factory=lambda: user_cache_path("chatalogue", appauthor=False),
        description="downloaded assets and built indexes; may be deleted at any time",
    )
    data: Path = Field(
        default_factory=lambda: user_data_path("chatalogue", appauthor=False),
        description="what visitors did; keep it",
    )
    database_url: str | None = Field(None, description="SQLAlchemy URL; default: an SQLite file a catalogue in `data`")

    retention_days: float | None = Field(
        None, gt=0, description="days after which what visitors did and said is deleted; default: kept"
    )
    taste_half_life_days: float = Field(
        180.0, gt=0, description="days after which what was heard of a visitor's taste counts half"
    )

    reader: Literal["model", "rules"] = Field("model", description="who reads messages")
    model: str = Field(DEFAULT_MODEL, description="generative model: an asset's name, a local folder or a hub id")
    adapter: str | None = Field(
        "default", description="LoRA adapter folder; `default` is the one shipped for the default model, empty for none"
    )
    embedder: str = Field(
        DEFAULT_EMBEDDER, description="sentence embedder: an asset's name, a local folder or a hub id"
    )
    dtype: Literal["auto", "bfloat16", "float32"] = Field("auto", description="of the model; auto probes the processor")
    embedder_dtype: Literal["auto", "bfloat16", "float32"] = Field(
        "auto", description="of the embedder; auto: that of the model. float32 gives the same lists on every processor"
    )
    prompt: Literal["auto", "trained", "instructed"] = Field(
        "auto",
        description="what the model is told: what our adapters learnt, or the task in words; auto: by adapter",
    )
    read_deadline_s: float = Field(4.0, gt=0, description="seconds after which the rules read instead of the model")
    threads: int | None = Field(None, ge=1, description="threads of one forward pass; default: torch's choice")

    llm_base_url: str | None = Field(
        None, description="an OpenAI-compatible server that reads instead of the local model"
    )
    llm_api_key: SecretStr | None = Field(None, description="its key, if it wants one")
    llm_model: str | None = Field(None, description="the model's name on that server")
    llm_constraint: Literal["auto", "structured_outputs", "guided_grammar", "json_schema", "none"] = Field(
        "auto", description="how that server holds answers to their form; auto finds out at the start"
    )

    model_languages: str = Field(
        "en",
        description="the languages that the model reads as they are written, by their codes: `en,es,zh`. What is in "
        "another one is read by the rules, word for word",
    )
    words: Literal["auto", "templates", "model"] = Field(
        "auto",
        description="who words replies; auto: a model that was configured, and templates with the default one",
    )
    words_deadline_s: float = Field(2.0, gt=0, description="seconds after which the template words a reply instead")
    tone: Literal["plain", "warm", "formal"] = Field("plain", description="how replies sound")
    length: Literal["short", "normal"] = Field("normal", description="how long replies are")
    house_prompt: Path | None = Field(
        None,
        description="a text file with the shop's own style, for a model that words replies; default: "
        "`prompts/house.txt` beside the catalogue.toml",
    )

    chroma_host: str | None = Field(None, description="a Chroma server instead of the embedded one")
    chroma_port: int = Field(8000, ge=1, le=65535)

    host: str = Field("127.0.0.1", description="address that `serve` listens on")
    port: int = Field(7860, ge=0, le=65535)
    sites: Path | None = Field(None, description="a TOML file of the sites that may embed the assistant")
    public_hosts: str = Field(
        "",
        description="names by which browsers reach this server, by commas; `*`: any, where a proxy sees to it",
    )
    token_secret: SecretStr | None = Field(None, description="what tokens are signed with; default: made, in `data`")
    trusted_proxies: str = Field("", description="addresses of proxies whose X-Forwarded-* is believed, by commas")
    rate_per_address: str = Field("600/minute", description="requests of one address; empty: no limit")
    rate_per_visitor: str = Field("60/minute", description="requests of one visitor of a site; empty: no limit")
    metrics_token: SecretStr | None = Field(None, description="bearer token for `/v1/metrics` beyond this machine")
    rate_storage: str = Field("memory://", description="where requests are counted; `redis://…` for several processes")
    turns_at_once: int = Field(8, ge=1, le=256, description="turns that are worked on at the same time")
    turns_waiting: int = Field(64, ge=0, description="turns that may wait beyond those; the next one is told to wait")
    k: int = Field(5, ge=1, le=20, description="items in one list")
    learn_live: bool = Field(
        True, description="whether each visitor's reaction changes at once what all lists go by, not only their own"
    )
    explore: float = Field(
        0.0, ge=0, le=0.5, description="share of lists whose last place goes to an item that little is known of"
    )
    diversity: Literal["mmr", "dpp", "calibrated", "none"] = Field(
        "calibrated",
        description="what keeps a list from being all of one thing: mmr and dpp go by likeness, calibrated by the "
        "shares of categories among a visitor's likes, where there are five",
    )
    diversity_strength: float | None = Field(
        None, ge=0, le=1, description="how much it weighs against the score; default: as the ranking weights say"
    )
    novelty: float = Field(
        0.5, ge=0, le=1, description="the dial from familiar (0) to new (1) until a visitor sets it; 0.5 is neutral"
    )

    @property
    def read_by_model(self) -> tuple[str, ...]:
        """The codes among `model_languages`."""
        return tuple(code.strip().casefold() for code in self.model_languages.split(",") if code.strip())

    def database_of(self, catalogue: str) -> str:
        """The SQLAlchemy URL in force for the catalogue of that name: its own SQLite file unless a URL is set."""
        return self.database_url or f"sqlite:///{self.data / f'{catalogue}.sqlite3'}"


def from_environment(name: str) -> str | None:
    """A secret that a file names by its environment variable; None when it is not set."""
    return os.environ.get(name)


def environment_with(**settings: str) -> dict[str, str]:
    """This process's environment with other settings in it, for a process that it starts."""
    return {**os.environ, **{f"CHATALOGUE_{name.upper()}": value for name, value in settings.items()}}


def in_ci() -> bool:
    """Whether this is a build server, by the variable CI that they all set."""
    return os.environ.get("CI", "").casefold() not in ("", "0", "false")


def load_settings(**overrides: object) -> Settings:
    """The settings in force; None among `overrides` means "not given". Raises SettingsError naming what is wrong."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingsError(
            f"setting {name!r}: {first['msg']}; it was {first.get('input')!r}",
            hint=f"set CHATALOGUE_{name.upper()} or the option of the same name to a value that fits",
        ) from error
