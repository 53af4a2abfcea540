"""`/widget/v1/chatalogue.js`: the widget's script, for pages of any origin. Knows FastAPI; knows no assistant."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response

from bot.web.widget.bundle import widget

PATH = "/widget/v1/chatalogue.js"
KEPT = "public, max-age=3600, stale-while-revalidate=604800"
"""An upgrade of the server reaches pages within an hour; until a week later a browser may use what it has meanwhile."""


def add_widget(app: FastAPI) -> None:
    """The route. The script is the same for everybody and holds no secret; which pages may *read* it as data, as an
    integrity check does, the border says by their origin."""

    def script(request: Request) -> Response:
        bundle = widget()
        zipped = "gzip" in request.headers.get("accept-encoding", "")
        etag = f'"{bundle.digest}{"-gz" if zipped else ""}"'
        headers = {
            "Cache-Control": KEPT,
            "ETag": etag,
            "Vary": "Accept-Encoding",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if zipped:
            headers["Content-Encoding"] = "gzip"
        body = bundle.compressed if zipped else bundle.text
        return Response(body, headers=headers, media_type="text/javascript")

    app.add_api_route(PATH, script, methods=["GET", "HEAD"], include_in_schema=False)
