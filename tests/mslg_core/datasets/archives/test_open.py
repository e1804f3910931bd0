"""Untrusted archives: which entries are read, which are refused, and with which code."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mslg_core import errors
from mslg_core.datasets.archives.archive import ArchiveLimits, Rejection
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.archives.paths import check_name, show_name
from tests.mslg_core.datasets.archive_files import png, write_tar, write_zip

Pack = Callable[[Path, Mapping[str, bytes]], Path]
both_kinds = pytest.mark.parametrize("pack", [write_zip, write_tar])


def read_all(path: Path, limits: ArchiveLimits | None = None) -> tuple[dict[str, bytes], dict[str, str]]:
    """Contents of the good entries and codes of the refused ones."""
    good, bad = {}, {}
    with open_archive(path, limits) as archive:
        for entry in archive.entries():
            if isinstance(entry, Rejection):
                bad[entry.file_name] = entry.code
                continue
            try:
                good[entry.name] = entry.read()
            except errors.EntryError as error:
                bad[entry.name] = error.code
    return good, bad


@both_kinds
def test_archives_are_recognised_by_content_and_can_be_read_twice(tmp_path: Path, pack: Pack) -> None:
    files = {
        "cat/1.png": b"one",
        "ünï/日本.png": b"x" * 512,
        "dog/3.png": b"",
        "a b/=cmd().png": b"y" * 100_000,
    }
    path = pack(tmp_path / "no-suffix", files)
    assert read_all(path) == (files, {})
    with open_archive(path) as archive:
        for _ in range(2):
            assert [e.name for e in archive.entries() if not isinstance(e, Rejection)] == list(files)


def test_tar_files_with_leading_dots_and_directories(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        folder = tarfile.TarInfo("./cat")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        info = tarfile.TarInfo("./cat/1.png")
        info.size = 3
        archive.addfile(info, io.BytesIO(b"abc"))
    assert read_all(path) == ({"cat/1.png": b"abc"}, {})


@both_kinds
def test_system_files_are_skipped(tmp_path: Path, pack: Pack) -> None:
    junk = ["__MACOSX/cat/._1.png", "cat/.DS_Store", "cat/Thumbs.db", "cat/._1.png", "cat/desktop.ini"]
    path = pack(tmp_path / "a", {"cat/1.png": b"1", **dict.fromkeys(junk, b"?")})
    assert read_all(path) == ({"cat/1.png": b"1"}, {})


@both_kinds
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../up.png", "path_traversal"),
        ("cat/../../up.png", "path_traversal"),
        ("/etc/passwd", "path_traversal"),
        ("cat\\..\\..\\up.png", "path_traversal"),
        ("C:\\windows\\x.png", "path_traversal"),
        ("cat//1.png", "bad_name"),
        ("cat/ /1.png", "bad_name"),
        ("cat/1\n.png", "bad_name"),
        ("cat/1\x1b[2J.png", "bad_name"),
        ("cat/" + "x" * 300, "bad_name"),
        ("/".join(["d" * 200] * 6), "bad_name"),
        ("cat/NUL.png", "bad_name"),
    ],
)
def test_bad_names_are_refused_and_other_files_are_read(
    tmp_path: Path, pack: Pack, name: str, code: str
) -> None:
    good, bad = read_all(pack(tmp_path / "a", {name: b"!", "cat/1.png": b"1"}))
    assert good == {"cat/1.png": b"1"}
    assert list(bad.values()) == [code]


def test_null_bytes_do_not_truncate_zip_names(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"cat/1.png#.exe": b"1"})
    path.write_bytes(path.read_bytes().replace(b"1.png#.exe", b"1.png\0.exe"))
    assert read_all(path) == ({}, {"cat/1.png\\x00.exe": "bad_name"})


def test_names_that_are_not_utf8_are_refused_in_tar_files(tmp_path: Path) -> None:
    tar = tmp_path / "a.tar"
    with tarfile.open(tar, "w", encoding="latin-1", format=tarfile.GNU_FORMAT) as archive:
        for name in ("cat/é.png", "cat/1.png"):
            archive.addfile(tarfile.TarInfo(name))
    assert read_all(tar) == ({"cat/1.png": b""}, {"cat/\\xe9.png": "name_not_utf8"})
    path = write_zip(tmp_path / "a.zip", {"cat/#.png": b"1", "cat/2.png": b"2"})
    path.write_bytes(path.read_bytes().replace(b"#", b"\xe9"))
    assert read_all(path) == ({"cat/é.png": b"1", "cat/2.png": b"2"}, {})  # guessed, see `zip_names`


def test_zip_names_of_macos_are_utf8_without_the_flag(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"cat/##.png": b"1"})
    path.write_bytes(path.read_bytes().replace(b"##", "é".encode()))
    assert read_all(path) == ({"cat/é.png": b"1"}, {})


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    tar = tmp_path / "a.tar.gz"
    with tarfile.open(tar, "w:gz") as archive:
        for name, kind in {"s": tarfile.SYMTYPE, "h": tarfile.LNKTYPE, "d": tarfile.CHRTYPE}.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    assert read_all(tar) == ({}, {"s": "link", "h": "link", "d": "not_a_file"})
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for name, mode in {"link": stat.S_IFLNK, "fifo": stat.S_IFIFO}.items():
            zip_info = zipfile.ZipInfo(name)
            zip_info.external_attr = (mode | 0o777) << 16
            zipped.writestr(zip_info, "/etc/passwd")
    assert read_all(path) == ({}, {"link": "link", "fifo": "not_a_file"})


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_second_file_with_the_same_path_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("cat/1.png", b"first")
        archive.writestr("cat/1.png", b"second")
    assert read_all(path) == ({"cat/1.png": b"first"}, {"cat/1.png": "duplicate_member"})


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", png(), gzip.compress(b"hello"), b"\x00" * 100],
    ids=["empty", "text", "image", "gzip", "zeros"],
)
def test_files_that_are_not_archives_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    with pytest.raises(errors.NotAnArchiveError):
        read_all(path)


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "a.zip").touch()
    with pytest.raises(errors.NotAnArchiveError, match="The file is empty"):
        read_all(tmp_path / "a.zip")


@both_kinds
def test_truncated_archives_are_refused(tmp_path: Path, pack: Pack) -> None:
    path = pack(tmp_path / "a", {f"cat/{i}.png": bytes(range(256)) * 20 for i in range(50)})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(errors.DamagedArchiveError):
        read_all(path)


def test_entries_with_a_wrong_checksum_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"cat/1.png": b"AAAA", "cat/2.png": b"2"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"AAAA", b"AAAB"))
    assert read_all(path) == ({"cat/2.png": b"2"}, {"cat/1.png": "damaged_file"})


def test_unpacked_bytes_are_counted_whatever_headers_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mslg_core.datasets.archives.archive.MIN_BOMB_BYTES", 1 << 16)
    bomb = b"\0" * (1 << 20)
    path = write_zip(tmp_path / "a.zip", {f"cat/{i}.png": bomb for i in range(8)})
    # headers that claim one byte: zipfile stops there, and the checksum fails
    lying = path.read_bytes().replace(struct.pack("<L", 1 << 20), struct.pack("<L", 1))
    (tmp_path / "lying.zip").write_bytes(lying)
    assert set(read_all(tmp_path / "lying.zip")[1].values()) == {"damaged_file"}
    for bombed in (path, write_tar(tmp_path / "a.tgz", {"cat/1.png": bomb * 8})):
        with pytest.raises(errors.ArchiveBombError):
            read_all(bombed)


def test_tar_bombs_are_refused_without_reading_their_entries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mslg_core.datasets.archives.archive.MIN_BOMB_BYTES", 1 << 16)
    path = write_tar(tmp_path / "a.tgz", {"cat/1.png": b"\0" * (8 << 20), "cat/2.png": b""})
    with open_archive(path) as archive, pytest.raises(errors.ArchiveBombError):
        list(archive.entries())


def test_tar_headers_of_implausible_length_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        info = tarfile.TarInfo("x")
        info.type, info.size = tarfile.GNUTYPE_LONGNAME, 5 << 20
        archive.addfile(info, io.BytesIO(b"n" * (5 << 20)))
    with pytest.raises(errors.ArchiveBombError):
        read_all(path)


@both_kinds
def test_too_many_entries_and_too_large_files_are_refused(tmp_path: Path, pack: Pack) -> None:
    path = pack(tmp_path / "a", {"cat/1.png": b"1234", "cat/2.png": b"12345"})
    assert read_all(path, ArchiveLimits(file_bytes=4)) == (
        {"cat/1.png": b"1234"},
        {"cat/2.png": "file_too_large"},
    )
    with pytest.raises(errors.ArchiveBombError):
        read_all(path, ArchiveLimits(entries=1))


def accepted(name: str) -> bool:
    """Whether `check_name` accepts the name."""
    try:
        check_name(name)
    except errors.EntryError:
        return False
    return True


@given(st.text(st.characters(codec=None), max_size=40))
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_accepted_names_stay_inside_a_folder_and_all_names_can_be_displayed(name: str) -> None:
    show_name(name).encode()
    assert "\0" not in show_name(name)
    if accepted(name):
        inside = Path("/root-folder") / name.replace("\\", "/")
        assert inside.resolve().is_relative_to("/root-folder")


@given(st.binary(max_size=2000))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_bytes_after_a_magic_number_raise_archive_errors(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "a"
    for magic in (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b""):
        path.write_bytes(magic + tail)
        with pytest.raises(errors.ArchiveError):
            read_all(path)
