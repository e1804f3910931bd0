"""How many results match a filter. Where the database keeps the count, nothing is counted for it."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from api.results import schemas
from api.results.service import Ranking, Rows, filtered
from store.models import Result
from store.results.result_counts import ResultCounts, count_accepted, read_counts

KEPT = frozenset({"reviewed", "verdict", "issue", "sort", "descending"})
"""Fields of a filter whose combinations are kept; the order of a list does not change its length."""
OF_RESULTS = frozenset(
    {"given", "suggested", "score_min", "score_max", "rank_max", "issue", "sort", "descending"}
)
"""Fields that name columns of `Result` alone."""


def count_results(session: Session, ranking: Ranking, wanted: schemas.ResultFilter) -> int:
    """The number of results that match the filter. Raises `InvalidError`."""
    filtered(session, ranking, wanted)  # an invalid filter is refused, however it is counted
    used = wanted.model_fields_set - {name for name, value in wanted if value in (None, [])}
    if not ranking.dataset.class_map.merged:
        counts = read_counts(session, ranking.job.id)
        if used <= KEPT:
            return _count_kept(counts, wanted)
        if used <= {"changed_by_model", "sort", "descending"}:
            return _count_changed(session, ranking, counts, changed=bool(wanted.changed_by_model))
    statement = filtered(session, ranking, wanted)
    if used <= OF_RESULTS and not ranking.dataset.num_removed:
        # Without the samples, which all are present, an index has all it takes.
        return session.scalar(_of_results_alone(statement)) or 0
    return session.scalar(statement.with_only_columns(func.count())) or 0


def _count_kept(counts: ResultCounts, wanted: schemas.ResultFilter) -> int:
    return counts.count(decided=wanted.reviewed, verdict=wanted.verdict, flagged=wanted.issue)


def _count_changed(session: Session, ranking: Ranking, counts: ResultCounts, *, changed: bool) -> int:
    threshold = ranking.acceptance.min_confidence
    accepted = 0 if threshold is None else count_accepted(session, ranking.job.id, counts, threshold).num
    return accepted if changed else counts.count() - accepted


def _of_results_alone(statement: Rows) -> Select[int]:
    condition = statement.whereclause
    return select(func.count()).select_from(Result).where(*([] if condition is None else [condition]))
