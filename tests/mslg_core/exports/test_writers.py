"""Export formats: every image is in the file once, with its label, id and name."""

import csv
import io
import json
import re
import tarfile
import zipfile
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from mslg_core.exports import names
from mslg_core.exports.writers import FORMATS
from mslg_rules.corrected_label import CorrectedBy
from store.models import ExportFormat
from tests.mslg_core.exports.images import CLASSES, IMAGES, LABELLED, export, png

ARCHIVES = ["class_folders", "yolo", "imagefolder", "fiftyone", "label_studio", "cvat", "datumaro"]
FORBIDDEN = re.compile(r'[\x00-\x1f"*:<>?|\\]')


def unzip(file_format: str) -> dict[str, bytes]:
    """The files of an export, by name."""
    data, _ = export(file_format)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_service_offers_every_format() -> None:
    assert set(FORMATS) == set(ExportFormat)


@pytest.mark.parametrize("file_format", [*ARCHIVES, "webdataset", "cleanlab", "patch"])
def test_the_same_images_give_the_same_bytes(file_format: str) -> None:
    assert export(file_format) == export(file_format)


@pytest.mark.parametrize("file_format", ARCHIVES)
def test_names_are_safe_and_unique_without_regard_to_case(file_format: str) -> None:
    files = list(unzip(file_format))
    assert len({name.casefold() for name in files}) == len(files)
    for name in files:
        assert not FORBIDDEN.search(name)
        assert all(part and part.strip(". ") == part for part in name.split("/"))
        assert all(len(part.encode()) <= 255 for part in name.split("/"))


@pytest.mark.parametrize(("file_format", "split"), [("class_folders", ""), ("yolo", "train/")])
def test_class_folders(file_format: str, split: str) -> None:
    files = unzip(file_format)
    table = list(csv.DictReader(io.StringIO(files.pop("metadata.csv").decode(), newline="")))
    assert len(table) == len(files) == len(LABELLED) == export(file_format)[1]
    for line, image in zip(table, LABELLED, strict=True):
        assert files[line["file_name"]] == png(image.number)
        folder = line["file_name"].removeprefix(split).split("/")[0]
        assert unquote(folder) == line["label"] == image.row.corrected_label
        assert (line["id"], line["original_name"]) == (image.row.id, image.row.file_name)
    assert table[0]["file_name"] == f"{split}cat/1.png"


def test_class_folders_keep_published_splits() -> None:
    images = [image._replace(row=image.row._replace(source_split="val")) for image in LABELLED]
    data, _ = export("class_folders", images)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert all(name.startswith("val/") for name in archive.namelist() if name != "metadata.csv")


def test_imagefolder() -> None:
    files = unzip("imagefolder")
    table = [json.loads(line) for line in files.pop("train/metadata.jsonl").decode().splitlines()]
    assert len(table) == len(files) == len(IMAGES)
    for line, image in zip(table, IMAGES, strict=True):
        assert files[f"train/{line['file_name']}"] == png(image.number)
        assert line["label"] == image.row.corrected_label
        assert (line["id"], line["original_name"]) == (image.row.id, image.row.file_name)
        assert line["reviewers"] == list(image.row.reviewers)


def test_webdataset() -> None:
    data, written = export("webdataset")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        names_in_order = archive.getnames()
        parts: dict[str, Any] = {name: read(archive, name) for name in names_in_order}
    assert written == len(LABELLED)
    assert [name.partition(".")[0] for name in names_in_order[::4]] == [f"{i.number:08d}" for i in LABELLED]
    for image in LABELLED:
        key, label = f"{image.number:08d}", image.row.corrected_label
        assert parts[f"{key}.png"] == png(image.number)
        assert CLASSES[int(parts[f"{key}.cls"])] == label
        assert json.loads(parts[f"{key}.json"])["original_name"] == image.row.file_name
        soft = np.load(io.BytesIO(parts[f"{key}.soft.npy"]), allow_pickle=False)
        assert soft.dtype == np.float32
        assert soft.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])


def read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file is not None
    return file.read()


def test_soft_labels_of_many_classes_are_filled_up() -> None:
    sparse = [image._replace(row=image.row._replace(soft_label={"dog": 0.75})) for image in LABELLED]
    data, _ = export("webdataset", sparse)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        soft = np.load(io.BytesIO(read(archive, "00000000.soft.npy")))
    assert soft.tolist() == [0, 0.75, 0, 0]


def test_fiftyone() -> None:
    files = unzip("fiftyone")
    listed = json.loads(files.pop("labels.json"))
    assert listed["classes"] == CLASSES
    assert len(listed["labels"]) == len(files) == len(IMAGES)
    for (key, target), image in zip(listed["labels"].items(), IMAGES, strict=True):
        assert files[f"data/{key}.png"] == png(image.number)
        assert target["label"] == (image.row.corrected_label or image.row.verdict)
        assert target["attributes"]["original_name"] == image.row.file_name


