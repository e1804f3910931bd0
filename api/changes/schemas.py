"""Bodies of the endpoints for changes of a dataset."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from api.pagination import Page
from api.schemas import RequestBody
from api.verification.schemas import Reviewer
from store.changes.log import ListedChange
from store.changes.undo import can_undo
from store.models import ChangeKind


class Change(BaseModel):
    """One change of a dataset's images or classes."""

    number: int = Field(description="The version of the dataset that the change led to.")
    kind: ChangeKind = Field(description="What happened.")
    details: dict[str, Any] = Field(description="What changed: counts and names.")
    undone: bool = Field(description="Whether a later change undid it.")
    can_undo: bool = Field(description="Whether what it replaced is kept, and it is not undone yet.")
    undoes: int | None = Field(description="The number of the change that this one undid, if any.")
    reviewer: str = Field(description="Who made it; may be empty.")
    created_at: datetime = Field(description="When (UTC).")

    @classmethod
    def of(cls, listed: ListedChange) -> Self:
        """From the row."""
        row = listed.change
        return cls(
            number=row.number,
            kind=row.kind,
            details=row.details,
            undone=listed.undone,
            can_undo=can_undo(row) and not listed.undone,
            undoes=row.undoes,
            reviewer=row.reviewer,
            created_at=row.created_at,
        )


class Undo(RequestBody):
    """The undo of a change."""

    reviewer: Reviewer = Field("", description="Who undoes it, for the log.")


class ChangePage(Page[Change]):
    """One page of changes."""
