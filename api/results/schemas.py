"""Response bodies of the result endpoints."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.metadata.filters import Conditions, Tags
from api.pagination import Page, RowNumber
from api.schemas import NO_NUL, Seen
from mslg_core.reports import ClassFigures, Confusion, Histogram, HoldoutFigures, Summary
from mslg_rules.corrected_label import CorrectedBy
from mslg_rules.metadata import MAX_NAME_LENGTH
from store.models import Verdict

Score = Annotated[float, Field(ge=0, le=1)]


class Result(BaseModel):
    """What a job learned about one sample, and the decisions since then."""

    sample_id: str = Field(description="The sample.")
    file_name: str = Field(description="The file name in the archive, byte for byte.")
    external_id: str | None = Field(description="The id from the archive, byte for byte; null if none.")
    given_label: str = Field(description="The label that came with the image.")
    suggested_label: str = Field(description="The class the job suggests.")
    label_score: float = Field(description="0..1; low = the given label is probably wrong.")
    rank: int = Field(description="1 = most suspicious.")
    is_label_issue: bool = Field(description="Whether the job flags the given label as wrong.")
    soft_label: list[float] = Field(
        description="Probability per class, in the order of the dataset's classes, or of "
        "`soft_label_classes`."
    )
    soft_label_classes: list[int] | None = Field(
        description="With more than 500 classes: those that `soft_label` is of, as 0-based indices into the "
        "dataset's classes, in the same order. The others have probability 0. Null: all classes."
    )
    verdict: Verdict | None = Field(description="The active verdict; null if there is none.")
    settled_label: str | None = Field(
        description="The true class according to reviewers; null if not settled."
    )
    corrected_label: str | None = Field(
        description="The label an export contains now: the settled class, else an accepted suggestion, else "
        "the given label; null if a reviewer found that no class fits."
    )
    corrected_by: CorrectedBy = Field(
        description="Where the corrected label comes from: person, model or none."
    )


class TrajectoryPoint(BaseModel):
    """The network's prediction for one sample after one epoch."""

    given: float = Field(description="Probability of the given label, 0..1.")
    suggested: float = Field(description="Probability of the suggestion, 0..1.")


class Neighbour(BaseModel):
    """A verified sample close to this one in feature space."""

    sample_id: str = Field(description="The sample.")
    file_name: str = Field(description="The file name in the archive, byte for byte.")


class Neighbours(BaseModel):
    """The nearest verified neighbours, the nearest first."""

    given: list[Neighbour] = Field(description="Neighbours whose true class is the given label.")
    suggested: list[Neighbour] = Field(description="Neighbours whose true class is the suggestion.")


class ResultDetail(Result):
    """Everything a job learned about one sample."""

    confidence: float = Field(description="Probability of the suggestion, 0..1.")
    trajectory: list[TrajectoryPoint] = Field(
        description="Prediction history, epoch by epoch; empty if the job kept none."
    )
    neighbours: Neighbours = Field(
        description="Nearest verified neighbours that are still settled as that class."
    )
    seen: Seen


class ResultPage(Page[Result]):
    """The ranking, most suspicious first, or in the order that was asked for."""

    total: int | None = Field(
        None, description="Number of results that match the filter; null except on the first page."
    )


class ResultColumns(BaseModel):
    """Results in columns, in the order of the list: the i-th entries of all columns belong to one sample."""

    sample_ids: list[str] = Field(description="The samples.")
    ranks: list[int] = Field(description="1 = most suspicious.")
    given: list[int] = Field(description="The given label, as a 0-based index into the summary's `classes`.")
    suggested: list[int] = Field(description="The suggestion, as an index into the summary's `classes`.")
    label_scores: list[float] = Field(description="0..1; low = probably wrong; rounded to 5 decimals.")
    verdicts: list[Verdict | None] = Field(description="The active verdict; null if there is none.")
    settled: list[int | None] = Field(
        description="The true class according to reviewers, as an index into the summary's `classes`; null "
        "if not settled."
    )
    changed_by_model: list[bool] = Field(
        description="Whether the corrected label is an accepted suggestion that no person decided on."
    )
    next_rank: int | None = Field(
        description="Pass it as `after_rank` to get the next page; null on the last page."
    )
    total: int | None = Field(
        description="Number of results that match the filter; null except on the first page."
    )
    seen: Seen


class ResultFilter(BaseModel):
    """Which results to list, and in which order. Conditions are combined with AND."""

    given: str | None = Field(None, description="Only this given label (a class name).")
    suggested: str | None = Field(None, description="Only this suggestion (a class name).")
    score_min: Score | None = Field(None, description="Only label scores of at least this.")
    score_max: Score | None = Field(None, description="Only label scores of at most this.")
    rank_max: RowNumber | None = Field(None, description="Only ranks up to this.")
    reviewed: bool | None = Field(
        None, description="true: only samples with a verdict; false: only samples without."
    )
    issue: bool | None = Field(None, description="true: only samples the job flags; false: only the others.")
    verdict: Verdict | None = Field(None, description="Only samples with this verdict.")
    changed_by_model: bool | None = Field(
        None,
        description="true: only samples whose label an accepted suggestion changes; false: only the others.",
    )
    metadata: Conditions = []
    tag: Tags = []
    sort: str | None = Field(
        None,
        max_length=MAX_NAME_LENGTH,
        pattern=NO_NUL,
        description="Order by this column of metadata, samples without a value last, equal values by rank. "
        "Null: by rank.",
    )
    descending: bool = Field(False, description="Whether `sort` begins with the largest value.")


class NamedClassFigures(ClassFigures):
    """Figures of one class, with its name."""

    label_class: str = Field(description="Name of the class.")  # type: ignore[assignment] # an index in storage


class NamedConfusion(Confusion):
    """How often one class was suggested in place of another, with their names."""

    given: str = Field(description="The given label.")  # type: ignore[assignment] # an index in storage
    suggested: str = Field(description="The suggestion.")  # type: ignore[assignment] # an index in storage


class JobSummary(Summary):
    """The summary at the end of the job, and the current progress of its review."""

    num_samples: int = Field(description="Number of ranked samples.")
    histogram: Histogram = Field(description="Histogram of the label scores.")
    holdout: HoldoutFigures = Field(description="Accuracies on the hold-out, which no job learns from.")
    per_class: list[NamedClassFigures] = Field(  # type: ignore[assignment] # names instead of indices
        description="Per class that can be given, in the dataset's order."
    )
    confusions: list[NamedConfusion] = Field(  # type: ignore[assignment] # names instead of indices
        default=[],
        description="In place of `confusion`, with more than 500 classes: the most frequent pairs.",
    )
    classes: list[str] = Field(
        description="Class names by index, as the matrix and the columns count them, with those of classes "
        "that were merged or removed."
    )
    class_order: list[int] = Field(
        description="Indices of the classes that can be given, in the chosen order: those to show."
    )
    reviewed: int = Field(
        description="Samples with an active verdict that were reviewed through this ranking."
    )
    errors_found: int = Field(description="Those whose given label was found wrong.")
