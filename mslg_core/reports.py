"""The reports of a run: while features are extracted, after every epoch, a summary at the end. Importable
without torch.
"""

from math import sqrt
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from mslg_core.configs.base import Method
from mslg_rules.issue_kind import IssueKind

NUM_BINS = 20
# With more classes, soft labels are of a few classes per sample, and confusions of the most frequent pairs.
DENSE_CLASSES = 500
Z_95 = 1.959963984540054

Phase = Literal["warm_up", "meta", "train"]


class Report(BaseModel):
    """Base class: frozen, without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EpochReport(Report):
    """The figures of one epoch."""

    epoch: int = Field(ge=1, description="1-based number of the completed epoch.")
    epochs: int = Field(ge=1, description="Epochs of the whole run.")
    phase: Phase = Field(
        description="`warm_up`: plain cross entropy; `meta`: the method learns from verified samples; "
        "`train`: the method does not use them."
    )
    train_loss: float = Field(description="Mean loss per sample over the epoch.")
    meta_loss: float | None = Field(description="Mean cross entropy of the meta set at the end of the epoch.")
    meta_accuracy: float | None = Field(ge=0, le=1, description="Share of the meta set predicted correctly.")
    labels_changed: int = Field(
        ge=0, description="Samples whose most probable class in the soft label differs from the given label."
    )
    learning_rate: float = Field(description="Learning rate of the epoch.")
    seconds: float = Field(ge=0, description="Duration of the epoch.")
    eta_seconds: float = Field(ge=0, description="Estimated time to the end of the run.")


class ExtractionReport(Report):
    """Progress while features are extracted, before the first epoch."""

    done: int = Field(ge=0, description="Images whose features are known.")
    total: int = Field(ge=1, description="All images.")
    images_per_second: float = Field(ge=0, description="Images per second so far.")
    eta_seconds: float = Field(ge=0, description="Estimated time until all features are extracted.")


class Interval(Report):
    """A proportion with its 95 % Wilson interval."""

    value: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    n: int = Field(ge=1, description="Samples behind the proportion.")

    @classmethod
    def wilson(cls, successes: int, n: int) -> Self | None:
        """The interval of `successes` out of `n`; None when n is 0. Source: Wilson (1927)."""
        if n == 0:
            return None
        p = successes / n
        spread = 1 + Z_95**2 / n
        centre = (p + Z_95**2 / (2 * n)) / spread
        half = Z_95 * sqrt(p * (1 - p) / n + Z_95**2 / (4 * n**2)) / spread
        return cls(value=p, low=max(0.0, min(p, centre - half)), high=min(1.0, max(p, centre + half)), n=n)


class Histogram(Report):
    """Distribution of the label scores, over all samples and over flagged samples."""

    edges: list[float] = Field(min_length=NUM_BINS + 1, max_length=NUM_BINS + 1)
    counts: list[int] = Field(min_length=NUM_BINS, max_length=NUM_BINS)
    issue_counts: list[int] = Field(min_length=NUM_BINS, max_length=NUM_BINS)


class ClassFigures(Report):
    """The figures of one class."""

    label_class: int = Field(ge=0, description="Index of the class.")
    given: int = Field(ge=0, description="Samples with this given label.")
    suggested: int = Field(ge=0, description="Samples with this suggestion.")
    issues: int = Field(ge=0, description="Flagged samples with this given label.")
    mean_score: float | None = Field(
        ge=0, le=1, description="Mean label score of the samples with this given label."
    )


class HoldoutFigures(Report):
    """Accuracies on the hold-out, from which no network learns. Intervals are None without a hold-out.

    Verified images that came without a given label count in `separate_accuracy` only.
    """

    given_accuracy: Interval | None = Field(description="Accuracy of the given labels.")
    suggestion_accuracy: Interval | None = Field(
        description="Accuracy of the suggestions, each made as if its sample were not verified."
    )
    corrected_accuracy: Interval | None = Field(
        description="Accuracy of the corrected labels: the suggestions if they are auto-accepted, else the "
        "given labels."
    )
    fixes: int = Field(0, ge=0, description="Wrong labels that the suggestions correct.")
    breaks: int = Field(0, ge=0, description="Right labels that the suggestions make wrong.")
    verified: int = Field(0, ge=0, description="Verified samples: hold-out and meta set together.")
    verified_fixes: int = Field(
        0, ge=0, description="Wrong labels of verified samples that the suggestions correct."
    )
    verified_breaks: int = Field(
        0, ge=0, description="Right labels of verified samples that the suggestions make wrong."
    )
    separate_accuracy: Interval | None = Field(
        None, description="Accuracy of the predictions for held-out images that came without a given label."
    )
    separate: int = Field(
        0,
        ge=0,
        description="Verified images that came without a given label: hold-out and meta set together.",
    )


class ReliabilityBin(Report):
    """Hold-out samples with suggestions of similar probability."""

    low: float = Field(ge=0, le=1, description="Lower end of the bin.")
    high: float = Field(ge=0, le=1, description="Upper end of the bin.")
    n: int = Field(ge=1, description="Hold-out samples in the bin.")
    mean_probability: float = Field(ge=0, le=1, description="Mean probability of their suggestions.")
    accuracy: Interval = Field(description="Share of these suggestions that are right.")


class TopErrors(Report):
    """The share of wrong labels among the most suspicious samples."""

    share: float = Field(gt=0, le=1, description="Share of all samples that counts as most suspicious.")
    k: int = Field(ge=1, description="The number of these samples.")
    errors: Interval | None = Field(
        description="Share of wrong labels among the hold-out samples in this part of the ranking, each "
        "ranked as if it were not verified. None if there are none."
    )


class Candidate(Report):
    """One candidate of a run with `method: auto`."""

    method: Method = Field(description="The candidate's method.")
    chosen: bool = Field(description="Whether the run uses this candidate's result.")
    note: str = Field(description="Why the candidate was or was not chosen, in a sentence.")
    corrected_accuracy: float | None = Field(
        ge=0,
        le=1,
        description="Accuracy of the corrected labels on the hold-out. None if the candidate did not finish.",
    )
    suggestion_accuracy: float | None = Field(
        ge=0, le=1, description="Accuracy of its suggestions on the hold-out."
    )
    auto_accept: bool | None = Field(
        description="Whether its suggestions qualify for auto-accept, given the number of candidates."
    )
    seconds: float = Field(ge=0, description="Duration of its training.")


class IssueCounts(Report):
    """How many issues a job found besides label errors."""

    counts: dict[IssueKind, int] = Field(description="Samples with each kind of issue that was looked for.")
    duplicate_groups: int = Field(ge=0, description="Groups of exact or near duplicates.")
    conflicting_groups: int = Field(ge=0, description="Those whose labels disagreed when the job ran.")


class Confusion(Report):
    """How often one class was suggested in place of another."""

    given: int = Field(ge=0, description="Index of the class of the given label.")
    suggested: int = Field(ge=0, description="Index of the class that was suggested.")
    count: int = Field(ge=1, description="Samples.")


class Summary(Report):
    """The summary of a finished run."""

    num_samples: int = Field(ge=0)
    num_issues: int = Field(ge=0, description="Number of flagged samples.")
    auto_accept: bool = Field(
        description="Whether the suggestions of flagged samples are accepted automatically, because the "
        "hold-out shows that they improve the labels."
    )
    auto_accept_reason: str = Field(description="The reason for this decision, with figures, in a sentence.")
    histogram: Histogram
    confusion: list[list[int]] = Field(
        description="C x C counts: given label (row) by suggestion (column). Empty with more than "
        "500 classes."
    )
    per_class: list[ClassFigures]
    holdout: HoldoutFigures
    # Defaults below: summaries stored by earlier versions lack these fields.
    confusions: list[Confusion] = Field(
        default=[],
        description="In place of `confusion`, with more than 500 classes: the most frequent pairs.",
    )
    reliability: list[ReliabilityBin] = Field(
        default=[],
        description="Suggestions on the hold-out, binned by probability, each made as if its sample were "
        "not verified. Empty bins are omitted.",
    )
    top: list[TopErrors] = Field(
        default=[],
        description="Share of wrong labels among the most suspicious samples, for increasing parts of the "
        "ranking.",
    )
    warm_started: bool = Field(default=False, description="Whether the run started from another job's model.")
    start_note: str | None = Field(
        None,
        description="Why the run started from scratch although it was meant to start from another job's "
        "model. None otherwise.",
    )
    fallback_reason: str | None = Field(
        None,
        description="Why the predictions of the warm-up are used: the method made them worse. None if the "
        "predictions are the method's.",
    )
    issues: IssueCounts | None = Field(
        None, description="Issues besides label errors. None if the job is older than this feature."
    )
    model_selection: list[Candidate] | None = Field(
        None, description="The candidates of a run with `method: auto`; None for other runs."
    )
    backbone: str | None = Field(
        None,
        description="What the run learned from: `train` = it trained a network on the images; else features "
        "of this backbone, with `auto` the one that it chose. None if the job is older than this field.",
    )
