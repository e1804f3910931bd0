"""Checks the inputs of `mslg clean` without training: what would be read. Importable without torch."""

from pathlib import Path

from mslg_core.cleaning.inputs import Labels, read_labels
from mslg_core.configs.reading import AS_RECOGNISED, ReadingConfig
from mslg_core.datasets.layouts.base import Layout, Sample
from mslg_core.datasets.open_dataset import open_dataset
from mslg_core.datasets.preview import make_preview
from mslg_core.datasets.report import Preview


def check(
    images: Path, labels: Path | None, verified: Path | None, choices: ReadingConfig = AS_RECOGNISED
) -> Preview:
    """What `clean` would read from the same arguments. Raises `InputError`."""
    with open_dataset(images, choices.name_encoding) as source:
        return make_preview(_layout_of(read_labels(source, labels, verified, choices)))


def _layout_of(labels: Labels) -> Layout:
    """The rows of the dataset itself that have an image."""
    with_image = set(labels.numbers.values())
    samples = [
        Sample("", row.file_name, row.label, verified_label=labels.verified.get(n), source_split=row.split)
        for n, row in enumerate(labels.rows[: labels.num_given])
        if n in with_image
    ]
    return Layout(
        labels.classes,
        tuple(samples),
        labels.rejections,
        name=labels.layout,
        notes=labels.notes,
        tables=labels.tables,
        candidates=labels.candidates,
    )
