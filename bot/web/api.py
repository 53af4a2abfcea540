"""The JSON API under `/v1`, put together from its routes. Each group of routes has a file of its own.

`talk.py` has conversations, `behaviour.py` what visitors did on pages, `users.py` what is known of a visitor,
`browsing.py` the catalogue, `probes.py` what operators ask, `openapi.py` the document of it all. Knows FastAPI; knows
no conversation.

Who asks is the token's visitor (`token_route.py`, `identity.py`), whose conversations and profile are nobody else's.
Without a token a `user` is believed as sent, with the history of that name, only where the visitor is the person at the
machine.
"""

from __future__ import annotations

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from bot.web.behaviour import Behaviour, add_behaviour
from bot.web.bodies import HINTS
from bot.web.border import TOKEN
from bot.web.browsing import Browsing, add_browsing
from bot.web.identity import identifying, owning
from bot.web.metrics import Metrics
from bot.web.openapi import add_openapi
from bot.web.probes import Probes, add_probes
from bot.web.problems import BodyLimit, answer_with_problems
from bot.web.safety import Safety
from bot.web.talk import Talk, add_talk
from bot.web.token_route import A_TOKEN, TokenDesk, add_token
from bot.web.users import Users, add_users
from bot.web.visits import Visits

BODY_LIMIT = 64 * 1024  #: bytes of one request


def build_api(
    visits: Visits, *, believes_users: bool = False, safety: Safety | None = None, metrics: Metrics | None = None
) -> FastAPI:
    """The API as an application of its own, to be mounted at `/v1`.

    With `safety` it gives tokens, and a token that the border let pass says who asks. Without a token a `user` is taken
    as sent where `believes_users`, or the safety says so, and refused elsewhere. `metrics` count what it does.
    """
    identify = identifying(safety.believes_users if safety else believes_users)
    metrics = metrics or Metrics()
    metrics.watch(visits)
    assistant = visits.assistant
    api = FastAPI(
        title="Chatalogue", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(owning(visits))],
        generate_unique_id_function=_named,
    )  # fmt: skip
    api.add_middleware(BodyLimit, limit=BODY_LIMIT)
    answer_with_problems(api, {**HINTS, TOKEN: A_TOKEN}, metrics.refused)
    add_probes(api, Probes(visits, metrics, _metrics_token(safety)))
    add_browsing(api, Browsing(assistant.catalogue))
    add_talk(api, Talk(visits, identify))
    add_behaviour(api, Behaviour(visits, metrics))
    add_users(api, Users(assistant.stages.memory, identify))
    if safety is not None:
        add_token(api, TokenDesk(safety))
    add_openapi(api)
    return api


def _metrics_token(safety: Safety | None) -> str | None:
    """Who may see the metrics, as `Probes` takes it."""
    return "" if safety is None or safety.exposure == "laptop" else safety.metrics_token


def _named(route: APIRoute) -> str:
    """The operation's id: the name of the method that answers."""
    return route.name
