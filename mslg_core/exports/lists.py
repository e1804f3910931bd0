"""Lists without images: cleanlab's columns, and a patch of what changed. Importable without torch."""

import csv
import io
from collections.abc import Sequence
from typing import BinaryIO

from mslg_core.exports.archive import to_json
from mslg_core.exports.image import Closing, ExportImage, describe

PATCH_FIELDS = ("corrected_by", "verdict", "reviewers", "label_score", "issues", "decided_at", "comments")
CLEANLAB_COLUMNS = ("is_label_issue", "label_score", "given_label", "predicted_label")


class CleanlabWriter(Closing):
    """CSV with the columns of cleanlab's `Datalab.get_issues("label")`, after the file name, in the order of
    the dataset. Images without a given label are left out: cleanlab has no row for them.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._write_lines([("file_name", *CLEANLAB_COLUMNS)])

    def write(self, images: Sequence[ExportImage]) -> int:
        """See `ImageWriter`."""
        labelled = [image for image in images if image.row.given_label is not None]
        self._write_lines([_cleanlab_cells(image) for image in labelled])
        return len(labelled)

    def _write_lines(self, lines: Sequence[Sequence[object]]) -> None:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator="\n").writerows(lines)
        self._file.write(buffer.getvalue().encode())


class PatchWriter(Closing):
    """JSONL with a line for each image whose label changed: from what, to what, by whom, when and why."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, images: Sequence[ExportImage]) -> int:
        """See `ImageWriter`."""
        changed = [image for image in images if image.row.corrected_label != image.row.given_label]
        self._file.write("".join(to_json(_change(image)) + "\n" for image in changed).encode())
        return len(changed)


def _cleanlab_cells(image: ExportImage) -> list[object]:
    row = image.row
    score = None if row.label_score is None else round(float(row.label_score), 6)
    return [row.file_name, bool(row.is_label_issue), score, row.given_label, row.predicted_label]


def _change(image: ExportImage) -> dict[str, object]:
    fields = describe(image)
    return {
        "file_name": image.row.file_name,
        "id": image.row.id,
        "given_label": image.row.given_label,
        "corrected_label": image.row.corrected_label,
        **{name: fields[name] for name in PATCH_FIELDS},
    }
