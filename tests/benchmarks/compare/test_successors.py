"""MSLG's successors: their meta-gradients, a tiny run of each, and their table."""

import json
from pathlib import Path

import pytest
import torch
from torch.func import functional_call
from torch.nn import functional as F  # noqa: N812

from benchmarks.common.results import Record, provenance
from benchmarks.compare.compare import Case, Source
from benchmarks.compare.successor_methods import (
    EmlcTrainer,
    LabelNetworkMethod,
    MetaLabelNet,
    MetaLabelNetTrainer,
    Teacher,
)
from benchmarks.compare.successors import (
    MSLG,
    NOISES,
    TRAINERS,
    WARM_UP,
    Trial,
    measure,
    measure_missing,
    returned,
    successors_table,
    summary,
    trials,
)
from benchmarks.problems.method_trainer import MethodTrainer
from mslg_core.configs.job import parse_config
from mslg_core.methods.metalearning.metagradient import trainable
from tests.benchmarks.tiny import make_problem

RATE = 0.1


def make_method(kind: type[MethodTrainer]) -> LabelNetworkMethod:
    """A method on 90 tiny images, in double precision so that gradients can be compared."""
    config = parse_config({"method": "mslg", "backbone": "patches", "learning_rate": RATE})
    trainer = kind(make_problem().training_set(), config, "cpu")
    method = trainer._method
    assert isinstance(method, LabelNetworkMethod)
    method.run.model.train()
    return method


@pytest.mark.parametrize("kind", [MetaLabelNetTrainer, EmlcTrainer])
def test_the_meta_gradient_is_that_of_a_double_backward(kind: type[MethodTrainer]) -> None:
    method, index = make_method(kind), torch.arange(30)
    run, parameters = method.run, list(method.network.parameters())
    meta = run.draw_meta_batch(10, augment=False)
    noisy = method._lookahead.forward(run.images.plain(index))
    labels = method.label_logits(index)
    tangent = method._lookahead.tangent(noisy, method.losses(noisy.logits, labels.detach()), meta, RATE)
    term = method.meta_term(labels, noisy.logits.detach(), tangent.logits)
    ours = torch.autograd.grad(term, parameters, allow_unused=True)

    weights = trainable(run.model)
    logits = functional_call(run.model, weights, (run.images.plain(index),))
    loss = method.losses(logits, method.label_logits(index)).mean()
    steps = torch.autograd.grad(loss, list(weights.values()), create_graph=True)
    ahead = {name: p - RATE * g for (name, p), g in zip(weights.items(), steps, strict=True)}
    meta_loss = F.cross_entropy(functional_call(run.model, ahead, (meta.images,)), meta.labels)
    theirs = torch.autograd.grad(meta_loss, parameters, allow_unused=True)
    for mine, exact in zip(ours, theirs, strict=True):
        assert mine is not None
        assert exact is not None
        torch.testing.assert_close(mine, exact, rtol=1e-3, atol=1e-7)


def test_soft_labels_are_distributions() -> None:
    for kind in (MetaLabelNetTrainer, EmlcTrainer):
        soft = make_method(kind).soft_labels()
        torch.testing.assert_close(soft.sum(dim=1), torch.ones(len(soft)))


def test_a_closed_gate_keeps_the_given_label() -> None:
    method = make_method(EmlcTrainer)
    assert isinstance(method.network, Teacher)
    last = method.network.gate[-1]
    assert isinstance(last, torch.nn.Linear)
    with torch.no_grad():
        last.bias.fill_(-30)
    assert torch.equal(method.soft_labels().argmax(dim=1), method.run.given)


def test_the_warm_up_teaches_the_label_network_and_is_that_of_mslg() -> None:
    method = make_method(MetaLabelNetTrainer)
    assert isinstance(method, MetaLabelNet)
    index = method.run.everything
    before = F.cross_entropy(method.predict_classes(index), method.run.given[index])
    for _ in range(5):
        method.warm_up_step(index)
    assert F.cross_entropy(method.predict_classes(index), method.run.given[index]) < before
    problem, case = make_problem(120, verified=40), Case()
    warm_ups = {measure(Trial(case, name), problem)["test_accuracy_after_warmup"] for name in TRAINERS}
    assert len(warm_ups) == 1


def test_a_record_is_measured_once(tmp_path: Path) -> None:
    wanted, out = trials([Source.DIGITS], 1)[:1], tmp_path / "successors.json"
    (record,) = measure_missing(wanted, {}, out)
    json.dumps(record, allow_nan=False)
    assert record["name"] == WARM_UP
    assert record["test_accuracy"] == record["test_accuracy_after_warmup"]
    assert list(measure_missing(wanted, {}, out)) == []


def test_every_noise_and_successor_has_a_trial_per_seed() -> None:
    assert len(trials(Source, 2)) == 2 * len(Source) * len(NOISES) * len(TRAINERS)


def test_a_run_that_fell_back_shows_the_returned_network() -> None:
    record: Record = {
        "case": Case().key(),
        "name": WARM_UP,
        "fell_back": True,
        "holdout_accuracy": 0.1,
        "holdout_accuracy_after_warmup": 0.9,
        "holdout_accuracy_of_suggestions": 0.95,
        "test_accuracy": 0.2,
        "test_accuracy_after_warmup": 0.8,
        "suggestion_accuracy": 0.7,
        **provenance("cpu"),
    }
    assert returned(record | {"fell_back": False}, "test_accuracy") == 0.2
    ours = record | {"name": MSLG, "fell_back": False}
    row = "uniform 40 % | warm-up alone | 1 | 1 of 1 | 90.0 | 80.0 | +80.0 | +60.0 | 95.0 | 70.0 |"
    assert row in successors_table([record, ours])
    assert "test 0.8" in summary(record)
