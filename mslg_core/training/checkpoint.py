"""The state of a run as bytes."""

import io
from typing import Any, Protocol

import torch

from mslg_core.errors import CheckpointError

# Changes whenever a state that was written before cannot be taken up any more.
FORMAT = 2


class Resumable(Protocol):
    """Whatever can be stopped after an epoch and taken up again."""

    @property
    def device(self) -> torch.device:
        """Where its tensors are."""

    def state_dict(self) -> dict[str, Any]:
        """The complete state, tensors and plain values only."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where the state was taken."""


def dump_checkpoint(trainer: Resumable) -> bytes:
    """The trainer's state as bytes that `torch.load(..., weights_only=True)` reads."""
    buffer = io.BytesIO()
    torch.save({"format": FORMAT, **trainer.state_dict()}, buffer)
    return buffer.getvalue()


def load_checkpoint(trainer: Resumable, data: bytes) -> None:
    """Restore what `dump_checkpoint` wrote. Raises `CheckpointError`; the trainer is of no use then."""
    try:
        state = torch.load(io.BytesIO(data), map_location=trainer.device, weights_only=True)
    except Exception as error:  # a damaged file makes the unpickler raise anything
        raise CheckpointError(f"The checkpoint is damaged: {error}.") from error
    if state.get("format") != FORMAT:
        raise CheckpointError("The checkpoint was written by another version.")
    trainer.load_state_dict(state)
