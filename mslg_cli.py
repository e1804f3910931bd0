"""The command `mslg`: the only module that may import every package of the project.

This file holds the options; `cli/` implements the commands. Each command imports its modules when it runs, so
that `mslg --help` does not wait for PyTorch.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from cli.accounts.tokens import app as token
from cli.accounts.users import app as user
from cli.backup.options import app as backup
from cli.bench import app as bench
from cli.errors import CommandError
from cli.remote.commands import app as remote
from cli.remote.server import Server
from cli.weights.commands import app as weights
from mslg_core.errors import InputError
from mslg_core.problem import Problem
from mslg_rules.leave_out import LeaveOut

MAX_PRINTED = 100

# Make PyTorch's waiting threads sleep, here and in child processes. By default they spin, which makes
# training several times slower whenever another process needs the CPU.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

app = typer.Typer(
    name="mslg",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

DataDir = Annotated[Path | None, typer.Option(help="Folder for all stored data.", envvar="MSLG_DATA_DIR")]
Host = Annotated[str | None, typer.Option(help="Address to listen on.", envvar="MSLG_HOST")]
Port = Annotated[
    int | None, typer.Option(help="Port to listen on; 0 selects a free port.", envvar="MSLG_PORT")
]
ParentPid = Annotated[int | None, typer.Option(hidden=True, help="Exit when this parent process exits.")]


@app.callback()
def root(
    context: typer.Context,
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="Service on which clean, datasets and export run.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="Token for it, where there are accounts.", envvar="MSLG_TOKEN")
    ] = None,
) -> None:
    """Find and correct wrong labels in image-classification datasets."""
    context.obj = Server(server, token)


@app.command()
def serve(
    data_dir: DataDir = None, host: Host = None, port: Port = None, parent_pid: ParentPid = None
) -> None:
    """Start the whole service on this machine: API, web UI and workers."""
    _set(MSLG_DATA_DIR=data_dir, MSLG_HOST=host, MSLG_PORT=port)
    from cli.serve import serve as run

    run(parent_pid)


@app.command()
def api(host: Host = None, port: Port = None) -> None:
    """Start only the API and the web UI; workers run elsewhere."""
    _set(MSLG_HOST=host, MSLG_PORT=port)
    from cli.serve import serve_api

    serve_api()


@app.command()
def worker(
    queues: Annotated[str, typer.Option(help="Queues to serve: cpu, gpu or cpu,gpu.")] = "cpu,gpu",
    name: Annotated[str, typer.Option(help="Name of the worker, unique per host: NAME@HOST.")] = "celery",
    parent_pid: ParentPid = None,
) -> None:
    """Start a worker."""
    from cli.worker import work

    work(queues, name, parent_pid)


@app.command()
def migrate() -> None:
    """Upgrade the database to the schema of this version."""
    from cli.migrate import migrate as run

    run()


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check database, broker, blobs, disk, weights and GPU; say what to do about each fault."""
    from cli.doctor import doctor as run
    from store.settings import get_settings

    if not run(get_settings(), as_json=as_json):
        raise typer.Exit(1)


@app.command()
def recount() -> None:
    """Count anew what the database keeps counts of, after `mslg doctor` found a wrong one."""
    from cli.recount import recount as run
    from store.settings import get_settings

    run(get_settings())


@app.command()
def openapi() -> None:
    """Print the API's OpenAPI document."""
    from cli.openapi import print_openapi

    print_openapi()


