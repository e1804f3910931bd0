"""Handwritten digits as files: class folders of which some images are mislabelled, and verified labels."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from cli.demo.data import make_demo_data


class Digits(NamedTuple):
    """Files as a user has them, and the classes that only the test knows.

    folder: images in one folder per class. verified: a table with the columns file_name and label.
    true: the right class by file name.
    """

    folder: Path
    verified: Path
    true: dict[str, str]


def write_digits(path: Path, num_images: int) -> Digits:
    """Write digits of the demo, those with a verified label among them, and the verified labels."""
    data = make_demo_data()
    others = np.setdiff1d(np.arange(len(data.true)), data.verified)
    chosen = [*data.verified.tolist(), *others.tolist()][:num_images]
    for index in chosen:
        file = path / "digits" / data.file_names[index]
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(data.images[index]).save(file)
    (path / "verified.csv").write_text(data.verified_csv())
    true = {data.file_names[index]: str(data.true[index]) for index in chosen}
    return Digits(path / "digits", path / "verified.csv", true)
