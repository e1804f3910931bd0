"""The config of `method: auto`, which compares several methods."""

from typing import Literal, Self

from pydantic import Field, model_validator

from mslg_core.configs.base import Method, TrainingConfig
from mslg_core.configs.presets import preset_settings, shared_settings

# In the order of training: after MSLG the cheap ones first, so that a short budget compares more methods.
CANDIDATES = (
    Method.MSLG,
    Method.JOINT_OPTIMIZATION,
    Method.SYMMETRIC_CE,
    Method.PENCIL,
    Method.GENERALIZED_CE,
    Method.CO_TEACHING,
    Method.META_WEIGHT_NET,
)


class AutoConfig(TrainingConfig):
    """Trains several methods in turn and keeps the one with the best corrected labels on the hold-out."""

    method: Literal[Method.AUTO] = Method.AUTO
    time_budget: float = Field(
        30.0,
        gt=0,
        le=10_080,
        description="Minutes of training. The first candidate always runs; each of the others only if it "
        "is expected to finish in time.",
    )
    candidates: tuple[Method, ...] = Field(
        CANDIDATES, min_length=1, description="The methods to compare, in this order, each with its defaults."
    )

    @model_validator(mode="after")
    def _check_candidates(self) -> Self:
        if Method.AUTO in self.candidates or len(set(self.candidates)) < len(self.candidates):
            raise ValueError("candidates must be distinct methods other than auto")
        return self

    @model_validator(mode="after")
    def _check_warmups(self) -> Self:
        """Refuse epochs that are fewer than a candidate's warm-up under the preset."""
        if not self.preset or self.epochs in (None, shared_settings(self.preset).get("epochs")):
            return self
        for method in self.candidates:
            given = {} if self.warmup_epochs is None else {"warmup_epochs": self.warmup_epochs}
            warmup = preset_settings(self.preset, method, given)["warmup_epochs"]
            if warmup > self.epochs:
                raise ValueError(f"with this preset, {method} has {warmup} warmup_epochs: give more epochs")
        return self
