"""CIFAR-10 as Parquet (see docs/how-to/reproduce-figures.md), for tests that are about this dataset."""

import os
from pathlib import Path

import pytest

PATH = Path(os.environ.get("MSLG_CIFAR10", "/work/shared/data/cifar10.parquet"))

needs_cifar10 = pytest.mark.skipif(
    not PATH.is_file(), reason="CIFAR-10 is missing: set MSLG_CIFAR10 to its Parquet file."
)
