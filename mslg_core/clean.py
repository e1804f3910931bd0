"""Clean the labels of local files: `mslg clean` as a function.

Every row of the labels comes back, in their order. A row whose image is missing or cannot be decoded keeps
its given label, has no figures, and is counted and named in the log.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mslg_core import errors
from mslg_core.archives import Rejection, open_archive
from mslg_core.configs import JobConfig
from mslg_core.data import Indices, TrainingSet, choose_image_size, split_verified
from mslg_core.images import decode_image, inspect_image
from mslg_core.label_tables import SUFFIXES, LabelRow, read_label_table
from mslg_core.names import split_name
from mslg_core.readers import sort_classes
from mslg_core.reports import EpochReport, Summary
from mslg_core.tables import CorrectedBy, ExportRow, open_writer
from mslg_core.trainer import CleaningResult, Trainer

log = logging.getLogger(__name__)

MAX_NAMED = 10
ROWS_PER_BATCH = 10_000

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Labels:
    """rows: one per line of the labels; verified: settled class name by row number."""

    rows: list[LabelRow]
    classes: tuple[str, ...]
    verified: dict[int, str]


def clean(  # noqa: PLR0913, PLR0917 - the options of the command
    images: Path,
    labels: Path,
    verified: Path,
    out: Path,
    config: JobConfig,
    on_epoch: Callable[[EpochReport], None] = lambda _: None,
) -> Summary:
    """Learn soft labels and write the export's table to `out` (.csv, .jsonl or .parquet); same seed, same
    file.

    images: a folder, a zip or tar file, or a Parquet file with `file_name` and `image` (bytes). labels,
    verified: tables (CSV, JSONL, Parquet) with `file_name` and `label`; the verified ones are split into
    meta set and hold-out by their names. Raises `InputError`.
    """
    _table_format(out)
    table = _read_labels(labels, verified)
    order, training_set = _load(images, table, config)
    trainer = Trainer(training_set, config)
    for report in trainer.run():
        on_epoch(report)
    result = trainer.result()
    _write(out, table, order, result)
    return result.summary


def _read_labels(labels: Path, verified: Path) -> _Labels:
    """Raises `MetadataError`, `NoLabelsError`, `OneClassError`, `MissingFileError`."""
    rows = read_label_table(labels.name, _read_table(labels))
    classes = sort_classes(row.label for row in rows if row.label is not None)
    numbers = {split_name(row.file_name): number for number, row in enumerate(rows)}
    settled: dict[int, str] = {}
    for row in read_label_table(verified.name, _read_table(verified)):
        number = numbers.get(split_name(row.file_name))
        if number is None:
            raise errors.MissingFileError(
                f"{verified.name}, line {row.line}: {labels.name} has no such file."
            )
        if row.label not in classes:
            raise errors.MetadataError(f"{verified.name}, line {row.line}: {row.label!r} is no class.")
        settled[number] = row.label
    return _Labels(rows, classes, settled)


def _read_table(path: Path) -> bytes:
    if path.suffix.lower() not in SUFFIXES:
        raise errors.MetadataError(f"{path.name}: a .csv, .jsonl or .parquet file is expected.")
    return path.read_bytes()


def _load(images: Path, table: _Labels, config: JobConfig) -> tuple[Indices, TrainingSet]:
    """(row number of every sample int64 [N], training set). Raises `NoImagesError`, `TrainingSetError`."""
    wanted = {split_name(row.file_name): number for number, row in enumerate(table.rows) if row.label}
    size = _choose_size(images, wanted, config)
    decoded: dict[int, NDArray[np.uint8]] = {}
    for name, data in _read_images(images):
        number = wanted.get(split_name(name))
        if number is None:
            continue
        try:
            decoded[number] = decode_image(data, size)
        except errors.BadImageError as error:
            log.warning("%s: %s", table.rows[number].file_name, error)
    if not decoded:
        raise errors.NoImagesError(f"No file_name of the labels names an image in {images.name}.")
    _log_missing(table, decoded)
    order = np.array(sorted(decoded), dtype=np.int64)
    return order, _training_set(np.stack([decoded[n] for n in order.tolist()]), table, order)


def _choose_size(images: Path, wanted: dict[Key, int], config: JobConfig) -> int:
    """The side to decode to, from the sizes of the first images."""
    if config.image_size is not None:
        return config.image_size
    sizes: list[tuple[int, int]] = []
    for name, data in _read_images(images):
        if split_name(name) in wanted:
            try:
                info = inspect_image(data)
            except errors.BadImageError:
                continue
            sizes.append((info.width, info.height))
        if len(sizes) == 200:
            break
    return choose_image_size(config, [w for w, _ in sizes], [h for _, h in sizes])


def _log_missing(table: _Labels, decoded: dict[int, NDArray[np.uint8]]) -> None:
    missing = [row.file_name for number, row in enumerate(table.rows) if number not in decoded]
    if missing:
        named = ", ".join(missing[:MAX_NAMED]) + (", …" if len(missing) > MAX_NAMED else "")
        log.warning(
            "%d rows have no readable image or no label and keep what they have: %s", len(missing), named
        )


def _training_set(images: NDArray[np.uint8], table: _Labels, order: Indices) -> TrainingSet:
    number = {name: index for index, name in enumerate(table.classes)}
    given = np.array([number[table.rows[n].label or ""] for n in order.tolist()], dtype=np.int64)
    sample = {n: index for index, n in enumerate(order.tolist())}
    settled = [(n, label) for n, label in table.verified.items() if n in sample]
    index = np.array([sample[n] for n, _ in settled], dtype=np.int64)
    labels = np.array([number[label] for _, label in settled], dtype=np.int64)
    meta, holdout = split_verified([table.rows[n].file_name for n, _ in settled], labels)
    if not len(meta):
        raise errors.TrainingSetError(
            "None of the verified samples has an image: verify at least three per class."
        )
    return TrainingSet(
        images, given, table.classes, index[meta], labels[meta], index[holdout], labels[holdout]
    )


def _read_images(path: Path) -> Iterator[tuple[str, bytes]]:
    """(file name, encoded image) of everything in a folder, a Parquet file or an archive, one at a time."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and not file.is_symlink():
                yield file.relative_to(path).as_posix(), file.read_bytes()
    elif path.suffix.lower() == ".parquet":
        yield from _read_parquet_images(path)
    else:
        with open_archive(path) as archive:
            for member in archive.members():
                if isinstance(member, Rejection):
                    log.warning("%s: %s", member.file_name, member.reason)
                else:
                    yield from _read_member(member.name, member.read)


