"""`chatalogue evaluate latency`: what a turn costs, stage by stage, in this process, on this machine.

Prints p50 and p95 in milliseconds over real dialogues, the model's calls a message, resident memory, and the same
readings by plain `generate()` without grammar, forced tokens, drafts, int8 or a prefix cache, run in turn with ours so
that a noisy machine hits both alike.
"""

from __future__ import annotations

import platform
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import psutil

from bot.assistant import Assistant
from bot.llm.port import Completion, Grammar, LanguageModel, Limits
from bot.messages import UserText
from bot.settings import Settings

Timings = dict[str, list[float]]


def measure(settings: Settings, repeats: int, report: Callable[[str], None]) -> None:
    """Run `repeats` dialogues made from the catalogue's own items and print the table."""
    from bot.wiring import build_assistant
    from bot.world import World
    from retrieval.dtype import fast_dtype

    start = time.perf_counter()
    calls: list[int] = []
    assistant = build_assistant(settings, report, World(taped=lambda _, build: _Counted(build(), calls)))
    calls.clear()  # those of warming up
    ready = time.perf_counter() - start
    timings: Timings = defaultdict(list)
    for number in range(repeats):
        _run(assistant, _dialogue(assistant, number), timings)
    import torch

    seen = torch.backends.cpu.get_cpu_capability()
    print(f"{platform.machine()}, {torch.get_num_threads()} threads, torch sees {seen}, model in {fast_dtype()}")
    print(f"{'':30}{'p50 ms':>9}{'p95 ms':>9}{'n':>6}")
    for name, values in timings.items():
        print(f"{name:30}{np.percentile(values, 50):9.0f}{np.percentile(values, 95):9.0f}{len(values):6}")
    if calls:
        print(f"model calls a message: median {np.median(calls):.0f}, mean {np.mean(calls):.1f}")
    ours, plain = timings.get("read, ours"), timings.get("read, plain generate()")
    if ours and plain:
        print(f"plain generate() takes {np.median(plain) / np.median(ours):.2f} times as long as ours (medians)")
    print(f"ready after {ready:.1f} s; resident memory {_resident_mb():.0f} MB")


class _Counted:
    """A language model whose completions leave in `calls` how many forward passes they took."""

    def __init__(self, model: LanguageModel, calls: list[int]) -> None:
        self._model, self._calls = model, calls

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def complete(self, prefix: str, suffix: str, grammar: Grammar | None, limits: Limits) -> Completion:
        """See LanguageModel."""
        done = self._model.complete(prefix, suffix, grammar, limits)
        if done.calls is not None:
            self._calls.append(done.calls)
        return done


def _dialogue(assistant: Assistant, number: int) -> Sequence[str]:
    """Five messages about two of the catalogue's items; deterministic."""
    items = assistant.catalogue.items
    first, second = items[(number * 37 + 11) % len(items)], items[(number * 91 + 5) % len(items)]
    return (
        "hi there",
        f"something like {first.title} please",
        f"i've seen {second.title} already, no more of that",
        "something else, not too slow",
        "the second one sounds good, what is it about?",
    )


def _run(assistant: Assistant, messages: Sequence[str], timings: Timings) -> None:
    conversation = assistant.open(None)
    for text in messages:
        message = conversation.in_context(text)
        reply = conversation.reply(UserText(text))
        for name in ("understand", "retrieve", "rank", "cards", "total"):
            if name in reply.ms:
                label = {"understand": "read, ours", "cards": "turn to cards", "total": "turn, whole"}.get(name, name)
                timings[label].append(reply.ms[name])
        if (plain := assistant.stages.reader.read_plainly(message)) is not None:
            timings["read, plain generate()"].append(plain)


def _resident_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6
