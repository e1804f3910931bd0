"""Bodies of the endpoints that serve samples to reviewers."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from api.metadata.filters import Conditions, Tags
from api.pagination import RowNumber
from api.schemas import NO_NUL, RequestBody, Seen
from api.verification.schemas import MAX_BATCH, Reviewer
from mslg_rules.class_map import ClassMap
from store.models import Queue, Verdict, Verification
from store.results.class_reading import read_soft_label
from store.review.assignments import Served
from store.review.assignments import Serving as ServedBatch

MAX_SERVED = 50

Score = Annotated[float, Field(ge=0, le=1)]
SampleId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")]


class LeaseRequest(RequestBody):
    """A request for samples. Conditions are combined with AND."""

    queue: Queue = Field(
        description="verify (builds the verified set: classes that lack labels first, then random samples "
        "alternating with those the latest job is least sure of), review (a job's ranking, most suspicious "
        "first), tie_break (reviewers disagree), or re_review (a job contradicts the settled label)."
    )
    reviewer: Reviewer = Field(
        description="The reviewer. Samples with an active decision of theirs are not served."
    )
    job_id: str | None = Field(
        None,
        max_length=64,
        pattern=NO_NUL,
        description="review: the job whose ranking to review, required. re_review: only this job's findings.",
    )
    count: int = Field(10, ge=1, le=MAX_SERVED, description="Maximum number of samples.")
    holding: list[SampleId] = Field(
        [],
        max_length=MAX_BATCH,
        description="Samples the reviewer still has: their leases are renewed and they are not served again.",
    )
    label: str | None = Field(None, description="verify: only this given label (a class name).")
    given: str | None = Field(None, description="review: only this given label (a class name).")
    suggested: str | None = Field(None, description="review: only this suggestion (a class name).")
    score_min: Score | None = Field(None, description="review: only label scores of at least this.")
    score_max: Score | None = Field(None, description="review: only label scores of at most this.")
    rank_max: RowNumber | None = Field(None, description="review: only ranks up to this.")
    changed_by_model: bool | None = Field(
        None,
        description="review: true: only samples whose label an accepted suggestion changes; false: only the "
        "others.",
    )
    metadata: Conditions | None = Field(
        None, description="Only samples whose metadata meets each condition, as in the ranking."
    )
    tag: Tags | None = Field(None, description="Only samples that have each of these tags.")


class Opinion(BaseModel):
    """A reviewer's opinion on a served sample."""

    reviewer: str = Field(description="The reviewer; empty for uploads and reviewers without a name.")
    verdict: Verdict = Field(description="The verdict.")
    label: str | None = Field(description="The true class, for correct and wrong; else null.")

    @classmethod
    def of(cls, row: Verification, classes: list[str]) -> Self:
        """From the row; `classes` are the dataset's."""
        return cls(reviewer=row.reviewer, verdict=row.verdict, label=_name(row.label, classes))


class ServedSample(BaseModel):
    """A sample for one reviewer to judge. The verify queue shows no suggestion, to avoid anchoring bias."""

    sample_id: str = Field(description="The sample.")
    file_name: str = Field(description="The file name in the archive, byte for byte.")
    width: int = Field(description="Width in pixels.")
    height: int = Field(description="Height in pixels.")
    given_label: str = Field(description="The label that came with the image.")
    job_id: str | None = Field(
        description="The job whose ranking selected it; null if it was selected at random."
    )
    suggested_label: str | None = Field(description="review, re_review: the class the job suggests.")
    label_score: float | None = Field(description="review, re_review: 0..1; low = probably wrong.")
    rank: int | None = Field(description="review, re_review: 1 = most suspicious.")
    soft_label: list[float] | None = Field(
        description="review, re_review: probability per class, in the order of the dataset's classes, or of "
        "`soft_label_classes`."
    )
    soft_label_classes: list[int] | None = Field(
        description="With more than 500 classes: the classes that `soft_label` is of, as 0-based indices; "
        "the others have probability 0. Null: all classes."
    )
    changed_by_model: bool = Field(
        description="review: whether the suggestion is accepted as long as nobody decides."
    )
    settled_label: str | None = Field(description="re_review: the settled class.")
    probability: float | None = Field(
        description="re_review: out-of-sample probability of the settled class, according to the job."
    )
    opinions: list[Opinion] = Field(
        description="tie_break, re_review: the latest active decision of each reviewer; else empty."
    )

    @classmethod
    def of(cls, served: Served, classes: list[str], class_map: ClassMap) -> Self:
        """From the served sample; `classes` are the names that labels are read as."""
        sample, result, look = served.sample, served.result, served.re_review
        soft_label = read_soft_label(result, class_map) if result else None
        assert sample.given_label is not None  # noqa: S101 # for the type checker: no queue holds others
        return cls(
            sample_id=str(sample.id),
            file_name=sample.file_name,
            width=sample.width,
            height=sample.height,
            given_label=classes[sample.given_label],
            job_id=served.job_id,
            suggested_label=_name(result.suggested, classes) if result else None,
            label_score=result.label_score if result else None,
            rank=result.rank if result else None,
            soft_label=soft_label.probabilities if soft_label else None,
            changed_by_model=served.changed_by_model,
            soft_label_classes=soft_label.indices if soft_label else None,
            settled_label=_name(look.settled_label, classes) if look else None,
            probability=look.probability if look else None,
            opinions=[Opinion.of(row, classes) for row in served.opinions],
        )


class Serving(BaseModel):
    """Samples leased to the reviewer."""

    items: list[ServedSample] = Field(description="In the order of the queue.")
    remaining: int = Field(description="Number of further samples in the queue for this reviewer.")
    expires_at: datetime = Field(description="When the leases expire (UTC); `holding` renews them.")
    seen: Seen

    @classmethod
    def of(cls, served: ServedBatch) -> Self:
        """From the served samples."""
        classes, class_map = served.dataset.class_map.labels, served.dataset.class_map
        return cls(
            items=[ServedSample.of(item, classes, class_map) for item in served.items],
            remaining=served.remaining,
            expires_at=served.expires_at,
            seen=str(served.seen),
        )


class QueueCounts(BaseModel):
    """Number of samples that wait for one reviewer, per queue that needs no job."""

    verify: int = Field(description="Samples that need opinions.")
    tie_break: int = Field(description="Samples on which reviewers disagree.")
    re_review: int = Field(description="Verified samples whose label a job contradicts.")


def _name(label: int | None, classes: list[str]) -> str | None:
    return None if label is None else classes[label]
