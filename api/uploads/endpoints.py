"""The routes of the protocol tus 1.0, and one that shows an upload.

https://tus.io/protocols/resumable-upload
"""

from datetime import UTC
from email.utils import format_datetime
from http import HTTPStatus

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.auth.access import CallerDep
from api.body import media_type, stream_body
from api.deps import ServicesDep, SettingsDep
from api.problems import responses
from api.schemas import WorkId
from api.uploads import schemas, service
from api.uploads.errors import TusVersionError, UploadLockedError
from api.uploads.receive import append
from store.models import Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
BYTES = "application/offset+octet-stream"
BYTES_BODY = {
    "requestBody": {
        "required": True,
        "description": "The bytes from Upload-Offset on, all the rest of the file or a part of it.",
        "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
    }
}
REFUSED = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)

router = APIRouter(prefix="/uploads", tags=["uploads"])
public = APIRouter(prefix="/uploads", tags=["uploads"])
"""What anybody may ask, see `api.auth.rules`."""


def require_version(response: Response, version: schemas.TusResumable = "") -> None:
    """Name the protocol's version in the response. Raises `TusVersionError` for requests of another one."""
    if version != VERSION:
        raise TusVersionError(VERSION)
    response.headers["Tus-Resumable"] = VERSION


TUS = [Depends(require_version)]


def _describe(response: Response, upload: Upload, offset: int) -> None:
    response.headers["Upload-Offset"] = str(offset)
    response.headers["Upload-Expires"] = format_datetime(upload.expires_at.astimezone(UTC), usegmt=True)


@public.options("", status_code=HTTPStatus.NO_CONTENT, summary="Get the capabilities of uploads")
def get_upload_capabilities(response: Response, settings: SettingsDep) -> None:
    """Version and extensions of the protocol, and the largest file, as headers."""
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers["Tus-Max-Size"] = str(settings.max_archive_bytes)


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    dependencies=TUS,
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, *REFUSED),
    summary="Begin an upload",
)
def create_upload(  # noqa: PLR0913, PLR0917 - FastAPI injects them
    request: Request,
    response: Response,
    caller: CallerDep,
    services: ServicesDep,
    length: schemas.UploadLength,
    metadata: schemas.MetadataHeader,
) -> schemas.Upload:
    """Announce a file. Its bytes go to the address in Location, over as many connections as it takes.

    A dataset that the upload creates exists once the last byte has arrived. So an upload that is stopped or
    refused leaves none behind.
    """
    upload = service.create_upload(services, caller, schemas.UploadMetadata.read(metadata), length)
    response.headers["Location"] = f"{request.url.path.rstrip('/')}/{upload.id}"
    _describe(response, upload, 0)
    return schemas.Upload.of(upload, 0)


@router.get(
    "/{upload_id}", responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT), summary="Get an upload"
)
def get_upload(services: ServicesDep, upload_id: WorkId) -> schemas.Upload:
    """What has arrived, and the dataset it fills."""
    return schemas.Upload.of(*service.look_up(services, upload_id))


@router.head(
    "/{upload_id}",
    dependencies=TUS,
    responses=responses(
        HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.LOCKED
    ),
    summary="Get the offset of an upload",
)
def get_upload_offset(response: Response, services: ServicesDep, upload_id: WorkId) -> None:
    """How many bytes have arrived, as the header Upload-Offset: continue with the next one.

    Refused while another request sends, because its offset still moves.
    """
    upload, offset = service.look_up(services, upload_id)
    if upload.is_locked:
        raise UploadLockedError
    _describe(response, upload, offset)
    response.headers["Upload-Length"] = str(upload.length)
    response.headers["Cache-Control"] = "no-store"


@router.patch(
    "/{upload_id}",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=TUS,
    responses=responses(
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.LOCKED,
        *REFUSED,
    ),
    openapi_extra=BYTES_BODY,
    summary="Continue an upload",
)
async def continue_upload(
    request: Request,
    response: Response,
    services: ServicesDep,
    upload_id: WorkId,
    offset: schemas.UploadOffset,
) -> None:
    """Send bytes. What has arrived is kept when the connection breaks, and its number is the new offset.

    The first bytes show whether the file can be read; if not, the upload is refused and deleted. With the
    last byte, the ingest is queued.
    """
    media_type(request, (BYTES,))
    upload, _ = await run_in_threadpool(service.look_up, services, upload_id)
    chunks = stream_body(request, max(0, upload.length - offset))
    _describe(response, *await append(services, upload_id, offset, chunks))


@router.delete(
    "/{upload_id}",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=TUS,
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED),
    summary="Stop an upload",
)
def delete_upload(services: ServicesDep, upload_id: WorkId) -> None:
    """Delete what has arrived. The dataset of a complete upload stays."""
    service.delete_upload(services, upload_id)
