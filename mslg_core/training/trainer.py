"""A run of one method: trains epoch by epoch, stops and resumes after any epoch, ends with a result."""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mslg_core.configs.auto import AutoConfig
from mslg_core.configs.job import JobConfig
from mslg_core.configs.plan import shorten, with_backbone
from mslg_core.errors import CheckpointError, DivergedError
from mslg_core.features.cache import FeatureCache
from mslg_core.features.extraction import Hooks
from mslg_core.features.features import Features
from mslg_core.images.batches import EVAL_BATCH
from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.methods.base import BaseMethod
from mslg_core.methods.registry import METHODS, require_many_classes
from mslg_core.ranking.candidates import assess_run
from mslg_core.ranking.findings import Findings
from mslg_core.ranking.result import CleaningResult, conclude
from mslg_core.reports import EpochReport
from mslg_core.training.checkpoint import fingerprint, restore_generator
from mslg_core.training.epoch_loop import EpochLoop
from mslg_core.training.evidence import collect_evidence
from mslg_core.training.run_builder import RunBuilder, to_device
from mslg_core.training.warm_start import COLD_START, Start, StartingPoint


class Trainer:
    """Trains one network on one training set; the config's seed is the only source of randomness.

    Args: training_set; config; device, a torch device or "auto" (CUDA if there is a GPU); where features are
    kept between runs, if anywhere; start: another run's weights, to start from them with half the warm-up. If
    they do not fit, the run starts from random weights and its summary says so; what else happens while
    features are extracted. Raises `WeightsError`, `DamagedImagesError`.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a run depends on
        self,
        training_set: TrainingSet,
        config: JobConfig,
        device: str = "auto",
        cache: FeatureCache | None = None,
        start: Start = COLD_START,
        hooks: Hooks | None = None,
    ) -> None:
        if isinstance(config, AutoConfig):
            raise TypeError("auto is not a method: use model_selection.make_trainer")
        require_many_classes([config.method], training_set.num_classes)
        if device == "auto":
            device = "cuda" if has_gpu() else "cpu"
        self.training_set, self.device = training_set, torch.device(device)
        self.config = with_backbone(config, gpu=self.device.type == "cuda")
        builder = RunBuilder(training_set, self.config, self.device, cache, hooks)
        learner = builder.build_learner(self.config.seed)
        self.plan, self._trained_on = builder.plan, builder.trained_on
        self._start = start.fit(learner.model, self._trained_on)
        if self._start.point:
            learner.model.load_state_dict(self._start.point.weights)
            self.plan = shorten(self.plan)
        self._run = builder.build_run(learner, self.plan)
        self._method: BaseMethod[Any] = METHODS[config.method](self._run, self.config)
        self._loop = EpochLoop(self._method, self.plan, self._tensor(training_set.noisy_index))
        self._divergence: str | None = None

    @property
    def backbone(self) -> str:
        """What is trained: a network, or a head on features of this backbone, the chosen one with `auto`."""
        inputs = self._run.images
        return inputs.choice.name if isinstance(inputs, Features) else str(self.config.backbone)

    def run(self) -> Iterator[EpochReport]:
        """Train the remaining epochs and report after each. The caller may stop after any of them.

        A run that diverges after its warm-up ends early, with the weights of the epoch before. Raises
        `DivergedError` if it diverges in the warm-up.
        """
        while self._loop.epoch < self.plan.epochs and not self._divergence:
            weights = copy.deepcopy(self._run.model.state_dict())
            try:
                report = self._loop.run_epoch()
            except DivergedError as error:
                if self._loop.epoch < max(1, self.plan.warmup_epochs):
                    raise
                self._run.model.load_state_dict(weights)
                self._divergence = (
                    f"The run ended in epoch {self._loop.epoch + 1}, which is excluded. {error}"
                )
            else:
                yield report

    def findings(self) -> Findings:
        """What the run has found so far; best after the last epoch."""
        evidence = collect_evidence(
            self.training_set, self._run, self._loop.history, self._start, self._divergence
        )
        return assess_run(self.training_set, evidence)

    def result(self) -> CleaningResult:
        """The result of the epochs so far; best after the last."""
        return conclude(self.training_set, self.findings())

    def starting_point(self) -> StartingPoint:
        """The present weights, for a later run to start from."""
        return StartingPoint.of(self._run.model, self._trained_on)

    def state_dict(self) -> dict[str, Any]:
        """The complete state, tensors and plain values only."""
        return {
            "fingerprint": self._fingerprint(),
            "model": self._run.model.state_dict(),
            "optimizer": self._run.optimizer.state_dict(),
            "method": self._method.state_dict(),
            "generator": self._run.generator.get_state(),
            **self._loop.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of `state_dict`. Raises `CheckpointError` for another run's state."""
        if state.get("fingerprint") != self._fingerprint():
            raise CheckpointError("The checkpoint belongs to a run with other settings or labels.")
        self._run.model.load_state_dict(state["model"])
        self._run.optimizer.load_state_dict(state["optimizer"])
        self._method.load_state_dict(state["method"])
        restore_generator(self._run.generator, state["generator"].cpu())
        self._loop.load_state_dict(state)

    @torch.no_grad()
    def transform_new(self, images: NDArray[np.uint8]) -> Tensor:
        """New images [K, side, side, 3] as network inputs, for `predict`."""
        starts = range(0, len(images), EVAL_BATCH)
        return torch.cat(
            [self._run.images.transform_new(images[start : start + EVAL_BATCH]) for start in starts]
        )

    @torch.no_grad()
    def predict(self, inputs: Tensor) -> NDArray[np.float32]:
        """Class probabilities [K, C] of inputs from `transform_new`, by the present network."""
        self._run.model.eval()
        parts = [self._run.model(part).softmax(dim=1) for part in torch.split(inputs, EVAL_BATCH)]
        return torch.cat(parts).float().cpu().numpy()

    def predict_samples(self, index: Indices) -> NDArray[np.float32]:
        """Class probabilities [K, C] of the samples `index` int64 [K], by the present network."""
        return self._run.predict(self._tensor(index)).softmax(dim=1).float().cpu().numpy()

    def soft_labels(self) -> NDArray[np.float32]:
        """The method's own label distributions, float32 [N, C]."""
        return self._method.soft_labels().cpu().numpy().astype(np.float32)

    def _fingerprint(self) -> str:
        return fingerprint(self.training_set, self.config, self._start)

    def _tensor(self, array: Indices) -> Tensor:
        return to_device(array, self.device)


def has_gpu() -> bool:
    """Whether runs take place on a GPU by default."""
    return torch.cuda.is_available()
