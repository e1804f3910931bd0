"""Folders of the server: only what lies below an allowed root is listed and read, and no link is followed."""

import os
from pathlib import Path

import pytest

from store.settings import Settings
from store.sources.errors import ImageMissingError, SourceAddressError, SourceUnavailableError
from store.sources.folders import open_folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with two images and a secret beside it."""
    root = tmp_path / "root"
    (root / "photos" / "cat").mkdir(parents=True)
    (root / "photos" / "b.png").write_bytes(b"bb")
    (root / "photos" / "cat" / "a.png").write_bytes(b"a")
    (root / ".hidden").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("x")
    return root


def test_files_are_listed_with_size_and_time_and_read(root: Path) -> None:
    files = open_folder({"r": root}, "folder:r/photos")
    listed = list(files.list_files())
    assert [(file.path, file.size, file.is_regular) for file in listed] == [
        ("b.png", 2, True),
        ("cat/a.png", 1, True),
    ]
    assert [files.read(file.path) for file in listed] == [b"bb", b"a"]
    assert files.read("b.png", 1) == b"b"
    os.utime(root / "photos" / "b.png", ns=(1, 1))
    assert next(files.list_files()).stamp == "1"
    with pytest.raises(ImageMissingError, match=r"cat/no\.png is missing"):
        files.read("cat/no.png")
    with pytest.raises(ImageMissingError):
        files.read("cat")


@pytest.mark.parametrize("address", ["folder:x/photos", "folder:r/../secret", "folder:r/a/./b", "folder:"])
def test_addresses_outside_the_roots_are_refused(root: Path, address: str) -> None:
    with pytest.raises(SourceAddressError):
        open_folder({"r": root}, address)


def test_links_are_not_followed(root: Path) -> None:
    secret = root.parent / "secret"
    (root / "photos" / "link.png").symlink_to(secret / "key")
    (root / "photos" / "folder").symlink_to(secret)
    (root / "away").symlink_to(secret)
    files = open_folder({"r": root}, "folder:r/photos")
    assert [file.path for file in files.list_files() if not file.is_regular] == ["folder", "link.png"]
    for path in ("link.png", "folder/key", "../../secret/key"):
        with pytest.raises(ImageMissingError):
            files.read(path)
    with pytest.raises(SourceUnavailableError, match="no folder, or a link"):
        open_folder({"r": root}, "folder:r/away").require()
    assert [found.name for found in open_folder({"r": root}, "folder:r").subfolders()] == ["photos"]


def test_devices_are_not_read(root: Path) -> None:
    os.mkfifo(root / "photos" / "pipe.png")
    files = open_folder({"r": root}, "folder:r/photos")
    assert [file.path for file in files.list_files() if not file.is_regular] == ["pipe.png"]
    with pytest.raises(ImageMissingError):
        files.read("pipe.png")


def test_a_folder_that_is_gone_is_unavailable(root: Path) -> None:
    files = open_folder({"r": root / "gone"}, "folder:r")
    for call in (files.require, files.subfolders, lambda: list(files.list_files()), lambda: files.read("a")):
        with pytest.raises(SourceUnavailableError, match=r"folder:r cannot be read.*does not exist"):
            call()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("photos=relative", "must be like"),
        ("/mnt/photos", "must be like"),
        ("a/b=/mnt", "must be like"),
        ("a=/mnt,a=/srv", "same name"),
    ],
)
def test_settings_that_name_no_folders_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Settings(source_folders=text)


def test_folders_in_the_settings() -> None:
    assert Settings().source_roots == {}
    roots = Settings(source_folders="photos=/mnt/photos, scans = /srv/my scans").source_roots
    assert roots == {"photos": Path("/mnt/photos"), "scans": Path("/srv/my scans")}
