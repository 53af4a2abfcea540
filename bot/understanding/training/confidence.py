"""`chatalogue train confidence`: how sure the reader is beside how often it is right, on held-out messages.

The held-out phrasings of the generator are read inside the grammar; the label is the draft that the model checks, so
that a message takes about one forward pass. Knows no linking: right is what the model should have written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from bot.llm.port import LanguageModel, Limits
from bot.understanding.confidence import Calibration, CalibrationError, expected_calibration_error, fit, save
from bot.understanding.grammar import tidy, understanding_grammar
from bot.understanding.prompt import message_suffix
from bot.understanding.target import parse_target
from bot.understanding.training.generate import Pack, Sample, generate

FIRST_PACK = 6  #: the dev split speaks of our own lists from here on, as visitors do
SEED = 20261122


@dataclass(frozen=True, slots=True)
class Judged:
    """One message read: the completion's confidence, and whether intent and slots are the label's."""

    confidence: float
    right: bool


def judge(llm: LanguageModel, packs: Sequence[Pack], report: Callable[[str], None]) -> list[Judged]:
    """Every message of `packs` read; those that the grammar cannot express are left out."""
    found: list[Judged] = []
    for number, pack in enumerate(packs, 1):
        found += [judged for sample in pack.samples if (judged := _judge(llm, pack, sample)) is not None]
        report(f"{number} of {len(packs)} schemas, {len(found)} messages")
    return found


def _judge(llm: LanguageModel, pack: Pack, sample: Sample) -> Judged | None:
    message = tidy(sample.message).message
    grammar = replace(understanding_grammar(pack.facets, message), guess=sample.answer)
    done = llm.complete(pack.prefix, message_suffix(message), grammar, Limits())
    if done.confidence is None or done.stopped != "eos":
        return None
    intent, slots = parse_target(done.text)
    return Judged(done.confidence, intent == sample.intent and set(slots) == set(sample.slots))


def calibrate(llm: LanguageModel, adapter: Path, messages: int, report: Callable[[str], None]) -> Iterator[str]:
    """Fit on held-out messages and write the map beside `adapter`; yields the figures. Raises ChatalogueError.

    The figures are those of a map fitted on every second message, on the others; the map kept is fitted on all.
    """
    packs = list(islice(generate(SEED, "dev", skip=FIRST_PACK), max(2, round(messages / 14))))
    judged = judge(llm, packs, report)
    fitted, rest = judged[::2], judged[1::2]
    if not rest:
        raise CalibrationError("no message could be read", hint="run `chatalogue doctor`")
    raw, half = ece(rest), ece(rest, _fit(fitted))
    kept = _fit(judged)
    share = sum(j.right for j in judged) / len(judged)
    provenance = {
        "fitted_on": f"generate({SEED}, 'dev'), {len(packs)} packs from {FIRST_PACK}",
        "messages": len(judged),
        "right": round(share, 4),
        "ece_raw": round(raw, 4),
        "ece_held_out": round(half, 4),
        "model": llm.identity,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    save(kept, adapter, provenance)
    yield f"{len(judged)} messages, {share:.3f} read exactly as labelled"
    yield f"expected calibration error: {raw:.3f} as the model says, {half:.3f} calibrated (fitted on the other half)"
    yield from _reliability(rest, _fit(fitted))


def ece(judged: Sequence[Judged], calibration: Calibration | None = None) -> float:
    """The expected calibration error of what was judged, after `calibration` if there is one."""
    said = [calibration(j.confidence) if calibration else j.confidence for j in judged]
    return expected_calibration_error(said, [j.right for j in judged])


def _fit(judged: Sequence[Judged]) -> Calibration:
    return fit([j.confidence for j in judged], [j.right for j in judged])


def _reliability(judged: Sequence[Judged], calibration: Calibration) -> Iterator[str]:
    """What was promised beside what held, by fifths."""
    order = sorted((calibration(j.confidence), j.right) for j in judged)
    yield "promised  right  messages"
    size = -(-len(order) // 5)
    for start in range(0, len(order), size):
        part = order[start : start + size]
        promised, right = (sum(p[i] for p in part) / len(part) for i in (0, 1))
        yield f"{promised:8.2f}{right:7.2f}{len(part):10}"
