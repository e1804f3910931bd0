"""One course of work from upload to export, the same each time: what comes out must not depend on faults."""

import base64
import hashlib
import io
import time
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from benchmarks.faults.caller import Caller, CallError

CLASSES = ("cat", "dog", "owl")
SIDE = 8
VERIFIED_PER_CLASS = 4
REVIEWED = 8
ADDED = 9
POLL_SECONDS = 0.2
TUS = {"Tus-Resumable": "1.0.0"}
EVENTS = ["dataset.ready", "dataset.failed", "dataset.images_added", "dataset.addition_failed"]
EVENTS += ["job.succeeded", "job.failed", "job.cancelled", "export.ready", "export.failed"]


class Recipe(NamedTuple):
    """How large a dataset is, and how its jobs train."""

    name: str
    images: int
    config: Mapping[str, Any]


EPOCHS = {"epochs": 2, "warmup_epochs": 1}
RECIPES = {
    one.name: one
    for one in (
        Recipe("trained", 60, {"epochs": 6, "warmup_epochs": 1, "batch_size": 16, "backbone": "train"}),
        Recipe("patches", 90, EPOCHS | {"backbone": "patches"}),
        Recipe(
            "chunks", 600, EPOCHS | {"backbone": "pretrained", "image_size": 32, "horizontal_flip": False}
        ),
    )
}
"""By name. The last one has enough images for several chunks of features, which any worker extracts."""


@dataclass
class Outcome:
    """What a course led to. files: SHA-256 of its exports, by step. reviews: ids of the verifications that
    the service accepted, by (sample, reviewer).
    """

    dataset: str = ""
    jobs: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    reviews: dict[tuple[str, str], str] = field(default_factory=dict)
    is_deleted: bool = False


def run(
    caller: Caller, recipe: Recipe, hook: str, *, by_parts: bool = False, delete: bool = False
) -> Outcome:
    """Go through the course. hook: where events are sent. by_parts: upload over several requests. delete:
    delete the dataset at the end. Raises `CallError`, and `RuntimeError` for work that fails.
    """
    outcome = Outcome()
    outcome.dataset = caller.call("POST", "/datasets", json={"name": recipe.name})["id"]
    dataset = f"/datasets/{outcome.dataset}"
    caller.call("POST", f"{dataset}/webhooks", json={"url": hook, "events": EVENTS})
    (_send_parts if by_parts else _send)(caller, outcome.dataset, archive(0, recipe.images))
    wait(lambda: caller.call("GET", f"{dataset}/ingest"))
    headers = {"Content-Type": "text/csv"}
    caller.call("POST", f"{dataset}/verifications", content=verified(), headers=headers)
    _clean(caller, recipe, outcome, "first")
    _review(caller, outcome)
    _export(caller, outcome, "reviewed")
    _grow(caller, dataset, recipe)
    _clean(caller, recipe, outcome, "grown")
    if delete:
        _delete(caller, dataset)
        outcome.is_deleted = True
    return outcome


