"""`mslg clean`: runs the trainer on local files without a server."""

from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from cli.errors import CommandError
from cli.progress import training_progress
from mslg_core.cleaning.clean import clean as clean_files
from mslg_core.configs.job import JobConfig, parse_config


def clean(  # noqa: PLR0913 - the command's options
    *,
    images: Path,
    labels: Path | None,
    verified: Path | None,
    out: Path,
    seed: int | None,
    config_file: Path | None,
    cache: Path | None,
    verified_images: Path | None = None,
) -> None:
    """Train on `images` with `labels`, or the dataset's own labels, and write one row per image to `out`.

    Raises `CommandError`, `mslg_core`'s `InputError`, pydantic's `ValidationError`.
    """
    config = load_config(config_file, seed)
    console = Console(stderr=True, highlight=False)
    try:
        with training_progress(console) as progress:
            summary = clean_files(
                images, labels, verified, out, config, progress.show, cache, verified_images
            )
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}.") from error
    console.print(
        f"{out}: {summary.num_samples:,} samples, {summary.num_issues:,} labels look wrong. "
        f"{summary.auto_accept_reason}"
    )


def load_config(path: Path | None, seed: int | None) -> JobConfig:
    """The settings in a YAML or JSON file, or the defaults. `seed` overrides the file.

    Raises `CommandError`, `ConfigError`.
    """
    values: Any = {}
    if path is not None:
        try:
            values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise CommandError(f"Cannot read the settings in {path}: {error}") from error
    if not isinstance(values, dict):
        raise CommandError(f"{path} must be a mapping of settings to values.")
    return parse_config(values if seed is None else {**values, "seed": seed})
