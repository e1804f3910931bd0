"""Verifications: bulk upload, single, batch, withdrawal, history, and the verified set."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool

from api.auth.access import CallerDep, sign
from api.body import media_type, read_body
from api.datasets.ready import ReadyDataset
from api.deps import ReadSession, Services, ServicesDep, SettingsDep, WriteSession
from api.problems import JSON_BODY, responses
from api.schemas import RowId, WorkId
from api.verification import schemas, service
from api.verification.parsing import ACCEPTED, parse_upload
from store.database.engine import session_scope
from store.verification.bulk_upload import upload_verifications as store_upload

router = APIRouter(tags=["verification"])

UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "description": "CSV or TSV with the header `file_name,label` (or `id,label`), one JSON object with "
        "these fields per line, or Parquet. Other encodings, delimiters and usual names of columns are read. "
        "A column `verdict` may accompany or replace `label`: `correct` (the "
        "given label is right), `wrong` (`label` is the right one) or `wrong_unknown` (no `label`).",
        "content": {name: {"schema": {"type": "string"}} for name in ACCEPTED},
    }
}


@router.post(
    "/datasets/{dataset_id}/verifications",
    responses=responses(
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ),
    openapi_extra=UPLOAD_BODY,
    summary="Upload verified labels",
)
async def upload_verifications(
    request: Request,
    services: ServicesDep,
    dataset: ReadyDataset,
    dry_run: Annotated[bool, Query(description="Only check the table; store nothing.")] = False,
) -> schemas.UploadOutcome:
    """Settle many samples at once: all lines, or none. An error lists every bad line."""
    kind = media_type(request, ACCEPTED)
    body = await read_body(request, services.settings.max_verification_bytes)
    return await run_in_threadpool(_upload, services, dataset.id, body, kind, dry_run)


@router.get(
    "/datasets/{dataset_id}/verified-set",
    responses=responses(HTTPStatus.NOT_FOUND),
    summary="Count the verified set",
)
def get_verified_set(session: ReadSession, dataset_id: WorkId) -> schemas.VerifiedSet:
    """Settled samples per class, and how many more a job needs."""
    return schemas.VerifiedSet.of(service.count(session, dataset_id))


@router.post(
    "/samples/{sample_id}/verifications",
    status_code=HTTPStatus.CREATED,
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Verify one sample",
)
def create_verification(
    session: WriteSession,
    settings: SettingsDep,
    caller: CallerDep,
    sample_id: RowId,
    body: schemas.VerificationCreate,
) -> schemas.Verification:
    """Store a decision about one sample. The verdict `withdrawn` withdraws the reviewer's latest decision.

    With `seen`, a decision that contradicts a newer one is refused: 409 `decided_meanwhile`, with both.
    """
    added, dataset = service.verify(session, sample_id, sign(caller, body), settings.review_lease)
    return schemas.Verification.of(added, dataset.class_map.labels)


@router.post(
    "/datasets/{dataset_id}/verifications/batch",
    status_code=HTTPStatus.CREATED,
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Verify many samples",
)
def create_verifications(
    session: WriteSession,
    settings: SettingsDep,
    caller: CallerDep,
    dataset: ReadyDataset,
    body: schemas.VerificationBatch,
) -> schemas.VerificationList:
    """Store decisions about many samples: all, or none. An error lists every bad item or every conflict."""
    added = service.verify_many(session, dataset, sign(caller, body), settings.review_lease)
    return schemas.VerificationList(
        items=[schemas.Verification.of(row, dataset.class_map.labels) for row in added]
    )


@router.post(
    "/verifications/{verification_id}/withdrawal",
    status_code=HTTPStatus.CREATED,
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Withdraw a verification",
)
def withdraw_verification(
    session: WriteSession,
    settings: SettingsDep,
    caller: CallerDep,
    verification_id: RowId,
    body: schemas.Withdrawal,
) -> schemas.Verification:
    """Withdraw one decision, regardless of when it was made. The decision before it is active again.

    With accounts, only managers withdraw the decisions of others.
    """
    service.require_withdrawal(session, caller, verification_id)
    reviewer = caller.reviewer(body.reviewer)
    added, dataset = service.withdraw(session, verification_id, reviewer, settings.review_lease)
    return schemas.Verification.of(added, dataset.class_map.labels)


@router.get(
    "/samples/{sample_id}/verifications",
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="List a sample's verifications",
)
def list_verifications(session: ReadSession, sample_id: RowId) -> schemas.VerificationHistory:
    """All verifications of the sample, oldest first."""
    rows, dataset = service.history(session, sample_id)
    return schemas.VerificationHistory(
        items=[schemas.Verification.of(row, dataset.class_map.labels) for row in rows]
    )


def _upload(
    services: Services, dataset_id: str, body: bytes, kind: str, dry_run: bool
) -> schemas.UploadOutcome:
    upload = parse_upload(body, kind)  # before the transaction: SQLite lets one write at a time
    with session_scope(services.engine) as session:
        outcome = store_upload(session, dataset_id, upload.rows, problems=upload.problems)
        counted = service.count(session, dataset_id)
        if dry_run:
            session.rollback()
    return schemas.UploadOutcome(
        accepted=outcome.accepted,
        unchanged=outcome.unchanged,
        notes=[*upload.notes, *outcome.notes],
        verified_set=schemas.VerifiedSet.of(counted),
    )
