"""Forward loss correction."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.methods import ForwardConfig
from mslg_core.errors import ConfigError
from mslg_core.methods.base import LossMethod, Run

# An anchor point is not the image of the largest prediction: this share of what a class has of equally many
# images are outliers. With 10 classes it is the 97 % quantile of the paper.
OUTLIERS = 0.3
SMALLEST = 1e-6


class Forward(LossMethod[ForwardConfig]):
    """The network predicts the true class, a transition matrix what label is given for it:
    L = -log (Tᵀ f)_y, with T_ij = p(given j | true i).

    Where T is not given it is estimated at the end of the warm-up: row i is the mean prediction over verified
    samples of class i, which the network has not trained on (Hendrycks et al., arXiv 1802.05300, equation 3);
    without such samples, the prediction at an anchor point of the class. Soft labels are what T and the
    network say together: p(true i | image, given y) ∝ f_i T_iy.

    Source: Patrini et al., "Making Deep Neural Networks Robust to Label Noise: a Loss Correction Approach",
    CVPR 2017, arXiv 1609.03683, theorem 2 and equations 12 and 13.
    """

    def __init__(self, run: Run, config: ForwardConfig) -> None:
        super().__init__(run, config)
        self.transition = torch.eye(run.num_classes, device=run.given.device)  # [C, C]
        if config.transition is not None:
            if len(config.transition) != run.num_classes:
                raise ConfigError(f"transition must have one row per class, {run.num_classes} in all.")
            self.transition.copy_(torch.tensor(config.transition))

    def begin_epoch(self, epoch: int) -> None:
        """Estimate T once, from a network that has seen the noise."""
        if epoch == 0 and self.config.transition is None:
            anchors = anchor_rows(self.run.predict_all())
            verified = (
                self.run.predict(self.run.meta_index).softmax(dim=1) if len(self.run.meta_index) else None
            )
            self.transition.copy_(verified_rows(anchors, verified, self.run.meta_labels))

    def losses(self, logits: Tensor, given: Tensor) -> Tensor:
        """L per sample [B]."""
        tiny = torch.finfo(self.transition.dtype).tiny  # where T is 0, its logarithm stays a number
        log_transition = self.transition.T[given].clamp_min(tiny).log()  # [B, C]
        return -(logits.log_softmax(dim=1) + log_transition).logsumexp(dim=1)

    def soft_labels(self) -> Tensor:
        """p(true class | image, given label), [N, C]."""
        joint = self.predictions * self.transition.T[self.run.given] + SMALLEST
        return joint / joint.sum(dim=1, keepdim=True)

    def state_dict(self) -> dict[str, Any]:
        """The last predictions and T."""
        return {**super().state_dict(), "transition": self.transition}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up the last predictions and T."""
        super().load_state_dict(state)
        self.transition.copy_(state["transition"])


def anchor_rows(probabilities: Tensor) -> Tensor:
    """T [C, C] from the predictions [N, C] at the anchor point of every class."""
    size, num_classes = probabilities.shape
    rank = round((1 - OUTLIERS / num_classes) * (size - 1))
    return probabilities[probabilities.argsort(dim=0, stable=True)[rank]]


def verified_rows(rows: Tensor, probabilities: Tensor | None, labels: Tensor) -> Tensor:
    """T [C, C], where the rows of classes with verified samples are their mean prediction.

    rows: T for the others; probabilities [M, C]; labels int64 [M], the true classes.
    """
    if probabilities is None:
        return rows
    members = F.one_hot(labels, len(rows)).to(rows.dtype)  # [M, C]
    counts = members.sum(dim=0).unsqueeze(1)
    return torch.where(counts > 0, members.T @ probabilities / counts.clamp_min(1), rows)
