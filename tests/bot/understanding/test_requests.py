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
    Request.START_OVER: ["start over", "let's start again", "can we start over?", "reset", "forget everything I said"],
    Request.SHOW_MEMORY: ["what do you know about me?", "what do you remember about me"],
    Request.FORGET_ME: [
        "forget everything you know about me",
        "delete my data",
        "forget everything",
        "delete everything you know",
        "please delete everything you have on me",
    ],
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


ORDINARY = [
    "a movie where someone tries to undo the past",
    "a film about an undocumented worker",
    "something about a man who can't forget that night",
    "a film where they start over in a new city",
    "what can you find for me under 50",
    "help me choose a jacket",
    "i need help picking a dress",
    "how does this jacket work in the rain",
    "who are you wearing",
    "describe a perfect winter coat",
    "a documentary that describes the war",
    "why not something funny",
    "why don't you show me comedies",
    "reset my budget to 60",
    "a clear blue shirt",
    "cancel culture comedy",
    "scratch-resistant sunglasses",
    "scrap metal heist movie",
    "go back to the 80s",
    "go back to the red one",
    "put back the comedies",
    "a movie about a robot",
    "are you sure there are no westerns",
    "tell me something scary",
    "give me more options",
    "never mind the gap documentaries",
    "forget the past, show me new ones",
    "ignore the reviews, I like it",
    "restart the marathon with something light",
    "a clean slate kind of story",
    "i didn't mean that kind of comedy",
    "a step back in time",
    "movies that show what happens in prison",
    "show me more of these",
    "show me more red dresses",
    "something with the song forget me not",
    "what do you know about horror",
    "do you remember the titans",
    "show me what you have in red",
    "how do you choose a good coat",
    "how do you work this out",
    "i want to restart my running",
    "something to scratch that itch",
    "a show that will scratch that sci-fi itch",
    "show me more",
    "nice, show me more",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_wish_is_no_request(text: str) -> None:
    assert detect_request(text) is None


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("scratch that, horror", Request.UNDO),
        ("ignore the price", Request.UNDO),
        ("show me more about the second", Request.DESCRIBE),
        ("tell me more", Request.DESCRIBE),
        ("what happens in Heat?", Request.DESCRIBE),
        ("how did you pick these?", Request.WHY),
        ("how do you work?", Request.CAPABILITIES),
        ("show me what you know", Request.SHOW_MEMORY),
        ("show me what you have about me", Request.SHOW_MEMORY),
        ("i want to restart", Request.START_OVER),
    ],
)
def test_the_request_beside_an_ordinary_wish(text: str, request_: Request) -> None:
    assert detect_request(text) is request_
