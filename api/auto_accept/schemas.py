"""Bodies of the auto-accept endpoints."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from api.results.schemas import Result
from api.schemas import RequestBody
from api.verification.schemas import Reviewer
from mslg_core.reports import Interval
from store import models
from store.models import AcceptanceKind
from store.results.auto_accept import AcceptSource

SeenPolicy = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")]
MaxError = Annotated[float, Field(gt=0, le=0.5)]


class AutoAcceptChoice(RequestBody):
    """A policy for the dataset."""

    policy: AcceptanceKind = Field(
        AcceptanceKind.BUDGET,
        description="none (accept no suggestion), sign_test (all or none, as each job's own test on the "
        "verified set says), or budget (the most confident ones within `max_error`).",
    )
    max_error: MaxError | None = Field(
        None,
        description="budget: largest expected share of wrong labels among the accepted suggestions.",
    )
    reviewer: Reviewer = Field("", description="Who makes this change.")
    seen: SeenPolicy | None = Field(
        None,
        description="`seen` of the state that the author saw. If another policy holds by now, nothing is "
        "changed, and the answer is 409 with both.",
    )


class AcceptancePolicy(BaseModel):
    """A person's choice for the dataset."""

    kind: AcceptanceKind = Field(description="none, sign_test or budget.")
    max_error: float | None = Field(description="The error budget; null for other kinds.")
    reviewer: str = Field(description="Who chose it; may be empty.")
    created_at: datetime = Field(description="When (UTC).")

    @classmethod
    def of(cls, row: models.AcceptancePolicy) -> Self:
        """From the row."""
        return cls.model_validate(row, from_attributes=True)


class AutoAcceptState(BaseModel):
    """Which suggestions of a job are accepted without review."""

    source: AcceptSource = Field(
        description="What selects this job's suggestions: budget (an error budget), run (the job's own "
        "test on the verified set), or none (no suggestion is accepted)."
    )
    max_error: float | None = Field(description="The applied error budget; null if there is none.")
    min_confidence: float | None = Field(
        description="Smallest probability of an accepted suggestion, among flagged samples without a "
        "decision; null if none is accepted."
    )
    expected_error: float | None = Field(
        description="Expected share of wrong labels among the accepted suggestions; null if none is accepted."
    )
    observed_error: Interval | None = Field(
        description="Share of wrong suggestions among flagged hold-out samples above `min_confidence`; null "
        "if none is accepted or the hold-out has none."
    )
    num_samples: int = Field(description="Number of samples whose corrected label is the suggestion.")
    policy: AcceptancePolicy | None = Field(
        description="The dataset's policy; null if nobody has chosen, and each job's own test decides."
    )
    before: AcceptancePolicy | None = Field(
        description="The policy that undo restores; null if it restores each job's own test."
    )
    seen: str = Field(description="The policy that holds: send it with a choice or an undo.")
    follows_policy: bool = Field(
        description="Whether this job follows the policy. An older job keeps what it accepted when a policy "
        "is chosen on another one."
    )
    reviewer: str | None = Field(description="Who made the last change; null if nobody has since the run.")
    created_at: datetime | None = Field(description="When (UTC); null if nobody has since the run.")


class AcceptedPair(BaseModel):
    """Suggestions that would change one class to another."""

    given: str = Field(description="The given label.")
    suggested: str = Field(description="The suggested label.")
    count: int = Field(description="Number of samples.")
    expected_errors: float = Field(description="Expected number of wrong suggestions among them.")


class AutoAcceptPreview(BaseModel):
    """What an error budget would accept. Nothing is changed."""

    max_error: float = Field(description="The previewed error budget.")
    min_confidence: float | None = Field(
        description="Smallest probability of a suggestion that would be accepted; null if none fits."
    )
    num_samples: int = Field(description="Number of suggestions that would be accepted.")
    expected_error: float | None = Field(
        description="Expected share of wrong ones, at most the budget; null if none would be accepted."
    )
    flagged: int = Field(description="Flagged samples without a decision: the most that could be accepted.")
    observed_error: Interval | None = Field(
        description="Share of wrong suggestions among flagged hold-out samples above `min_confidence`; null "
        "if there are none."
    )
    inflation: float = Field(
        description="Factor on every expected error, at least 1: how much more often suggestions for flagged "
        "hold-out samples are wrong than their probabilities predict, over all or over the confident ones, "
        "whichever is more."
    )
    by_class: list[AcceptedPair] = Field(description="By pair of classes, the most frequent change first.")
    riskiest: list[Result] = Field(description="The least confident suggestions that would be accepted.")
