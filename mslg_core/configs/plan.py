"""The defaults of a run: chooses the settings that a config does not give, from the data and the device.
Importable without torch.

With these defaults, typical datasets finish in minutes on two CPU cores.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from mslg_core.configs.base import SMALL_NETWORKS, Backbone, Network, TrainingConfig, Weights

Config = TypeVar("Config", bound=TrainingConfig)
Sizes = Sequence[int] | NDArray[np.int64]

# The warm-up is short, because a network memorises noisy labels over time.
CPU_WARMUP, GPU_WARMUP = 5, 8
GPU_FURTHER = 20
# On a CPU the number of further epochs depends on the pixels of a pass over the data (N · side²): an epoch on
# 3,000 images of 32 pixels takes 25 s on two idle cores, and up to 100 s if they are shared.
CPU_FURTHER_PIXELS = 6e6
CPU_FURTHER = (2, 12)
# For a head on features that are extracted once.
HEAD_WARMUP = HEAD_FURTHER = 8
# After the warm-up labels still change. A low rate keeps the network from learning their errors.
LATER_RATE = 0.3
MAX_CNN8_SIDE = 64
MIN_STEPS = 14
BATCH_SIZES = (16, 128)
MIN_SIDE = 8
MAX_SIDE, MAX_PATCHES_SIDE = 64, 32
# The image side on which torchvision's weights were trained.
PRETRAINED_SIDE = 224


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings of a run without open choices.

    shift: in pixels. epochs: including the warm-up. rate_steps: pairs of epochs, increasing, and the learning
    rate after that many.
    """

    network: Network
    epochs: int
    warmup_epochs: int
    batch_size: int
    learning_rate: float
    rate_steps: tuple[tuple[int, float], ...]
    shift: int

    def rate_after(self, epochs: int) -> float:
        """Learning rate of the epoch after `epochs` completed ones."""
        rates = [rate for first, rate in self.rate_steps if first <= epochs]
        return rates[-1] if rates else self.learning_rate


def with_backbone(config: Config, *, gpu: bool) -> Config:
    """The config with its backbone chosen, which must be known before images are decoded.

    Unless a network is named, features are extracted once: a head on them is more accurate after seconds than
    a network after minutes, see docs/decisions/0007-patches.md and 0014-pretrained-features.md.
    """
    return config.model_copy(update={"backbone": config.backbone or _choose_backbone(config, gpu=gpu)})


def _choose_backbone(config: TrainingConfig, *, gpu: bool) -> Backbone:
    if config.network is Network.AUTO:
        return Backbone.AUTO
    return Backbone.FROZEN if is_pretrained(config) and not gpu else Backbone.TRAIN


def is_pretrained(config: TrainingConfig) -> bool:
    """Whether the network starts from weights pretrained on photographs, as torchvision's are."""
    has_weights = config.weights is not Weights.RANDOM or config.weights_file is not None
    return has_weights and config.network not in SMALL_NETWORKS


def make_plan(config: TrainingConfig, num_noisy: int, side: int, *, gpu: bool) -> Plan:
    """The plan for `num_noisy` training samples of `side` pixels. Requires a config with a backbone."""
    epochs, warmup_epochs = _choose_epochs(config, num_noisy * side**2, gpu=gpu)
    rate = config.learning_rate or 0.01
    network = config.network
    if network is Network.AUTO:
        network = Network.RESNET18 if gpu and side > MAX_CNN8_SIDE else Network.CNN8
    return Plan(
        network=network,
        epochs=epochs,
        warmup_epochs=warmup_epochs,
        batch_size=config.batch_size or _choose_batch_size(num_noisy),
        learning_rate=rate,
        rate_steps=config.learning_rate_steps or ((warmup_epochs, rate * LATER_RATE),),
        shift=max(1, side // 8) if config.shift is None else min(config.shift, side - 1),
    )


def shorten(plan: Plan) -> Plan:
    """The plan of a run that starts from a trained model: it skips half of the warm-up."""
    skipped = plan.warmup_epochs // 2
    return replace(
        plan,
        epochs=plan.epochs - skipped,
        warmup_epochs=plan.warmup_epochs - skipped,
        rate_steps=tuple((max(0, first - skipped), rate) for first, rate in plan.rate_steps),
    )


def _choose_epochs(config: TrainingConfig, pixels: int, *, gpu: bool) -> tuple[int, int]:
    """(total, warm-up) epochs."""
    warmup, further = GPU_WARMUP, GPU_FURTHER
    if config.backbone is not Backbone.TRAIN:
        warmup, further = HEAD_WARMUP, HEAD_FURTHER
    elif not gpu:
        warmup, further = CPU_WARMUP, _clip(CPU_FURTHER_PIXELS / pixels, *CPU_FURTHER)
    if config.warmup_epochs is not None:
        warmup = config.warmup_epochs
        return config.epochs or min(1000, warmup + further), warmup
    if config.epochs is not None:
        return config.epochs, max(1, config.epochs * warmup // (warmup + further))
    return warmup + further, warmup


def _choose_batch_size(num_noisy: int) -> int:
    """The largest power of two within `BATCH_SIZES` that gives about `MIN_STEPS` steps per epoch or more."""
    smallest, largest = BATCH_SIZES
    size = largest
    while size > smallest and num_noisy < size * MIN_STEPS * 0.9:
        size //= 2
    return size


def _clip(value: float, low: int, high: int) -> int:
    return max(low, min(high, round(value)))


def choose_image_size(config: TrainingConfig, widths: Sizes, heights: Sizes) -> int:
    """Side in pixels to which images are decoded.

    The configured one, or else the median longer side, rounded to a multiple of 8, from 8 to the largest side
    from which the network benefits.
    """
    if config.image_size is not None:
        return config.image_size
    if not len(widths):
        return MIN_SIDE
    side = float(np.median(np.maximum(widths, heights)))
    return int(np.clip(8 * np.floor(side / 8 + 0.5), MIN_SIDE, _choose_largest_side(config)))


def _choose_largest_side(config: TrainingConfig) -> int:
    if config.backbone is Backbone.PATCHES:
        return MAX_PATCHES_SIDE
    if config.backbone in (None, Backbone.TRAIN):
        return PRETRAINED_SIDE if is_pretrained(config) else MAX_SIDE
    return PRETRAINED_SIDE
