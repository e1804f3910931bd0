"""Several reviewers: audit log, comments, agreement, statistics per reviewer."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.access import CallerDep
from api.datasets.service import get_dataset, get_sample
from api.deps import ReadSession, WriteSession
from api.pagination import Cursor, CursorParameter, Limit, RowNumber
from api.problems import JSON_BODY, responses
from api.schemas import RowId, WorkId
from api.team import schemas
from store.statistics import audit_log
from store.statistics.agreement import measure_agreement
from store.statistics.reviewers import list_reviewers
from store.verification import bulk_withdrawal

router = APIRouter(tags=["review"], responses=responses(HTTPStatus.NOT_FOUND))

TRAIL = Cursor("verifications", RowNumber)
COMMENTS = Cursor("comments", RowNumber)


@router.get("/datasets/{dataset_id}/verifications", summary="List all decisions")
def list_decisions(
    session: ReadSession,
    dataset_id: WorkId,
    wanted: Annotated[schemas.TrailFilter, Query()],
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> schemas.TrailPage:
    """The audit log: all decisions about the dataset's samples, newest first, including withdrawn ones."""
    classes = get_dataset(session, dataset_id).class_map.labels
    before = None if cursor is None else TRAIL.read(cursor)[0]
    rows = audit_log.list_trail(session, dataset_id, wanted.to_store(), before, limit + 1)
    return schemas.TrailPage.build(
        rows,
        limit,
        lambda entry: schemas.TrailItem.of_entry(entry, classes),
        lambda entry: TRAIL.write(entry.verification.id),
    )


@router.get("/datasets/{dataset_id}/withdrawals/preview", summary="Preview a bulk withdrawal")
def preview_withdrawal(
    session: ReadSession, dataset_id: WorkId, wanted: Annotated[schemas.TrailFilter, Query()]
) -> schemas.WithdrawalPreview:
    """How many decisions would be taken back, on how many samples, and whose. Changes nothing."""
    get_dataset(session, dataset_id)
    previewed = bulk_withdrawal.preview_withdrawal(session, dataset_id, wanted.to_store())
    return schemas.WithdrawalPreview.model_validate(previewed, from_attributes=True)


@router.post(
    "/datasets/{dataset_id}/withdrawals",
    status_code=HTTPStatus.CREATED,
    responses=responses(*JSON_BODY, HTTPStatus.CONFLICT),
    summary="Take back many decisions",
)
def create_withdrawals(
    session: WriteSession, caller: CallerDep, dataset_id: WorkId, body: schemas.BulkWithdrawalCreate
) -> schemas.BulkWithdrawal:
    """Take back all decisions that match a filter, or none. The decisions before them are active again."""
    done = bulk_withdrawal.take_back(
        session,
        dataset_id,
        body.filter.to_store(),
        reviewer=caller.reviewer(body.reviewer),
        expected=body.expected,
    )
    return schemas.BulkWithdrawal(count=done.count, first_id=str(done.first_id), last_id=str(done.last_id))


@router.get("/samples/{sample_id}/comments", summary="List a sample's comments")
def list_sample_comments(session: ReadSession, sample_id: RowId) -> schemas.CommentList:
    """The comments on the sample, oldest first."""
    rows = audit_log.list_comments(session, int(sample_id))
    return schemas.CommentList(items=[schemas.Comment.of(row) for row in rows])


@router.post(
    "/samples/{sample_id}/comments",
    status_code=HTTPStatus.CREATED,
    responses=responses(*JSON_BODY, HTTPStatus.CONFLICT),
    summary="Comment on a sample",
)
def create_comment(
    session: WriteSession, caller: CallerDep, sample_id: RowId, body: schemas.CommentCreate
) -> schemas.Comment:
    """Add a comment to the sample for other reviewers."""
    sample, _ = get_sample(session, sample_id)
    reviewer = caller.reviewer(body.reviewer)
    return schemas.Comment.of(audit_log.add_comment(session, sample.id, reviewer, body.text))


@router.get("/datasets/{dataset_id}/comments", summary="List a dataset's comments")
def list_comments(
    session: ReadSession, dataset_id: WorkId, cursor: CursorParameter = None, limit: Limit = 50
) -> schemas.CommentPage:
    """The comments on the dataset's samples, newest first."""
    get_dataset(session, dataset_id)
    before = None if cursor is None else COMMENTS.read(cursor)[0]
    rows = audit_log.list_all_comments(session, dataset_id, before, limit + 1)
    return schemas.CommentPage.build(
        rows, limit, schemas.NamedComment.of_sample, lambda found: COMMENTS.write(found.comment.id)
    )


@router.get("/datasets/{dataset_id}/agreement", summary="Get agreement")
def get_agreement(session: ReadSession, dataset_id: WorkId) -> schemas.Agreement:
    """Agreement of reviewers beyond chance, overall and in pairs."""
    return schemas.Agreement.of(measure_agreement(session, get_dataset(session, dataset_id)))


@router.get("/datasets/{dataset_id}/reviewers", summary="List reviewers")
def get_reviewers(session: ReadSession, dataset_id: WorkId) -> schemas.ReviewerList:
    """Number, speed and accuracy of each reviewer's decisions."""
    dataset = get_dataset(session, dataset_id)
    classes, records = dataset.class_map.labels, list_reviewers(session, dataset)
    return schemas.ReviewerList(items=[schemas.ReviewerFigures.of(record, classes) for record in records])
