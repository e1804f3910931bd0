"""Domain errors. They know nothing of HTTP; `api/errors.py` gives each its status.

StoreError
├── NotFoundError              no such dataset, sample, job, ...
├── ConflictError
│   ├── AlreadyEndedError      asked to cancel what has already ended
│   ├── NothingToUndoError     the reviewer has no standing verification on the sample
│   ├── AlreadyWithdrawnError  somebody has taken this verification back before
│   └── SupersededError        another worker carries this out now; stop, write nothing more
├── VerificationError          one verification makes no sense (unknown class, label missing, ...)
├── BulkVerificationError      lines of an upload are refused, nothing was stored
├── BatchVerificationError     words of a batch are refused, nothing was stored
├── TooFewVerifiedError        a job needs more verified labels
└── BlobNotFoundError          the blob store has nothing under this key
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


class StoreError(Exception):
    """Base of all domain errors. `code` is a stable slug, the message says what to do."""

    code: ClassVar[str] = "store_error"


class NotFoundError(StoreError):
    """There is no `kind` with this id."""

    code = "not_found"

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"There is no {kind} {key}.")
        self.kind = kind
        self.key = key


class ConflictError(StoreError):
    """The request is fine, but not in the present state."""

    code = "conflict"


class AlreadyEndedError(ConflictError):
    """Work that has ended can not be cancelled."""

    code = "already_ended"

    def __init__(self, kind: str, key: str, status: str) -> None:
        super().__init__(f"The {kind} {key} has already {status}.")
        self.status = status


class NothingToUndoError(ConflictError):
    """A withdrawal without a standing verification by the same reviewer."""

    code = "nothing_to_undo"


class AlreadyWithdrawnError(ConflictError):
    """A verification is taken back once."""

    code = "already_withdrawn"

    def __init__(self, verification_id: int) -> None:
        super().__init__(f"The verification {verification_id} has been taken back already.")


class SupersededError(ConflictError):
    """The work was cancelled, re-queued or taken over: this attempt must stop and write nothing more."""

    code = "superseded"

    def __init__(self, kind: str, key: str, attempt: int) -> None:
        super().__init__(f"Attempt {attempt} at {kind} {key} no longer holds it.")
        self.attempt = attempt


class VerificationError(StoreError):
    """One verification that can not be stored."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc] # one class, several reasons


@dataclass(frozen=True, slots=True)
class LineError:
    """Why one line of an upload is refused. `line` counts from 1 as an editor shows it."""

    line: int
    code: str
    message: str
    name: str | None = None


class BulkVerificationError(StoreError):
    """An upload of verified labels is refused as a whole; `errors` names every bad line."""

    code = "bad_verifications"

    def __init__(self, errors: Sequence[LineError]) -> None:
        super().__init__(f"{len(errors)} bad lines, nothing was stored: correct them and upload again.")
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class BatchError:
    """Why one word of a batch is refused. `index` counts from 0, as the request has it."""

    index: int
    code: str
    message: str

    @property
    def name(self) -> str:
        """The request's field."""
        return f"items.{self.index}"


class BatchVerificationError(StoreError):
    """A batch of verifications is refused as a whole; `errors` names every bad item."""

    code = "bad_batch"

    def __init__(self, errors: Sequence[BatchError]) -> None:
        super().__init__(f"{len(errors)} bad items, nothing was stored: correct them and send all again.")
        self.errors = tuple(errors)


class TooFewVerifiedError(StoreError):
    """A job needs more verified labels. `missing` maps class name to how many more uploads it needs."""

    code = "too_few_verified"

    def __init__(self, missing: Mapping[str, int]) -> None:
        listed = ", ".join(f"{count} more of {label!r}" for label, count in missing.items())
        super().__init__(f"Verify {listed} before a job can be started.")
        self.missing = dict(missing)


class BlobNotFoundError(StoreError):
    """Nothing is stored under this key."""

    code = "blob_not_found"

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no blob {key}.")
        self.key = key
