"""Captured steps train as steps without a graph do. Needs a GPU."""

import pytest
import torch

from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.reports import EpochReport
from mslg_core.training import cuda_graphs
from mslg_core.training.checkpoint import dump_checkpoint, load_checkpoint
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")

SINGLE_METHODS = [method for method in Method if method is not Method.AUTO]


def train(method: Method, monkeypatch: pytest.MonkeyPatch, eager_steps: int) -> list[EpochReport]:
    monkeypatch.setattr(cuda_graphs, "EAGER_STEPS", eager_steps)
    settings = {
        "backbone": "train",
        "epochs": 4,
        "warmup_epochs": 2,
        "batch_size": 16,
        "horizontal_flip": True,
    }
    training_set, _ = make_training_set(240)
    trainer = Trainer(training_set, parse_config({"method": method, **settings}), "cuda")
    reports = list(trainer.run())
    assert len(trainer.result().label_score) == 240
    return reports


@pytest.mark.parametrize("method", SINGLE_METHODS)
def test_a_captured_run_is_the_run_without_graphs(method: Method, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", True)
    captured = train(method, monkeypatch, eager_steps=2)
    eager = train(method, monkeypatch, eager_steps=10**9)
    losses = [[report.train_loss for report in reports] for reports in (captured, eager)]
    assert losses[0] == pytest.approx(losses[1], rel=0.02)
    assert captured[-1].meta_accuracy == pytest.approx(eager[-1].meta_accuracy, abs=0.1)


def test_every_replay_draws_new_numbers() -> None:
    generator = torch.Generator("cuda").manual_seed(0)
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]

    def draw(index: torch.Tensor) -> torch.Tensor:
        return torch.rand(len(index), generator=generator, device="cuda")

    cuda_graphs.run_on(stream, draw, torch.arange(4, device="cuda"))
    step = cuda_graphs.CapturedStep(draw, 4, generator, stream, torch.cuda.graph_pool_handle())
    first, second = (step.replay(torch.arange(4, device="cuda")).tolist() for _ in range(2))
    assert first != second


@pytest.mark.parametrize(("first", "second"), [("cpu", "cuda"), ("cuda", "cpu")])
def test_a_run_goes_on_where_it_was_on_the_other_kind_of_device(first: str, second: str) -> None:
    training_set, _ = make_training_set(240)
    settings = {"backbone": "train", "epochs": 6, "warmup_epochs": 3, "batch_size": 16}
    config = parse_config({"method": "mslg", **settings})
    begun = Trainer(training_set, config, first)
    assert len([report for _, report in zip(range(4), begun.run(), strict=False)]) == 4
    resumed = Trainer(training_set, config, second)
    load_checkpoint(resumed, dump_checkpoint(begun))
    after = list(resumed.run())
    assert [report.epoch for report in after] == [5, 6]
    # The other device rounds differently. An untrained network is right for a third of the meta set.
    assert after[-1].meta_accuracy is not None
    assert after[-1].meta_accuracy > 0.7
