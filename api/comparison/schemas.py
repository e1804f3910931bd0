"""The body of a comparison."""

from pydantic import BaseModel, Field

from api.results.schemas import Result
from mslg_core.configs.base import Method
from mslg_core.reports import Interval


class JobFigures(BaseModel):
    """One of the two jobs."""

    id: str = Field(description="The job.")
    name: str = Field(description="Its name for people.")
    method: Method = Field(description="How it trained.")
    num_issues: int = Field(description="Samples that it flagged.")
    verified: int = Field(description="Verified samples that it was judged by, hold-out and meta set.")
    given_accuracy: Interval | None = Field(
        description="Of the given labels on its hold-out; null where it had none."
    )
    suggestion_accuracy: Interval | None = Field(
        description="Of its suggestions on its hold-out; null where it had none."
    )
    corrected_accuracy: Interval | None = Field(
        description="Of the labels that it would correct, on its hold-out; null where it had none."
    )


class TopOverlap(BaseModel):
    """How alike the two rankings begin."""

    k: int = Field(description="Looking at the k most suspicious samples of each.")
    shared: int = Field(description="How many of them are the same.")


class Comparison(BaseModel):
    """What changed from job a to job b, over the samples that both have ranked."""

    a: JobFigures = Field(description="The job in the address.")
    b: JobFigures = Field(description="The job that it is compared with.")
    samples: int = Field(description="Samples that both have ranked.")
    flagged_by_both: int = Field(description="Samples that both take for wrongly labelled.")
    flagged_by_a_only: int = Field(description="Samples that only a flags.")
    flagged_by_b_only: int = Field(description="Samples that only b flags.")
    suggestions_changed: int = Field(description="Samples to which the two would give different classes.")
    rank_correlation: float | None = Field(
        description="Spearman's, between the two rankings: 1 = the same order, 0 = unrelated; null for fewer "
        "than two samples."
    )
    top: list[TopOverlap] = Field(description="The overlap of the first 10, 100, ... of each ranking.")
    newly_suspicious: list[Result] = Field(
        description="Samples without a verdict that b flags and that climbed most since a, as b sees them."
    )
