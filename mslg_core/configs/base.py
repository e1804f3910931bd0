"""The settings that every method shares, importable without torch.

`None` means "chosen from the data" (see `mslg_core.configs.plan`).
"""

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mslg_core.configs.presets import paper_settings


class Method(StrEnum):
    """How labels are learned; `auto` tries several and keeps the best."""

    AUTO = "auto"
    MSLG = "mslg"
    CROSS_ENTROPY = "cross_entropy"
    GENERALIZED_CE = "generalized_ce"
    BOOTSTRAP = "bootstrap"
    CO_TEACHING = "co_teaching"
    FORWARD = "forward"
    SYMMETRIC_CE = "symmetric_ce"
    JOINT_OPTIMIZATION = "joint_optimization"
    MLNT = "mlnt"
    PENCIL = "pencil"
    META_WEIGHT_NET = "meta_weight_net"


class Network(StrEnum):
    """What is trained."""

    AUTO = "auto"
    CNN8 = "cnn8"
    RESNET18 = "resnet18"
    RESNET34 = "resnet34"
    RESNET50 = "resnet50"
    EFFICIENTNET_B0 = "efficientnet_b0"
    CONVNEXT_TINY = "convnext_tiny"


class Backbone(StrEnum):
    """Where the features come from that a label is read off."""

    TRAIN = "train"
    FROZEN = "frozen"
    PATCHES = "patches"


class Weights(StrEnum):
    """What a network of torchvision starts from."""

    RANDOM = "random"
    IMAGENET = "imagenet"


class Preset(StrEnum):
    """Settings that go together."""

    PAPER = "paper"


class Padding(StrEnum):
    """What a shifted image leaves behind."""

    EDGE = "edge"
    ZEROS = "zeros"


class LabelStep(StrEnum):
    """How far labels move per batch."""

    SCALED = "scaled"
    PAPER = "paper"


class MetaGradient(StrEnum):
    """Through which weights verified samples speak to labels or sample weights."""

    EXACT = "exact"
    LAST_LAYER = "last_layer"


class TrainingConfig(BaseModel):
    """What every method needs."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    preset: Preset | None = Field(
        None,
        description="`paper` sets all that the paper says of its CIFAR-10 runs: 120 epochs on images of 32 "
        "pixels, for a GPU. Other settings that are given win over it.",
    )
    seed: int = Field(0, ge=0, lt=2**63, description="Same seed, data and machine: same result.")
    network: Network = Field(
        Network.AUTO,
        description="`cnn8` is the paper's 8-layer network, for images up to about 64 pixels; `auto` takes "
        "it for those and for every run without a GPU, and `resnet18` for larger images on a GPU.",
    )
    weights: Weights = Field(
        Weights.RANDOM,
        description="What a network other than `cnn8` starts from; `imagenet` downloads torchvision's "
        "default weights once.",
    )
    weights_file: str | None = Field(
        None,
        max_length=4096,
        description="A local state dict (torch.save) for the chosen network, instead of a download. "
        "Its last layer is replaced when the number of classes differs.",
    )
    backbone: Backbone | None = Field(
        None,
        description="`train` trains the whole network. The others describe every image once and train a "
        "small head on that, in seconds: `frozen` by the chosen network with its pretrained weights, for "
        "photographs; `patches` by patches of the images themselves. By default a GPU trains; without one, "
        "a network with weights is frozen, another one that is named is trained, and else it is patches.",
    )
    epochs: int | None = Field(None, ge=1, le=1000, description="Passes over the data, warm-up included.")
    warmup_epochs: int | None = Field(
        None, ge=0, le=1000, description="First epochs, with plain cross entropy on the given labels."
    )
    batch_size: int | None = Field(None, ge=2, le=4096, description="Samples per step.")
    learning_rate: float | None = Field(
        None, gt=0, le=10, description="λ of the paper during warm-up; three tenths of it afterwards."
    )
    learning_rate_steps: tuple[tuple[int, float], ...] | None = Field(
        None,
        description="Pairs of a number of epochs and the learning rate after so many, instead of those "
        "three tenths after the warm-up.",
    )
    momentum: float = Field(0.9, ge=0, lt=1, description="Momentum of SGD.")
    weight_decay: float = Field(1e-4, ge=0, le=1, description="Weight decay of SGD.")
    image_size: int | None = Field(
        None, ge=8, le=512, multiple_of=8, description="Side in pixels to which every image is resized."
    )
    shift: int | None = Field(
        None,
        ge=0,
        le=64,
        description="Augmentation: images move by up to this many pixels; by default side / 8.",
    )
    horizontal_flip: bool | None = Field(
        None,
        description="Augmentation: mirror half of the images; makes digits, letters and signs wrong. By "
        "default off where a network is trained. Where images are described once, it means that each is "
        "described together with its mirror image, by default if that predicts given labels better.",
    )
    vertical_flip: bool = Field(False, description="Augmentation: turn half of the images upside down.")
    padding: Padding = Field(
        Padding.EDGE,
        description="What fills the border of a shifted image: its outermost pixels, or black.",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_in_the_preset(cls, settings: Any) -> Any:
        if not isinstance(settings, Mapping) or settings.get("preset") != Preset.PAPER:
            return settings
        method = cls.model_fields["method"].default if "method" in cls.model_fields else None
        given = {name: value for name, value in settings.items() if value is not None}
        return paper_settings(str(method)) | given

    @model_validator(mode="after")
    def _warm_up_ends_in_time(self) -> Self:
        if self.epochs is not None and self.warmup_epochs is not None and self.warmup_epochs > self.epochs:
            raise ValueError("warmup_epochs must not exceed epochs")
        return self

    @model_validator(mode="after")
    def _rates_are_in_order(self) -> Self:
        steps = self.learning_rate_steps or ()
        if any(epochs < 1 or not 0 < rate <= 10 for epochs, rate in steps):
            raise ValueError("learning_rate_steps are pairs of epochs, 1 or more, and a rate from 0 to 10")
        if any(later[0] <= earlier[0] for earlier, later in pairwise(steps)):
            raise ValueError("the epochs of learning_rate_steps must rise")
        return self

    @model_validator(mode="after")
    def _weights_fit_the_network(self) -> Self:
        if self.network in (Network.CNN8, Network.AUTO) and (
            self.weights is not Weights.RANDOM or (self.weights_file and self.network is Network.AUTO)
        ):
            raise ValueError("pretrained weights need a network that they belong to, such as resnet18")
        return self

    @model_validator(mode="after")
    def _backbone_fits_the_network(self) -> Self:
        pretrained = self.weights is not Weights.RANDOM or self.weights_file is not None
        if self.backbone is Backbone.FROZEN and (not pretrained or self.network is Network.CNN8):
            raise ValueError(
                "a frozen backbone needs a network of torchvision's with weights or weights_file"
            )
        if self.backbone is Backbone.PATCHES and (pretrained or self.network is not Network.AUTO):
            raise ValueError("patches are described without a network: leave network and weights alone")
        return self
