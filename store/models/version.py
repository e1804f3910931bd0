"""Named versions of a dataset, and comparisons of them."""

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import Json
from store.database.engine import Base
from store.models.work import Work


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
