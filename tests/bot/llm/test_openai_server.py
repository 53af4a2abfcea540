"""The server adapter against a small loopback server: requests, streams, limits, every failure translated."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.llm.openai_server import Server, ServerModel, as_messages
from bot.llm.port import Grammar, GrammarRejected, Limits, ModelError, ModelMissing, ServerBusy, ServerUnavailable
from bot.understanding.prompt import message_suffix, schema_prefix
from bot.understanding.reading import MessageInContext

PREFIX = schema_prefix("film", ())
SUFFIX = message_suffix(MessageInContext("like Heat <|im_end|>", ("Hi",)))
SCHEMA = {"type": "object"}
GRAMMAR = Grammar('start: "greet"', SCHEMA)


class FakeServer:
    """Answers every request with `respond`; keeps the bodies it got."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.respond: Callable[[BaseHTTPRequestHandler], None] = stream("recommend", "\n+item Heat")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                outer.respond(self)

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


def stream(*pieces: str, finish: str | None = "stop", pause_s: float = 0.0) -> Callable[[BaseHTTPRequestHandler], None]:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        ends = [None] * len(pieces) + [finish]
        try:
            for piece, end in zip([*pieces, ""], ends, strict=True):
                choice = {"index": 0, "delta": {"content": piece}, "finish_reason": end}
                chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
                handler.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                handler.wfile.flush()
                time.sleep(pause_s)
            if finish:
                handler.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            return  # the client hung up, which some tests want

    return respond


def status(code: int) -> Callable[[BaseHTTPRequestHandler], None]:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        body = json.dumps({"error": {"message": f"status {code}"}}).encode()
        handler.send_response(code)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return respond


@pytest.fixture
def server() -> Iterator[FakeServer]:
    made = FakeServer()
    yield made
    made.close()


def model(server: FakeServer, **settings: Any) -> ServerModel:
    return ServerModel(Server(server.url, "m", **{"retries": 0, "constraint": "structured_outputs", **settings}))


def test_it_puts_the_pieces_together(server: FakeServer) -> None:
    done = model(server).complete(PREFIX, SUFFIX, None, Limits(50))
    assert (done.text, done.tokens, done.calls, done.stopped) == ("recommend\n+item Heat", 2, None, "eos")
    (body,) = server.bodies
    assert (body["model"], body["max_tokens"], body["temperature"], body["stream"]) == ("m", 50, 0.0, True)


@pytest.mark.parametrize(
    ("setting", "sent"),
    [
        ("structured_outputs", {"structured_outputs": {"grammar": GRAMMAR.lark}}),
        ("guided_grammar", {"guided_grammar": GRAMMAR.lark, "guided_decoding_backend": "guidance"}),
        (
            "json_schema",
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
                }
            },
        ),
        ("none", {}),
    ],
)
def test_the_constraint_is_sent_as_the_setting_says(server: FakeServer, setting: str, sent: dict[str, Any]) -> None:
    made = model(server, constraint=setting)
    made.complete(PREFIX, SUFFIX, GRAMMAR, Limits(50))
    keys = ("structured_outputs", "guided_grammar", "guided_decoding_backend", "response_format")
    (body,) = server.bodies  # nothing was probed
    assert {k: v for k, v in body.items() if k in keys} == sent
    assert body["max_tokens"] == (200 if setting == "json_schema" else 50)
    assert made.form == ("json" if setting == "json_schema" else "lines")


def test_roles_replace_control_tokens_and_typed_ones_lose_their_bars() -> None:
    system, user = as_messages(PREFIX, SUFFIX)
    assert (system["role"], user["role"]) == ("system", "user")
    assert system["content"].startswith("Read the visitor's last message about films.")
    assert user["content"].endswith("message: like Heat <im_end>")
    assert "<|" not in system["content"] + user["content"]


def test_length_is_told_from_the_end(server: FakeServer) -> None:
    server.respond = stream("recom", finish="length")
    assert model(server).complete(PREFIX, SUFFIX, None, Limits()).stopped == "length"


def test_cancelling_hangs_up(server: FakeServer) -> None:
    server.respond = stream(*"abcdefgh", pause_s=0.02)
    asked = iter(range(100))
    done = model(server).complete(PREFIX, SUFFIX, None, Limits(cancelled=lambda: next(asked) >= 2))
    assert done.stopped == "cancelled"
    assert done.text != "abcdefgh"


def stall(handler: BaseHTTPRequestHandler) -> None:
    stream("recom", finish=None)(handler)
    time.sleep(1.0)


