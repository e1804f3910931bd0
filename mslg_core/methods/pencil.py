"""Probabilistic end-to-end noise correction in labels."""

from collections.abc import Hashable
from typing import Any, ClassVar

from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.methods import PencilConfig
from mslg_core.methods.base import BaseMethod, Run
from mslg_core.methods.metalearning.metagradient import entropy, kl_to_labels
from mslg_core.methods.soft_labels import SoftLabels
from mslg_core.models.class_table import pack
from mslg_core.reports import Phase

# Total move of a label logit in the paper's run on CIFAR-10 while the prediction contradicts it: λ / (B · C)
# per epoch, 130 epochs (λ = 600, B = 128, C = 10). The maximum per epoch keeps short runs stable.
PAPER_MOVE = 60.0
MAX_MOVE = 2.0
# Default share of the epochs that learns labels: the paper does so in epochs 70 to 200 and fine-tunes until
# 320.
LEARNING_SHARE = 0.5


class Pencil(BaseMethod[PencilConfig]):
    """Learns label logits ỹ together with the weights.

        L_j = KL(f_j ‖ y_j) / C + α CE(ŷ_j, y_j) + β H(f_j) / C,

    with y = softmax(ỹ) and given labels ŷ. The second term ties a label to the given one. In the first
    `label_epochs` epochs, labels move by -λ ∂L_j/∂ỹ_j = λ [(f - y) / C + α (ŷ - y)]. In the others the
    network trains on KL(f ‖ y) alone. Unless `average_over_classes`, the network's loss is multiplied by C,
    so that a learning rate means the same as for other methods.

    Source: Yi and Wu, "Probabilistic End-to-end Noise Correction for Learning with Noisy Labels", CVPR 2019,
    arXiv 1903.07788, equations 4 to 11.
    """

    phase: ClassVar[Phase] = "train"

    def __init__(self, run: Run, config: PencilConfig) -> None:
        super().__init__(run, config)
        self.labels = SoftLabels(run.given, run.num_classes, config.label_scale)
        self._scale = 1 / run.num_classes if config.average_over_classes else 1.0
        self._label_epochs = config.label_epochs or max(1, round(LEARNING_SHARE * run.method_epochs))
        move = min(PAPER_MOVE / self._label_epochs, MAX_MOVE)
        self._rate = config.label_rate or move * run.num_classes
        self._learning = True

    def begin_epoch(self, epoch: int) -> None:
        """Labels are learned in the first epochs only."""
        self._learning = epoch < self._label_epochs

    def fixed(self) -> Hashable:
        """Whether labels are learned."""
        return self._learning

    def step(self, index: Tensor) -> Tensor:
        """One optimizer step of the weights, and one of the batch's labels while they are learned."""
        logits = self.run.forward(index)
        labels = self.labels.logits[index]
        losses = kl_to_labels(logits, labels)
        if self._learning:
            losses = losses + self.config.beta * entropy(logits)
            self.labels.move(index, -self._rate * self.label_gradient(logits.detach(), labels, index))
        loss = losses.mean() * self._scale
        self.run.optimizer_step(loss)
        return loss.detach()

    def label_gradient(self, logits: Tensor, labels: Tensor, index: Tensor) -> Tensor:
        """∂L_j/∂ỹ_j [B, C] of the samples `index` int64 [B], with label logits `labels` [B, C]."""
        classes = self.run.num_classes
        y = labels.softmax(dim=1)
        given = F.one_hot(self.run.given[index], classes)
        return (y - logits.softmax(dim=1)) / classes + self.config.alpha * (y - given)

    def soft_labels(self) -> Tensor:
        """The labels y."""
        return self.labels.probabilities()

    def peaks(self) -> Tensor:
        """The most probable classes in the labels."""
        return self.labels.peaks()

    def state_dict(self) -> dict[str, Any]:
        """The label logits."""
        return {"logits": pack(self.labels.logits)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the label logits."""
        self.labels.logits.copy_(state["logits"])
