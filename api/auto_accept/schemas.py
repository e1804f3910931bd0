"""Bodies of the auto-accept endpoints."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.results.schemas import Result
from api.schemas import RequestBody
from api.verification.schemas import Reviewer
from mslg_core.reports import Interval
from store.results.auto_accept import AcceptSource

MaxError = Annotated[float, Field(gt=0, le=0.5)]


class AutoAcceptBudget(RequestBody):
    """An error budget to apply."""

    max_error: MaxError = Field(
        description="Share of the accepted suggestions that may be wrong, as far as can be expected."
    )
    reviewer: Reviewer = Field("", description="Who decides so.")


class AutoAcceptState(BaseModel):
    """Which suggestions of a job are taken without a person now."""

    source: AcceptSource = Field(
        description="Whose decision counts: budget (an error budget that was applied), run (the job's own "
        "test on the verified set), or none (no suggestion is taken)."
    )
    max_error: float | None = Field(description="The error budget; null unless there is one.")
    min_confidence: float | None = Field(
        description="Suggestions at least this probable are taken, where a sample is flagged and no person's "
        "word decides; null: none is."
    )
    expected_error: float | None = Field(
        description="Share of the suggestions taken that is expected to be wrong; null where there is none."
    )
    num_samples: int = Field(description="Samples that the model corrects now.")
    reviewer: str | None = Field(description="Who decided so; null where nobody has since the run.")
    created_at: datetime | None = Field(description="When (UTC); null where nobody has since the run.")


class AcceptedPair(BaseModel):
    """Suggestions that would turn one class into one other."""

    given: str = Field(description="The class that the images came with.")
    suggested: str = Field(description="The class that they would have.")
    count: int = Field(description="How many images that is.")
    expected_errors: float = Field(description="How many of them are expected to be wrong.")


class AutoAcceptPreview(BaseModel):
    """What an error budget would do; nothing is changed."""

    max_error: float = Field(description="The budget that was asked about.")
    min_confidence: float | None = Field(
        description="Suggestions at least this probable would be taken; null where none fits into the budget."
    )
    num_samples: int = Field(description="How many suggestions would be taken.")
    expected_error: float | None = Field(
        description="Share of them expected to be wrong, at most the budget; null where there is none."
    )
    flagged: int = Field(description="Flagged samples that no person's word decides: as many could be taken.")
    observed_error: Interval | None = Field(
        description="Share of wrong suggestions among hold-out samples that are flagged and sure enough; "
        "null where there is none."
    )
    inflation: float = Field(
        description="Factor on every expected error, at least 1: by how much flagged hold-out samples are "
        "wrong more often than their probabilities say."
    )
    by_class: list[AcceptedPair] = Field(description="Class by class, the most frequent change first.")
    riskiest: list[Result] = Field(description="The least sure of the suggestions that would be taken.")
