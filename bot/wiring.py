"""The only place that names concrete classes: settings in, a ready assistant out.

Construct light, load late: what takes seconds happens here in an order that can be reported, once.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from bot.assistant import Assistant, Stages
from bot.languages.detection import ENGLISH
from bot.languages.hearing import Languages
from bot.memory.memory import Keeping
from bot.memory.store import ConversationStore
from bot.model_wiring import WiringError, build_llm, build_raw_model
from bot.picking import Picker
from bot.remembering import VisitorMemory
from bot.replying import Replier
from bot.response.wording import Voice
from bot.settings import Settings
from bot.understanding.reader import RawReader, Reader
from bot.understanding.resolve import Resolver
from bot.understanding.rules import RuleReader
from bot.word_wiring import build_writer, voice_of, worded_acts
from bot.world import REAL_WORLD, World
from ranking.behaviour import Behaviour, NoBehaviour, fit_or_load
from ranking.diversify import ByShares, diversity_by_name
from ranking.fusion import Ranker, default_weights
from ranking.incremental import LiveBehaviour
from ranking.interactions import InteractionStore
from ranking.preparing import prepare
from ranking.signals import built_in_signals
from ranking.storage import open_database
from ranking.versions import WeightVersions
from retrieval.assets import RATINGS, asset, ensure, resolve, verify
from retrieval.catalogue.interaction_rows import InteractionRow, load_interactions
from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.loader import load_catalogue
from retrieval.chroma_store import Server
from retrieval.embedder import Embedder, HashingEmbedder, SentenceTransformerEmbedder
from retrieval.indexer import Index, build_index, memory_index
from retrieval.linking import Linker
from retrieval.retriever import Query, Retriever

Report = Callable[[str], None]
PROBLEMS_SHOWN = 20


def open_catalogue(settings: Settings, report: Report) -> Catalogue:
    """The catalogue that the settings name; every row left out is reported."""
    catalogue = load_catalogue(catalogue_folder(settings))
    for problem in catalogue.problems[:PROBLEMS_SHOWN]:
        report(f"left out: {problem}")
    if len(catalogue.problems) > PROBLEMS_SHOWN:
        report(f"left out: {len(catalogue.problems) - PROBLEMS_SHOWN} more")
    report(f"catalogue {catalogue.schema.name}: {len(catalogue.items):,} {catalogue.schema.items_noun}")
    return catalogue


def catalogue_folder(settings: Settings) -> Path:
    """The folder of the catalogue: a built-in one by its name, else the path given."""
    built_in = Path(str(files("retrieval") / settings.catalogue))
    if settings.catalogue.isidentifier() and (built_in / "catalogue.toml").is_file():
        return built_in
    return Path(settings.catalogue).expanduser()


def build_embedder(settings: Settings, report: Report) -> Embedder:
    """The sentence embedder, fetched when it is an asset and missing; not loaded yet."""
    dtype = settings.dtype if settings.embedder_dtype == "auto" else settings.embedder_dtype
    return SentenceTransformerEmbedder(resolve(settings.embedder, settings.cache, report), dtype=dtype)


def index_folder(settings: Settings, catalogue: Catalogue) -> Path:
    """Where a catalogue's index lives: by name and place, so that two catalogues of one name do not meet.

    Vectors made in a type that was asked for do not meet those of whatever type is fast here.
    """
    place = hashlib.sha256(str(catalogue.schema.folder).encode()).hexdigest()[:10]
    asked = "" if settings.embedder_dtype == "auto" else f"-{settings.embedder_dtype}"
    return settings.cache / "indexes" / f"{catalogue.schema.name}-{place}{asked}"


def open_index(settings: Settings, catalogue: Catalogue, embedder: Embedder, report: Report) -> Index:
    """The index, built or brought up to date first."""
    server = Server(settings.chroma_host, settings.chroma_port) if settings.chroma_host else None
    return build_index(catalogue, embedder, index_folder(settings, catalogue), report, server=server)


def build_catalogue_index(settings: Settings, report: Report) -> None:
    """The `index` command."""
    catalogue = open_catalogue(settings, report)
    start = time.perf_counter()
    index = open_index(settings, catalogue, build_embedder(settings, report), report)
    report(f"index of {len(index.ids):,} {catalogue.schema.items_noun} is current, {time.perf_counter() - start:.1f} s")
    index.close()


def index_state(settings: Settings) -> tuple[bool, str]:
    """Whether the index of the catalogue exists, and a line about it, without building anything."""
    catalogue = load_catalogue(catalogue_folder(settings))
    folder = index_folder(settings, catalogue)
    built = (folder / "current").is_file()
    rows = f"{len(catalogue.items):,} items, {len(catalogue.problems)} rows left out"
    return built, f"{catalogue.schema.name}: {rows}; {'built' if built else 'not built yet'} in {folder}"


def wire_reader(catalogue: Catalogue, model: RawReader | None) -> Reader:
    """The understanding stage around `model` (None: the rules), as it is in an assistant."""
    return _reader(Languages(catalogue, Linker(catalogue)), model)


def build_reader(settings: Settings, report: Report) -> tuple[Reader, Catalogue]:
    """The understanding stage alone, warm."""
    catalogue = open_catalogue(settings, report)
    model = build_raw_model(settings, catalogue, report)
    reader = _reader(Languages(catalogue, Linker(catalogue), settings.read_by_model), model)
    reader.warm_up(report)
    return reader, catalogue


def _reader(languages: Languages, model: RawReader | None, world: World = REAL_WORLD) -> Reader:
    catalogue, linker = languages.catalogue, languages.linker
    resolver, rules = Resolver(catalogue, linker, world.this_year), RuleReader(catalogue, linker, world.this_year)
    if guess_with := getattr(model, "guess_with", None):
        guess_with(rules)
    return Reader(resolver, (rules, model), languages)


def build_memory(settings: Settings, catalogue: Catalogue, world: World = REAL_WORLD) -> VisitorMemory:
    """What is known of a catalogue's visitors; what is older than the retention allows is deleted first."""
    if settings.database_url is None:
        _make_folder(settings.data)
    keeping = Keeping(settings.taste_half_life_days, settings.retention_days)
    memory = _memory(settings.database_of(catalogue.schema.name), catalogue, world, keeping)
    memory.tidy()
    return memory


