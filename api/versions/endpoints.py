"""Named versions of a dataset: make, list, export again, compare, delete."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query

from api.auth.access import CallerDep, sign
from api.deps import BlobsDep, QueueDep, ReadSession, WriteSession
from api.exports import schemas as export_schemas
from api.exports.service import describe
from api.pagination import Cursor, CursorParameter, Limit, RowNumber
from api.problems import JSON_BODY, responses
from api.schemas import WorkId
from api.versions import comparison_schemas, schemas, service

router = APIRouter(tags=["versions"], responses=responses(HTTPStatus.NOT_FOUND))

DIFFERENCES = Cursor("differences", RowNumber)


@router.post(
    "/datasets/{dataset_id}/versions",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(*JSON_BODY, HTTPStatus.CONFLICT),
    summary="Name the present version",
)
def create_version(
    session: WriteSession, queue: QueueDep, caller: CallerDep, dataset_id: WorkId, body: schemas.VersionCreate
) -> schemas.Version:
    """Store the present images, labels, decisions and comments under a name, in the background."""
    return schemas.Version.of(service.create_version(session, queue, dataset_id, sign(caller, body)))


@router.get("/datasets/{dataset_id}/versions", summary="List the versions of a dataset")
def list_versions(session: ReadSession, dataset_id: WorkId) -> schemas.VersionList:
    """The dataset's present version, and its named ones."""
    present, rows = service.list_versions(session, dataset_id)
    return schemas.VersionList(present=present, items=[schemas.Version.of(row) for row in rows])


@router.get("/versions/{version_id}", summary="Get a version")
def get_version(session: ReadSession, version_id: WorkId) -> schemas.Version:
    """A named version, and the progress of storing it."""
    return schemas.Version.of(service.get_version(session, version_id))


@router.delete(
    "/versions/{version_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(HTTPStatus.CONFLICT),
    summary="Delete a version",
)
def delete_version(
    session: WriteSession, blobs: BlobsDep, background: BackgroundTasks, version_id: WorkId
) -> None:
    """Delete a version with its exports and comparisons. The dataset stays as it is."""
    for key in service.delete_version(session, version_id):
        background.add_task(blobs.delete, key)  # runs after the commit


@router.post(
    "/versions/{version_id}/exports",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(*JSON_BODY, HTTPStatus.CONFLICT),
    summary="Export a version",
)
def create_version_export(
    session: WriteSession, queue: QueueDep, version_id: WorkId, body: export_schemas.ExportCreate
) -> export_schemas.Export:
    """Build a file from the version in the background. The same request gives the same bytes at any time."""
    return export_schemas.Export.of(
        describe(session, service.create_export(session, queue, version_id, body))
    )


@router.get("/versions/{version_id}/exports", summary="List a version's exports")
def list_version_exports(session: ReadSession, version_id: WorkId) -> export_schemas.ExportList:
    """The version's exports, newest first."""
    rows = service.list_exports(session, version_id)
    return export_schemas.ExportList(items=[export_schemas.Export.of(describe(session, row)) for row in rows])


@router.post(
    "/versions/{version_id}/comparisons",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(*JSON_BODY, HTTPStatus.CONFLICT),
    summary="Compare a version",
)
def create_version_comparison(
    session: WriteSession, queue: QueueDep, version_id: WorkId, body: comparison_schemas.ComparisonCreate
) -> comparison_schemas.VersionComparison:
    """Find what changed since the version, in the background: until another version, or until now.

    A comparison that is still true is returned instead of another one.
    """
    row = service.create_comparison(session, queue, version_id, body.after_id)
    return comparison_schemas.VersionComparison.of(row)


@router.get("/version-comparisons/{comparison_id}", summary="Get a comparison of versions")
def get_version_comparison(
    session: ReadSession, comparison_id: WorkId
) -> comparison_schemas.VersionComparison:
    """Its progress, and numbers of differences by kind, class and person."""
    return comparison_schemas.VersionComparison.of(service.get_comparison(session, comparison_id))


@router.get("/version-comparisons/{comparison_id}/differences", summary="List differences of versions")
def list_version_differences(
    session: ReadSession,
    comparison_id: WorkId,
    wanted: Annotated[comparison_schemas.DifferenceFilter, Query()],
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> comparison_schemas.DifferencePage:
    """What changed, image by image: from what, to what, by whom, when, why. Empty until it is made."""
    after = -1 if cursor is None else DIFFERENCES.read(cursor)[0]
    rows = service.find_differences(session, comparison_id, wanted, after, limit + 1)
    return comparison_schemas.DifferencePage.build(
        rows, limit, comparison_schemas.Difference.of, lambda row: DIFFERENCES.write(row.number)
    )
