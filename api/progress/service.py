"""Measures the progress of the review of a job's ranking."""

import numpy as np
from sqlalchemy.orm import Session

from api.progress.schemas import ProgressBucket, ReviewProgress
from api.results.service import Ranking
from store.statistics.advice import LOOK_AHEAD, advise
from store.statistics.review_progress import Decisions, count_learned, expect_remaining, read_decisions

BUCKET_SIZE = 25
MAX_BUCKETS = 40


def review_progress(session: Session, ranking: Ranking) -> ReviewProgress:
    """The errors found over time, those expected to remain, and the advice."""
    job = ranking.job
    decisions = read_decisions(session, job.id)
    remaining = expect_remaining(session, job.id, ranking.acceptance.min_confidence, LOOK_AHEAD)
    learned = count_learned(session, job)
    size = choose_bucket_size(len(decisions.is_error))
    advice, reason = advise(decisions, remaining, learned)
    return ReviewProgress(
        reviewed=len(decisions.is_error),
        errors_found=int(decisions.is_error.sum()),
        bucket_size=size,
        buckets=_fill_buckets(decisions, size),
        expected_remaining_errors=remaining.errors,
        expected_next_hundred=remaining.next_errors,
        expected_label_accuracy=1 - remaining.errors / remaining.labels if remaining.labels else None,
        new_verified=learned.since,
        advice=advice,
        advice_reason=reason,
    )


def choose_bucket_size(decisions: int) -> int:
    """Decisions per bucket: 25, doubled until there are at most `MAX_BUCKETS`."""
    size = BUCKET_SIZE
    while decisions > size * MAX_BUCKETS:
        size *= 2
    return size


def _fill_buckets(decisions: Decisions, size: int) -> list[ProgressBucket]:
    starts = np.arange(0, len(decisions.is_error), size)
    if not len(starts):
        return []
    counts = np.diff(np.append(starts, len(decisions.is_error)))
    errors = np.add.reduceat(decisions.is_error.astype(np.int64), starts)
    expected = np.add.reduceat(decisions.expected, starts)
    return [
        ProgressBucket(reviewed=n, errors=found, expected=expectation)
        for n, found, expectation in zip(counts.tolist(), errors.tolist(), expected.tolist(), strict=True)
    ]
