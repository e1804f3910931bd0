"""What other tools export, and our own archives for them, read as datasets."""

import json
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from mslg_core import errors
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.detect import Layout, ReadImage, Sample, read_dataset, read_images
from mslg_core.exports.image import ExportImage
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict
from tests.mslg_core.exports.images import CLASSES, IMAGES, LABELLED, export, png

ROUND_TRIPS = {
    "class_folders": LABELLED,
    "yolo": LABELLED,
    "imagefolder": IMAGES,
    "webdataset": LABELLED,
    "fiftyone": IMAGES,
    "label_studio": IMAGES,
    "cvat": IMAGES,
    "datumaro": IMAGES,
}
"""The images that come back. Some formats have no place for an image without a label."""
TABLES = ("csv", "jsonl", "parquet")


def read(path: Path) -> tuple[Layout, dict[str, bytes]]:
    """The layout, and the bytes of each image by its name."""
    with open_archive(path) as archive:
        layout = read_dataset(archive)
        entries = list(read_images(archive, layout))
    images = [entry for entry in entries if isinstance(entry, ReadImage)]
    return layout, {image.sample.file_name: image.data for image in images}


def pack(tmp_path: Path, files: Mapping[str, bytes | str]) -> Path:
    """A zip of these files."""
    path = tmp_path / "upload.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def samples(layout: Layout) -> dict[str, Sample]:
    """The samples by file name."""
    return {sample.file_name: sample for sample in layout.samples}


@pytest.mark.parametrize("file_format", ROUND_TRIPS)
def test_our_exports_come_back_with_names_ids_labels_and_verdicts(file_format: str, tmp_path: Path) -> None:
    path = tmp_path / ("out.tar" if file_format == "webdataset" else "out.zip")
    path.write_bytes(export(file_format)[0])
    layout, images = read(path)
    expected = {image.row.file_name: image for image in ROUND_TRIPS[file_format]}
    assert samples(layout).keys() == expected.keys()
    for name, sample in samples(layout).items():
        image = expected[name]
        assert (sample.external_id, sample.label) == (image.row.id, "cat")
        check_decision(sample, image)
        assert images[name] == png(image.number)
    assert not layout.rejections


def check_decision(sample: Sample, image: ExportImage) -> None:
    """The verdict, who decided so, how it was selected, and the tags."""
    row = image.row
    settled = row.verdict in {Verdict.CORRECT, Verdict.WRONG}
    assert sample.verified_label == (row.corrected_label if settled else None)
    assert sample.open_verdict == (None if settled else row.verdict)
    assert sample.reviewers == tuple(row.reviewers)
    assert sample.tags == tuple(row.tags)
    assert sample.selection == (row.selection or Selection.RANDOM)


@pytest.mark.parametrize("file_format", TABLES)
def test_a_table_of_ours_beside_the_images_is_read_under_any_name(file_format: str, tmp_path: Path) -> None:
    plain = [image for image in IMAGES if re.fullmatch(r"(?!con)[\w/]+\.png", image.row.file_name)]
    files = {f"photos/{image.row.file_name}": image.read() for image in plain}
    table, _ = export(file_format, plain)
    layout, _ = read(pack(tmp_path, files | {f"photos/animals-3.4711.{file_format}": table}))
    assert samples(layout).keys() == {image.row.file_name for image in plain}
    assert not layout.rejections
    for image in plain:
        sample = samples(layout)[image.row.file_name]
        assert (sample.external_id, sample.label) == (image.row.id, "cat")
        check_decision(sample, image)


def test_the_columns_of_cleanlab_give_the_given_labels(tmp_path: Path) -> None:
    plain = [
        image._replace(row=image.row._replace(given_label=CLASSES[number % 2]))
        for number, image in enumerate(IMAGES[:3])
    ]
    files = {image.row.file_name: image.read() for image in plain}
    layout, _ = read(pack(tmp_path, files | {"issues.csv": export("cleanlab", plain)[0]}))
    assert [sample.label for sample in layout.samples] == ["cat", "dog", "cat"]
    assert not any(sample.is_decided for sample in layout.samples)


def test_label_studio_ground_truth_is_verified_and_other_annotations_are_given(tmp_path: Path) -> None:
    def result(label: str) -> list[dict[str, object]]:
        return [{"from_name": "c", "to_name": "i", "type": "choices", "value": {"choices": [label]}}]

    def by_number(annotator: int, chosen: list[dict[str, object]]) -> dict[str, object]:
        return {"result": chosen, "ground_truth": True, "completed_by": annotator}

    tasks = [
        {"data": {"image": "/data/upload/3/1.png"}, "annotations": [{"result": result("cat")}]},
        {
            "data": {"image": "s3://bucket/some/2.png"},
            "annotations": [
                {"result": result("cat")},
                {"result": result("dog"), "ground_truth": True, "completed_by": {"id": 7, "email": "a@x"}},
            ],
        },
        {"data": {"photo": "https://host/3.png?token=1"}, "predictions": [{"result": result("dog")}]},
        {"data": {"image": "4.png"}, "annotations": [{"result": result("dog"), "was_cancelled": True}]},
        {"data": {"image": "5.png"}, "annotations": [by_number(5, result("cat"))]},
    ]
    files = {f"images/{number}.png": png(number) for number in range(1, 6)}
    layout, _ = read(pack(tmp_path, {"project-1.json": json.dumps(tasks), **files}))
    found = {sample.archive_path[-5]: sample for sample in layout.samples}
    assert {n: (s.label, s.verified_label, s.reviewers) for n, s in found.items()} == {
        "1": ("cat", None, ()),
        "2": ("cat", "dog", ("a@x",)),
        "3": ("dog", None, ()),
        "5": (None, "cat", ("5",)),
    }
    assert [rejection.code for rejection in layout.rejections] == ["unlabelled"]


