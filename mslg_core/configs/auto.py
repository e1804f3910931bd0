"""The settings of a run that chooses its method itself."""

from typing import Literal, Self

from pydantic import Field, model_validator

from mslg_core.configs.base import Method, TrainingConfig

# In the order in which they are tried: after MSLG the cheap ones, so that a short budget compares more.
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
    """Several methods one after the other; the one whose labels fit the hold-out best is kept."""

    method: Literal[Method.AUTO] = Method.AUTO
    time_budget: float = Field(
        30.0,
        gt=0,
        le=10_080,
        description="Minutes of training. The first candidate always runs, each other one as long as it is "
        "expected to end in time.",
    )
    candidates: tuple[Method, ...] = Field(
        CANDIDATES, min_length=1, description="The methods to try, in this order, each with its defaults."
    )

    @model_validator(mode="after")
    def _candidates_are_methods(self) -> Self:
        if Method.AUTO in self.candidates or len(set(self.candidates)) < len(self.candidates):
            raise ValueError("candidates must be different methods, and not auto itself")
        return self
