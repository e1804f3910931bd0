"""Turns every error into an RFC 9457 problem: a table from error class to status and title, and handlers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from api import errors
from api.schemas import (
    MAX_LISTED_ERRORS,
    ActiveProblemAnswer,
    Problem,
    ProblemAnswer,
    ProblemConflict,
    ProblemItem,
    ProblemSetting,
)
from api.uploads import errors as uploads
from mslg_core.configs.base import Method
from store import errors as domain
from store.accounts import errors as accounts
from store.changes.errors import ClassEditError
from store.sources import errors as sources

MEDIA_TYPE = "application/problem+json"

log = structlog.get_logger(__name__)


TABLE: dict[type[Exception], tuple[HTTPStatus, str]] = {
    errors.UnauthenticatedError: (HTTPStatus.UNAUTHORIZED, "Not signed in"),
    errors.WrongTokenError: (HTTPStatus.UNAUTHORIZED, "Wrong token"),
    errors.SignInFailedError: (HTTPStatus.UNAUTHORIZED, "Not signed in"),
    errors.NotInvitedError: (HTTPStatus.FORBIDDEN, "Not invited"),
    errors.ProviderError: (HTTPStatus.BAD_GATEWAY, "Identity provider"),
    errors.CrossOriginError: (HTTPStatus.FORBIDDEN, "Request from another site"),
    errors.UnknownHostError: (HTTPStatus.FORBIDDEN, "Unknown host"),
    errors.TruncatedUploadError: (HTTPStatus.BAD_REQUEST, "Upload incomplete"),
    errors.BodyTooLargeError: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Too large"),
    errors.UnsupportedMediaTypeError: (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Unsupported media type"),
    uploads.RefusedFileError: (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "File refused"),
    uploads.TusVersionError: (HTTPStatus.PRECONDITION_FAILED, "Unknown version of the protocol"),
    uploads.UploadLockedError: (HTTPStatus.LOCKED, "Upload in use"),
    errors.EmptyUploadError: (HTTPStatus.UNPROCESSABLE_ENTITY, "Empty file"),
    errors.InvalidError: (HTTPStatus.UNPROCESSABLE_ENTITY, "Invalid request"),
    errors.UnavailableError: (HTTPStatus.SERVICE_UNAVAILABLE, "Service unavailable"),
    accounts.BadCredentialsError: (HTTPStatus.UNAUTHORIZED, "Not signed in"),
    accounts.ForbiddenError: (HTTPStatus.FORBIDDEN, "Not allowed"),
    accounts.BadLinkError: (HTTPStatus.GONE, "Link not valid"),
    accounts.AccountError: (HTTPStatus.UNPROCESSABLE_ENTITY, "Invalid account"),
    accounts.TooManyAttemptsError: (HTTPStatus.TOO_MANY_REQUESTS, "Too many attempts"),
    ClassEditError: (HTTPStatus.UNPROCESSABLE_ENTITY, "Invalid change of a class"),
    domain.NotFoundError: (HTTPStatus.NOT_FOUND, "Not found"),
    domain.BlobNotFoundError: (HTTPStatus.NOT_FOUND, "File not found"),
    sources.SourceAddressError: (HTTPStatus.UNPROCESSABLE_ENTITY, "Not a source"),
    sources.SourceUnavailableError: (HTTPStatus.BAD_GATEWAY, "Source not readable"),
    sources.ImageMissingError: (HTTPStatus.NOT_FOUND, "Missing in the source"),
    sources.ImageChangedError: (HTTPStatus.CONFLICT, "Changed in the source"),
    domain.StorageError: (HTTPStatus.SERVICE_UNAVAILABLE, "Storage unavailable"),
    domain.SecretKeyError: (HTTPStatus.INTERNAL_SERVER_ERROR, "Secret not readable"),
    domain.ConflictError: (HTTPStatus.CONFLICT, "Conflict with the current state"),
    errors.ChangedMeanwhileError: (HTTPStatus.CONFLICT, "Changed meanwhile"),
    domain.DecidedMeanwhileError: (HTTPStatus.CONFLICT, "Decided otherwise meanwhile"),
    domain.TooFewVerifiedError: (HTTPStatus.CONFLICT, "Too few verified labels"),
    domain.WebhookUrlError: (HTTPStatus.UNPROCESSABLE_ENTITY, "URL refused"),
    domain.VerificationError: (HTTPStatus.UNPROCESSABLE_ENTITY, "Invalid verification"),
    domain.BulkVerificationError: (HTTPStatus.UNPROCESSABLE_ENTITY, "Verified labels refused"),
    domain.BatchVerificationError: (HTTPStatus.UNPROCESSABLE_ENTITY, "Batch refused"),
}
"""Error class -> status and title. A class that is not listed uses its nearest listed base class."""


UNREADABLE: dict[type[Exception], str] = {
    UnicodeDecodeError: "it is not UTF-8 text",
    RecursionError: "it is nested too deeply",
    ValueError: "it has a number with too many digits",
}
"""What else `json.loads` raises -> what is wrong with the body. The first match applies."""

JSON_BODY = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
"""Statuses that every route with a JSON body may answer with."""


class ProblemResponse(JSONResponse):
    """A response whose body is a problem."""

    media_type = MEDIA_TYPE

    def __init__(self, problem: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(
            problem.model_dump(mode="json", exclude_none=True), status_code=problem.status, headers=headers
        )


def responses(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI declaration of the error `statuses` of a route."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        int(status): {"description": status.phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def problem_of(error: domain.StoreError | errors.ApiError) -> Problem:
    """The problem that describes an error of the domain or of the API."""
    status, title = next(TABLE[base] for base in type(error).__mro__ if base in TABLE)
    items = list_errors(error)
    return Problem(
        title=title,
        status=status,
        detail=str(error),
        code=error.code,
        errors=items[:MAX_LISTED_ERRORS] or None,
        conflicts=list_conflicts(error) or None,
        settings=list_settings(error) or None,
        total_errors=len(items) or None,
    )


def list_conflicts(error: Exception) -> list[ProblemConflict]:
    """Both answers of every conflict inside an error; empty if it has none."""
    if not isinstance(error, domain.DecidedMeanwhileError):
        return []
    return [
        ProblemConflict(
            sample_id=str(item.sample_id),
            file_name=item.file_name,
            yours=ProblemAnswer(**asdict(item.yours)),
            theirs=ActiveProblemAnswer(**asdict(item.theirs) | {"id": str(item.theirs.id)}),
        )
        for item in error.conflicts
    ]


def list_settings(error: Exception) -> list[ProblemSetting]:
    """Both values of every setting that was changed meanwhile; empty for other errors."""
    if not isinstance(error, errors.ChangedMeanwhileError):
        return []
    return [ProblemSetting(name=one.name, yours=one.yours, theirs=one.theirs) for one in error.conflicts]


def list_errors(error: Exception) -> list[ProblemItem]:
    """The individual errors inside an error; empty if it has none."""
    match error:
        case domain.TooFewVerifiedError(missing=missing):
            return [
                ProblemItem(name=label, code=error.code, message=f"{count} more verified labels are needed.")
                for label, count in missing.items()
            ]
        case (
            domain.BulkVerificationError(errors=listed)
            | domain.BatchVerificationError(errors=listed)
            | errors.InvalidError(errors=listed)
        ):
            return [
                ProblemItem(
                    line=getattr(item, "line", None), name=item.name, code=item.code, message=item.message
                )
                for item in listed
            ]
        case _:
            return []


def install_handlers(app: FastAPI) -> None:
    """Make `app` answer every error with a problem."""
    for base in (domain.StoreError, errors.ApiError):
        app.add_exception_handler(base, _handle_known)
    app.add_exception_handler(RequestValidationError, _handle_validation)
    app.add_exception_handler(HTTPException, _handle_http)
    app.add_exception_handler(OperationalError, _handle_database)
    app.add_exception_handler(Exception, _handle_unexpected)


async def _handle_known(request: Request, error: Exception) -> ProblemResponse:
    if not isinstance(error, domain.StoreError | errors.ApiError):
        raise error
    if not any(base in TABLE for base in type(error).__mro__):
        return await _handle_unexpected(request, error)
    problem = problem_of(error)
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == HTTPStatus.UNAUTHORIZED else {}
    if isinstance(error, accounts.TooManyAttemptsError):
        headers["Retry-After"] = str(error.retry_after)
    return ProblemResponse(problem, headers)


async def _handle_validation(request: Request, error: Exception) -> ProblemResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    if _body_was_not_json(error.errors()):
        content_type = request.headers.get("content-type", "")
        return await _handle_known(
            request, errors.UnsupportedMediaTypeError(content_type, ["application/json"])
        )
    return await _handle_known(request, _invalid([_field_error(item) for item in error.errors()]))


def _invalid(items: Sequence[errors.FieldError]) -> errors.InvalidError:
    named = ", ".join(dict.fromkeys(item.name for item in items))
    return errors.InvalidError("invalid_request", f"Not accepted: {named}.", items)


def _field_error(item: Mapping[str, Any]) -> errors.FieldError:
    """Translate one of pydantic's errors. Its path has a config's method between `config` and the field."""
    if item["type"] == "json_invalid":
        message = f"Not valid JSON at character {item['loc'][1]}: {item['ctx']['error']}."
        return errors.FieldError("body", "json_invalid", message)
    path = [str(part) for part in item["loc"][1:] if part not in set(Method)]
    if item["type"] == "union_tag_invalid":
        return errors.FieldError(f"{'.'.join(path)}.method", "enum", f"Choose one of {', '.join(Method)}.")
    return errors.FieldError(
        ".".join(path) or "body", item["type"], item["msg"].removeprefix("Value error, ")
    )


def _body_was_not_json(items: Sequence[Mapping[str, Any]]) -> bool:
    """Whether FastAPI left the body as bytes: it parses JSON media types only."""
    return any(tuple(item["loc"]) == ("body",) and isinstance(item["input"], bytes) for item in items)


def _unreadable_body(cause: BaseException | None) -> errors.InvalidError | None:
    """The error for a JSON body that could not be parsed; None when `cause` is something else."""
    for kind, reason in UNREADABLE.items():
        if isinstance(cause, kind):
            return _invalid([errors.FieldError("body", "json_invalid", f"Not valid JSON: {reason}.")])
    return None


async def _handle_http(request: Request, error: Exception) -> ProblemResponse:
    if not isinstance(error, HTTPException):
        raise error
    cause = error.__cause__  # FastAPI wraps whatever reading and parsing the body raises
    known = cause if isinstance(cause, errors.ApiError) else _unreadable_body(cause)
    if known is not None:
        return await _handle_known(request, known)
    status = HTTPStatus(error.status_code)
    detail = {
        HTTPStatus.NOT_FOUND: "This address does not exist.",
        HTTPStatus.METHOD_NOT_ALLOWED: "This address does not support this method.",
        HTTPStatus.BAD_REQUEST: "The body of the request could not be read.",
    }.get(status, status.phrase)
    problem = Problem(title=status.phrase, status=status, detail=detail, code=status.name.lower())
    return ProblemResponse(problem, dict(error.headers or {}))


async def _handle_database(_request: Request, error: Exception) -> ProblemResponse:
    log.error("database_unavailable", exc_info=error)
    return ProblemResponse(problem_of(errors.UnavailableError()), {"Retry-After": "5"})


async def _handle_unexpected(_request: Request, error: Exception) -> ProblemResponse:
    log.error("unexpected_error", exc_info=error)
    return ProblemResponse(
        Problem(
            title="Internal error",
            status=HTTPStatus.INTERNAL_SERVER_ERROR,
            detail="The service failed unexpectedly. Its log has the details.",
            code="internal_error",
        )
    )
