"""From settings to the model that reads: local or on a server, with its adapter and its calibration.

Nothing is loaded or asked here yet. Knows concrete classes; knows no assistant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import DEFAULT_MODEL, Settings
from bot.understanding.reader import RawReader
from bot.world import REAL_WORLD, World
from retrieval.assets import ASSETS, file_sha256, resolve
from retrieval.catalogue.item import Catalogue
from retrieval.errors import ChatalogueError

if TYPE_CHECKING:
    from bot.llm.openai_server import ServerModel
    from bot.llm.port import LanguageModel
    from bot.understanding.confidence import Calibration
    from bot.understanding.instructed import Example, Prompt

Report = Callable[[str], None]
BASELINE_DEADLINE_S = 120.0


class WiringError(ChatalogueError):
    """A setting names something that is not there or does not fit."""

    code = "settings"


def adapter_folder(settings: Settings) -> Path | None:
    """The adapter for the model; None when the model reads as it is. Raises WiringError when it is not there."""
    if not settings.adapter:
        return None
    if settings.adapter == "default":
        if settings.model != DEFAULT_MODEL:
            return None
        folder = Path(str(files("bot.understanding") / "adapter"))
    else:
        folder = Path(settings.adapter).expanduser()
    if not (folder / "adapter_config.json").is_file():
        raise WiringError(
            f"there is no adapter in {str(folder)!r}",
            hint="set CHATALOGUE_ADAPTER to a folder made by `chatalogue train`",
        )
    return folder


def model_identity(settings: Settings) -> str:
    """Which model answers, told without loading or fetching it: name, revision and adapter.

    An asset's revision is the sha256 of the file as published, whatever library converted it here.
    """
    if settings.llm_base_url:
        return f"{settings.llm_model}@{settings.llm_base_url}"
    adapter = adapter_folder(settings)
    if settings.model not in ASSETS:
        from bot.llm.local import LocalModel

        return LocalModel(resolve(settings.model, settings.cache, lambda _: None), adapter=adapter).identity
    revision = ASSETS[settings.model].source_sha256[:12]
    adapted = "" if adapter is None else f"+{file_sha256(adapter / 'adapter_model.safetensors')[:12]}"
    return f"{settings.model}@{revision}{adapted}"


def build_model(settings: Settings, report: Report) -> LanguageModel:
    """The language model, local or on a server; nothing is loaded yet."""
    if settings.llm_base_url:
        return build_server_model(settings)
    from bot.llm.local import LocalModel

    place = resolve(settings.model, settings.cache, report)
    return LocalModel(place, adapter=adapter_folder(settings), dtype=settings.dtype, threads=settings.threads)


def build_server_model(settings: Settings) -> ServerModel:
    """The model on a server; nothing is asked of it yet. Raises WiringError when the settings name none."""
    from bot.llm.openai_server import Server as ModelServer
    from bot.llm.openai_server import ServerModel

    if not settings.llm_base_url or not settings.llm_model:
        raise WiringError("llm_base_url is set but llm_model is not", hint="set CHATALOGUE_LLM_MODEL")
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else "none"
    return ServerModel(ModelServer(settings.llm_base_url, settings.llm_model, key, settings.llm_constraint))


def build_llm(settings: Settings, report: Report, world: World = REAL_WORLD) -> LanguageModel:
    """The language model as `world` has it; nothing is loaded yet."""

    def build() -> LanguageModel:
        return build_model(settings, report)

    return build() if world.taped is None else world.taped(model_identity(settings), build)


def build_raw_model(
    settings: Settings, catalogue: Catalogue, report: Report, llm: LanguageModel | None = None
) -> RawReader | None:
    """The model that reads, `llm` or one made for it; None when the rules were chosen."""
    if settings.reader == "rules":
        return None
    from bot.understanding.model_reader import ModelReader

    model = llm or build_llm(settings, report)
    reader = ModelReader.of(model, catalogue, settings.read_deadline_s, _prompt(settings, catalogue))
    reader.calibrate(_calibration(settings, report))
    return reader


def _calibration(settings: Settings, report: Report) -> Calibration | None:
    """How sure the adapter's readings may be; None, which is reported, where nobody has measured it."""
    from bot.understanding.confidence import CalibrationError, load

    adapter = None if settings.llm_base_url else adapter_folder(settings)
    try:
        return load(adapter) if adapter else None
    except CalibrationError as error:
        report(f"no confidence: {error}")
        return None


def _prompt(settings: Settings, catalogue: Catalogue) -> Prompt | None:
    """What the model is told: None is what our adapters are trained on, else the task with the catalogue's examples."""
    from bot.understanding.instructed import EXAMPLES, instructed, load_examples
    from bot.understanding.prompt import facet_views

    adapted = not settings.llm_base_url and adapter_folder(settings) is not None
    if settings.prompt == "trained" or (settings.prompt == "auto" and adapted):
        return None
    examples = catalogue.schema.folder / EXAMPLES
    return instructed(load_examples(examples, facet_views(catalogue)) if examples.is_file() else ())


def build_base_reader(
    settings: Settings, catalogue: Catalogue, report: Report, examples: Sequence[Example] = ()
) -> RawReader:
    """The model without its adapter, told the task in words: a baseline, and so in no hurry."""
    from bot.understanding.instructed import instructed
    from bot.understanding.model_reader import ModelReader

    base = build_model(settings.model_copy(update={"adapter": None}), report)
    return ModelReader.of(base, catalogue, BASELINE_DEADLINE_S, instructed(examples))


def calibrate_reader(settings: Settings, messages: int, report: Report) -> Iterator[str]:
    """The `train confidence` command: how sure the reader may be, measured and kept beside its adapter."""
    from bot.understanding.training.confidence import calibrate

    adapter = adapter_folder(settings)
    if adapter is None or settings.llm_base_url:
        raise WiringError(
            "only a local model with an adapter is calibrated", hint="name a folder with CHATALOGUE_ADAPTER"
        )
    yield from calibrate(build_model(settings, report), adapter, messages, report)
