"""What a run says about itself: after every epoch, and at the end. Importable without torch."""

from math import sqrt
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from mslg_core.configs.base import Method

NUM_BINS = 20
Z_95 = 1.959963984540054

Phase = Literal["warm_up", "meta", "train"]


class Report(BaseModel):
    """Base: frozen, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EpochReport(Report):
    """One epoch."""

    epoch: int = Field(ge=1, description="1-based number of the epoch that has ended.")
    epochs: int = Field(ge=1, description="Epochs of the whole run.")
    phase: Phase = Field(
        description="`warm_up`: plain cross entropy; `meta`: verified samples teach; `train`: the method "
        "does without them."
    )
    train_loss: float = Field(description="Mean loss per sample over the epoch.")
    meta_loss: float | None = Field(description="Mean cross entropy of the meta set at the end of the epoch.")
    meta_accuracy: float | None = Field(ge=0, le=1, description="Share of the meta set predicted correctly.")
    labels_changed: int = Field(
        ge=0, description="Samples whose soft label peaks at another class than given."
    )
    learning_rate: float = Field(description="Learning rate of the epoch.")
    seconds: float = Field(ge=0, description="Duration of the epoch.")
    eta_seconds: float = Field(ge=0, description="Estimated time until the run ends.")


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
    """Distribution of the label scores."""

    edges: list[float] = Field(min_length=NUM_BINS + 1, max_length=NUM_BINS + 1)
    counts: list[int] = Field(min_length=NUM_BINS, max_length=NUM_BINS)
    issue_counts: list[int] = Field(min_length=NUM_BINS, max_length=NUM_BINS)


class ClassFigures(Report):
    """One class."""

    label_class: int = Field(ge=0, description="Index of the class.")
    given: int = Field(ge=0, description="Samples given this label.")
    suggested: int = Field(ge=0, description="Samples for which this label is suggested.")
    issues: int = Field(ge=0, description="Samples given this label and flagged.")
    mean_score: float | None = Field(ge=0, le=1, description="Mean label score of the samples given it.")


class HoldoutFigures(Report):
    """What suggestions do on the hold-out, whose labels no network learns from; None without a hold-out."""

    given_accuracy: Interval | None = Field(description="Of the given labels.")
    suggestion_accuracy: Interval | None = Field(
        description="Of the suggestions, each made as if its sample were not verified."
    )
    corrected_accuracy: Interval | None = Field(
        description="Of the corrected labels: the suggestions if they are applied, else the given labels."
    )
    fixes: int = Field(0, ge=0, description="Wrong labels that the suggestions put right.")
    breaks: int = Field(0, ge=0, description="Right labels that the suggestions put wrong.")
    verified: int = Field(0, ge=0, description="Samples of the hold-out and of the meta set.")
    verified_fixes: int = Field(0, ge=0, description="Fixes in both.")
    verified_breaks: int = Field(0, ge=0, description="Breaks in both.")


class ReliabilityBin(Report):
    """Hold-out samples whose suggestions are about equally probable."""

    low: float = Field(ge=0, le=1, description="Least probability in the bin.")
    high: float = Field(ge=0, le=1, description="Its upper end.")
    n: int = Field(ge=1, description="Hold-out samples in it.")
    mean_probability: float = Field(ge=0, le=1, description="Mean probability of their suggestions.")
    accuracy: Interval = Field(description="Share of these suggestions that is right.")


class TopErrors(Report):
    """The most suspicious samples: how many of them are labelled wrong."""

    share: float = Field(gt=0, le=1, description="The share of all samples that is looked at.")
    k: int = Field(ge=1, description="As many samples are that.")
    errors: Interval | None = Field(
        description="Share of wrong labels among the hold-out samples that lie there, each ranked as if it "
        "were not verified; None where none does."
    )


class Candidate(Report):
    """One method that a run with `method: auto` could have chosen."""

    method: Method = Field(description="The method.")
    chosen: bool = Field(description="Whether its result is the run's.")
    note: str = Field(description="Why it was or was not chosen, in a sentence.")
    corrected_accuracy: float | None = Field(
        ge=0,
        le=1,
        description="Share of the hold-out that is right once suggestions are applied, where they are; None "
        "where the method did not run to its end.",
    )
    suggestion_accuracy: float | None = Field(ge=0, le=1, description="Of its suggestions on the hold-out.")
    auto_accept: bool | None = Field(
        description="Whether its suggestions would be applied, were it the best of so many methods."
    )
    seconds: float = Field(ge=0, description="How long it trained.")


class Summary(Report):
    """A finished run."""

    num_samples: int = Field(ge=0)
    num_issues: int = Field(ge=0, description="Flagged samples.")
    auto_accept: bool = Field(
        description="Whether the hold-out says that taking the suggestions of the flagged samples helps."
    )
    auto_accept_reason: str = Field(description="That decision with its figures, in a sentence.")
    histogram: Histogram
    confusion: list[list[int]] = Field(description="C x C counts, given label (row) by suggestion (column).")
    per_class: list[ClassFigures]
    holdout: HoldoutFigures
    # what runs before these were measured have none of
    reliability: list[ReliabilityBin] = Field(
        default=[],
        description="Suggestions on the hold-out by their probability, each made as if its sample were not "
        "verified; only bins that are not empty.",
    )
    top: list[TopErrors] = Field(
        default=[], description="Wrong labels among the most suspicious samples, for rising shares of all."
    )
    warm_started: bool = Field(
        default=False, description="Whether the run started from what another job learned."
    )
    start_note: str | None = Field(
        None,
        description="Why a run that was to start from another job's model started from nothing; None where "
        "it did not.",
    )
    fallback_reason: str | None = Field(
        None,
        description="Why the predictions are the warm-up's: the method made them worse. None where they are "
        "the method's.",
    )
    model_selection: list[Candidate] | None = Field(
        None, description="What a run with `method: auto` tried; None for any other."
    )