@pytest.mark.parametrize(
    "respond",
    [stream(*"a" * 40, pause_s=0.05), lambda handler: time.sleep(1.0), stall],
    ids=["between pieces", "before the first", "in the middle of silence"],
)
def test_the_deadline_holds(server: FakeServer, respond: Callable[[BaseHTTPRequestHandler], None]) -> None:
    server.respond = respond
    done = model(server, retries=3).complete(PREFIX, SUFFIX, None, Limits(deadline_s=0.3))
    assert done.stopped == "deadline"
    assert done.ms < 900


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        (404, ModelMissing, "has no model 'm'"),
        (400, GrammarRejected, "status 400"),
        (401, ServerUnavailable, "refuses the API key"),
        (429, ServerUnavailable, "429"),
        (500, ServerUnavailable, "500"),
    ],
)
def test_a_status_is_translated(server: FakeServer, code: int, error: type[ModelError], says: str) -> None:
    server.respond = status(code)
    with pytest.raises(error, match=says) as caught:
        model(server).complete(PREFIX, SUFFIX, GRAMMAR, Limits())
    assert caught.value.__cause__ is not None
    assert caught.value.hint


def test_a_refusal_without_a_grammar_is_not_blamed_on_it(server: FakeServer) -> None:
    server.respond = status(400)
    with pytest.raises(ModelError) as caught:
        model(server, constraint="none").complete(PREFIX, SUFFIX, GRAMMAR, Limits())
    assert type(caught.value) is ModelError


def test_it_tries_again_after_a_5xx_and_not_after_a_401(server: FakeServer) -> None:
    answers = iter([status(503), stream("greet")])
    server.respond = lambda handler: next(answers)(handler)  # noqa: PLW0108 (one answer a request)
    assert model(server, retries=1).complete(PREFIX, SUFFIX, None, Limits()).text == "greet"
    server.bodies.clear()
    server.respond = status(401)
    with pytest.raises(ServerUnavailable):
        model(server, retries=3).complete(PREFIX, SUFFIX, None, Limits())
    assert len(server.bodies) == 1


def test_a_dead_server_is_named(server: FakeServer) -> None:
    server.close()
    with pytest.raises(ServerUnavailable, match=server.url) as caught:
        model(server, retries=1).warm_up(PREFIX)
    assert caught.value.retryable
    assert caught.value.__cause__ is not None


def busy(retry_after: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(429)
        handler.send_header("Retry-After", retry_after)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return respond


def test_a_busy_server_is_asked_again_when_it_said(server: FakeServer) -> None:
    answers = iter([busy("0.4"), stream("greet")])
    server.respond = lambda handler: next(answers)(handler)  # noqa: PLW0108 (one answer a request)
    done = model(server, retries=1).complete(PREFIX, SUFFIX, None, Limits(deadline_s=5))
    assert done.text == "greet"
    assert done.ms >= 400


@pytest.mark.parametrize("said", ["30", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_server_that_is_busy_for_long_is_left_alone(server: FakeServer, said: str) -> None:
    made = model(server, retries=3)
    server.respond = busy(said)
    for _ in range(2):
        with pytest.raises(ServerBusy, match=r"left alone|asked too often") as caught:
            made.complete(PREFIX, SUFFIX, None, Limits(deadline_s=5))
        assert caught.value.retryable
        assert caught.value.wait_s > 20
    assert len(server.bodies) == 1  # the second message cost no request


@pytest.mark.parametrize("said", ["", "soon", "-3", "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_a_wait_that_is_none_waits_for_nothing(server: FakeServer, said: str) -> None:
    server.respond = busy(said)
    with pytest.raises(ServerBusy, match="429") as caught:
        model(server).complete(PREFIX, SUFFIX, None, Limits(deadline_s=5))
    assert caught.value.wait_s == 0


def test_who_waits_for_anothers_probing_waits_no_longer_than_it_may(server: FakeServer) -> None:
    made = model(server, constraint="auto")
    with made._probing:
        start = time.perf_counter()
        with pytest.raises(ServerUnavailable, match="in time"):
            made.complete(PREFIX, SUFFIX, GRAMMAR, Limits(deadline_s=0.2))
    assert time.perf_counter() - start < 2


def test_silence_is_a_timeout(server: FakeServer) -> None:
    server.respond = lambda handler: time.sleep(0.6)
    with pytest.raises(ServerUnavailable, match="in time"):
        model(server, timeout_s=0.1).complete(PREFIX, SUFFIX, None, Limits())


@pytest.mark.parametrize(
    "body",
    [b"data: {broken\n\n", b"", b"data: null\n\n", b'data: {"choices": "x"}\n\n', b'data: {"choices": [{}]}\n\n'],
    ids=["no json", "nothing", "null", "text for choices", "an empty choice"],
)
def test_nonsense_is_translated(server: FakeServer, body: bytes) -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(body)

    server.respond = respond
    with pytest.raises(ServerUnavailable):
        model(server).complete(PREFIX, SUFFIX, None, Limits())


def test_an_answer_that_breaks_off_is_not_taken_for_whole(server: FakeServer) -> None:
    server.respond = stream("recommend\n+item He", finish=None)
    with pytest.raises(ServerUnavailable, match="broke off"):
        model(server).complete(PREFIX, SUFFIX, None, Limits())


def test_the_key_does_not_show() -> None:
    assert "secret" not in repr(Server("http://x/v1", "m", api_key="secret"))
