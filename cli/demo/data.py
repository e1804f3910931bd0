"""The demo's dataset: real handwritten digits, some of them mislabelled as a similar digit."""

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # comes with scikit-learn

from mslg_core.noise.synthetic import feature_dependent_noise

NOISE_RATE = 0.3
NUM_VERIFIED = 100
# The minimum for a job: per class two samples in the meta set and one in the hold-out.
VERIFIED_PER_CLASS = 3
BRIGHTEST = 16.0


@dataclass(frozen=True, slots=True)
class DemoData:
    """N digits with given labels and true labels; only the demo knows the true ones.

    images uint8 [N, 8, 8]; given, true int64 [N]; verified int64 [NUM_VERIFIED]: indices of samples.
    """

    images: NDArray[np.uint8]
    given: NDArray[np.int64]
    true: NDArray[np.int64]
    verified: NDArray[np.int64]

    @property
    def file_names(self) -> list[str]:
        """Path of each digit; its folder is the given label."""
        return [f"{label}/digit-{index:04d}.png" for index, label in enumerate(self.given.tolist())]

    def write_zip(self, path: Path) -> None:
        """Write the images as PNG files in class folders."""
        with zipfile.ZipFile(path, "w") as archive:
            for name, pixels in zip(self.file_names, self.images, strict=True):
                buffer = io.BytesIO()
                Image.fromarray(pixels).save(buffer, "png")
                archive.writestr(name, buffer.getvalue())

    def verified_csv(self) -> str:
        """The verified labels as a table `file_name,label` to upload."""
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(("file_name", "label"))
        writer.writerows((self.file_names[i], self.true[i]) for i in self.verified.tolist())
        return buffer.getvalue()


def make_demo_data(seed: int = 0) -> DemoData:
    """scikit-learn's 1,797 digits with 30 % feature-dependent noise and 100 verified labels."""
    pixels, true = load_digits(return_X_y=True)
    brightness = pixels / BRIGHTEST
    classifier = LogisticRegression(C=0.1, max_iter=1000, random_state=seed)
    with threadpool_limits(1):  # several threads are slower on a problem of this size
        probabilities = cross_val_predict(classifier, brightness, true, cv=5, method="predict_proba")
    given = feature_dependent_noise(true, probabilities, NOISE_RATE, seed)
    images = np.round(brightness.reshape(-1, 8, 8) * 255).astype(np.uint8)
    return DemoData(images, given, true, _draw_verified(true, np.random.default_rng(seed)))


def _draw_verified(true: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """`NUM_VERIFIED` indices drawn at random, at least `VERIFIED_PER_CLASS` of each class."""
    order = rng.permutation(len(true))
    needed = np.concatenate([order[true[order] == c][:VERIFIED_PER_CLASS] for c in np.unique(true)])
    others = order[~np.isin(order, needed)]
    return np.concatenate([needed, others[: NUM_VERIFIED - len(needed)]])
