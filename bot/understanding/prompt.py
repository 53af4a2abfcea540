"""The prompt of understanding: one prefix a catalogue (its KV cache is reused), one suffix a message.

Knows the words and their order; knows neither tokenizer nor model. The words themselves are in `prompts/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding.reading import MessageInContext
from prompts import render
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import FacetKind

VALUE_WORDS = 64  #: how many words of category values one prefix may spend, over all facets together
TURN_WORDS = 48  #: earlier turns are cut to their last words
TURNS = 3


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet as the model sees it. `values` (category only) most frequent first."""

    name: str
    kind: FacetKind
    values: tuple[str, ...] = ()
    unit: str | None = None


def facet_views(catalogue: Catalogue) -> tuple[FacetView, ...]:
    """What the model is told about a catalogue's facets."""
    return tuple(
        FacetView(f.name, f.kind, catalogue.facet_values(f.name) if f.kind is FacetKind.CATEGORY else (), f.unit)
        for f in catalogue.schema.facets
    )


def kept_values(facets: Sequence[FacetView]) -> dict[str, tuple[str, ...]]:
    """The category values the model gets to see, by facet name.

    They share a budget of `VALUE_WORDS` words: every category facet gets its most frequent values in turn until the
    budget is spent.
    """
    kept: dict[str, list[str]] = {f.name: [] for f in facets}
    budget = VALUE_WORDS
    for rank in range(max((len(f.values) for f in facets), default=0)):
        for f in facets:
            if rank < len(f.values):
                words = len(f.values[rank].split())
                if words <= budget:
                    budget -= words
                    kept[f.name].append(f.values[rank])
    return {name: tuple(values) for name, values in kept.items()}


def schema_prefix(item: str, facets: Sequence[FacetView]) -> str:
    """The part of the prompt that is the same for every message of a catalogue; it lists `kept_values`."""
    kept = kept_values(facets)
    return render("understand_schema", item=item, facets=[(f, kept[f.name]) for f in facets])


def message_suffix(message: MessageInContext) -> str:
    """The part of the prompt that changes with every message. White space is collapsed."""
    turns = [" ".join(t.split()[-TURN_WORDS:]) for t in message.context[-TURNS:]]
    speakers = ["bot" if (len(turns) - i) % 2 else "me" for i in range(len(turns))]
    return render(
        "understand_message",
        turns=list(zip(speakers, turns, strict=True)),
        shown=[s.title for s in message.shown],
        message=" ".join(message.message.split()),
    )
