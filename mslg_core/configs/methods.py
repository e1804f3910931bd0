"""One config per method, with the names and defaults of its paper."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from mslg_core.configs.base import LabelStep, MetaGradient, Method, TrainingConfig

_META_BATCH = "Verified samples per step. Default: half the batch size."
_META_GRADIENT = (
    "`exact` computes the lookahead with the whole network, `last_layer` with the last layer only, at about "
    "half the cost. Both train the whole network."
)
_AVERAGE = (
    "Also average {losses} over the classes, as the authors' code does and the paper's equations do not."
)


class ClassPrior(StrEnum):
    """The class shares to which joint optimisation ties its mean prediction."""

    GIVEN_LABELS = "given_labels"
    UNIFORM = "uniform"


class MslgConfig(TrainingConfig):
    """Meta soft label generation (Algan and Ulusoy, arXiv 2007.05836)."""

    method: Literal[Method.MSLG] = Method.MSLG
    alpha: float | None = Field(
        None,
        gt=0,
        le=100,
        description="α: step size of the lookahead (equation 5), the same in every epoch. Default: the "
        "initial learning rate. A lookahead much longer than the optimizer step is not informative about "
        "labels.",
    )
    label_step: LabelStep = Field(
        LabelStep.SCALED,
        description="`scaled` rescales every batch to the same mean largest change, `max_move`, and stays "
        "stable; `paper` multiplies the meta-gradient by `beta`.",
    )
    max_move: float | None = Field(
        None,
        gt=0,
        le=10,
        description="δ: mean largest change of a batch's label logits. Default: 2, or 0.25 if only a head is "
        "trained.",
    )
    beta: float = Field(
        4000.0, gt=0, le=1e6, description="β: step size of the labels (equation 6), for `paper`."
    )
    label_scale: float = Field(
        10.0, gt=0, le=100, description="K: label logits start at K · one-hot (equation 8)."
    )
    meta_batch_size: int | None = Field(None, ge=2, le=4096, description=_META_BATCH)
    meta_gradient: MetaGradient = Field(MetaGradient.EXACT, description=_META_GRADIENT)
    average_over_classes: bool = Field(False, description=_AVERAGE.format(losses="the losses behind α and λ"))


class CrossEntropyConfig(TrainingConfig):
    """Plain training on the given labels, the baseline of all other methods."""

    method: Literal[Method.CROSS_ENTROPY] = Method.CROSS_ENTROPY


class GeneralizedCrossEntropyConfig(TrainingConfig):
    """Generalised cross entropy (Zhang and Sabuncu, NeurIPS 2018, arXiv 1805.07836)."""

    method: Literal[Method.GENERALIZED_CE] = Method.GENERALIZED_CE
    q: float = Field(
        0.7, gt=0, le=1, description="Near 0: cross entropy; 1: mean absolute error, slow but robust."
    )


class BootstrapConfig(TrainingConfig):
    """Soft bootstrapping (Reed et al., ICLR 2015 workshop, arXiv 1412.6596)."""

    method: Literal[Method.BOOTSTRAP] = Method.BOOTSTRAP
    beta: float = Field(
        0.95,
        ge=0,
        le=1,
        description="β: weight of the given label in the target; the prediction has weight 1 - β.",
    )


class CoTeachingConfig(TrainingConfig):
    """Co-teaching (Han et al., NeurIPS 2018, arXiv 1804.06872)."""

    method: Literal[Method.CO_TEACHING] = Method.CO_TEACHING
    forget_rate: float | None = Field(
        None,
        ge=0,
        lt=1,
        description="τ: share of every batch that each network withholds from the other, the noise rate. "
        "Default: an estimate from the randomly verified samples of the meta set.",
    )
    ramp_epochs: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="T_k: epochs over which this share grows to `forget_rate`. Default: a quarter of the "
        "epochs after the warm-up.",
    )


class ForwardConfig(TrainingConfig):
    """Forward loss correction (Patrini et al., CVPR 2017, arXiv 1609.03683)."""

    method: Literal[Method.FORWARD] = Method.FORWARD
    transition: tuple[tuple[float, ...], ...] | None = Field(
        None,
        description="T, C x C: probability of the given label (column) for a true class (row). Default: "
        "estimated at the end of the warm-up.",
    )

    @model_validator(mode="after")
    def _check_transition(self) -> Self:
        for row in self.transition or ():
            if len(row) != len(self.transition or ()) or min(row) < 0 or abs(sum(row) - 1) > 1e-3:
                raise ValueError("transition must be square; its rows must be non-negative and sum to 1")
        return self


class SymmetricCrossEntropyConfig(TrainingConfig):
    """Symmetric cross entropy (Wang et al., ICCV 2019, arXiv 1908.06112)."""

    method: Literal[Method.SYMMETRIC_CE] = Method.SYMMETRIC_CE
    alpha: float = Field(0.1, ge=0, le=100, description="α: weight of cross entropy.")
    beta: float = Field(1.0, ge=0, le=100, description="β: weight of reverse cross entropy.")
    log_zero: float = Field(
        -6.0, ge=-100, lt=0, description="A: stands for log 0 of the one-hot label in reverse cross entropy."
    )


class JointOptimizationConfig(TrainingConfig):
    """Joint optimisation of weights and labels (Tanaka et al., CVPR 2018, arXiv 1803.11364)."""

    method: Literal[Method.JOINT_OPTIMIZATION] = Method.JOINT_OPTIMIZATION
    alpha: float = Field(
        1.2, ge=0, le=100, description="α: weight of the class prior on the mean prediction."
    )
    beta: float = Field(0.8, ge=0, le=100, description="β: weight of the predictions' entropy.")
    averaged_epochs: int = Field(
        10, ge=1, le=1000, description="A label is the mean prediction of at most this many past epochs."
    )
    prior: ClassPrior = Field(
        ClassPrior.GIVEN_LABELS,
        description="Class prior: `given_labels` takes the shares of the given labels, `uniform` equal "
        "shares.",
    )
    given_epochs: int = Field(
        1,
        ge=1,
        le=1000,
        description="Epochs after the warm-up that train on the given labels. Later ones replace them.",
    )


class MlntConfig(TrainingConfig):
    """Meta-learning based noise-tolerant training (Li et al., CVPR 2019, arXiv 1812.05214)."""

    method: Literal[Method.MLNT] = Method.MLNT
    alpha: float | None = Field(
        None,
        gt=0,
        le=100,
        description="α: step size on synthetic labels, the same in every epoch. Default: the initial "
        "learning rate.",
    )
    synthetic_batches: int = Field(
        1,
        ge=1,
        le=100,
        description="M: sets of synthetic labels per step. The paper uses 10, at ten times the cost.",
    )
    perturbed_share: float = Field(
        0.5, gt=0, le=1, description="ρ / B: share of a batch that takes the label of a nearest neighbour."
    )
    neighbours: int = Field(
        10, ge=1, le=1000, description="Number of nearest neighbours in the batch to take labels from."
    )
    teacher_decay: float = Field(0.999, ge=0, lt=1, description="γ: decay of the mean teacher's weights.")


class PencilConfig(TrainingConfig):
    """Probabilistic end-to-end noise correction (Yi and Wu, CVPR 2019, arXiv 1903.07788)."""

    method: Literal[Method.PENCIL] = Method.PENCIL
    alpha: float = Field(0.1, ge=0, le=100, description="α: weight of compatibility with the given label.")
    beta: float = Field(0.4, ge=0, le=100, description="β: weight of the predictions' entropy.")
    label_rate: float | None = Field(
        None,
        gt=0,
        le=1e6,
        description="λ: step size of the label logits along the gradient of their own sample. Default: the "
        "paper's total distance, spread over the available epochs.",
    )
    label_scale: float = Field(10.0, gt=0, le=100, description="K: label logits start at K · one-hot.")
    label_epochs: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="Epochs after the warm-up that learn labels. The rest fine-tune the network on them. "
        "Default: half of the epochs after the warm-up.",
    )
    average_over_classes: bool = Field(False, description=_AVERAGE.format(losses="the network's loss"))


class MetaWeightNetConfig(TrainingConfig):
    """Meta-Weight-Net (Shu et al., NeurIPS 2019, arXiv 1902.07379)."""

    method: Literal[Method.META_WEIGHT_NET] = Method.META_WEIGHT_NET
    alpha: float | None = Field(
        None, gt=0, le=100, description="α: step size of the lookahead. Default: the current learning rate."
    )
    hidden: int = Field(
        100, ge=1, le=4096, description="Hidden units of the weight network, which maps losses to weights."
    )
    weight_rate: float = Field(1e-3, gt=0, le=1, description="Learning rate of the weight network (Adam).")
    meta_batch_size: int | None = Field(None, ge=2, le=4096, description=_META_BATCH)
    meta_gradient: MetaGradient = Field(MetaGradient.EXACT, description=_META_GRADIENT)


AnyMethodConfig = (
    MslgConfig
    | CrossEntropyConfig
    | GeneralizedCrossEntropyConfig
    | BootstrapConfig
    | CoTeachingConfig
    | ForwardConfig
    | SymmetricCrossEntropyConfig
    | JointOptimizationConfig
    | MlntConfig
    | PencilConfig
    | MetaWeightNetConfig
)
