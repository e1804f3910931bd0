"""The table of soft labels, updated by sample index."""

import torch
from torch import Tensor

from mslg_core.models.class_table import ClassTable, one_hot_table, peaks, to_dense

# Beyond this, a label logit no longer changes a float32 softmax but could still diverge.
MAX_LOGIT = 50.0


class SoftLabels:
    """Label logits y^d of N samples [N, C], initialised as K · one-hot of the given labels.

    Source: paper, equations 8 and 9. Args: given int64 [N]; num_classes C; scale K.
    """

    def __init__(self, given: Tensor, num_classes: int, scale: float) -> None:
        self.given = given
        self.logits = one_hot_table(given, num_classes, scale)

    def move(self, index: Tensor, change: Tensor) -> None:
        """Add `change` [B, C] to the logits of the samples `index` int64 [B], each at most once per call."""
        self.logits[index] = (self.logits[index] + change).clamp_(-MAX_LOGIT, MAX_LOGIT)

    def probabilities(self) -> Tensor:
        """ŷ, [N, C]."""
        return to_dense(self.logits).softmax(dim=1)

    def peaks(self) -> Tensor:
        """The most probable class of every sample, int64 [N]."""
        if isinstance(self.logits, ClassTable):
            return peaks(self.logits)
        return self.probabilities().argmax(dim=1)

    def num_changed(self, index: Tensor) -> int:
        """How many of the samples `index` have another most probable class than the given one."""
        return int((self.logits[index].argmax(dim=1) != self.given[index]).sum())


def scaled_move(gradient: Tensor, max_move: float) -> Tensor:
    """A descent step along `gradient` [B, C], scaled so that the largest entry per sample is `max_move` on
    average.

    Meta-gradients span many orders of magnitude between datasets and epochs. With this scale, no choice of
    the other settings can destroy the labels in one batch.
    """
    size = gradient.abs().amax(dim=1).mean()
    return -gradient * (max_move / size.clamp_min(torch.finfo(gradient.dtype).tiny))
