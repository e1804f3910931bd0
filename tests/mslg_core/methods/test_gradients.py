"""Gradients that methods compute themselves, compared with autograd in float64.

The meta-gradients are compared with a second-order graph, on the paper's network with batch norm.
"""

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.base import MetaGradient, Method, Network
from mslg_core.configs.job import parse_config
from mslg_core.configs.methods import ClassPrior
from mslg_core.methods.forward import Forward, anchor_rows, verified_rows
from mslg_core.methods.joint_optimization import JointOptimization
from mslg_core.methods.meta_weight_net import make_weighting
from mslg_core.methods.metalearning.lookahead import LOOKAHEADS
from mslg_core.methods.metalearning.metagradient import (
    MetaBatch,
    Params,
    kl_to_labels,
    label_gradient,
    trainable,
    weight_gradient,
)
from mslg_core.methods.mlnt import Mlnt
from mslg_core.methods.pencil import Pencil
from mslg_core.methods.symmetric_ce import SymmetricCrossEntropy
from mslg_core.models.networks import Cnn8, build_network, last_linear
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set

ALPHA = 0.5
BATCH, CLASSES = 12, 4
Case = tuple[nn.Module, Tensor, MetaBatch]


@pytest.fixture(params=[True, False], ids=["training", "evaluation"])
def case(request: pytest.FixtureRequest) -> Case:
    """Network, images and meta batch in float64."""
    torch.manual_seed(0)
    model = Cnn8(CLASSES, 8).double().train(request.param)
    images = torch.randn(BATCH, 3, 8, 8, dtype=torch.float64)
    meta = MetaBatch(torch.randn(6, 3, 8, 8, dtype=torch.float64), torch.randint(0, CLASSES, (6,)))
    return model, images, meta


def call(model: nn.Module, params: Params, images: Tensor) -> Tensor:
    """Logits; batch norm's statistics are unchanged."""
    buffers = {name: buffer.clone() for name, buffer in model.named_buffers()}
    logits: Tensor = functional_call(model, (params, buffers), (images,))
    return logits


def ahead(params: Params, loss: Tensor) -> Params:
    """θ̂ with a second-order graph."""
    gradients = torch.autograd.grad(loss, list(params.values()), create_graph=True)
    return {name: p - ALPHA * g for (name, p), g in zip(params.items(), gradients, strict=True)}


def relative_error(got: Tensor, expected: Tensor) -> float:
    assert expected.norm() > 1e-9
    return float((got - expected).norm() / expected.norm())


def head_alone(model: nn.Module) -> Params:
    """The weights of the last layer."""
    head = {id(p) for p in last_linear(model).parameters()}
    return {name: p for name, p in trainable(model).items() if id(p) in head}


def stepping(model: nn.Module, mode: MetaGradient) -> Params:
    """The weights that a lookahead moves."""
    return trainable(model) if mode is MetaGradient.EXACT else head_alone(model)


@pytest.mark.parametrize("mode", list(MetaGradient))
def test_gradient_of_labels(case: Case, mode: MetaGradient) -> None:
    model, images, meta = case
    labels = (3 * torch.randn(BATCH, CLASSES, dtype=torch.float64)).requires_grad_()
    params = stepping(model, mode)
    loss = kl_to_labels(call(model, params, images), labels).mean()
    meta_loss = F.cross_entropy(call(model, ahead(params, loss), meta.images), meta.labels)
    (expected,) = torch.autograd.grad(meta_loss, labels)
    lookahead = LOOKAHEADS[mode](model)
    noisy = lookahead.forward(images)
    tangent = lookahead.tangent(noisy, kl_to_labels(noisy.logits, labels.detach()), meta, ALPHA)
    assert relative_error(label_gradient(noisy.logits, tangent.logits, ALPHA), expected) < 1e-10
    assert tangent.loss == pytest.approx(meta_loss.item(), rel=1e-10)


