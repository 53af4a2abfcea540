"""Requests that schemathesis makes of the OpenAPI document: no answer is a fault of ours, and each is as it says.

Half of the conversations and items asked for are real ones, since random ids get no further than a 404.
"""

from __future__ import annotations

import contextlib
from typing import Any

import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.messages import UserText
from bot.web.api import build_api
from bot.web.border import Border
from bot.web.safety import Safety
from bot.web.sites import Sites
from bot.web.tokens import Tokens
from bot.web.visits import Visits
from bot.wiring import scratch_assistant
from retrieval.catalogue.item import Catalogue

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance,
]  # fmt: skip
HERE = {"Host": "127.0.0.1"}
HEALTH = list(HealthCheck)
EXAMPLES = 5  #: of one operation and mode; twelve found no more, and took 30 s on an idle machine


@pytest.fixture(scope="module")
def app(shop: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    app = FastAPI()
    visits = Visits(scratch_assistant(shop, tmp_path_factory.mktemp("fuzz")))
    app.state.conversation = visits.open("anna")
    list(visits.turn(app.state.conversation, UserText("a red jacket, I love wool")))
    safety = Safety("laptop", Sites(), Tokens("x" * 48))
    app.mount("/v1", build_api(visits, safety=safety))
    app.state.bordered = Border(app, safety, {})
    return app


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_as_the_document_says(app: FastAPI, shop: Catalogue, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", app.state.bordered, headers=HERE)
    real = {"conversation": app.state.conversation, "item": shop.items[0].id, "user": "anna"}
    tried = set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @hypothesis.settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=HEALTH)
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode), truly=st.booleans())
        def holds(case: Any, truly: bool) -> None:
            if truly:
                case.path_parameters |= {name: real[name] for name in case.path_parameters if name in real}
            response = case.call_and_validate(headers=HERE, checks=CHECKS)
            tried.add((case.operation.label, response.status_code))
            if response.status_code >= 400:
                assert response.headers["content-type"] == ["application/problem+json"]
                assert response.json()["hint"]

        with contextlib.suppress(Unsatisfiable):  # there is no wrong way to ask for the catalogue
            holds()
    right = {label for label, status in tried if status < 300}
    wrong = {label for label, status in tried if status == 422}
    assert len(right if mode is GenerationMode.POSITIVE else wrong) >= 6, sorted(tried)
