"""Issues: counts, ranked lists, groups of duplicates, similar images, the map."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from api.auth.access import CallerDep, sign
from api.deps import BlobsDep, ReadSession, SettingsDep, WriteSession
from api.issues import schemas, service
from api.issues.similar import find_similar
from api.pagination import CursorParameter, Limit, RowNumber
from api.problems import JSON_BODY, responses
from api.results.columns import MAX_COLUMN_ROWS
from api.results.service import get_ranking
from api.schemas import RowId, WorkId
from api.verification.schemas import Verification, VerificationList
from store.errors import NotFoundError
from store.models import IssueKind
from store.results.sample_map import with_decisions
from store.verification.record import newest_verification

router = APIRouter(
    prefix="/jobs/{job_id}", tags=["issues"], responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
)

Kind = Annotated[IssueKind, Path(description="The kind of issue.")]
GroupNumber = Annotated[int, Path(ge=1, lt=2**31, description="Number of the group, from 1.")]
MAP_RESPONSE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Little-endian columns, one after the other: the bytes `MSLGMAP1`; N as uint32 and 4 "
        "zero bytes; sample_id int64 [N], increasing; x float32 [N] and y float32 [N], 0..1; label_score "
        "float32 [N]; given int32 [N] and suggested int32 [N], indices of the dataset's classes; settled "
        "int32 [N], -1 = not settled; verdict uint8 [N]: 0 none, 1 correct, 2 wrong, 3 wrong_unknown, 4 "
        "unsure, 5 unusable; at the end `seen` int64, the dataset's newest verification: send it with "
        "decisions on these samples.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/issues", summary="Count a job's issues")
def get_issue_counts(session: ReadSession, job_id: WorkId) -> schemas.IssueCounts:
    """How many samples have each kind of issue besides label errors."""
    return service.count_issues(get_ranking(session, job_id))


def read_query(
    session: ReadSession, job_id: WorkId, kind: Kind, wanted: Annotated[schemas.IssueFilter, Query()]
) -> service.IssueQuery:
    """The list that the address names. Raises `NotFoundError`, `JobNotSucceededError`."""
    return service.IssueQuery(get_ranking(session, job_id), kind, wanted)


IssueQuery = Annotated[service.IssueQuery, Depends(read_query, scope="function")]


@router.get("/issues/{kind}", summary="List the samples with an issue")
def list_issues(
    session: ReadSession, query: IssueQuery, cursor: CursorParameter = None, limit: Limit = 50
) -> schemas.IssuePage:
    """The samples with one kind of issue, the worst first; duplicates group by group."""
    rows = service.list_issues(session, query, cursor, limit)
    page = schemas.IssuePage.build(
        rows,
        limit,
        lambda row: service.describe(query.ranking, row),
        lambda row: service.ISSUES.write(row[0].rank),
    )
    return page if cursor else page.model_copy(update={"total": service.count_listed(session, query)})


@router.get("/issues/{kind}/columns", summary="List the samples with an issue in columns")
def list_issue_columns(
    session: ReadSession,
    query: IssueQuery,
    after_rank: Annotated[
        RowNumber, Query(description="Only higher ranks: `next_rank` of the previous answer.")
    ] = 0,
    limit: Annotated[
        int, Query(ge=1, le=MAX_COLUMN_ROWS, description="Maximum number of samples.")
    ] = MAX_COLUMN_ROWS,
) -> schemas.IssueColumns:
    """The same with fewer fields per sample and many more samples per page."""
    return service.list_columns(session, query, after_rank, limit)


@router.get("/duplicates", summary="List groups of duplicates")
def list_duplicates(
    session: ReadSession,
    job_id: WorkId,
    wanted: Annotated[schemas.DuplicateFilter, Query()],
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> schemas.DuplicatePage:
    """Groups of samples that show the same picture, those whose labels disagree first."""
    ranking = get_ranking(session, job_id)
    seen = newest_verification(session, ranking.dataset.id)  # first: the groups are at least as new
    rows = service.list_groups(session, ranking, wanted, cursor, limit)
    shown = rows[:limit]
    return schemas.DuplicatePage(
        items=service.describe_groups(session, ranking, shown),
        next_cursor=service.GROUPS.write(shown[-1].number) if len(rows) > limit else None,
        total=service.count_groups(session, ranking, wanted),
        seen=str(seen),
    )


@router.get("/duplicates/{number}", summary="Get a group of duplicates")
def get_duplicate_group(session: ReadSession, job_id: WorkId, number: GroupNumber) -> schemas.DuplicateGroup:
    """One group with its members."""
    return service.get_group(session, get_ranking(session, job_id), number)


def read_decision(caller: CallerDep, body: schemas.GroupDecision) -> schemas.GroupDecision:
    """The decision, in the caller's own name. Raises `NotYourNameError`."""
    return sign(caller, body)


@router.post(
    "/duplicates/{number}/settle",
    status_code=HTTPStatus.CREATED,
    responses=responses(*JSON_BODY),
    summary="Settle a group of duplicates",
)
def settle_duplicate_group(
    session: WriteSession,
    settings: SettingsDep,
    job_id: WorkId,
    number: GroupNumber,
    body: Annotated[schemas.GroupDecision, Depends(read_decision)],
) -> VerificationList:
    """Give all members one label: a verification each, `correct` where it is the given label, else `wrong`.

    To undo it, withdraw these verifications.
    """
    ranking = get_ranking(session, job_id)
    added = service.settle_group(session, ranking, number, body, settings.review_lease)
    return VerificationList(items=[Verification.of(row, ranking.dataset.class_map.labels) for row in added])


@router.get("/samples/{sample_id}/similar", summary="List similar samples")
def list_similar(
    session: ReadSession, blobs: BlobsDep, job_id: WorkId, sample_id: RowId, limit: Limit = 50
) -> schemas.SimilarList:
    """The samples whose features are most like this one's."""
    ranking = get_ranking(session, job_id)
    seen = newest_verification(session, ranking.dataset.id)  # first: the samples are at least as new
    items = find_similar(session, blobs, ranking, sample_id, limit)
    return schemas.SimilarList(items=items, seen=str(seen))


@router.get("/map", response_class=Response, responses=MAP_RESPONSE, summary="Get the map")
def get_map(session: ReadSession, blobs: BlobsDep, job_id: WorkId) -> Response:
    """All samples in two dimensions of their features, where similar images lie close together."""
    job, dataset, _ = get_ranking(session, job_id)
    if job.map_key is None:
        raise NotFoundError("map for job", job.id)
    data = with_decisions(session, dataset, blobs.get(job.map_key))
    return Response(data, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})
