"""Sources: choose a folder, make it a dataset's source, check it, take in what is new."""

from http import HTTPStatus

from fastapi import APIRouter, BackgroundTasks

from api.datasets.ingest_schemas import Ingest
from api.deps import BlobsDep, ReadSession, ServicesDep, SettingsDep, WriteSession
from api.problems import JSON_BODY, responses
from api.schemas import WorkId
from api.sources import schemas, service

router = APIRouter(tags=["sources"])

UNREADABLE = (HTTPStatus.BAD_GATEWAY,)


@router.get("/sources", summary="List what may be a source")
def get_source_options(settings: SettingsDep) -> schemas.SourceOptions:
    """What datasets may be made of besides uploads, as the settings allow it."""
    return schemas.SourceOptions(folders=list(settings.source_roots), endpoints=list(settings.source_hosts))


@router.get("/sources/folders", responses=responses(*UNREADABLE), summary="List folders of the server")
def list_source_folders(
    settings: SettingsDep, root: schemas.RootParameter, path: schemas.PathParameter = ""
) -> schemas.FolderList:
    """The folders in a folder of the server, to choose one."""
    found = service.list_subfolders(settings, root, path)
    return schemas.FolderList(items=[schemas.Folder.of(root, folder) for folder in found])


@router.put(
    "/datasets/{dataset_id}/source",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(*JSON_BODY, *UNREADABLE, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Make a dataset of a source",
)
def set_source(  # noqa: PLR0913, PLR0917 - FastAPI injects them
    session: WriteSession,
    services: ServicesDep,
    blobs: BlobsDep,
    background: BackgroundTasks,
    dataset_id: WorkId,
    body: schemas.SourceCreate,
) -> Ingest:
    """Take in the images of a source, in any layout of an archive, to an empty dataset.

    Images stay where they are; the service keeps names, labels, thumbnails and features. Images within
    Parquet or Arrow files are copied. A dry run only makes the preview; `POST …/ingest` then stores.
    """
    ingest, replaced = service.set_source(session, services, dataset_id, body)
    session.flush()
    if replaced is not None:
        background.add_task(blobs.delete, replaced)  # runs after the commit
    return Ingest.of(ingest)


@router.get(
    "/datasets/{dataset_id}/source", responses=responses(HTTPStatus.NOT_FOUND), summary="Get the source"
)
def get_source(session: ReadSession, dataset_id: WorkId) -> schemas.SourceState:
    """Where the dataset's images lie, and what the latest check found."""
    return service.get_state(session, dataset_id)


@router.patch(
    "/datasets/{dataset_id}/source",
    responses=responses(*JSON_BODY, *UNREADABLE, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Change how a source is read",
)
def change_source(
    session: WriteSession, settings: SettingsDep, dataset_id: WorkId, body: schemas.SourceChange
) -> schemas.SourceState:
    """Replace the keys of a bucket, which are tried first, or choose how browsers get its images."""
    service.change_source(session, settings, dataset_id, body)
    session.flush()
    return service.get_state(session, dataset_id)


@router.post(
    "/datasets/{dataset_id}/source/check",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Check the source",
)
def check_source(session: WriteSession, services: ServicesDep, dataset_id: WorkId) -> schemas.SourceCheck:
    """Compare the whole source with what was taken in: which images are new, changed or missing.

    Takes nothing in. `GET …/source` has the report once the check has succeeded.
    """
    return schemas.SourceCheck.of(service.start_check(session, services, dataset_id))


@router.post(
    "/datasets/{dataset_id}/source/additions",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Add what is new in the source",
)
def add_from_source(
    session: WriteSession, services: ServicesDep, dataset_id: WorkId, body: schemas.SourceAddition
) -> Ingest:
    """Take in the images that the source has and the dataset has not, and with `on_existing=update` those
    that changed. Files that look as they did are not read. `GET …/additions` has its progress.
    """
    ingest = service.add_from_source(session, services, dataset_id, body)
    session.flush()
    return Ingest.of(ingest)
