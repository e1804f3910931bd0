"""The settings that all methods share. Importable without torch.

`None` means that `plan` chooses the value from the data and the device.
"""

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from mslg_core.configs.backbones import PATTERN
from mslg_core.configs.presets import PRESETS, preset_settings


class Method(StrEnum):
    """How labels are learned. `auto` compares several methods and keeps the best."""

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
    """The network architecture."""

    AUTO = "auto"
    CNN8 = "cnn8"
    CNN8_NARROW = "cnn8_narrow"
    RESNET18 = "resnet18"
    RESNET34 = "resnet34"
    RESNET50 = "resnet50"
    EFFICIENTNET_B0 = "efficientnet_b0"
    CONVNEXT_TINY = "convnext_tiny"


# Networks without pretrained weights from torchvision.
SMALL_NETWORKS = (Network.CNN8, Network.CNN8_NARROW)


class Backbone(StrEnum):
    """Which part of the model is trained: all of it, or a head on fixed features."""

    TRAIN = "train"
    AUTO = "auto"
    PRETRAINED = "pretrained"
    JOINED = "joined"
    FROZEN = "frozen"
    PATCHES = "patches"


TimmModel = Annotated[str, StringConstraints(pattern=PATTERN)]
"""A model of timm as backbone, `timm/NAME`."""


class Weights(StrEnum):
    """Initial weights of a torchvision network."""

    RANDOM = "random"
    IMAGENET = "imagenet"


class Preset(StrEnum):
    """Named sets of settings, see `presets`."""

    PAPER = "paper"
    CLOTHING1M = "clothing1m"
    FOOD101N = "food101n"


class Padding(StrEnum):
    """What fills the border of a shifted image."""

    EDGE = "edge"
    ZEROS = "zeros"


class LabelStep(StrEnum):
    """How the step size of the labels is determined."""

    SCALED = "scaled"
    PAPER = "paper"


class MetaGradient(StrEnum):
    """Through which weights the meta-gradient is computed."""

    EXACT = "exact"
    LAST_LAYER = "last_layer"


