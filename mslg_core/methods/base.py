"""The interface of a method: it trains on a batch and estimates label distributions."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.base import TrainingConfig
from mslg_core.features.features import Features
from mslg_core.images.batches import Images, permutation
from mslg_core.methods.metalearning.metagradient import MetaBatch
from mslg_core.models.class_table import is_many, one_hot_table, pack, parts, peaks, to_dense
from mslg_core.models.networks import last_linear
from mslg_core.reports import Phase

ConfigT = TypeVar("ConfigT", bound=TrainingConfig)


@dataclass(slots=True)
class Learner:
    """A network and its optimizer."""

    model: nn.Module
    optimizer: torch.optim.Optimizer

    @property
    def current_rate(self) -> float:
        """The optimizer's learning rate in this epoch."""
        rate: float = self.optimizer.param_groups[0]["lr"]
        return rate

    def optimizer_step(self, loss: Tensor) -> None:
        """One optimizer step along the gradient of `loss`."""
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()


@dataclass(slots=True)
class Run(Learner):
    """What a method works with. All tensors are on the run's device.

    given int64 [N], for a sample without a given label its settled class; meta_index, meta_labels int64 [M];
    random_meta bool [M]: the samples of the meta set that are a random sample, for estimates of the noise;
    labelled_meta bool [M]: those with a given label; learning_rate: of the first epoch; method_epochs: epochs
    after the warm-up; generator: the only source of randomness, on the run's device; make_learner: builds
    another network of the same kind, initialised by another seed.
    """

    images: Images | Features
    given: Tensor
    num_classes: int
    meta_index: Tensor
    meta_labels: Tensor
    random_meta: Tensor
    labelled_meta: Tensor
    batch_size: int
    learning_rate: float
    method_epochs: int
    generator: torch.Generator
    make_learner: Callable[[], Learner]

    def forward(self, index: Tensor) -> Tensor:
        """Logits [B, C] of augmented images, with their graph."""
        logits: Tensor = self.model(self.images.augmented(index, self.generator))
        return logits

    @property
    def everything(self) -> Tensor:
        """Indices of all samples, int64 [N]."""
        return torch.arange(len(self.given), device=self.given.device)

    @torch.no_grad()
    def predict(self, index: Tensor) -> Tensor:
        """Logits [B, C] of plain images. The model is left in evaluation mode."""
        self.model.eval()
        parts = torch.split(index, self.images.evaluation_batch)
        return torch.cat([self.model(self.images.plain(part)) for part in parts])

    def predict_all(self) -> Tensor:
        """Class probabilities [N, C] of all samples. The model is left in evaluation mode."""
        return self.predict(self.everything).softmax(dim=1)

    def predict_in_parts(self) -> Iterator[tuple[Tensor, Tensor]]:
        """(indices int64 [B], class probabilities [B, C]) of all samples; of few classes in one part."""
        if not is_many(self.num_classes):
            yield self.everything, self.predict_all()
            return
        for index in parts(len(self.given), self.given.device):
            yield index, self.predict(index).softmax(dim=1)

    @torch.no_grad()
    def features(self, index: Tensor) -> Tensor:
        """Inputs of the last layer for plain images, in evaluation mode, float32 [B, D]."""
        recorded: list[Tensor] = []
        head = last_linear(self.model)
        hook = head.register_forward_pre_hook(lambda _, inputs: recorded.append(inputs[0].float()))
        self.model.eval()
        try:
            for part in torch.split(index, self.images.evaluation_batch):
                self.model(self.images.plain(part))  # the logits of all samples may not fit into memory
        finally:
            hook.remove()
        return torch.cat(recorded)

    def draw_meta_batch(self, size: int | None, *, augment: bool) -> MetaBatch:
        """Verified samples, drawn without replacement; by default half as many as a batch has."""
        size = min(len(self.meta_index), size or max(2, self.batch_size // 2))
        chosen = permutation(len(self.meta_index), self.generator)[:size]
        index, labels = self.meta_index[chosen], self.meta_labels[chosen]
        images = self.images.augmented(index, self.generator) if augment else self.images.plain(index)
        return MetaBatch(images, labels)


class BaseMethod(ABC, Generic[ConfigT]):
    """A method of training with wrong labels, after the warm-up. Each run constructs its own.

    A method whose phase is `meta` learns from verified samples; without any it stays in the warm-up. One that
    has `many_classes` keeps nothing that is quadratic in the number of classes or samples.
    """

    phase: ClassVar[Phase]
    many_classes: ClassVar[bool] = True

    def __init__(self, run: Run, config: ConfigT) -> None:
        self.run, self.config = run, config

    @abstractmethod
    def step(self, index: Tensor) -> Tensor:
        """Train on the samples `index` int64 [B]; returns the mean loss, a detached scalar."""

    @abstractmethod
    def soft_labels(self) -> Tensor:
        """The method's label distributions [N, C]."""

    def peaks(self) -> Tensor:
        """The most probable class of every sample in the soft labels, int64 [N]."""
        return self.soft_labels().argmax(dim=1)

    def warm_up_step(self, index: Tensor) -> Tensor:
        """A step of the warm-up: plain training on the given labels."""
        return cross_entropy_step(self.run, index)

    def begin_epoch(self, epoch: int) -> None:
        """Called before each epoch of the method; `epoch` counts from 0 at the end of the warm-up."""

    def fixed(self) -> Hashable:
        """The method's Python values that a step reads and that change between epochs, see `CudaGraphs`."""
        return None

    def state_dict(self) -> dict[str, Any]:
        """The method's own state, besides the run's; tensors and plain values only."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of `state_dict`."""


class LossMethod(BaseMethod[ConfigT]):
    """Trains on its own loss. Its label distributions are the latest predictions made while training."""

    phase: ClassVar[Phase] = "train"

    def __init__(self, run: Run, config: ConfigT) -> None:
        super().__init__(run, config)
        self.predictions = one_hot_table(run.given, run.num_classes)  # [N, C]

    @abstractmethod
    def losses(self, logits: Tensor, given: Tensor) -> Tensor:
        """Loss per sample [B] of logits [B, C] and given labels int64 [B]."""

    def step(self, index: Tensor) -> Tensor:
        """One optimizer step along the mean loss."""
        logits = self.run.forward(index)
        loss = self.losses(logits, self.run.given[index]).mean()
        self.run.optimizer_step(loss)
        self.predictions[index] = logits.detach().float().softmax(dim=1)
        return loss.detach()

    def soft_labels(self) -> Tensor:
        """The latest predictions [N, C]; the one-hot given label before the first."""
        return to_dense(self.predictions)

    def peaks(self) -> Tensor:
        """The most probable classes in the soft labels."""
        return peaks(self.predictions) if is_many(self.run.num_classes) else super().peaks()

    def state_dict(self) -> dict[str, Any]:
        """The latest predictions."""
        return {"predictions": pack(self.predictions)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the latest predictions."""
        self.predictions.copy_(state["predictions"])


def cross_entropy_step(run: Run, index: Tensor) -> Tensor:
    """One step of plain training on the given labels of `index` int64 [B]; returns the mean loss."""
    loss = F.cross_entropy(run.forward(index), run.given[index])
    run.optimizer_step(loss)
    return loss.detach()
