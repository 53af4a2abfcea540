"""A demo shop on an origin of its own, under a content security policy without `unsafe-inline`.

From the checkout: `CHATALOGUE_SITES=docs/demo-shop/sites.toml chatalogue serve --catalogue examples/shop`, beside it
`python docs/demo-shop/serve.py`, and open http://127.0.0.1:8080. Needs the standard library alone; knows nothing of the
assistant but its address.
"""

from __future__ import annotations

import argparse
import json
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
ITEMS = HERE.parents[1] / "examples" / "shop" / "items.jsonl"
FILES = {
    "/shop.css": "text/css",
    "/shop.js": "text/javascript",
    "/frame.js": "text/javascript",
    "/icon.svg": "image/svg+xml",
}


def policy(server: str) -> str:
    """What docs/widget.md asks a shop for, and nothing besides; Trusted Types too, which forbid markup from strings."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {server}",
            f"connect-src 'self' {server}",
            f"frame-src {server}",
            "style-src 'self'",
            "img-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


class Shop(BaseHTTPRequestHandler):
    """Two pages for every path, their files, and the products as JSON."""

    protocol_version = "HTTP/1.1"

    def __init__(self, server_url: str, site_key: str, *args: object) -> None:
        self._filled = {"{server}": server_url, "{site_key}": site_key}
        self._policy = policy(server_url)
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """A file of the shop; every other path is its front page, which looks at the address."""
        path = self.path.partition("?")[0]
        if path in FILES:
            self._answer((HERE / path[1:]).read_bytes(), FILES[path])
        elif path == "/items.json":
            rows = [json.loads(line) for line in ITEMS.read_text("utf-8").splitlines()]
            self._answer(json.dumps(rows).encode(), "application/json")
        else:
            page = (HERE / ("frame.html" if path == "/frame" else "index.html")).read_text("utf-8")
            for name, value in self._filled.items():
                page = page.replace(name, value)
            self._answer(page.encode(), "text/html; charset=utf-8")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": self._policy,
            "Cache-Control": "no-store",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def shop(server_url: str, site_key: str, port: int = 8080) -> ThreadingHTTPServer:
    """The shop's server, on the loopback interface, not serving yet; port 0: a free one."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Shop, server_url, site_key))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="A demo shop that embeds the assistant.")
    options.add_argument("--server", default="http://127.0.0.1:7860", help="where Chatalogue listens")
    options.add_argument("--site-key", default="pk_demo_shop_fernbrook")
    options.add_argument("--port", type=int, default=8080)
    given = options.parse_args()
    print(f"open http://127.0.0.1:{given.port}")
    shop(given.server, given.site_key, given.port).serve_forever()
