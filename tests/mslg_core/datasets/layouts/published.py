"""Small datasets in the published layouts, as file contents by name."""

from pathlib import Path

from mslg_core.datasets.archives.folders import FolderArchive
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.detect import read_dataset
from mslg_core.datasets.layouts.base import Layout
from tests.mslg_core.datasets.archive_files import png, write_zip

Files = dict[str, bytes]

CLOTHES = (
    *("T-Shirt", "Shirt", "Knitwear", "Chiffon", "Sweater", "Hoodie", "Windbreaker", "Jacket"),
    *("Downcoat", "Suit", "Shawl", "Dress", "Vest", "Underwear"),
)


def text(*lines: str) -> bytes:
    """A text file."""
    return "".join(f"{line}\n" for line in lines).encode()


def key(number: int) -> str:
    """The path of a Clothing1M image, as listed in its label files."""
    return f"images/{number % 10}/{number % 100:02d}/{1000 + number},{2000 + number}.jpg"


def clothing1m() -> Files:
    """Images 0 to 5 are noisy training images. Images 6 and 7 have both labels and belong to the splits train
    and test. Images 8 and 9 have a clean label only and belong to the splits val and test.
    """
    noisy, both, only = range(6), (6, 7), (8, 9)
    return {
        **{key(n): png(n) for n in range(10)},
        "category_names_eng.txt": text(*CLOTHES),
        "noisy_label_kv.txt": text(*(f"{key(n)} {n % 3 + 3}" for n in (*noisy, *both))),
        "clean_label_kv.txt": text(*(f"{key(n)} {n + 4}" for n in (*both, *only))),
        "noisy_train_key_list.txt": text(*map(key, noisy)),
        "clean_train_key_list.txt": text(key(6)),
        "clean_val_key_list.txt": text(key(8)),
        "clean_test_key_list.txt": text(key(7), key(9)),
    }


def food101n(*, header: bool = True) -> Files:
    """Three images of each of two classes; each verified file marks one as right and one as wrong."""
    keys = [f"{food}/{n:032x}.jpg" for food in ("apple_pie", "baby_back_ribs") for n in range(3)]
    listed = "class_name/key\tverification_label"
    return {
        **{f"images/{name}": png(n) for n, name in enumerate(keys)},
        "meta/classes.txt": text(*["class_name"] * header, "apple_pie", "baby_back_ribs"),
        "meta/imagelist.tsv": text(*["class_name/key"] * header, *keys),
        "meta/verified_train.tsv": text(*[listed] * header, f"{keys[0]}\t1", f"{keys[1]}\t0"),
        "meta/verified_val.tsv": text(*[listed] * header, f"{keys[3]}\t0", f"{keys[4]}\t1"),
    }


def in_zip(tmp_path: Path, files: Files) -> Layout:
    """The layout of a zip file of `files`."""
    with open_archive(write_zip(tmp_path / "dataset.zip", files)) as archive:
        return read_dataset(archive)


def in_folder(tmp_path: Path, files: Files) -> Layout:
    """The layout of a folder of `files`."""
    for name, data in files.items():
        path = tmp_path / "dataset" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with FolderArchive(tmp_path / "dataset") as archive:
        return read_dataset(archive)


def below(folder: str, files: Files) -> Files:
    """The same files inside a folder."""
    return {f"{folder}/{name}": data for name, data in files.items()}


def refused(layout: Layout) -> dict[str, str]:
    """Codes of the rejections by file name."""
    return {rejection.file_name: rejection.code for rejection in layout.rejections}
