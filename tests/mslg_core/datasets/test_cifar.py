"""CIFAR in both published versions, with damaged and hostile files."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mslg_core import errors
from mslg_core.datasets.cifar import read_cifar
from mslg_core.datasets.detect import ReadImage, read_dataset, read_images
from mslg_core.datasets.open_dataset import open_dataset
from mslg_core.datasets.safe_pickle import load_arrays
from mslg_core.images.decode import decode_image
from tests.mslg_core.datasets.cifar_files import (
    CLASSES_10,
    CLASSES_100,
    cifar10_binary,
    cifar10_python,
    cifar100_binary,
    cifar100_python,
    dump,
    labels,
    pixels,
    write,
)

VERSIONS = {
    "cifar-10-batches-py": cifar10_python,
    "cifar-10-batches-bin": cifar10_binary,
    "cifar-100-python": cifar100_python,
    "cifar-100-binary": cifar100_binary,
}


@pytest.mark.parametrize("unpacked_in", [False, True])
@pytest.mark.parametrize(("name", "make"), VERSIONS.items(), ids=VERSIONS)
def test_every_version_gives_the_same_images(
    tmp_path: Path, name: str, make: Callable[[], dict[str, bytes]], unpacked_in: bool
) -> None:
    folder = write(tmp_path / name, make())
    num_batches, classes, first = (5, CLASSES_10, 0) if "-10-" in name else (1, CLASSES_100, 90)
    for split, batches in (("train", range(num_batches)), ("test", range(num_batches, num_batches + 1))):
        data = read_cifar(tmp_path if unpacked_in else folder, split)  # type: ignore[arg-type]
        expected = np.concatenate([pixels(n) for n in batches]).reshape(-1, 3, 32, 32)
        assert (data.images == expected.transpose(0, 2, 3, 1)).all()
        assert data.labels.tolist() == [first + label for n in batches for label in labels(n)]
        assert data.classes == classes
        assert len(set(data.file_names)) == len(data.labels)
    assert data.file_names[0] == (
        f"{'test_batch' if num_batches == 5 else 'test'}/{'thing_s_000000' if 'py' in name else '00000'}.png"
    )


def test_a_cifar_folder_is_a_dataset_of_its_training_images(tmp_path: Path) -> None:
    data = read_cifar(write(tmp_path / "cifar", cifar10_python()))
    with open_dataset(tmp_path / "cifar") as source:
        layout = read_dataset(source)
        read = [image for image in read_images(source, layout) if isinstance(image, ReadImage)]
    assert [image.sample.file_name for image in read] == list(data.file_names)
    assert [image.sample.label for image in read] == [CLASSES_10[label] for label in data.labels]
    assert all(
        (decode_image(image.data, 32) == pixels).all()
        for image, pixels in zip(read, data.images, strict=True)
    )


def batch(**changes: Any) -> bytes:
    """The second batch with some fields changed, or left out where None."""
    content = {"labels": labels(1), "data": pixels(1), **changes}
    return dump({name: value for name, value in content.items() if value is not None})


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("data_batch_2", None, "lacks data_batch_2"),
        ("data_batch_2", b"", "data_batch_2 is damaged"),
        ("data_batch_2", cifar10_python()["data_batch_2"][:9000], "data_batch_2 is damaged"),
        ("data_batch_2", dump([1, 2]), "does not hold a dictionary"),
        ("data_batch_2", batch(data=None), "no array data"),
        ("data_batch_2", batch(data=pixels(1)[:, :3000]), "no array data"),
        ("data_batch_2", batch(data=pixels(1).astype(np.float32)), "no array data"),
        ("data_batch_2", batch(labels=None), "no list labels"),
        ("data_batch_2", batch(labels=["cat"] * 4), "no list labels"),
        ("data_batch_2", batch(labels=[0, 1, 2, -1]), "no list labels"),
        ("data_batch_2", batch(labels=[0, 1, 2, 10]), "not one of its 10 classes"),
        ("data_batch_2", batch(labels=[0, 1, 2]), "4 images and 3 labels"),
        ("data_batch_2", batch(filenames=["a.png"]), "4 images, but not a list of 4 filenames"),
        ("data_batch_2", batch(filenames=pixels(4)), "4 images, but not a list of 4 filenames"),
        ("batches.meta", dump({"label_names": []}), "no list label_names"),
    ],
)
def test_inconsistent_files_are_refused(tmp_path: Path, name: str, data: bytes | None, message: str) -> None:
    files = {**cifar10_python(), name: data}
    write(tmp_path / "cifar", {name: data for name, data in files.items() if data is not None})
    with pytest.raises(errors.LayoutError, match=message):
        read_cifar(tmp_path / "cifar")


def test_truncated_binary_files_are_refused(tmp_path: Path) -> None:
    files = cifar10_binary()
    write(tmp_path / "cifar", files | {"data_batch_3.bin": files["data_batch_3.bin"][:-1]})
    with pytest.raises(errors.LayoutError, match=r"data_batch_3.bin is cut off"):
        read_cifar(tmp_path / "cifar")


def test_other_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.LayoutError, match="does not contain CIFAR"):
        read_cifar(tmp_path)


class Hostile:
    """Runs a call when it is unpickled."""

    def __init__(self, call: Callable[..., Any], *arguments: Any) -> None:
        self.call, self.arguments = call, arguments

    def __reduce__(self) -> Any:
        return self.call, self.arguments


@pytest.mark.parametrize(
    "content",
    [
        {"data": Hostile(os.system, "touch pwned")},
        {"data": Hostile(eval, "open('pwned', 'w')")},
        {"data": Hostile(getattr, 1, "real")},
        {"data": np.array([Hostile(os.mkdir, "pwned")], dtype=object)},
        {"data": np.zeros(3, dtype=[("a", "i4")])},
        {"data": Hostile(pickle.loads, b"")},
    ],
)
@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_unsafe_pickles_are_refused_and_run_no_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: object, protocol: int
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errors.UnsafePickleError, match="batch is refused"):
        load_arrays("batch", pickle.dumps(content, protocol))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dtype", ["u1", "<i8", ">i4", "f4"])
@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_arrays_of_numbers_are_read(dtype: str, protocol: int) -> None:
    array = np.asfortranarray(np.arange(12).reshape(3, 4).astype(dtype))
    back = load_arrays("batch", pickle.dumps({b"data": array}, protocol))["data"]
    assert back.dtype == array.dtype
    assert (back == array).all()
