"""The state of a run as bytes."""

import io
from typing import Any, Protocol

import torch

from mslg_core.errors import CheckpointError


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
    torch.save(trainer.state_dict(), buffer)
    return buffer.getvalue()


def load_checkpoint(trainer: Resumable, data: bytes) -> None:
    """Restore what `dump_checkpoint` wrote. Raises `CheckpointError`."""
    try:
        state = torch.load(io.BytesIO(data), map_location=trainer.device, weights_only=True)
    except Exception as error:  # a damaged file makes the unpickler raise anything
        raise CheckpointError(f"The checkpoint is damaged: {error}.") from error
    trainer.load_state_dict(state)
