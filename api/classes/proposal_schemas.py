"""Bodies of the endpoints for proposed classes."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints

from api.classes.schemas import Name, Signed, Text
from api.pagination import Page
from api.schemas import NO_NUL
from store.changes.proposals import ListedProposal
from store.models import ProposalStatus

MAX_REASON = 2_000
COPIED = "name", "description", "reviewer", "status", "reason", "created_at", "decided_by", "decided_at"

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_REASON, pattern=NO_NUL)]


class ClassProposalCreate(Signed):
    """A class that a reviewer misses."""

    name: Name = Field(description="The name. No class may have it, or have had it.")
    description: Text = Field("", description="What the class would be, plain text.")


class ProposalDecision(Signed):
    """What a manager makes of a proposal."""

    outcome: Literal["accepted", "mapped", "rejected"] = Field(
        description="accepted (it becomes a class), mapped (a class that the dataset has already is meant), "
        "or rejected."
    )
    name: Name | None = Field(None, description="accepted: another name than the proposed one.")
    label: str | None = Field(None, description="mapped: the name of the class that is meant. Required.")
    reason: Reason = Field("", description="What the author is told. rejected: required.")


class ClassProposal(BaseModel):
    """A class that a reviewer proposed, and what became of it."""

    id: str = Field(description="The proposal's id; later ones are larger.")
    sample_id: str = Field(description="The image that it was proposed for.")
    file_name: str = Field(description="The image's file name, byte for byte.")
    name: str = Field(description="The proposed name.")
    description: str = Field(description="What the class would be; may be empty.")
    reviewer: str = Field(description="Who proposed it; may be empty.")
    status: ProposalStatus = Field(
        description="pending (a manager has to decide), accepted (it is a class now), mapped (another class "
        "is meant), rejected, or withdrawn."
    )
    label: str | None = Field(
        description="The class that it became, or that is meant instead; null if there is none."
    )
    reason: str = Field(description="Why it was rejected, or what else the author is told; may be empty.")
    created_at: datetime = Field(description="When it was proposed (UTC).")
    decided_by: str | None = Field(description="Who decided or withdrew it; null while it is pending.")
    decided_at: datetime | None = Field(description="When (UTC); null while it is pending.")

    @classmethod
    def of(cls, listed: ListedProposal, classes: list[str]) -> Self:
        """From the row; `classes` are the dataset's."""
        row = listed.proposal
        is_decided = row.status in (ProposalStatus.ACCEPTED, ProposalStatus.MAPPED)
        return cls(
            id=str(row.id),
            sample_id=str(row.sample_id),
            file_name=listed.file_name,
            label=classes[row.label] if is_decided and row.label is not None else None,
            **{name: getattr(row, name) for name in COPIED},
        )


class ClassProposalPage(Page[ClassProposal]):
    """Proposals, newest first."""


class DecidedProposals(BaseModel):
    """The proposals that a decision was on: all pending ones of the same name."""

    num_proposals: int = Field(description="Their number.")
    status: ProposalStatus = Field(description="What became of them.")
    label: str | None = Field(description="The class that they became, or that is meant instead.")
