"""Joint optimisation of weights and labels."""

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.methods import ClassPrior, JointOptimizationConfig
from mslg_core.methods.base import BaseMethod, Run
from mslg_core.methods.metalearning.metagradient import entropy
from mslg_core.models.class_table import is_many, move, one_hot_table, pack, peaks, to_dense
from mslg_core.reports import Phase

SMALLEST = 1e-6


class JointOptimization(BaseMethod[JointOptimizationConfig]):
    """Trains the network on labels, and sets the labels to the mean of past predictions.

        L = mean_j KL(s_j ‖ f_j) + α KL(p ‖ f̄) + β mean_j H(f_j),

    with labels s, the batch's mean prediction f̄ and the class prior p. The second term prevents the collapse
    into one class, the third makes predictions confident. The predictions are those made while training,
    which cost nothing. After `given_epochs` epochs on the given labels, s is the mean prediction over
    `averaged_epochs` epochs; beyond, the mean decays exponentially instead of storing every epoch.

    Source: Tanaka et al., "Joint Optimization Framework for Learning with Noisy Labels", CVPR 2018,
    arXiv 1803.11364, equations 4 to 10.
    """

    phase: ClassVar[Phase] = "train"

    def __init__(self, run: Run, config: JointOptimizationConfig) -> None:
        super().__init__(run, config)
        self.labels = one_hot_table(run.given, run.num_classes)  # s, [N, C]
        self.predictions = one_hot_table(run.given, run.num_classes)  # of the current epoch, [N, C]
        counts = torch.bincount(run.given, minlength=run.num_classes)
        shares = (counts.float() / len(run.given)).clamp_min(SMALLEST)
        uniform = torch.full_like(shares, 1 / run.num_classes)
        self.prior = uniform if config.prior is ClassPrior.UNIFORM else shares  # p, [C]

    def begin_epoch(self, epoch: int) -> None:
        """Set the labels to the mean prediction."""
        averaged = epoch - self.config.given_epochs + 1
        if averaged == 1:
            self.labels.copy_(pack(self.predictions))
        elif averaged > 1:
            move(self.labels, self.predictions, 1 / min(averaged, self.config.averaged_epochs))

    def step(self, index: Tensor) -> Tensor:
        """One optimizer step along L."""
        logits = self.run.forward(index)
        loss = self.loss(logits, self.labels[index])
        self.run.optimizer_step(loss)
        self.predictions[index] = logits.detach().float().softmax(dim=1)
        return loss.detach()

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """L, a scalar, of logits and labels [B, C]."""
        classification = F.kl_div(logits.log_softmax(dim=1), labels, reduction="batchmean")
        mean_log = logits.softmax(dim=1).mean(dim=0).clamp_min(SMALLEST).log()
        balance = F.kl_div(mean_log, self.prior, reduction="sum")
        return classification + self.config.alpha * balance + self.config.beta * entropy(logits).mean()

    def soft_labels(self) -> Tensor:
        """The labels s."""
        labels = to_dense(self.labels)
        return labels / labels.sum(dim=1, keepdim=True)

    def peaks(self) -> Tensor:
        """The most probable classes in the labels."""
        return peaks(self.labels) if is_many(self.run.num_classes) else super().peaks()

    def state_dict(self) -> dict[str, Any]:
        """Labels and the epoch's predictions."""
        return {"labels": pack(self.labels), "predictions": pack(self.predictions)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore labels and predictions."""
        self.labels.copy_(state["labels"])
        self.predictions.copy_(state["predictions"])
