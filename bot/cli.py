"""The command line. JSON Lines contracts are in `docs/design.md`; progress goes to standard error.

Knows which command calls what; the work is done elsewhere. Heavy modules are imported by the commands that need them.
"""

from __future__ import annotations

import json
import logging
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_options import CatalogueOption, ReaderOption, UserOption, report
from bot.cli_quality import evaluate, train
from bot.settings import Settings, load_settings
from retrieval.errors import ChatalogueError

if TYPE_CHECKING:
    from bot.assistant import Assistant

app = typer.Typer(
    name="chatalogue",
    help="Talk to a catalogue: a conversational recommender that runs on a laptop CPU and learns while it talks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(evaluate, name="evaluate")
app.add_typer(train, name="train")

log = logging.getLogger("bot.cli")


def main() -> None:
    """The entry point: runs a command and turns an error of ours into one clear line."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except ChatalogueError as error:
        report(f"error: {error.message}\n  what to do: {error.hint}")
        raise SystemExit(2) from None
    except (KeyboardInterrupt, BrokenPipeError):
        raise SystemExit(130) from None
    except Exception as error:  # the channel: told in one line, whole with --debug
        log.debug("the command failed", exc_info=True)
        report(f"internal error: {type(error).__name__}: {error}\n  what to do: run it with --debug and report it")
        raise SystemExit(2) from None


@app.callback()
def options(debug: Annotated[bool, typer.Option("--debug", help="log everything, tracebacks too")] = False) -> None:
    """Talk to a catalogue: a conversational recommender that runs on a laptop CPU and learns while it talks."""
    if debug:
        logging.getLogger("bot").setLevel(logging.DEBUG)
        log.setLevel(logging.DEBUG)


@app.command()
def serve(
    catalogue: CatalogueOption = None,
    host: Annotated[str | None, typer.Option(help="address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen on; 0 picks a free one")] = None,
    reader: ReaderOption = None,
) -> None:
    """Serve the chat page (and fetch, convert and index whatever is missing first)."""
    from bot.web.serving import run

    run(load_settings(catalogue=catalogue, host=host, port=port, reader=reader), report)


@app.command()
def chat(  # noqa: PLR0913, PLR0917 — typer wants a parameter an option
    catalogue: CatalogueOption = None,
    user: UserOption = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="one step a line in, one turn a line out")] = False,
    incognito: Annotated[bool, typer.Option("--incognito", help="use what is known, store nothing")] = False,
    resume: Annotated[str | None, typer.Option("--resume", help="go on with a conversation: its id, or last")] = None,
    save: Annotated[Path | None, typer.Option("--save", help="write the conversation as a script, *.conv.yaml")] = None,
    reader: ReaderOption = None,
) -> None:
    """Talk in the terminal, or by JSON Lines."""
    from bot.channels import begin, chat_jsonl
    from bot.conversations.saving import assistant_to_save, begin_saving
    from bot.terminal import converse

    if save is not None and (jsonl or resume):
        raise typer.BadParameter("--save is for a conversation in the terminal from its beginning")
    settings = load_settings(catalogue=catalogue, reader=reader)
    saved = begin_saving(save, settings) if save is not None else None
    visitor = user if jsonl else user or "terminal"
    with TemporaryDirectory(ignore_cleanup_errors=True) as apart:
        assistant = assistant_to_save(settings, Path(apart), report) if saved else _assistant(settings)
        conversation = begin(assistant, visitor, incognito=incognito, resume=resume)
        if jsonl:
            anew = partial(assistant.open, visitor, incognito=incognito)
            raise typer.Exit(chat_jsonl(assistant.catalogue, conversation, anew, sys.stdin))
        converse(conversation, assistant.catalogue, saved)


@app.command()
def understand(catalogue: CatalogueOption = None, reader: ReaderOption = None) -> None:
    """Read messages: {"id","message","context","shown"} a line."""
    from bot.channels import understand_jsonl
    from bot.wiring import build_reader

    raise typer.Exit(
        understand_jsonl(build_reader(load_settings(catalogue=catalogue, reader=reader), report), sys.stdin)
    )


@app.command()
def recommend(
    catalogue: CatalogueOption = None,
    user: UserOption = None,
    reader: ReaderOption = None,
    why: Annotated[bool, typer.Option("--why", help="also what each signal added to each item's score")] = False,
) -> None:
    """Recommend after a dialogue: {"id","turns":[{"role","text"}],"k"} a line."""
    from bot.channels import recommend_jsonl

    assistant = _assistant(load_settings(catalogue=catalogue, reader=reader))
    raise typer.Exit(recommend_jsonl(assistant, user, sys.stdin, why=why))


@app.command()
def index(catalogue: CatalogueOption = None) -> None:
    """Build or update the index of a catalogue."""
    from bot.wiring import build_catalogue_index

    build_catalogue_index(load_settings(catalogue=catalogue), report)


@app.command()
def doctor(
    catalogue: CatalogueOption = None,
    fix: Annotated[bool, typer.Option("--fix", help="fetch again what is missing or corrupt")] = False,
) -> None:
    """Say what is installed, cached and verified, and what is wrong, with the remedy."""
    from bot.doctor import examine

    raise typer.Exit(examine(load_settings(catalogue=catalogue), fix=fix))


@app.command("test")
def run_scripts(  # noqa: PLR0913, PLR0917 — typer wants a parameter an option
    path: Annotated[Path, typer.Argument(help="a *.conv.yaml file or a folder of them")],
    init: Annotated[bool, typer.Option("--init", help="write a first suite for --catalogue into the folder")] = False,
    catalogue: CatalogueOption = None,
    llm: Annotated[str, typer.Option("--llm", help="auto, scripted, replay, record or live")] = "auto",
    target: Annotated[str, typer.Option("--target", help="inproc, a running server's URL, or widget:URL")] = "inproc",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="only conversations with this tag")] = None,
    name: Annotated[str, typer.Option("-k", help="only conversations with this in their name")] = "",
    reports: Annotated[list[Path] | None, typer.Option("--report", help="write .html, .md, .xml or .jsonl")] = None,
    since: Annotated[Path | None, typer.Option(help="the .jsonl of an earlier run, to compare with")] = None,
    runs: Annotated[int, typer.Option(help="run every conversation so often")] = 1,
    need: Annotated[int | None, typer.Option(help="of these, so many must pass; default: all")] = None,
) -> None:
    """Run scripted conversations, without pytest; or write a first suite of them for a catalogue."""
    from bot.conversations.command import Choice, init_suite, lane_of, run_path
    from bot.conversations.repeats import Runs
    from bot.conversations.report import Output

    if init:
        init_suite(load_settings(catalogue=catalogue), path, report)
        return
    choice = Choice(tuple(tag or ()), name)
    output = Output(tuple(reports or ()), since)
    raise typer.Exit(run_path(path, lane_of(llm, target, Runs(runs, need)), choice, output, report))


@app.command()
def forget(
    user: Annotated[str, typer.Argument(help="the visitor's id")],
    catalogue: CatalogueOption = None,
) -> None:
    """Delete everything known about a visitor of a catalogue."""
    from bot.wiring import open_memory

    removed = open_memory(load_settings(catalogue=catalogue)).forget(user)
    print(f"forgot {user!r}: {removed} rows deleted, with conversations and profile")


@app.command()
def export(user: Annotated[str, typer.Argument(help="the visitor's id")], catalogue: CatalogueOption = None) -> None:
    """Write everything stored about a visitor of a catalogue as JSON, on standard output."""
    from bot.wiring import open_memory

    exported = open_memory(load_settings(catalogue=catalogue)).export(user)
    print(json.dumps(exported, indent=2))


@app.command()
def site(
    name: Annotated[str, typer.Argument(help="what its visitors are kept under: a-z, 0-9 and '-'")],
    origins: Annotated[list[str], typer.Argument(help="of its pages, as https://shop.example")],
) -> None:
    """Make a key for a site that embeds the assistant: its entry for the file of sites, and the lines for its pages."""
    from bot.web.sites import entry, snippet

    made = entry(name, origins)
    report("for the file that the setting `sites` names:\n")
    print(made)
    report(f"\nfor the site's pages, with this server's address:\n\n{snippet(made)}")


def _assistant(settings: Settings) -> Assistant:
    from bot.wiring import build_assistant

    return build_assistant(settings, report)


if __name__ == "__main__":
    main()
