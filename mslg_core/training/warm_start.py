"""What a run has learned, for a later one on the same images to start from."""

import hashlib
import io
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mslg_core.errors import CheckpointError

MISFIT = (
    "The job to start from has trained another network, or on images that have changed since, so this one "
    "started from nothing."
)


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """`reads` names the network and what it is given, so that weights only meet what they were trained on;
    weights: the model's state, on the CPU.
    """

    reads: str
    weights: dict[str, Tensor]

    @classmethod
    def of(cls, model: nn.Module, reads: str) -> "StartingPoint":
        """The model as it is now."""
        return cls(reads, {name: value.detach().cpu().clone() for name, value in model.state_dict().items()})

    def fits(self, model: nn.Module, reads: str) -> bool:
        """Whether the model can go on from here."""
        shapes = {name: value.shape for name, value in model.state_dict().items()}
        return reads == self.reads and shapes == {name: value.shape for name, value in self.weights.items()}

    def to_bytes(self) -> bytes:
        """What `torch.load(..., weights_only=True)` reads."""
        buffer = io.BytesIO()
        torch.save({"reads": self.reads, "weights": self.weights}, buffer)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "StartingPoint":
        """What `to_bytes` wrote. Raises `CheckpointError`."""
        try:
            state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
            return cls(state["reads"], state["weights"])
        except Exception as error:  # a damaged file makes the unpickler raise anything
            raise CheckpointError(f"The model to start from is damaged: {error}.") from error

    def digest(self) -> str:
        """Changes with any weight."""
        state = hashlib.sha256(self.reads.encode())
        for name, value in self.weights.items():
            state.update(name.encode() + value.numpy().tobytes())
        return state.hexdigest()