class TrainingConfig(BaseModel):
    """Base class of all configs."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    preset: Preset | None = Field(
        None,
        description="Repeats the runs of the MSLG paper, with the schedule that each method has there; meant "
        "for a GPU. `paper`: CIFAR-10, 120 epochs on images of 32 pixels. `clothing1m` and `food101n`: a "
        "ResNet-50 with ImageNet weights, 10 epochs on images of 224 pixels. Explicit settings take "
        "precedence over the preset.",
    )
    seed: int = Field(0, ge=0, lt=2**63, description="The same seed, data and machine give the same result.")
    network: Network = Field(
        Network.AUTO,
        description="`cnn8` is the paper's 8-layer network, for images up to about 64 pixels; `cnn8_narrow` "
        "has a quarter of its channels, for the replica of the paper's table on a CPU. `auto` selects "
        "`resnet18` for larger images on a GPU and `cnn8` otherwise.",
    )
    weights: Weights = Field(
        Weights.RANDOM,
        description="Initial weights of a network other than `cnn8`. `imagenet` downloads torchvision's "
        "default weights once.",
    )
    weights_file: str | None = Field(
        None,
        max_length=4096,
        description="A local state dict (torch.save) for the chosen network, instead of a download. "
        "The last layer is replaced if the number of classes differs.",
    )
    backbone: Backbone | TimmModel | None = Field(
        None,
        union_mode="left_to_right",
        description="`train` trains the whole network. The others extract the features of every image once "
        "and train a small head on them, in seconds: `pretrained` uses EfficientNet-Lite0, whose weights are "
        "installed; `timm/NAME` any model of timm, whose weights are in the folder of weights; `patches` "
        "patches of the images; `joined` EfficientNet-Lite0 and patches; `auto` what predicts the given "
        "labels best; `frozen` the chosen `network` with its pretrained weights. Default: `auto` if no "
        "network is named. If one is, `train`, or `frozen` for pretrained weights without a GPU.",
    )
    epochs: int | None = Field(
        None, ge=1, le=1000, description="Passes over the data, including the warm-up."
    )
    warmup_epochs: int | None = Field(
        None, ge=0, le=1000, description="Initial epochs with plain cross entropy on the given labels."
    )
    batch_size: int | None = Field(None, ge=2, le=4096, description="Samples per step.")
    learning_rate: float | None = Field(
        None,
        gt=0,
        le=10,
        description="λ of the paper. Applies to the warm-up; later epochs use three tenths of it.",
    )
    learning_rate_steps: tuple[tuple[int, float], ...] | None = Field(
        None,
        description="Learning rate schedule: pairs of a number of epochs and the rate after that many. "
        "Replaces the reduction after the warm-up.",
    )
    momentum: float = Field(0.9, ge=0, lt=1, description="Momentum of SGD.")
    weight_decay: float = Field(1e-4, ge=0, le=1, description="Weight decay of SGD.")
    image_size: int | None = Field(
        None, ge=8, le=512, multiple_of=8, description="Side in pixels to which images are resized."
    )
    shift: int | None = Field(
        None,
        ge=0,
        le=64,
        description="Augmentation: shift images by up to this many pixels. Default: side / 8.",
    )
    horizontal_flip: bool | None = Field(
        None,
        description="Augmentation: mirror half of the images. Unsuitable for digits, letters and signs. Off "
        "by default if a network is trained. If features are extracted once, each image is used together "
        "with its mirror image; by default only if that predicts the given labels better.",
    )
    vertical_flip: bool = Field(False, description="Augmentation: flip half of the images upside down.")
    padding: Padding = Field(
        Padding.EDGE,
        description="What fills the border of a shifted image: `edge` repeats its outermost pixels, `zeros` "
        "is black.",
    )

    @model_validator(mode="before")
    @classmethod
    def _apply_preset(cls, settings: Any) -> Any:
        preset = settings.get("preset") if isinstance(settings, Mapping) else None
        if not isinstance(preset, str) or preset not in PRESETS:
            return settings
        method = cls.model_fields["method"].default if "method" in cls.model_fields else None
        given = {name: value for name, value in settings.items() if value is not None}
        return preset_settings(preset, str(method), given)

    @model_validator(mode="after")
    def _check_warmup(self) -> Self:
        if self.epochs is not None and self.warmup_epochs is not None and self.warmup_epochs > self.epochs:
            raise ValueError("warmup_epochs must not exceed epochs")
        return self

    @model_validator(mode="after")
    def _check_rates(self) -> Self:
        steps = self.learning_rate_steps or ()
        if any(epochs < 1 or not 0 < rate <= 10 for epochs, rate in steps):
            raise ValueError(
                "learning_rate_steps must be pairs of epochs, at least 1, and a rate from 0 to 10"
            )
        if any(later[0] <= earlier[0] for earlier, later in pairwise(steps)):
            raise ValueError("the epochs of learning_rate_steps must increase")
        return self

    @model_validator(mode="after")
    def _check_weights(self) -> Self:
        if self.network in (*SMALL_NETWORKS, Network.AUTO) and (
            self.weights is not Weights.RANDOM or (self.weights_file and self.network is Network.AUTO)
        ):
            raise ValueError("pretrained weights require a matching network, such as resnet18")
        return self

    @model_validator(mode="after")
    def _check_backbone(self) -> Self:
        pretrained = self.weights is not Weights.RANDOM or self.weights_file is not None
        if self.backbone is Backbone.FROZEN and (not pretrained or self.network in SMALL_NETWORKS):
            raise ValueError("a frozen backbone requires a torchvision network with weights or weights_file")
        own = self.backbone not in (None, Backbone.TRAIN, Backbone.FROZEN)
        if own and (pretrained or self.network is not Network.AUTO):
            raise ValueError(
                f"the backbone {self.backbone} uses no other network: leave network and weights at their "
                "defaults"
            )
        return self
