"""Response body of the comparison."""

from pydantic import BaseModel, Field

from api.results.schemas import Result
from mslg_core.configs.base import Method
from mslg_core.reports import Interval


class JobFigures(BaseModel):
    """Figures of one of the two jobs."""

    id: str = Field(description="The job.")
    name: str = Field(description="Display name.")
    method: Method = Field(description="Training method.")
    num_issues: int = Field(description="Number of flagged samples.")
    verified: int = Field(description="Verified samples it was evaluated on, hold-out and meta set.")
    given_accuracy: Interval | None = Field(
        description="Accuracy of the given labels on its hold-out; null without a hold-out."
    )
    suggestion_accuracy: Interval | None = Field(
        description="Accuracy of its suggestions on its hold-out; null without a hold-out."
    )
    corrected_accuracy: Interval | None = Field(
        description="Accuracy of its corrected labels on its hold-out; null without a hold-out."
    )


class TopOverlap(BaseModel):
    """Overlap of the top of the two rankings."""

    k: int = Field(description="Size of the top: the k most suspicious samples of each ranking.")
    shared: int = Field(description="Number of samples that are in both tops.")


class Comparison(BaseModel):
    """What changed from job a to job b, over the samples that both ranked."""

    a: JobFigures = Field(description="The job in the path.")
    b: JobFigures = Field(description="The job it is compared with.")
    samples: int = Field(description="Samples that both ranked.")
    flagged_by_both: int = Field(description="Samples that both flag.")
    flagged_by_a_only: int = Field(description="Samples that only a flags.")
    flagged_by_b_only: int = Field(description="Samples that only b flags.")
    suggestions_changed: int = Field(description="Samples for which they suggest different classes.")
    rank_correlation: float | None = Field(
        description="Spearman correlation of the two rankings: 1 = same order, 0 = unrelated; null for fewer "
        "than two samples."
    )
    top: list[TopOverlap] = Field(description="Overlap of the top 10, 100, ... of the two rankings.")
    newly_suspicious: list[Result] = Field(
        description="Samples without a verdict that b flags and that moved up most since a, as results of b."
    )
