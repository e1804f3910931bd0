"""Domain errors. They are independent of HTTP; `api/errors.py` maps each to a status.

StoreError
├── NotFoundError              no such dataset, sample, job, ...
├── ConflictError
│   ├── AlreadyEndedError      the task to cancel has already ended
│   ├── NothingToUndoError     the reviewer has no active decision on the sample
│   ├── AlreadyWithdrawnError  the verification was withdrawn before
│   ├── DecidedMeanwhileError  somebody decided otherwise after the author's page was loaded
│   ├── NothingToShareError    no undecided sample without a share matches
│   ├── TooManyWebhooksError   the dataset has as many webhooks as it may have
│   ├── WebhookOffError        the webhook is switched off
│   ├── PreviewOutdatedError   other decisions match than those that were previewed
│   └── SupersededError        another worker holds the task; stop and write nothing more
├── VerificationError          one decision is invalid (unknown class, label missing, ...)
├── BulkVerificationError      lines of an upload are invalid, nothing was stored
├── BatchVerificationError     decisions of a batch are invalid, nothing was stored
├── WebhookUrlError            a webhook must not have this URL
├── TooFewVerifiedError        a job needs more verified labels
├── SecretKeyError             a stored secret was encrypted with another key
├── StorageError               the blob store cannot be written or read now
└── BlobNotFoundError          the blob store has nothing under this key
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from mslg_rules.required import name_needed


class StoreError(Exception):
    """Base of all domain errors. `code` is a stable slug; the message tells the user what to do."""

    code: ClassVar[str] = "store_error"


class NotFoundError(StoreError):
    """There is no `kind` with this id."""

    code = "not_found"

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"There is no {kind} {key}.")
        self.kind = kind
        self.key = key


class ConflictError(StoreError):
    """The request is valid, but conflicts with the present state."""

    code = "conflict"


class AlreadyEndedError(ConflictError):
    """A task that has ended cannot be cancelled."""

    code = "already_ended"

    def __init__(self, kind: str, key: str, status: str) -> None:
        super().__init__(f"The {kind} {key} has already {status}.")
        self.status = status


class NothingToUndoError(ConflictError):
    """A withdrawal, and the reviewer has no active decision on the sample."""

    code = "nothing_to_undo"


class AlreadyWithdrawnError(ConflictError):
    """A verification can be withdrawn only once."""

    code = "already_withdrawn"

    def __init__(self, verification_id: int) -> None:
        super().__init__(f"The verification {verification_id} has already been withdrawn.")


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict, and the name of the class that it assigns, if any."""

    verdict: str
    label: str | None


@dataclass(frozen=True, slots=True)
class ActiveAnswer(Answer):
    """A stored answer: the id of its verification, who gave it and when."""

    id: int
    reviewer: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionConflict:
    """Two answers about one sample: `yours` was refused, `theirs` is newer than what its author had seen."""

    sample_id: int
    file_name: str
    yours: Answer
    theirs: ActiveAnswer


class DecidedMeanwhileError(ConflictError):
    """Decisions that contradict newer ones, which their author had not seen. Nothing was stored."""

    code = "decided_meanwhile"

    def __init__(self, conflicts: Sequence[DecisionConflict]) -> None:
        super().__init__(
            f"Somebody decided otherwise on {len(conflicts)} of these samples after you loaded them, and "
            "nothing was stored: keep their answers, or send yours again with the id of theirs as `seen`."
        )
        self.conflicts = tuple(conflicts)


class NothingToShareError(ConflictError):
    """No undecided sample without a share matches the filter. Nothing was assigned."""

    code = "nothing_to_share"

    def __init__(self) -> None:
        super().__init__(
            "No undecided image without a share matches: widen the filter, or take another share back first."
        )


class PreviewOutdatedError(ConflictError):
    """Other decisions match the filter than when it was previewed. Nothing was taken back."""

    code = "preview_outdated"

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(
            f"{found} decisions match now, not {expected} as in the preview, and nothing was taken back: "
            "preview again."
        )


class TooManyWebhooksError(ConflictError):
    """A dataset has at most `limit` webhooks."""

    code = "too_many_webhooks"

    def __init__(self, limit: int) -> None:
        super().__init__(f"This dataset has {limit} webhooks, the most it can have: delete one first.")


class WebhookOffError(ConflictError):
    """Nothing is sent to a webhook that is switched off."""

    code = "webhook_off"

    def __init__(self) -> None:
        super().__init__("This webhook is switched off: switch it on first.")


class SupersededError(ConflictError):
    """The task was cancelled, re-queued or taken over: this attempt must stop and write nothing more."""

    code = "superseded"

    def __init__(self, kind: str, key: str, attempt: int) -> None:
        super().__init__(f"Attempt {attempt} at the {kind} {key} has lost its lease.")
        self.attempt = attempt


class VerificationError(StoreError):
    """One decision that cannot be stored. `code` tells why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc] # one class, several reasons


@dataclass(frozen=True, slots=True)
class LineError:
    """Why one line of an upload is refused. `line` counts from 1, as an editor does."""

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
    """Why one decision of a batch is refused. `index` counts from 0, as in the request."""

    index: int
    code: str
    message: str

    @property
    def name(self) -> str:
        """The field of the request."""
        return f"items.{self.index}"


class BatchVerificationError(StoreError):
    """A batch of decisions is refused as a whole; `errors` names every bad item."""

    code = "bad_batch"

    def __init__(self, errors: Sequence[BatchError]) -> None:
        super().__init__(
            f"{len(errors)} bad items, nothing was stored: correct them and send the batch again."
        )
        self.errors = tuple(errors)


class WebhookUrlError(StoreError):
    """A URL that a webhook must not have. `reason` completes the sentence "The URL ..."."""

    code = "bad_webhook_url"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The URL {reason}.")


class TooFewVerifiedError(StoreError):
    """A job needs more verified labels. `missing` maps class names to how many more each needs."""

    code = "too_few_verified"

    def __init__(self, missing: Mapping[str, int]) -> None:
        super().__init__(f"Verify {name_needed(missing)}, then start again.")
        self.missing = dict(missing)


class BlobNotFoundError(StoreError):
    """Nothing is stored under this key."""

    code = "blob_not_found"

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no blob {key}.")
        self.key = key


class StorageError(StoreError):
    """The blob store cannot be used now: it is full, or does not answer. `cause` is what it said."""

    code = "storage_unavailable"

    def __init__(self, cause: object) -> None:
        super().__init__("The storage cannot be used now: make room or repair it, then try again.")
        self.cause = next(iter(str(cause).splitlines()), "")


class SecretKeyError(StoreError):
    """A stored secret cannot be decrypted with the present key."""

    code = "secret_key"

    def __init__(self) -> None:
        super().__init__(
            "A stored secret was encrypted with another key: start the service and all workers with the same "
            "MSLG_SECRET_KEY as before, or enter the secret again."
        )
