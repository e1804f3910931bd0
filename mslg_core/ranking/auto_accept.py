"""Decides whether the suggestions of flagged samples are applied, by a sign test on verified samples.

Applying a suggestion fixes a wrong label or breaks a right one. Both are counted on verified samples, whose
suggestions are made as if they were not verified. See docs/decisions/0003-auto-accept.md.

Verified samples that came without a given label show how often predictions are wrong, at a rate e. A
suggestion that breaks a label, or that replaces a wrong label by another wrong one, is a wrong prediction. So
if a share F of all given labels would change, at least F - e of them are fixed and at most e broken: the
suggestions help if F > 2 e. See docs/decisions/0020-verified-images-without-a-given-label.md.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from mslg_core.images.training_set import NO_LABEL
from mslg_core.ranking.metrics import FixesAndBreaks, Ints, fixes_and_breaks
from mslg_core.ranking.verified import Verified
from mslg_core.reports import Interval

# One-sided level of both tests.
LEVEL = 0.1

TOO_FEW = (
    "too few verified labels change to tell whether the suggestions help, so none is applied. "
    "Verify more labels."
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the suggestions do to verified samples.

    holdout_size: samples of the hold-out with a given label; given_right: those whose given label is right;
    fixes, breaks: wrong labels of the hold-out that the suggestions put right, and right ones that they put
    wrong; verified, verified_fixes, verified_breaks: the same counts over all verified samples with a given
    label that may be evaluated.

    separate_holdout, separate_holdout_right: samples of the hold-out that came without a given label, and
    those predicted right; separate, separate_right: the same over all verified samples. Nothing can be fixed
    or broken on them, so they take no part in the other counts. ranked, flagged: all samples with a given
    label, and those whose suggestion is another.
    """

    holdout_size: int
    given_right: int
    fixes: int
    breaks: int
    verified: int
    verified_fixes: int
    verified_breaks: int
    # Defaults for evaluations in checkpoints of earlier versions.
    separate_holdout: int = 0
    separate_holdout_right: int = 0
    separate: int = 0
    separate_right: int = 0
    ranked: int = 0
    flagged: int = 0

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

    @property
    def separate_accuracy(self) -> Interval | None:
        """Of the predictions on held-out samples without a given label; None without any."""
        return Interval.wilson(self.separate_holdout_right, self.separate_holdout)

    @property
    def merit(self) -> float:
        """Share of the whole hold-out that is predicted right; 0 without one."""
        size = self.holdout_size + self.separate_holdout
        return (self.suggestions_right + self.separate_holdout_right) / size if size else 0.0


class Decision(NamedTuple):
    """Whether the suggestions of flagged samples are applied, and why, in a sentence."""

    accept: bool
    reason: str


def evaluate(
    given: Ints, meta: Verified, meta_suggestion: Ints, holdout: Verified, holdout_suggestion: Ints
) -> Evaluation:
    """Count fixes and breaks, and right predictions of samples without a given label.

    Args: given int64 [N]; verified samples with suggestions int64 [V] that were made without their labels.
    """
    held = _count(given, holdout, holdout_suggestion)
    others = _count(given, meta, meta_suggestion)
    return Evaluation(
        holdout_size=held.labelled,
        given_right=held.given_right,
        fixes=held.changes.fixes,
        breaks=held.changes.breaks,
        verified=held.labelled + others.labelled,
        verified_fixes=held.changes.fixes + others.changes.fixes,
        verified_breaks=held.changes.breaks + others.changes.breaks,
        separate_holdout=held.separate,
        separate_holdout_right=held.separate_right,
        separate=held.separate + others.separate,
        separate_right=held.separate_right + others.separate_right,
    )


class _Counts(NamedTuple):
    """Counts of one part of the verified set: with a given label (`labelled`), and without (`separate`)."""

    labelled: int
    given_right: int
    changes: FixesAndBreaks
    separate: int
    separate_right: int


def _count(given: Ints, verified: Verified, suggestion: Ints) -> _Counts:
    before, true = given[verified.index], verified.labels
    labelled, right = before != NO_LABEL, suggestion == true
    return _Counts(
        labelled=int(labelled.sum()),
        given_right=int((before == true).sum()),
        changes=fixes_and_breaks(before[labelled], suggestion[labelled], true[labelled]),
        separate=int((~labelled).sum()),
        separate_right=int(right[~labelled].sum()),
    )


def decide(evaluation: Evaluation, methods: int = 1) -> Decision:
    """Accept if a sign test on all verified samples with a given label is significant, or if those without
    show that predictions are right often enough; and if the hold-out alone does not contradict.

    If the run is the best of several `methods` on the same hold-out, the level is divided by their number
    (Bonferroni).
    """
    decision = Decision(False, "There is no hold-out to measure suggestions on, so none is applied.")
    if evaluation.holdout_size:
        decision = _test(evaluation, methods)
    if decision.accept or _is_harmful(evaluation) or not evaluation.separate_holdout:
        return decision
    return _test_separate(evaluation, methods)


def _test_separate(evaluation: Evaluation, methods: int) -> Decision:
    """Compare the share of given labels that would change with the error rate of predictions."""
    n, right = evaluation.separate, evaluation.separate_right
    changed = evaluation.flagged / max(1, evaluation.ranked)
    most_wrong = _upper_bound(n - right, n, LEVEL / methods)
    held_out = 1 - evaluation.separate_holdout_right / evaluation.separate_holdout
    measured = (
        f"Suggestions would change {_percent(changed)} of the given labels. Predictions are right for "
        f"{right} of the {n} verified images without a given label, so at most {_percent(most_wrong)} of all "
        "are wrong: "
    )
    if changed > 2 * max(most_wrong, held_out):
        return Decision(True, measured + "more labels are put right than wrong, so they are applied.")
    return Decision(
        False,
        measured
        + "that is too many to tell whether more labels are put right than wrong, so none is applied. "
        "Verify some of the images that have a given label.",
    )


def _upper_bound(count: int, n: int, level: float) -> float:
    """One-sided upper confidence bound of a proportion. Source: Wilson (1927)."""
    z, p = NormalDist().inv_cdf(1 - level), count / n
    half = z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (p + z**2 / (2 * n) + half) / (1 + z**2 / n)


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")


def _is_harmful(evaluation: Evaluation) -> bool:
    """Whether suggestions break significantly more given labels than they fix."""
    held_out = FixesAndBreaks(evaluation.fixes, evaluation.breaks)
    counts = FixesAndBreaks(evaluation.verified_fixes, evaluation.verified_breaks)
    return held_out.is_harmful(LEVEL) or counts.is_harmful(LEVEL)


def _test(evaluation: Evaluation, methods: int) -> Decision:
    level = LEVEL / methods
    counts = FixesAndBreaks(evaluation.verified_fixes, evaluation.verified_breaks)
    measured = (
        f"On {evaluation.holdout_size} held-out samples the flagged suggestions put {evaluation.fixes} wrong "
        f"labels right and {evaluation.breaks} right ones wrong, on all {evaluation.verified} verified "
        f"samples {counts.fixes} and {counts.breaks} (one-sided sign test, mid-p {_format(counts.p_value)}): "
    )
    if _is_harmful(evaluation):
        return Decision(False, measured + "your labels are better than these guesses, so none is applied.")
    needed = f" As the best of {methods} methods it needs {level:.3f} or less." if methods > 1 else ""
    if counts.p_value > level:
        return Decision(False, measured + TOO_FEW + needed)
    return Decision(True, measured + "they are applied." + needed)


def _format(p_value: float) -> str:
    return f"= {p_value:.3f}" if p_value >= 0.0005 else "< 0.001"