@app.command()
def clean(  # noqa: PLR0913, PLR0917 - one parameter per option
    context: typer.Context,
    data: Annotated[Path | None, typer.Argument(metavar="DATA", help="The same as --images.")] = None,
    images: Annotated[
        Path | None,
        typer.Option(help="Folder, zip or tar of images or Parquet files; or a Parquet or Arrow file."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write: .parquet, .csv or .jsonl.  [required without --check]")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Table with the columns file_name,label: the labels to check.  [default: the labels of the "
            "dataset: class folders, a table, Clothing1M, Food-101N]"
        ),
    ] = None,
    verified: Annotated[
        Path | None,
        typer.Option(
            help="Table with the columns file_name,label: verified labels.  [default: those of the dataset: "
            "Clothing1M, Food-101N]"
        ),
    ] = None,
    verified_images: Annotated[
        Path | None,
        typer.Option(
            help="Images beside the dataset whose labels are verified: folder, zip, tar or Parquet, labelled "
            "like a dataset. They are learned from and measured on, and not in the output."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same file.  [default: 0]")] = None,
    config: Annotated[
        Path | None, typer.Option(help="YAML or JSON file with the settings of the run.")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder that keeps features between runs on the same images.")
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Only print what would be read: classes, warnings, what is left out."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the check as JSON.")] = False,
    labels_from: Annotated[
        str | None,
        typer.Option(help="Table in the dataset whose labels count, or folders.  [default: as recognised]"),
    ] = None,
    merge: Annotated[
        list[str] | None, typer.Option(metavar="OLD=NEW", help="Merge a class into another; repeatable.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="CLASS", help="Leave a class out; repeatable.")
    ] = None,
    value_range: Annotated[
        str | None,
        typer.Option(
            metavar="LOW,HIGH",
            help="Values of black and white in images of more than 8 bits per channel, such as 0,4095.  "
            "[default: the range of the data]",
        ),
    ] = None,
    name_encoding: Annotated[
        str | None,
        typer.Option(help="Encoding of the names in a zip file that does not say it.  [default: guessed]"),
    ] = None,
    leave_out: Annotated[
        list[LeaveOut] | None,
        typer.Option(
            help="Images that get no row: all but one of each group of duplicates, outliers, or labelled "
            "images that cannot be read; repeatable."
        ),
    ] = None,
) -> None:
    """Clean the labels of local files without a server; with `mslg --server URL clean`, on a service."""
    images = images or data
    if images is None:
        raise CommandError("Name the images, as in mslg clean DATA.")
    if out is None and not check:
        raise CommandError("Name the file to write with --out, or add --check.")
    if context.obj.url is not None and out is not None:
        from cli.remote.clean import clean as run_remotely

        run_remotely(context, images, out, verified, config, seed, leave_out or ())
        return
    from cli.clean import check as run_check
    from cli.clean import clean as run
    from cli.clean import read_choices

    choices = read_choices(labels_from, merge, exclude, name_encoding)
    if check or out is None:
        run_check(images, labels, verified, choices, verified_images, as_json=as_json)
        return
    run(
        images=images,
        labels=labels,
        verified=verified,
        verified_images=verified_images,
        out=out,
        seed=seed,
        config_file=config,
        cache=cache,
        choices=choices,
        value_range=value_range,
        leave_out=leave_out or (),
    )


@app.command()
def demo(
    exit_at_end: Annotated[bool, typer.Option("--exit", help="Exit at the end instead of serving.")] = False,
    data_dir: Annotated[Path, typer.Option(help="Folder of the demo; its content is replaced.")] = Path(
        "mslg-data/demo"
    ),
    port: Annotated[
        int, typer.Option(help="Port to listen on; if it is in use, a free port is selected.")
    ] = 8000,
) -> None:
    """Run the whole workflow on real images: upload, ingest, verify, train, rank, export."""
    from cli.demo.run import demo as run

    run(exit_at_end=exit_at_end, data_dir=data_dir, port=port)


app.add_typer(bench, name="bench")
app.add_typer(weights, name="weights")
app.add_typer(user, name="user")
app.add_typer(token, name="token")
app.add_typer(remote)
app.add_typer(backup)


def main() -> None:
    """Run the command line. Errors that the user can fix end in a message and exit status 2."""
    try:
        app()
    except InputError as error:
        _list(error.problems)
        _fail(str(error))
    except CommandError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except ValidationError as error:
        _fail("; ".join(f"{'.'.join(map(str, e['loc'])) or error.title}: {e['msg']}" for e in error.errors()))


def _list(problems: Sequence[Problem]) -> None:
    """Print all problems, each with its line, before the sentence that sums them up."""
    for problem in problems[:MAX_PRINTED]:
        where = f"line {problem.line}: " if problem.line is not None else ""
        print(f"  {where}{problem.message}", file=sys.stderr)  # noqa: T201 - the command's output
    if len(problems) > MAX_PRINTED:
        print(f"  and {len(problems) - MAX_PRINTED:,} more", file=sys.stderr)  # noqa: T201


def _fail(sentence: str) -> None:
    print(f"Error: {sentence}", file=sys.stderr)  # noqa: T201 - the command's output
    sys.exit(2)


def _set(**variables: object) -> None:
    """Pass options to `store.settings` through the environment, which child processes inherit."""
    os.environ.update({name: str(value) for name, value in variables.items() if value is not None})


if __name__ == "__main__":
    main()