def test_label_studio() -> None:
    files = unzip("label_studio")
    tasks = json.loads(files.pop("tasks.json"))
    config = ET.fromstring(files.pop("config.xml"))  # noqa: S314
    assert [choice.get("value") for choice in config.iter("Choice")] == CLASSES
    assert len({task["id"] for task in tasks}) == len(tasks) == len(files) == len(IMAGES)
    for task, image in zip(tasks, IMAGES, strict=True):
        name = unquote(task["data"]["image"].removeprefix("/data/local-files/?d="))
        assert files[name] == png(image.number)
        assert task["data"]["original_name"] == image.row.file_name
        assert task["predictions"][0]["result"][0]["value"] == {"choices": ["dog"]}
        assert bool(task["annotations"]) == (image.row.verdict is not None)
    unusable = next(task for task in tasks if task["data"]["verdict"] == "unusable")
    assert unusable["annotations"] == [{"result": [], "ground_truth": False, "was_cancelled": True}]
    first = tasks[0]["annotations"][0]
    assert (first["ground_truth"], first["result"][0]["value"]) == (True, {"choices": ["cat"]})


def test_cvat() -> None:
    files = unzip("cvat")
    root = ET.fromstring(files.pop("annotations.xml"))  # noqa: S314
    declared = [name.text for name in root.iterfind("meta/task/labels/label/name")]
    assert declared == [*CLASSES, "wrong_unknown", "unusable"]
    listed = root.findall("image")
    assert len(listed) == len(files) == len(IMAGES)
    for element, image in zip(listed, IMAGES, strict=True):
        assert files[f"images/{element.get('name')}"] == png(image.number)
        tag = element.find("tag")
        assert tag is not None
        assert tag.get("label") == (image.row.corrected_label or image.row.verdict)
        original = tag.find("attribute[@name='original_name']")
        assert original is not None
        assert original.text == image.row.file_name
        assert tag.get("source") == ("manual" if image.row.corrected_by is CorrectedBy.PERSON else "auto")


def test_cvat_drops_what_xml_cannot_contain() -> None:
    image = LABELLED[0]
    hostile = image._replace(row=image.row._replace(file_name="a\x00b\x1fc\ufffe.png", id="\ud800"))
    data, _ = export("cvat", [hostile])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = ET.fromstring(archive.read("annotations.xml"))  # noqa: S314
    texts = {item.get("name"): item.text for item in root.iter("attribute") if item.get("name")}
    assert (texts["original_name"], texts["id"]) == ("abc.png", None)


def test_datumaro() -> None:
    files = unzip("datumaro")
    listed = json.loads(files.pop("annotations/default.json"))
    assert [label["name"] for label in listed["categories"]["label"]["labels"]] == CLASSES
    assert len(listed["items"]) == len(files) == len(IMAGES)
    for item, image in zip(listed["items"], IMAGES, strict=True):
        assert files[f"images/default/{item['image']['path']}"] == png(image.number)
        labels = [CLASSES[annotation["label_id"]] for annotation in item["annotations"]]
        assert labels == ([] if image.row.corrected_label is None else [image.row.corrected_label])
        assert item["attr"]["original_name"] == image.row.file_name


def test_cleanlab() -> None:
    data, written = export("cleanlab")
    table = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert written == len(table) == len(IMAGES)
    assert table[0] == {
        "file_name": "1.png",
        "is_label_issue": "True",
        "label_score": "0.25",
        "given_label": "cat",
        "predicted_label": "dog",
    }


def test_a_patch_lists_what_changed_and_why() -> None:
    data, written = export("patch")
    changes = [json.loads(line) for line in data.decode().splitlines()]
    expected = [image for image in IMAGES if image.row.corrected_label != "cat"]
    assert [change["file_name"] for change in changes] == [image.row.file_name for image in expected]
    assert written == len(changes)
    third = next(change for change in changes if change["file_name"] == IMAGES[3].row.file_name)
    assert third == {
        "file_name": "Dog/1.PNG",
        "id": "id Dog/1.PNG",
        "given_label": "cat",
        "corrected_label": "猫",
        "corrected_by": "person",
        "verdict": "wrong",
        "reviewers": ['Bob "B", <b@x> ü'],
        "label_score": 0.25,
        "issues": ["dark"],
        "decided_at": "2026-11-27T00:00:00+00:00",
        "comments": ["blurred"],
    }


@pytest.mark.parametrize(
    "name", ["a/b.png", "100%.png", "..", ".hidden", "con.png", 'q":<>?|*\\.png', "猫 é.png"]
)
def test_an_encoded_name_decodes_to_the_original(name: str) -> None:
    assert unquote(names.flat(name, "")) == name


def test_two_names_that_would_be_cut_to_the_same_one_stay_apart() -> None:
    unique = names.UniqueNames()
    paths = {unique.path("x" * 300 + f"{number}.png", ".png", number) for number in range(3)}
    assert len(paths) == 3
