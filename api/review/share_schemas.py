"""Bodies of the endpoints for shares of a queue."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from api.pagination import RowNumber
from api.review.schemas import LeaseRequest, Score
from api.schemas import NO_NUL, RequestBody
from api.verification.schemas import MAX_REVIEWER, Reviewer
from store.models import Queue
from store.review.shares import Assignee as StoredAssignee
from store.review.shares import ShareProgress

MAX_GROUP = 50
MAX_ASSIGNEES = 50

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_REVIEWER, pattern=NO_NUL)
]


class ShareFilter(RequestBody):
    """Which undecided samples to assign. Conditions are combined with AND."""

    job_id: str | None = Field(
        None,
        max_length=64,
        pattern=NO_NUL,
        description="The job whose ranking is shared; without one, all samples, in random order.",
    )
    given: str | None = Field(None, description="Only this given label (a class name).")
    score_min: Score | None = Field(None, description="Only label scores of at least this; needs a job.")
    score_max: Score | None = Field(None, description="Only label scores of at most this; needs a job.")
    rank_max: RowNumber | None = Field(None, description="Only ranks up to this; needs a job.")

    def to_request(self, reviewer: str) -> LeaseRequest:
        """The request for samples of the same queue."""
        fields = self.model_dump()
        if self.job_id is None:
            return LeaseRequest(queue=Queue.VERIFY, reviewer=reviewer, label=fields.pop("given"), **fields)
        return LeaseRequest(queue=Queue.REVIEW, reviewer=reviewer, **fields)

    def describe(self, max_samples: int | None) -> str:
        """The filter for people, such as `class cat, score at most 0.2, first 100`."""
        parts = [
            (self.given, "class {}"),
            (self.score_min, "score at least {}"),
            (self.score_max, "score at most {}"),
            (self.rank_max, "rank at most {}"),
            (max_samples, "first {}"),
        ]
        found = ", ".join(text.format(value) for value, text in parts if value is not None)
        return found or "all images"


class Assignee(RequestBody):
    """A person or a group."""

    reviewers: list[Name] = Field(
        min_length=1,
        max_length=MAX_GROUP,
        description="Names of reviewers. In a group, each sample goes to whoever asks first.",
    )
    weight: float = Field(1, gt=0, le=1000, description="Size of the share, relative to the others.")


class SharesCreate(RequestBody):
    """Shares to assign."""

    filter: ShareFilter = Field(default_factory=ShareFilter, description="Which samples.")
    max_samples: int | None = Field(
        None, ge=1, le=10_000_000, description="Only the first ones of the queue, this many."
    )
    assignees: list[Assignee] = Field(
        min_length=1, max_length=MAX_ASSIGNEES, description="Who gets a share each."
    )
    reviewer: Reviewer = Field("", description="Who assigns them.")

    def to_store(self) -> list[StoredAssignee]:
        """The assignees for the store, each name once."""
        return [StoredAssignee(list(dict.fromkeys(one.reviewers)), one.weight) for one in self.assignees]


class SharesPreview(BaseModel):
    """What could be assigned. Nothing is changed."""

    num_samples: int = Field(description="Number of undecided samples in no share that match.")


class Share(BaseModel):
    """Samples that a person or a group is served first."""

    id: str = Field(description="The share's id.")
    assignees: list[str] = Field(description="Names of its reviewers.")
    description: str = Field(description="Which samples were chosen, for people.")
    num_samples: int = Field(description="Number of samples.")
    num_decided: int = Field(
        description="Number of these with a decision by one of its reviewers, or with a verdict."
    )
    reviewer: str = Field(description="Who assigned it; may be empty.")
    created_at: datetime = Field(description="When (UTC).")

    @classmethod
    def of(cls, progress: ShareProgress) -> Self:
        """From the row and its counts."""
        row = progress.share
        return cls(
            id=str(row.id),
            assignees=row.assignees,
            description=row.description,
            num_samples=progress.num_samples,
            num_decided=progress.num_decided,
            reviewer=row.reviewer,
            created_at=row.created_at,
        )


class ShareList(BaseModel):
    """The shares of a dataset."""

    items: list[Share] = Field(description="The shares, oldest first.")
