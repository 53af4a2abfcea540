"""A language model behind any server that speaks OpenAI's chat protocol (vLLM, llama.cpp, Ollama, hosted ones).

The prompt's control tokens become the roles of messages. How answers are held to their form is found out by probing, or
set; what a server writes in spite of it is caught by whoever reads the answer. Knows no slots and no catalogue.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import openai

from bot.llm.chat_stream import Asked, translated
from bot.llm.port import Completion, Grammar, Limits, ServerBusy, ServerUnavailable, Stopped
from bot.llm.probing import PROBE, QUESTION, Constraint, Probed, probe
from bot.understanding.tokens import PREFIX_HEAD, PREFIX_TAIL, SUFFIX_TAIL

_CONTROL = re.compile(r"<\|([^|<>\n]*)\|>")
_PAUSE_S = 0.2
_JSON_TOKENS = 4  #: JSON spends up to so many tokens where a line of the grammar spends one
_PROBE_TOKENS = 24
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Server:
    """Which server and model. `timeout_s`: without any sign of life; `retries`: after a failed connection or a 5xx.

    `constraint` "auto" probes when the server first answers.
    """

    base_url: str
    model: str
    api_key: str = field(default="none", repr=False)
    constraint: Constraint | Literal["auto"] = "auto"
    timeout_s: float = 30.0
    retries: int = 1


class ServerModel:
    """A LanguageModel on a server. Deadline and cancellation are looked at all the time, whatever the server does."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client = openai.OpenAI(base_url=server.base_url, api_key=server.api_key, max_retries=0)
        self._probed = None if server.constraint == "auto" else Probed(server.constraint)
        self._probing = threading.Lock()
        self._not_before = 0.0  # `perf_counter` until which the server asked to be left alone

    @property
    def identity(self) -> str:
        """Model and address; what a server does behind one name it does not tell."""
        return f"{self._server.model}@{self._server.base_url}"

    @property
    def form(self) -> Literal["lines", "json"]:
        """In which form answers come, as far as is known: that of the grammar, or JSON."""
        return "json" if self._probed is not None and self._probed.constraint == "json_schema" else "lines"

    @property
    def note(self) -> str:
        """How answers are held to their form, and why no better, in a line; empty before the server has answered."""
        return "" if self._probed is None else f"the model server {self._server.base_url!r} {self._probed.told}"

    def probe(self, deadline_s: float | None = None) -> Probed:
        """What the server can be held to, asked once and kept. Raises ServerUnavailable or ModelMissing."""
        if self._probed is not None:
            return self._probed
        end = None if deadline_s is None else time.perf_counter() + deadline_s
        if not self._probing.acquire(timeout=-1 if deadline_s is None else max(deadline_s, 0)):
            raise self._silent()
        try:
            if self._probed is None:
                self._probed = probe(lambda constraint: self._ask_probe(constraint, end))
            return self._probed
        finally:
            self._probing.release()

    def warm_up(self, prefix: str) -> None:
        """Probe, and let the server read `prefix` into its own cache. Raises ModelError when it does not answer."""
        self.probe()
        self.complete(prefix, f"hi{SUFFIX_TAIL}", None, Limits(max_tokens=1))

    def complete(self, prefix: str, suffix: str, grammar: Grammar | None, limits: Limits) -> Completion:
        """See LanguageModel. Raises ServerUnavailable, ModelMissing or GrammarRejected."""
        start = time.perf_counter()

        def left() -> float:
            spent = time.perf_counter() - start
            return float("inf") if limits.deadline_s is None else limits.deadline_s - spent

        def stop() -> Stopped | None:
            return "cancelled" if limits.cancelled() else ("deadline" if left() <= 0 else None)

        constraint: Constraint = "none" if grammar is None else self.probe(limits.deadline_s).constraint
        request = self._request(as_messages(prefix, suffix), constraint, grammar, limits.max_tokens)
        text, tokens, stopped = self._attempts(request, constraint, left, stop)
        return Completion(text, tokens, None, (time.perf_counter() - start) * 1000, stopped)

    def _ask_probe(self, constraint: Constraint, end: float | None) -> str:
        def left() -> float:
            return float("inf") if end is None else end - time.perf_counter()

        request = self._request([{"role": "user", "content": QUESTION}], constraint, PROBE, _PROBE_TOKENS)
        text, _, stopped = self._attempts(request, constraint, left, lambda: None if left() > 0 else "deadline")
        if stopped == "deadline":
            raise self._silent()
        return text

    def _attempts(
        self,
        request: dict[str, Any],
        constraint: Constraint,
        left: Callable[[], float],
        stop: Callable[[], Stopped | None],
    ) -> tuple[str, int, Stopped]:
        for attempt in range(self._server.retries + 1):
            if reason := self._wait(left, stop):
                return "", 0, reason
            asked = Asked(self._client, request, min(self._server.timeout_s, left()))
            try:
                with translated(self._server.base_url, self._server.model, constrained=constraint != "none"):
                    return asked.answer(stop)
            except ServerUnavailable as error:
                if isinstance(error, ServerBusy):
                    self._not_before = time.perf_counter() + error.wait_s
                if left() <= 0:
                    return "", 0, "deadline"
                if not error.retryable or attempt == self._server.retries:
                    raise
                self._not_before = max(self._not_before, time.perf_counter() + _PAUSE_S)
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, left: Callable[[], float], stop: Callable[[], Stopped | None]) -> Stopped | None:
        """Leave the server alone as long as it asked for; ServerBusy when that is longer than there is time."""
        wait = self._not_before - time.perf_counter()
        if wait >= min(left(), self._server.timeout_s):
            message = f"the model server {self._server.base_url!r} asked to be left alone for another {wait:.0f} s"
            raise ServerBusy(message, hint="it limits how often it is asked", wait_s=wait)
        while (reason := stop()) is None and time.perf_counter() < self._not_before:
            time.sleep(min(_POLL_S, max(self._not_before - time.perf_counter(), 0)))
        return reason

    def _request(
        self, messages: list[dict[str, str]], constraint: Constraint, grammar: Grammar | None, max_tokens: int
    ) -> dict[str, Any]:
        request: dict[str, Any] = {"model": self._server.model, "messages": messages, "temperature": 0.0}
        request["max_tokens"] = max_tokens
        if grammar is None or constraint == "none":
            return request
        if constraint == "json_schema":
            schema = {"name": "answer", "strict": True, "schema": dict(grammar.json_schema or {"type": "object"})}
            request["response_format"] = {"type": "json_schema", "json_schema": schema}
            request["max_tokens"] = max_tokens * _JSON_TOKENS
        elif constraint == "structured_outputs":
            request["extra_body"] = {"structured_outputs": {"grammar": grammar.lark}}
        else:
            request["extra_body"] = {"guided_grammar": grammar.lark, "guided_decoding_backend": "guidance"}
        return request

    def _silent(self) -> ServerUnavailable:
        message = f"the model server {self._server.base_url!r} did not answer in time"
        return ServerUnavailable(message, hint="is it overloaded?", retryable=True)


def as_messages(prefix: str, suffix: str) -> list[dict[str, str]]:
    """The prompt as chat messages. Control tokens that people typed lose their bars, so that no server obeys them."""
    system, _, user = prefix.removeprefix(PREFIX_HEAD).rpartition(PREFIX_TAIL)
    texts = {"system": system, "user": user + suffix.removesuffix(SUFFIX_TAIL)}
    return [{"role": role, "content": _CONTROL.sub(r"<\1>", text)} for role, text in texts.items() if text]
