"""The options of the commands that need a service."""

from pathlib import Path
from typing import Annotated

import typer

from mslg_rules.leave_out import LeaveOut
from mslg_rules.omit import ExportPart

app = typer.Typer()


@app.command()
def datasets(context: typer.Context) -> None:
    """List the datasets of the service that `mslg --server URL` names."""
    with context.obj.connect() as client:
        for dataset in client.datasets.list():
            print(dataset.id, dataset.status, dataset.num_samples, dataset.name, sep="\t")  # noqa: T201


@app.command()
def export(  # noqa: PLR0913, PLR0917 - the command's options
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="The id of the job, which the address of its page shows.")],
    out: Annotated[Path, typer.Option(help="File to write; in a folder, it gets the service's name for it.")],
    file_format: Annotated[
        str, typer.Option("--format", help="Such as csv, parquet, imagefolder or webdataset.")
    ] = "csv",
    leave_out: Annotated[list[LeaveOut] | None, typer.Option(help="Images to leave out; repeatable.")] = None,
    omit: Annotated[
        list[ExportPart] | None, typer.Option(help="What to omit of each image; repeatable.")
    ] = None,
) -> None:
    """Export the corrected dataset of a job on the service that `mslg --server URL` names."""
    with context.obj.connect() as client:
        finished = client.jobs.get(job)
        written = finished.export(file_format, out, leave_out=leave_out or (), omit=omit or ())
    print(written)  # noqa: T201 - the command's output
