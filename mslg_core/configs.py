"""The settings of a run: one frozen config per method, importable without torch.

`None` means "chosen from the data" (see `mslg_core.defaults`).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from mslg_core.errors import ConfigError


class Method(StrEnum):
    """How labels are learned."""

    MSLG = "mslg"
    CROSS_ENTROPY = "cross_entropy"


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


class MslgConfig(TrainingConfig):
    """Meta soft label generation (Algan and Ulusoy, arXiv 2007.05836)."""

    method: Literal[Method.MSLG] = Method.MSLG
    alpha: float | None = Field(
        None,
        gt=0,
        le=100,
        description="α: step of the lookahead (equation 5); the learning rate by default. A network that "
        "looks much further ahead than it ever steps tells nothing about labels.",
    )
    label_step: LabelStep = Field(
        LabelStep.SCALED,
        description="`scaled` gives every batch the same mean largest move, `max_move`, and cannot run away; "
        "`paper` multiplies the meta-gradient with `beta`.",
    )
    max_move: float = Field(2.0, gt=0, le=10, description="δ: mean largest move of a batch's label logits.")
    beta: float = Field(4000.0, gt=0, le=1e6, description="β: step of the labels (equation 6), for `paper`.")
    label_scale: float = Field(
        10.0, gt=0, le=100, description="K: label logits start at K · one-hot (eq. 8)."
    )
    meta_batch_size: int | None = Field(
        None,
        ge=2,
        le=4096,
        description="Verified samples per step; half as many as the batch has by default.",
    )


class CrossEntropyConfig(TrainingConfig):
    """Plain training on the given labels: what any other method has to beat."""

    method: Literal[Method.CROSS_ENTROPY] = Method.CROSS_ENTROPY


JobConfig = Annotated[MslgConfig | CrossEntropyConfig, Field(discriminator="method")]

_ADAPTER: TypeAdapter[MslgConfig | CrossEntropyConfig] = TypeAdapter(JobConfig)


def parse_config(obj: Mapping[str, Any] | TrainingConfig | None = None) -> MslgConfig | CrossEntropyConfig:
    """A config from a mapping; the method is `mslg` when it is not named. Raises `ConfigError`."""
    if isinstance(obj, MslgConfig | CrossEntropyConfig):
        return obj
    if obj is not None and not isinstance(obj, Mapping):
        raise ConfigError("The settings must be a mapping of names to values.")
    try:
        return _ADAPTER.validate_python({"method": Method.MSLG.value, **(obj or {})})
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'][1:]) or 'settings'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise ConfigError(f"The settings are refused: {problems}.") from error
