"""`mslg backup` and `mslg restore`: their options."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="File to write, such as mslg.tar.")]) -> None:
    """Write database and files into one file, while the service runs."""
    from cli.backup.commands import backup as run
    from store.settings import get_settings

    run(get_settings(), file)


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that mslg backup wrote.")]) -> None:
    """Fill an empty service from a backup, on either database."""
    from cli.backup.commands import restore as run
    from store.settings import get_settings

    run(get_settings(), file)
