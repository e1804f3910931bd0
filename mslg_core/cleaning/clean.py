"""Cleans the labels of local files: `mslg clean` as a function.

The output has one row per row of the labels, in the same order. A row without a readable image or without a
given label has no scores and is listed in the log. Verified images beside the dataset are not in the output.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mslg_core import errors
from mslg_core.cleaning.export_table import ExportRow, open_writer
from mslg_core.cleaning.inputs import (
    Labels,
    append_verified_images,
    name_some,
    read_labelled_images,
    read_labels,
)
from mslg_core.configs.job import JobConfig
from mslg_core.configs.plan import choose_image_size, with_backbone
from mslg_core.datasets.archives.archive import Archive
from mslg_core.datasets.layouts.label_tables import SUFFIXES
from mslg_core.datasets.open_dataset import open_dataset
from mslg_core.features.cache import FolderCache
from mslg_core.images.buffers import allocate_pixels, keep_rows
from mslg_core.images.decode import decode_image, inspect_image
from mslg_core.images.training_set import (
    NO_LABEL,
    Indices,
    TrainingSet,
    VerifiedSplit,
    split_verified,
)
from mslg_core.ranking.result import CleaningResult
from mslg_core.reports import EpochReport, Summary
from mslg_core.training.model_selection import make_trainer
from mslg_core.training.trainer import has_gpu
from mslg_rules.corrected_label import Correction, correct
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict

log = logging.getLogger(__name__)

ROWS_PER_BATCH = 10_000
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
    verified_images: Path | None = None,
) -> Summary:
    """Learn soft labels and write the export table to `out` (.csv, .jsonl or .parquet). The same seed gives
    the same file.

    images: a folder, a zip or tar file, or a Parquet file, see `mslg_core.datasets.open_dataset`.
    labels, verified: tables (CSV, JSONL, Parquet) with `file_name` and `label`. By default both are read from
    the dataset, see `mslg_core.datasets.detect`. Verified samples are split into meta set and hold-out by
    their names. cache: a folder that keeps features between runs. verified_images: images with verified
    labels and no given ones, in any layout that `images` may have. Raises `InputError`.
    """
    _check_output(out)
    with open_dataset(images) as source, _open_optional(verified_images) as separate:
        table = read_labels(source, labels, verified)
        if separate is not None:
            table = append_verified_images(table, separate)
        if not table.verified:
            raise errors.TrainingSetError(
                "No label is verified: pass --verified, a table with the true class of at least three images "
                "per class, or --verified-images, a folder of images with their true classes."
            )
        config = with_backbone(config, gpu=has_gpu())
        order, training_set = _load(source, separate, table, config)
    trainer = make_trainer(training_set, config, cache=FolderCache(cache) if cache else None)
    for report in trainer.run():
        on_epoch(report)
    result = trainer.result()
    _write(out, table, order, result)
    return result.summary


def _open_optional(path: Path | None) -> AbstractContextManager[Archive | None]:
    return nullcontext() if path is None else open_dataset(path)


def _load(
    source: Archive, separate: Archive | None, table: Labels, config: JobConfig
) -> tuple[Indices, TrainingSet]:
    """(row number of every sample int64 [N], training set). Raises `NoImagesError`, `TrainingSetError`."""
    size = _choose_size(source, table, config)
    pixels, found = allocate_pixels(len(table.rows), size), set()
    images = read_labelled_images(source, table)
    beside = read_labelled_images(separate, table, table.separate_numbers) if separate else ()
    for number, data in chain(images, beside):
        try:
            pixels[number] = decode_image(data, size)
        except errors.BadImageError as error:
            log.warning("%s: %s", table.rows[number].file_name, error)
        else:
            found.add(number)
    if all(table.rows[number].label is None for number in found):
        raise errors.NoImagesError("No given label names a readable image.")
    _log_missing(table, found)
    order = np.array(sorted(found), dtype=np.int64)
    return order, _training_set(keep_rows(pixels, order), table, order)


def _choose_size(source: Archive, table: Labels, config: JobConfig) -> int:
    """The side to which images are decoded, from the sizes of the first images."""
    if config.image_size is not None:
        return config.image_size
    sizes: list[tuple[int, int]] = []
    for _, data in read_labelled_images(source, table):
        try:
            info = inspect_image(data)
        except errors.BadImageError:
            continue
        sizes.append((info.width, info.height))
        if len(sizes) == SIZED_IMAGES:
            break
    return choose_image_size(config, [w for w, _ in sizes], [h for _, h in sizes])


def _log_missing(table: Labels, found: set[int]) -> None:
    unlabelled = [row.file_name for n, row in enumerate(table.rows) if not table.is_learnable(n)]
    missing = [row.file_name for n, row in enumerate(table.rows) if n not in found and table.is_learnable(n)]
    for names, reason in (
        (unlabelled, "have neither a given nor a verified label and are left out of the training"),
        (missing, "have no readable image and stay unchanged"),
    ):
        if names:
            log.warning("%d rows %s: %s", len(names), reason, name_some(names))


def _training_set(images: NDArray[np.uint8], table: Labels, order: Indices) -> TrainingSet:
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
    known_wrong = np.array(sorted(sample[n] for n in table.known_wrong if n in sample), dtype=np.int64)
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


def _check_output(out: Path) -> None:
    """Refuse an unusable output path before the training starts. Raises `ConfigError`."""
    _table_format(out)
    if not out.parent.is_dir():
        raise errors.ConfigError(f"{out}: the folder {out.parent} does not exist.")


def _table_format(out: Path) -> str:
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        raise errors.ConfigError(f"{out.name}: the output must be a .csv, .jsonl or .parquet file.")
    return suffix[1:]


def _write(out: Path, table: Labels, order: Indices, result: CleaningResult) -> None:
    """Write to a temporary file and rename it, so that an interrupted run leaves no partial table."""
    sample = {number: index for index, number in enumerate(order.tolist())}
    rows = [_export_row(table, number, sample.get(number), result) for number in range(table.num_given)]
    partial = out.with_name(out.name + ".partial")
    with partial.open("wb") as file, open_writer(_table_format(out), file, table.classes) as writer:
        for start in range(0, len(rows), ROWS_PER_BATCH):
            writer.write(rows[start : start + ROWS_PER_BATCH])
    partial.replace(out)


def _export_row(table: Labels, number: int, sample: int | None, result: CleaningResult) -> ExportRow:
    row = table.rows[number]
    if sample is None or row.label is None:
        corrected, by = _correct(table, number, None)
        return ExportRow(
            row.external_id, row.file_name, row.label, None, None, False, None, None, corrected, by
        )
    suggestion = table.classes[int(result.suggestion[sample])]
    flagged = bool(result.is_label_issue[sample])
    accepted = suggestion if flagged and result.summary.auto_accept else None
    corrected, by = _correct(table, number, accepted)
    return ExportRow(
        id=row.external_id,
        file_name=row.file_name,
        given_label=row.label,
        predicted_label=suggestion,
        label_score=float(result.label_score[sample]),
        is_label_issue=flagged,
        rank=int(result.rank[sample]),
        soft_label=result.soft_labels[sample],
        corrected_label=corrected,
        corrected_by=by,
    )


def _correct(table: Labels, number: int, accepted: str | None) -> Correction[str]:
    return correct(
        table.rows[number].label,
        accepted=accepted,
        verdict=Verdict.WRONG_UNKNOWN if number in table.known_wrong else None,
        settled=table.verified.get(number),
    )
