"""The settings that every method shares, importable without torch.

`None` means "chosen from the data" (see `mslg_core.defaults`).
"""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


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


class Weights(StrEnum):
    """What a ResNet starts from."""

    RANDOM = "random"
    IMAGENET = "imagenet"


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

    seed: int = Field(0, ge=0, lt=2**63, description="Same seed, data and machine: same result.")
    network: Network = Field(
        Network.AUTO,
        description="`cnn8` is the paper's 8-layer network, for images up to about 64 pixels; `auto` takes "
        "it for those and for every run without a GPU, and `resnet18` for larger images on a GPU.",
    )
    weights: Weights = Field(
        Weights.RANDOM,
        description="What a ResNet starts from; `imagenet` downloads torchvision's default weights once.",
    )
    weights_file: str | None = Field(
        None,
        max_length=4096,
        description="A local state dict (torch.save) for the chosen network, instead of a download. "
        "Its last layer is replaced when the number of classes differs.",
    )
    epochs: int | None = Field(None, ge=1, le=1000, description="Passes over the data, warm-up included.")
    warmup_epochs: int | None = Field(
        None, ge=0, le=1000, description="First epochs, with plain cross entropy on the given labels."
    )
    batch_size: int | None = Field(None, ge=2, le=4096, description="Samples per step.")
    learning_rate: float | None = Field(
        None, gt=0, le=10, description="λ of the paper during warm-up; three tenths of it afterwards."
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
    horizontal_flip: bool = Field(
        False,
        description="Augmentation: mirror half of the images. Off by default, because it makes digits, "
        "letters and signs wrong; switch it on for photographs.",
    )

    @model_validator(mode="after")
    def _warm_up_ends_in_time(self) -> Self:
        if self.epochs is not None and self.warmup_epochs is not None and self.warmup_epochs > self.epochs:
            raise ValueError("warmup_epochs must not exceed epochs")
        return self

    @model_validator(mode="after")
    def _weights_fit_the_network(self) -> Self:
        if self.network in (Network.CNN8, Network.AUTO) and (
            self.weights is not Weights.RANDOM or (self.weights_file and self.network is Network.AUTO)
        ):
            raise ValueError("pretrained weights need a network that they belong to, such as resnet18")
        return self
