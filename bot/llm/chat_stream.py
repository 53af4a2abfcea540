"""One streamed request to a chat server: its pieces as they come, and every failure translated.

A thread of its own waits for the server, so that whoever asks can stop at any moment, in the middle of silence too.
Knows the protocol; knows no prompt and no constraint.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import openai

from bot.llm.port import GrammarRejected, ModelError, ModelMissing, ServerBusy, ServerUnavailable, Stopped

_POLL_S = 0.05
Piece = tuple[str, str | None]  #: text, and why the answer ended


class BrokenOff(Exception):
    """The stream ended before the answer did."""


class Asked:
    """A request on its way. `timeout_s`: without a sign of life."""

    def __init__(self, client: openai.OpenAI, request: dict[str, Any], timeout_s: float) -> None:
        self._client, self._request, self._timeout_s = client, request, timeout_s
        self._arrived: queue.SimpleQueue[Piece | Exception | None] = queue.SimpleQueue()
        self._hung_up = threading.Event()

    def answer(self, stop: Callable[[], Stopped | None]) -> tuple[str, int, Stopped]:
        """Text, pieces and why it ended. Raises what the client raised, or BrokenOff.

        After a stop the thread ends with the next piece, or when the server has been silent for `timeout_s`.
        """
        threading.Thread(target=self._listen, name="model server", daemon=True).start()
        text, pieces, finish = "", 0, None
        while True:
            if finish is None and (reason := stop()):
                self._hung_up.set()
                return text, pieces, reason
            try:
                got = self._arrived.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if isinstance(got, Exception):
                raise got
            if got is None:
                break
            text, pieces, finish = text + got[0], pieces + bool(got[0]), got[1] or finish
        if finish is None:
            raise BrokenOff
        return text, pieces, "length" if finish == "length" else "eos"

    def _listen(self) -> None:
        try:
            client = self._client.with_options(timeout=self._timeout_s)
            with client.chat.completions.create(**self._request, stream=True) as stream:
                for chunk in stream:
                    if self._hung_up.is_set():
                        return
                    for piece in _pieces(chunk):
                        self._arrived.put(piece)
            self._arrived.put(None)
        except Exception as error:  # carried into the thread that asked, which translates it
            self._arrived.put(error)


def _pieces(chunk: Any) -> Iterator[Piece]:
    """The first choice's text of a chunk, which may be of any shape. Raises ValueError for a wrong one."""
    try:
        for choice in chunk.choices[:1]:
            yield str(choice.delta.content or ""), choice.finish_reason
    except (AttributeError, TypeError, KeyError) as error:
        raise ValueError(f"not a chunk of an answer: {str(chunk)[:80]!r}") from error


@contextmanager
def translated(base_url: str, model: str, *, constrained: bool) -> Iterator[None]:
    """Whatever the client raises inside becomes a ModelError with the cause kept."""
    where = f"the model server {base_url!r}"
    try:
        yield
    except openai.NotFoundError as error:
        hint = "check the base URL (it usually ends in /v1) and the model's name"
        raise ModelMissing(f"{where} has no model {model!r}", hint=hint) from error
    except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
        raise _refused(where, error, constrained=constrained) from error
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise ServerUnavailable(f"{where} refuses the API key", hint="set another key") from error
    except openai.RateLimitError as error:
        message = f"{where} answered with status 429: asked too often"
        raise ServerBusy(message, hint="it limits how often it is asked", wait_s=_retry_after_s(error)) from error
    except (openai.APITimeoutError, httpx.TimeoutException) as error:
        message = f"{where} did not answer in time"
        raise ServerUnavailable(message, hint="is it overloaded?", retryable=True) from error
    except BrokenOff as error:
        message = f"{where} broke off in the middle of its answer"
        raise ServerUnavailable(message, hint="look at the server's log", retryable=True) from error
    except (openai.OpenAIError, httpx.HTTPError, ValueError) as error:
        status = getattr(error, "status_code", None)
        what = f"answered with status {status}" if status else "cannot be reached or does not speak the protocol"
        retryable = status is None or status >= 500
        raise ServerUnavailable(f"{where} {what}", hint="is it running?", retryable=retryable) from error


def _refused(where: str, error: openai.APIStatusError, *, constrained: bool) -> ModelError:
    message = f"{where} refuses the request: {str(error)[:200]}"
    if constrained:
        return GrammarRejected(message, hint="set CHATALOGUE_LLM_CONSTRAINT to what the server can do, or to auto")
    return ModelError(message, hint="check the model's name and its context length")


def _retry_after_s(error: openai.APIStatusError) -> float:
    """Seconds of the Retry-After field (RFC 9110, 10.2.3: a number or a date); 0 when there is none or it is past."""
    given = error.response.headers.get("retry-after", "")
    try:
        return max(float(given), 0.0)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return 0.0