def open_memory(settings: Settings) -> VisitorMemory:
    """The memory of the catalogue in force, without an index or a model: for `forget` and `export`."""
    return build_memory(settings, load_catalogue(catalogue_folder(settings)))


def _memory(url: str, catalogue: Catalogue, world: World, keeping: Keeping | None = None) -> VisitorMemory:
    engine = open_database(url)
    stores = (InteractionStore(engine), ConversationStore(engine))
    return VisitorMemory(catalogue, stores, keeping, world.now, world.new_id, world.chance)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WiringError(
            f"cannot make the folder {str(folder)!r}: {error.strerror}", hint="set CHATALOGUE_DATA to one you may write"
        ) from error


def read_log(settings: Settings, catalogue: Catalogue, report: Report) -> list[InteractionRow]:
    """The catalogue's own behaviour log; the demo ratings are fetched when the catalogue asks for them."""
    folder = None
    if catalogue.schema.interactions_asset is not None:
        folder = ensure(asset(RATINGS), settings.cache, report)
    rows, problems = load_interactions(catalogue, asset_folder=folder)
    for problem in problems[:PROBLEMS_SHOWN]:
        report(f"left out: {problem}")
    return list(rows)


def log_state(settings: Settings) -> list[str]:
    """What there is to learn from in the catalogue's log, what is left out and why; nothing is fetched for it."""
    catalogue = load_catalogue(catalogue_folder(settings))
    folder = None
    if catalogue.schema.interactions_asset is not None:
        folder = verify(asset(RATINGS), settings.cache)
    return prepare(load_interactions(catalogue, asset_folder=folder)[0]).account.lines()


def build_behaviour(settings: Settings, catalogue: Catalogue, report: Report, *, live: bool = False) -> Behaviour:
    """The behaviour model, fitted once for a log made fit to learn from, and kept in the cache; `live`, one that goes
    on learning."""
    start = time.perf_counter()
    prepared = prepare(read_log(settings, catalogue, report))
    rows = prepared.rows
    for line in prepared.account.lines() if prepared.account.came else ():
        report(line)
    ids = [item.id for item in catalogue.items]
    if rows:
        behaviour = fit_or_load(rows, ids, index_folder(settings, catalogue) / "behaviour")
    else:
        report("behaviour: no log, so ranking goes by content alone until visitors react")
        behaviour = NoBehaviour()
    made = LiveBehaviour(behaviour, rows, ids) if live else behaviour
    if rows:
        report(f"behaviour: {len(rows):,} interactions, {time.perf_counter() - start:.1f} s")
    return made


