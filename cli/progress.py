"""The progress bar for extracting features and training in `mslg clean` and `mslg demo`."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from mslg_core.reports import EpochReport, ExtractionReport


class TrainingProgress:
    """Updates the bar while features are extracted, then after every epoch."""

    def __init__(self, progress: Progress, bar: TaskID) -> None:
        self._progress = progress
        self._bar = bar

    def show_extraction(self, report: ExtractionReport) -> None:
        """Move the bar to the images whose features are known."""
        self._progress.update(
            self._bar,
            description="images",
            completed=report.done,
            total=report.total,
            figures=f"{report.images_per_second:.0f} images/s  {report.eta_seconds:.0f} s to go",
        )

    def show(self, report: EpochReport) -> None:
        """Move the bar to the end of an epoch."""
        self._progress.update(
            self._bar,
            description=report.phase.replace("_", "-"),
            completed=report.epoch,
            total=report.epochs,
            figures=_figures(report),
        )


@contextmanager
def training_progress(console: Console) -> Iterator[TrainingProgress]:
    """A progress bar that pulses until the first report gives the number of epochs."""
    columns = (
        TextColumn("{task.description:8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[figures]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield TrainingProgress(progress, progress.add_task("starting", total=None, figures=""))


def _figures(report: EpochReport) -> str:
    accuracy = report.meta_accuracy
    verified = "" if accuracy is None else f"meta accuracy {accuracy:.0%}  "
    return f"loss {report.train_loss:.3f}  {verified}{report.eta_seconds:.0f} s to go"
