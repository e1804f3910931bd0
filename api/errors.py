"""Errors that the API raises in addition to those of `store.errors`. `api.problems` maps them to statuses.

ApiError
├── UnauthenticatedError       no token and no session
├── WrongTokenError            sign-in with a wrong token
├── SignInFailedError          the identity provider did not confirm who somebody is
├── NotInvitedError            the provider's user has no account here
├── ProviderError              the identity provider does not answer as it should
├── CrossOriginError           a page of another site sent the request
├── UnknownHostError           a service without sign-in is addressed by a foreign host name
├── InvalidError               the request is invalid; `errors` may name the fields or lines
├── EmptyUploadError           an upload without content
├── TruncatedUploadError       fewer bytes arrived than were announced
├── BodyTooLargeError          more bytes arrived than are allowed
├── UnsupportedMediaTypeError  the endpoint does not read this format
└── UnavailableError           the database does not answer

ConflictError (store.errors): the request is valid, but not in the current state
├── NoProviderError            the service has no identity provider
├── DatasetNotEmptyError       the dataset has an archive already
├── ChangedMeanwhileError      somebody changed the settings after the author's page was loaded
├── NoCheckedArchiveError      no dry run has left an archive to ingest
├── DatasetBusyError           work on the dataset is queued or running
├── DatasetNotReadyError       the archive is not ingested yet
├── JobAlreadyRunningError     another job on the dataset is queued or running
├── JobNotSucceededError       the job has no results
├── ExportNotSucceededError    the export has no file
├── VersionNotStoredError      the named version has no table
└── VersionBusyError           the named version is being stored, exported or compared
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from store.errors import ConflictError, LineError


@dataclass(frozen=True, slots=True)
class FieldError:
    """Why one field of a request is refused. `name` is its path, such as `config.epochs`."""

    name: str
    code: str
    message: str


class ApiError(Exception):
    """Base of the API's own errors. `code` is a stable slug; the message tells the client what to do."""

    code: ClassVar[str] = "api_error"


class UnauthenticatedError(ApiError):
    """The request has neither a valid bearer token nor a valid session cookie."""

    code = "unauthenticated"

    def __init__(self) -> None:
        super().__init__("Sign in, or send the header 'Authorization: Bearer <token>'.")


class WrongTokenError(ApiError):
    """The token is not the one the service was started with."""

    code = "wrong_token"

    def __init__(self) -> None:
        super().__init__("Wrong token: use the one the service was started with (MSLG_API_TOKEN).")


class SignInFailedError(ApiError):
    """The identity provider did not confirm who somebody is."""

    code = "sign_in_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Signing in with the identity provider failed, because {reason}: start again.")


class NotInvitedError(ApiError):
    """Somebody signed in at the identity provider who has no active account here."""

    code = "not_invited"

    def __init__(self) -> None:
        super().__init__("You have no account here: ask an administrator for an invitation.")


class ProviderError(ApiError):
    """The identity provider does not answer as it should."""

    code = "provider_error"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The identity provider cannot be used, because {reason}: check MSLG_OIDC_ISSUER, or try later."
        )


class NoProviderError(ConflictError):
    """The service has no identity provider."""

    code = "no_provider"

    def __init__(self) -> None:
        super().__init__("This service has no identity provider: sign in with a name and a password.")


class CrossOriginError(ApiError):
    """A browser sent a request that changes data on behalf of another site."""

    code = "cross_origin"

    def __init__(self, origin: str) -> None:
        super().__init__(f"Pages of other sites ({origin}) must not change data here.")


class UnknownHostError(ApiError):
    """A service without sign-in is addressed by a host name that may belong to another site."""

    code = "unknown_host"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"Without sign-in the service answers only at localhost and IP addresses, not at {host!r}: "
            "set MSLG_ACCOUNTS=true or MSLG_API_TOKEN to use a host name."
        )


class InvalidError(ApiError):
    """An invalid request. `code` tells what is wrong, `errors` where."""

    def __init__(self, code: str, message: str, errors: Sequence[LineError | FieldError] = ()) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc] # one class, several reasons
        self.errors = tuple(errors)

    @classmethod
    def of_field(cls, name: str, code: str, message: str) -> Self:
        """The error when one field of the request is all that is wrong."""
        return cls(code, message, [FieldError(name, code, message)])


