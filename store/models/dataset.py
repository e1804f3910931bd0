"""Datasets, their samples, and how they were ingested."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from mslg_rules.class_map import ClassMap
from mslg_rules.holdout import Split
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict
from store.database.columns import BigId, Json, JsonObject, enum_column, new_id, utc_now
from store.database.engine import Base
from store.models.source import SourceProblem
from store.models.work import Work


class DatasetStatus(StrEnum):
    """`empty -> ingesting -> ready | failed`. A failed dataset accepts another archive."""

    EMPTY = "empty"
    INGESTING = "ingesting"
    READY = "ready"
    FAILED = "failed"


class IngestKind(StrEnum):
    """What an archive holds."""

    DATASET = "dataset"
    VERIFIED_IMAGES = "verified_images"
    """Images that join a dataset with a verified label and without a given one."""
    ADDITION = "addition"
    """Images that join the dataset itself, or change some of its images."""


class OnExisting(StrEnum):
    """What an addition does with an image that the dataset has already, if the new one is different."""

    SKIP = "skip"
    UPDATE = "update"


class Dataset(Base):
    """A set of images with labels: indices into `classes`, to which classes are only appended."""

    __tablename__ = "datasets"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name: Mapped[str]
    status: Mapped[DatasetStatus] = mapped_column(
        enum_column(DatasetStatus, "status"), default=DatasetStatus.EMPTY
    )
    classes: Mapped[list[str]] = mapped_column(Json, default=list)
    """Names by index, also of classes that were merged or removed. To be shown: `class_map.labels`."""
    class_settings: Mapped[JsonObject] = mapped_column(Json, default=dict, server_default="{}")
    """What was set for a class, by its index as text, see `store.changes.class_settings`."""
    class_order: Mapped[list[int]] = mapped_column(Json, default=list, server_default="[]")
    """The chosen order, as indices; classes that it lacks come after, by index."""
    num_samples: Mapped[int] = mapped_column(default=0)
    """Images of the dataset itself, with or without a given label."""
    num_unlabelled: Mapped[int] = mapped_column(default=0)
    """Those of them without a given label."""
    num_separate: Mapped[int] = mapped_column(default=0)
    """Verified images beside the dataset, see `Sample.separate`."""
    num_removed: Mapped[int] = mapped_column(default=0, server_default="0")
    """Images that were removed, see `Sample.removed_at`. The counts above are without them."""
    num_rejections: Mapped[int] = mapped_column(default=0)
    guidelines: Mapped[str] = mapped_column(default="")
    """Instructions for reviewers, plain text."""
    overlap: Mapped[int] = mapped_column(default=1)
    """How many reviewers decide on each sample, without seeing each other's decisions."""
    honeypot_rate: Mapped[float] = mapped_column(default=0.0)
    """Share of served samples that are already settled and only measure the reviewer."""
    value_range: Mapped[list[float] | None] = mapped_column(Json)
    """The values, low and high, that become black and white in images of more than 8 bits. None if there are
    no such images, or for each image its own range, as in datasets of earlier versions."""
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    """The number of its latest change, see `store.changes`."""
    metadata_columns: Mapped[list[JsonObject]] = mapped_column(Json, default=list, server_default="[]")
    """The columns of `Sample.metadata_values`: name, type and what is known of the values, see
    `store.metadata.columns`."""
    group_column: Mapped[str | None]
    """The column of metadata, such as the patient, whose values the meta set and the hold-out never share."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)

    @property
    def class_map(self) -> ClassMap:
        """How its labels are read."""
        settings = {int(index): row for index, row in self.class_settings.items()}
        return ClassMap(
            self.classes,
            {index: row["merged_into"] for index, row in settings.items() if "merged_into" in row},
            frozenset(index for index, row in settings.items() if row.get("removed")),
            self.class_order,
            {name: index for index, row in settings.items() for name in row.get("former_names", ())},
        )


class Ingest(Work, Base):
    """The unpacking of one uploaded archive: into a dataset, or of verified images beside it."""

    __tablename__ = "ingests"
    __table_args__ = (Index(None, "dataset_id", "created_at"),)

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    kind: Mapped[IngestKind] = mapped_column(enum_column(IngestKind, "kind"), default=IngestKind.DATASET)
    archive_key: Mapped[str]
    file_name: Mapped[str | None]
    """The name of the uploaded file."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    dry_run: Mapped[bool] = mapped_column(default=False)
    """Whether only `preview` is wanted. The archive is then kept for an ingest that follows."""
    choices: Mapped[JsonObject | None] = mapped_column(Json)
    """How the archive is read, see `mslg_core.configs.reading`; None: as recognised."""
    preview: Mapped[JsonObject | None] = mapped_column(Json)
    """What was understood, see `mslg_core.datasets.report`; None until the names and labels are read."""
    on_existing: Mapped[OnExisting] = mapped_column(
        enum_column(OnExisting, "on_existing"), default=OnExisting.SKIP, server_default="skip"
    )
    changes: Mapped[JsonObject | None] = mapped_column(Json)
    """Of an addition: how many images are new, changed, the same or conflicting, and which classes are new.
    None until it has compared all of them."""
    notes: Mapped[list[str]] = mapped_column(Json, default=list)
    """What was mended or chosen on the way, in sentences."""


