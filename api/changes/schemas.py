"""Bodies of the endpoints for changes of a dataset."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints

from api.pagination import Page
from api.schemas import RequestBody
from api.verification.schemas import Reviewer
from store import models
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


MAX_SELECTED = 20_000
SampleId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")]


class ImageSelection(RequestBody):
    """Images of the dataset."""

    sample_ids: list[SampleId] = Field(
        min_length=1, max_length=MAX_SELECTED, description="Their ids. All are changed, or none."
    )
    reviewer: Reviewer = Field("", description="Who makes the change, for the log.")

    @property
    def ids(self) -> set[int]:
        """The ids as numbers."""
        return set(map(int, self.sample_ids))


class ImageCount(BaseModel):
    """How many images were changed."""

    num_images: int = Field(description="Images that were not in this state before.")


class RemovedImage(BaseModel):
    """An image that was removed from the dataset."""

    sample_id: str = Field(description="The sample; `/samples/{sample_id}/thumbnail` has its image.")
    file_name: str = Field(description="The file name in the archive, byte for byte.")
    given_label: str | None = Field(description="The label that came with the image; null without one.")
    removed_by: str = Field(description="Who removed it; may be empty.")
    removed_at: datetime = Field(description="When (UTC).")

    @classmethod
    def of(cls, row: models.Sample, given_label: str | None) -> Self:
        """From the row of a removed sample."""
        values = {name: getattr(row, name) for name in ("file_name", "removed_by", "removed_at")}
        return cls(sample_id=str(row.id), given_label=given_label, **values)


class RemovedImagePage(Page[RemovedImage]):
    """Removed images, the last removed first."""
