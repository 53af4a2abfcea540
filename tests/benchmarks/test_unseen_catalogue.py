"""How much worse a catalogue of a kind never trained on is read: `pytest -m benchmark -s tests/benchmarks -k unseen`.

Courses are kept out of training, words and schemas. Both kinds are read in held-out phrasings of the generator,
inside the grammar, by the default model. The label is the draft that the model checks: it changes no answer.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from bot.llm.port import LanguageModel, Limits
from bot.model_wiring import build_model
from bot.settings import load_settings
from bot.understanding.grammar import tidy, understanding_grammar
from bot.understanding.prompt import message_suffix
from bot.understanding.target import parse_target
from bot.understanding.training.generate import UNSEEN, generate

MESSAGES = 240  #: a kind
SEED = 20261123
FIRST_PACK = 6  #: those before were watched during training
WIDEST = 0.05


@pytest.mark.benchmark
def test_an_unseen_kind_of_catalogue_is_read_nearly_as_well() -> None:
    model = build_model(load_settings(), lambda _: None)
    films, unseen = (_read(model, domain) for domain in ("films", UNSEEN))
    print(f"\n{'':12}{'intent':>8}{'slot F1':>9}{'exact':>8}")
    for name, figures in (("films", films), (UNSEEN, unseen)):
        print(f"{name:12}" + "".join(f"{figure:9.3f}" for figure in figures))
    assert films[0] - unseen[0] <= WIDEST
    assert films[1] - unseen[1] <= WIDEST


def _read(model: LanguageModel, domain: str) -> tuple[float, float, float]:
    """Intent accuracy, slot F1 with sign and exact match, over held-out messages of one domain."""
    packs = generate(SEED, "dev", skip=FIRST_PACK, domain=domain)
    samples = islice(((pack, sample) for pack in packs for sample in pack.samples), MESSAGES)
    intents, exact, hits, both = 0, 0, 0, 0
    for pack, sample in samples:
        message = tidy(sample.message).message
        grammar = replace(understanding_grammar(pack.facets, message), guess=sample.answer)
        intent, slots = parse_target(model.complete(pack.prefix, message_suffix(message), grammar, Limits()).text)
        wanted, found = set(sample.slots), set(slots)
        intents += intent == sample.intent
        exact += intent == sample.intent and wanted == found
        hits += len(wanted & found)
        both += len(wanted) + len(found)
    return intents / MESSAGES, 2 * hits / both, exact / MESSAGES
