"""The body of the review's progress."""

from enum import StrEnum

from pydantic import BaseModel, Field


class Advice(StrEnum):
    """What to do next."""

    REVIEW = "review"
    """Go on with this ranking."""
    RERUN = "rerun"
    """Start another job: it has much more to learn from."""
    STOP = "stop"
    """Little is left to be found."""


class ProgressBucket(BaseModel):
    """Some decisions, made one after the other."""

    reviewed: int = Field(description="Decisions in it; the last bucket may be smaller than the others.")
    errors: int = Field(description="Those that found the given label to be wrong.")
    expected: float = Field(description="How many errors the job expected there.")


class ReviewProgress(BaseModel):
    """How far the review of a job's ranking has come, and what is left."""

    reviewed: int = Field(description="Samples with a standing verdict to which this job's ranking led.")
    errors_found: int = Field(description="Those of them whose given label was found to be wrong.")
    bucket_size: int = Field(description="Decisions in a bucket: 25, or more where there are many.")
    buckets: list[ProgressBucket] = Field(description="The decisions, in the order in which they were made.")
    expected_remaining_errors: float = Field(
        description="Corrected labels that nobody has looked at and that are expected to be wrong."
    )
    expected_next_hundred: float = Field(
        description="Wrong given labels to be expected among the next 100 samples of the ranking that nobody "
        "has looked at."
    )
    expected_label_accuracy: float | None = Field(
        description="Share of the corrected labels that is expected to be right, people's own counting as "
        "right; null where no sample has a corrected label."
    )
    new_verified: int = Field(description="Samples settled since the job read its labels.")
    advice: Advice = Field(
        description="rerun: start another job, since at least 30 labels, and a quarter of what this one "
        "learned from, were settled since; stop: all is reviewed, or after 50 decisions fewer than 5 errors "
        "are expected in the next 100, corrected by what the last 100 found; review: go on."
    )
    advice_reason: str = Field(description="Why, with figures, in a sentence.")
