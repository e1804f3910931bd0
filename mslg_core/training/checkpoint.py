"""The content of a checkpoint: a run's state as bytes. Reads checkpoints of earlier versions, too."""

import hashlib
import io
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from mslg_core.configs.base import Method
from mslg_core.configs.job import JobConfig
from mslg_core.errors import CheckpointError
from mslg_core.images.training_set import TrainingSet
from mslg_core.training.warm_start import Start

# Changes with the layout of the state.
FORMAT = 3
# Settings that checkpoints of this format may lack: their runs had the defaults.
LATER = {
    Method.MSLG: {"augment_meta"},
    Method.META_WEIGHT_NET: {"augment_meta"},
    Method.SYMMETRIC_CE: {"log_zero"},
    Method.JOINT_OPTIMIZATION: {"given_epochs", "prior"},
    Method.PENCIL: {"average_over_classes", "label_epochs"},
}


class Resumable(Protocol):
    """A trainer that can stop after any epoch and resume."""

    @property
    def device(self) -> torch.device:
        """The device of its tensors."""

    def state_dict(self) -> dict[str, Any]:
        """The complete state, tensors and plain values only."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of `state_dict`."""


def dump_checkpoint(trainer: Resumable) -> bytes:
    """The trainer's state as bytes that `torch.load(..., weights_only=True)` reads."""
    buffer = io.BytesIO()
    torch.save({"format": FORMAT, **trainer.state_dict()}, buffer)
    return buffer.getvalue()


def load_checkpoint(trainer: Resumable, data: bytes) -> None:
    """Restore what `dump_checkpoint` wrote, in this format or format 2.

    Raises `CheckpointError`; the trainer must not be used afterwards.
    """
    try:
        state = torch.load(io.BytesIO(data), map_location=trainer.device, weights_only=True)
    except Exception as error:  # a damaged file makes the unpickler raise anything
        raise CheckpointError(f"The checkpoint is damaged: {error}.") from error
    if state.get("format") == 2:
        state = upgrade(state)
    elif state.get("format") != FORMAT:
        raise CheckpointError("The checkpoint was written by another version.")
    trainer.load_state_dict(state)


def fingerprint(data: TrainingSet, config: JobConfig, start: Start) -> str:
    """A hash of everything that a run's state depends on, except the images."""
    digest = hashlib.sha256(config.model_dump_json(exclude=_later_defaults(config)).encode())
    arrays = (data.given, data.meta_index, data.meta_labels, data.known_wrong, data.not_random)
    for array in (*arrays, np.array(data.images.shape)):
        digest.update(array.tobytes())
    if start.point:
        digest.update(start.point.digest().encode())
    return digest.hexdigest()


def restore_generator(generator: torch.Generator, state: Tensor) -> None:
    """Restore a generator's state. A state from another kind of device cannot continue here: its hash becomes
    the seed.
    """
    try:
        generator.set_state(state)
    except RuntimeError:
        seed = hashlib.sha256(state.numpy().tobytes()).digest()[:8]
        generator.manual_seed(int.from_bytes(seed, "big") >> 1)


def _later_defaults(config: JobConfig) -> set[str]:
    fields, later = type(config).model_fields, LATER.get(config.method, set())
    return {name for name in later if getattr(config, name) == fields[name].default}


def upgrade(state: dict[str, Any]) -> dict[str, Any]:
    """The state of format 2 in this format: other names, and findings in place of a candidate's result."""
    if "trials" not in state:
        return {**state, "prediction_history": state["watch"]}
    learned = state["learned"]
    return {
        **state,
        "trials": [
            {**trial, "evaluation": trial["summary"] and _upgrade_evaluation(trial["summary"])}
            for trial in state["trials"]
        ],
        "best": state["best"] and _upgrade_result(state["best"]),
        "learned": learned and {"trained_on": learned["reads"], "weights": learned["weights"]},
        "trainer": upgrade(state["trainer"]),
    }


def _upgrade_result(best: dict[str, Any]) -> dict[str, Any]:
    kept = ("soft_labels", "trajectories", "neighbours")
    measured = ("reliability", "top", "fallback_reason", "warm_started", "start_note")
    return {
        **{name: best[name] for name in kept},
        **{name: best["summary"][name] for name in measured},
        "suspected_errors": best["doubts"],
        "evaluation": _upgrade_evaluation(best["summary"]),
    }


def _upgrade_evaluation(summary: dict[str, Any]) -> dict[str, int]:
    holdout = summary["holdout"]
    given = holdout["given_accuracy"] or {"n": 0, "value": 0.0}
    counts = ("fixes", "breaks", "verified", "verified_fixes", "verified_breaks")
    return {
        "holdout_size": given["n"],
        "given_right": round(given["n"] * given["value"]),
        **{name: holdout[name] for name in counts},
    }