def archive(start: int, count: int) -> bytes:
    """A zip with a folder per class. Image i is of class i modulo 3, shown by its brightest column; every
    seventh lies in a wrong folder.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for index in range(start, start + count):
            packed.writestr(f"{name_of(index)}", _image(index))
    return file.getvalue()


def name_of(index: int) -> str:
    """The file name of an image."""
    shown = index + 1 if index % 7 == 0 else index
    return f"{CLASSES[shown % len(CLASSES)]}/{index:04}.png"


def verified() -> bytes:
    """The right classes of the first images, as a table."""
    count = VERIFIED_PER_CLASS * len(CLASSES)
    lines = [f"{name_of(index)},{CLASSES[index % len(CLASSES)]}" for index in range(count)]
    return "\n".join(["file_name,label", *lines]).encode()


def wait(read: Callable[[], Any]) -> Any:
    """The state of work that has succeeded. Raises `RuntimeError` if it did not."""
    while (work := read())["status"] in {"queued", "running"}:
        time.sleep(POLL_SECONDS)
    if work["status"] != "succeeded":
        raise RuntimeError(f"{work['status']}: {work['error']}")
    return work


def _image(index: int) -> bytes:
    pixels = np.random.default_rng(index).integers(0, 120, (SIDE, SIDE, 3), dtype=np.uint8)
    pixels[:, 2 * (index % len(CLASSES)) + 1] += 130
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _send(caller: Caller, dataset_id: str, data: bytes) -> None:
    """In one request. A conflict shows that an earlier one, whose answer was lost, was carried out."""
    with _carried_out_before():
        caller.call("PUT", f"/datasets/{dataset_id}/archive", content=data)


def _send_parts(caller: Caller, dataset_id: str, data: bytes) -> None:
    """By the protocol tus, in two parts."""
    names = {"dataset_id": dataset_id, "filename": "images.zip"}
    encoded = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in names.items())
    headers = {**TUS, "Upload-Length": str(len(data)), "Upload-Metadata": encoded}
    path = f"/uploads/{caller.call('POST', '/uploads', headers=headers)['id']}"
    while (offset := _offset(caller, path)) < len(data):
        part = data[offset:] if offset else data[: len(data) // 2]
        sent = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        try:
            caller.call("PATCH", path, content=part, headers=sent)
        except CallError as error:  # an earlier request was carried out, or still holds the upload
            if error.status not in {409, 423}:
                raise
            time.sleep(POLL_SECONDS)


def _offset(caller: Caller, path: str) -> int:
    return int(caller.send("HEAD", path, headers=TUS).headers["Upload-Offset"])


def _clean(caller: Caller, recipe: Recipe, outcome: Outcome, step: str) -> None:
    body = {"dataset_id": outcome.dataset, "name": step, "config": dict(recipe.config)}
    job = caller.call("POST", "/jobs", json=body)["id"]
    wait(lambda: caller.call("GET", f"/jobs/{job}"))
    outcome.jobs.append(job)
    _export(caller, outcome, step)


def _review(caller: Caller, outcome: Outcome) -> None:
    """Settle the most suspicious samples, one request each, by two reviewers."""
    results = caller.call("GET", f"/jobs/{outcome.jobs[-1]}/results", params={"limit": REVIEWED})["items"]
    for number, result in enumerate(results):
        index = int(result["file_name"][-8:-4])
        right = CLASSES[index % len(CLASSES)]
        reviewer = ("ann", "bob")[number % 2]
        is_right = result["given_label"] == right
        body = {"verdict": "correct"} if is_right else {"verdict": "wrong", "label": right}
        path = f"/samples/{result['sample_id']}/verifications"
        stored = caller.call("POST", path, json={**body, "reviewer": reviewer})
        outcome.reviews[result["sample_id"], reviewer] = stored["id"]


def _export(caller: Caller, outcome: Outcome, step: str) -> None:
    """The corrected dataset as CSV, which holds scores, ranks and soft labels."""
    path = f"/jobs/{outcome.jobs[-1]}/exports"
    export = caller.call("POST", path, json={"format": "csv"})["id"]
    wait(lambda: caller.call("GET", f"/exports/{export}"))
    data = caller.send("GET", f"/exports/{export}/file").content
    outcome.files[step] = hashlib.sha256(data).hexdigest()


def _grow(caller: Caller, dataset: str, recipe: Recipe) -> None:
    """Add images. If the answer was lost, the addition may come twice; the second one adds nothing."""
    data = archive(recipe.images, ADDED)
    while True:
        try:
            caller.call("POST", f"{dataset}/additions", content=data)
            break
        except CallError as error:
            if error.status != 409:
                raise
            time.sleep(POLL_SECONDS)
    wait(lambda: caller.call("GET", f"{dataset}/additions")["items"][0])


def _delete(caller: Caller, dataset: str) -> None:
    while True:
        try:
            caller.call("DELETE", dataset)
            return
        except CallError as error:
            if error.status == 404:  # an earlier request was carried out
                return
            if error.status != 409:
                raise
            time.sleep(POLL_SECONDS)


def _carried_out_before() -> Any:
    return suppress(CallError)
