"""Whether to go on with a ranking, start another job, or stop."""

import numpy as np
import pytest

from store.statistics.advice import Advice, advise, look_ahead
from store.statistics.review_progress import Decisions, Learned, Remaining

FEW, MANY = Learned(before=100, since=0), Learned(before=100, since=30)


def decide(count: int, found: int, expected: float) -> Decisions:
    """So many decisions, of which the last ones found errors where so many were expected in all."""
    is_error = np.arange(count) >= count - found
    return Decisions(is_error, np.full(count, expected / max(count, 1)))


def left(next_errors: float, unreviewed: int = 900) -> Remaining:
    """What is still to be reviewed."""
    return Remaining(errors=12.0, labels=1000, unreviewed=unreviewed, next_errors=next_errors)


@pytest.mark.parametrize(
    ("decisions", "remaining", "learned", "advice"),
    [
        (decide(0, 0, 0), left(60), FEW, Advice.REVIEW),
        (decide(50, 50, 50), left(5), FEW, Advice.REVIEW),
        (decide(49, 49, 49), left(1), FEW, Advice.REVIEW),
        (decide(50, 50, 50), left(4.9), FEW, Advice.STOP),
        # twice as many errors as expected: the expectation is not to be trusted
        (decide(100, 48, 23), left(3), FEW, Advice.REVIEW),
        (decide(100, 48, 23), left(2), FEW, Advice.STOP),
        (decide(100, 10, 50), left(5.1), FEW, Advice.REVIEW),
        # only the last hundred count
        (decide(200, 100, 200), left(4.9), FEW, Advice.STOP),
        (decide(50, 50, 50), left(60), MANY, Advice.RERUN),
        (decide(50, 50, 50), left(4.9), MANY, Advice.RERUN),
        (decide(100, 5, 5), left(1), MANY, Advice.RERUN),
        (decide(100, 4, 4), left(1), MANY, Advice.STOP),
        (decide(49, 0, 0), left(1), MANY, Advice.RERUN),
        (decide(50, 50, 50), left(60), Learned(100, 29), Advice.REVIEW),
        (decide(50, 50, 50), left(60), Learned(400, 99), Advice.REVIEW),
        (decide(50, 50, 50), left(60), Learned(400, 100), Advice.RERUN),
        (decide(50, 50, 50), left(0, unreviewed=0), Learned(100, 900), Advice.STOP),
        (decide(0, 0, 0), left(0, unreviewed=0), FEW, Advice.STOP),
    ],
)
def test_advice(decisions: Decisions, remaining: Remaining, learned: Learned, advice: Advice) -> None:
    given, reason = advise(decisions, remaining, learned)
    assert given is advice
    assert reason.endswith(".")


def test_the_reason_has_the_figures() -> None:
    assert advise(decide(0, 0, 0), left(60), FEW)[1] == (
        "Expected errors in the next 100 decisions: about 60. Continue."
    )
    assert advise(decide(100, 48, 23), left(3), FEW)[1] == (
        "Expected errors in the next 100 decisions: about 6 (the job expects 3, but the last 100 "
        "decisions found 48 errors, more than it expected). Continue."
    )
    assert (
        "About 12 of the 1000 corrected labels are expected to be wrong."
        in advise(decide(50, 50, 50), left(1), FEW)[1]
    )
    assert (
        "130 labels were settled since this job learned from 100"
        in (advise(decide(50, 50, 50), left(60), Learned(100, 130))[1])
    )


def test_looking_ahead_ends_with_the_ranking() -> None:
    outlook = look_ahead(decide(30, 3, 3), left(7, unreviewed=40))
    assert outlook == (40, 7, 7, 30, 3)
