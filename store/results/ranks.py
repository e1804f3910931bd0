"""Finds ranks by label score: the ranks of a job are 1 to N in the order of the scores, so two halvings of an
index replace an index on the score.
"""

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import Session

from store.models.result import Result


def rank_range(
    session: Session, job_id: str, score_min: float | None, score_max: float | None
) -> tuple[ColumnElement[bool], ...]:
    """On a `Result`: whether its label score is in the range, as a condition that the ranks' index serves."""
    conditions = []
    if score_min is not None:
        conditions.append(Result.rank >= first_rank(session, job_id, Result.label_score >= score_min))
    if score_max is not None:
        conditions.append(Result.rank < first_rank(session, job_id, Result.label_score > score_max))
    return tuple(conditions)


def first_rank(session: Session, job_id: str, is_beyond: ColumnElement[bool]) -> int:
    """The first rank whose result is `is_beyond`, as all later ones are; one past the last if none is."""
    last = select(func.coalesce(func.max(Result.rank), 0)).where(Result.job_id == job_id).scalar_subquery()
    ends = select(literal(1).label("low"), (last + 1).label("high")).cte("ends", recursive=True)
    middle = (ends.c.low + ends.c.high) // 2
    beyond = (
        select(is_beyond)
        .where(Result.job_id == job_id, Result.rank == middle)
        .correlate(ends)
        .scalar_subquery()
    )
    halved = select(
        case((beyond, ends.c.low), else_=middle + 1), case((beyond, middle), else_=ends.c.high)
    ).where(ends.c.low < ends.c.high)
    ends = ends.union_all(halved)
    return session.scalar(select(ends.c.low).where(ends.c.low >= ends.c.high)) or 1
