"""The JSON API under `/v1`, put together from its routes. Each group of routes has a file of its own.

`talk.py` has conversations, `users.py` what is known of a visitor, `browsing.py` the catalogue, `probes.py` what
operators ask. Knows FastAPI; knows no conversation.

Who asks is the token's visitor (`token_route.py`, `identity.py`), whose conversations and profile are nobody else's.
Without a token a `user` is believed as sent, with the history of that name, only where the visitor is the person at the
machine.
"""

from __future__ import annotations

from fastapi import Depends, FastAPI

from bot.web.bodies import HINTS
from bot.web.border import TOKEN
from bot.web.browsing import Browsing, add_browsing
from bot.web.identity import identifying, owning
from bot.web.probes import Probes, add_probes
from bot.web.problems import BodyLimit, answer_with_problems
from bot.web.safety import Safety
from bot.web.talk import Talk, add_talk
from bot.web.token_route import A_TOKEN, TokenDesk, add_token
from bot.web.users import Users, add_users
from bot.web.visits import Visits

BODY_LIMIT = 64 * 1024  #: bytes of one request


def build_api(visits: Visits, *, believes_users: bool = False, safety: Safety | None = None) -> FastAPI:
    """The API as an application of its own, to be mounted at `/v1`.

    With `safety` it gives tokens, and a token that the border let pass says who asks. Without a token a `user` is taken
    as sent where `believes_users`, or the safety says so, and refused elsewhere.
    """
    identify = identifying(safety.believes_users if safety else believes_users)
    assistant = visits.assistant
    api = FastAPI(
        title="Chatalogue", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(owning(visits))]
    )
    api.add_middleware(BodyLimit, limit=BODY_LIMIT)
    answer_with_problems(api, {**HINTS, TOKEN: A_TOKEN})
    add_probes(api, Probes(assistant))
    add_browsing(api, Browsing(assistant.catalogue))
    add_talk(api, Talk(visits, identify))
    add_users(api, Users(assistant.stages.memory, identify))
    if safety is not None:
        add_token(api, TokenDesk(safety))
    return api