class Rejection(Base):
    """One image or archive entry that was refused, and why."""

    __tablename__ = "rejections"
    __table_args__ = (Index(None, "dataset_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    file_name: Mapped[str]
    reason_code: Mapped[str]
    reason: Mapped[str]


class Sample(Base):
    """One image, its given label, and the consensus of its verifications, see `store.verification`."""

    __tablename__ = "samples"
    __table_args__ = (
        UniqueConstraint("dataset_id", "position"),
        UniqueConstraint("dataset_id", "file_name"),
        UniqueConstraint("dataset_id", "external_id"),
        Index(
            None,
            "dataset_id",
            "settled_label",
            "split",
            "selection",
            postgresql_where=text("settled_label IS NOT NULL"),
            sqlite_where=text("settled_label IS NOT NULL"),
        ),
        Index(
            "ix_samples_contested",
            "dataset_id",
            "id",
            postgresql_where=text("contested"),
            sqlite_where=text("contested"),
        ),
        Index(
            "ix_samples_opinions",
            "dataset_id",
            "num_opinions",
            postgresql_where=text("num_opinions > 0"),
            sqlite_where=text("num_opinions > 0"),
        ),
        Index(
            "ix_samples_unseen",
            "dataset_id",
            "sha256",
            "id",
            postgresql_where=text("verdict IS NULL"),
            sqlite_where=text("verdict IS NULL"),
        ),
        Index(
            "ix_samples_removed",
            "dataset_id",
            "removed_at",
            "id",
            postgresql_where=text("removed_at IS NOT NULL"),
            sqlite_where=text("removed_at IS NOT NULL"),
        ),
        Index(
            "ix_samples_unlabelled",
            "dataset_id",
            "position",
            postgresql_where=text("given_label IS NULL"),
            sqlite_where=text("given_label IS NULL"),
        ),
        Index(
            None,
            "dataset_id",
            "duplicate_group",
            postgresql_where=text("duplicate_group IS NOT NULL"),
            sqlite_where=text("duplicate_group IS NOT NULL"),
        ),
        Index(
            "ix_samples_source",
            "dataset_id",
            "sha256",
            postgresql_where=text("source_stamp IS NOT NULL"),
            sqlite_where=text("source_stamp IS NOT NULL"),
        ),
        CheckConstraint("verdict != 'withdrawn'", name="verdict_stands"),
        CheckConstraint(
            "(settled_label IS NOT NULL) = (verdict IS NOT NULL AND verdict IN ('correct', 'wrong'))",
            name="settled_iff_verdict",
        ),
        CheckConstraint("settled_label IS NULL OR split IS NOT NULL", name="settled_has_split"),
        {"sqlite_autoincrement": True},  # never reuse the id of a deleted sample for another image
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    position: Mapped[int]
    external_id: Mapped[str | None]
    """The user's own id. Kept byte for byte, as is `file_name`."""
    file_name: Mapped[str]
    given_label: Mapped[int | None]
    """None: the image came without one. Runs learn from it once it is settled, and never rank it."""
    separate: Mapped[bool] = mapped_column(default=False)
    """Whether it was uploaded as a verified image beside the dataset, so that exports leave it out."""
    width: Mapped[int]
    height: Mapped[int]
    byte_size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str]
    image_key: Mapped[str]
    """The blob, or a file of the dataset's source, see `store.sources.references`."""
    source_stamp: Mapped[str | None]
    """Of an image that stays in a source: the time of its last change, or its ETag, when it was taken in."""
    source_problem: Mapped[SourceProblem | None] = mapped_column(enum_column(SourceProblem, "source_problem"))
    """What the latest check of the source found wrong with it."""
    duplicate_group: Mapped[int | None] = mapped_column(BigInteger)
    """The first sample's id of the group of duplicates that the latest job put it into."""
    source_split: Mapped[str | None]
    """The published split of the image, such as "train". It plays no role in `split`."""
    metadata_values: Mapped[list[str | None] | None] = mapped_column(Json, deferred=True)
    """Values of the dataset's `metadata_columns`, by their position there, as the user wrote them. It may be
    shorter than the list of columns; None: the image has no metadata."""
    verdict: Mapped[Verdict | None] = mapped_column(enum_column(Verdict, "verdict"))
    settled_label: Mapped[int | None]
    split: Mapped[Split | None] = mapped_column(enum_column(Split, "split"))
    """Set when the sample is settled for the first time; never changes."""
    selection: Mapped[Selection | None] = mapped_column(enum_column(Selection, "selection"))
    """How it was selected for its first settlement; set together with `split`."""
    num_opinions: Mapped[int] = mapped_column(default=0)
    """Number of reviewers with an active opinion. Uploads are not opinions."""
    removed_at: Mapped[datetime | None]
    """When it was removed from the dataset; None: it was not. Every query leaves removed ones out, see
    `REMOVED_TOO`."""
    removed_by: Mapped[str] = mapped_column(default="", server_default="")
    contested: Mapped[bool] = mapped_column(default=False)
    """Whether there are enough opinions, and no category has more votes than all others."""


REMOVED_TOO = {"removed_too": True}
"""Execution options of a query that is meant to see removed samples. All others leave them out."""

_PRESENT = with_loader_criteria(Sample, Sample.removed_at.is_(None), include_aliases=True)


@event.listens_for(Session, "do_orm_execute")
def _leave_removed_out(state: ORMExecuteState) -> None:
    """No query can forget it: SQLAlchemy adds the condition wherever samples are read, also in joins."""
    if state.is_select and not state.is_column_load and not state.execution_options.get("removed_too", False):
        state.statement = state.statement.options(_PRESENT)
