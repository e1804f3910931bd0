"""Decides whether the suggestions of flagged samples are applied, by a sign test on verified samples.

Applying a suggestion fixes a wrong label or breaks a right one. Both are counted on verified samples, whose
suggestions are made as if they were not verified. See docs/decisions/0003-auto-accept.md.
"""

from dataclasses import dataclass
from typing import NamedTuple

from mslg_core.ranking.metrics import FixesAndBreaks, Ints, fixes_and_breaks
from mslg_core.ranking.verified import Verified
from mslg_core.reports import Interval

# One-sided level of the sign test.
LEVEL = 0.1

TOO_FEW = (
    "too few verified labels change to tell whether the suggestions help, so none is applied. "
    "Verify more labels."
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the suggestions do to verified samples.

    holdout_size: samples of the hold-out; given_right: those whose given label is right; fixes, breaks: wrong
    labels of the hold-out that the suggestions put right, and right ones that they put wrong; verified,
    verified_fixes, verified_breaks: the same counts over all verified samples that may be evaluated.
    """

    holdout_size: int
    given_right: int
    fixes: int
    breaks: int
    verified: int
    verified_fixes: int
    verified_breaks: int

    @property
    def suggestions_right(self) -> int:
        """Samples of the hold-out whose suggestion is right."""
        return self.given_right + self.fixes - self.breaks

    @property
    def given_accuracy(self) -> Interval | None:
        """Of the given labels on the hold-out; None without one."""
        return Interval.wilson(self.given_right, self.holdout_size)

    @property
    def suggestion_accuracy(self) -> Interval | None:
        """Of the suggestions on the hold-out; None without one."""
        return Interval.wilson(self.suggestions_right, self.holdout_size)


class Decision(NamedTuple):
    """Whether the suggestions of flagged samples are applied, and why, in a sentence."""

    accept: bool
    reason: str


def evaluate(
    given: Ints, meta: Verified, meta_suggestion: Ints, holdout: Verified, holdout_suggestion: Ints
) -> Evaluation:
    """Count fixes and breaks.

    Args: given int64 [N]; verified samples with suggestions int64 [V] that were made without their labels.
    """
    before = given[holdout.index]
    counts = fixes_and_breaks(before, holdout_suggestion, holdout.labels)
    others = fixes_and_breaks(given[meta.index], meta_suggestion, meta.labels)
    return Evaluation(
        holdout_size=len(holdout.index),
        given_right=int((before == holdout.labels).sum()),
        fixes=counts.fixes,
        breaks=counts.breaks,
        verified=len(meta.index) + len(holdout.index),
        verified_fixes=counts.fixes + others.fixes,
        verified_breaks=counts.breaks + others.breaks,
    )


def decide(evaluation: Evaluation, methods: int = 1) -> Decision:
    """Accept if a sign test on all verified samples is significant and the hold-out alone does not
    contradict.

    If the run is the best of several `methods` on the same hold-out, the level is divided by their number
    (Bonferroni).
    """
    if not evaluation.holdout_size:
        return Decision(False, "There is no hold-out to measure suggestions on, so none is applied.")
    return _test(evaluation, methods)


def _test(evaluation: Evaluation, methods: int) -> Decision:
    level = LEVEL / methods
    counts = FixesAndBreaks(evaluation.verified_fixes, evaluation.verified_breaks)
    measured = (
        f"On {evaluation.holdout_size} held-out samples the flagged suggestions put {evaluation.fixes} wrong "
        f"labels right and {evaluation.breaks} right ones wrong, on all {evaluation.verified} verified "
        f"samples {counts.fixes} and {counts.breaks} (one-sided sign test, mid-p {_format(counts.p_value)}): "
    )
    held_out = FixesAndBreaks(evaluation.fixes, evaluation.breaks)
    if held_out.is_harmful(LEVEL) or counts.is_harmful(LEVEL):
        return Decision(False, measured + "your labels are better than these guesses, so none is applied.")
    needed = f" As the best of {methods} methods it needs {level:.3f} or less." if methods > 1 else ""
    if counts.p_value > level:
        return Decision(False, measured + TOO_FEW + needed)
    return Decision(True, measured + "they are applied." + needed)


def _format(p_value: float) -> str:
    return f"= {p_value:.3f}" if p_value >= 0.0005 else "< 0.001"
