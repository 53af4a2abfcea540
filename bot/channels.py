"""The JSON Lines channels: `understand`, `recommend` and `chat --jsonl`. Contracts: `docs/design.md` section 3."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, get_args

from bot.assistant import Assistant, Conversation
from bot.hint_json import hints_of
from bot.jsonl import Row, RowError, answer_rows, number_field, text_field, texts_field
from bot.messages import ActionKind, NewConversation, Rewind, Tune, UserAction, UserText
from bot.projection import item_json, reading_json, reply_json
from bot.recommending import recommend
from bot.understanding.reader import Reader
from bot.understanding.reading import MessageInContext, ShownItem
from bot.whys import why_json
from retrieval.catalogue.item import Catalogue
from retrieval.errors import ChatalogueError

ACTION_KINDS: tuple[ActionKind, ...] = get_args(ActionKind)
LIST_LIMIT = 200


class ResumeError(ChatalogueError):
    """There is no conversation to go on with."""

    code = "resume"


def understand_jsonl(reader: tuple[Reader, Catalogue], lines: Iterable[str]) -> int:
    """Answer `{"id","message","context","shown"}` rows; returns the exit code."""
    read, catalogue = reader
    by_title = {item.title.casefold(): item.id for item in catalogue.items}

    def answer(row: Row) -> dict[str, Any]:
        shown = tuple(ShownItem(by_title.get(t.casefold(), ""), t) for t in texts_field(row, "shown"))
        reading = read.read(MessageInContext(text_field(row, "message"), texts_field(row, "context"), shown))
        return {"id": row.get("id"), **reading_json(reading), "ms": round(reading.ms, 1), "source": reading.source}

    return answer_rows(lines, answer)


def recommend_jsonl(assistant: Assistant, user: str | None, lines: Iterable[str], *, why: bool = False) -> int:
    """Answer `{"id","turns":[{"role","text"}],"k"}` rows, with `why` also {"explained"}; returns the exit code."""

    def answer(row: Row) -> dict[str, Any]:
        turns, k = _turns(row), row.get("k", assistant.k)
        if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= LIST_LIMIT:
            raise RowError(
                f"field 'k' must be a whole number from 1 to {LIST_LIMIT}, not {k!r}", hint="leave it out for 5"
            )
        found = recommend(assistant, turns, k, user)
        explained = {"explained": [why_json(one) for one in found.whys]} if why else {}
        items = [item_json(card) for card in found.picked.cards]
        return {"id": row.get("id"), "items": items, **explained, "ms": round(found.ms, 1)}

    return answer_rows(lines, answer)


def begin(
    assistant: Assistant, user: str | None, *, incognito: bool = False, resume: str | None = None
) -> Conversation:
    """A new conversation with `user`, or the stored one whose id is `resume` ("last": the user's latest).

    Raises ResumeError when there is none, and when it should leave no trace.
    """
    if resume is None:
        return assistant.open(user, incognito=incognito)
    if incognito:
        raise ResumeError("a stored conversation cannot go on incognito", hint="leave out --resume or --incognito")
    if resume == "last" and user is None:
        raise ResumeError("nobody's last conversation is meant", hint="name the visitor with --user")
    found = assistant.stages.memory.conversations.latest(user or "") if resume == "last" else resume
    conversation = assistant.resume(found) if found is not None else None
    if conversation is None:
        what = f"no conversation with {user!r}" if resume == "last" else f"no conversation {resume!r}"
        raise ResumeError(f"{what} is stored for this catalogue", hint="leave out --resume to begin a new one")
    return conversation


def chat_jsonl(
    catalogue: Catalogue, conversation: Conversation, anew: Callable[[], Conversation], lines: Iterable[str]
) -> int:
    """Answer one step a line: `{"text"}`, `{"action": {"kind","item"}}`, `{"novelty"}`, `{"rewind": true}`; returns
    the exit code.

    `{"new": true}`, after which `anew` begins another conversation, and `{"hints": {…}}` answer nothing.
    """
    talk = conversation

    def answer(row: Row) -> dict[str, Any] | None:
        nonlocal talk
        if row.get("new") is True:
            talk.reply(NewConversation())
            talk = anew()
            return None
        if "hints" in row:
            talk.hint(hints_of(row["hints"]))
            return None
        answered = reply_json(talk.reply(_step(row, catalogue)))
        return {"id": row["id"], **answered} if "id" in row else answered

    return answer_rows(lines, answer)


def _turns(row: Row) -> tuple[tuple[str, str], ...]:
    turns = row.get("turns")
    if not isinstance(turns, list) or not turns:
        raise RowError("field 'turns' must be a list with at least one turn", hint='[{"role": "user", "text": "…"}]')
    pairs = []
    for turn in turns:
        if not isinstance(turn, dict) or turn.get("role") not in ("user", "assistant"):
            raise RowError(f"not a turn: {turn!r}", hint='a turn is {"role": "user|assistant", "text": "…"}')
        pairs.append((str(turn["role"]), text_field(turn, "text")))
    return tuple(pairs)


def _step(row: Row, catalogue: Catalogue) -> UserText | UserAction | Tune | Rewind:
    if "text" in row:
        return UserText(text_field(row, "text"))
    if "novelty" in row:
        return Tune(number_field(row, "novelty"))
    if row.get("rewind") is True:
        return Rewind()
    action = row.get("action")
    if not isinstance(action, dict) or action.get("kind") not in ACTION_KINDS:
        kinds = ", ".join(ACTION_KINDS)
        raise RowError(
            f"not a step: {row!r}", hint=f'give "text", "novelty", "rewind", "new" or "action" with a kind of {kinds}'
        )
    item = action.get("item")
    if action["kind"] != "undo" and item not in catalogue.by_id:
        raise RowError(
            f"no item {item!r} in catalogue {catalogue.schema.name!r}", hint="use an id from an earlier answer"
        )
    return UserAction(action["kind"], item)
