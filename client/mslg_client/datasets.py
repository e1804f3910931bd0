"""A dataset: its images, verified labels, decisions and jobs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, NotRequired, Self, TypedDict

from mslg_client.archives import open_source
from mslg_client.errors import MslgError
from mslg_client.jobs import Job
from mslg_client.resource import Resource
from mslg_client.service import Json
from mslg_client.uploads import upload
from mslg_client.work import wait

Verdict = Literal["correct", "wrong", "wrong_unknown", "unsure", "unusable", "withdrawn"]
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".jsonl": "application/jsonl",
    ".parquet": "application/vnd.apache.parquet",
}
"""Of a table of verified labels, by the suffix of its name."""
BATCH_ITEMS = 1000
"""Decisions per request."""


class Decision(TypedDict):
    """A decision about one sample. `label` is the right class, for the verdict `wrong`."""

    sample_id: str
    verdict: Verdict
    label: NotRequired[str]
    seen: NotRequired[str]


class Verified(NamedTuple):
    """What an upload of verified labels did: samples with a new decision, lines that repeated the present
    one, and what was guessed while reading the table.
    """

    accepted: int
    unchanged: int
    notes: list[str]


class Changes(NamedTuple):
    """What an addition of images changed: numbers of images, and classes that the dataset did not have."""

    new: int
    changed: int
    same: int
    conflicting: int
    new_classes: list[str]


class Dataset(Resource):
    """A set of labelled images. Its attributes are as of the last answer; `refresh` reads them again."""

    SCHEMA = "Dataset"

    name: str
    status: Literal["empty", "ingesting", "ready", "failed"]
    classes: list[str]
    num_samples: int
    num_unlabelled: int
    num_rejections: int
    created_at: datetime

    def refresh(self) -> Self:
        """Read the attributes again."""
        self._update(self._call("GET", "/datasets/{dataset_id}"))
        return self

    def upload(self, path: str | Path, *, resume: str | None = None) -> Self:
        """Send the images and labels of an empty dataset, and wait until they are stored.

        path: an archive, a Parquet or Arrow file of images, or a folder, which travels as a tar archive.
        resume: the id of an interrupted upload of the same files, see `UploadInterruptedError`.
        Raises `WorkFailedError` if nothing in it can be read.
        """
        upload(self._service, open_source(path), {"dataset_id": self.id}, resume)
        wait(lambda: self._call("GET", "/datasets/{dataset_id}/ingest"), "ingest")
        return self.refresh()

    def add(
        self,
        path: str | Path,
        *,
        on_existing: Literal["skip", "update"] = "skip",
        resume: str | None = None,
    ) -> Changes:
        """Send further images of a dataset that has some. Images that are there already, but different, are
        skipped or updated. See `upload`.
        """
        metadata = {"dataset_id": self.id, "kind": "addition", "dry_run": "true"}
        checked = upload(self._service, open_source(path), metadata, resume)
        wait(lambda: self._addition(checked), "compare")
        body = {"on_existing": on_existing}
        stored = self._call("POST", "/datasets/{dataset_id}/additions/checked", json=body)["id"]
        changes = wait(lambda: self._addition(stored), "ingest")["changes"]
        self.refresh()
        return Changes(**{name: changes[name] for name in Changes._fields})

    def verify(self, labels: Mapping[str, str] | str | Path) -> Verified:
        """Settle the true class of many samples: all, or none if a line is wrong.

        labels: class by file name; or a table with the columns `file_name` or `id`, and `label`, as a file
        of the type CSV, TSV, JSONL or Parquet.
        """
        content, media_type = _read_table(labels)
        values = self._call(
            "POST",
            "/datasets/{dataset_id}/verifications",
            content=content,
            headers={"Content-Type": media_type},
        )
        return Verified(**{name: values[name] for name in Verified._fields})

    def clean(self, name: str = "", *, parent: Job | None = None, **config: Any) -> Job:
        """Start a job that finds the wrong labels.

        parent: an earlier job of the dataset, to continue from. config: settings such as `method="auto"`; the
        service chooses the others.
        """
        body = {"dataset_id": self.id, "name": name, "config": config}
        if parent is not None:
            body["parent_id"] = parent.id
        return Job(self._service, self._service.call("POST", "/jobs", json=body))

    def jobs(self) -> Iterator[Job]:
        """The jobs of this dataset, newest first."""
        items = self._service.pages("/jobs", params={"dataset_id": self.id})
        return (Job(self._service, values) for values in items)

    def decide(
        self, decisions: Sequence[Decision], *, reviewer: str = "", job: Job | None = None
    ) -> list[str]:
        """Store decisions about samples; returns the ids of the verifications.

        reviewer: whose decisions they are; with accounts, leave it empty. job: the job whose ranking led to
        the samples. They are stored a thousand at a time, each thousand as a whole or not at all.
        """
        context = {"reviewer": reviewer, **({} if job is None else {"job_id": job.id})}
        starts = range(0, len(decisions), BATCH_ITEMS)
        return [
            stored["id"]
            for start in starts
            for stored in self._call(
                "POST",
                "/datasets/{dataset_id}/verifications/batch",
                json={**context, "items": decisions[start : start + BATCH_ITEMS]},
            )["items"]
        ]

    def delete(self) -> None:
        """Delete the dataset and all that belongs to it."""
        self._call("DELETE", "/datasets/{dataset_id}")

    def _addition(self, ingest_id: str) -> Json:
        items = self._call("GET", "/datasets/{dataset_id}/additions")["items"]
        found: Json = next(item for item in items if item["id"] == ingest_id)
        return found

    def _call(self, method: str, path: str, **arguments: Any) -> Json:
        return self._service.call(method, path, ids={"dataset_id": self.id}, **arguments)


def _read_table(labels: Mapping[str, str] | str | Path) -> tuple[bytes, str]:
    """The content of a table of verified labels, and its media type."""
    if isinstance(labels, Mapping):
        lines = [json.dumps({"file_name": name, "label": label}) for name, label in labels.items()]
        return "\n".join(lines).encode(), MEDIA_TYPES[".jsonl"]
    path = Path(labels)
    if path.suffix.lower() not in MEDIA_TYPES:
        raise MslgError(f"{path} is no table that can be read: choose from {', '.join(MEDIA_TYPES)}.")
    return path.read_bytes(), MEDIA_TYPES[path.suffix.lower()]
