"""Checks the inputs of `mslg clean` without training: what would be read. Importable without torch."""

from dataclasses import replace
from pathlib import Path

from mslg_core.cleaning.inputs import Labels, read_labels
from mslg_core.cleaning.separate import append_verified_images, open_beside
from mslg_core.configs.reading import AS_RECOGNISED, ReadingConfig
from mslg_core.datasets.archives.archive import Archive
from mslg_core.datasets.layouts.base import Layout, Sample
from mslg_core.datasets.open_dataset import open_dataset
from mslg_core.datasets.preview import make_preview
from mslg_core.datasets.report import Preview


def check(
    images: Path,
    labels: Path | None,
    verified: Path | None,
    choices: ReadingConfig = AS_RECOGNISED,
    verified_images: Path | None = None,
) -> Preview:
    """What `clean` would read from the same arguments. Raises `InputError`."""
    with open_dataset(images, choices.name_encoding) as source, open_beside(verified_images) as beside:
        known = read_labels(source, labels, verified, choices)
        if beside is not None:
            known = _with_images(known, beside)
        return make_preview(_layout_of(known))


def _with_images(known: Labels, beside: Archive) -> Labels:
    """The labels with the verified images in `beside`, and a note about them."""
    both = append_verified_images(known, beside)
    added = both.num_separate - known.num_separate
    return replace(both, notes=(*known.notes, f"Verified images beside the dataset: {added:,}."))


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
