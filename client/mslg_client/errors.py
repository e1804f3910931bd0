"""What can go wrong, each a class.

MslgError
    ServiceError                 the service refused a request, and says why
        InvalidRequestError      422
        NotSignedInError         401
        NotAllowedError          403
        NotFoundError            404
        ConflictError            409
    WorkFailedError              an ingest, a job or an export failed or was cancelled
    ConnectionFailedError        the service did not answer
        UploadInterruptedError   an upload stopped; it can be continued
    MissingPackageError          an optional package is not installed
"""

from collections.abc import Mapping
from typing import Any


class MslgError(Exception):
    """Base of all errors of this package."""


class ServiceError(MslgError):
    """The service refused the request. The message is the service's own sentence.

    `errors` are the individual errors, such as those of the lines of a table; `conflicts` the samples on
    which somebody decided otherwise.
    """

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.status: int = problem["status"]
        self.code: str = problem["code"]
        self.title: str = problem["title"]
        self.detail: str = problem["detail"]
        self.errors: list[dict[str, Any]] = problem.get("errors") or []
        self.conflicts: list[dict[str, Any]] = problem.get("conflicts") or []
        super().__init__(_with_examples(self.detail, self.errors))


class InvalidRequestError(ServiceError):
    """A value of the request is not valid."""


class NotSignedInError(ServiceError):
    """The service wants a token, or does not know this one."""


class NotAllowedError(ServiceError):
    """The token's owner does not have the right."""


class NotFoundError(ServiceError):
    """There is no such thing, or it is hidden from the token's owner."""


class ConflictError(ServiceError):
    """The present state does not allow the request."""


class WorkFailedError(MslgError):
    """A piece of work failed or was cancelled. The message is the service's own sentence."""

    def __init__(self, work: Mapping[str, Any]) -> None:
        problem = work["error"] or {"code": work["status"], "detail": f"The work was {work['status']}."}
        self.status: str = work["status"]
        self.code: str = problem["code"]
        self.detail: str = problem["detail"]
        self.errors: list[dict[str, Any]] = problem.get("errors") or []
        super().__init__(_with_examples(self.detail, self.errors))


class ConnectionFailedError(MslgError):
    """The service cannot be reached, or the connection broke."""


class UploadInterruptedError(ConnectionFailedError):
    """An upload stopped for want of a connection. What arrived is kept for a while.

    Repeat the call with `resume=error.upload_id` to continue.
    """

    def __init__(self, upload_id: str, cause: Exception) -> None:
        self.upload_id = upload_id
        super().__init__(f"The upload stopped ({cause}). Repeat it with resume={upload_id!r} to continue.")


class MissingPackageError(MslgError, ImportError):
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"This needs {package}: pip install '{extra}'.")


BY_STATUS: Mapping[int, type[ServiceError]] = {
    401: NotSignedInError,
    403: NotAllowedError,
    404: NotFoundError,
    409: ConflictError,
    422: InvalidRequestError,
}


MAX_EXAMPLES = 3
"""How many individual errors a message repeats."""


def _with_examples(sentence: str, errors: list[dict[str, Any]]) -> str:
    shown = [_line(error) for error in errors[:MAX_EXAMPLES]]
    more = len(errors) - len(shown)
    return "\n".join([sentence, *shown, *([f"  and {more:,} more"] if more > 0 else [])])


def _line(error: Mapping[str, Any]) -> str:
    line = f"line {error['line']}" if error.get("line") is not None else ""
    place = ", ".join(filter(None, (line, error.get("name"))))
    return f"  {place}: {error['message']}" if place else f"  {error['message']}"