@pytest.mark.parametrize("mode", list(MetaGradient))
def test_gradient_of_the_weighting_network(case: Case, mode: MetaGradient) -> None:
    model, images, meta = case
    given = torch.randint(0, CLASSES, (BATCH,))
    weighting = make_weighting(8, torch.Generator().manual_seed(0)).double()
    params = stepping(model, mode)
    losses = F.cross_entropy(call(model, params, images), given, reduction="none")
    weights = weighting(losses.detach().unsqueeze(1)).squeeze(1)
    meta_logits = call(model, ahead(params, (weights * losses).mean()), meta.images)
    expected = torch.autograd.grad(
        F.cross_entropy(meta_logits, meta.labels), list(weighting.parameters()), retain_graph=True
    )
    lookahead = LOOKAHEADS[mode](model)
    noisy = lookahead.forward(images)
    losses = F.cross_entropy(noisy.logits, given, reduction="none")
    tangent = lookahead.tangent(noisy, weights.detach() * losses, meta, ALPHA)
    gradient = weight_gradient(noisy.logits, losses, tangent.logits, ALPHA)
    got = torch.autograd.grad(weights, list(weighting.parameters()), gradient)
    for ours, theirs in zip(got, expected, strict=True):
        assert relative_error(ours, theirs) < 1e-10


def test_gradient_through_a_step_on_synthetic_labels(case: Case) -> None:
    model, images, _ = case
    labels = torch.randint(0, CLASSES, (BATCH,))
    target = torch.randn(BATCH, CLASSES, dtype=torch.float64).softmax(dim=1)
    params = trainable(model)
    stepped = ahead(params, F.cross_entropy(call(model, params, images), labels))
    log_f = call(model, stepped, images).log_softmax(dim=1)
    expected = torch.autograd.grad(F.kl_div(log_f, target, reduction="batchmean"), list(params.values()))
    method: Mlnt = make_method(Method.MLNT, alpha=ALPHA)
    method.run.model = model
    got = method.consistency_gradient(images, model(images), labels, target)
    flat = torch.cat([gradient.flatten() for gradient in got.values()])
    assert relative_error(flat, torch.cat([gradient.flatten() for gradient in expected])) < 1e-10


def make_method(method: Method, **settings: object) -> Any:
    """A method at the beginning of a run with three classes."""
    return Trainer(
        make_training_set(30)[0], parse_config({"method": method, "network": "cnn8", **settings}), "cpu"
    )._method


def test_gradient_of_pencils_labels() -> None:
    method: Pencil = make_method(Method.PENCIL)
    index = torch.arange(5)
    logits = torch.randn(5, 3, dtype=torch.float64)
    labels = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    compatibility = F.cross_entropy(labels, method.run.given[index], reduction="sum")
    loss = kl_to_labels(logits, labels).sum() / 3 + method.config.alpha * compatibility
    (expected,) = torch.autograd.grad(loss, labels)
    assert relative_error(method.label_gradient(logits, labels.detach(), index), expected) < 1e-10


def test_the_preset_moves_pencils_labels_as_the_authors_code_does() -> None:
    method: Pencil = make_method(Method.PENCIL, preset="paper")
    index = torch.arange(10, 15)
    labels = method.labels.logits[index].clone().requires_grad_()
    logits = method.run.forward(index).detach()
    given = method.run.given[index]
    # λ = 400 along the mean over a batch of 128 samples and, for the first term, over the classes.
    loss = kl_to_labels(logits, labels).sum() / (128 * 3)
    loss = loss + 0.1 * F.cross_entropy(labels, given, reduction="sum") / 128
    (gradient,) = torch.autograd.grad(loss, labels)
    ours = method._rate * method.label_gradient(logits, labels.detach(), index)
    assert relative_error(ours, 400 * gradient) < 1e-4


