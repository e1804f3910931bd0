"""Advises whether to continue with a ranking, start another job, or stop."""

from enum import StrEnum
from typing import NamedTuple

from store.statistics.review_progress import Decisions, Learned, Remaining


class Advice(StrEnum):
    """What to do next."""

    REVIEW = "review"
    """Continue with this ranking."""
    RERUN = "rerun"
    """Start another job: there are many new labels to learn from."""
    STOP = "stop"
    """Few errors remain."""


LOOK_AHEAD = 100
LOOK_BACK = 100

# New labels that make another job worthwhile: a share of those it learned from, and at least this many.
RERUN_SHARE = 0.25
RERUN_LEAST = 30
# Review stops to pay below this many expected errors in a hundred decisions, once enough were made.
STOP_BELOW = 5
STOP_AFTER = 50
# Pseudo-count added to errors found and errors expected: it keeps the ratio of small counts near 1.
PSEUDO_ERRORS = 2.0


class Outlook(NamedTuple):
    """Forecast for the next `ahead` decisions: errors `expected` by the job, and `corrected` by experience.

    The correction compares the errors `found` by the last `back` decisions with those the job expected there.
    """

    ahead: int
    expected: float
    corrected: float
    back: int
    found: int

    @property
    def sentence(self) -> str:
        """The forecast in a sentence; names the job's own expectation only if it differs."""
        forecast = f"Expected errors in the next {self.ahead} decisions: about {self.corrected:.0f}"
        if f"{self.corrected:.0f}" == f"{self.expected:.0f}":
            return f"{forecast}."
        return (
            f"{forecast} (the job expects {self.expected:.0f}, but the last {self.back} decisions found "
            f"{self.found} errors, more than it expected)."
        )


def look_ahead(decisions: Decisions, remaining: Remaining) -> Outlook:
    """Correct the job's expectation by the latest decisions, upwards only; without decisions, leave it."""
    is_error, expected = decisions.is_error[-LOOK_BACK:], decisions.expected[-LOOK_BACK:]
    factor = max(1.0, (float(is_error.sum()) + PSEUDO_ERRORS) / (float(expected.sum()) + PSEUDO_ERRORS))
    return Outlook(
        ahead=min(LOOK_AHEAD, remaining.unreviewed),
        expected=remaining.next_errors,
        corrected=remaining.next_errors * factor,
        back=len(is_error),
        found=int(is_error.sum()),
    )


def advise(decisions: Decisions, remaining: Remaining, learned: Learned) -> tuple[Advice, str]:
    """What to do next, and a sentence that explains why.

    A re-run takes precedence over stopping: a ranking that expects few errors may have learned from few
    labels. It does not if the latest decisions found almost no errors, which holds for any ranking.
    """
    if not remaining.unreviewed:
        return Advice.STOP, "Every sample of this job has a verdict."
    outlook = look_ahead(decisions, remaining)
    little_left = len(decisions.is_error) >= STOP_AFTER and outlook.corrected < STOP_BELOW
    much_learned = learned.since >= max(RERUN_LEAST, RERUN_SHARE * learned.before)
    if much_learned and not (little_left and outlook.found < STOP_BELOW):
        return Advice.RERUN, (
            f"{learned.since} labels were settled since this job learned from {learned.before}: a re-run "
            "ranks the remaining samples again."
        )
    if little_left:
        return Advice.STOP, (
            f"{outlook.sentence} About {remaining.errors:.0f} of the {remaining.labels} corrected labels are "
            "expected to be wrong. More review will hardly pay."
        )
    return Advice.REVIEW, f"{outlook.sentence} Continue."
