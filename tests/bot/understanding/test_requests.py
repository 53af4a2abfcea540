"""Requests to the assistant: what fires, and what must not."""

from __future__ import annotations

import pytest

from bot.understanding.reading import Request
from bot.understanding.requests import detect_request

FIRES = {
    Request.UNDO: [
        "undo",
        "Undo that please",
        "forget that I said no horror",
        "never mind the price",
        "scrap that",
        "drop the horror filter",
    ],
    Request.START_OVER: ["start over", "let's start again", "can we start over?", "reset", "forget everything"],
    Request.SHOW_MEMORY: ["what do you know about me?", "what do you remember about me"],
    Request.FORGET_ME: ["forget everything you know about me", "delete my data"],
    Request.CAPABILITIES: ["what can you do?", "help", "how does this work?"],
    Request.WHY: ["why did you recommend this?", "why that one", "why?", "why the second one?"],
    Request.DESCRIBE: [
        "tell me about the second",
        "what's it about",
        "describe it",
        "what is Inception about?",
        "tell me more",
    ],
}


@pytest.mark.parametrize(("request_", "text"), [(r, t) for r, texts in FIRES.items() for t in texts])
def test_fires(request_: Request, text: str) -> None:
    assert detect_request(text) is request_


@pytest.mark.parametrize(
    "text",
    [
        "I never forget a face",
        "any movies about memory?",
        "forget about it, jake",
        "what do you know about Heat?",
        "a movie that starts over and over",
        "tell me more movies like Heat",
        "tell me something funny",
        "tell me about a movie with cats",
        "What about the price?",
        "help me find a comedy",
        "never mind, give me horror",
        "why is everyone obsessed with Dune",
        "I don't mind horror",
        "I like horror",
    ],
)
def test_does_not_fire_by_accident(text: str) -> None:
    assert detect_request(text) is None
