"""Decides what to do next with a job's ranking, and says why."""

import numpy as np
from sqlalchemy.orm import Session

from api.progress.schemas import Advice, ProgressBucket, ReviewProgress
from api.results.service import Ranking
from store.review_progress import (
    Decisions,
    Learned,
    Remaining,
    count_learned,
    expect_remaining,
    read_decisions,
)

LOOK_AHEAD = 100
BUCKET_SIZE = 25
MAX_BUCKETS = 40

# A job learns noticeably more from this many more labels: a share of what it had, but not from a handful.
RERUN_SHARE = 0.25
RERUN_LEAST = 30
# Fewer errors than this in a hundred decisions are not worth them, once the expectation has been tried.
STOP_BELOW = 5
STOP_AFTER = 50


def review_progress(session: Session, ranking: Ranking) -> ReviewProgress:
    """The curve of errors found, what is left, and the advice."""
    job = ranking.job
    decisions = read_decisions(session, job.id)
    remaining = expect_remaining(session, job.id, ranking.acceptance.min_confidence, LOOK_AHEAD)
    learned = count_learned(session, job)
    size = choose_bucket_size(len(decisions.is_error))
    advice, reason = advise(len(decisions.is_error), remaining, learned)
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
    """25, doubled until a chart can show the buckets."""
    size = BUCKET_SIZE
    while decisions > size * MAX_BUCKETS:
        size *= 2
    return size


def advise(reviewed: int, remaining: Remaining, learned: Learned) -> tuple[Advice, str]:
    """What to do next, and why in a sentence.

    A re-run goes before stopping: a ranking that has little left to show may be one that knew little.
    """
    ahead = min(LOOK_AHEAD, remaining.unreviewed)
    expected = f"About {remaining.next_errors:.0f} errors are expected in the next {ahead} decisions"
    if not remaining.unreviewed:
        return Advice.STOP, "Every sample of this job has a verdict: there is nothing left to review."
    if learned.since >= max(RERUN_LEAST, RERUN_SHARE * learned.before):
        return Advice.RERUN, (
            f"{learned.since} labels were settled since this job learned from {learned.before}: a re-run "
            "from here ranks what is left anew."
        )
    if reviewed >= STOP_AFTER and remaining.next_errors < STOP_BELOW:
        return Advice.STOP, (
            f"{expected}, fewer than {STOP_BELOW}, and about {remaining.errors:.0f} among all "
            f"{remaining.labels} labels: more review will hardly pay."
        )
    return Advice.REVIEW, f"{expected}: go on."


def _fill_buckets(decisions: Decisions, size: int) -> list[ProgressBucket]:
    starts = np.arange(0, len(decisions.is_error), size)
    if not len(starts):
        return []
    counts = np.diff(np.append(starts, len(decisions.is_error)))
    errors = np.add.reduceat(decisions.is_error.astype(np.int64), starts)
    expected = np.add.reduceat(decisions.expected, starts)
    return [
        ProgressBucket(reviewed=n, errors=found, expected=hoped)
        for n, found, hoped in zip(counts.tolist(), errors.tolist(), expected.tolist(), strict=True)
    ]
