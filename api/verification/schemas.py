"""Bodies of the verification endpoints."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from api.schemas import NO_NUL, RequestBody
from store import models
from store.models import Verdict, VerificationSource
from store.verified_set import WORTHWHILE_HOLDOUT
from store.verified_set import VerifiedSet as CountedSet

MAX_BATCH = 1000

Reviewer = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=NO_NUL)]


class Word(RequestBody):
    """What is said about one sample."""

    verdict: Verdict = Field(
        description="correct (the given label), wrong (then say the right `label`), wrong_unknown, unsure, "
        "unusable, or withdrawn: take back this reviewer's newest word that stands."
    )
    label: str | None = Field(None, description="The right class, by name; with the verdict wrong.")


class Speaker(RequestBody):
    """Who says something, and what led there."""

    job_id: str | None = Field(
        None,
        max_length=64,
        pattern=NO_NUL,
        description="The job whose ranking led to the sample; such samples join the meta set only. Without "
        "it, the job counts by whose ranking the sample was served to this reviewer.",
    )
    reviewer: Reviewer = Field("", description="Who says so; the newest word of each reviewer stands.")


class VerificationCreate(Word, Speaker):
    """One person's word on one sample."""


class BatchItem(Word):
    """A word on one of many samples."""

    sample_id: str = Field(pattern=r"^[0-9]{1,18}$", description="The sample.")


class VerificationBatch(Speaker):
    """One person's words on many samples: all are taken, or none."""

    items: list[BatchItem] = Field(
        min_length=1, max_length=MAX_BATCH, description="One word per sample, no sample twice."
    )


class Withdrawal(RequestBody):
    """Who takes a verification back."""

    reviewer: Reviewer = Field("", description="Who does so; need not be who said it.")


class Verification(BaseModel):
    """One verdict, as it was said."""

    id: str = Field(description="The verification's id; later ones are larger.")
    sample_id: str = Field(description="The sample it is about.")
    verdict: Verdict = Field(description="What was said.")
    label: str | None = Field(description="The true class with correct and wrong, else null.")
    source: VerificationSource = Field(description="upload (in bulk) or review (one at a time).")
    reviewer: str = Field(description="Who said so; may be empty.")
    job_id: str | None = Field(description="The job whose ranking led to the sample.")
    withdraws_id: str | None = Field(description="With withdrawn: the verification that is taken back.")
    created_at: datetime = Field(description="When (UTC).")

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
    """What a batch added."""

    items: list[Verification] = Field(description="In the order of the batch.")


class VerificationHistory(BaseModel):
    """All that was said about one sample."""

    items: list[Verification] = Field(description="The oldest first.")


class ClassCount(BaseModel):
    """One class in the verified set."""

    label: str = Field(description="Name of the class.")
    given: int = Field(description="Samples that came with this label.")
    total: int = Field(description="Settled samples of this class.")
    meta: int = Field(description="Those that methods learn from.")
    holdout: int = Field(description="Those that are only measured on.")
    needed: int = Field(
        description="How many more labels, drawn by no ranking, the class lacks before a job can start."
    )


class VerifiedSet(BaseModel):
    """The samples whose true class is settled, counted."""

    total: int = Field(description="Settled samples.")
    meta: int = Field(description="Those that methods learn from.")
    holdout: int = Field(description="Those that are only measured on.")
    ready: bool = Field(description="Whether a job can start.")
    missing: int = Field(description="How many more labels, drawn by no ranking, are needed in all.")
    recommended_missing: int = Field(
        description="About how many more labels, drawn by no ranking, make a job worth running: the hold-out "
        f"then has {WORTHWHILE_HOLDOUT} samples, and what is measured on it is known to about 17 percentage "
        "points. At most as many as there are samples without a verdict; 0 when it is worth it now."
    )
    classes: list[ClassCount] = Field(description="Class by class, in the dataset's order.")

    @classmethod
    def of(cls, counted: CountedSet) -> Self:
        """From the counts."""
        return cls.model_validate(counted, from_attributes=True)


class UploadOutcome(BaseModel):
    """What an upload of verified labels changed."""

    accepted: int = Field(description="Samples of which this upload says something new.")
    unchanged: int = Field(description="Lines that said what was known already.")
    verified_set: VerifiedSet = Field(description="The verified set as it is now.")
