"""Builds what a run works with: its inputs, network and optimizer."""

from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mslg_core.configs.base import Backbone, TrainingConfig
from mslg_core.configs.plan import Plan, is_pretrained, make_plan
from mslg_core.features.cache import FeatureCache
from mslg_core.features.extraction import Hooks
from mslg_core.features.features import Features
from mslg_core.images.augmentation import Augmentation
from mslg_core.images.batches import IMAGENET_STATISTICS, Images
from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.methods.base import Learner, Run
from mslg_core.models.networks import build_head, build_network
from mslg_core.models.precision import prepare


class RunBuilder:
    """Builds the parts of a run, in this order: inputs, learner, run.

    Attributes: plan, before a warm start shortens it; inputs: images to train a network on, or extracted
    features to train a head on.

    Args: data; config, whose backbone is chosen; device; where features are kept between runs, if anywhere;
    what else happens while features are extracted. Raises `WeightsError`, `DamagedImagesError`.
    """

    def __init__(
        self,
        data: TrainingSet,
        config: TrainingConfig,
        device: torch.device,
        cache: FeatureCache | None,
        hooks: Hooks | None = None,
    ) -> None:
        self._data, self._config, self._device = data, config, device
        gpu = device.type == "cuda"
        self.plan = make_plan(config, len(data.noisy_index), data.side, gpu=gpu)
        self.inputs = self._build_inputs(cache, hooks)

    @property
    def trained_on(self) -> str:
        """Names the network and its inputs, see `StartingPoint`."""
        if isinstance(self.inputs, Features):
            return f"head {self.inputs.digest()}"
        pretrained = "pretrained" if is_pretrained(self._config) else "own"
        return f"{self.plan.network} {self._data.side} {pretrained}"

    def build_learner(self, seed: int) -> Learner:
        """A network, initialised by `seed`, and its optimizer."""
        with torch.random.fork_rng(devices=[]):  # initialisation draws from torch's global generator
            torch.manual_seed(seed)
            model = prepare(self._build_model(), self._device)
        config, rate = self._config, self.plan.learning_rate
        return Learner(
            model,
            torch.optim.SGD(model.parameters(), rate, config.momentum, weight_decay=config.weight_decay),
        )

    def build_run(self, learner: Learner, plan: Plan) -> Run:
        """What a method works with."""
        data, seed = self._data, self._config.seed
        return Run(
            model=learner.model,
            optimizer=learner.optimizer,
            images=self.inputs,
            given=to_device(np.where(data.has_given, data.given, data.settled).clip(min=0), self._device),
            num_classes=data.num_classes,
            meta_index=to_device(data.meta_index, self._device),
            meta_labels=to_device(data.meta_labels, self._device),
            random_meta=to_device(data.random_meta, self._device),
            labelled_meta=to_device(data.has_given[data.meta_index], self._device),
            batch_size=plan.batch_size,
            learning_rate=plan.learning_rate,
            method_epochs=plan.epochs - plan.warmup_epochs,
            generator=torch.Generator(self._device).manual_seed(seed),
            make_learner=partial(self.build_learner, seed + 1),
        )

    def _build_inputs(self, cache: FeatureCache | None, hooks: Hooks | None) -> Images | Features:
        data, config = self._data, self._config
        if config.backbone is not Backbone.TRAIN:
            return Features(data.images, data.given, config, self._device, cache, hooks)
        augmentation = Augmentation(
            self.plan.shift, config.padding, bool(config.horizontal_flip), config.vertical_flip
        )
        statistics = IMAGENET_STATISTICS if is_pretrained(config) else None
        return Images(data.decode(), self._device, augmentation, statistics)

    def _build_model(self) -> nn.Module:
        data, config = self._data, self._config
        if isinstance(self.inputs, Features):
            return build_head(self.inputs.num_features, data.num_classes)
        path = Path(config.weights_file) if config.weights_file else None
        return build_network(self.plan.network, data.num_classes, data.side, config.weights, path)


def to_device(array: Indices | NDArray[np.bool_], device: torch.device) -> Tensor:
    """A copy of the array as a tensor."""
    return torch.from_numpy(array.copy()).to(device)
