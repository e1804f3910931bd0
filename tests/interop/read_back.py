"""Reads an export with the tool that it is for: `read_back.py FORMAT PATH` prints the tool with its version,
then one JSON line per image.

Runs in an environment of its own, `.venv-interop`, because these tools pin other versions than ours.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

Line = dict[str, Any]
LISTS = ("reviewers", "tags")
FIELDS = ("id", "original_name", "given_label", "verdict", *LISTS, "camera", 'iso "1"')


def read_imagefolder(folder: Path) -> Iterator[Line]:
    """By `datasets.load_dataset`."""
    import datasets

    data = datasets.load_dataset(
        "imagefolder", data_dir=str(folder), split="train", cache_dir=str(folder / "cache")
    )
    for row in data.cast_column("image", datasets.Image(decode=False)):
        raw = row["image"]["bytes"] or Path(row["image"]["path"]).read_bytes()
        yield line(raw, row["label"], row)


def read_webdataset(path: Path) -> Iterator[Line]:
    """By `webdataset.WebDataset`."""
    import webdataset

    for sample in webdataset.WebDataset(str(path), shardshuffle=False):
        fields = json.loads(sample["json"])
        (image,) = (value for key, value in sample.items() if key in {"png", "jpg"})
        yield line(image, fields["label"], fields) | {"number": int(sample["cls"])}


def read_fiftyone(folder: Path) -> Iterator[Line]:
    """By the importer of `FiftyOneImageClassificationDataset`, which needs no database."""
    from fiftyone.utils.data.importers import FiftyOneImageClassificationDatasetImporter

    importer = FiftyOneImageClassificationDatasetImporter(dataset_dir=str(folder))
    importer.setup()
    for path, _, label in importer:
        fields = {name: label[name] for name in FIELDS if name in label}
        yield line(Path(path).read_bytes(), label.label, fields | {"id": label["external_id"]})


def read_label_studio(folder: Path) -> Iterator[Line]:
    """By `LabelInterface`, which checks tasks, predictions and annotations against the configuration."""
    from urllib.parse import unquote

    from label_studio_sdk.label_interface import LabelInterface

    interface = LabelInterface((folder / "config.xml").read_text())
    for task in json.loads((folder / "tasks.json").read_text()):
        assert interface.validate_task({"data": task["data"]})
        for annotation in task["annotations"]:
            assert interface.validate_annotation(annotation)
        for prediction in task["predictions"]:
            assert interface.validate_prediction(prediction)
        name = unquote(task["data"]["image"].partition("?d=")[2])
        settled = [result["value"]["choices"][0] for each in task["annotations"] for result in each["result"]]
        yield line((folder / name).read_bytes(), settled[0] if settled else None, task["data"])


def read_datumaro(folder: Path) -> Iterator[Line]:
    """By `datumaro.Dataset`, for its own format."""
    yield from _read_with_datumaro(folder, "datumaro", lambda item, _: item.attributes)


def read_cvat(folder: Path) -> Iterator[Line]:
    """By `datumaro.Dataset`, whose reader of CVAT's format is the one that CVAT is built on."""
    yield from _read_with_datumaro(folder, "cvat", lambda _, label: {} if label is None else label.attributes)


def _read_with_datumaro(
    folder: Path, file_format: str, fields_of: Callable[[Any, Any], dict[str, Any]]
) -> Iterator[Line]:
    import datumaro

    data = datumaro.Dataset.import_from(str(folder), file_format)
    names = [category.name for category in data.categories()[datumaro.AnnotationType.label]]
    for item in data:
        label = item.annotations[0] if item.annotations else None
        name = None if label is None else names[label.label]
        yield line(Path(item.media.path).read_bytes(), name, fields_of(item, label))


def line(image: bytes, label: str | None, fields: dict[str, Any]) -> Line:
    """What is compared: the image by its hash, the label, and what else the format keeps."""
    digest = hashlib.sha256(image).hexdigest()
    kept = {name: fields.get(name) for name in FIELDS}
    lists = {name: as_list(kept[name]) for name in LISTS}
    return {"sha256": digest, "label": label} | kept | lists


def as_list(value: Any) -> list[str]:
    """A list; where a format has texts only, a JSON array."""
    return json.loads(value) if isinstance(value, str) else list(value or [])


READERS: dict[str, Callable[[Path], Iterator[Line]]] = {
    "imagefolder": read_imagefolder,
    "webdataset": read_webdataset,
    "fiftyone": read_fiftyone,
    "label_studio": read_label_studio,
    "datumaro": read_datumaro,
    "cvat": read_cvat,
}

PACKAGES = {
    "imagefolder": "datasets",
    "webdataset": "webdataset",
    "fiftyone": "fiftyone",
    "label_studio": "label-studio-sdk",
    "datumaro": "datumaro",
    "cvat": "datumaro",
}

if __name__ == "__main__":
    package = PACKAGES[sys.argv[1]]
    sys.stdout.write(f"{package} {version(package)}\n")
    for each in READERS[sys.argv[1]](Path(sys.argv[2])):
        sys.stdout.write(json.dumps(each) + "\n")
