"""The HTTP application: health, and the chat page at the root. Knows FastAPI; the assistant is given.

Nothing is loaded from another host: no analytics, no fonts, no scripts.
"""

from __future__ import annotations

import os

from fastapi import FastAPI

from bot.assistant import Assistant
from bot.web.page import CSS, build_page
from bot.web.visits import Visits


def build_app(assistant: Assistant) -> FastAPI:
    """The application, ready for a server."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

    app = FastAPI(title="Chatalogue", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/v1/health")
    def health() -> dict[str, object]:
        """Alive and ready: the assistant is warm by the time the server listens."""
        catalogue = assistant.catalogue
        return {"status": "ready", "catalogue": catalogue.schema.name, "items": len(catalogue.items)}

    theme = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"])
    mounted: FastAPI = gr.mount_gradio_app(
        app, build_page(Visits(assistant)), path="/", run_history=False, show_error=False, footer_links=[], css=CSS,
        ssr_mode=False, enable_monitoring=False, theme=theme,
    )  # fmt: skip
    return mounted
