"""Everything a job learned about one sample."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.results import schemas
from api.results.service import Ranking, describe, get_result
from mslg_rules.class_map import ClassMap
from store.database.class_columns import is_class
from store.models import Sample
from store.results.results import unpack_neighbours, unpack_trajectory
from store.verification.record import newest_verification


def detail(session: Session, ranking: Ranking, sample_id: str) -> schemas.ResultDetail:
    """One sample's result with its prediction history and its nearest verified neighbours.

    Raises `NotFoundError`.
    """
    seen = newest_verification(session, ranking.dataset.id)  # first: the result is at least as new
    result, sample = get_result(session, ranking, sample_id)
    classes = ranking.dataset.class_map
    of_given, of_suggested = unpack_neighbours(result.neighbours)
    return schemas.ResultDetail(
        **dict(describe(ranking, result, sample)),
        confidence=result.confidence,
        trajectory=[
            schemas.TrajectoryPoint(given=given, suggested=suggested)
            for given, suggested in unpack_trajectory(result.trajectory)
        ],
        neighbours=schemas.Neighbours(
            given=_neighbours(session, of_given, result.given, classes),
            suggested=_neighbours(session, of_suggested, result.suggested, classes),
        ),
        seen=str(seen),
    )


def _neighbours(
    session: Session, sample_ids: tuple[int, ...], label: int, classes: ClassMap
) -> list[schemas.Neighbour]:
    """The neighbours still settled as `label`: decisions may have changed since the job."""
    is_settled = is_class(Sample.settled_label, classes, classes.read(label))
    statement = select(Sample.id, Sample.file_name).where(Sample.id.in_(sample_ids), is_settled)
    names = {row.id: row.file_name for row in session.execute(statement)}
    return [schemas.Neighbour(sample_id=str(i), file_name=names[i]) for i in sample_ids if i in names]
