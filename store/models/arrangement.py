"""How people arrange the images of a dataset: tags, and saved views."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import BigId, Json, JsonObject, new_id, utc_now
from store.database.engine import Base

MAX_TAG_LENGTH = 100


class SampleTag(Base):
    """A tag on a sample, and who put it there. Rows of removed tags stay: they are the audit trail."""

    __tablename__ = "sample_tags"
    __table_args__ = (
        Index(
            "uq_sample_tags_present",
            "sample_id",
            "tag",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
            sqlite_where=text("removed_at IS NULL"),
        ),
        Index(None, "dataset_id", "tag", "sample_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    sample_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("samples.id", ondelete="CASCADE"))
    tag: Mapped[str] = mapped_column(String(MAX_TAG_LENGTH))
    reviewer: Mapped[str] = mapped_column(default="")
    """Who added it; may be empty."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    removed_by: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    """None: the sample has the tag."""


class SavedView(Base):
    """Filters, order and layout of a page under a name, for everybody who reads the dataset."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    page: Mapped[str] = mapped_column(String(20))
    """The page of the web UI that it opens, such as "grid"."""
    search: Mapped[JsonObject] = mapped_column(Json)
    """The filters and the order, as in the page's address."""
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
