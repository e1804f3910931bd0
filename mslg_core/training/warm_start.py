"""Starts a run from the weights of an earlier run."""

import hashlib
import io
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mslg_core.errors import CheckpointError

MISFIT = (
    "The job to start from trained another network, or its images have changed since. This job started from "
    "random weights."
)


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """The weights of a run, for a later run to start from.

    trained_on: names the network and its inputs, so that weights are only used where they were trained;
    weights: the model's state, on the CPU.
    """

    trained_on: str
    weights: dict[str, Tensor]

    @classmethod
    def of(cls, model: nn.Module, trained_on: str) -> "StartingPoint":
        """A copy of the model's present weights."""
        weights = {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}
        return cls(trained_on, weights)

    def fits(self, model: nn.Module, trained_on: str) -> bool:
        """Whether the model can start from these weights."""
        shapes = {name: value.shape for name, value in model.state_dict().items()}
        own = {name: value.shape for name, value in self.weights.items()}
        return trained_on == self.trained_on and shapes == own

    def to_bytes(self) -> bytes:
        """Bytes that `torch.load(..., weights_only=True)` reads."""
        buffer = io.BytesIO()
        torch.save({"trained_on": self.trained_on, "weights": self.weights}, buffer)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "StartingPoint":
        """Read what `to_bytes` wrote, now or before `reads` was renamed. Raises `CheckpointError`."""
        try:
            state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
            trained_on = state["trained_on"] if "trained_on" in state else state["reads"]
            return cls(trained_on, state["weights"])
        except Exception as error:  # a damaged file makes the unpickler raise anything
            raise CheckpointError(f"The model to start from is damaged: {error}.") from error

    def digest(self) -> str:
        """A hash of the weights and of what they were trained on."""
        state = hashlib.sha256(self.trained_on.encode())
        for name, value in self.weights.items():
            state.update(name.encode() + value.numpy().tobytes())
        return state.hexdigest()


@dataclass(frozen=True, slots=True)
class Start:
    """Where a run starts: from the weights of `point`, or from random weights.

    note: why from random weights, if it was meant to start from another run's.
    """

    point: StartingPoint | None = None
    note: str | None = None

    def fit(self, model: nn.Module, trained_on: str) -> "Start":
        """This start if its weights fit the model, else one from random weights."""
        if self.point is None or self.point.fits(model, trained_on):
            return self
        return Start(note=MISFIT)


COLD_START = Start()
