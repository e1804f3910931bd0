"""Jobs, their epochs and feature chunks, and the exports of their results."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import Json, JsonObject, enum_column, utc_now
from store.database.engine import Base
from store.models.work import Work


class ExportFormat(StrEnum):
    """File formats of an export."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    CLASS_FOLDERS = "class_folders"
    YOLO = "yolo"
    IMAGEFOLDER = "imagefolder"
    WEBDATASET = "webdataset"
    FIFTYONE = "fiftyone"
    LABEL_STUDIO = "label_studio"
    CVAT = "cvat"
    DATUMARO = "datumaro"
    CLEANLAB = "cleanlab"
    PATCH = "patch"

    @property
    def suffix(self) -> str:
        """The suffix of the file's name, without a dot."""
        return _SUFFIXES.get(self, "zip")


_SUFFIXES = {
    ExportFormat.CSV: "csv",
    ExportFormat.JSONL: "jsonl",
    ExportFormat.PARQUET: "parquet",
    ExportFormat.WEBDATASET: "tar",
    ExportFormat.CLEANLAB: "csv",
    ExportFormat.PATCH: "jsonl",
}


class Job(Work, Base):
    """One training run of one method on one dataset."""

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "dataset_id", "created_at"), Index(None, "created_at"))

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(default="")
    config: Mapped[JsonObject] = mapped_column(Json)
    dataset_version: Mapped[str | None] = mapped_column(String(40))
    """The version of the dataset that it learns from, see `store.versions`. None until it has read the
    labels."""
    parent_id: Mapped[str | None] = mapped_column(String(36))
    """The job whose model this one starts from. No foreign key: jobs are only deleted with their dataset."""
    checkpoint_key: Mapped[str | None]
    model_key: Mapped[str | None]
    """Blob of the trained model, for warm starts of later jobs."""
    index_key: Mapped[str | None]
    """Blob of the index of similar images, see `mslg_core.neighbours.index`. Jobs with the same features
    share one."""
    map_key: Mapped[str | None]
    """Blob of the samples' places on the map, see `store.results.sample_map`."""
    summary: Mapped[JsonObject | None] = mapped_column(Json)


class Epoch(Base):
    """One epoch's report, as the trainer produced it."""

    __tablename__ = "epochs"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    report: Mapped[JsonObject] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class FeatureChunk(Work, Base):
    """A part of a job's images whose features any worker extracts while the job waits."""

    __tablename__ = "feature_chunks"
    __table_args__ = (UniqueConstraint("job_id", "number"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    number: Mapped[int]
    """From 0 within the job."""
    recipe: Mapped[JsonObject] = mapped_column(Json)
    """What to extract, see `worker.training.hand_over`."""
    images: Mapped[bytes] = mapped_column(LargeBinary)
    """The images' positions, then their contents, see `store.tasks.chunks`."""


class Export(Work, Base):
    """The building of one file with the corrected dataset, as it is or as a named version has it."""

    __tablename__ = "exports"

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    """The job whose results it contains. None: those of the version, which may have none."""
    version_id: Mapped[str | None] = mapped_column(
        ForeignKey("dataset_versions.id", ondelete="CASCADE"), index=True
    )
    """The named version that it is built from. None: the present state."""
    dataset_version: Mapped[str | None] = mapped_column(String(40))
    """The version of the dataset that it contains. None until it is built."""
    format: Mapped[ExportFormat] = mapped_column(enum_column(ExportFormat, "format"))
    leave_out: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    """Values of `LeaveOut`, in its order."""
    omit: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    """Values of `ExportPart`, in its order."""
    file_key: Mapped[str | None]
    num_rows: Mapped[int | None]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