def _read_member(name: str, read: Callable[[], bytes]) -> Iterator[tuple[str, bytes]]:
    try:
        yield name, read()
    except errors.MemberError as error:
        log.warning("%s: %s", name, error)


def _read_parquet_images(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(256, columns=["file_name", "image"]):
                names, images = batch.column("file_name"), batch.column("image")
                for name, data in zip(names, images, strict=True):
                    yield name.as_py(), data.as_py() or b""
    except (pa.ArrowException, KeyError, OSError) as error:
        raise errors.MetadataError(
            f"{path.name}: a Parquet file with file_name and image (bytes) is expected: {error}."
        ) from error


def _table_format(out: Path) -> str:
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        raise errors.ConfigError(f"{out.name}: name the output .csv, .jsonl or .parquet.")
    return suffix[1:]


def _write(out: Path, table: _Labels, order: Indices, result: CleaningResult) -> None:
    """Write beside the target and rename, so that a broken run leaves no half table."""
    sample = {number: index for index, number in enumerate(order.tolist())}
    rows = [_export_row(table, number, sample.get(number), result) for number in range(len(table.rows))]
    partial = out.with_name(out.name + ".partial")
    with partial.open("wb") as file, open_writer(_table_format(out), file, table.classes) as writer:
        for start in range(0, len(rows), ROWS_PER_BATCH):
            writer.write(rows[start : start + ROWS_PER_BATCH])
    partial.replace(out)


def _export_row(table: _Labels, number: int, sample: int | None, result: CleaningResult) -> ExportRow:
    row = table.rows[number]
    given = row.label or ""
    settled = table.verified.get(number)
    if sample is None:
        by: CorrectedBy = "person" if settled else "none"
        return ExportRow(
            row.external_id, row.file_name, given, None, None, False, None, None, settled or given, by
        )
    suggestion = table.classes[int(result.suggestion[sample])]
    flagged = bool(result.is_label_issue[sample])
    corrected, by = _correct(given, suggestion if flagged and result.summary.auto_accept else None, settled)
    return ExportRow(
        id=row.external_id,
        file_name=row.file_name,
        given_label=given,
        predicted_label=suggestion,
        label_score=float(result.label_score[sample]),
        is_label_issue=flagged,
        rank=int(result.rank[sample]),
        soft_label=result.soft_labels[sample],
        corrected_label=corrected,
        corrected_by=by,
    )


def _correct(given: str, accepted: str | None, settled: str | None) -> tuple[str, CorrectedBy]:
    """A person's word, else the accepted suggestion, else the given label."""
    if settled is not None:
        return settled, "person"
    return (given, "none") if accepted is None else (accepted, "model")
