"""CIFAR-10N and CIFAR-100N (Wei et al., arXiv 2110.12088): labels for CIFAR from crowd workers."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mslg_core import errors

Ints = NDArray[np.int64]

CLEAN = "clean_label"
# One label set is CIFAR-100N's, the others are CIFAR-10N's.
COLUMNS = ("worse_label", "aggre_label", "random_label1", "random_label2", "random_label3", "noisy_label")


class HumanLabels(NamedTuple):
    """given, clean int64 [N], in the order of CIFAR's training images."""

    given: Ints
    clean: Ints


def read_cifar_n(path: Path, column: str, labels: Ints | None = None) -> HumanLabels:
    """The labels `column`, one of `COLUMNS`, of `CIFAR-10_human.pt` or `CIFAR-100_human.pt`.

    labels int64 [N]: the labels of the images; the clean labels in the file must be equal to them. Raises
    `ConfigError` for a missing column, `UnsafePickleError` for a file that could run code, `LayoutError`.
    """
    content = _load(path)
    present = [name for name in COLUMNS if name in content]
    if column not in present:
        raise errors.ConfigError(f"{path.name} has no column {column!r}: choose one of {', '.join(present)}.")
    num_classes = 100 if "noisy_label" in content else 10
    found = HumanLabels(
        _column(path, content, column, num_classes), _column(path, content, CLEAN, num_classes)
    )
    if len(found.given) != len(found.clean):
        raise errors.LayoutError(
            f"{path.name} has {len(found.given)} labels {column} and {len(found.clean)} labels {CLEAN}."
        )
    if labels is not None and not np.array_equal(found.clean, labels):
        raise errors.LayoutError(
            f"The clean labels of {path.name} differ from those of the images: they belong to others, or "
            "to these images in another order."
        )
    return found


def _load(path: Path) -> dict[str, Any]:
    if path.suffix == ".npy":
        raise errors.UnsafePickleError(
            f"Reading {path.name} could run code: use CIFAR-10_human.pt or CIFAR-100_human.pt instead."
        )
    import torch

    try:
        with torch.serialization.safe_globals(_allowed()):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # torch raises the same exceptions for unsafe and for damaged files
        raise errors.UnsafePickleError(
            f"{path.name} is damaged or contains more than arrays of numbers: use the published file."
        ) from error
    if not isinstance(content, dict) or CLEAN not in content:
        raise errors.LayoutError(f"{path.name} has no {CLEAN}: use the published file.")
    return content


def _allowed() -> list[Any]:
    """What the unpickler needs for an integer array, under its names in NumPy 1 and 2."""
    rebuild: Any = np.empty(0).__reduce__()[0]
    names = ("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct")
    kinds = [type(np.dtype(name)) for name in ("uint8", "int32", "int64")]
    return [*((rebuild, name) for name in names), np.ndarray, np.dtype, *kinds]


def _column(path: Path, content: dict[str, Any], name: str, num_classes: int) -> Ints:
    values = np.asarray(content[name])
    if values.ndim != 1 or not np.issubdtype(values.dtype, np.integer):
        raise errors.LayoutError(f"{name} of {path.name} is not a list of integers.")
    if values.size and not (values.min() >= 0 and values.max() < num_classes):
        raise errors.LayoutError(f"{name} of {path.name} has labels outside 0 to {num_classes - 1}.")
    return values.astype(np.int64)
