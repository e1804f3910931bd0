"""`mslg --server URL clean`: uploads a dataset, cleans it there, downloads the corrected labels."""

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console

from cli.clean import load_config
from cli.errors import CommandError
from mslg_rules.leave_out import LeaveOut

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}
OPTIONS = {"data", "images", "out", "verified", "seed", "config", "leave_out"}
"""Of `mslg clean`, those that a service understands."""


def clean(  # noqa: PLR0913, PLR0917 - the command's options
    context: typer.Context,
    images: Path,
    out: Path,
    verified: Path | None,
    config_file: Path | None,
    seed: int | None,
    leave_out: Sequence[LeaveOut],
) -> None:
    """Create a dataset named like `images` on the service, and write its corrected labels to `out`.

    Raises `CommandError`, `ConfigError`.
    """
    _refuse_local_options(context)
    if out.suffix not in FORMATS:
        raise CommandError(f"{out}: choose a name that ends in {', '.join(FORMATS)}.")
    config = load_config(config_file, seed).model_dump(mode="json", exclude_unset=True)
    with context.obj.connect() as client:
        dataset = client.datasets.create(images.resolve().stem).upload(images)
        if verified is not None:
            dataset.verify(verified)
        job = dataset.clean(**config).wait()
        job.export(FORMATS[out.suffix], out, leave_out=leave_out)
    Console(stderr=True, highlight=False).print(f"{out}: {dataset.num_samples:,} samples. Job {job.id}")


def _refuse_local_options(context: typer.Context) -> None:
    given = {name for name, value in context.params.items() if value not in (None, False, [], ())}
    for name in sorted(given - OPTIONS):
        raise CommandError(f"--{name.replace('_', '-')} is for local files. Leave it out with --server.")
