"""A bench at a running server: over HTTP, or through the widget in a browser; and what cannot be done there.

Knows the two ways of talking to a server; knows no assistant.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from bot.conversations.bench import Talk, Visit
from bot.conversations.http_talk import open_http, remote_catalogue
from bot.conversations.loading import Case
from bot.conversations.nodes import ScriptError
from bot.conversations.vocabulary import opened
from bot.conversations.widget_talk import WidgetPages

WIDGET = "widget:"  #: before the URL of a server, whose widget is talked to in a browser
HERE = "run it in process (--conv-target inproc; chatalogue test: --target inproc)"


#: taps that the widget answers nothing to, and what it does instead
UNANSWERED = {
    "accept": "accept (what goes into its cart is the shop's; say \"I'll take it\")",
    "click": "click (it opens the page of the item)",
}


def no_button_for(case: Case) -> str | None:
    """The first step of `case` that a visitor of the widget cannot take; None: there is none."""
    for turn in case.turns:
        if turn.action is not None and turn.action.kind in UNANSWERED:
            return UNANSWERED[turn.action.kind]
        said = turn.user or turn.any_of or turn.action is not None
        if not said and turn.hints is None and turn.new is None:
            return "this step: " + ", ".join(sorted(turn.model_fields_set - {"expect"}))
    return "new at the beginning" if case.turns[0].new else None


class RemoteBench:
    """A Bench at a running `chatalogue serve`. Visitors get names of their own, since it keeps what they do."""

    def __init__(self, target: str, catalogue: Path) -> None:
        url = target.removeprefix(WIDGET)
        self.catalogue = opened(catalogue)
        served, fingerprint = remote_catalogue(url)
        name = self.catalogue.schema.name
        if served != name:
            raise ScriptError(
                f"{url} serves the catalogue {served!r}, the script is about {name!r}",
                hint="start a server with that catalogue, or leave the script out with -k",
            )
        if fingerprint != self.catalogue.fingerprint:
            raise ScriptError(
                f"{url} serves another state of the catalogue {name!r} than the one here",
                hint="start the server again with this one",
            )
        self._open: Callable[[str | None], Talk] = WidgetPages(url) if url != target else open_http(url)
        self._names: dict[str, str] = {}

    def begin(self, visit: Visit) -> Talk:
        """See Bench."""
        if visit.history:
            raise ScriptError("a visitor's history cannot be made on a server", hint=HERE)
        if visit.user is None:
            return self._open(None)
        self._names[visit.user] = f"{visit.user}-{uuid4().hex[:12]}"
        return self._open(self._names[visit.user])

    def again(self, _: Visit) -> Talk:
        """See Bench."""
        raise ScriptError("a server cannot be restarted from here", hint=HERE)

    def wait(self, _: float) -> None:
        """See Bench."""
        raise ScriptError("a server's clock cannot be set from here", hint=HERE)

    def expecting(self, step: int, message: str, model: str | None, words: str | None = None) -> None:
        """See Bench."""

    def effort(self) -> None:
        """See Bench: what a server does with its model is not told."""

    def close(self) -> None:
        """End the browser, where there is one."""
        if isinstance(self._open, WidgetPages):
            self._open.close()