def weight_versions(settings: Settings, catalogue: Catalogue) -> WeightVersions:
    """The ranking weights that were trained for a catalogue here."""
    return WeightVersions(settings.data / "ranking" / index_folder(settings, catalogue).name)


def build_ranker(settings: Settings, catalogue: Catalogue, behaviour: Behaviour) -> Ranker:
    """Goes by the weights trained here, else by those shipped: learned ones where there is a log, else the prior."""
    versions, signals = weight_versions(settings, catalogue), built_in_signals(behaviour, catalogue)
    diversify, trained = diversity_by_name(settings.diversity, catalogue), versions.current()
    weights = trained.weights if trained else default_weights(behaviour.fitted)
    if settings.diversity_strength is not None:
        weights = replace(weights, relevance=1 - settings.diversity_strength)
    if trained is None:
        return Ranker(signals, weights, diversify)
    return Ranker(signals, weights.covering(s.name for s in signals), diversify, versions.trees(trained))


def build_assistant(settings: Settings, report: Report, world: World = REAL_WORLD) -> Assistant:
    """Everything, warm: the first message waits for nothing."""
    catalogue = open_catalogue(settings, report)
    embedder = build_embedder(settings, report)
    index = open_index(settings, catalogue, embedder, report)
    behaviour = build_behaviour(settings, catalogue, report, live=settings.learn_live and world.shared)
    memory = build_memory(settings, catalogue, world)
    if isinstance(behaviour, LiveBehaviour):
        behaviour.relearn(memory.store.since())
        memory.learner = behaviour
    llm = build_llm(settings, report, world) if settings.reader == "model" or worded_acts(settings) else None
    languages = Languages(catalogue, Linker(catalogue), settings.read_by_model)
    reader = _reader(languages, build_raw_model(settings, catalogue, report, llm), world)
    writer = build_writer(settings, catalogue, llm)
    if world.warm:
        reader.warm_up(report)
        if writer is not None:
            writer.warm_up(report)
    retriever = Retriever(index, embedder)
    retriever.retrieve(Query(text="warm up", k=1))
    picker = Picker(retriever, behaviour, build_ranker(settings, catalogue, behaviour), settings.novelty)
    picker.explore = settings.explore
    replier = Replier(catalogue, picker, voice_of(settings, catalogue), writer)
    return Assistant(Stages(catalogue, reader, picker, replier, memory), settings.k)


def with_behaviour(assistant: Assistant, behaviour: Behaviour, k: int) -> Assistant:
    """The same assistant going by another behaviour model, with `k` items a list. All else is shared."""
    retriever = assistant.stages.picker.retriever
    signals = built_in_signals(behaviour, retriever.index.catalogue)
    shares = ByShares.of(retriever.index.catalogue)
    picker = Picker(retriever, behaviour, Ranker(signals, default_weights(behaviour.fitted), shares))
    return Assistant(replace(assistant.stages, picker=picker), k)


def scratch_assistant(
    catalogue: Catalogue,
    folder: Path,
    model: RawReader | None = None,
    world: World = REAL_WORLD,
    read_by_model: Iterable[str] = (ENGLISH,),
    voice: Voice | None = None,
) -> Assistant:
    """An assistant without weights, network or Chroma: hashed vectors in memory, the rules reading.

    Or `model`, messages in the languages `read_by_model`. For fast tests and trials; what visitors do is stored in
    `folder`.
    """
    embedder = HashingEmbedder()
    index = memory_index(catalogue, embedder)
    behaviour = scratch_behaviour(catalogue)
    retriever = Retriever(index, embedder)
    folder.mkdir(parents=True, exist_ok=True)
    reader = _reader(Languages(catalogue, Linker(catalogue), read_by_model), model, world)
    signals, shares = built_in_signals(behaviour, catalogue), ByShares.of(catalogue)
    ranker = Ranker(signals, default_weights(behaviour.fitted), shares)
    picker = Picker(retriever, behaviour, ranker)
    memory = _memory(f"sqlite:///{folder / 'scratch.sqlite3'}", catalogue, world)
    return Assistant(Stages(catalogue, reader, picker, Replier(catalogue, picker, voice), memory))


def scratch_behaviour(catalogue: Catalogue) -> Behaviour:
    """What the catalogue's own log says, fitted in memory; no asset is read for it."""
    rows = prepare(load_interactions(catalogue)[0]).rows
    return Behaviour.fit(rows, [item.id for item in catalogue.items]) if rows else NoBehaviour()
