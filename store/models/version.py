"""Versions of a dataset: the changes that count them, those that somebody named, and comparisons."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import BigId, Json, JsonObject, enum_column, utc_now
from store.database.engine import Base
from store.models.work import Work


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


class Version(Work, Base):
    """A named state of a dataset, stored by a worker as a table from which exports are built again."""

    __tablename__ = "dataset_versions"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    reviewer: Mapped[str] = mapped_column(default="")
    """Who named it; may be empty."""
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    """The job whose results it contains; None if there was none."""
    dataset_version: Mapped[str | None] = mapped_column(String(40))
    """The state that was stored, see `store.versions`. None until it is stored."""
    classes: Mapped[list[str] | None] = mapped_column(Json)
    """The classes at that time, in order."""
    num_images: Mapped[int | None]
    table_key: Mapped[str | None]
    """Blob of the table, see `mslg_core.versions.table`."""
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)


class VersionComparison(Work, Base):
    """A named version compared with another one, or with the present state."""

    __tablename__ = "version_comparisons"

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), index=True)
    before_id: Mapped[str] = mapped_column(ForeignKey("dataset_versions.id", ondelete="CASCADE"), index=True)
    after_id: Mapped[str | None] = mapped_column(
        ForeignKey("dataset_versions.id", ondelete="CASCADE"), index=True
    )
    """None: the state at that time."""
    after_version: Mapped[str | None] = mapped_column(String(40))
    """The later state, see `store.versions`. None until it is known."""
    summary: Mapped[JsonObject | None] = mapped_column(Json)
    """Counts and changes of classes, see `worker.tasks.versions.compare`."""


class VersionDifference(Base):
    """One difference that a comparison found. `mslg_core.versions.comparison` explains the columns."""

    __tablename__ = "version_differences"
    __table_args__ = (Index(None, "comparison_id", "kind", "number"),)

    comparison_id: Mapped[str] = mapped_column(
        ForeignKey("version_comparisons.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 0, in the order of the dataset."""
    kind: Mapped[str] = mapped_column(String(16))
    # No foreign key: a removed image may be gone.
    sample_id: Mapped[int] = mapped_column(BigInteger)
    file_name: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    verdict: Mapped[str | None] = mapped_column(String(16))
    reviewer: Mapped[str]
    decided_at: Mapped[datetime | None]
    comments: Mapped[str]
    """One a line."""
