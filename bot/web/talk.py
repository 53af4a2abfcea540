"""The routes below `/conversations`: open one, take a turn (whole, or as server-sent events), hint, see its state.

Knows FastAPI and `Visits`; a conversation's own rules are the assistant's. Whoever knows a conversation's id (128
random bits) may continue it.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, FastAPI, Header, Request
from fastapi.responses import JSONResponse, Response
from fastapi.sse import EventSourceResponse

from bot.dialogue.events import to_json
from bot.dialogue.hints import HintError
from bot.hint_json import HintsBody
from bot.messages import Screen, Step, UserAction, UserText
from bot.projection import beliefs_json, screen_json, state_json
from bot.transcript import Line, transcript
from bot.web.answering import streamed, whole
from bot.web.answers import Beliefs, Happened, Opened, TakenUp, TurnAnswer, WhyShown
from bot.web.bodies import A_STRANGER, Opening, StepBody
from bot.web.describing import answers, as_stream
from bot.web.refusals import BadHint, BadStep, NotOnScreen, TooLarge, unknown_conversation
from bot.web.users import Identify
from bot.web.visits import Visits
from bot.whys import why_json

Json = dict[str, Any]

MESSAGE_LIMIT = 8_000  #: characters of one message; the assistant itself declines, in words, what is over 2,000


class Talk:
    """What the routes answer. Runs in the server's threads; a conversation takes one step at a time."""

    def __init__(self, visits: Visits, identify: Identify) -> None:
        self._visits = visits
        self._catalogue = visits.assistant.catalogue
        self._identify = identify

    def open(self, request: Request, opening: Annotated[Opening, Body()] = A_STRANGER) -> Json:
        """A new conversation with a stranger or, where ids are believed, with `user`."""
        user = self._identify(request, opening.user)
        hints = opening.hints.hints()
        try:
            conversation = self._visits.open(user, incognito=opening.incognito, hints=hints)
        except HintError as error:
            raise BadHint(f"field 'hints': {error.message}", hint=error.hint) from error
        return {"conversation": conversation, "catalogue": self._catalogue.schema.name}

    def turn(self, conversation: str, body: StepBody, accept: Annotated[str, Header()] = "") -> Response:
        """The answer to one step: the whole as JSON or, when `Accept` names text/event-stream, event by event.

        A client that closes the stream before it has shown anything stops the turn, and nothing has happened.
        """
        step = self._checked(body.step())
        try:
            turn = self._visits.turn(conversation, step, body.turn_id)
        except KeyError:
            raise unknown_conversation() from None
        if "text/event-stream" in accept.lower():
            return EventSourceResponse(streamed(turn), headers={"Cache-Control": "no-cache"})
        return JSONResponse(whole(turn))

    def hint(self, conversation: str, body: HintsBody) -> Json:
        """What is known now of the visitor and the page, instead of what was told before; {"beliefs"} with it."""
        try:
            beliefs = self._visits.hint(conversation, body.hints())
        except KeyError:
            raise unknown_conversation() from None
        except HintError as error:
            raise BadHint(error.message, hint=error.hint) from error
        return {"beliefs": beliefs_json(beliefs)}

    def taken_up(self, conversation: str) -> Json:
        """What a client draws when it goes on with a conversation; one without a turn yet has its greeting."""
        try:
            events, state = self._visits.between_steps(conversation)
        except KeyError:
            raise unknown_conversation() from None
        talk = self._visits.conversation(conversation)
        assert talk is not None
        if not events:
            greeting = talk.greeting()
            return screen_json([Line("assistant", greeting.text)], Screen((), (), greeting.chips), state)
        titles = {item.id: item.title for item in self._catalogue.items}
        return screen_json(transcript(events, titles), talk.screen(), state)

    def why(self, conversation: str, item: str) -> Json:
        """Why an item is in the list on screen: what each signal added to its score, in words, largest first."""
        try:
            found = self._visits.why(conversation, item)
        except KeyError:
            raise unknown_conversation() from None
        if found is None:
            raise NotOnScreen("that item is not in the list on screen", hint="ask about an item of the latest answer")
        return why_json(found)

    def events(self, conversation: str) -> Json:
        """Everything that happened in a conversation, and the state that folding it gives."""
        try:
            events, state = self._visits.between_steps(conversation)
        except KeyError:
            raise unknown_conversation() from None
        return {"events": [to_json(event) for event in events], "state": state_json(state)}

    def _checked(self, step: Step) -> Step:
        if isinstance(step, UserText) and len(step.text) > MESSAGE_LIMIT:
            raise TooLarge(f"a message has at most {MESSAGE_LIMIT:,} characters", hint="a short sentence will do")
        if isinstance(step, UserAction) and step.item is not None and step.item not in self._catalogue.by_id:
            raise BadStep(
                "field 'action.item': the catalogue has no such item", hint="use an id from an earlier answer"
            )
        return step


def add_talk(api: FastAPI, talk: Talk) -> None:
    """The routes of conversations."""
    one = "/conversations/{conversation}"
    api.post("/conversations", **answers(Opened, 403, 422, status=201))(talk.open)
    api.post(f"{one}/turns", **as_stream(answers(TurnAnswer, 404, 409, 413, 422, 429, 503)))(talk.turn)
    api.put(f"{one}/hints", **answers(Beliefs, 404, 422))(talk.hint)
    api.get(one, **answers(TakenUp, 404))(talk.taken_up)
    api.get(f"{one}/events", **answers(Happened, 404))(talk.events)
    api.get(f"{one}/why/{{item:path}}", **answers(WhyShown, 404))(talk.why)
