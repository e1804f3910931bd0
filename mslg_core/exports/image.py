"""What an export receives for each image, and the interface of a format. Importable without torch."""

from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from mslg_core.exports.metadata_columns import exported
from mslg_core.exports.table import ExportRow
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict


class ExportImage(NamedTuple):
    """One image, its row of the export table, and what people decided about it.

    number: counts the images of the dataset from 0. suffix: of its file format, such as ".png". width,
    height: in pixels. read: returns the encoded image. verdict: the active one, None if nobody decided.
    reviewers: whose decisions are active. decided_at: when the last of them was made. selection: how it was
    selected for its first settlement. sample_id, image_key: where the service has it. sha256: of its content.
    """

    number: int
    row: ExportRow
    suffix: str
    width: int
    height: int
    read: Callable[[], bytes]
    verdict: Verdict | None = None
    reviewers: tuple[str, ...] = ()
    decided_at: datetime | None = None
    comments: tuple[str, ...] = ()
    selection: Selection | None = None
    sample_id: int = 0
    sha256: str = ""
    image_key: str = ""


class ImageWriter(Protocol):
    """Writes images to a binary file. Closing the writer completes the file and leaves it open."""

    def write(self, images: Sequence[ExportImage]) -> int:
        """Append images; return how many were written. Some formats have no place for an image without a
        label.
        """

    def close(self) -> None:
        """Complete the file."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Closing:
    """A context manager that closes the writer."""

    def close(self) -> None:
        """Complete the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def describe(image: ExportImage) -> dict[str, object]:
    """The fields that formats store beside an image, JSON-ready. Soft labels are not among them."""
    row = image.row
    return {
        "id": row.id,
        "original_name": row.file_name,
        "given_label": row.given_label,
        "predicted_label": row.predicted_label,
        "label_score": None if row.label_score is None else round(float(row.label_score), 6),
        "is_label_issue": bool(row.is_label_issue),
        "corrected_by": row.corrected_by.value,
        "verdict": None if image.verdict is None else image.verdict.value,
        "selection": None if image.selection is None else image.selection.value,
        "reviewers": list(image.reviewers),
        "issues": list(row.issues),
        "source_split": row.source_split,
        "tags": list(row.tags),
        **exported(row.metadata),
    }
