"""Exports: build a file with the corrected dataset, get its progress, download it."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from api.deps import BlobsDep, QueueDep, ReadSession, WriteSession
from api.exports import schemas, service
from api.exports.file_names import content_disposition
from api.problems import JSON_BODY, responses
from api.schemas import WorkId

router = APIRouter(tags=["exports"])

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
    "tar": "application/x-tar",
    "zip": "application/zip",
}
"""By the suffix of a file's name."""
FILE_RESPONSE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {
            media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for media_type in MEDIA_TYPES.values()
        },
    }
}


@router.post(
    "/jobs/{job_id}/exports",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Export the corrected dataset",
)
def create_export(
    session: WriteSession, queue: QueueDep, job_id: WorkId, body: schemas.ExportCreate
) -> schemas.Export:
    """Build a file in the background, with all verdicts so far. Idempotent while an export is in progress."""
    export = service.create_export(session, queue, job_id, body)
    return schemas.Export.of(service.describe(session, export))


@router.get(
    "/jobs/{job_id}/exports", responses=responses(HTTPStatus.NOT_FOUND), summary="List a job's exports"
)
def list_exports(session: ReadSession, job_id: WorkId) -> schemas.ExportList:
    """The job's exports, newest first."""
    rows = service.list_exports(session, job_id)
    return schemas.ExportList(items=[schemas.Export.of(service.describe(session, row)) for row in rows])


@router.get("/exports/{export_id}", responses=responses(HTTPStatus.NOT_FOUND), summary="Get an export")
def get_export(session: ReadSession, export_id: WorkId) -> schemas.Export:
    """Progress of the export, or why it failed."""
    return schemas.Export.of(service.describe(session, service.get_export(session, export_id)))


@router.get(
    "/exports/{export_id}/file",
    response_class=StreamingResponse,
    responses={**FILE_RESPONSE, **responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)},
    summary="Download an export",
)
def get_export_file(session: ReadSession, blobs: BlobsDep, export_id: WorkId) -> StreamingResponse:
    """The file, streamed."""
    export, key = service.get_file_key(session, export_id)
    blob = blobs.open_stream(key)
    headers = {
        "Content-Disposition": content_disposition(service.describe(session, export).file_name),
        "Content-Length": str(blob.size),
        "Cache-Control": "private, no-transform",
        "ETag": f'"{export.id}"',
    }
    return StreamingResponse(blob.chunks, media_type=MEDIA_TYPES[export.format.suffix], headers=headers)
