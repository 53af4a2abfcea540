"""Labelled messages to train and measure the reader with: `generate(seed)` yields packs without end.

A pack is one catalogue schema and messages read under it. The same seed gives the same packs on every machine.
Nothing here was taken from an evaluation file (`docs/log.md` names the rows that were seen before it was written).
Knows neither tokenizer nor model.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.understanding.grammar import Sources
from bot.understanding.grammar import tidy as tidy_message
from bot.understanding.prompt import FacetView, kept_values, message_suffix, schema_prefix
from bot.understanding.reading import Intent, MessageInContext, ShownItem
from bot.understanding.target import RawSlot, write_target
from bot.understanding.training.draft import DoesNotFit, Draft
from bot.understanding.training.list_scenarios import list_turn
from bot.understanding.training.lists import Split, weighted
from bot.understanding.training.marks import marked, plain
from bot.understanding.training.noise import dress, join, noisy, tidy, with_remark
from bot.understanding.training.scenarios import PRIOR, draw_turn
from bot.understanding.training.schema import ABOUT, ITEM, Schema, draw_schema
from bot.understanding.training.stage import Turn

DOMAINS = [
    ("films", 45),
    ("shop", 29),
    ("books", 6),
    ("restaurants", 6),
    ("games", 6),
    ("hotels", 6),
    ("groceries", 6),
]
SMALLEST, LARGEST = 12, 16  #: samples a pack
UNSEEN = "courses"  #: a domain that is never trained on; dev packs of it stand for an unseen catalogue
REMARKED, REMARKS = (
    ("recommend", "feedback", "accept", "ask", "compare"),
    0.12,
)  #: how often people say more than needed
LISTS, FILM_LISTS = 0.24, 0.16  #: the share of the messages that are about a list on our own screen


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled message under one schema."""

    domain: str
    item: str
    facets: tuple[FacetView, ...]
    message: MessageInContext
    intent: Intent
    slots: tuple[RawSlot, ...]

    @property
    def suffix(self) -> str:
        """The prompt after the schema."""
        return message_suffix(self.message)

    @property
    def answer(self) -> str:
        """What the model should write."""
        return write_target(self.intent, self.slots)


@dataclass(frozen=True, slots=True)
class Pack:
    """One schema and the messages that share it."""

    item: str
    facets: tuple[FacetView, ...]
    samples: tuple[Sample, ...]

    @property
    def prefix(self) -> str:
        """The prompt that the samples share."""
        return schema_prefix(self.item, self.facets)


def generate(seed: int, split: Split = "train", skip: int = 0, domain: str | None = None) -> Iterator[Pack]:
    """Packs without end, from the `skip`-th on; of one domain, or of `DOMAINS`, by their weights.

    Every pack has a generator of its own, so that skipping is free. Raises ValueError for training on `UNSEEN`.
    """
    if domain == UNSEEN and split == "train":
        raise ValueError(f"{UNSEEN!r} is kept out of training")
    index = skip
    while True:
        r = random.Random(f"{split}:{seed}:{index}")
        schema = draw_schema(r, domain or weighted(r, DOMAINS))
        lists = FILM_LISTS if schema.domain == "films" else LISTS
        samples = tuple(draw_sample(r, split, schema, lists) for _ in range(r.randint(SMALLEST, LARGEST)))
        yield Pack(schema.item, schema.facets, samples)
        index += 1


def draw_sample(r: random.Random, split: Split, schema: Schema, lists: float = 0.0) -> Sample:
    """One sample; what does not fit together is drawn again. `lists` is the share that speaks of a list of ours."""
    intent = weighted(r, PRIOR)
    draw = list_turn if lists and r.random() < lists else draw_turn
    while True:
        try:
            turn = draw(r, split, schema.domain, intent)
        except DoesNotFit:
            continue
        sample = _finish(r, split, schema, intent, turn)
        if sample is not None and not problems(sample):
            return sample


def _finish(r: random.Random, split: Split, schema: Schema, intent: str, turn: Turn) -> Sample | None:
    scene = turn.draft.scene
    clauses = turn.clauses
    if intent in REMARKED and r.random() < REMARKS:
        clauses = with_remark(r, split, clauses, schema.domain)
    text = dress(r, split, join(r, *clauses), intent, turn.first)
    text = noisy(r, tidy(text))
    slots = _slots(schema, turn.draft, text)
    if slots is None:
        return None
    shown = tuple(ShownItem(f"s{i}", title) for i, title in enumerate(scene.shown))
    message = MessageInContext(" ".join(plain(text).split()), tuple(scene.turns), shown)
    return Sample(schema.domain, schema.item, schema.facets, message, Intent(intent), slots)


def _slots(schema: Schema, draft: Draft, text: str) -> tuple[RawSlot, ...] | None:
    """The slots of a typed text, references first, then in the order of the words; None when they contradict."""
    found: list[RawSlot] = []
    for mention in sorted(draft.references, key=lambda m: draft.scene.shows.index(str(m.title))):
        found += schema.slots(mention, "")
    for mention, said, polarity in draft.proposals:
        found += [RawSlot(s.slot, s.value, polarity) for s in schema.slots(mention, said)]
    for number, said in marked(text):
        found += schema.slots(draft.mentions[number], clean(said))
    kept: dict[tuple[str, str], RawSlot] = {}
    for slot in found:
        key = (slot.slot, slot.value.lower())
        if key in kept and kept[key].polarity != slot.polarity:
            return None
        kept.setdefault(key, slot)
    return tuple(kept.values())


def clean(said: str) -> str:
    """Words without what stands around them."""
    return " ".join(said.split()).strip(" .,!?;:\"“”'")


def problems(sample: Sample) -> list[str]:
    """What is wrong with a sample: a value the grammar would not let the model write, a slot that does not exist."""
    kept = kept_values(sample.facets)
    seen = tuple(replace(f, values=kept[f.name]) for f in sample.facets)
    sources = Sources(seen, tidy_message(sample.message).message)
    found = []
    for slot in sample.slots:
        if slot.slot not in kept and slot.slot not in (ITEM, ABOUT):
            found.append(f"no facet {slot.slot!r}")
        elif not sources.permits(slot.slot, slot.value):
            found.append(f"{slot.slot} {slot.value!r} stands nowhere")
    if not sample.message.message or any(c in sample.message.message for c in "{}\ue000\ue001\ue002"):
        found.append("the message is empty or unfinished")
    return found
