"""The terminal chat: the same turn events, drawn with rich. Knows drawing, not recommending."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import suppress

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from bot.assistant import Conversation
from bot.conversations.saving import Saved
from bot.messages import (
    ActionKind,
    ItemCard,
    NewConversation,
    Reply,
    Screen,
    Step,
    Tune,
    TuneError,
    UserAction,
    UserText,
)
from bot.response.facts import facts_line
from bot.response.tables import Rows, parts
from bot.transcript import transcript
from bot.whys import Why
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.schema import CatalogueSchema

HELP = "Type what you feel like. +2 likes, -2 dislikes the second pick, /why 2 explains it; /help lists the rest."
COMMANDS = {
    "+2, -2, =2": "you like the second pick, dislike it, have seen it",
    "/why 2": "why the second pick is there: what each signal added",
    "/dial 0.8": "from 0, familiar, over 0.5 to 1, new to most; /dial alone tells where it stands",
    "/undo": "take the last step back",
    "/new": "start over",
    "/quit": "leave; what was said is kept",
}
LINES_AGAIN = 6  #: of a conversation that is gone on with
SIGNS: dict[str, ActionKind] = {"+": "like", "-": "dislike", "=": "seen"}


def converse(conversation: Conversation, catalogue: Catalogue, saved: Saved | None = None) -> None:
    """Talk until the visitor leaves (/quit, end of input or Ctrl-C); one that was begun before is drawn first.

    `saved` takes in every turn, as a script.
    """
    console, schema = Console(highlight=False), catalogue.schema
    cards: Sequence[ItemCard] = ()
    if conversation.events:
        cards = _draw_again(console, conversation, catalogue)
    else:
        console.print(Text(conversation.greeting().text, style="bold"))
    console.print(Text(HELP, style="dim"))
    while True:
        line = _ask(console)
        if line is None or line.strip() in ("/quit", "/exit"):
            _part(console, conversation)
            return
        step = _step(line.strip(), cards)
        if step is None:
            _aside(console, conversation, line, cards)
            continue
        reply = _answer(console, conversation, step, schema)
        if saved is not None:
            saved.add(step, reply, conversation.state)
        if reply is not None:
            cards = reply.items or cards
            if reply.act == "close":
                return


def _part(console: Console, conversation: Conversation) -> None:
    if conversation.visitor.last_turn is not None:
        console.print(Text(f"to go on: chatalogue chat --resume={conversation.id}", style="dim"))


def _ask(console: Console) -> str | None:
    try:
        return console.input("\n[bold cyan]you[/] › ") if sys.stdin.isatty() else (sys.stdin.readline() or None)
    except (EOFError, KeyboardInterrupt):
        return None


def _aside(console: Console, conversation: Conversation, line: str, cards: Sequence[ItemCard]) -> None:
    """What is no step: "/why 2", "/dial", "/help", or what nothing can be made of."""
    command, _, rest = line.strip().partition(" ")
    if command == "/why" and cards:
        place = int(rest) if re.fullmatch(r"\s*[1-9]\d{0,2}\s*", rest) else 0
        if 0 < place <= len(cards):
            _draw_why(console, conversation.why(cards[place - 1].id))
        else:
            console.print(Text(f"which one? /why 1 to /why {len(cards)}", style="dim"))
    elif command == "/why":
        console.print(Text("there is no list to explain yet", style="dim"))
    elif command == "/dial":
        stands = f"the dial stands at {conversation.novelty:g}; set it from 0, familiar, to 1, new: /dial 0.8"
        console.print(Text(stands, style="dim"))
    elif command == "/help":
        for name, does in COMMANDS.items():
            console.print(Text.assemble((f"  {name:12}", "bold"), does))
    else:
        console.print(Text(HELP, style="dim"))


def _dialled(line: str) -> Tune | None:
    """The step of "/dial 0.8"; None where it names no place of the dial."""
    with suppress(ValueError, TuneError):
        return Tune(float(line.removeprefix("/dial")))
    return None


def _step(line: str, cards: Sequence[ItemCard]) -> Step | None:
    """A line as a step; None when it is empty or points at a pick that is not there."""
    if line == "/new":
        return NewConversation()
    if line == "/undo":
        return UserAction("undo")
    if line.startswith("/"):
        return _dialled(line) if line.startswith("/dial ") else None
    if line[:1] in SIGNS and line[1:].strip().isdigit():
        position = int(line[1:]) - 1
        return UserAction(SIGNS[line[0]], cards[position].id) if 0 <= position < len(cards) else None
    return UserText(line) if line else None


def _draw_why(console: Console, why: Why | None) -> None:
    if why is None:
        console.print(Text("that is not in the list on screen", style="dim"))
        return
    console.print(Text.assemble((why.title, "bold"), f": {why.reason}"))
    if not why.shares:
        console.print(Text("what each signal added is not known any more; ask for the list again", style="dim"))
        return
    for share in why.shares:
        told = share.label if share.known else f"{share.label} (not known, so as of a typical one)"
        console.print(Text(f"  {share.share:+.3f}  {told}"))
    console.print(Text(f"  {why.score:.3f}  score, by {why.ranker}", style="dim"))
    for fact in why.facts:
        console.print(Text(f"  {fact}", style="green"))


def _answer(console: Console, conversation: Conversation, step: Step, schema: CatalogueSchema) -> Reply | None:
    for event in conversation.turn(step):
        if event.kind == "error":
            console.print(f"[red]{escape(str(event.data['message']))}[/] {escape(str(event.data['hint']))}")
        if event.kind == "done":
            reply = event.data["reply"]
            assert isinstance(reply, Reply)
            _draw(console, reply, schema)
            return reply
    return None


def _table(rows: Rows) -> Table:
    drawn = Table(*(Column(Text(cell)) for cell in rows[0]), box=SIMPLE_HEAD, pad_edge=False)
    for row in rows[1:]:
        drawn.add_row(*map(Text, row))
    return drawn


def _draw_again(console: Console, conversation: Conversation, catalogue: Catalogue) -> Sequence[ItemCard]:
    """What was said last, and the screen that goes with it; returns its cards."""
    titles = {item.id: item.title for item in catalogue.items}
    for line in transcript(conversation.events, titles)[-LINES_AGAIN:]:
        if line.role == "user":
            console.print(Text.assemble(("\nyou", "bold cyan"), f" › {line.text}"))
        else:
            _draw_words(console, line.text)
    screen = conversation.screen()
    _draw_screen(console, screen, catalogue.schema)
    return screen.items


def _draw(console: Console, reply: Reply, schema: CatalogueSchema) -> None:
    if reply.reading is not None and reply.reading.degraded:
        console.print(Text(f"(read by the rules: {reply.reading.degraded})", style="dim"))
    if reply.text:
        _draw_words(console, reply.text)
    _draw_screen(console, reply, schema)


def _draw_words(console: Console, text: str) -> None:
    console.print()
    for part in parts(text):
        console.print(Text(part) if isinstance(part, str) else _table(part))


def _draw_screen(console: Console, reply: Reply | Screen, schema: CatalogueSchema) -> None:
    for number, card in enumerate(reply.items, 1):
        head = Text.assemble(
            (f"{number} ", "dim"), (card.title, "bold"), ("  " + facts_line(card.facets, schema), "dim")
        )
        console.print(Padding(head, (0, 0, 0, 1)))
        console.print(Padding(Text(card.why, style="green"), (0, 0, 0, 3)))
    if reply.beliefs:
        console.print(Text("understood: " + ", ".join(b.label for b in reply.beliefs), style="dim"))
    if reply.chips:
        console.print(Text("try: " + " · ".join(c.label for c in reply.chips), style="dim"))
