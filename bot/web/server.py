"""The HTTP application: the JSON API under `/v1`, and the chat page at the root, behind one border.

Nothing is loaded from another host: no analytics, no fonts, no scripts. Knows FastAPI; the assistant is given.
"""

from __future__ import annotations

import os
import secrets
from functools import partial

from fastapi import FastAPI
from starlette.types import ASGIApp

from bot.assistant import Assistant
from bot.web.admission import Admission
from bot.web.api import build_api
from bot.web.border import Border
from bot.web.embed import add_embed
from bot.web.headers import embed_policy, page_policy, picture_hosts
from bot.web.inline import InlineScripts
from bot.web.layout import CSS, I18N, build_page
from bot.web.metrics import Metrics
from bot.web.problems import BodyLimit
from bot.web.safety import Safety
from bot.web.sites import Sites
from bot.web.tokens import Tokens
from bot.web.visits import Visits
from bot.web.widget.routes import add_widget

PAGE_BODY_LIMIT = 1024 * 1024  #: bytes of one request of the page, which sends the whole dialogue back
EMBED = "/embed"
PUBLIC = ("/widget",)  #: beginnings of the paths of files that pages of sites load


def build_app(assistant: Assistant, safety: Safety | None = None, admission: Admission | None = None) -> ASGIApp:
    """The application, ready for a server; its turns go by way of `admission`.

    Without `safety` everybody is a stranger, and nobody is counted.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

    safety = safety or Safety("open", Sites(), Tokens(secrets.token_urlsafe(48)))
    app = FastAPI(title="Chatalogue", docs_url=None, redoc_url=None, openapi_url=None)
    # conversations of its own: however many a program opens, no visitor of the page is let go for them
    admission = admission or Admission()
    metrics, visits = Metrics(), Visits(assistant, admission=admission)
    metrics.watch(visits)
    app.mount("/v1", build_api(Visits(assistant, admission=admission), safety=safety, metrics=metrics))
    add_widget(app)
    pictures = picture_hosts(assistant.catalogue)
    add_embed(app, safety.sites, partial(embed_policy, pictures))
    theme = gr.themes.Base(primary_hue="teal", font=["system-ui", "sans-serif"], font_mono=["monospace"])
    page = build_page(visits)
    mounted: FastAPI = gr.mount_gradio_app(
        app, page, path="/", run_history=False, show_error=False, footer_links=[], css=CSS,
        ssr_mode=False, enable_monitoring=False, theme=theme, max_file_size=1, i18n=I18N,
    )  # fmt: skip
    policies = {"": page_policy(pictures), EMBED: embed_policy(pictures)}
    inner = BodyLimit(InlineScripts(mounted, policies[""]), PAGE_BODY_LIMIT)
    return Border(inner, safety, policies, PUBLIC, metrics.refused)
