"""`mslg clean` on local files, as a function."""

import io
import json
import logging
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from mslg_core import errors
from mslg_core.cleaning.clean import clean
from mslg_core.configs.job import parse_config
from mslg_core.exports.table import EXPORT_COLUMNS
from mslg_core.reports import EpochReport, ExtractionReport
from tests.mslg_core.training_sets import CLASSES, make_training_set

SEED = 4  # gives each class enough verified samples
CONFIG = parse_config({"epochs": 2, "warmup_epochs": 1})
PATCHES = parse_config({"epochs": 2, "warmup_epochs": 1, "backbone": "patches"})


def write_inputs(folder: Path, kind: str) -> tuple[Path, Path, Path]:
    """(images, labels, verified) of the small training set."""
    data, _ = make_training_set(60, SEED)
    names = [f"im/{i:03d}.png" for i in range(data.num_samples)]
    encoded = []
    for pixels in data.decode():
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "png")
        encoded.append(buffer.getvalue())
    images = folder / {"folder": "images", "zip": "images.zip", "parquet": "images.parquet"}[kind]
    if kind == "folder":
        (images / "im").mkdir(parents=True)
        for name, content in zip(names, encoded, strict=True):
            (images / name).write_bytes(content)
    elif kind == "zip":
        with zipfile.ZipFile(images, "w") as archive:
            for name, content in zip(names, encoded, strict=True):
                archive.writestr(name, content)
    else:
        pq.write_table(pa.table({"file_name": names, "image": encoded}), images)
    labels, verified = folder / "labels.csv", folder / "verified.csv"
    rows = [f"{name},{CLASSES[label]}" for name, label in zip(names, data.given, strict=True)]
    labels.write_text("\n".join(["file_name,label", *rows, "im/gone.png,a", ""]))
    index = np.concatenate([data.meta_index, data.holdout_index])
    settled = np.concatenate([data.meta_labels, data.holdout_labels])
    rows = [f"{names[i]},{CLASSES[label]}" for i, label in zip(index, settled, strict=True)]
    verified.write_text("\n".join(["file_name,label", *rows, ""]))
    return images, labels, verified


def test_every_kind_of_input_gives_the_same_file_every_time(tmp_path: Path) -> None:
    written: list[bytes] = []
    for kind in ("folder", "zip", "parquet", "parquet"):
        folder = tmp_path / f"{kind}{len(written)}"
        folder.mkdir()
        reports: list[EpochReport] = []
        clean(*write_inputs(folder, kind), folder / "out.jsonl", CONFIG, reports.append)
        assert [report.epoch for report in reports] == [1, 2]
        written.append((folder / "out.jsonl").read_bytes())
    assert len(set(written)) == 1
    rows = [json.loads(line) for line in written[0].decode().splitlines()]
    assert [row["file_name"] for row in rows] == [f"im/{i:03d}.png" for i in range(60)] + ["im/gone.png"]
    assert tuple(rows[0]) == EXPORT_COLUMNS
    assert sorted(row["rank"] for row in rows[:-1]) == list(range(1, 61))
    assert sum(row["corrected_by"] == "person" for row in rows) == 15


def test_features_are_cached_in_the_given_folder(tmp_path: Path) -> None:
    inputs = write_inputs(tmp_path, "zip")
    written = []
    for name in ("first.csv", "second.csv"):
        clean(*inputs, tmp_path / name, PATCHES, cache=tmp_path / "cache")
        (file,) = (tmp_path / "cache/fitted").iterdir()
        written.append((file.name, file.stat().st_mtime_ns, (tmp_path / name).read_bytes()))
    assert written[0] == written[1]


def test_progress_is_reported_while_features_are_extracted(tmp_path: Path) -> None:
    reports: list[ExtractionReport] = []
    inputs = write_inputs(tmp_path, "zip")
    clean(*inputs, tmp_path / "out.csv", PATCHES, on_extracted=reports.append)
    assert [(report.done, report.total) for report in reports][-1] == (60, 60)


@pytest.mark.parametrize("backbone", ["patches", "train"])
def test_rows_without_a_readable_image_are_written_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, backbone: str
) -> None:
    config = parse_config({"epochs": 2, "warmup_epochs": 1, "backbone": backbone})
    images, labels, verified = write_inputs(tmp_path, "folder")
    (images / "im/000.png").write_bytes(b"broken")
    with caplog.at_level(logging.WARNING):
        summary = clean(images, labels, verified, tmp_path / "out.parquet", config)
    assert "im/gone.png" in caplog.text
    assert "im/000.png: The file is not an image" in caplog.text
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert (len(rows), summary.num_samples) == (61, 59)
    for row in (rows[0], rows[-1]):
        assert row["label_score"] is row["rank"] is row["predicted_label"] is None
        assert row["corrected_label"] is not None
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize(
    ("table", "text", "error"),
    [
        ("labels.csv", "file_name,label\nx.png,a\ny.png,b\n", errors.MissingFileError),
        ("labels.csv", "file_name,label\nim/000.png,a\n", errors.OneClassError),
        ("verified.csv", "file_name,label\nim/000.png,zebra\n", errors.MetadataError),
        ("verified.csv", "file_name,label\n", errors.MetadataError),
        ("verified.csv", "file_name,label\nnobody.png,a\n", errors.MissingFileError),
    ],
)
def test_inconsistent_tables_are_refused(
    tmp_path: Path, table: str, text: str, error: type[errors.InputError]
) -> None:
    inputs = write_inputs(tmp_path, "zip")
    (tmp_path / table).write_text(text)
    with pytest.raises(error):
        clean(*inputs, tmp_path / "out.csv", CONFIG)


