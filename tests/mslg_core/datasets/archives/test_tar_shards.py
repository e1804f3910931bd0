"""Several tar files in one upload or one folder, such as the shards of a WebDataset."""

from pathlib import Path

import pytest

from mslg_core import errors
from mslg_core.datasets.archives.archive import ArchiveLimits
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.archives.unpack_shards import open_folder
from mslg_core.datasets.detect import ReadImage, read_dataset, read_images
from tests.mslg_core.datasets.archive_files import png, write_tar, write_zip


def write_shards(folder: Path, *, same_names: bool = False) -> dict[str, bytes]:
    """Three shards of a WebDataset, two images each; their contents by name."""
    folder.mkdir()
    for shard in range(3):
        files: dict[str, bytes] = {}
        for number in range(2):
            key = f"{number if same_names else 2 * shard + number:06}"
            files |= {f"{key}.png": png(), f"{key}.cls": b"cat" if number else b"dog"}
        write_tar(folder / f"train-{shard:04}.tar", files)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("write", [write_zip, write_tar])
def test_shards_in_one_upload_are_one_dataset(tmp_path: Path, write: object) -> None:
    shards = write_shards(tmp_path / "shards")
    path = write(tmp_path / "images", shards)  # type: ignore[operator]
    with open_archive(path) as archive:
        layout = read_dataset(archive)
        images = [item for item in read_images(archive, layout) if isinstance(item, ReadImage)]
    assert layout.name == "WebDataset"
    assert [(image.sample.file_name, image.sample.label) for image in images] == [
        (f"{number:06}.png", "cat" if number % 2 else "dog") for number in range(6)
    ]


def test_names_that_several_shards_have_get_the_shards_name(tmp_path: Path) -> None:
    write_shards(tmp_path / "shards", same_names=True)
    archive = open_folder(tmp_path / "shards")
    assert archive is not None
    with archive:
        names = [sample.file_name for sample in read_dataset(archive).samples]
        assert names == [
            *("000000.png", "000001.png"),
            *("train-0001/000000.png", "train-0001/000001.png"),
            *("train-0002/000000.png", "train-0002/000001.png"),
        ]
        assert [entry.name for entry in archive.chosen(names)] == names


def test_a_damaged_shard_is_refused(tmp_path: Path) -> None:
    shards = write_shards(tmp_path / "shards")
    path = write_zip(tmp_path / "images", shards | {"train-0001.tar": b"no tar" * 1000})
    with pytest.raises(errors.DamagedArchiveError):
        open_archive(path)


def test_the_limits_hold_for_all_shards_together(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "images", write_shards(tmp_path / "shards"))
    with open_archive(path, ArchiveLimits(entries=10)) as archive, pytest.raises(errors.ArchiveBombError):
        read_dataset(archive)
