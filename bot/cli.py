"""The command line. JSON Lines contracts are in `docs/design.md`; progress goes to standard error.

Knows which command calls what; the work is done elsewhere. Heavy modules are imported by the commands that need them.
"""

from __future__ import annotations

import json
import logging
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
evaluate = typer.Typer(help="Measure: understanding, dialogue, latency, ranking.", no_args_is_help=True)
train = typer.Typer(help="Train what is ours to train.", no_args_is_help=True)
app.add_typer(evaluate, name="evaluate")
app.add_typer(train, name="train")

log = logging.getLogger("bot.cli")

CatalogueOption = Annotated[
    str | None, typer.Option("--catalogue", help="a folder with a catalogue.toml; default: the built-in films")
]
UserOption = Annotated[str | None, typer.Option("--user", help="a visitor's id, whose reactions are remembered")]
ReaderOption = Annotated[str | None, typer.Option("--reader", help="who reads messages: model or rules")]


def report(message: str) -> None:
    """Progress, on standard error."""
    print(message, file=sys.stderr, flush=True)


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
    from bot.conversations.saving import begin_saving
    from bot.terminal import converse

    if save is not None and (jsonl or resume):
        raise typer.BadParameter("--save is for a conversation in the terminal from its beginning")
    settings = load_settings(catalogue=catalogue, reader=reader)
    saved = begin_saving(save, settings) if save is not None else None
    assistant = _assistant(settings)
    visitor = user if jsonl else user or "terminal"
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
def recommend(catalogue: CatalogueOption = None, user: UserOption = None, reader: ReaderOption = None) -> None:
    """Recommend after a dialogue: {"id","turns":[{"role","text"}],"k"} a line."""
    from bot.channels import recommend_jsonl

    assistant = _assistant(load_settings(catalogue=catalogue, reader=reader))
    raise typer.Exit(recommend_jsonl(assistant, user, sys.stdin))


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
    target: Annotated[str, typer.Option("--target", help="inproc, or the URL of a running server")] = "inproc",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="only conversations with this tag")] = None,
    name: Annotated[str, typer.Option("-k", help="only conversations with this in their name")] = "",
    reports: Annotated[list[Path] | None, typer.Option("--report", help="write .html, .md, .xml or .jsonl")] = None,
    since: Annotated[Path | None, typer.Option(help="the .jsonl of an earlier run, to compare with")] = None,
) -> None:
    """Run scripted conversations, without pytest; or write a first suite of them for a catalogue."""
    from bot.conversations.command import Choice, init_suite, lane_of, run_path
    from bot.conversations.report import Output

    if init:
        init_suite(load_settings(catalogue=catalogue), path, report)
        return
    choice = Choice(tuple(tag or ()), name)
    output = Output(tuple(reports or ()), since)
    raise typer.Exit(run_path(path, lane_of(llm, target), choice, output, report))


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


@evaluate.command("latency")
def evaluate_latency(
    catalogue: CatalogueOption = None,
    repeats: Annotated[int, typer.Option(help="dialogues to run")] = 4,
) -> None:
    """p50/p95 of understanding, retrieval, ranking and the turn to cards; memory; plain generate() beside it."""
    from bot.latency import measure

    measure(load_settings(catalogue=catalogue), repeats, report)


@evaluate.command("understanding")
def evaluate_understanding(
    file: Annotated[Path, typer.Argument(help="labelled messages, JSON Lines; docs/understanding.md has the format")],
    catalogue: CatalogueOption = None,
    compare: Annotated[str, typer.Option(help="baselines in the same run, by commas")] = "rules,zero-shot,few-shot",
    examples: Annotated[Path | None, typer.Option(help="worked examples; default: the catalogue's")] = None,
    out: Annotated[Path | None, typer.Option("--json", help="file for all figures and every reading")] = None,
    reader: ReaderOption = None,
) -> None:
    """How well labelled messages are read: intents, slots, latency; rules and the base model beside ours."""
    from bot.reading_quality import Request, baselines, measure_reading

    request = Request(file, baselines(compare), examples, out)
    raise typer.Exit(measure_reading(load_settings(catalogue=catalogue, reader=reader), request, report))


