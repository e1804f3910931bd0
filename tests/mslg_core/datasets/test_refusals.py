"""What was refused on the way is part of the answer, counted by reason."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from mslg_core import errors
from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.detect import read_dataset
from mslg_core.datasets.refusals import count_refusals, explain
from tests.mslg_core.datasets.archive_files import png, write_zip


def refusal_of(path: Path) -> errors.InputError:
    """The error of reading an archive."""
    with open_archive(path) as archive, pytest.raises(errors.InputError) as caught:
        read_dataset(archive)
    return caught.value


def encrypted(tmp_path: Path) -> Path:
    """A zip whose files claim to be encrypted, but for those of one class."""
    path = write_zip(tmp_path / "a.zip", {f"{c}/{n}.png": png() for c in ("cat", "dog") for n in range(5)})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.filename.startswith("cat"):
                data[info.header_offset + 6] |= 1
        start = archive.start_dir
    while data[start : start + 4] == b"PK\x01\x02":
        length = int.from_bytes(data[start + 28 : start + 30], "little")
        if data[start + 46 : start + 49] == b"cat":
            data[start + 8] |= 1
        start += 46 + length
    path.write_bytes(data)
    return path


def hard_links(tmp_path: Path) -> Path:
    """A tar with hard links only."""
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for n in range(5):
            link = tarfile.TarInfo(f"cat/{n}.png")
            link.type, link.linkname = tarfile.LNKTYPE, "elsewhere.png"
            archive.addfile(link, io.BytesIO())
    return path


@pytest.mark.parametrize(
    ("make", "error", "start"),
    [
        (
            encrypted,
            errors.OneClassError,
            "5 files or rows are left out (cat/0.png, cat/1.png, cat/2.png, …): The file",
        ),
        (
            hard_links,
            errors.NoLabelsError,
            "5 files or rows are left out (cat/0.png, cat/1.png, cat/2.png, …): Links",
        ),
    ],
)
def test_the_first_sentence_is_the_reason_that_explains_most(
    tmp_path: Path, make: object, error: type[errors.InputError], start: str
) -> None:
    refused = refusal_of(make(tmp_path))  # type: ignore[operator]
    assert type(refused) is error
    assert str(refused).startswith(start)
    assert refused.problems == ()


def test_refusals_are_counted_by_reason_with_three_examples() -> None:
    rejections = [Rejection(f"{n}.png", "link", "Links are not followed.") for n in range(5)]
    refusals = count_refusals([Rejection("x", "bad_name", "Bad."), *rejections])
    assert [(r.code, r.count, r.examples) for r in refusals] == [
        ("link", 5, ("0.png", "1.png", "2.png")),
        ("bad_name", 1, ("x",)),
    ]
    error = explain(errors.NoLabelsError("No image has a label."), refusals)
    assert [problem.code for problem in error.problems] == ["link", "bad_name"]
    assert str(error).endswith("No image has a label. 1 file or row is left out (x): Bad.")
    assert explain(error, ()) is error
