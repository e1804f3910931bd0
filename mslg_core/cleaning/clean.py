"""Cleans the labels of local files: `mslg clean` as a function.

The output has one row per row of the labels, in the same order. A row without a readable image or without a
given label has no scores and is listed in the log. Verified images beside the dataset are not in the output.
"""

import logging
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mslg_core import errors
from mslg_core.cleaning.enough import require_enough
from mslg_core.cleaning.found_images import scan_images
from mslg_core.cleaning.inputs import Labels, name_some, read_labelled_images, read_labels
from mslg_core.cleaning.output import check_output, write_output
from mslg_core.cleaning.separate import append_verified_images, open_beside
from mslg_core.configs.base import Backbone
from mslg_core.configs.job import JobConfig
from mslg_core.configs.plan import choose_image_size, with_backbone
from mslg_core.configs.reading import AS_RECOGNISED, ReadingConfig
from mslg_core.datasets.archives.archive import Archive, Rejection
from mslg_core.datasets.image_notes import ImageNotes
from mslg_core.datasets.open_dataset import open_dataset
from mslg_core.datasets.preview import warn_similar
from mslg_core.datasets.refusals import count_refusals, explain
from mslg_core.features.cache import FolderCache
from mslg_core.features.extraction import Hooks
from mslg_core.features.image_properties import PropertyMeasurer
from mslg_core.images.decode import inspect_image, is_unusual
from mslg_core.images.sources import ImageSource
from mslg_core.images.training_set import (
    NO_LABEL,
    Indices,
    TrainingSet,
    VerifiedSplit,
    separate_duplicates,
    split_verified,
)
from mslg_core.images.value_range import ValueRange
from mslg_core.issues.comparison import Comparison
from mslg_core.reports import EpochReport, ExtractionReport, Summary
from mslg_core.training.image_comparison import compare_images, find_issues_of_run
from mslg_core.training.model_selection import make_trainer
from mslg_core.training.trainer import has_gpu
from mslg_rules.leave_out import LeaveOut
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict

log = logging.getLogger(__name__)

OnExtracted = Callable[[ExtractionReport], None]


class Form(NamedTuple):
    """To what images are decoded: their side, and the values of black and white in deep ones."""

    side: int
    values: ValueRange | None


# Number of images from which the size of all decoded images is chosen.
SIZED_IMAGES = 200


def clean(  # noqa: PLR0913, PLR0917 - the options of the command
    images: Path,
    labels: Path | None,
    verified: Path | None,
    out: Path,
    config: JobConfig,
    on_epoch: Callable[[EpochReport], None] = lambda _: None,
    cache: Path | None = None,
    on_extracted: OnExtracted = lambda _: None,
    choices: ReadingConfig = AS_RECOGNISED,
    values: ValueRange | None = None,
    verified_images: Path | None = None,
    leave_out: Collection[LeaveOut] = (),
) -> Summary:
    """Learn soft labels and write the export table to `out` (.csv, .jsonl or .parquet). The same seed gives
    the same file.

    images: a folder, a zip or tar file, or a Parquet file, see `mslg_core.datasets.open_dataset`.
    labels, verified: tables (CSV, JSONL, Parquet) with `file_name` and `label`. By default both are read from
    the dataset, see `mslg_core.datasets.detect`. Verified samples are split into meta set and hold-out by
    their names. cache: a folder that keeps features between runs. on_extracted: told the progress while
    features are extracted. choices: how the dataset is read. values: what becomes black and white in images
    of more than 8 bits; default: the range of the data. verified_images: images with verified labels and no
    given ones, in any layout that `images` may have. leave_out: images that get no row. Raises `InputError`.
    """
    check_output(out)
    with (
        open_dataset(images, choices.name_encoding) as source,
        open_beside(verified_images) as beside,
        _open_cache(cache) as features,
    ):
        table = read_labels(source, labels, verified, choices)
        if beside is not None:
            table = append_verified_images(table, beside)
        for sentence in (*source.notes, *table.notes, *warn_similar(table.classes)):
            log.warning("%s", sentence)
        if not table.verified:
            raise errors.TrainingSetError(
                "No label is verified: pass --verified, a table with the true class of at least three images "
                "per class, or --verified-images, a folder of images with their true classes."
            )
        config = with_backbone(config, gpu=has_gpu())
        hooks = Hooks(on_extracted, PropertyMeasurer())
        form = _survey(source, table, config, values)
        order, training_set, comparison = _prepare(source, table, config, form, features, hooks)
        trainer = make_trainer(training_set, config, cache=features, hooks=hooks)
        for report in trainer.run():
            on_epoch(report)
    result = trainer.result()
    issues = find_issues_of_run(comparison, training_set, result.suggestion)
    write_output(out, table, order, result, issues, leave_out)
    return result.summary.model_copy(update={"issues": issues.count(), "backbone": trainer.backbone})


