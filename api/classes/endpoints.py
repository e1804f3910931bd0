"""Classes of a dataset: list, add, change, order, merge, remove."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.access import CallerDep
from api.classes import schemas
from api.datasets.ready import ReadyDataset
from api.datasets.service import get_dataset
from api.deps import ReadSession, WriteSession
from api.problems import JSON_BODY, responses
from api.schemas import WorkId
from api.verification.schemas import Reviewer
from store.changes import class_edits, splitting

router = APIRouter(
    prefix="/datasets/{dataset_id}/classes", tags=["datasets"], responses=responses(HTTPStatus.NOT_FOUND)
)
CHANGES = responses(*JSON_BODY, HTTPStatus.CONFLICT)

ClassIndex = Annotated[int, Path(ge=0, le=2**31 - 1, description="The index of the class.")]
ReviewerParameter = Annotated[Reviewer, Query(description="Who makes the change, for the log.")]


@router.get("", summary="List the classes")
def list_classes(session: ReadSession, dataset_id: WorkId) -> schemas.ClassList:
    """All classes with what is set for them, also those that were merged or removed."""
    return schemas.ClassList.of(get_dataset(session, dataset_id))


@router.post("", status_code=HTTPStatus.CREATED, responses=CHANGES, summary="Add a class")
def add_class(
    session: WriteSession, caller: CallerDep, dataset: ReadyDataset, body: schemas.ClassCreate
) -> schemas.ClassList:
    """Add a class, which reviewers can choose from now on. Jobs learn it once samples are settled as it."""
    class_edits.add_class(session, dataset.id, body.name, body.values(), caller.reviewer(body.reviewer))
    return schemas.ClassList.of(get_dataset(session, dataset.id))


@router.post(
    "/split", status_code=HTTPStatus.CREATED, responses=CHANGES, summary="Split a class off a selection"
)
def split_class(
    session: WriteSession, caller: CallerDep, dataset: ReadyDataset, body: schemas.ClassSplit
) -> schemas.ClassList:
    """Add a class, and decide that these images are of it. Their given labels stay.

    The undo withdraws the decisions and removes the class.
    """
    splitting.split_class(
        session,
        dataset.id,
        body.name,
        list(map(int, body.sample_ids)),
        values=body.values(),
        reviewer=caller.reviewer(body.reviewer),
        job_id=body.job_id,
    )
    return schemas.ClassList.of(get_dataset(session, dataset.id))


@router.patch("/{index}", responses=CHANGES, summary="Change a class")
def change_class(
    session: WriteSession,
    caller: CallerDep,
    dataset: ReadyDataset,
    index: ClassIndex,
    body: schemas.ClassChange,
) -> schemas.ClassList:
    """Rename a class, or set its colour, key, description or guideline."""
    class_edits.change_class(session, dataset.id, index, body.values(), caller.reviewer(body.reviewer))
    return schemas.ClassList.of(get_dataset(session, dataset.id))


@router.put("/order", responses=CHANGES, summary="Order the classes")
def order_classes(
    session: WriteSession, caller: CallerDep, dataset: ReadyDataset, body: schemas.ClassOrder
) -> schemas.ClassList:
    """Set the order in which classes are shown, numbered and exported."""
    class_edits.reorder_classes(session, dataset.id, body.indices, caller.reviewer(body.reviewer))
    return schemas.ClassList.of(get_dataset(session, dataset.id))


@router.post("/{index}/merge", responses=CHANGES, summary="Merge a class into another one")
def merge_class(
    session: WriteSession, caller: CallerDep, dataset: ReadyDataset, index: ClassIndex, body: schemas.Merge
) -> schemas.ClassList:
    """Read all labels of the class as another one: given and settled ones, suggestions and decisions.

    No label is rewritten, so that the undo is exact. Decisions made in between stay as they were made.
    """
    class_edits.merge_classes(session, dataset.id, index, body.into, caller.reviewer(body.reviewer))
    return schemas.ClassList.of(get_dataset(session, dataset.id))


@router.delete("/{index}", responses=responses(HTTPStatus.CONFLICT), summary="Remove a class")
def remove_class(
    session: WriteSession,
    caller: CallerDep,
    dataset: ReadyDataset,
    index: ClassIndex,
    reviewer: ReviewerParameter = "",
) -> schemas.ClassList:
    """Remove a class that no label and no decision is of."""
    class_edits.remove_class(session, dataset.id, index, caller.reviewer(reviewer))
    return schemas.ClassList.of(get_dataset(session, dataset.id))
