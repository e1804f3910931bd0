"""A folder as a tar archive that is written while it is read, from any offset."""

import io
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mslg_client import MslgError
from mslg_client.archives import FolderSource, open_source

NAMES = ["cat/a.png", "cat/ü ☂.png", f"dog/{'long' * 60}.png", "empty.txt", "full-block.bin"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files with awkward names and sizes."""
    root = tmp_path / "animals"
    for number, name in enumerate(NAMES):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(700 * number))
    (root / "empty.txt").write_bytes(b"")
    (root / "full-block.bin").write_bytes(os.urandom(1024))
    (root / ".hidden").mkdir()
    (root / ".hidden" / "x").write_text("x")
    (root / "cat" / ".DS_Store").write_text("x")
    return root


def read_all(source: FolderSource) -> bytes:
    return b"".join(source.read(0, source.size))


def test_tarfile_reads_what_was_written(folder: Path) -> None:
    source = FolderSource(folder)
    data = read_all(source)
    assert (source.name, source.size) == ("animals.tar", len(data))
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        contents = {entry.name: (archive.extractfile(entry) or io.BytesIO()).read() for entry in archive}
    assert contents == {name: (folder / name).read_bytes() for name in NAMES}


def test_names_that_are_no_text_stay_as_they_are(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.png"
    with open(name, "wb") as file:  # noqa: PTH123 - the name is bytes
        file.write(b"image")
    data = read_all(FolderSource(tmp_path))
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert [os.fsencode(entry.name) for entry in archive] == [b"caf\xe9.png"]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(share=st.floats(0, 1), length=st.integers(0, 5000))
def test_any_part_is_the_same_bytes(folder: Path, share: float, length: int) -> None:
    source = FolderSource(folder)
    whole, offset = read_all(source), int(share * source.size)
    assert b"".join(source.read(offset, length)) == whole[offset : offset + length]


def test_a_file_that_shrank_is_an_error(folder: Path) -> None:
    source = FolderSource(folder)
    (folder / NAMES[2]).write_bytes(b"")
    with pytest.raises(MslgError, match="changed during the upload"):
        read_all(source)


def test_what_does_not_exist_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MslgError, match="does not exist"):
        open_source(tmp_path / "gone.zip")
    with pytest.raises(MslgError, match="has no files"):
        open_source(tmp_path)
