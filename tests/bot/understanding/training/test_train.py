"""Runs of training on a base made on the spot: what is written, what is resumed, which bases, several tasks."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import GPTNeoXConfig, LlamaConfig, Qwen2Config

from bot.understanding.training import train
from bot.understanding.training.generate import UNSEEN
from bot.understanding.training.options import ASSET, Options, parse_options
from bot.understanding.training.run_log import COLUMNS, LOSSES
from bot.understanding.training.scores import Scores, loss_of
from bot.understanding.training.tasks import Task, TrainingError
from bot.understanding.training.train import main, run
from bot.understanding.training.trainee import load, prepare, step

pytestmark = [
    pytest.mark.usefixtures("short_packs"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning"),
]
QUICK: dict[str, Any] = {"dev_packs": 1, "dev_samples": 1, "threads": 1}
BOTH = (Task("understanding"), Task("wording", 0.3))
SMALL = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
OTHER_BASES = {
    "another-llama": LlamaConfig(vocab_size=300, num_key_value_heads=4, **SMALL),
    "little-qwen": Qwen2Config(vocab_size=300, num_key_value_heads=2, **SMALL),
    "other-names": GPTNeoXConfig(vocab_size=300, **SMALL),
}


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(str(folder / "adapter_model.safetensors"))


def equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "training.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def interrupt(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """The next run stops in the middle of the step that follows `after`."""
    done = 0

    def failing(*given: Any) -> Any:
        nonlocal done
        done += 1
        if done > after:
            raise KeyboardInterrupt
        return step(*given)

    monkeypatch.setattr(train, "step", failing)


def test_a_run_writes_an_adapter_and_can_be_resumed(save_base: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "adapter"
    told: dict[str, Any] = {"base": str(save_base()), "out": out, "checkpoint_minutes": 0, **QUICK}
    first = run(Options(**told, minutes=0.01), [])
    second = run(Options(**told, minutes=first["seconds"] / 60 + 0.01), [])
    assert second["step"] > first["step"] >= 1
    assert second["seconds"] > first["seconds"]
    saved = json.loads((out / "training.json").read_text())
    assert saved["base_sha256"]
    assert set(saved["scores"]) == {"dev", UNSEEN}
    assert set(saved["scores"][UNSEEN]) == {f.name for f in fields(Scores)}
    assert saved["started_from_sha256"] is None
    assert saved["tasks"] == {"understanding": 1.0}
    assert (out / "training.svg").read_text().count("<polyline") == 3
    assert json.loads((out / "adapter_config.json").read_text())["base_model_name_or_path"] == ASSET
    assert {t.dtype for t in weights(out).values()} == {torch.bfloat16}
    assert list(rows(out)[0]) == list(COLUMNS)
    assert [int(r["step"]) for r in rows(out)] == list(range(1, second["step"] + 1))


@pytest.mark.parametrize("tasks", [None, BOTH])
def test_an_interrupted_run_of_steps_ends_with_the_same_weights(
    tasks: tuple[Task, ...] | None, save_base: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {"base": str(save_base()), "steps": 6, "checkpoint_minutes": 0, **QUICK}
    told |= {"tasks": tasks} if tasks else {}
    run(Options(**told, out=tmp_path / "whole"), [])
    with monkeypatch.context() as patched:
        interrupt(patched, after=3)
        with pytest.raises(KeyboardInterrupt):
            run(Options(**told, out=tmp_path / "broken"), [])
    assert [int(r["step"]) for r in rows(tmp_path / "broken")] == [1, 2, 3]
    assert not equal(weights(tmp_path / "broken"), weights(tmp_path / "whole"))
    assert run(Options(**told, out=tmp_path / "broken"), [])["step"] == 6
    assert equal(weights(tmp_path / "broken"), weights(tmp_path / "whole"))
    timed = {"seconds", "tokens_per_second"}
    one, other = ([{k: r[k] for k in r.keys() - timed} for r in rows(tmp_path / n)] for n in ("whole", "broken"))
    assert one == other


def test_steps_done_again_after_an_interruption_are_logged_once(
    save_base: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {"base": str(save_base()), "steps": 4, "out": tmp_path / "a", **QUICK}
    monkeypatch.setattr(train, "EVERY", 1)
    with monkeypatch.context() as patched:
        interrupt(patched, after=2)
        with pytest.raises(KeyboardInterrupt):
            run(Options(**told), [])
    assert [r["step"] for r in rows(tmp_path / "a")] == ["1", "2"]  # and no checkpoint, so these are done again
    run(Options(**told), [])
    assert [r["step"] for r in rows(tmp_path / "a")] == ["1", "2", "3", "4"]


def test_the_log_ends_with_the_run(save_base: Callable[..., Path], tmp_path: Path) -> None:
    run(Options(base=str(save_base()), steps=2, out=tmp_path / "a", **QUICK), [])
    (row,) = rows(tmp_path / "a")
    assert row["step"] == "2"
    assert float(row["dev_loss"]) > 0
    untrained = run(Options(base=str(save_base()), steps=0, out=tmp_path / "b", **QUICK), [])
    assert (tmp_path / "b" / "adapter_model.safetensors").is_file()
    assert untrained["step"] == 0


def test_the_gradient_is_that_of_the_weighted_sum(save_base: Callable[..., Path], tmp_path: Path) -> None:
    options = Options(base=str(save_base()), out=tmp_path, tasks=BOTH, learning_rate=1e-3, **QUICK)
    packs = [next(t.packs(1)) for t in BOTH]
    torch.manual_seed(0)
    one = prepare(options)
    torch.manual_seed(0)
    other = prepare(options)
    stepped = step(one, BOTH, packs, 1e-3)
    losses = [loss_of(other.model, other.tokenizer, p)[0] for p in packs]
    torch.autograd.backward(losses[0] + 0.3 * losses[1])
    norm = other.optimizer.step(1e-3)
    assert stepped.losses == {t.name: pytest.approx(float(x), rel=1e-5) for t, x in zip(BOTH, losses, strict=True)}
    assert stepped.norm == pytest.approx(norm, rel=0.02)  # two gradients are rounded to bfloat16 before they are added
    assert all(
        torch.allclose(a, b, atol=2e-4) for a, b in zip(one.optimizer.masters, other.optimizer.masters, strict=True)
    )
    alone = prepare(options)
    step(alone, BOTH[:1], packs[:1], 1e-3)
    assert not all(
        torch.allclose(a, b, atol=2e-4) for a, b in zip(one.optimizer.masters, alone.optimizer.masters, strict=True)
    )


def test_every_task_has_its_own_losses(save_base: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "adapter"
    told: dict[str, Any] = {"base": str(save_base()), "steps": 2, "checkpoint_minutes": 0, **QUICK}
    report = run(Options(**told, out=out, tasks=BOTH, tensorboard=tmp_path / "events"), [])
    assert len(list((tmp_path / "events").glob("events.out.tfevents.*"))) == 1
    assert list(rows(out)[0]) == [*COLUMNS, *(f"{t.name}_{kind}" for t in BOTH for kind in LOSSES)]
    for row in rows(out):
        for kind in LOSSES:
            parts = [t.weight * float(row[f"{t.name}_{kind}"]) for t in BOTH]
            assert float(row[kind]) == pytest.approx(sum(parts), abs=2e-4)
    assert report["tasks"] == {"understanding": 1.0, "wording": 0.3}
    assert set(report["scores"]) == {"dev", UNSEEN, "wording"}
    assert report["scores"]["wording"]["dev_loss"] > 0
    picture = (out / "training.svg").read_text()
    assert picture.count("<polyline") == 5
    assert "held out, wording" in picture


def test_a_run_is_not_gone_on_with_under_other_conditions(save_base: Callable[..., Path], tmp_path: Path) -> None:
    told: dict[str, Any] = {"base": str(save_base()), "out": tmp_path / "a", **QUICK}
    run(Options(**told, steps=1), [])
    for other in ({"tasks": BOTH}, {"seed": 2}, {"learning_rate": 1e-5}, {"name": "another"}):
        with pytest.raises(TrainingError, match="told otherwise: ") as raised:
            run(Options(**told, **other, steps=2), [])
        assert "--from" in raised.value.hint
    assert run(Options(**told, steps=2), [])["step"] == 2


@pytest.mark.parametrize("name", OTHER_BASES)
def test_any_base_can_be_named(name: str, save_base: Callable[..., Path], tmp_path: Path) -> None:
    base = save_base(OTHER_BASES[name], name)
    out = tmp_path / "adapter"
    told = ["--base", str(base), "--out", str(out), "--steps", "1", "--threads", "1"]
    assert main([*told, "--task", "understanding", "--task", "wording=0.3", "--task", "asking=0.1"]) == 0
    record = json.loads((out / "training.json").read_text())
    assert record["base"] == name
    assert record["tasks"] == {"understanding": 1.0, "wording": 0.3, "asking": 0.1}
    config = json.loads((out / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == name
    assert len(config["target_modules"]) >= 4


def test_a_run_goes_on_from_an_adapter(save_base: Callable[..., Path], tmp_path: Path) -> None:
    told: dict[str, Any] = {"base": str(save_base()), **QUICK, "steps": 1}
    first = tmp_path / "first"
    run(Options(**told, out=first), [])
    model, _ = load(Options(**told, out=tmp_path / "second", start=first))
    wanted = weights(first)
    found = {key.replace(".default.", "."): value for key, value in model.state_dict().items() if "lora_" in key}
    assert wanted
    assert all(torch.equal(found[key], value) for key, value in wanted.items())
    assert any(p.requires_grad for p in model.parameters())
    second = run(Options(**told, out=tmp_path / "second", start=first), [])
    digest = hashlib.sha256((first / "adapter_model.safetensors").read_bytes()).hexdigest()
    assert second["started_from_sha256"] == digest


def test_minutes_or_steps_end_a_run() -> None:
    assert parse_options(["--out", "a"]).tasks == (Task("understanding"),)
    with pytest.raises(SystemExit):
        parse_options(["--out", "a", "--minutes", "5", "--steps", "5"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["cooking"], "no task 'cooking'"),
        (["wording=0"], "weight of 'wording' is '0'"),
        (["wording=much"], "is 'much'"),
        (["wording=-1"], "is '-1'"),
        (["wording=inf"], "is 'inf'"),
        (["wording", "wording=2"], "named twice"),
    ],
)
def test_a_task_that_cannot_be_is_refused(given: list[str], message: str) -> None:
    with pytest.raises(TrainingError, match=message) as raised:
        parse_options(["--out", "a", *(word for task in given for word in ("--task", task))])
    assert raised.value.hint
