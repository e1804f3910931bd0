"""A run: warm-up, then a method, epoch by epoch."""

import copy
import dataclasses
import hashlib
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.auto import AutoConfig
from mslg_core.configs.base import Backbone
from mslg_core.configs.job import JobConfig
from mslg_core.configs.plan import Plan, is_pretrained, make_plan, shorten, with_backbone
from mslg_core.errors import CheckpointError, DivergedError
from mslg_core.features.cache import FeatureCache
from mslg_core.features.features import Features
from mslg_core.images.augmentation import Augmentation
from mslg_core.images.batches import IMAGENET_STATISTICS, Images, batches
from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.methods.base import EVAL_BATCH, BaseMethod, Learner, Run
from mslg_core.methods.registry import METHODS
from mslg_core.models.networks import build_head, build_network
from mslg_core.models.precision import prepare
from mslg_core.ranking.result import CleaningResult, Predictions, conclude
from mslg_core.reports import EpochReport, Phase
from mslg_core.training.eta import Stopwatch
from mslg_core.training.neighbours import FeatureSpace
from mslg_core.training.prediction_history import PredictionHistory
from mslg_core.training.warm_start import MISFIT, StartingPoint


class Trainer:
    """Trains one network on one training set; all chance comes from the config's seed.

    Args: training_set; config; device, a torch device or "auto" (CUDA where there is a GPU); where features
    are kept between runs, if anywhere; what an earlier run has learned, to start from it with half the
    warm-up. Where that does not fit, the run starts from nothing, and its summary says so. Raises
    `WeightsError`.
    """

    def __init__(
        self,
        training_set: TrainingSet,
        config: JobConfig,
        device: str = "auto",
        cache: FeatureCache | None = None,
        start: StartingPoint | None = None,
    ) -> None:
        if isinstance(config, AutoConfig):
            raise TypeError("auto is no method of its own: use model_selection.make_trainer")
        if device == "auto":
            device = "cuda" if has_gpu() else "cpu"
        self.training_set, self.device = training_set, torch.device(device)
        gpu = self.device.type == "cuda"
        self.config = with_backbone(config, gpu=gpu)
        self._noisy = self._tensor(training_set.noisy_index)
        self.plan = make_plan(self.config, len(self._noisy), training_set.side, gpu=gpu)
        self._images = self._make_images(cache)
        learner = self._make_learner(self.config.seed)
        self._start_note = self._go_on_from(start, learner.model) if start else None
        self._start = None if self._start_note else start
        self._run = self._make_run(learner, self.plan)
        self._method: BaseMethod[Any] = METHODS[config.method](self._run, self.config)
        self._epoch = 0
        self._history = PredictionHistory(
            self._run.given, training_set.num_classes, self.plan, early=isinstance(self._images, Features)
        )
        self._stopwatch = Stopwatch(self.plan, self._method.phase)
        self._divergence: str | None = None

    def run(self) -> Iterator[EpochReport]:
        """Train the epochs that are left, one report after each; may be left and taken up after any of them.

        A run that diverges after its warm-up ends there, with what it had before. Raises `DivergedError` for
        one that diverges earlier.
        """
        while self._epoch < self.plan.epochs and not self._divergence:
            weights = copy.deepcopy(self._run.model.state_dict())
            try:
                report = self._run_epoch()
            except DivergedError as error:
                if self._epoch < max(1, self.plan.warmup_epochs):
                    raise
                self._run.model.load_state_dict(weights)
                self._divergence = f"Epoch {self._epoch + 1} was the last and is left out. {error}"
            else:
                yield report

    def result(self) -> CleaningResult:
        """What is known so far; best after the last epoch."""
        warm_up, later = self._history.averages()
        if later is None:
            warm_up, later = None, warm_up
        if later is None:
            later = self._predict_all().cpu().numpy()
        others = FeatureSpace(self.training_set, self._run)
        predictions = Predictions(later, warm_up, others.ridge_prediction(), self._divergence)
        result = conclude(self.training_set, predictions)
        started = {"warm_started": self._start is not None, "start_note": self._start_note}
        return dataclasses.replace(
            result,
            trajectories=self._history.trajectories(result.suggestion),
            neighbours=others.neighbours(result.suggestion),
            summary=result.summary.model_copy(update=started),
        )

    def starting_point(self) -> StartingPoint:
        """What has been learned so far, for a later run to start from."""
        return StartingPoint.of(self._run.model, self._reads())

    def state_dict(self) -> dict[str, Any]:
        """The complete state, tensors and plain values only."""
        return {
            "fingerprint": self._fingerprint(),
            "epoch": self._epoch,
            "model": self._run.model.state_dict(),
            "optimizer": self._run.optimizer.state_dict(),
            "method": self._method.state_dict(),
            "generator": self._run.generator.get_state(),
            "watch": self._history.state_dict(),
            "seconds": self._stopwatch.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state_dict` was taken. Raises `CheckpointError` for another run's state."""
        if state.get("fingerprint") != self._fingerprint():
            raise CheckpointError("The checkpoint belongs to a run with other settings or labels.")
        self._epoch = state["epoch"]
        self._run.model.load_state_dict(state["model"])
        self._run.optimizer.load_state_dict(state["optimizer"])
        self._method.load_state_dict(state["method"])
        self._run.generator.set_state(state["generator"].cpu())
        self._history.load_state_dict(state["watch"])
        self._stopwatch.load_state_dict(state["seconds"])

    @torch.no_grad()
    def transform_new(self, images: NDArray[np.uint8]) -> Tensor:
        """Images [K, side, side, 3] as the network takes them, to predict them more than once."""
        starts = range(0, len(images), EVAL_BATCH)
        return torch.cat(
            [self._run.images.transform_new(images[start : start + EVAL_BATCH]) for start in starts]
        )

    @torch.no_grad()
    def predict(self, inputs: Tensor) -> NDArray[np.float32]:
        """Class probabilities [K, C] of images that `describe` has prepared, by the network as it is now."""
        self._run.model.eval()
        parts = [self._run.model(part).softmax(dim=1) for part in torch.split(inputs, EVAL_BATCH)]
        return torch.cat(parts).float().cpu().numpy()

    def predict_samples(self, index: Indices) -> NDArray[np.float32]:
        """Class probabilities [K, C] of the samples `index` int64 [K], by the network as it is now."""
        return self._run.predict(self._tensor(index)).softmax(dim=1).float().cpu().numpy()

    def soft_labels(self) -> NDArray[np.float32]:
        """The method's own label distributions, float32 [N, C]."""
        return self._method.soft_labels().cpu().numpy().astype(np.float32)

    def _make_learner(self, seed: int) -> Learner:
        config, plan = self.config, self.plan
        with torch.random.fork_rng(devices=[]):  # initialisation draws from torch's global generator
            torch.manual_seed(seed)
            model = prepare(self._build_model(), self.device)
        optimizer = torch.optim.SGD(
            model.parameters(), plan.learning_rate, config.momentum, weight_decay=config.weight_decay
        )
        return Learner(model, optimizer)

    def _build_model(self) -> nn.Module:
        data, config = self.training_set, self.config
        if isinstance(self._images, Features):
            return build_head(self._images.num_features, data.num_classes)
        path = Path(config.weights_file) if config.weights_file else None
        return build_network(self.plan.network, data.num_classes, data.side, config.weights, path)

    def _make_images(self, cache: FeatureCache | None) -> Images | Features:
        config, images = self.config, self.training_set.images
        if config.backbone is not Backbone.TRAIN:
            return Features(images, self.training_set.given, config, self.device, cache)
        augmentation = Augmentation(
            self.plan.shift, config.padding, bool(config.horizontal_flip), config.vertical_flip
        )
        statistics = IMAGENET_STATISTICS if is_pretrained(config) else None
        return Images(images, self.device, augmentation, statistics)

    def _go_on_from(self, start: StartingPoint, model: nn.Module) -> str | None:
        """Take up weights and shorten the plan, or say why not."""
        if not start.fits(model, self._reads()):
            return MISFIT
        model.load_state_dict(start.weights)
        self.plan = shorten(self.plan)
        return None

    def _reads(self) -> str:
        """The network and what it is given."""
        if isinstance(self._images, Features):
            return f"head {self._images.digest()}"
        pretrained = "pretrained" if is_pretrained(self.config) else "own"
        return f"{self.plan.network} {self.training_set.side} {pretrained}"

    def _make_run(self, learner: Learner, plan: Plan) -> Run:
        data, config = self.training_set, self.config
        return Run(
            model=learner.model,
            optimizer=learner.optimizer,
            images=self._images,
            given=self._tensor(data.given),
            num_classes=data.num_classes,
            meta_index=self._tensor(data.meta_index),
            meta_labels=self._tensor(data.meta_labels),
            batch_size=plan.batch_size,
            learning_rate=plan.learning_rate,
            method_epochs=plan.epochs - plan.warmup_epochs,
            generator=torch.Generator().manual_seed(config.seed),
            make_learner=lambda: self._make_learner(config.seed + 1),
        )

    def _run_epoch(self) -> EpochReport:
        started = time.perf_counter()
        unverified = self._method.phase == "meta" and not len(self._run.meta_index)
        warm_up = self._epoch < self.plan.warmup_epochs or unverified
        phase: Phase = "warm_up" if warm_up else self._method.phase
        rate = self.plan.rate_after(self._epoch)
        for group in self._run.optimizer.param_groups:
            group["lr"] = rate
        if not warm_up:
            self._method.begin_epoch(self._epoch - self.plan.warmup_epochs)
        loss = self._train(self._method.warm_up_step if warm_up else self._method.step)
        self._epoch += 1
        self._history.see(self._epoch, self._predict_all)
        meta_loss, meta_accuracy = self._measure_meta()
        seconds = time.perf_counter() - started
        self._stopwatch.note(phase, seconds)
        return EpochReport(
            epoch=self._epoch,
            epochs=self.plan.epochs,
            phase=phase,
            train_loss=loss,
            meta_loss=meta_loss,
            meta_accuracy=meta_accuracy,
            labels_changed=self._labels_changed(),
            learning_rate=rate,
            seconds=seconds,
            eta_seconds=self._stopwatch.left(self._epoch),
        )

    def _train(self, step: Callable[[Tensor], Tensor]) -> float:
        """One pass over the noisy training set; returns the mean loss per sample."""
        self._run.model.train()
        total = torch.zeros((), device=self.device)
        for index in batches(self._noisy, self.plan.batch_size, self._run.generator):
            total += step(index) * len(index)
        mean = float(total) / len(self._noisy)
        if not math.isfinite(mean):
            raise DivergedError("The training diverged: choose a lower learning rate or smaller label steps.")
        return mean

    def _predict_all(self) -> Tensor:
        everything = torch.arange(self.training_set.num_samples, device=self.device)
        return self._run.predict(everything).softmax(dim=1)

    def _measure_meta(self) -> tuple[float | None, float | None]:
        if not len(self._run.meta_index):
            return None, None
        logits = self._run.predict(self._run.meta_index)
        labels = self._run.meta_labels
        loss = float(F.cross_entropy(logits, labels))
        return loss, float((logits.argmax(dim=1) == labels).float().mean())

    def _labels_changed(self) -> int:
        peaks = self._method.soft_labels().argmax(dim=1)
        return int((peaks != self._run.given)[self._noisy].sum())

    def _fingerprint(self) -> str:
        """Changes with anything that the state depends on, but the images."""
        data = self.training_set
        digest = hashlib.sha256(self.config.model_dump_json().encode())
        arrays = (data.given, data.meta_index, data.meta_labels, data.known_wrong, data.not_random)
        for array in (*arrays, np.array(data.images.shape)):
            digest.update(array.tobytes())
        if self._start:
            digest.update(self._start.digest().encode())
        return digest.hexdigest()

    def _tensor(self, array: Indices) -> Tensor:
        return torch.from_numpy(array.copy()).to(self.device)


def has_gpu() -> bool:
    """Whether runs take place on a GPU unless told otherwise."""
    return torch.cuda.is_available()
