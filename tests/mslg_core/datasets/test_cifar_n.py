"""CIFAR-N's label files: read without running code, and only for the images to which they belong."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mslg_core import errors
from mslg_core.datasets.cifar_n import read_cifar_n

CLEAN = np.arange(30) % 10
NOISY = {
    name: (CLEAN + (np.arange(30) % (shift + 2) == 0)) % 10
    for shift, name in enumerate(
        ("worse_label", "aggre_label", "random_label1", "random_label2", "random_label3")
    )
}
TEN: dict[str, Any] = {"clean_label": CLEAN, **NOISY}


def save(path: Path, content: Any, *, legacy: bool = False) -> Path:
    """The file as `torch.save` writes it, now or before version 1.6 (`legacy`)."""
    torch.save(content, path, _use_new_zipfile_serialization=not legacy)
    return path


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("column", NOISY)
def test_noisy_labels_are_returned_with_clean_ones(tmp_path: Path, column: str, legacy: bool) -> None:
    given, clean = read_cifar_n(save(tmp_path / "CIFAR-10_human.pt", TEN, legacy=legacy), column, CLEAN)
    assert given.dtype == clean.dtype == np.int64
    assert (given == NOISY[column]).all()
    assert (clean == CLEAN).all()


def test_cifar_100n_has_one_column_and_may_contain_tensors(tmp_path: Path) -> None:
    content = {"clean_label": torch.arange(100), "noisy_label": torch.arange(100).flip(0)}
    given, clean = read_cifar_n(save(tmp_path / "CIFAR-100_human.pt", content), "noisy_label")
    assert (given[::-1] == clean).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (TEN | {"worse_label": CLEAN[:9]}, "9 labels worse_label and 30 labels clean_label"),
        (TEN | {"worse_label": CLEAN + 1}, "outside 0 to 9"),
        (TEN | {"worse_label": CLEAN - 1}, "outside 0 to 9"),
        (TEN | {"worse_label": CLEAN[:, None]}, "not a list of integers"),
        (TEN | {"worse_label": torch.rand(30)}, "not a list of integers"),
        (TEN | {"worse_label": "cat"}, "not a list of integers"),
        (NOISY, "has no clean_label"),
        (CLEAN, "has no clean_label"),
        (TEN | {"clean_label": CLEAN[::-1].copy()}, "in another order"),
    ],
)
def test_inconsistent_files_are_refused(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(errors.LayoutError, match=message):
        read_cifar_n(save(tmp_path / "labels.pt", content), "worse_label", CLEAN)


@pytest.mark.parametrize("column", ["worst_label", "noisy_label", "clean_label"])
def test_error_for_unknown_columns_names_the_available_ones(tmp_path: Path, column: str) -> None:
    with pytest.raises(errors.ConfigError, match="choose one of worse_label, aggre_label"):
        read_cifar_n(save(tmp_path / "labels.pt", TEN), column)


class Hostile:
    """Creates a folder when it is unpickled."""

    def __reduce__(self) -> Any:
        return os.mkdir, ("pwned",)


@pytest.mark.parametrize("legacy", [False, True])
def test_files_that_could_run_code_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, legacy: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    path = save(tmp_path / "labels.pt", TEN | {"worse_label": Hostile()}, legacy=legacy)
    with pytest.raises(errors.UnsafePickleError):
        read_cifar_n(path, "worse_label")
    assert [file.name for file in tmp_path.iterdir()] == ["labels.pt"]


def test_damaged_files_and_pickled_arrays_are_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.pt").write_bytes(b"PK\x03\x04 and no more")
    np.save(tmp_path / "labels.npy", TEN, allow_pickle=True)  # type: ignore[arg-type]
    for name in ("labels.pt", "labels.npy"):
        with pytest.raises(errors.UnsafePickleError, match="use "):
            read_cifar_n(tmp_path / name, "worse_label")
