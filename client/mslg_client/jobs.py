"""A job: progress, results, exports."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self, Unpack

from mslg_client.resource import Resource
from mslg_client.results import ResultFilter, Results
from mslg_client.service import Json
from mslg_client.work import wait

LeaveOut = Literal["duplicates", "outliers", "unusable"]
ExportPart = Literal["reviewers", "verdicts", "comments", "tags", "splits", "metadata"]
ExportFormat = Literal[
    "csv",
    "jsonl",
    "parquet",
    "class_folders",
    "yolo",
    "imagefolder",
    "webdataset",
    "fiftyone",
    "label_studio",
    "cvat",
    "datumaro",
    "cleanlab",
    "patch",
]


class Job(Resource):
    """One training run on a dataset. Its attributes are as of the last answer; `refresh` reads them again."""

    SCHEMA = "Job"

    name: str
    dataset_id: str
    status: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    config: dict[str, Any]
    parent_id: str | None
    created_at: datetime

    def refresh(self) -> Self:
        """Read the attributes again."""
        self._update(self._call("GET", "/jobs/{job_id}"))
        return self

    def wait(self) -> Self:
        """Wait until the job has ended, and show its progress on a terminal. Raises `WorkFailedError`."""
        try:
            wait(lambda: self._call("GET", "/jobs/{job_id}"), self.name)
        finally:
            self.refresh()
        return self

    def cancel(self) -> Self:
        """Ask the job to stop. It ends as `cancelled` a little later."""
        self._update(self._call("POST", "/jobs/{job_id}/cancel"))
        return self

    def summary(self) -> Json:
        """Figures of the job: histogram of scores, figures per class, accuracies on the hold-out."""
        return self._call("GET", "/jobs/{job_id}/summary")

    def results(self, **wanted: Unpack[ResultFilter]) -> Results:
        """The ranking, or the part of it that matches the filter, such as `results(issue=True)`."""
        return Results(self._service, self.id, wanted)

    def export(
        self,
        file_format: ExportFormat,
        path: str | Path,
        *,
        leave_out: Sequence[LeaveOut] = (),
        omit: Sequence[ExportPart] = (),
    ) -> Path:
        """Build a file with the corrected labels and download it.

        path: the file to write, or a folder, where it gets the name that the service gives it. leave_out:
        images to leave out. omit: what to omit of each image. Returns the path of the file, which is
        complete. Raises `WorkFailedError`.
        """
        body = {"format": file_format, "leave_out": list(leave_out), "omit": list(omit)}
        export_id = self._call("POST", "/jobs/{job_id}/exports", json=body)["id"]
        ids = {"export_id": export_id}
        built = wait(lambda: self._service.call("GET", "/exports/{export_id}", ids=ids), "export")
        target = Path(path, built["file_name"]) if Path(path).is_dir() else Path(path)
        self._download(export_id, target)
        return target

    def _download(self, export_id: str, target: Path) -> None:
        part = target.with_name(f"{target.name}.part")
        try:
            with (
                self._service.stream("/exports/{export_id}/file", ids={"export_id": export_id}) as response,
                part.open("wb") as file,
            ):
                for chunk in response.iter_bytes():
                    file.write(chunk)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def _call(self, method: str, path: str, **arguments: Any) -> Json:
        return self._service.call(method, path, ids={"job_id": self.id}, **arguments)
