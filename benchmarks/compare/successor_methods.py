"""Two successors of MSLG in which a network makes the soft labels, in place of a table of label logits.

They are measured here and not offered: docs/decisions/0023-no-successors.md. Both run on extracted features.
Their networks learn the given labels in the warm-up, so that their first soft labels are not at random.
"""

from abc import abstractmethod
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from benchmarks.problems.method_trainer import MethodTrainer
from mslg_core.configs.methods import MslgConfig
from mslg_core.methods.base import BaseMethod, Run
from mslg_core.methods.metalearning.lookahead import ExactLookahead
from mslg_core.methods.metalearning.metagradient import MetaBatch, entropy, kl_to_labels, label_gradient
from mslg_core.reports import Phase

HIDDEN = 128


class LabelNetworkMethod(BaseMethod[MslgConfig]):
    """Shared by both: a step of the label network along the meta-gradient, then one of the network."""

    phase: ClassVar[Phase] = "meta"
    rate: ClassVar[float]  # of the label network's optimizer, Adam

    def __init__(self, run: Run, config: MslgConfig) -> None:
        super().__init__(run, config)
        self._lookahead = ExactLookahead(run.model)
        features = run.images.plain(run.everything[:1]).shape[1]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed + 1)
            self.network = self.build(features).to(run.given.device)
        self._optimizer = torch.optim.Adam(self.network.parameters(), self.rate)

    @abstractmethod
    def build(self, features: int) -> nn.Module:
        """The label network for inputs [B, features]."""

    @abstractmethod
    def predict_classes(self, index: Tensor) -> Tensor:
        """The label network's logits [B, C] from the features alone."""

    @abstractmethod
    def label_logits(self, index: Tensor) -> Tensor:
        """The logarithm of the soft labels [B, C], with its graph."""

    @abstractmethod
    def losses(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The network's losses [B] of its logits and the soft labels' logarithm, both [B, C]."""

    @abstractmethod
    def meta_term(self, labels: Tensor, logits: Tensor, tangent: Tensor) -> Tensor:
        """A scalar whose derivative by the `labels` of `label_logits` is that of the meta loss."""

    def regularise(self, logits: Tensor) -> Tensor:
        """Added to the losses [B] when the network itself steps."""
        return torch.zeros_like(logits[:, 0])

    def own_loss(self, meta: MetaBatch) -> Tensor:  # noqa: ARG002 - for subclasses
        """What the label network learns from verified samples besides the meta-gradient; a scalar."""
        return torch.zeros(())

    def warm_up_step(self, index: Tensor) -> Tensor:
        """Both networks learn the given labels."""
        self._optimize(F.cross_entropy(self.predict_classes(index), self.run.given[index]))
        return super().warm_up_step(index)

    def step(self, index: Tensor) -> Tensor:
        """As in MSLG: lookahead, step of the labels, step of the network. The label network makes labels."""
        run, alpha = self.run, self.run.learning_rate
        noisy = self._lookahead.forward(run.images.augmented(index, run.generator))
        labels = self.label_logits(index)
        losses = self.losses(noisy.logits, labels.detach())
        meta = run.draw_meta_batch(self.config.meta_batch_size, augment=False)
        tangent = self._lookahead.tangent(noisy, losses, meta, alpha).logits
        self._optimize(self.meta_term(labels, noisy.logits.detach(), tangent) + self.own_loss(meta))
        with torch.no_grad():
            labels = self.label_logits(index)
        loss = (self.losses(noisy.logits, labels) + self.regularise(noisy.logits)).mean()
        run.optimizer_step(loss)
        return loss.detach()

    @torch.no_grad()
    def soft_labels(self) -> Tensor:
        """The label network's soft labels [N, C]."""
        return self.label_logits(self.run.everything).softmax(dim=1)

    def _optimize(self, loss: Tensor) -> None:
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()


class MetaLabelNet(LabelNetworkMethod):
    """A single layer makes the soft label of an image from its features.

    Source: Algan and Ulusoy, "MetaLabelNet: Learning to Generate Soft-Labels from Noisy-Labels", arXiv
    2103.10869; its rate is 0.01.
    """

    rate: ClassVar[float] = 1e-2

    def build(self, features: int) -> nn.Module:
        """One linear layer."""
        return nn.Linear(features, self.run.num_classes)

    def predict_classes(self, index: Tensor) -> Tensor:
        """The layer's logits."""
        logits: Tensor = self.network(self.run.images.plain(index))
        return logits

    def label_logits(self, index: Tensor) -> Tensor:
        """The same: the given label takes no part."""
        return self.predict_classes(index)

    def losses(self, logits: Tensor, labels: Tensor) -> Tensor:
        """KL(f ‖ ŷ), as in MSLG."""
        return kl_to_labels(logits, labels)

    def regularise(self, logits: Tensor) -> Tensor:
        """The entropy, as in MSLG."""
        return entropy(logits)

    def meta_term(self, labels: Tensor, logits: Tensor, tangent: Tensor) -> Tensor:
        """⟨labels, ∂M/∂y⟩, the meta-gradient of MSLG."""
        return (labels * label_gradient(logits, tangent, self.run.learning_rate)).sum()


class SlowMetaLabelNet(MetaLabelNet):
    """MetaLabelNet at a tenth of its rate."""

    rate: ClassVar[float] = 1e-3


class Teacher(nn.Module):
    """Features to a representation and class logits; with an embedded given label to a gate in (0, 1)."""

    def __init__(self, features: int, num_classes: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(features, HIDDEN), nn.ReLU())
        self.head = nn.Linear(HIDDEN, num_classes)
        self.embedding = nn.Embedding(num_classes, HIDDEN)
        self.gate = nn.Sequential(nn.Linear(2 * HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))

    def forward(self, features: Tensor, given: Tensor) -> "Judged":
        """Judge given labels int64 [B] by features [B, D]."""
        hidden = self.body(features)
        gate = self.gate(torch.cat([hidden, self.embedding(given)], dim=1)).squeeze(1)
        return Judged(self.head(hidden), gate)


class Judged(NamedTuple):
    """Class logits [B, C], and the logit [B] of the prediction's weight against the given label."""

    classes: Tensor
    gate: Tensor


class Emlc(LabelNetworkMethod):
    """A teacher with its own representation mixes its prediction with the given label, by a learned gate.

    The teacher also learns the classes of verified samples, and to find those among them whose label was
    exchanged for a random one. Source: Taraday and Baskin, "Enhanced Meta Label Correction for Coping with
    Label Corruption", ICCV 2023, arXiv 2305.12961.
    """

    rate: ClassVar[float] = 1e-3

    def build(self, features: int) -> nn.Module:
        """The teacher."""
        return Teacher(features, self.run.num_classes)

    def predict_classes(self, index: Tensor) -> Tensor:
        """The teacher's own prediction."""
        return self._judge(index).classes

    def label_logits(self, index: Tensor) -> Tensor:
        """The mixture w p + (1 - w) onehot(given)."""
        judged, classes = self._judge(index), self.run.num_classes
        weight = judged.gate.sigmoid().unsqueeze(1)
        given = F.one_hot(self.run.given[index], classes)
        mixed = weight * judged.classes.softmax(dim=1) + (1 - weight) * given
        return (mixed + torch.finfo(mixed.dtype).eps).log()

    def losses(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Cross entropy with the soft labels."""
        return -(labels.exp() * F.log_softmax(logits, dim=1)).sum(dim=1)

    def meta_term(self, labels: Tensor, logits: Tensor, tangent: Tensor) -> Tensor:
        """⟨ŷ, ∂M/∂ŷ⟩: for cross entropy, ∂M/∂ŷ is (α / B) u."""
        return (labels.exp() * tangent).sum() * (self.run.learning_rate / len(logits))

    def own_loss(self, meta: MetaBatch) -> Tensor:
        """Cross entropy of the classes, and of the gate for labels of which half are drawn at random."""
        size, run = len(meta.labels), self.run
        random = torch.randint(run.num_classes, (size,), generator=run.generator, device=run.given.device)
        exchanged = torch.rand(size, generator=run.generator, device=run.given.device) < 0.5
        labels = torch.where(exchanged, random, meta.labels)
        judged: Judged = self.network(meta.images, labels)
        wrong = (labels != meta.labels).float()
        gate = F.binary_cross_entropy_with_logits(judged.gate, wrong)
        return F.cross_entropy(judged.classes, meta.labels) + gate

    def _judge(self, index: Tensor) -> Judged:
        judged: Judged = self.network(self.run.images.plain(index), self.run.given[index])
        return judged


class MetaLabelNetTrainer(MethodTrainer):
    """Trains with MetaLabelNet."""

    method = MetaLabelNet


class SlowMetaLabelNetTrainer(MethodTrainer):
    """Trains with MetaLabelNet at a tenth of its rate."""

    method = SlowMetaLabelNet


class EmlcTrainer(MethodTrainer):
    """Trains with EMLC's teacher."""

    method = Emlc
