"""Co-teaching."""

from collections.abc import Hashable
from typing import Any

from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.methods import CoTeachingConfig
from mslg_core.methods.base import LossMethod, Run

# Pseudo-counts of the noise rate: one wrong label in five, which is also the rate if nothing is verified.
PRIOR_WRONG, PRIOR_SIZE = 1, 5
# R(T) reaches its final value after a fourth of the epochs.
RAMP_SHARE = 4


class CoTeaching(LossMethod[CoTeachingConfig]):
    """Two networks, each of which selects the samples of smallest loss for the other to train on.

    Networks learn correct labels before they memorise wrong ones, and two networks make different mistakes.
    Both keep the share R(T) = 1 - τ min(T / T_k, 1) of every batch in epoch T, with the noise rate as τ. The
    run's network is one of the two; soft labels are the mean of both networks' predictions.

    Source: Han et al., "Co-teaching: Robust Training of Deep Neural Networks with Extremely Noisy Labels",
    NeurIPS 2018, arXiv 1804.06872, algorithm 1.
    """

    def __init__(self, run: Run, config: CoTeachingConfig) -> None:
        super().__init__(run, config)
        self.peer = run.make_learner()
        self._ramp = config.ramp_epochs or max(1, run.method_epochs // RAMP_SHARE)
        self._rate = wrong_share(run) if config.forget_rate is None else config.forget_rate
        self._keep = 1.0

    def begin_epoch(self, epoch: int) -> None:
        """Set R(T)."""
        self._keep = 1 - self._rate * min((epoch + 1) / self._ramp, 1)

    def fixed(self) -> Hashable:
        """1 - R(T)."""
        return self._keep

    def losses(self, logits: Tensor, given: Tensor) -> Tensor:
        """Cross entropy per sample [B]."""
        return F.cross_entropy(logits, given, reduction="none")

    def warm_up_step(self, index: Tensor) -> Tensor:
        """Both networks train on the whole batch."""
        self._keep = 1.0
        return self.step(index)

    def step(self, index: Tensor) -> Tensor:
        """Train both networks on the same images, each on the samples that the other selects."""
        images, given = self.run.images.augmented(index, self.run.generator), self.run.given[index]
        self._follow_rate()
        logits, peer_logits = self.run.model(images), self.peer.model(images)
        losses, peer_losses = self.losses(logits, given), self.losses(peer_logits, given)
        size = max(1, round(self._keep * len(index)))
        loss = losses[smallest(peer_losses, size)].mean()
        peer_loss = peer_losses[smallest(losses, size)].mean()
        self.run.optimizer_step(loss)
        self.peer.optimizer_step(peer_loss)
        self.predictions[index] = (_probabilities(logits) + _probabilities(peer_logits)) / 2
        return loss.detach()

    def state_dict(self) -> dict[str, Any]:
        """The latest predictions, the second network and its optimizer."""
        return {
            **super().state_dict(),
            "peer": self.peer.model.state_dict(),
            "peer_optimizer": self.peer.optimizer.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the latest predictions, the second network and its optimizer."""
        super().load_state_dict(state)
        self.peer.model.load_state_dict(state["peer"])
        self.peer.optimizer.load_state_dict(state["peer_optimizer"])

    def _follow_rate(self) -> None:
        """Copy the learning rate, which the trainer sets in the run's optimizer only."""
        for group in self.peer.optimizer.param_groups:
            group["lr"] = self.run.current_rate


def smallest(losses: Tensor, size: int) -> Tensor:
    """Positions int64 [size] of the smallest of `losses` [B]."""
    return losses.detach().argsort(stable=True)[:size]


def wrong_share(run: Run) -> float:
    """Estimated share of wrong given labels, from the randomly verified samples of the meta set and the
    pseudo-counts.

    Samples that were verified because they looked wrong would inflate it; images that came without a given
    label say nothing about it.
    """
    wrong = (run.given[run.meta_index] != run.meta_labels)[run.random_meta & run.labelled_meta]
    return (int(wrong.sum()) + PRIOR_WRONG) / (len(wrong) + PRIOR_SIZE)


def _probabilities(logits: Tensor) -> Tensor:
    return logits.detach().float().softmax(dim=1)
