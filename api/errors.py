"""Errors that the API itself raises, beside those of `store.errors`; `api.problems` gives each a status.

ApiError
├── UnauthenticatedError       no token, no session
├── WrongTokenError            signing in with a token that is not ours
├── CrossOriginError           another web site asks in the user's name
├── UnknownHostError           an open service is addressed by a name that is not its own
├── InvalidError               the request makes no sense; `errors` may name the fields or lines
├── EmptyUploadError           an upload without a byte
├── TruncatedUploadError       fewer bytes came than were announced
├── BodyTooLargeError          more bytes came than are allowed
├── UnsupportedMediaTypeError  the body is in a format that is not read here
└── UnavailableError           the database does not answer

ConflictError (store.errors): the request is fine, but not in the present state
├── DatasetNotEmptyError       a dataset takes one archive
├── DatasetBusyError           work on the dataset is queued or running
├── DatasetNotReadyError       its archive is not ingested yet
├── JobAlreadyRunningError     another job on the same dataset is queued or running
├── JobNotSucceededError       a job without results
└── ExportNotSucceededError    an export without a file
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from store.errors import ConflictError, LineError


@dataclass(frozen=True, slots=True)
class FieldError:
    """Why one field of a request is refused; `name` is its path, like `config.epochs`."""

    name: str
    code: str
    message: str


class ApiError(Exception):
    """Base of the API's own errors. `code` is a stable slug, the message says what to do."""

    code: ClassVar[str] = "api_error"


class UnauthenticatedError(ApiError):
    """Neither a valid bearer token nor a valid session cookie came with the request."""

    code = "unauthenticated"

    def __init__(self) -> None:
        super().__init__("Sign in, or send the header 'Authorization: Bearer <token>'.")


class WrongTokenError(ApiError):
    """The token is not the one that the service was started with."""

    code = "wrong_token"

    def __init__(self) -> None:
        super().__init__("This is not the token that the service was started with (MSLG_API_TOKEN).")


class CrossOriginError(ApiError):
    """A browser sent a changing request on behalf of another web site."""

    code = "cross_origin"

    def __init__(self, origin: str) -> None:
        super().__init__(f"Changes are not accepted from pages of another site ({origin}).")


class UnknownHostError(ApiError):
    """A service without a token is addressed by some host name, which may be another web site's."""

    code = "unknown_host"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"Without a token this service answers at localhost and at IP addresses only, not at {host!r}: "
            "set MSLG_API_TOKEN to use it under a name."
        )


class InvalidError(ApiError):
    """A request that is well-formed but wrong; `errors` says where, `code` what."""

    def __init__(self, code: str, message: str, errors: Sequence[LineError | FieldError] = ()) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc] # one class, several reasons
        self.errors = tuple(errors)

    @classmethod
    def of_field(cls, name: str, code: str, message: str) -> Self:
        """The error when one field of the request is all that is wrong."""
        return cls(code, message, [FieldError(name, code, message)])


class EmptyUploadError(ApiError):
    """The body has no bytes."""

    code = "empty_upload"

    def __init__(self) -> None:
        super().__init__("The file is empty: nothing was stored.")


class TruncatedUploadError(ApiError):
    """The connection ended before the announced length was reached."""

    code = "truncated_upload"

    def __init__(self, received: int) -> None:
        super().__init__(f"The upload broke off after {received} bytes; nothing was stored. Upload it again.")


class BodyTooLargeError(ApiError):
    """The body is larger than `limit` bytes."""

    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than the {limit} bytes allowed here; nothing was stored.")


class UnsupportedMediaTypeError(ApiError):
    """The body's Content-Type is not one of `accepted`."""

    code = "unsupported_media_type"

    def __init__(self, received: str, accepted: Sequence[str]) -> None:
        super().__init__(f"Send the body as {' or '.join(accepted)}, not as {received or 'unnamed content'}.")


class UnavailableError(ApiError):
    """The database does not answer."""

    code = "unavailable"

    def __init__(self) -> None:
        super().__init__("The database does not answer just now: try again in a moment.")


class DatasetNotEmptyError(ConflictError):
    """A dataset takes one archive; only a failed ingest makes room for another."""

    code = "dataset_not_empty"

    def __init__(self, status: str) -> None:
        super().__init__(f"This dataset is {status} and takes no further archive: make a new dataset for it.")


class DatasetBusyError(ConflictError):
    """Work on the dataset is queued or running."""

    code = "dataset_busy"

    def __init__(self, kinds: Sequence[str]) -> None:
        super().__init__(f"Work on this dataset is queued or running ({', '.join(kinds)}): wait for its end.")


class DatasetNotReadyError(ConflictError):
    """The dataset has no samples to work on yet."""

    code = "dataset_not_ready"

    def __init__(self, status: str) -> None:
        super().__init__(f"This dataset is {status}, not ready: upload an archive and wait for its ingest.")


class JobAlreadyRunningError(ConflictError):
    """The same dataset has a job that is queued or running."""

    code = "job_already_running"

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(f"Job {job_id} on this dataset is {status}: wait for its end or cancel it first.")


class JobNotSucceededError(ConflictError):
    """The job has no results."""

    code = "job_not_succeeded"

    def __init__(self, status: str) -> None:
        super().__init__(f"This job is {status}: there are results only after it has succeeded.")


class ExportNotSucceededError(ConflictError):
    """The export has no file."""

    code = "export_not_succeeded"

    def __init__(self, status: str) -> None:
        super().__init__(f"This export is {status}: there is a file only after it has succeeded.")
