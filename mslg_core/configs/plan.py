"""What a run does where its config says nothing: chosen from the data and the device, so that ordinary
datasets finish in minutes on two CPU cores. Importable without torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from mslg_core.configs.base import Backbone, Network, TrainingConfig, Weights

Config = TypeVar("Config", bound=TrainingConfig)

# The warm-up is short: a network that has seen noisy labels for long repeats them.
CPU_WARMUP, GPU_WARMUP = 5, 8
GPU_FURTHER = 20
# What follows on a CPU is counted in pixels of a pass over the data (N · side²): an epoch on 3,000 images of
# 32 pixels takes two idle cores 25 s, and up to 100 s where they are shared.
CPU_FURTHER_PIXELS = 6e6
CPU_FURTHER = (2, 12)
# A head on features that were described once.
HEAD_WARMUP = HEAD_FURTHER = 8
# After the warm-up the network follows labels that still move: slowly, so as not to learn their mistakes.
LATER_RATE = 0.3
MAX_CNN8_SIDE = 64
MIN_STEPS = 14
BATCH_SIZES = (16, 128)
MIN_SIDE = 8
MAX_SIDE, MAX_PATCHES_SIDE = 64, 32
# The side of the images that torchvision's weights were trained on.
PRETRAINED_SIDE = 224


@dataclass(frozen=True, slots=True)
class Plan:
    """A config with every choice made. `shift` in pixels; `epochs` include the warm-up; `rate_steps`: pairs
    of epochs, rising, and the learning rate after so many.
    """

    network: Network
    epochs: int
    warmup_epochs: int
    batch_size: int
    learning_rate: float
    rate_steps: tuple[tuple[int, float], ...]
    shift: int

    def rate_after(self, epochs: int) -> float:
        """Learning rate of the epoch that follows `epochs` others."""
        rates = [rate for first, rate in self.rate_steps if first <= epochs]
        return rates[-1] if rates else self.learning_rate


def with_backbone(config: Config, *, gpu: bool) -> Config:
    """The config with its backbone chosen. It has to be known before images are decoded.

    Patches are the choice without a GPU: on 1,300 digits and on 5,000 CIFAR-10 images they lead a head
    further in seconds than a network gets in minutes, see docs/decisions/0007-patches.md.
    """
    return config.model_copy(update={"backbone": config.backbone or _choose_backbone(config, gpu=gpu)})


def _choose_backbone(config: TrainingConfig, *, gpu: bool) -> Backbone:
    if gpu:
        return Backbone.TRAIN
    if is_pretrained(config):
        return Backbone.FROZEN
    return Backbone.PATCHES if config.network is Network.AUTO else Backbone.TRAIN


def is_pretrained(config: TrainingConfig) -> bool:
    """Whether the network starts from weights that were trained on photographs as torchvision's were."""
    has_weights = config.weights is not Weights.RANDOM or config.weights_file is not None
    return has_weights and config.network is not Network.CNN8


def make_plan(config: TrainingConfig, num_noisy: int, side: int, *, gpu: bool) -> Plan:
    """The plan for `num_noisy` training samples of `side` pixels; the config's backbone is chosen already."""
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
    """The plan of a run that starts from a trained model: it begins in the middle of the warm-up."""
    skipped = plan.warmup_epochs // 2
    return replace(
        plan,
        epochs=plan.epochs - skipped,
        warmup_epochs=plan.warmup_epochs - skipped,
        rate_steps=tuple((max(0, first - skipped), rate) for first, rate in plan.rate_steps),
    )


def _choose_epochs(config: TrainingConfig, pixels: int, *, gpu: bool) -> tuple[int, int]:
    """(all, warm-up) epochs."""
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
    """A power of two that leaves at least `MIN_STEPS` steps per epoch, where there is enough data."""
    smallest, largest = BATCH_SIZES
    size = largest
    while size > smallest and num_noisy < size * MIN_STEPS * 0.9:
        size //= 2
    return size


def _clip(value: float, low: int, high: int) -> int:
    return max(low, min(high, round(value)))


def choose_image_size(config: TrainingConfig, widths: Sequence[int], heights: Sequence[int]) -> int:
    """Side in pixels to decode to: the configured one, else the median longer side, as a multiple of 8 from
    8 to what the network makes use of.
    """
    if config.image_size is not None:
        return config.image_size
    if not widths:
        return MIN_SIDE
    side = float(np.median(np.maximum(widths, heights)))
    return int(np.clip(8 * np.floor(side / 8 + 0.5), MIN_SIDE, _choose_largest_side(config)))


def _choose_largest_side(config: TrainingConfig) -> int:
    if config.backbone is Backbone.PATCHES:
        return MAX_PATCHES_SIDE
    return PRETRAINED_SIDE if is_pretrained(config) else MAX_SIDE
