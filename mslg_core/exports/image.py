"""What an export receives for each image, and the interface of a format. Importable without torch."""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

from mslg_core.exports.metadata_columns import exported
from mslg_core.exports.table import ExportRow
from mslg_rules.omit import ExportPart


class ExportImage(NamedTuple):
    """One image, and its row of the export table.

    number: counts the images of the dataset from 0. suffix: of its file format, such as ".png". width,
    height: in pixels. read: returns the encoded image. sample_id, image_key: where the service has it.
    sha256: of its content.
    """

    number: int
    row: ExportRow
    suffix: str
    width: int
    height: int
    read: Callable[[], bytes]
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


EMPTY: Mapping[ExportPart, Mapping[str, Any]] = {
    ExportPart.REVIEWERS: {"reviewers": (), "decided_at": None},
    ExportPart.VERDICTS: {"verdict": None, "selection": None},
    ExportPart.COMMENTS: {"comments": ()},
    ExportPart.TAGS: {"tags": ()},
    ExportPart.SPLITS: {"source_split": None},
    ExportPart.METADATA: {"metadata": {}},
}
"""Fields of a row by the part that they belong to, as they are if it is omitted."""


def without(image: ExportImage, parts: Collection[ExportPart]) -> ExportImage:
    """The image with the fields of these parts empty."""
    fields = {name: value for part in parts for name, value in EMPTY[part].items()}
    return image._replace(row=image.row._replace(**fields)) if fields else image


def label_or_verdict(image: ExportImage) -> str | None:
    """The corrected label, else the verdict: for tools that keep nothing beside a missing label."""
    row = image.row
    if row.corrected_label is None and row.verdict is not None:
        return row.verdict.value
    return row.corrected_label


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
        "verdict": None if row.verdict is None else row.verdict.value,
        "selection": None if row.selection is None else row.selection.value,
        "reviewers": list(row.reviewers),
        "decided_at": None if row.decided_at is None else row.decided_at.isoformat(),
        "comments": list(row.comments),
        "issues": list(row.issues),
        "source_split": row.source_split,
        "tags": list(row.tags),
        **exported(row.metadata),
    }
