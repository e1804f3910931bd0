"""Bodies of the verification endpoints."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from api.schemas import NO_NUL, RequestBody
from store import models
from store.models import Verdict, VerificationSource
from store.verification.verified_set import WORTHWHILE_HOLDOUT
from store.verification.verified_set import VerifiedSet as CountedSet

MAX_BATCH = 1000

MAX_REVIEWER = 200
Reviewer = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_REVIEWER, pattern=NO_NUL)]


class SeenByAuthor(RequestBody):
    """What the author of a decision saw."""

    seen: str | None = Field(
        None,
        pattern=r"^[0-9]{1,18}$",
        description="What the author saw: `seen` of the response that showed the sample, or the id of a "
        "newer verification of it. If somebody decided otherwise since, nothing is stored: 409 with both "
        "answers in `conflicts`. By default, the newest decision replaces any other.",
    )

    @property
    def seen_id(self) -> int | None:
        """`seen` as a number."""
        return None if self.seen is None else int(self.seen)


class Decision(SeenByAuthor):
    """A decision about one sample."""

    verdict: Verdict = Field(
        description="correct (the given label is right), wrong (`label` is the right one), wrong_unknown, "
        "unsure, unusable, or withdrawn (withdraw this reviewer's latest active decision)."
    )
    label: str | None = Field(
        None,
        description="Name of the right class, for the verdict wrong; and for the verdict correct on an image "
        "without a given label.",
    )


class DecisionContext(RequestBody):
    """Who decides, and how they came to the sample."""

    job_id: str | None = Field(
        None,
        max_length=64,
        pattern=NO_NUL,
        description="The job whose ranking led to the sample. Such samples are not a random sample, so they "
        "join only the meta set. Default: the job the sample was served from, if any.",
    )
    reviewer: Reviewer = Field(
        "", description="The reviewer. The latest decision of each reviewer is active."
    )


class VerificationCreate(Decision, DecisionContext):
    """One reviewer's decision about one sample."""


class BatchItem(Decision):
    """The decision about one sample of a batch."""

    sample_id: str = Field(pattern=r"^[0-9]{1,18}$", description="The sample.")


class VerificationBatch(DecisionContext):
    """One reviewer's decisions about many samples. All are stored, or none."""

    items: list[BatchItem] = Field(
        min_length=1, max_length=MAX_BATCH, description="One decision per sample, each sample at most once."
    )


class Withdrawal(RequestBody):
    """The withdrawal of a verification."""

    reviewer: Reviewer = Field("", description="Who withdraws it; need not be who made it.")


class Verification(BaseModel):
    """A stored decision about a sample."""

    id: str = Field(description="The verification's id; later ones are larger.")
    sample_id: str = Field(description="The sample.")
    verdict: Verdict = Field(description="The verdict.")
    label: str | None = Field(description="The true class, for correct and wrong; else null.")
    source: VerificationSource = Field(description="upload (in bulk) or review (one at a time).")
    reviewer: str = Field(description="The reviewer; may be empty.")
    job_id: str | None = Field(description="The job whose ranking led to the sample; null if none did.")
    withdraws_id: str | None = Field(description="For withdrawn: the verification it withdraws.")
    created_at: datetime = Field(description="When it was stored (UTC).")

    @classmethod
    def of(cls, row: models.Verification, classes: list[str]) -> Self:
        """From the row; `classes` are the dataset's."""
        return cls(
            id=str(row.id),
            sample_id=str(row.sample_id),
            verdict=row.verdict,
            label=None if row.label is None else classes[row.label],
            source=row.source,
            reviewer=row.reviewer,
            job_id=row.job_id,
            withdraws_id=None if row.withdraws_id is None else str(row.withdraws_id),
            created_at=row.created_at,
        )


class VerificationList(BaseModel):
    """The verifications that a batch added."""

    items: list[Verification] = Field(description="The verifications, in the order of the batch.")


class VerificationHistory(BaseModel):
    """All verifications of one sample."""

    items: list[Verification] = Field(description="The verifications, oldest first.")


class ClassCount(BaseModel):
    """Counts of one class in the verified set."""

    label: str = Field(description="Name of the class.")
    given: int = Field(description="Samples with this given label.")
    total: int = Field(description="Settled samples of this class.")
    meta: int = Field(description="Those in the meta set, which methods learn from.")
    holdout: int = Field(description="Those in the hold-out, which is for evaluation only.")
    needed: int = Field(
        description="How many more labels the class needs before a job can start, from samples that no "
        "ranking selected."
    )


class VerifiedSet(BaseModel):
    """Counts of the samples whose true class is settled."""

    total: int = Field(description="Settled samples.")
    meta: int = Field(description="Those in the meta set, which methods learn from.")
    holdout: int = Field(description="Those in the hold-out, which is for evaluation only.")
    separate: int = Field(
        description="Those without a given label, in either part. Figures of the given labels leave them out."
    )
    ready: bool = Field(description="Whether a job can start.")
    missing: int = Field(description="Sum of `needed` over the classes.")
    recommended_missing: int = Field(
        description="About how many more such labels make a job worthwhile: the hold-out then has "
        f"{WORTHWHILE_HOLDOUT} samples, which determine an accuracy to about 23 percentage points. At most "
        "the number of samples without a verdict; 0 if a job is worthwhile now."
    )
    classes: list[ClassCount] = Field(description="Per class, in the dataset's order.")

    @classmethod
    def of(cls, counted: CountedSet) -> Self:
        """From the counts."""
        return cls.model_validate(counted, from_attributes=True)


class UploadOutcome(BaseModel):
    """The effect of an upload of verified labels."""

    accepted: int = Field(description="Samples with a new decision from this upload.")
    unchanged: int = Field(description="Lines that repeated the current decision.")
    notes: list[str] = Field(
        description="What was guessed while reading the table, in sentences: encoding, delimiter, names that "
        "are not written as in the dataset."
    )
    verified_set: VerifiedSet = Field(description="The verified set after the upload.")
