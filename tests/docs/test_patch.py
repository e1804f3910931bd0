"""The script on the page of export formats applies a patch to a table of labels."""

import csv
import re
from pathlib import Path

import pytest

from tests.mslg_core.exports.images import IMAGES, export

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "export-formats.md"


@pytest.fixture
def script() -> str:
    """The first block of Python on the page."""
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The present folder, with a patch and the table of given labels."""
    (tmp_path / "animals.patch.jsonl").write_bytes(export("patch")[0])
    write(tmp_path / "labels.csv", [(image.row.file_name, image.row.given_label) for image in IMAGES])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, labels: list[tuple[str, str | None]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("file_name", "label"), *labels])


def test_it_writes_the_corrected_labels(script: str, folder: Path) -> None:
    exec(script, {})  # noqa: S102
    with (folder / "corrected.csv").open(newline="", encoding="utf-8") as file:
        found = {row["file_name"]: row["label"] for row in csv.DictReader(file)}
    rows = [image.row for image in IMAGES]
    assert found == {row.file_name: row.corrected_label for row in rows if row.corrected_label}


def test_it_stops_at_a_label_that_the_patch_does_not_know(script: str, folder: Path) -> None:
    write(folder / "labels.csv", [(image.row.file_name, "owl") for image in IMAGES])
    with pytest.raises(SystemExit, match="another label"):
        exec(script, {})  # noqa: S102
    assert not (folder / "corrected.csv").exists()
