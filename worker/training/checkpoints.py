"""What a job is resumed from: its newest checkpoint, and the labels that it started with.

    <checkpoint_key of the job>/<run>/inputs                 written once, before the first epoch; the row
                                                             names it while the job waits for features
    <checkpoint_key of the job>/<run>/<attempt>-<epoch>      the trainer's state after that epoch

`run` is the first attempt, or the latest that had no checkpoint. A blob is written before the row names it,
under a name of its own attempt. So neither a crash nor a superseded worker can damage what the row points to.
"""

from dataclasses import dataclass

from store.infrastructure.blobs import BlobStore, checkpoint_key
from worker.training.inputs import Inputs


@dataclass
class Checkpoints:
    """Checkpoints of one attempt at one job. `current` is the key in the row, None at the start."""

    blobs: BlobStore
    folder: str
    attempt: int
    current: str | None

    @classmethod
    def of(
        cls, blobs: BlobStore, dataset_id: str, job_id: str, attempt: int, current: str | None
    ) -> "Checkpoints":
        """Resume from `current` if given, else start a new run."""
        if current is not None:
            return cls(blobs, current.rpartition("/")[0], attempt, current)
        return cls(blobs, f"{checkpoint_key(dataset_id, job_id)}/{attempt}", attempt, None)

    def load(self) -> tuple[Inputs, bytes | None] | None:
        """The run's labels and its trainer's state, if there is one yet; None if there are neither."""
        if self.current is None:
            return None
        state = None if self.current == self.inputs_key else self.blobs.get(self.current)
        return Inputs.from_bytes(self.blobs.get(self.inputs_key)), state

    def begin(self, inputs: Inputs) -> None:
        """Store the labels that this run starts with."""
        self.blobs.put(self.inputs_key, inputs.to_bytes())

    def put(self, epoch: int, state: bytes) -> str:
        """Store the trainer's state after `epoch`; return the key for the row."""
        key = f"{self.folder}/{self.attempt}-{epoch}"
        self.blobs.put(key, state)
        return key

    def advance(self, key: str) -> None:
        """Delete the previous checkpoint, now that the row names `key`."""
        if self.current not in (None, self.inputs_key):
            self.blobs.delete(self.current)
        self.current = key

    @property
    def inputs_key(self) -> str:
        """Where the run's labels are."""
        return f"{self.folder}/inputs"


def discard(blobs: BlobStore, dataset_id: str, job_id: str) -> None:
    """Delete all checkpoints of a job that has ended."""
    blobs.delete_prefix(checkpoint_key(dataset_id, job_id))
