"""The HTTP application: the JSON API under `/v1`, and the chat page at the root. Knows FastAPI; the assistant is given.

Nothing is loaded from another host: no analytics, no fonts, no scripts.
"""

from __future__ import annotations

import os

from fastapi import FastAPI

from bot.assistant import Assistant
from bot.web.api import build_api
from bot.web.layout import CSS, build_page
from bot.web.visits import Visits


def build_app(assistant: Assistant, *, believes_users: bool = False) -> FastAPI:
    """The application, ready for a server; `believes_users` as in `bot.web.api`."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

    app = FastAPI(title="Chatalogue", docs_url=None, redoc_url=None, openapi_url=None)
    # conversations of its own: however many a program opens, no visitor of the page is let go for them
    app.mount("/v1", build_api(Visits(assistant), believes_users=believes_users))
    theme = gr.themes.Base(primary_hue="teal", font=["system-ui", "sans-serif"], font_mono=["monospace"])
    mounted: FastAPI = gr.mount_gradio_app(
        app, build_page(Visits(assistant)), path="/", run_history=False, show_error=False, footer_links=[], css=CSS,
        ssr_mode=False, enable_monitoring=False, theme=theme,
    )  # fmt: skip
    return mounted
