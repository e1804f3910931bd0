"""Where the images of a dataset lie, if that is not the service's own storage."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import Json, JsonObject, enum_column, utc_now
from store.database.engine import Base
from store.models.work import Work


class SourceKind(StrEnum):
    """What a source is. Images of the first two stay where they are."""

    FOLDER = "folder"
    """A folder that the server sees."""
    BUCKET = "bucket"
    """An S3-compatible bucket, or a part of it."""
    HUGGING_FACE = "hugging_face"
    """A dataset of the Hugging Face Hub, whose images are copied."""


class ImageDelivery(StrEnum):
    """How browsers get images of a bucket."""

    PROXIED = "proxied"
    """Through the service."""
    REDIRECT = "redirect"
    """From the bucket, by an address that is signed for a few minutes."""


class SourceProblem(StrEnum):
    """Why an image of a source is not the one that was taken in."""

    CHANGED = "changed"
    MISSING = "missing"


class DatasetSource(Base):
    """The source of one dataset."""

    __tablename__ = "dataset_sources"

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[SourceKind] = mapped_column(enum_column(SourceKind, "kind"))
    address: Mapped[str]
    """`folder:ROOT/SUBFOLDER`, `s3://BUCKET/PREFIX` or `hf://OWNER/NAME@REVISION`."""
    options: Mapped[JsonObject] = mapped_column(Json, default=dict)
    """What else is needed to read it, nothing secret, such as the region of a bucket."""
    credentials: Mapped[bytes | None] = mapped_column(LargeBinary)
    """JSON, encrypted, see `store.infrastructure.encryption`. None: the source asks for none."""
    delivery: Mapped[ImageDelivery] = mapped_column(
        enum_column(ImageDelivery, "delivery"), default=ImageDelivery.PROXIED
    )
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class SourceCheck(Work, Base):
    """A comparison of a whole source with what was taken in from it."""

    __tablename__ = "source_checks"
    __table_args__ = (Index(None, "dataset_id", "created_at"),)

    dataset_id: Mapped[str] = mapped_column(String(36), ForeignKey("datasets.id", ondelete="CASCADE"))
    report: Mapped[JsonObject | None] = mapped_column(Json)
    """How many images are new, changed, missing and the same, with examples. None until it has ended."""
