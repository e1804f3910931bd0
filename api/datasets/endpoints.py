"""Datasets: create, list, upload an archive, change, delete."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Request

from api.auth.access import CallerDep
from api.body import stream_body
from api.datasets import ingest_schemas, schemas, service
from api.datasets.ready import ReadyDataset
from api.datasets.uploads import ingest_checked, receive_archive
from api.deps import BlobsDep, ReadSession, ServicesDep, WriteSession
from api.pagination import CursorParameter, Limit
from api.problems import JSON_BODY, responses
from api.schemas import WorkId
from store.infrastructure.blobs import dataset_prefix
from store.models import IngestKind, OnExisting

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
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
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
    file_name: ingest_schemas.FileName = None,
    dry_run: ingest_schemas.DryRun = False,
) -> ingest_schemas.Ingest:
    """Stream a zip or tar(.gz) of class folders, or of images with a table of labels; or a Parquet or Arrow
    file of images, or an archive of several.

    Answers as soon as the archive is stored. The ingest that follows reports its own progress. A dry run
    only makes the preview; `POST …/ingest` then stores the samples.
    """
    chunks = stream_body(request, services.settings.max_archive_bytes)
    return ingest_schemas.Ingest.of(
        await receive_archive(services, dataset_id, chunks, file_name, dry_run=dry_run)
    )


@router.post(
    "/{dataset_id}/ingest",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Ingest the archive of a dry run",
)
def ingest_archive(
    session: WriteSession, services: ServicesDep, dataset_id: WorkId, body: ingest_schemas.IngestCreate
) -> ingest_schemas.Ingest:
    """Read the archive of the latest dry run again with these choices, and store its samples."""
    return ingest_schemas.Ingest.of(
        ingest_checked(session, services, dataset_id, body.choices, dry_run=body.dry_run)
    )


@router.get("/{dataset_id}/ingest", responses=responses(HTTPStatus.NOT_FOUND), summary="Get the ingest")
def get_ingest(session: ReadSession, dataset_id: WorkId) -> ingest_schemas.Ingest:
    """Progress of the latest ingest, or why it failed."""
    return ingest_schemas.Ingest.of(service.get_ingest(session, dataset_id))


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
    request: Request, services: ServicesDep, dataset_id: WorkId, file_name: ingest_schemas.FileName = None
) -> ingest_schemas.Ingest:
    """Stream an archive of images with clean labels, in any layout of a dataset, to a dataset that is ready.

    Its images join the verified set without a given label: jobs learn from them and measure on them. They are
    in no ranking, queue or export. Their names begin with `verified/`.
    """
    chunks = stream_body(request, services.settings.max_archive_bytes)
    kind = IngestKind.VERIFIED_IMAGES
    return ingest_schemas.Ingest.of(await receive_archive(services, dataset_id, chunks, file_name, kind=kind))


@router.get(
    "/{dataset_id}/verified-images",
    responses=responses(HTTPStatus.NOT_FOUND),
    summary="List ingests of verified images",
)
def list_ingests_of_verified_images(session: ReadSession, dataset_id: WorkId) -> ingest_schemas.IngestList:
    """Progress of the latest ingests of verified images, or why they failed."""
    rows = service.list_ingests(session, dataset_id, IngestKind.VERIFIED_IMAGES)
    return ingest_schemas.IngestList(items=[ingest_schemas.Ingest.of(row) for row in rows])


@router.post(
    "/{dataset_id}/additions",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(
        HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    ),
    openapi_extra=ARCHIVE_BODY,
    summary="Add images",
)
async def add_images(  # noqa: PLR0913, PLR0917 - FastAPI injects them
    request: Request,
    services: ServicesDep,
    dataset_id: WorkId,
    file_name: ingest_schemas.FileName = None,
    dry_run: ingest_schemas.DryRun = False,
    on_existing: ingest_schemas.OnExistingParameter = OnExisting.SKIP,
) -> ingest_schemas.Ingest:
    """Stream an archive in any layout of a dataset to a dataset that is ready. Its images join the dataset.

    An image that the dataset has already, by its id, else its file name, else its content, is skipped, or
    updated if it is different. Images about which somebody has decided stay as they are. Classes that the
    dataset lacks are appended to its classes. A dry run only counts; `POST …/additions/checked` then stores.
    """
    chunks = stream_body(request, services.settings.max_archive_bytes)
    kind = IngestKind.ADDITION
    return ingest_schemas.Ingest.of(
        await receive_archive(
            services, dataset_id, chunks, file_name, dry_run=dry_run, kind=kind, on_existing=on_existing
        )
    )


@router.post(
    "/{dataset_id}/additions/checked",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Add the images of a dry run",
)
def add_checked_images(
    session: WriteSession, services: ServicesDep, dataset_id: WorkId, body: ingest_schemas.AdditionCreate
) -> ingest_schemas.Ingest:
    """Read the archive of the latest dry run again with these choices, and add its images."""
    return ingest_schemas.Ingest.of(
        ingest_checked(
            session,
            services,
            dataset_id,
            body.choices,
            dry_run=body.dry_run,
            kind=IngestKind.ADDITION,
            on_existing=body.on_existing,
        )
    )


@router.get(
    "/{dataset_id}/additions", responses=responses(HTTPStatus.NOT_FOUND), summary="List additions of images"
)
def list_additions(session: ReadSession, dataset_id: WorkId) -> ingest_schemas.IngestList:
    """What the latest additions changed, their progress, or why they failed."""
    rows = service.list_ingests(session, dataset_id, IngestKind.ADDITION)
    return ingest_schemas.IngestList(items=[ingest_schemas.Ingest.of(row) for row in rows])


@router.get(
    "/{dataset_id}/rejections", responses=responses(HTTPStatus.NOT_FOUND), summary="List rejected files"
)
def list_rejections(
    session: ReadSession, dataset_id: WorkId, cursor: CursorParameter = None, limit: Limit = 50
) -> ingest_schemas.RejectionPage:
    """The files of the archive that were rejected, each with the reason."""
    rows = service.list_rejections(session, dataset_id, cursor, limit)
    return ingest_schemas.RejectionPage.build(
        rows, limit, ingest_schemas.Rejection.of, lambda row: service.REJECTIONS.write(row.id)
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
        lambda row: schemas.Sample.of(row, dataset.class_map.labels),
        lambda row: service.sample_cursor(row, wanted.order),
    )
