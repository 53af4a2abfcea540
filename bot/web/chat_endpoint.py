"""The one endpoint of the page that programs may call by name, with Gradio's own client: `/chat`, a message a call.

Everything else of the page is private. It answers as `POST /v1/conversations/ID/turns` does; whoever wants streams,
retries and taps takes that API. Knows Gradio and `Visits`.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from bot.messages import UserText
from bot.web.answering import whole
from bot.web.problems import ApiError
from bot.web.refusals import unknown_conversation
from bot.web.taking import LiveTurn
from bot.web.visits import Visits

NAME = "chat"
MESSAGE_LIMIT = 2_000  #: characters; longer ones are cut


def add_chat(visits: Visits) -> None:
    """The endpoint, in the Blocks that are being built."""

    def chat(message: str, conversation: str = "") -> dict[str, Any]:
        """The answer to `message`, and with it the id of the `conversation` to go on with; "" begins a new one."""
        try:
            visit = conversation or visits.open()
            return {"conversation": visit, **whole(_turn(visits, visit, message))}
        except ApiError as error:
            raise gr.Error(f"{error.message}: {error.hint}", print_exception=False) from error

    gr.api(chat, api_name=NAME)


def _turn(visits: Visits, visit: str, message: str) -> LiveTurn:
    """A turn of a stranger's conversation; one of somebody known is not for a place where nobody says who asks."""
    conversation = visits.conversation(visit)
    if conversation is None or not conversation.visitor.is_stranger:
        raise unknown_conversation()
    return visits.turn(visit, UserText(message[:MESSAGE_LIMIT]))
