"""Meta soft label generation."""

from typing import Any, ClassVar

import torch
from torch import Tensor

from mslg_core.configs import LabelStep, MslgConfig
from mslg_core.labels import SoftLabels, scaled_move
from mslg_core.metagrad import MetaBatch, NoisyBatch, entropy, kl_to_labels, meta_gradient
from mslg_core.methods.base import BaseMethod, Run
from mslg_core.reports import Phase


class Mslg(BaseMethod):
    """Labels move so that a step on them would lower the loss of verified samples; the network trains on
    the labels.

    Source: Algan and Ulusoy, "Meta Soft Label Generation for Noisy Labels", arXiv 2007.05836, algorithm 1.
    """

    phase: ClassVar[Phase] = "meta"

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        if not isinstance(run.config, MslgConfig):
            raise TypeError("MSLG needs an MslgConfig")
        self.config = run.config
        self._alpha = self.config.alpha or run.learning_rate
        self.labels = SoftLabels(run.given, run.num_classes, self.config.label_scale)

    def step(self, index: Tensor) -> Tensor:
        """Equations 5 to 7 on one batch; the forward pass on the noisy images serves both stages."""
        run = self.run
        images = run.images.augmented(index, run.generator)
        logits = run.model(images)
        noisy = NoisyBatch(images, logits, self.labels.logits[index])
        gradient = meta_gradient(run.model, noisy, self._meta_batch(), self._alpha)
        self.labels.move(index, self._move(gradient.labels))
        loss = (kl_to_labels(logits, self.labels.logits[index]) + entropy(logits)).mean()
        run.descend(loss)
        return loss.detach()

    def soft_labels(self) -> Tensor:
        """ŷ of equation 9."""
        return self.labels.probabilities()

    def state_dict(self) -> dict[str, Any]:
        """The label logits."""
        return {"logits": self.labels.logits}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up the label logits."""
        self.labels.logits.copy_(state["logits"])

    def _move(self, gradient: Tensor) -> Tensor:
        if self.config.label_step is LabelStep.PAPER:
            return -self.config.beta * gradient
        return scaled_move(gradient, self.config.max_move)

    def _meta_batch(self) -> MetaBatch:
        """Verified samples, augmented, drawn without repetition."""
        run = self.run
        size = min(len(run.meta_index), self.config.meta_batch_size or max(2, run.batch_size // 2))
        chosen = torch.randperm(len(run.meta_index), generator=run.generator)[:size].to(run.given.device)
        return MetaBatch(run.images.augmented(run.meta_index[chosen], run.generator), run.meta_labels[chosen])
