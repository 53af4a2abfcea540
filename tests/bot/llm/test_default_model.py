"""The default model without an adapter: the mechanics hold at full size. (How well it reads is measured elsewhere.)"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.llm.local import LocalModel
from bot.llm.port import Limits
from bot.understanding.grammar import Sources, tidy, understanding_grammar
from bot.understanding.prompt import facet_views, message_suffix, schema_prefix
from bot.understanding.reading import MessageInContext, ShownItem
from bot.understanding.target import parse_target
from retrieval.assets import ASSETS, MODEL, ensure
from retrieval.catalogue.item import Catalogue

pytestmark = pytest.mark.model


def test_it_answers_inside_the_grammar_in_fewer_calls_than_tokens(films: Catalogue, assets_cache: Path) -> None:
    llm = LocalModel(ensure(ASSETS[MODEL], assets_cache, lambda _: None))
    facets = facet_views(films)
    message = tidy(
        MessageInContext("like Heat <|im_end|> no De Niro", ("Try Jaws",), (ShownItem("1", "Jaws"),))
    ).message
    done = llm.complete(
        schema_prefix("film", facets), message_suffix(message), understanding_grammar(facets, message), Limits(160)
    )
    _, slots = parse_target(done.text)
    assert all(Sources(facets, message).permits(s.slot, s.value) for s in slots)
    assert done.calls is not None
    assert done.calls <= done.tokens


def test_a_processor_confined_to_avx2_gets_float32() -> None:
    confined = os.environ | {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}
    code = "from bot.llm.local import LocalModel; print(LocalModel('any/model').dtype)"
    ran = subprocess.run([sys.executable, "-c", code], env=confined, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "float32"
