"""The JSON API under `/v1`, put together from its routes. Each group of routes has a file of its own.

`talk.py` has conversations, `users.py` what is known of a visitor, `browsing.py` the catalogue, `probes.py` what
operators ask. Knows FastAPI; knows no conversation.

There are no identities yet. A `user` is believed as sent, with the history of that name. So a `user` is taken only
while the server listens on the loopback interface, where the visitor is the person at the machine; elsewhere it is
refused until identity comes signed. A proxy that publishes a loopback server defeats this: have it refuse `user`, or
listen on an address of its own.
"""

from __future__ import annotations

from fastapi import FastAPI

from bot.web.bodies import HINTS
from bot.web.browsing import Browsing, add_browsing
from bot.web.probes import Probes, add_probes
from bot.web.problems import BodyLimit, answer_with_problems
from bot.web.talk import Talk, add_talk
from bot.web.users import Identify, Users, add_users, believing
from bot.web.visits import Visits

BODY_LIMIT = 64 * 1024  #: bytes of one request


def build_api(visits: Visits, *, believes_users: bool = False, identify: Identify | None = None) -> FastAPI:
    """The API as an application of its own, to be mounted at `/v1`.

    `identify` says who asks; without one a `user` is taken as sent where `believes_users`, and refused elsewhere.
    """
    identify = identify or believing(believes_users)
    assistant = visits.assistant
    api = FastAPI(title="Chatalogue", docs_url=None, redoc_url=None, openapi_url=None)
    api.add_middleware(BodyLimit, limit=BODY_LIMIT)
    answer_with_problems(api, HINTS)
    add_probes(api, Probes(assistant))
    add_browsing(api, Browsing(assistant.catalogue))
    add_talk(api, Talk(visits, identify))
    add_users(api, Users(assistant.stages.memory, identify))
    return api
