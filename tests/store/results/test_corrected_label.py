"""The corrected label: the reviewers', else an accepted suggestion, else the given one."""

import pytest
from sqlalchemy import Engine, select

from mslg_rules.class_map import UNCHANGED
from mslg_rules.corrected_label import CorrectedBy
from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore
from store.models import Result, Sample, Verdict
from store.results.corrected_label import correct, is_corrected_by_model
from store.results.result_counts import is_undecided
from store.verification.record import verify
from tests.factories import get_samples, make_dataset, make_succeeded_job

GIVEN, SUGGESTED, SETTLED = 0, 1, 2
CONFIDENCE = 0.75
ALL, NOTHING = 0.0, None


@pytest.mark.parametrize(
    ("verdict", "settled", "issue", "min_confidence", "expected"),
    [
        (None, None, False, NOTHING, (GIVEN, CorrectedBy.NONE)),
        (None, None, True, NOTHING, (GIVEN, CorrectedBy.NONE)),
        (None, None, False, ALL, (GIVEN, CorrectedBy.NONE)),
        (None, None, True, ALL, (SUGGESTED, CorrectedBy.MODEL)),
        (None, None, True, CONFIDENCE, (SUGGESTED, CorrectedBy.MODEL)),
        (None, None, True, CONFIDENCE + 0.01, (GIVEN, CorrectedBy.NONE)),
        (Verdict.UNSURE, None, True, ALL, (SUGGESTED, CorrectedBy.MODEL)),
        (Verdict.WRONG, SETTLED, True, ALL, (SETTLED, CorrectedBy.PERSON)),
        (Verdict.CORRECT, GIVEN, True, ALL, (GIVEN, CorrectedBy.PERSON)),
        (Verdict.UNUSABLE, None, True, ALL, (None, CorrectedBy.PERSON)),
        (Verdict.WRONG_UNKNOWN, None, True, ALL, (None, CorrectedBy.PERSON)),
    ],
)
def test_corrected_label(
    verdict: Verdict | None,
    settled: int | None,
    issue: bool,
    min_confidence: float | None,
    expected: tuple[int | None, CorrectedBy],
) -> None:
    corrected = correct(
        given=GIVEN,
        suggested=SUGGESTED,
        is_label_issue=issue,
        confidence=CONFIDENCE,
        min_confidence=min_confidence,
        verdict=verdict,
        settled_label=settled,
    )
    assert corrected == expected


@pytest.mark.parametrize("min_confidence", [None, 0.0, 0.5, 0.95])
def test_sql_follows_the_same_rule(engine: Engine, blobs: BlobStore, min_confidence: float | None) -> None:
    verdicts = [v for v in Verdict if v is not Verdict.WITHDRAWN]
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=24)
        job = make_succeeded_job(session, dataset)
        for verdict, sample in zip(verdicts, get_samples(session, dataset)[::3], strict=False):
            verify(session, sample.id, verdict, label=2 if verdict is Verdict.WRONG else None)
    with session_scope(engine) as session:
        for result in session.scalars(select(Result).where(Result.job_id == job.id, Result.rank % 2 == 0)):
            result.confidence = 0.4
    with session_scope(engine, read_only=True) as session:
        rows = session.execute(
            select(Result, Sample, is_corrected_by_model(min_confidence, UNCHANGED), is_undecided())
            .join(Sample, Sample.id == Result.sample_id)
            .where(Result.job_id == job.id)
        ).all()
    assert len(rows) == 24
    for result, sample, by_model, undecided in rows:
        corrected = correct(
            given=result.given,
            suggested=result.suggested,
            is_label_issue=result.is_label_issue,
            confidence=result.confidence,
            min_confidence=min_confidence,
            verdict=sample.verdict,
            settled_label=sample.settled_label,
        )
        assert by_model == (corrected.by is CorrectedBy.MODEL)
        assert undecided == (corrected.by is not CorrectedBy.PERSON)
