"""Datasets: create, list, upload an archive, change, delete."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Request

from api.auth.access import CallerDep
from api.body import stream_body
from api.datasets import schemas, service
from api.datasets.ready import ReadyDataset
from api.datasets.uploads import ingest_checked, receive_archive
from api.deps import BlobsDep, ReadSession, ServicesDep, WriteSession
from api.pagination import CursorParameter, Limit
from api.problems import JSON_BODY, responses
from api.schemas import WorkId
from store.infrastructure.blobs import dataset_prefix
from store.models import IngestKind

router = APIRouter(prefix="/datasets", tags=["datasets"])

ARCHIVE_TYPES = ("application/octet-stream", "application/zip", "application/x-tar")
ARCHIVE = {"schema": {"type": "string", "format": "binary"}}
ARCHIVE_BODY = {
    "requestBody": {
        "required": True,
        "description": "The archive, for example `curl -T photos.zip`. Its format is detected.",
        "content": dict.fromkeys(
            ("application/octet-stream", "application/zip", "application/x-tar"), ARCHIVE
        ),
    }
}


@router.post("", status_code=HTTPStatus.CREATED, responses=responses(*JSON_BODY), summary="Create a dataset")
def create_dataset(session: WriteSession, caller: CallerDep, body: schemas.DatasetCreate) -> schemas.Dataset:
    """Create an empty dataset, which the caller manages. The next step is to upload an archive to it."""
    return schemas.Dataset.of(service.create_dataset(session, body.name, caller.user))


@router.get("", summary="List datasets")
def list_datasets(
    session: ReadSession, caller: CallerDep, cursor: CursorParameter = None, limit: Limit = 50
) -> schemas.DatasetPage:
    """The caller's datasets, newest first: all of them for administrators and without accounts."""
    rows = service.list_datasets(session, cursor, limit, caller.limited_to)
    return schemas.DatasetPage.build(
        rows, limit, schemas.Dataset.of, lambda row: service.DATASETS.write(row.created_at, row.id)
    )


@router.get("/{dataset_id}", responses=responses(HTTPStatus.NOT_FOUND), summary="Get a dataset")
def get_dataset(session: ReadSession, dataset_id: WorkId) -> schemas.Dataset:
    """One dataset with its classes and counts."""
    return schemas.Dataset.of(service.get_dataset(session, dataset_id))


@router.patch(
    "/{dataset_id}",
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND),
    summary="Change how a dataset is reviewed",
)
def change_dataset(session: WriteSession, dataset_id: WorkId, body: schemas.DatasetChange) -> schemas.Dataset:
    """Set the guidelines, the number of reviewers per sample, or the share of test samples."""
    return schemas.Dataset.of(service.change_dataset(session, dataset_id, body))


@router.delete(
    "/{dataset_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Delete a dataset",
)
def delete_dataset(
    session: WriteSession, blobs: BlobsDep, background: BackgroundTasks, dataset_id: WorkId
) -> None:
    """Delete a dataset and all that belongs to it. Refused while work on it is queued or running."""
    service.delete_dataset(session, dataset_id)
    background.add_task(blobs.delete_prefix, dataset_prefix(dataset_id))  # runs after the commit


@router.put(
    "/{dataset_id}/archive",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(
        HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    ),
    openapi_extra=ARCHIVE_BODY,
    summary="Upload the dataset's archive",
)
async def upload_archive(
    request: Request,
    services: ServicesDep,
    dataset_id: WorkId,
    file_name: schemas.FileName = None,
    dry_run: schemas.DryRun = False,
) -> schemas.Ingest:
    """Stream a zip or tar(.gz) of class folders, or of images with a table of labels; or a Parquet or Arrow
    file of images, or an archive of several.

    Answers as soon as the archive is stored. The ingest that follows reports its own progress. A dry run
    only makes the preview; `POST …/ingest` then stores the samples.
    """
    chunks = stream_body(request, services.settings.max_archive_bytes)
    return schemas.Ingest.of(await receive_archive(services, dataset_id, chunks, file_name, dry_run=dry_run))


@router.post(
    "/{dataset_id}/ingest",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Ingest the archive of a dry run",
)
def ingest_archive(
    session: WriteSession, services: ServicesDep, dataset_id: WorkId, body: schemas.IngestCreate
) -> schemas.Ingest:
    """Read the archive of the latest dry run again with these choices, and store its samples."""
    return schemas.Ingest.of(ingest_checked(session, services, dataset_id, body.choices, body.dry_run))


@router.get("/{dataset_id}/ingest", responses=responses(HTTPStatus.NOT_FOUND), summary="Get the ingest")
def get_ingest(session: ReadSession, dataset_id: WorkId) -> schemas.Ingest:
    """Progress of the latest ingest, or why it failed."""
    return schemas.Ingest.of(service.get_ingest(session, dataset_id))


@router.post(
    "/{dataset_id}/verified-images",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(
        HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    ),
    openapi_extra=ARCHIVE_BODY,
    summary="Add verified images",
)
async def add_verified_images(
    request: Request, services: ServicesDep, dataset_id: WorkId, file_name: schemas.FileName = None
) -> schemas.Ingest:
    """Stream an archive of images with clean labels, in any layout of a dataset, to a dataset that is ready.

    Its images join the verified set without a given label: jobs learn from them and measure on them. They are
    in no ranking, queue or export. Their names begin with `verified/`.
    """
    chunks = stream_body(request, services.settings.max_archive_bytes)
    kind = IngestKind.VERIFIED_IMAGES
    return schemas.Ingest.of(await receive_archive(services, dataset_id, chunks, file_name, kind=kind))


@router.get(
    "/{dataset_id}/verified-images",
    responses=responses(HTTPStatus.NOT_FOUND),
    summary="List ingests of verified images",
)
def list_ingests_of_verified_images(session: ReadSession, dataset_id: WorkId) -> schemas.IngestList:
    """Progress of the latest ingests of verified images, or why they failed."""
    rows = service.list_verified_ingests(session, dataset_id)
    return schemas.IngestList(items=[schemas.Ingest.of(row) for row in rows])


@router.get(
    "/{dataset_id}/rejections", responses=responses(HTTPStatus.NOT_FOUND), summary="List rejected files"
)
def list_rejections(
    session: ReadSession, dataset_id: WorkId, cursor: CursorParameter = None, limit: Limit = 50
) -> schemas.RejectionPage:
    """The files of the archive that were rejected, each with the reason."""
    rows = service.list_rejections(session, dataset_id, cursor, limit)
    return schemas.RejectionPage.build(
        rows, limit, schemas.Rejection.of, lambda row: service.REJECTIONS.write(row.id)
    )


@router.get(
    "/{dataset_id}/samples",
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="List samples",
)
def list_samples(
    session: ReadSession,
    dataset: ReadyDataset,
    wanted: Annotated[schemas.SampleFilter, Query()],
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> schemas.SamplePage:
    """The dataset's samples, filtered. Verify in shuffled order, so that the hold-out is a random sample."""
    rows = service.list_samples(session, dataset, wanted, cursor, limit)
    return schemas.SamplePage.build(
        rows,
        limit,
        lambda row: schemas.Sample.of(row, dataset.classes),
        lambda row: service.sample_cursor(row, wanted.order),
    )