@evaluate.command("dialogue")
def evaluate_dialogue(
    catalogue: CatalogueOption = None,
    users: Annotated[int, typer.Option(help="people of the log to simulate, fewer when it has fewer", min=1)] = 500,
    seed: Annotated[int, typer.Option(help="decides who they are, what they look for and what they say")] = 1,
    reader: Annotated[str, typer.Option("--reader", help="who reads messages: rules or model")] = "rules",
    out: Annotated[Path | None, typer.Option("--json", help="file for all figures and every conversation")] = None,
) -> None:
    """Simulated newcomers look for something they would like: success, questions, faults; baselines beside ours."""
    from bot.simulation.command import Request, measure_dialogue

    request = Request(users=users, seed=seed, out=out)
    raise typer.Exit(measure_dialogue(load_settings(catalogue=catalogue, reader=reader), request, report))


@evaluate.command("wording")
def evaluate_wording(
    catalogue: CatalogueOption = None,
    pairs: Annotated[int, typer.Option(help="pairs to make, over all acts", min=1)] = 50,
    seed: Annotated[int, typer.Option(help="decides what is talked about and which wording comes first")] = 1,
    out: Annotated[Path, typer.Option("--out", help="folder for pairs.jsonl and key.jsonl")] = Path("wording"),
    choices: Annotated[
        Path | None, typer.Option("--choices", help='a judge\'s rows {"pair": 1, "choice": "a"}: say who won')
    ] = None,
) -> None:
    """A blind comparison of the model's wording with the templates': makes the pairs, or tells the preference."""
    from bot.wording_quality import Request, measure_wording

    request = Request(pairs, seed, out, choices)
    raise typer.Exit(measure_wording(load_settings(catalogue=catalogue), request, report))


@evaluate.command("ranking")
def evaluate_ranking(
    catalogue: CatalogueOption = None,
    dialogues: Annotated[
        Path | None, typer.Option(help="a folder of recorded dialogues with their catalogue: rank what came next")
    ] = None,
    out: Annotated[Path | None, typer.Option("--json", help="file for all figures")] = None,
    plot: Annotated[Path | None, typer.Option(help="file for a picture, SVG")] = None,
) -> None:
    """Ranking quality on a temporal split of the catalogue's log, beside ten tuned peers; exit 1 below the level."""
    from bot.ranking_quality import Request, measure_dialogues, measure_ranking

    request = Request(out, plot)
    if dialogues is not None:
        raise typer.Exit(
            measure_dialogues(load_settings(catalogue=catalogue or str(dialogues)), dialogues, request, report)
        )
    raise typer.Exit(measure_ranking(load_settings(catalogue=catalogue), request, report))


@evaluate.command("policy")
def evaluate_policy(
    catalogue: CatalogueOption = None,
    against: Annotated[
        str, typer.Option(help="shipped, prior, the number of a trained version, or a file like ranking/weights.toml")
    ] = "shipped",
    out: Annotated[Path | None, typer.Option("--json", help="file for all figures")] = None,
) -> None:
    """How good another ranker would have been, judged from what visitors were shown (needs the setting explore)."""
    from bot.policy_quality import measure_policy

    for line in measure_policy(load_settings(catalogue=catalogue), against, out, report):
        print(line)


@train.command("understanding", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def train_understanding(context: typer.Context) -> None:
    """Train the reader's adapter; options are those of `python -m bot.understanding.training --help`."""
    from bot.understanding.training.train import main as train_main

    raise typer.Exit(train_main(context.args))


@train.command("ranking")
def train_ranking(
    catalogue: CatalogueOption = None,
    rollback: Annotated[bool, typer.Option("--rollback", help="use what was in use before, instead")] = False,
) -> None:
    """Learn how much each signal counts from the catalogue's own log, and use that from now on."""
    from bot.ranking_quality import take_back
    from bot.ranking_quality import train_ranking as learned

    settings = load_settings(catalogue=catalogue)
    for line in [take_back(settings, report)] if rollback else learned(settings, report):
        print(line)


@train.command("confidence")
def train_confidence(
    messages: Annotated[int, typer.Option(help="held-out messages to read", min=28)] = 600,
) -> None:
    """Measure how often the reader is right when it is so sure, and keep the map beside its adapter."""
    from bot.model_wiring import calibrate_reader

    for line in calibrate_reader(load_settings(), messages, report):
        print(line)


def _assistant(settings: Settings) -> Assistant:
    from bot.wiring import build_assistant

    return build_assistant(settings, report)


if __name__ == "__main__":
    main()
