"""Changes of a dataset's images and classes. Append-only; decisions are verifications instead."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import BigId, Json, JsonObject, enum_column, utc_now
from store.database.engine import Base


class ChangeKind(StrEnum):
    """What happened to the dataset."""

    CREATED = "created"
    """Its first archive was ingested."""
    IMAGES_ADDED = "images_added"
    """An addition stored new images or updated some that were there."""
    VERIFIED_IMAGES_ADDED = "verified_images_added"
    """Verified images joined beside the dataset."""
    CLASS_ADDED = "class_added"
    CLASS_CHANGED = "class_changed"
    """Its name, colour, key, description or guideline."""
    CLASSES_REORDERED = "classes_reordered"
    CLASSES_MERGED = "classes_merged"
    """The labels of one class are read as another one."""
    CLASS_REMOVED = "class_removed"
    CLASS_SPLIT = "class_split"
    """A class was added, and decided for a selection of images."""
    IMAGES_REMOVED = "images_removed"
    IMAGES_RESTORED = "images_restored"
    UNDONE = "undone"
    """An earlier change was undone; `details` has its kind."""


class Change(Base):
    """One change. Its `number` is the version of the dataset that it led to."""

    __tablename__ = "dataset_changes"
    __table_args__ = (UniqueConstraint("dataset_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    number: Mapped[int]
    """From 1 within the dataset, without gaps."""
    kind: Mapped[ChangeKind] = mapped_column(enum_column(ChangeKind, "kind", 24))
    details: Mapped[JsonObject] = mapped_column(Json)
    """What changed, for people: counts and names, never lists that grow with the dataset."""
    undo: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What is needed to undo it; None if it cannot be undone."""
    undoes: Mapped[int | None]
    """The number of the change that this one undid."""
    reviewer: Mapped[str] = mapped_column(default="")
    """Who made it; may be empty."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
