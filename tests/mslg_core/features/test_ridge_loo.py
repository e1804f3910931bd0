"""Leave-one-out ridge predictions."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.features.ridge_loo import leave_one_out, ridge_prediction

N, C = 200, 3
NONE = torch.empty(0, dtype=torch.int64)


@pytest.fixture
def problem() -> tuple[Tensor, Tensor]:
    """Features [N, 5] and true classes [N]."""
    generator = torch.Generator().manual_seed(1)
    true = torch.arange(N) % C
    features = torch.randn(N, 5, generator=generator)
    features[:, :C] += 2 * F.one_hot(true, C)
    return features, true


def test_predictions_equal_a_fit_without_each_sample(problem: tuple[Tensor, Tensor]) -> None:
    features, true = problem
    features, targets = features[:40].double(), F.one_hot(true[:40], C).double()
    weights = torch.linspace(0, 2, 40).double()
    found = leave_one_out(features, targets, weights, penalty=0.5)
    inputs = torch.cat([features, torch.ones(40, 1).double()], dim=1)
    penalties = 0.5 * weights.sum() * torch.tensor([1.0] * 5 + [1e-3]).double()
    for i in range(40):
        kept = weights.clone()
        kept[i] = 0
        gram = inputs.T * kept @ inputs + penalties.diag()
        alone = inputs[i] @ torch.linalg.solve(gram, inputs.T * kept @ targets)
        torch.testing.assert_close(found[i], alone)


def test_a_samples_own_label_does_not_influence_its_probabilities(problem: tuple[Tensor, Tensor]) -> None:
    features, true = problem
    labels = F.one_hot(true, C).float()
    verified = torch.arange(20)
    before = ridge_prediction(features, labels, verified, verified, NONE)
    labels[150] = F.one_hot((true[150] + 1) % C, C).float()
    after = ridge_prediction(features, labels, verified, verified, NONE)
    torch.testing.assert_close(after[150], before[150], rtol=1e-3, atol=1e-4)
    assert not torch.equal(after[149], before[149])


def test_verified_samples_outweigh_wrong_labels(problem: tuple[Tensor, Tensor]) -> None:
    features, true = problem
    wrong = (true + 1) % C
    verified = torch.arange(30)
    labels = F.one_hot(torch.cat([true[:30], wrong[30:]]), C).float()
    found = ridge_prediction(features, labels, verified, verified, NONE)
    torch.testing.assert_close(found.sum(dim=1), torch.ones(N))
    assert float((found[30:].argmax(dim=1) == true[30:]).float().mean()) > 0.6


def test_excluded_samples_are_predicted_but_not_learned_from(problem: tuple[Tensor, Tensor]) -> None:
    features, true = problem
    labels = F.one_hot(true, C).float()
    excluded = torch.arange(100, N)
    found = ridge_prediction(features, labels, torch.arange(30), torch.arange(30), excluded)
    labels[excluded] = labels[excluded].roll(1, dims=1)
    torch.testing.assert_close(
        ridge_prediction(features, labels, torch.arange(30), torch.arange(30), excluded), found
    )
    assert float((found[excluded].argmax(dim=1) == true[excluded]).float().mean()) > 0.7


def test_predictions_without_verified_samples(problem: tuple[Tensor, Tensor]) -> None:
    features, true = problem
    found = ridge_prediction(features, F.one_hot(true, C).float(), NONE, NONE, NONE)
    assert float((found.argmax(dim=1) == true).float().mean()) > 0.7
