"""Response body of the review progress."""

from pydantic import BaseModel, Field

from store.statistics.advice import Advice


class ProgressBucket(BaseModel):
    """Consecutive decisions."""

    reviewed: int = Field(description="Number of decisions; the last bucket may have fewer.")
    errors: int = Field(description="Decisions that found the given label wrong.")
    expected: float = Field(description="Number of errors the job expected.")


class ReviewProgress(BaseModel):
    """Progress of the review of a job's ranking, and what remains."""

    reviewed: int = Field(
        description="Samples with an active verdict that were reviewed through this ranking."
    )
    errors_found: int = Field(description="Those whose given label was found wrong.")
    bucket_size: int = Field(description="Decisions per bucket: 25, or more if there are many decisions.")
    buckets: list[ProgressBucket] = Field(description="The decisions in chronological order.")
    expected_remaining_errors: float = Field(
        description="Expected wrong labels among corrected labels without a decision."
    )
    expected_next_hundred: float = Field(
        description="Expected wrong given labels among the next 100 samples of the ranking without "
        "a decision."
    )
    expected_label_accuracy: float | None = Field(
        description="Expected share of right corrected labels, counting reviewers' labels as right; null if "
        "no sample has a corrected label."
    )
    new_verified: int = Field(description="Samples settled since the job read its labels.")
    advice: Advice = Field(
        description="rerun: start another job, because at least 30 labels, and a quarter of those this job "
        "learned from, were settled since. stop: everything is reviewed, or after 50 decisions fewer than 5 "
        "errors are expected in the next 100, corrected by the last 100. review: continue."
    )
    advice_reason: str = Field(description="Why, in a sentence with figures.")
