"""Whether to go on with a ranking, start another job, or stop."""

from typing import NamedTuple

from api.progress.schemas import Advice
from store.statistics.review_progress import Decisions, Learned, Remaining

LOOK_AHEAD = 100
LOOK_BACK = 100

# A job learns noticeably more from this many more labels: a share of what it had, but not from a handful.
RERUN_SHARE = 0.25
RERUN_LEAST = 30
# Fewer errors than this in a hundred decisions are not worth them, once the expectation has been tried.
STOP_BELOW = 5
STOP_AFTER = 50
# Errors added to both those found and those expected: with few of either, their ratio says little.
PSEUDO_ERRORS = 2.0


class Outlook(NamedTuple):
    """What the next `ahead` decisions will find: `expected` errors according to the job; `corrected` is that
    times how often the last `back` decisions found errors where the job expected none. They `found` so many.
    """

    ahead: int
    expected: float
    corrected: float
    back: int
    found: int

    @property
    def said(self) -> str:
        """In words; the job's own expectation only where the correction shows."""
        words = f"Errors to be expected in the next {self.ahead} decisions: about {self.corrected:.0f}"
        if f"{self.corrected:.0f}" == f"{self.expected:.0f}":
            return f"{words}."
        return (
            f"{words} (the job says {self.expected:.0f}, but the last {self.back} decisions found "
            f"{self.found}, more than it said)."
        )


def look_ahead(decisions: Decisions, remaining: Remaining) -> Outlook:
    """Correct the job's expectation by the newest decisions: upwards only, and not before there are any."""
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
    """What to do next, and why in a sentence.

    A re-run goes before stopping, since a ranking with little left to show may be one that knew little;
    unless the newest decisions themselves have found next to nothing, which speaks for any ranking.
    """
    if not remaining.unreviewed:
        return Advice.STOP, "Every sample of this job has a verdict: there is nothing left to review."
    outlook = look_ahead(decisions, remaining)
    little_left = len(decisions.is_error) >= STOP_AFTER and outlook.corrected < STOP_BELOW
    much_learned = learned.since >= max(RERUN_LEAST, RERUN_SHARE * learned.before)
    if much_learned and not (little_left and outlook.found < STOP_BELOW):
        return Advice.RERUN, (
            f"{learned.since} labels were settled since this job learned from {learned.before}: a re-run "
            "from here ranks what is left anew."
        )
    if little_left:
        return Advice.STOP, (
            f"{outlook.said} Wrong ones among all {remaining.labels} corrected labels: about "
            f"{remaining.errors:.0f}. More review will hardly pay."
        )
    return Advice.REVIEW, f"{outlook.said} Go on."