def test_published_datasets_require_no_tables(tmp_path: Path) -> None:
    data, true = make_training_set(60, SEED)
    verified = np.concatenate([data.meta_index, data.holdout_index]).tolist()
    keys = [f"{CLASSES[label]}/{i:03d}.png" for i, label in enumerate(data.given)]
    (tmp_path / "food/meta").mkdir(parents=True)
    for name, pixels in zip(keys, data.decode(), strict=True):
        path = tmp_path / "food/images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    flags = [f"{keys[i]}\t{int(data.given[i] == true[i])}" for i in verified]
    for name, rows in {
        "classes.txt": list(CLASSES),
        "imagelist.tsv": keys,
        "verified_val.tsv": flags,
    }.items():
        (tmp_path / "food/meta" / name).write_text("\n".join([*rows, ""]))
    clean(tmp_path / "food", None, None, tmp_path / "out.jsonl", CONFIG)
    rows_out = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert sorted(row["file_name"] for row in rows_out) == sorted(keys)
    by_person = {
        row["file_name"]: row["corrected_label"] for row in rows_out if row["corrected_by"] == "person"
    }
    right = {i: data.given[i] == true[i] for i in verified}
    assert by_person == {keys[i]: CLASSES[true[i]] if right[i] else None for i in verified}
    assert not all(right.values())


def test_error_names_the_option_if_no_label_is_verified(tmp_path: Path) -> None:
    images, labels, _ = write_inputs(tmp_path, "folder")
    with pytest.raises(errors.TrainingSetError, match="--verified"):
        clean(images, labels, None, tmp_path / "out.csv", CONFIG)


def test_output_in_a_missing_folder_is_refused_before_the_training(tmp_path: Path) -> None:
    images, labels, verified = write_inputs(tmp_path, "folder")
    with pytest.raises(errors.ConfigError, match="does not exist"):
        clean(images, labels, verified, tmp_path / "gone" / "out.csv", CONFIG)


def test_unknown_output_formats_are_refused_first(tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigError):
        clean(tmp_path, tmp_path, tmp_path, tmp_path / "out.xlsx", CONFIG)


def move_verified(folder: Path, images: Path, verified: Path) -> tuple[Path, list[str]]:
    """Move the verified images into class folders of their own; return their folder and former names."""
    beside = folder / "beside"
    lines = verified.read_text().splitlines()[1:]
    for line in lines:
        name, label = line.split(",")
        (beside / label).mkdir(parents=True, exist_ok=True)
        (images / name).rename(beside / label / Path(name).name)
    return beside, [line.split(",")[0] for line in lines]


def drop_rows(table: Path, names: list[str]) -> None:
    """Remove the rows of these files from a table."""
    kept = [line for line in table.read_text().splitlines() if line.split(",")[0] not in names]
    table.write_text("\n".join([*kept, ""]))


def test_verified_images_beside_the_dataset_are_learned_from_and_left_out_of_the_output(
    tmp_path: Path,
) -> None:
    images, labels, verified = write_inputs(tmp_path, "folder")
    beside, names = move_verified(tmp_path, images, verified)
    drop_rows(labels, names)
    out = tmp_path / "out.jsonl"
    summary = clean(images, labels, None, out, CONFIG, verified_images=beside)
    assert summary.holdout.separate == len(names) == 15
    assert (summary.num_samples, summary.holdout.given_accuracy) == (45, None)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert not {row["file_name"] for row in rows} & set(names)
    assert sorted(row["rank"] for row in rows if row["rank"]) == list(range(1, 46))


def test_verified_rows_may_name_images_without_a_given_label(tmp_path: Path) -> None:
    images, labels, verified = write_inputs(tmp_path, "zip")
    names = [line.split(",")[0] for line in verified.read_text().splitlines()[1:]]
    drop_rows(labels, names)
    summary = clean(images, labels, verified, tmp_path / "out.jsonl", CONFIG)
    assert (summary.num_samples, summary.holdout.separate) == (45, 15)
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert not {row["file_name"] for row in rows} & set(names)


@pytest.mark.parametrize("kind", ["zip", "parquet"])
def test_rows_with_an_empty_given_label_stay_in_the_output(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    images, labels, verified = write_inputs(tmp_path, kind)
    known = dict(line.split(",") for line in verified.read_text().splitlines()[1:])
    given = dict(line.split(",") for line in labels.read_text().splitlines()[1:])
    other = next(name for name in given if name not in known)
    lines = [f"{name}," if name in known or name == other else f"{name},{given[name]}" for name in given]
    labels.write_text("\n".join(["file_name,label", *lines, ""]))
    with caplog.at_level(logging.WARNING):
        summary = clean(images, labels, verified, tmp_path / "out.jsonl", CONFIG)
    assert (
        f"1 rows are unusable or have no label at all, and are left out of the training: {other}"
        in caplog.text
    )
    assert (summary.num_samples, summary.holdout.separate) == (44, 15)
    written = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    rows = {row["file_name"]: row for row in written}
    assert len(rows) == 61
    for name, label in known.items():
        assert (rows[name]["given_label"], rows[name]["rank"]) == (None, None)
        assert (rows[name]["corrected_label"], rows[name]["corrected_by"]) == (label, "person")
    assert (rows[other]["given_label"], rows[other]["corrected_label"]) == (None, None)


def test_verified_images_of_an_unknown_class_are_refused(tmp_path: Path) -> None:
    images, labels, verified = write_inputs(tmp_path, "folder")
    beside, _ = move_verified(tmp_path, images, verified)
    (beside / "a").rename(beside / "zebra")
    with pytest.raises(errors.UnknownClassError, match="no class 'zebra'"):
        clean(images, labels, None, tmp_path / "out.csv", CONFIG, verified_images=beside)
