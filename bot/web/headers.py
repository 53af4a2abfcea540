"""The headers that tell a browser what a page may do: content security policy, framing, sniffing, referrers,
permissions.

Gradio compiles templates while it runs, so the page's policy has to allow that (without `unsafe-eval` nothing appears),
and writes inline styles; its inline scripts are named one by one (`inline.py`). The page loads nothing from and sends
nothing to another host, but the catalogue's own pictures. The API's answers may do nothing at
all. Knows no request beyond its path.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from retrieval.catalogue.item import Catalogue

MOST_HOSTS = 20  #: of pictures that a policy names one by one; a catalogue with more gets every https host
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}
SCRIPTS = "script-src 'self' 'unsafe-inline'"
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


def picture_hosts(catalogue: Catalogue) -> tuple[str, ...]:
    """The origins that the catalogue's pictures come from, as a policy's `img-src` names them."""
    parts = [urlsplit(item.image.strip()) for item in catalogue.items if item.image]
    hosts = sorted({f"{p.scheme}://{p.netloc}" for p in parts if p.scheme in ("http", "https") and _is_plain(p.netloc)})
    return tuple(hosts) if len(hosts) <= MOST_HOSTS else ("https:",)


def page_policy(pictures: Iterable[str]) -> str:
    """The policy of the chat page."""
    return "; ".join(
        (
            "default-src 'self'",
            f"{SCRIPTS} 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            " ".join(("img-src 'self' data: blob:", *pictures)),
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            *_enclosed(()),
        )
    )


def embed_policy(pictures: Iterable[str], framed_by: Iterable[str] = ()) -> str:
    """The policy of the page with the widget, which needs no inline script; `framed_by`: origins that may frame it."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            " ".join(("img-src 'self' data:", *pictures)),
            "connect-src 'self'",
            *_enclosed(framed_by),
        )
    )


def _enclosed(framed_by: Iterable[str]) -> tuple[str, ...]:
    framing = " ".join(("frame-ancestors 'self'", *sorted(framed_by)))
    return ("object-src 'none'", "base-uri 'self'", "form-action 'self'", framing)


def _is_plain(netloc: str) -> bool:
    """Whether a place can stand in a policy: no name and password, nothing that ends a directive."""
    return bool(netloc) and not set(netloc) & set("@;, '\"")
