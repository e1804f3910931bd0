"""Bodies of the result endpoints."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.pagination import Page
from mslg_core.reports import ClassFigures, Histogram, HoldoutFigures, Summary
from mslg_rules.corrected_label import CorrectedBy
from store.models import Verdict

Score = Annotated[float, Field(ge=0, le=1)]


class Result(BaseModel):
    """What a job learned about one sample, and what people have said about it since."""

    sample_id: str = Field(description="The sample.")
    file_name: str = Field(description="Your own file name, byte for byte.")
    external_id: str | None = Field(description="Your own id, byte for byte; null when none was given.")
    given_label: str = Field(description="The class that the image came with.")
    suggested_label: str = Field(description="The class that the job would give it.")
    label_score: float = Field(description="0..1, low = the given label is probably wrong.")
    rank: int = Field(description="1 = most suspicious.")
    is_label_issue: bool = Field(description="Whether the job takes the given label for wrong.")
    soft_label: list[float] = Field(
        description="A probability per class, in the order of the dataset's classes."
    )
    verdict: Verdict | None = Field(description="The verdict that stands; null when nobody has looked.")
    settled_label: str | None = Field(
        description="The true class according to people; null when not settled."
    )
    corrected_label: str | None = Field(
        description="What an export gives now: the settled class, else an accepted suggestion, else the "
        "given label; null where a person found that no class fits."
    )
    corrected_by: CorrectedBy = Field(description="Whose word the corrected label is: person, model or none.")


class TrajectoryPoint(BaseModel):
    """What the network thought of one sample after one epoch."""

    given: float = Field(description="Probability of the given label, 0..1.")
    suggested: float = Field(description="Probability of the suggestion, 0..1.")


class Neighbour(BaseModel):
    """A verified sample that looks alike."""

    sample_id: str = Field(description="The sample.")
    file_name: str = Field(description="Your own file name, byte for byte.")


class Neighbours(BaseModel):
    """Verified samples that look most alike, the most similar first."""

    given: list[Neighbour] = Field(description="Those that truly are of the given label.")
    suggested: list[Neighbour] = Field(description="Those that truly are of the suggested class.")


class ResultDetail(Result):
    """All that a job learned about one sample."""

    confidence: float = Field(description="Probability of the suggestion, 0..1.")
    trajectory: list[TrajectoryPoint] = Field(
        description="Epoch by epoch, as far as the job kept a record; empty where it kept none."
    )
    neighbours: Neighbours = Field(
        description="The job's most similar verified samples, as long as they are settled as that class."
    )


class ResultPage(Page[Result]):
    """The ranking, the most suspicious first."""

    total: int | None = Field(
        None, description="How many the filter lets through; on the first page only, else null."
    )


class ResultColumns(BaseModel):
    """Results by rank, column by column: the i-th entries of all columns are one sample's."""

    sample_ids: list[str] = Field(description="The samples.")
    ranks: list[int] = Field(description="1 = most suspicious.")
    given: list[int] = Field(description="The given label, as a place in the dataset's classes, from 0.")
    suggested: list[int] = Field(description="The suggestion, as a place in the dataset's classes.")
    label_scores: list[float] = Field(description="0..1, low = probably wrong; rounded to 5 decimals.")
    verdicts: list[Verdict | None] = Field(
        description="The verdict that stands; null when nobody has looked."
    )
    settled: list[int | None] = Field(
        description="The true class according to people, as a place in the dataset's classes; null when not "
        "settled."
    )
    next_rank: int | None = Field(
        description="Pass it as `after_rank` for what follows; null when nothing does."
    )
    total: int = Field(description="How many results the filter lets through, in all.")


class ResultFilter(BaseModel):
    """Which results to list; conditions add up."""

    given: str | None = Field(None, description="Only this given label (a class name).")
    suggested: str | None = Field(None, description="Only this suggestion (a class name).")
    score_min: Score | None = Field(None, description="Only label scores of at least this.")
    score_max: Score | None = Field(None, description="Only label scores of at most this.")
    reviewed: bool | None = Field(
        None, description="true: only samples with a verdict; false: only those without."
    )
    issue: bool | None = Field(
        None, description="true: only samples whose given label the job takes for wrong; false: the others."
    )
    verdict: Verdict | None = Field(None, description="Only samples with this verdict.")


class NamedClassFigures(ClassFigures):
    """One class, by its name."""

    label_class: str = Field(description="Name of the class.")  # type: ignore[assignment] # an index inside


class JobSummary(Summary):
    """The job's summary as it was when it ended, and how its review goes."""

    num_samples: int = Field(description="Samples that the job ranked.")
    histogram: Histogram = Field(description="How many samples have which label score.")
    holdout: HoldoutFigures = Field(description="Accuracies on the hold-out, which no job learns from.")
    per_class: list[NamedClassFigures] = Field(  # type: ignore[assignment] # names instead of indices
        description="Class by class, in the dataset's order."
    )
    classes: list[str] = Field(
        description="Names of the classes, in the order of the matrix and the soft labels."
    )
    reviewed: int = Field(description="Samples with a standing verdict to which this job's ranking led.")
    errors_found: int = Field(description="Those of them whose given label was found to be wrong.")
