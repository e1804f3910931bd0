"""Bodies of the endpoints about several reviewers."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from api.pagination import Page
from api.schemas import RequestBody
from api.verification.schemas import NO_NUL, Reviewer, Verification
from mslg_core.reports import Interval
from store import models
from store.models import Role, Verdict, VerificationSource
from store.statistics.agreement import Agreement as MeasuredAgreement
from store.statistics.audit_log import SampleComment, TrailEntry
from store.statistics.reviewers import Mistake as CountedMistake
from store.statistics.reviewers import ReviewerRecord

MAX_COMMENT = 2000


class TrailFilter(BaseModel):
    """Which verifications to list; conditions add up."""

    reviewer: Reviewer | None = Field(None, description="Only by this reviewer.")
    verdict: Verdict | None = Field(None, description="Only this verdict.")
    role: Role | None = Field(None, description="Only what counts as this.")
    source: VerificationSource | None = Field(None, description="Only uploads, or only what people said.")
    sample_id: str | None = Field(None, pattern=r"^[0-9]{1,18}$", description="Only about this sample.")


class TrailItem(Verification):
    """One decision, with its sample."""

    file_name: str = Field(description="The sample's file name, byte for byte.")
    given_label: str = Field(description="The class that the image came with.")
    role: Role = Field(
        description="opinion (one voice), adjudication (the last word on a tie or a second look) or honeypot "
        "(only measures the reviewer); of a withdrawal, that of what is taken back."
    )
    withdrawn: bool = Field(description="Whether it was taken back since.")

    @classmethod
    def of_entry(cls, entry: TrailEntry, classes: list[str]) -> Self:
        """From the rows; `classes` are the dataset's."""
        return cls(
            **Verification.of(entry.verification, classes).model_dump(),
            file_name=entry.sample.file_name,
            given_label=classes[entry.sample.given_label],
            role=entry.verification.role,
            withdrawn=entry.withdrawn,
        )


class TrailPage(Page[TrailItem]):
    """Decisions, the newest first."""


class CommentCreate(RequestBody):
    """Something to write about a sample."""

    reviewer: Reviewer = Field("", description="Who writes.")
    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_COMMENT, pattern=NO_NUL)
    ] = Field(description="Plain text.")


class Comment(BaseModel):
    """What somebody wrote about a sample."""

    id: str = Field(description="The comment's id; later ones are larger.")
    sample_id: str = Field(description="The sample.")
    reviewer: str = Field(description="Who wrote; may be empty.")
    text: str = Field(description="Plain text.")
    created_at: datetime = Field(description="When (UTC).")

    @classmethod
    def of(cls, row: models.Comment) -> Self:
        """From the row."""
        return cls(
            id=str(row.id),
            sample_id=str(row.sample_id),
            reviewer=row.reviewer,
            text=row.text,
            created_at=row.created_at,
        )


class CommentList(BaseModel):
    """All comments on one sample."""

    items: list[Comment] = Field(description="The oldest first.")


class NamedComment(Comment):
    """A comment, with its sample."""

    file_name: str = Field(description="The sample's file name, byte for byte.")

    @classmethod
    def of_sample(cls, found: SampleComment) -> Self:
        """From the rows."""
        return cls(**Comment.of(found.comment).model_dump(), file_name=found.sample.file_name)


class CommentPage(Page[NamedComment]):
    """Comments on a dataset's samples, the newest first."""


class PairAgreement(BaseModel):
    """Two reviewers on the samples that both have judged."""

    a: str = Field(description="One reviewer.")
    b: str = Field(description="The other.")
    samples: int = Field(description="Samples with an opinion of both.")
    observed: float = Field(description="Share of these on which they say the same.")
    cohen_kappa: float | None = Field(
        description="Agreement beyond chance, at most 1; null where chance explains everything."
    )


class Agreement(BaseModel):
    """How far reviewers agree; two say the same when verdict and class are the same."""

    samples: int = Field(description="Samples with two opinions or more.")
    observed: float | None = Field(description="Share of pairs of opinions that agree, mean over samples.")
    fleiss_kappa: float | None = Field(
        description="Agreement of all beyond chance, at most 1; null where chance explains everything."
    )
    contested: int = Field(description="Samples that wait for somebody to break a tie.")
    pairs: list[PairAgreement] = Field(description="Every two reviewers with samples in common, by name.")

    @classmethod
    def of(cls, measured: MeasuredAgreement) -> Self:
        """From what was measured."""
        return cls.model_validate(measured, from_attributes=True)


class Mistake(BaseModel):
    """Wrong answers to honeypots, of one kind."""

    settled: str = Field(description="The class that is settled.")
    said: str = Field(description="The class that the reviewer said; where none, the verdict.")
    count: int = Field(description="How often.")

    @classmethod
    def of(cls, mistake: CountedMistake, classes: list[str]) -> Self:
        """From the counts; `classes` are the dataset's."""
        said = mistake.decided if isinstance(mistake.decided, Verdict) else classes[mistake.decided]
        return cls(settled=classes[mistake.settled], said=said, count=mistake.count)


class ReviewerFigures(BaseModel):
    """What one reviewer has done."""

    reviewer: str = Field(description="The name; empty for people without one.")
    decisions: int = Field(description="Verdicts given, those taken back later included.")
    withdrawn: int = Field(description="Those of them that were taken back.")
    honeypots: Interval | None = Field(
        description="Accuracy on samples whose class was known without the reviewer knowing it; unsure is no "
        "answer. Null without an answer."
    )
    confusion: list[Mistake] = Field(description="Wrong answers to honeypots, the most frequent first.")
    per_minute: float | None = Field(
        description="Decisions per minute of work, pauses of over two minutes left out; null for too few."
    )
    last_at: datetime | None = Field(description="When the last decision was made (UTC).")

    @classmethod
    def of(cls, record: ReviewerRecord, classes: list[str]) -> Self:
        """From the record; `classes` are the dataset's."""
        return cls(
            reviewer=record.reviewer,
            decisions=record.decisions,
            withdrawn=record.withdrawn,
            honeypots=Interval.wilson(record.honeypots_right, record.honeypots),
            confusion=[Mistake.of(mistake, classes) for mistake in record.mistakes],
            per_minute=record.per_minute,
            last_at=record.last_at,
        )


class ReviewerList(BaseModel):
    """Everybody who has said something."""

    items: list[ReviewerFigures] = Field(description="By name.")
