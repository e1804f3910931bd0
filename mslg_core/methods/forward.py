"""Forward loss correction."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.methods import ForwardConfig
from mslg_core.errors import ConfigError
from mslg_core.methods.base import LossMethod, Run
from mslg_core.models.class_table import to_dense

# Share of a class's images, if classes are equally large, with a higher prediction than the anchor point:
# they count as outliers. With 10 classes this is the 97 % quantile of the paper.
OUTLIERS = 0.3
SMALLEST = 1e-6


class Forward(LossMethod[ForwardConfig]):
    """The network predicts the true class; a transition matrix maps it to the given label.

    L = -log (Tᵀ f)_y, with T_ij = p(given j | true i). If T is not configured, it is estimated at the end of
    the warm-up: row i is the mean prediction over the randomly verified samples of class i, on which the
    network has not trained (Hendrycks et al., arXiv 1802.05300, equation 3), and over an anchor point of the
    class. Soft labels combine T and network: p(true i | image, given y) ∝ f_i T_iy.

    Source: Patrini et al., "Making Deep Neural Networks Robust to Label Noise: a Loss Correction Approach",
    CVPR 2017, arXiv 1609.03683, theorem 2 and equations 12 and 13.
    """

    many_classes = False  # T is quadratic in the number of classes

    def __init__(self, run: Run, config: ForwardConfig) -> None:
        super().__init__(run, config)
        self.transition = torch.eye(run.num_classes, device=run.given.device)  # [C, C]
        if config.transition is not None:
            if len(config.transition) != run.num_classes:
                raise ConfigError(f"transition must have one row per class, {run.num_classes} in all.")
            self.transition.copy_(torch.tensor(config.transition))

    def begin_epoch(self, epoch: int) -> None:
        """Estimate T once, from a network that has trained on the noisy labels."""
        if epoch == 0 and self.config.transition is None:
            run, predictions = self.run, self.run.predict_all()
            index, labels = run.meta_index[run.random_meta], run.meta_labels[run.random_meta]
            self.transition.copy_(verified_rows(anchor_rows(predictions), predictions[index], labels))

    def losses(self, logits: Tensor, given: Tensor) -> Tensor:
        """L per sample [B]."""
        tiny = torch.finfo(self.transition.dtype).tiny  # the logarithm stays finite where T is 0
        log_transition = self.transition.T[given].clamp_min(tiny).log()  # [B, C]
        return -(logits.log_softmax(dim=1) + log_transition).logsumexp(dim=1)

    def soft_labels(self) -> Tensor:
        """p(true class | image, given label), [N, C]."""
        joint = to_dense(self.predictions) * self.transition.T[self.run.given] + SMALLEST
        return joint / joint.sum(dim=1, keepdim=True)

    def state_dict(self) -> dict[str, Any]:
        """The latest predictions and T."""
        return {**super().state_dict(), "transition": self.transition}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the latest predictions and T."""
        super().load_state_dict(state)
        self.transition.copy_(state["transition"])


def anchor_rows(probabilities: Tensor) -> Tensor:
    """T [C, C]: the predictions at the anchor point of every class, from probabilities [N, C]."""
    size, num_classes = probabilities.shape
    rank = round((1 - OUTLIERS / num_classes) * (size - 1))
    return probabilities[probabilities.argsort(dim=0, stable=True)[rank]]


def verified_rows(rows: Tensor, probabilities: Tensor, labels: Tensor) -> Tensor:
    """T [C, C]: the mean prediction of each class's verified samples and of `rows` [C, C], which count as one
    sample per class.

    Args: probabilities [M, C] of the verified samples; labels int64 [M], their true classes.
    """
    one_hot = F.one_hot(labels, len(rows)).to(rows.dtype)  # [M, C]
    counts = one_hot.sum(dim=0).unsqueeze(1)
    return (one_hot.T @ probabilities + rows) / (counts + 1)
