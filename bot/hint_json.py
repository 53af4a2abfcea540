"""Hints as JSON: what whoever embeds the assistant knows of a visitor and of the page they are on.

Checks shapes and sizes; whether the catalogue has what is named, `bot.dialogue.hints` says. Knows no conversation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.dialogue.events import Value
from bot.dialogue.hints import Hint, HintError

NAME_LIMIT = 80  #: characters of a facet's name
VALUE_LIMIT = 200  #: characters of a value, and of an item's id
FACETS, VALUES = 16, 8  #: of one source, and of one of its facets
SHAPE = (
    'hints are {"page": {"item": ID, "facets": {FACET: VALUE, [VALUES] or [LOW, HIGH]}}, '
    '"language" | "place" | "age_band": {"facets": {…}}}'
)


def encodable(text: str) -> str:
    """`text`, unless it holds half of a surrogate pair, which JSON can write and nothing else can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("no valid Unicode: half of a surrogate pair") from None
    return text


def _given(value: object) -> tuple[Value, ...]:
    """What may stand for a facet, as values: one word, several, or the two ends of a range."""
    words: Sequence[Any] = value if isinstance(value, list | tuple) else (value,)  # scripts have tuples, JSON lists
    if 0 < len(words) <= VALUES and all(isinstance(word, str) and 0 < len(word) <= VALUE_LIMIT for word in words):
        return tuple(encodable(word) for word in words)
    if len(words) == 2 and all(end is None or isinstance(end, int | float) for end in words):
        return ((words[0], words[1]),)
    raise ValueError(f"give a value, at most {VALUES} values of {VALUE_LIMIT} characters, or [low, high]")


_Name = Annotated[str, Field(min_length=1, max_length=NAME_LIMIT), AfterValidator(encodable)]
_Id = Annotated[str, Field(min_length=1, max_length=VALUE_LIMIT), AfterValidator(encodable)]
_Facets = Annotated[dict[_Name, Annotated[Any, AfterValidator(_given)]], Field(max_length=FACETS)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class OfVisitor(_Strict):
    """What something known of the visitor means in this catalogue."""

    facets: Annotated[_Facets, Field(min_length=1)]


class OfPage(_Strict):
    """The item that the page is about, or what it lists."""

    item: _Id | None = None
    facets: _Facets = Field(default_factory=dict)

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        if self.item is None and not self.facets:
            raise ValueError("give an 'item', 'facets' or both; leave 'page' out when it shows neither")
        return self


class HintsBody(_Strict):
    """Everything that is known now; what is left out is known no more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"page": {"item": "rain-jacket-7"}}]})

    page: OfPage | None = None
    language: OfVisitor | None = None
    place: OfVisitor | None = None
    age_band: OfVisitor | None = None

    def hints(self) -> tuple[Hint, ...]:
        """One hint a value."""
        return tuple(self._each())

    def _each(self) -> Iterator[Hint]:
        if self.page is not None and self.page.item is not None:
            yield Hint("page", self.page.item)
        by_source = {"page": self.page, "language": self.language, "place": self.place, "age": self.age_band}
        for source, told in by_source.items():
            for facet, given in told.facets.items() if told is not None else ():
                yield from (Hint(source, value, facet) for value in given)


def hints_json(hints: Iterable[Hint]) -> dict[str, Any]:
    """Hints as `hints_of` reads them."""
    told: dict[str, Any] = {}
    for hint in hints:
        source = told.setdefault("age_band" if hint.source == "age" else hint.source, {})
        if hint.facet is None:
            source["item"] = hint.value
        elif isinstance(hint.value, str):
            source.setdefault("facets", {}).setdefault(hint.facet, []).append(hint.value)
        else:
            source.setdefault("facets", {})[hint.facet] = list(hint.value)
    return told


def hints_of(data: Any) -> tuple[Hint, ...]:
    """Hints from parsed JSON, for channels without a framework. Raises HintError naming the field that is wrong."""
    try:
        return HintsBody.model_validate(data).hints()
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part)[:NAME_LIMIT] for part in ("hints", *first["loc"]))
        raise HintError(f"field {field!r}: {first['msg'].removeprefix('Value error, ')}", hint=SHAPE) from error
