"""The benchmark of training steps, with tiny steps."""

import json

import pytest
import torch

from benchmarks.speed import steps
from benchmarks.speed.gauges import floating_point_operations, peak_memory
from benchmarks.speed.step_kinds import KINDS, DoubleBackward, Setting, make_run
from benchmarks.speed.steps import make_setting, run
from mslg_core.configs.methods import MslgConfig
from mslg_core.methods.mslg import Mslg
from mslg_core.models.class_table import to_dense

TINY = Setting("cnn8", batch=6, meta_batch=4, side=8, device="cpu")


def test_double_backward_and_mslg_take_the_same_step() -> None:
    index, config = torch.arange(TINY.batch), MslgConfig(meta_batch_size=TINY.meta_batch)
    mslg, baseline = Mslg(make_run(TINY), config), DoubleBackward(make_run(TINY), config)
    for method in (mslg, baseline):
        method.step(index)
    start, moved, other = (
        to_dense(method.labels.logits) for method in (Mslg(make_run(TINY), config), mslg, baseline)
    )
    assert (moved - start).abs().max() > 0.1
    torch.testing.assert_close(moved, other, rtol=1e-3, atol=1e-3)
    for a, b in zip(mslg.run.model.parameters(), baseline.run.model.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5)


@pytest.fixture
def _no_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "peak_memory", lambda *_: None)


@pytest.mark.usefixtures("_no_other_processes")
def test_one_line_of_json_names_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    run(net="cnn8", batch=2, rounds=1, device="cpu", as_json=True)
    (line,) = capsys.readouterr().out.splitlines()
    record = json.loads(line)
    assert record["net"] == "cnn8"
    assert record["sgd"] == 1.0
    assert all(record[kind] > 0 and record["tflops"][kind] > 0 for kind in KINDS)


@pytest.mark.usefixtures("_no_other_processes")
def test_the_table_has_a_line_for_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    run(net="cnn8", batch=2, rounds=1, device="cpu")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "cnn8, batch 2, meta batch 2, 32 x 32 pixels, cpu"
    assert len(lines) == len(KINDS) + 4


def test_memory_is_measured_where_the_system_reports_it() -> None:
    peak = peak_memory("sgd", TINY)
    assert peak is None or peak > 0


def test_operations_of_matrix_products_are_counted() -> None:
    a = torch.ones(3, 4)
    assert floating_point_operations(lambda: a @ a.T) == 2 * 3 * 4 * 3


def test_a_cpu_gets_a_small_resnet() -> None:
    assert make_setting("resnet50", "cpu").side < make_setting("resnet50", "cuda").side == 224
    assert make_setting("cnn8", "cpu").meta_batch == 64
