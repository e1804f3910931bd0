"""Counts a job's results, and what is expected of them. The database keeps the counts itself, see
`ResultCount`; `recount_results` counts them anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from mslg_rules.corrected_label import UNLABELLED
from mslg_rules.verdict import Verdict
from store.models.dataset import Sample
from store.models.result import CONFIDENCE_BINS, DecidedResult, Result, ResultCount

BILLION = 1_000_000_000
UNDECIDED = ("", Verdict.UNSURE)


class Expectation(NamedTuple):
    """Of present results: their number, and the expected numbers of wrong given labels and suggestions."""

    num: int = 0
    wrong_given: float = 0.0
    wrong_suggested: float = 0.0

    @classmethod
    def total(cls, parts: "Iterable[Expectation]") -> "Expectation":
        """All parts together."""
        columns = list(zip(*parts, strict=True)) or [(0,), (0.0,), (0.0,)]
        return cls(sum(columns[0]), sum(columns[1]), sum(columns[2]))


@dataclass(frozen=True, slots=True)
class ResultCounts:
    """The kept counts of one job, by verdict (empty without one), flag and bin of confidence."""

    parts: dict[tuple[str, bool, int], Expectation]

    def count(
        self, *, decided: bool | None = None, verdict: str | None = None, flagged: bool | None = None
    ) -> int:
        """How many results match; None: any."""
        return sum(
            part.num
            for (own, is_issue, _), part in self.parts.items()
            if decided in (None, own != "") and verdict in (None, own) and flagged in (None, is_issue)
        )

    @property
    def labels(self) -> int:
        """Samples that have a corrected label."""
        return sum(part.num for (verdict, _, _), part in self.parts.items() if verdict not in UNLABELLED)

    @property
    def undecided(self) -> Expectation:
        """Samples that nobody decided."""
        return Expectation.total(part for key, part in self.parts.items() if key[0] in UNDECIDED)

    def above(self, bin_number: int) -> Expectation:
        """Flagged samples that nobody decided, with confidences in higher bins than this one."""
        return Expectation.total(part for key, part in self.parts.items() if key[2] > bin_number)


def is_undecided() -> ColumnElement[bool]:
    """On a `Sample`: whether no reviewer or upload decides its corrected label."""
    return or_(Sample.verdict.is_(None), Sample.verdict == Verdict.UNSURE)


def read_counts(session: Session, job_id: str) -> ResultCounts:
    """The counts of a job."""
    rows = session.scalars(select(ResultCount).where(ResultCount.job_id == job_id, ResultCount.num != 0))
    return ResultCounts(
        {
            (row.verdict, row.is_label_issue, row.bin): Expectation(
                row.num, row.wrong_given / BILLION, row.wrong_suggested / BILLION
            )
            for row in rows
        }
    )


def count_accepted(session: Session, job_id: str, counts: ResultCounts, min_confidence: float) -> Expectation:
    """The flagged samples that nobody decided, with at least this confidence. Of its own bin, the results are
    read.
    """
    lowest = int(min_confidence * CONFIDENCE_BINS)
    in_bin = (
        select(func.count(), func.sum(1 - Result.label_score), func.sum(1 - Result.confidence))
        .join(Sample, Sample.id == Result.sample_id)
        .where(
            Result.job_id == job_id,
            Result.is_label_issue,
            Result.confidence >= min_confidence,
            Result.confidence < (lowest + 1) / CONFIDENCE_BINS,
            is_undecided(),
        )
    )
    num, given, suggested = session.execute(in_bin).one()
    return Expectation.total([counts.above(lowest), Expectation(num, given or 0.0, suggested or 0.0)])


def recount_results(session: Session, job_id: str | None = None) -> None:
    """Replace the kept counts of a job, or of all jobs, by a recount."""
    for model, counted in (
        (DecidedResult, _decided()),
        (ResultCount, _counted(session.get_bind().dialect.name)),
    ):
        of_job = () if job_id is None else (model.job_id == job_id,)
        rows = counted if job_id is None else counted.where(Result.job_id == job_id)
        session.execute(delete(model).where(*of_job))
        names = [column.name for column in model.__table__.columns]
        session.execute(insert(model).from_select(names, rows))


def miscounted_jobs(session: Session) -> set[str]:
    """The jobs whose kept counts differ from a recount."""
    columns = ResultCount.__table__.columns
    kept: set[tuple[Any, ...]] = {
        tuple(row) for row in session.execute(select(*columns).where(ResultCount.num != 0))
    }
    counted = {tuple(row) for row in session.execute(_counted(session.get_bind().dialect.name))}
    decided_columns = DecidedResult.__table__.columns
    decided: set[tuple[Any, ...]] = {tuple(row) for row in session.execute(select(*decided_columns))}
    wrong = decided ^ {tuple(row) for row in session.execute(_decided())}
    return {row[0] for row in kept ^ counted} | {row[1] for row in wrong}


def _present(*columns: Any) -> Select[*tuple[Any, ...]]:
    joined = select(*columns).join_from(Result, Sample, Sample.id == Result.sample_id)
    return joined.where(Sample.removed_at.is_(None))


def _decided() -> Select[*tuple[Any, ...]]:
    """The rows of `DecidedResult`."""
    rows = _present(Result.sample_id, Result.job_id, Result.rank, Sample.verdict)
    return rows.where(Sample.verdict.is_not(None))


def _counted(dialect: str) -> Select[*tuple[Any, ...]]:
    """The rows of `ResultCount`."""
    scaled = Result.confidence * CONFIDENCE_BINS
    # The cast of SQLite cuts off, that of Postgres rounds.
    own_bin = cast(func.floor(scaled) if dialect == "postgresql" else scaled, Integer)
    key = (
        Result.job_id,
        func.coalesce(func.substr(Sample.verdict, 1), ""),
        Result.is_label_issue,
        case((and_(Result.is_label_issue, is_undecided()), own_bin), else_=literal(-1)),
    )
    wrong = (_billionths(1 - Result.label_score), _billionths(1 - Result.confidence))
    return _present(*key, func.count(), *map(func.sum, wrong)).group_by(*key)


def _billionths(share: ColumnElement[float]) -> ColumnElement[int]:
    return cast(func.round(share * BILLION), ResultCount.num.type)
