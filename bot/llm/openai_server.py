"""A language model behind any server that speaks OpenAI's chat protocol (vLLM, llama.cpp, Ollama, hosted ones).

The prompt's control tokens become the roles of messages. Whether and how the server is told the grammar is a setting;
a server that ignores it is caught by whoever reads the answer. Knows no slots and no catalogue.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
import openai

from bot.llm.port import (
    Completion,
    Grammar,
    GrammarRejected,
    Limits,
    ModelError,
    ModelMissing,
    ServerUnavailable,
    Stopped,
)
from bot.understanding.tokens import PREFIX_HEAD, PREFIX_TAIL, SUFFIX_TAIL

#: How the grammar is sent: vLLM from 0.12 (backend guidance), vLLM before, not at all.
GrammarField = Literal["structured_outputs", "guided_grammar", "none"]
_CONTROL = re.compile(r"<\|([^|<>\n]*)\|>")
_PAUSE_S = 0.2


@dataclass(frozen=True, slots=True)
class Server:
    """Which server and model. `timeout_s`: without any sign of life; `retries`: after a failed connection or a 5xx."""

    base_url: str
    model: str
    api_key: str = field(default="none", repr=False)
    grammar: GrammarField = "structured_outputs"
    timeout_s: float = 30.0
    retries: int = 1


class ServerModel:
    """A LanguageModel on a server. Deadline and cancellation are looked at with every piece that arrives."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client = openai.OpenAI(base_url=server.base_url, api_key=server.api_key, max_retries=0)

    @property
    def identity(self) -> str:
        """Model and address; what a server does behind one name it does not tell."""
        return f"{self._server.model}@{self._server.base_url}"

    def warm_up(self, prefix: str) -> None:
        """Let the server read `prefix`, into its own prefix cache. Raises ModelError when it does not answer."""
        self.complete(prefix, f"hi{SUFFIX_TAIL}", None, Limits(max_tokens=1))

    def complete(self, prefix: str, suffix: str, grammar: Grammar | None, limits: Limits) -> Completion:
        """See LanguageModel. Raises ServerUnavailable, ModelMissing or GrammarRejected."""
        start = time.perf_counter()

        def left() -> float:
            spent = time.perf_counter() - start
            return float("inf") if limits.deadline_s is None else limits.deadline_s - spent

        def stop() -> Stopped | None:
            return "cancelled" if limits.cancelled() else ("deadline" if left() <= 0 else None)

        request = self._request(prefix, suffix, grammar, limits.max_tokens)
        text, tokens, stopped = self._attempts(request, left, stop)
        return Completion(text, tokens, None, (time.perf_counter() - start) * 1000, stopped)

    def _attempts(
        self, request: dict[str, Any], left: Callable[[], float], stop: Callable[[], Stopped | None]
    ) -> tuple[str, int, Stopped]:
        for attempt in range(self._server.retries + 1):
            if reason := stop():
                return "", 0, reason
            try:
                with self._translated():
                    return self._stream(request, min(self._server.timeout_s, left()), stop)
            except ServerUnavailable as error:
                if left() <= 0:
                    return "", 0, "deadline"
                if not error.retryable or attempt == self._server.retries:
                    raise
                time.sleep(min(_PAUSE_S, max(left(), 0)))
        raise AssertionError("the last attempt returns or raises")

    def _stream(
        self, request: dict[str, Any], timeout_s: float, stop: Callable[[], Stopped | None]
    ) -> tuple[str, int, Stopped]:
        text, pieces, finish = "", 0, None
        with self._client.with_options(timeout=timeout_s).chat.completions.create(**request, stream=True) as stream:
            for chunk in stream:
                for choice in chunk.choices[:1]:
                    piece = choice.delta.content or ""
                    text, pieces = text + piece, pieces + bool(piece)
                    finish = choice.finish_reason or finish
                if finish is None and (reason := stop()):
                    return text, pieces, reason
        if finish is None:
            raise ServerUnavailable(
                f"the model server {self._server.base_url!r} broke off in the middle of its answer",
                hint="look at the server's log",
                retryable=True,
            )
        return text, pieces, "length" if finish == "length" else "eos"

    def _request(self, prefix: str, suffix: str, grammar: Grammar | None, max_tokens: int) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self._server.model,
            "messages": as_messages(prefix, suffix),
            "max_tokens": max_tokens,
            "temperature": 0.0,
        }
        if grammar is not None and self._server.grammar == "structured_outputs":
            request["extra_body"] = {"structured_outputs": {"grammar": grammar.lark}}
        elif grammar is not None and self._server.grammar == "guided_grammar":
            request["extra_body"] = {"guided_grammar": grammar.lark, "guided_decoding_backend": "guidance"}
        return request

    @contextmanager
    def _translated(self) -> Iterator[None]:
        where = f"the model server {self._server.base_url!r}"
        try:
            yield
        except openai.NotFoundError as error:
            hint = "check the base URL (it usually ends in /v1) and the model's name"
            raise ModelMissing(f"{where} has no model {self._server.model!r}", hint=hint) from error
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            raise self._refused(where, error) from error
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise ServerUnavailable(f"{where} refuses the API key", hint="set another key") from error
        except (openai.APITimeoutError, httpx.TimeoutException) as error:
            message = f"{where} did not answer in time"
            raise ServerUnavailable(message, hint="is it overloaded?", retryable=True) from error
        except (openai.OpenAIError, httpx.HTTPError, ValueError) as error:
            status = getattr(error, "status_code", None)
            what = f"answered with status {status}" if status else "cannot be reached or does not speak the protocol"
            retryable = status is None or status == 429 or status >= 500
            raise ServerUnavailable(f"{where} {what}", hint="is it running?", retryable=retryable) from error

    def _refused(self, where: str, error: openai.APIStatusError) -> ModelError:
        said = str(error)[:200]
        if self._server.grammar == "none":
            return ModelError(
                f"{where} refuses the request: {said}", hint="check the model's name and its context length"
            )
        return GrammarRejected(
            f"{where} refuses the request: {said}",
            hint="if it cannot read llguidance's Lark grammars, choose the grammar setting 'none'",
        )


def as_messages(prefix: str, suffix: str) -> list[dict[str, str]]:
    """The prompt as chat messages. Control tokens that people typed lose their bars, so that no server obeys them."""
    system, _, user = prefix.removeprefix(PREFIX_HEAD).rpartition(PREFIX_TAIL)
    texts = {"system": system, "user": user + suffix.removesuffix(SUFFIX_TAIL)}
    return [{"role": role, "content": _CONTROL.sub(r"<\1>", text)} for role, text in texts.items() if text]
