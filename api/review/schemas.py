"""Bodies of the endpoints that serve samples to reviewers."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from api.schemas import NO_NUL, RequestBody
from api.verification.schemas import MAX_BATCH, Reviewer
from store.leases import Served
from store.leases import Serving as ServedBatch
from store.models import Queue, Verdict, Verification
from store.results import unpack_soft_label

MAX_SERVED = 50

Score = Annotated[float, Field(ge=0, le=1)]
SampleId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")]


class LeaseRequest(RequestBody):
    """Which samples a reviewer asks for; conditions add up."""

    queue: Queue = Field(
        description="verify (builds the verified set: classes that lack labels first, then samples drawn by "
        "chance and those the newest job is least sure of, in turn), review (a job's ranking, the most "
        "suspicious first), tie_break (reviewers disagree), or second_look (a run contradicts what is "
        "settled)."
    )
    reviewer: Reviewer = Field(description="Who asks; nobody is served what they have said something about.")
    job_id: str | None = Field(
        None,
        max_length=64,
        pattern=NO_NUL,
        description="The job to review, for the queue review; of second looks, picks those of one job.",
    )
    count: int = Field(10, ge=1, le=MAX_SERVED, description="Most samples to serve.")
    holding: list[SampleId] = Field(
        [],
        max_length=MAX_BATCH,
        description="Samples that the reviewer still has: leased on, not served again.",
    )
    label: str | None = Field(None, description="verify: only this given label (a class name).")
    given: str | None = Field(None, description="review: only this given label (a class name).")
    suggested: str | None = Field(None, description="review: only this suggestion (a class name).")
    score_min: Score | None = Field(None, description="review: only label scores of at least this.")
    score_max: Score | None = Field(None, description="review: only label scores of at most this.")


class Opinion(BaseModel):
    """What somebody has said about a served sample."""

    reviewer: str = Field(description="Who; empty for uploads and for people without a name.")
    verdict: Verdict = Field(description="What was said.")
    label: str | None = Field(description="The true class with correct and wrong, else null.")

    @classmethod
    def of(cls, row: Verification, classes: list[str]) -> Self:
        """From the row; `classes` are the dataset's."""
        return cls(reviewer=row.reviewer, verdict=row.verdict, label=_name(row.label, classes))


class ServedSample(BaseModel):
    """A sample for one reviewer to judge. Where people judge for themselves, nothing else is told."""

    sample_id: str = Field(description="The sample.")
    file_name: str = Field(description="Your own file name, byte for byte.")
    width: int = Field(description="Width in pixels.")
    height: int = Field(description="Height in pixels.")
    given_label: str = Field(description="The class that the image came with.")
    job_id: str | None = Field(description="The job whose ranking chose it; null when chance did.")
    suggested_label: str | None = Field(description="review, second_look: the class that the job suggests.")
    label_score: float | None = Field(description="review, second_look: low = probably wrong.")
    rank: int | None = Field(description="review, second_look: 1 = most suspicious.")
    soft_label: list[float] | None = Field(
        description="review, second_look: a probability per class, in the order of the dataset's classes."
    )
    settled_label: str | None = Field(description="second_look: the class that is settled so far.")
    probability: float | None = Field(
        description="second_look: what the job, not having learned it, gives the settled class."
    )
    opinions: list[Opinion] = Field(
        description="tie_break, second_look: each person's newest word that stands; else empty."
    )

    @classmethod
    def of(cls, served: Served, classes: list[str]) -> Self:
        """From what is served; `classes` are the dataset's."""
        sample, result, look = served.sample, served.result, served.second_look
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
            soft_label=unpack_soft_label(result.soft_label) if result else None,
            settled_label=_name(look.settled_label, classes) if look else None,
            probability=look.probability if look else None,
            opinions=[Opinion.of(said, classes) for said in served.opinions],
        )


class Serving(BaseModel):
    """Samples that are this reviewer's for a while."""

    items: list[ServedSample] = Field(description="In the order of the queue.")
    remaining: int = Field(description="How many more the queue holds for this reviewer, beyond these.")
    expires_at: datetime = Field(description="Until when nobody else gets these (UTC); `holding` renews it.")

    @classmethod
    def of(cls, served: ServedBatch) -> Self:
        """From what is served."""
        classes = served.dataset.classes
        return cls(
            items=[ServedSample.of(item, classes) for item in served.items],
            remaining=served.remaining,
            expires_at=served.expires_at,
        )


class QueueCounts(BaseModel):
    """How many samples wait for one reviewer, in each queue that needs no job."""

    verify: int = Field(description="Samples that lack opinions.")
    tie_break: int = Field(description="Samples on which reviewers disagree.")
    second_look: int = Field(description="Verified samples that a run contradicts.")


def _name(label: int | None, classes: list[str]) -> str | None:
    return None if label is None else classes[label]
