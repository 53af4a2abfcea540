"""The commands that measure, and those that train: `chatalogue evaluate …`, `chatalogue train …`.

Knows which command calls what; the work is done elsewhere. Heavy modules are imported by the commands that need them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_options import CatalogueOption, ReaderOption, in_a_folder, report
from bot.settings import load_settings

evaluate = typer.Typer(help="Measure: understanding, dialogue, latency, ranking.", no_args_is_help=True)
train = typer.Typer(help="Train what is ours to train.", no_args_is_help=True)


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
    out: Annotated[
        Path | None, typer.Option("--json", callback=in_a_folder, help="file for all figures and every reading")
    ] = None,
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
    out: Annotated[
        Path | None, typer.Option("--json", callback=in_a_folder, help="file for all figures and every conversation")
    ] = None,
    export: Annotated[Path | None, typer.Option(help="folder for a conversation script of what was said")] = None,
) -> None:
    """Simulated newcomers look for something they would like: success, questions, faults; baselines beside ours."""
    from bot.simulation.command import Request, measure_dialogue

    request = Request(users=users, seed=seed, out=out, export=export)
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
def evaluate_ranking(  # noqa: PLR0913, PLR0917 — typer wants a parameter an option
    catalogue: CatalogueOption = None,
    dialogues: Annotated[
        Path | None, typer.Option(help="a folder of recorded dialogues with their catalogue: rank what came next")
    ] = None,
    cold: Annotated[
        str | None, typer.Option(help="people nobody has met tell what they loved; who they are: test or validation")
    ] = None,
    tasks: Annotated[bool, typer.Option("--tasks", help="one ranker for click, like and accept, or one each")] = False,
    seed: Annotated[int, typer.Option(help="of --cold: decides who is held out and what they tell")] = 1,
    out: Annotated[Path | None, typer.Option("--json", callback=in_a_folder, help="file for all figures")] = None,
    plot: Annotated[Path | None, typer.Option(callback=in_a_folder, help="file for a picture, SVG")] = None,
    reader: ReaderOption = None,
) -> None:
    """Ranking quality on a temporal split of the catalogue's log, beside ten tuned peers; exit 1 below the level."""
    from bot.ranking_quality import Request, measure_dialogues, measure_ranking, measure_tasks

    request = Request(out, plot)
    if cold is not None:
        from bot.cold_quality import ColdRequest, measure_cold
        from ranking.cold_users import part_named

        settings = load_settings(catalogue=catalogue, reader=reader)
        raise typer.Exit(measure_cold(settings, ColdRequest(part_named(cold), seed, out, plot), report))
    if dialogues is not None:
        raise typer.Exit(
            measure_dialogues(load_settings(catalogue=catalogue or str(dialogues)), dialogues, request, report)
        )
    if tasks:
        raise typer.Exit(measure_tasks(load_settings(catalogue=catalogue), request, report))
    raise typer.Exit(measure_ranking(load_settings(catalogue=catalogue), request, report))


@evaluate.command("load")
def evaluate_load(  # noqa: PLR0913, PLR0917 — typer wants a parameter an option
    url: Annotated[str | None, typer.Argument(help="a server that runs; default: one is started for the test")] = None,
    visitors: Annotated[int, typer.Option(help="how many talk at the same time", min=1)] = 20,
    seconds: Annotated[float, typer.Option(help="for how long", min=1)] = 300.0,
    pause: Annotated[float, typer.Option(help="seconds that a visitor rests between two steps", min=0)] = 1.0,
    pid: Annotated[int | None, typer.Option(help="the process of the server at URL, to watch its memory")] = None,
    site: Annotated[str | None, typer.Option(help="KEY,ORIGIN of a site of the server at URL")] = None,
    catalogue: CatalogueOption = None,
    reader: ReaderOption = None,
    out: Annotated[Path | None, typer.Option("--json", callback=in_a_folder, help="file for all figures")] = None,
) -> None:
    """Many visitors at once: errors, mixed sessions, time to cards, memory; exit 1 when the level is missed."""
    from bot.load.command import Request, measure_load
    from bot.load.measuring import Load

    key, _, origin = (site or "").partition(",")
    request = Request(Load(visitors, seconds, pause), url, pid, (key, origin) if site else None, out)
    raise typer.Exit(measure_load(request, catalogue, reader, report))


@evaluate.command("policy")
def evaluate_policy(
    catalogue: CatalogueOption = None,
    against: Annotated[
        str, typer.Option(help="shipped, prior, the number of a trained version, or a file like ranking/weights.toml")
    ] = "shipped",
    out: Annotated[Path | None, typer.Option("--json", callback=in_a_folder, help="file for all figures")] = None,
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
    """Learn how much each signal counts from the catalogue's log and what visitors were shown; use that from now on."""
    from bot.ranking_training import take_back
    from bot.ranking_training import train_ranking as learned

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
