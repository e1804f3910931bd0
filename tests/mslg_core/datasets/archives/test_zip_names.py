"""Names in zip files that do not say how they are encoded."""

import struct
import zipfile
from pathlib import Path

import pytest

from mslg_core.datasets.archives.archive import ArchiveEntry, Rejection
from mslg_core.datasets.archives.open import open_archive
from tests.mslg_core.datasets.archive_files import png


def write(path: Path, names: list[bytes]) -> Path:
    """A zip file with these names, none of them marked as UTF-8."""
    places = [f"{number:0{len(name)}d}" for number, name in enumerate(names)]
    with zipfile.ZipFile(path, "w") as archive:
        for place in places:
            archive.writestr(place, png())
    data = path.read_bytes()
    for place, name in zip(places, names, strict=True):
        data = data.replace(place.encode(), name)
    path.write_bytes(data)
    return path


def read(path: Path, encoding: str | None = None) -> tuple[list[str], list[str]]:
    """(names, notes)."""
    with open_archive(path, name_encoding=encoding) as archive:
        entries = list(archive.entries())
        return [entry.name for entry in entries if isinstance(entry, ArchiveEntry)], archive.notes


@pytest.mark.parametrize(
    ("encoding", "folder"),
    [
        ("cp437", "Kätzchen_grün"),
        ("cp1252", "bébé_straße"),
        ("cp932", "猫の写真"),
        ("gbk", "小猫的照片"),
        ("cp866", "Кошка_и_собака"),
    ],
)
def test_the_encoding_is_guessed_and_reported(tmp_path: Path, encoding: str, folder: str) -> None:
    wanted = [f"{folder}/{n}.png" for n in range(2)]
    path = write(tmp_path / "a.zip", [name.encode(encoding) for name in wanted])
    names, notes = read(path)
    assert names == wanted
    assert len(notes) == 1
    assert f"read as {encoding}: {wanted[0]}" in notes[0]


def test_the_users_choice_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", ["Бобр/1.png".encode("cp1251")])
    assert read(path, "cp1251") == (["Бобр/1.png"], [])


def test_utf8_without_the_mark_is_no_guess(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", ["Kätzchen/1.png".encode()])
    assert read(path) == (["Kätzchen/1.png"], [])


def test_a_name_that_is_stored_in_unicode_besides_is_used(tmp_path: Path) -> None:
    name = "Kätzchen/1.png"
    path = tmp_path / "a.zip"
    info = zipfile.ZipInfo("K.tzchen/1.png")
    field = struct.pack("<BL", 1, 0) + name.encode()
    info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, png())
    path.write_bytes(path.read_bytes().replace(b"K.tzchen", b"K\xe4tzchen"))
    assert read(path) == ([name], [])


def test_names_that_no_choice_decodes_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", [b"K\xe4tzchen/1.png"])
    with open_archive(path, name_encoding="utf-8") as archive:
        assert [e.code for e in archive.entries() if isinstance(e, Rejection)] == ["name_not_utf8"]
