"""Bodies of the team endpoints."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.pagination import Page
from api.schemas import NO_NUL, RequestBody
from api.verification.schemas import Reviewer, Verification
from mslg_core.reports import Interval
from store import models
from store.models import Role, Verdict, VerificationSource
from store.statistics.agreement import Agreement as MeasuredAgreement
from store.statistics.audit_log import SampleComment, TrailEntry
from store.statistics.reviewers import Mistake as CountedMistake
from store.statistics.reviewers import ReviewerRecord
from store.verification import trail_filter

MAX_COMMENT = 2000


class TrailFilter(BaseModel):
    """Which verifications to list. Conditions are combined with AND."""

    reviewer: Reviewer | None = Field(None, description="Only by this reviewer.")
    verdict: Verdict | None = Field(None, description="Only this verdict.")
    role: Role | None = Field(None, description="Only this role.")
    source: VerificationSource | None = Field(None, description="Only uploads, or only reviews.")
    sample_id: str | None = Field(None, pattern=r"^[0-9]{1,18}$", description="Only this sample.")
    since: AwareDatetime | None = Field(None, description="Only from this time on, with its time zone.")
    until: AwareDatetime | None = Field(None, description="Only before this time, with its time zone.")
    id_min: str | None = Field(None, pattern=r"^[0-9]{1,18}$", description="Only ids from this one on.")
    id_max: str | None = Field(None, pattern=r"^[0-9]{1,18}$", description="Only ids up to this one.")

    def to_store(self) -> trail_filter.TrailFilter:
        """The same filter for the store, whose ids are numbers."""
        ids = {
            name: None if value is None else int(value)
            for name in ("sample_id", "id_min", "id_max")
            for value in [getattr(self, name)]
        }
        return trail_filter.TrailFilter(**(self.model_dump() | ids))


class BulkWithdrawalCreate(RequestBody):
    """Decisions to take back."""

    filter: TrailFilter = Field(
        description="Which ones: all active decisions that match. With the verdict withdrawn, the matching "
        "withdrawals are taken back, which restores what they withdrew."
    )
    reviewer: Reviewer = Field("", description="Who takes them back.")
    expected: int = Field(ge=0, description="How many matched in the preview. Otherwise nothing is done.")


class WithdrawalPreview(BaseModel):
    """What would be taken back. Nothing is changed."""

    decisions: int = Field(description="Number of decisions.")
    samples: int = Field(description="Number of samples that they are about.")
    reviewers: dict[str, int] = Field(description="Number of decisions by reviewer, the most first.")


class BulkWithdrawal(BaseModel):
    """The decisions that were taken back."""

    count: int = Field(description="Number of decisions.")
    first_id: str = Field(description="Id of the first withdrawal; 0 without any.")
    last_id: str = Field(
        description="Id of the last withdrawal. To undo, take back the withdrawals from `first_id` to "
        "`last_id`: a filter with the verdict withdrawn, `id_min` and `id_max`."
    )


class TrailItem(Verification):
    """One decision, with its sample."""

    file_name: str = Field(description="File name of the sample, byte for byte.")
    given_label: str | None = Field(description="The label that came with the image; null: it had none.")
    role: Role = Field(
        description="opinion (one vote), adjudication (decides a tie or a re-review) or honeypot (only tests "
        "the reviewer). A withdrawal has the role of the verification it withdraws."
    )
    withdrawn: bool = Field(description="Whether it has been withdrawn.")

    @classmethod
    def of_entry(cls, entry: TrailEntry, classes: list[str]) -> Self:
        """From the rows; `classes` are the dataset's."""
        given = entry.sample.given_label
        return cls(
            **Verification.of(entry.verification, classes).model_dump(),
            file_name=entry.sample.file_name,
            given_label=None if given is None else classes[given],
            role=entry.verification.role,
            withdrawn=entry.withdrawn,
        )


class TrailPage(Page[TrailItem]):
    """Decisions, newest first."""


class CommentCreate(RequestBody):
    """A comment to add to a sample."""

    reviewer: Reviewer = Field("", description="Who writes the comment.")
    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_COMMENT, pattern=NO_NUL)
    ] = Field(description="Plain text.")


class Comment(BaseModel):
    """A comment on a sample."""

    id: str = Field(description="The comment's id; later ones are larger.")
    sample_id: str = Field(description="The sample.")
    reviewer: str = Field(description="Who wrote it; may be empty.")
    text: str = Field(description="Plain text.")
    created_at: datetime = Field(description="When it was written (UTC).")

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

    items: list[Comment] = Field(description="The comments, oldest first.")


class NamedComment(Comment):
    """A comment, with its sample."""

    file_name: str = Field(description="File name of the sample, byte for byte.")

    @classmethod
    def of_sample(cls, found: SampleComment) -> Self:
        """From the rows."""
        return cls(**Comment.of(found.comment).model_dump(), file_name=found.sample.file_name)


class CommentPage(Page[NamedComment]):
    """Comments on a dataset's samples, newest first."""


class PairAgreement(BaseModel):
    """Agreement of two reviewers on the samples that both judged."""

    a: str = Field(description="One reviewer.")
    b: str = Field(description="The other.")
    samples: int = Field(description="Samples with an opinion from both.")
    observed: float = Field(description="Share of these samples on which they agree.")
    cohen_kappa: float | None = Field(
        description="Cohen's kappa, at most 1; null if agreement by chance is certain."
    )


class Agreement(BaseModel):
    """Agreement of reviewers. Two opinions agree if verdict and class are equal."""

    samples: int = Field(description="Samples with two opinions or more.")
    observed: float | None = Field(
        description="Share of pairs of opinions that agree, averaged over samples."
    )
    fleiss_kappa: float | None = Field(
        description="Fleiss' kappa, at most 1; null if agreement by chance is certain."
    )
    contested: int = Field(description="Samples with a tie to break.")
    pairs: list[PairAgreement] = Field(description="All pairs of reviewers with common samples, by name.")

    @classmethod
    def of(cls, measured: MeasuredAgreement) -> Self:
        """From the measured agreement."""
        return cls.model_validate(measured, from_attributes=True)


class Mistake(BaseModel):
    """Wrong answers to honeypots, for one pair of settled and decided class."""

    settled: str = Field(description="The settled class.")
    decided: str = Field(description="The class the reviewer decided on; if none, the verdict.")
    count: int = Field(description="Number of such answers.")

    @classmethod
    def of(cls, mistake: CountedMistake, classes: list[str]) -> Self:
        """From the counts; `classes` are the dataset's."""
        decided = mistake.decided if isinstance(mistake.decided, Verdict) else classes[mistake.decided]
        return cls(settled=classes[mistake.settled], decided=decided, count=mistake.count)


class ReviewerFigures(BaseModel):
    """Statistics of one reviewer."""

    reviewer: str = Field(description="The reviewer's name; may be empty.")
    decisions: int = Field(description="Number of decisions, including withdrawn ones.")
    withdrawn: int = Field(description="Number of decisions that were withdrawn.")
    honeypots: Interval | None = Field(
        description="Accuracy on honeypots: samples whose class was settled before the reviewer judged them. "
        "Unsure is no answer. Null without answers."
    )
    confusion: list[Mistake] = Field(description="Wrong answers to honeypots, most frequent first.")
    per_minute: float | None = Field(
        description="Decisions per minute, without pauses over two minutes; null if there are too few."
    )
    last_at: datetime | None = Field(description="When the latest decision was made (UTC).")

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
    """All reviewers with a decision."""

    items: list[ReviewerFigures] = Field(description="The reviewers, by name.")
