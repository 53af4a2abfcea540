"""`chatalogue evaluate understanding FILE`: how well messages of a labelled file are read, and by whom better.

Beside the reader in force: the rules alone, and the model without its adapter, told the task in words (zero-shot) and
with worked examples (few-shot). Knows which readers take part; measuring and tables
are `bot/understanding/evaluation*.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings
from bot.understanding.evaluation import Contestant, Unmeasured, Watched, compare
from bot.understanding.evaluation_report import Outcome, as_json, table
from bot.understanding.instructed import EXAMPLES, Example, load_examples
from bot.understanding.labels import load_labelled
from bot.understanding.prompt import facet_views
from bot.understanding.reader import RawReader
from bot.understanding.scoring import Matcher
from retrieval.catalogue.item import Catalogue
from retrieval.errors import ChatalogueError

Report = Callable[[str], None]
BASELINES = ("rules", "zero-shot", "few-shot")


class EvaluationError(ChatalogueError):
    """An evaluation that cannot begin or cannot write its result."""

    code = "evaluation"


@dataclass(frozen=True, slots=True)
class Request:
    """What to measure: a labelled file, the baselines beside it, worked examples and where the JSON goes.

    `examples` None: the catalogue's own, if it has any.
    """

    file: Path
    baselines: tuple[str, ...] = BASELINES
    examples: Path | None = None
    out: Path | None = None


def baselines(names: str) -> tuple[str, ...]:
    """The baselines of a comma-separated list, each once. Raises EvaluationError naming one that is not known."""
    given = tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    for name in given:
        if name not in BASELINES:
            raise EvaluationError(f"unknown baseline {name!r}", hint=f"--compare takes {', '.join(BASELINES)} or ''")
    return given


def measure_reading(settings: Settings, request: Request, report: Report) -> int:
    """Measure, print the table, write the JSON; 0 when everything was measured, 1 when rows or baselines were not.

    Raises ChatalogueError when the file cannot be used or the reader in force cannot read.
    """
    from bot.wiring import open_catalogue

    catalogue = open_catalogue(settings, report)
    labelled = load_labelled(request.file, catalogue)
    for problem in labelled.problems:
        report(f"left out: {problem}")
    _check_writable(request.out)
    outcomes: list[Outcome] = []
    contestants = _contestants(settings, catalogue, request, report)
    for outcome in compare(labelled, Matcher(catalogue), contestants, report):
        outcomes.append(outcome)
        if request.out is not None:  # after each, so that an interrupted run loses nothing
            _write(request.out, as_json(labelled, catalogue.schema.name, outcomes))
    print(table(labelled, catalogue.schema.name, outcomes))
    return 1 if labelled.problems or any(isinstance(o, Unmeasured) for o in outcomes) else 0


def _contestants(
    settings: Settings, catalogue: Catalogue, request: Request, report: Report
) -> dict[str, Callable[[], Contestant]]:
    from bot.model_wiring import build_base_reader, build_raw_model
    from bot.wiring import wire_reader

    def contestant(model: RawReader | None) -> Contestant:
        watched = None if model is None else Watched(model)
        return Contestant(wire_reader(catalogue, watched), watched)

    def model() -> Contestant:
        return contestant(build_raw_model(settings, catalogue, report))

    def rules() -> Contestant:
        return contestant(None)

    def zero_shot() -> Contestant:
        return contestant(build_base_reader(settings, catalogue, report))

    def few_shot() -> Contestant:
        return contestant(build_base_reader(settings, catalogue, report, _examples(request, catalogue)))

    builders: dict[str, Callable[[], Contestant]] = {"rules": rules, "zero-shot": zero_shot, "few-shot": few_shot}
    ours = {"rules": rules} if settings.reader == "rules" else {"model": model}
    return ours | {name: builders[name] for name in request.baselines}


def _examples(request: Request, catalogue: Catalogue) -> tuple[Example, ...]:
    path = request.examples or catalogue.schema.folder / EXAMPLES
    if not path.is_file():
        raise EvaluationError(f"no worked examples in {str(path)!r}", hint="write some, or use --examples")
    return load_examples(path, facet_views(catalogue))


def _check_writable(out: Path | None) -> None:
    """Before hours of reading, not after them."""
    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise EvaluationError(f"cannot write {str(out)!r}", hint="name a file in a folder that exists")


def _write(out: Path, result: object) -> None:
    try:
        out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise EvaluationError(f"cannot write {str(out)!r}: {error.strerror}", hint="name another file") from error