def test_fiftyone_labels_may_be_numbers(tmp_path: Path) -> None:
    labels = {"classes": ["cat", "dog"], "labels": {"1": 0, "sub/2": 1, "3": None, "4": 9}}
    files = {f"data/{name}.png": png(number) for number, name in enumerate(["1", "sub/2", "3", "4"])}
    layout, _ = read(pack(tmp_path, {"labels.json": json.dumps(labels), **files}))
    assert {sample.archive_path: sample.label for sample in layout.samples} == {
        "data/1.png": "cat",
        "data/sub/2.png": "dog",
    }


def test_a_webdataset_of_others_has_numbers(tmp_path: Path) -> None:
    files = {
        f"{n:03d}.{part}": data for n in range(4) for part, data in (("png", png(n)), ("cls", str(n % 2)))
    }
    layout, _ = read(pack(tmp_path, files))
    assert layout.classes == ("0", "1")
    assert [sample.label for sample in layout.samples] == ["0", "1", "0", "1"]
    assert not layout.rejections


def test_datumaro_subsets_are_splits(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {}
    for number, subset in enumerate(["train", "val"]):
        items = [{"annotations": [{"type": "label", "label_id": number}], "image": {"path": "1.png"}}]
        content = {"categories": {"label": {"labels": [{"name": "cat"}, {"name": "dog"}]}}, "items": items}
        files |= {f"set/annotations/{subset}.json": json.dumps(content)}
        files |= {f"set/images/{subset}/1.png": png(number)}
    layout, _ = read(pack(tmp_path, files))
    assert [(sample.label, sample.source_split) for sample in layout.samples] == [
        ("cat", "train"),
        ("dog", "val"),
    ]


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]><annotations/>', "entities"),
        ("<annotations><image>", "no valid XML"),
        ("<annotations></annotations>", "names no image"),
    ],
)
def test_a_bad_annotation_file_is_refused_by_name(tmp_path: Path, xml: str, why: str) -> None:
    path = pack(tmp_path, {"annotations.xml": xml, "images/1.png": png(1)})
    with open_archive(path) as archive, pytest.raises(errors.LayoutError, match=rf"annotations\.xml.*{why}"):
        read_dataset(archive)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe not json",
        b"[" * 100_000,
        b'{"labels": [1, 2]}',
        b'[{"data": 3}]',
        b'{"items": {}, "categories": 3}',
        b'{"items": [3, null, {"image": 3}], "categories": [1]}',
        b'[{"data": {}, "annotations": [3, {"result": 3}, {"result": [{"value": {"choices": {}}}]}]}]',
    ],
)
@pytest.mark.parametrize("name", ["labels.json", "tasks.json", "a.cls"])
def test_files_of_another_kind_never_crash(tmp_path: Path, name: str, content: bytes) -> None:
    files = {"cat/1.png": png(1), "dog/2.png": png(2), name: content}
    with open_archive(pack(tmp_path, files)) as archive, suppress(errors.LayoutError):
        assert read_dataset(archive).classes == ("cat", "dog")


def test_an_image_cannot_have_a_label_that_cannot_be_stored(tmp_path: Path) -> None:
    labels = {"labels": {"1": "a\0b", "2": "dog"}}
    path = pack(tmp_path, {"labels.json": json.dumps(labels), "data/1.png": png(1), "data/2.png": png(2)})
    with open_archive(path) as archive, pytest.raises(errors.LayoutError, match="NUL characters"):
        read_dataset(archive)


@pytest.mark.parametrize("reviewers", [["A\0da"], ["A" * 201], [f"reviewer {n}" for n in range(101)]])
def test_an_image_cannot_have_reviewers_that_cannot_be_stored(tmp_path: Path, reviewers: list[str]) -> None:
    row = {"file_name": "1.png", "label": "cat", "original_name": "1.png", "given_label": "cat"}
    line = json.dumps(row | {"verdict": "correct", "reviewers": reviewers})
    path = pack(tmp_path, {"metadata.jsonl": line, "1.png": png(1)})
    with open_archive(path) as archive, pytest.raises(errors.LayoutError, match="more than 100 people"):
        read_dataset(archive)