class EmptyUploadError(ApiError):
    """The body is empty."""

    code = "empty_upload"

    def __init__(self) -> None:
        super().__init__("The file is empty. Nothing was stored.")


class TruncatedUploadError(ApiError):
    """The connection ended before the announced length arrived."""

    code = "truncated_upload"

    def __init__(self, received: int) -> None:
        super().__init__(f"The upload stopped after {received} bytes. Nothing was stored: upload it again.")


class BodyTooLargeError(ApiError):
    """The body is larger than `limit` bytes."""

    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body exceeds the limit of {limit} bytes. Nothing was stored.")


class UnsupportedMediaTypeError(ApiError):
    """The body's Content-Type is not one of `accepted`."""

    code = "unsupported_media_type"

    def __init__(self, received: str, accepted: Sequence[str]) -> None:
        super().__init__(
            f"Send the body as {' or '.join(accepted)}, not as {received or 'unspecified content'}."
        )


class UnavailableError(ApiError):
    """The database does not answer."""

    code = "unavailable"

    def __init__(self) -> None:
        super().__init__("The database does not answer: try again in a moment.")


@dataclass(frozen=True, slots=True)
class SettingConflict:
    """Two values of one setting, `name`: the refused one and the stored one. None: no value."""

    name: str
    yours: Any
    theirs: Any


class ChangedMeanwhileError(ConflictError):
    """Settings that somebody changed after their author had loaded them. Nothing was changed."""

    code = "changed_meanwhile"

    def __init__(self, conflicts: Sequence[SettingConflict]) -> None:
        names = ", ".join(conflict.name for conflict in conflicts)
        super().__init__(
            f"Somebody changed {names} after you loaded the settings, and nothing was stored: keep their "
            "values, or send yours again with theirs as `seen`."
        )
        self.conflicts = tuple(conflicts)


class DatasetNotEmptyError(ConflictError):
    """A dataset takes one archive. Only after a failed ingest it takes another."""

    code = "dataset_not_empty"

    def __init__(self, status: str) -> None:
        super().__init__(f"This dataset is {status} and takes no other archive: create a new dataset for it.")


class NoCheckedArchiveError(ConflictError):
    """No dry run has left an archive to ingest."""

    code = "no_checked_archive"

    def __init__(self) -> None:
        super().__init__("No checked archive waits here: upload one with dry_run=true, then ingest it.")


class DatasetBusyError(ConflictError):
    """Work on the dataset is queued or running."""

    code = "dataset_busy"

    def __init__(self, kinds: Sequence[str]) -> None:
        super().__init__(
            f"Work on this dataset is queued or running ({', '.join(kinds)}): wait until it ends."
        )


class DatasetNotReadyError(ConflictError):
    """The dataset's archive is not ingested yet."""

    code = "dataset_not_ready"

    def __init__(self, status: str) -> None:
        super().__init__(f"This dataset is {status}: upload an archive and wait until the dataset is ready.")


class JobAlreadyRunningError(ConflictError):
    """Another job on the dataset is queued or running."""

    code = "job_already_running"

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(f"Job {job_id} on this dataset is {status}: wait until it ends, or cancel it.")


class JobNotSucceededError(ConflictError):
    """The job has no results."""

    code = "job_not_succeeded"

    def __init__(self, status: str) -> None:
        super().__init__(f"This job is {status}: only jobs that succeeded have results.")


class ExportNotSucceededError(ConflictError):
    """The export has no file."""

    code = "export_not_succeeded"

    def __init__(self, status: str) -> None:
        super().__init__(f"This export is {status}: only exports that succeeded have a file.")


class VersionNotStoredError(ConflictError):
    """The named version has no table."""

    code = "version_not_stored"

    def __init__(self, name: str, status: str) -> None:
        super().__init__(
            f"The version {name!r} is {status}: wait until it is stored; if that failed, delete it and name "
            "the present version again."
        )


class VersionBusyError(ConflictError):
    """The named version is being stored, exported or compared."""

    code = "version_busy"

    def __init__(self, name: str) -> None:
        super().__init__(f"The version {name!r} is being stored, exported or compared: wait until that ends.")