def test_losses_equal_the_papers_formulas() -> None:
    logits, given = torch.randn(6, 3, dtype=torch.float64), torch.tensor([0, 1, 2, 2, 1, 0])
    f = logits.softmax(dim=1)
    own, one_hot = f[torch.arange(6), given], F.one_hot(given, 3)
    transition = ((0.7, 0.2, 0.1), (0.0, 1.0, 0.0), (0.3, 0.3, 0.4))
    soft_target = 0.95 * one_hot + 0.05 * f
    expected: dict[Method, Tensor] = {
        Method.GENERALIZED_CE: (1 - own**0.7) / 0.7,
        Method.BOOTSTRAP: -(soft_target * f.log()).sum(dim=1),
        Method.SYMMETRIC_CE: -0.1 * own.log() + (f * 6.0 * (1 - one_hot)).sum(dim=1),
        Method.FORWARD: -(f @ torch.tensor(transition, dtype=torch.float64))[torch.arange(6), given].log(),
    }
    for method, losses in expected.items():
        settings = {"transition": transition} if method is Method.FORWARD else {}
        assert torch.allclose(make_method(method, **settings).losses(logits, given), losses, rtol=1e-5), (
            method
        )


@pytest.mark.parametrize("log_zero", [-6.0, math.log(1e-4)])
def test_reverse_cross_entropy_with_a_clipped_label(log_zero: float) -> None:
    method: SymmetricCrossEntropy = make_method(Method.SYMMETRIC_CE, alpha=0, log_zero=log_zero)
    logits, given = torch.randn(6, 3, dtype=torch.float64), torch.tensor([0, 1, 2, 2, 1, 0])
    clipped = F.one_hot(given, 3).double().clamp_min(math.exp(log_zero))
    expected = -(logits.softmax(dim=1) * clipped.log()).sum(dim=1)
    assert torch.allclose(method.losses(logits, given), expected)


@pytest.mark.parametrize("prior", list(ClassPrior))
def test_loss_of_joint_optimisation(prior: ClassPrior) -> None:
    method: JointOptimization = make_method(Method.JOINT_OPTIMIZATION, prior=prior)
    logits, labels = torch.randn(6, 3), torch.randn(6, 3).softmax(dim=1)
    shares = torch.bincount(method.run.given) / 30
    f, p = logits.softmax(dim=1), torch.full((3,), 1 / 3) if prior is ClassPrior.UNIFORM else shares
    expected = (labels * (labels / f).log()).sum(dim=1).mean()
    expected += 1.2 * (p * (p / f.mean(dim=0)).log()).sum() - 0.8 * (f * f.log()).sum(dim=1).mean()
    assert float(method.loss(logits, labels)) == pytest.approx(float(expected), rel=1e-5)


def test_transition_matrix_from_verified_samples_and_anchor_points() -> None:
    predictions = torch.tensor([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]])
    anchors = torch.tensor([[0.6, 0.4], [0.5, 0.5]])
    assert torch.allclose(anchor_rows(predictions), predictions[[0, 2]])
    rows = verified_rows(anchors, predictions[:2], torch.tensor([0, 0]))
    assert torch.allclose(rows, torch.tensor([[2.2 / 3, 0.8 / 3], [0.5, 0.5]]))
    nobody = torch.empty(0, dtype=torch.int64)
    assert torch.equal(verified_rows(anchors, predictions[nobody], nobody), anchors)


def test_anchor_points_belong_to_their_class_for_many_classes() -> None:
    classes = torch.arange(50).repeat_interleave(10)
    predictions = F.one_hot(classes) * 0.5 + 0.01
    assert torch.equal(anchor_rows(predictions).argmax(dim=1), torch.arange(50))


def test_forward_correction_has_a_gradient_at_impossible_labels() -> None:
    method: Forward = make_method(Method.FORWARD, transition=[[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    logits = torch.tensor([[40.0, 0.0, 0.0]], requires_grad=True)
    method.losses(logits, torch.tensor([1])).sum().backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert torch.allclose(logits.grad, torch.tensor([[1.0, -1.0, 0.0]]), atol=1e-4)


def test_the_last_layer_of_every_network_gives_the_logits() -> None:
    for network in (Network.CNN8, Network.RESNET18):
        assert last_linear(build_network(network, CLASSES, 8)).out_features == CLASSES