@contextmanager
def _open_cache(folder: Path | None) -> Iterator[FolderCache]:
    """The cache of features in `folder`, or in a temporary one."""
    if folder is not None:
        yield FolderCache(folder)
        return
    with tempfile.TemporaryDirectory(prefix="mslg-features-") as temporary:
        yield FolderCache(Path(temporary))


def _prepare(  # noqa: PLR0913, PLR0917 - what is read, and how
    source: Archive, table: Labels, config: JobConfig, form: Form, cache: FolderCache, hooks: Hooks
) -> tuple[Indices, TrainingSet, Comparison]:
    """(row number of every sample int64 [N], training set, its images compared).

    Images that cannot be decoded are left out. Raises `NoImagesError`, `TrainingSetError`, `WeightsError`.
    """
    found, refused = scan_images(source, table), list(table.rejections)
    while any(table.rows[row].label is not None for row in found.rows.tolist()):
        try:
            data = _training_set(found.open(source, table, *form), table, found.rows)
            require_enough(data)
            comparison = compare_images(found.rows, data, config, cache, hooks)
        except errors.DamagedImagesError as error:  # the others' features have been kept
            for position, reason in error.reasons.items():
                name = table.rows[found.rows[position]].file_name
                log.warning("%s: %s", name, reason)
                refused.append(Rejection.of(name, errors.BadImageError(reason)))
            found = found.without(list(error.reasons))
        else:
            _log_missing(table, set(found.rows.tolist()))
            data = separate_duplicates(data, comparison.duplicates.group)
            return found.rows, data.decoded() if config.backbone is Backbone.TRAIN else data, comparison
    raise explain(errors.NoImagesError("No label names a readable image."), count_refusals(refused))


def _survey(source: Archive, table: Labels, config: JobConfig, wanted: ValueRange | None) -> Form:
    """How images are decoded: the side follows from the sizes of the first images.

    Logs what was mended or chosen.
    """
    notes, sizes = ImageNotes(wanted), list[tuple[int, int]]()
    for number, data in read_labelled_images(source, table):
        try:
            info = inspect_image(data) if len(sizes) < SIZED_IMAGES or is_unusual(data) else None
        except errors.BadImageError:
            continue
        if info is not None:
            notes.add(table.rows[number].file_name, info)
            sizes.append((info.width, info.height))
    for sentence in notes.sentences():
        log.warning(sentence)
    first = sizes[:SIZED_IMAGES]
    side = choose_image_size(config, [w for w, _ in first], [h for _, h in first])
    return Form(side, notes.values)


def _log_missing(table: Labels, found: set[int]) -> None:
    unlabelled = [row.file_name for n, row in enumerate(table.rows) if not table.is_learnable(n)]
    missing = [row.file_name for n, row in enumerate(table.rows) if n not in found and table.is_learnable(n)]
    for names, reason in (
        (unlabelled, "are unusable or have no label at all, and are left out of the training"),
        (missing, "have no readable image and stay unchanged"),
    ):
        if names:
            log.warning("%d rows %s: %s", len(names), reason, name_some(names))


def _training_set(images: ImageSource, table: Labels, order: Indices) -> TrainingSet:
    """The training set of the rows `order`. Raises `TrainingSetError`."""
    number = {name: index for index, name in enumerate(table.classes)}
    labels_given = (table.rows[n].label for n in order.tolist())
    given = np.array([NO_LABEL if label is None else number[label] for label in labels_given], dtype=np.int64)
    sample = {n: index for index, n in enumerate(order.tolist())}
    settled = [n for n in table.verified if n in sample]
    index = np.array([sample[n] for n in settled], dtype=np.int64)
    labels = np.array([number[table.verified[n]] for n in settled], dtype=np.int64)
    meta, holdout = _split(table, settled, labels)
    if not len(meta):
        raise errors.TrainingSetError(
            "No verified sample has a readable image: verify at least three per class."
        )
    wrong = (n for n, verdict in table.open_verdicts.items() if verdict is Verdict.WRONG_UNKNOWN)
    known_wrong = np.array(sorted(sample[n] for n in wrong if n in sample), dtype=np.int64)
    not_random = np.array([sample[n] for n in settled if n in table.selections], dtype=np.int64)
    return TrainingSet(
        images=images,
        given=given,
        classes=table.classes,
        meta_index=index[meta],
        meta_labels=labels[meta],
        holdout_index=index[holdout],
        holdout_labels=labels[holdout],
        known_wrong=known_wrong,
        not_random=not_random,
    )


def _split(table: Labels, settled: list[int], labels: Indices) -> VerifiedSplit:
    """Meta set and hold-out as positions in `settled`."""
    names = [table.rows[n].file_name for n in settled]
    return split_verified(names, labels, [table.selections.get(n, Selection.RANDOM) for n in settled])
