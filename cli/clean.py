"""`mslg clean`: runs the trainer on local files without a server, or prints what it would read."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from cli.errors import CommandError
from cli.progress import training_progress
from mslg_core.cleaning.check import check as check_files
from mslg_core.configs.base import Backbone
from mslg_core.configs.job import JobConfig, parse_config
from mslg_core.configs.reading import ReadingConfig
from mslg_core.datasets.report import Preview
from mslg_core.images.value_range import ValueRange
from mslg_core.reports import IssueCounts
from mslg_rules.leave_out import LeaveOut

MAX_CLASSES = 50
BACKBONES: dict[str, str] = {
    Backbone.PATCHES: "patches of the images",
    Backbone.PRETRAINED: "features of the packaged pretrained network",
    Backbone.JOINED: "features of the packaged pretrained network and patches",
    Backbone.FROZEN: "features of the named network",
}


def clean(  # noqa: PLR0913 - the command's options
    *,
    images: Path,
    labels: Path | None,
    verified: Path | None,
    out: Path,
    seed: int | None,
    config_file: Path | None,
    cache: Path | None,
    choices: ReadingConfig,
    value_range: str | None = None,
    verified_images: Path | None = None,
    leave_out: Sequence[LeaveOut] = (),
) -> None:
    """Train on `images` with `labels`, or the dataset's own labels, and write one row per image to `out`.

    Raises `CommandError`, `mslg_core`'s `InputError`, pydantic's `ValidationError`.
    """
    from mslg_core.cleaning.clean import clean as clean_files  # imports torch

    config, values = load_config(config_file, seed), parse_range(value_range)
    console = Console(stderr=True, highlight=False)
    try:
        with training_progress(console) as progress:
            summary = clean_files(
                images,
                labels,
                verified,
                out,
                config,
                progress.show,
                cache,
                progress.show_extraction,
                choices,
                values,
                verified_images,
                leave_out,
            )
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}.") from error
    console.print(
        f"{out}: {summary.num_samples:,} samples, {summary.num_issues:,} labels look wrong. "
        f"{summary.auto_accept_reason}"
    )
    if summary.backbone is not None:
        console.print(describe_backbone(summary.backbone))
    if summary.issues is not None:
        console.print(describe_issues(summary.issues))


def describe_backbone(backbone: str) -> str:
    """A sentence with what the run learned from."""
    if backbone == Backbone.TRAIN:
        return "It trained a network on the images."
    return f"It learned from {BACKBONES.get(backbone, f'features of {backbone}')}."


def describe_issues(issues: IssueCounts) -> str:
    """A sentence with the number of images per kind of issue: `Other issues: 2 dark, 1 blurry.`"""
    found = [f"{count:,} {kind.replace('_', ' ')}" for kind, count in issues.counts.items() if count]
    if not found:
        return "No other issues: no duplicates, outliers or bad images."
    return f"Other issues: {', '.join(found)}. The column `issues` lists them."


def parse_range(text: str | None) -> ValueRange | None:
    """The range that `LOW,HIGH` names. Raises `CommandError`."""
    try:
        return None if text is None else ValueRange.parse(text)
    except ValueError as error:
        raise CommandError(
            f"--value-range {text}: give the values of black and white, such as 0,4095."
        ) from error


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


def check(  # noqa: PLR0913 - the command's options
    images: Path,
    labels: Path | None,
    verified: Path | None,
    choices: ReadingConfig,
    verified_images: Path | None = None,
    *,
    as_json: bool,
) -> None:
    """Print the preview of a dataset, for people or as JSON. Raises `CommandError`, `InputError`."""
    try:
        preview = check_files(images, labels, verified, choices, verified_images)
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}.") from error
    text = preview.model_dump_json(indent=2) if as_json else "\n".join(show(preview))
    print(text)  # noqa: T201 - the command's output


def read_choices(
    labels_from: str | None,
    merge: Sequence[str] | None,
    exclude: Sequence[str] | None,
    name_encoding: str | None = None,
) -> ReadingConfig:
    """The choices of the options. Raises `CommandError`, pydantic's `ValidationError`."""
    merged = dict(_pair(text) for text in merge or ())
    values = {"labels_from": labels_from, "merge": merged, "exclude": list(exclude or ())}
    return ReadingConfig.model_validate({**values, "name_encoding": name_encoding})


def _pair(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not (old and equals and new):
        raise CommandError(f"--merge {text}: give two classes as OLD=NEW.")
    return old, new


def show(preview: Preview) -> Iterator[str]:
    """The preview in lines for people."""
    source = f" ({', '.join(preview.tables)})" if preview.tables else ""
    yield f"Layout: {preview.layout}{source}"
    yield f"Images: {preview.num_images:,}, of which {preview.num_verified:,} are verified"
    yield f"Classes: {len(preview.classes):,}"
    for item in preview.classes[:MAX_CLASSES]:
        yield f"  {item.label!r}: {item.count:,} ({', '.join(item.examples)})"
    if len(preview.classes) > MAX_CLASSES:
        yield f"  and {len(preview.classes) - MAX_CLASSES:,} more"
    if preview.splits:
        yield "Splits: " + ", ".join(f"{split.name} {split.count:,}" for split in preview.splits)
    for left_out in preview.left_out:
        yield f"Left out: {left_out.count:,} ({', '.join(left_out.examples)}): {left_out.reason}"
    yield from (f"Warning: {warning}" for warning in preview.warnings)
    yield from (f"Note: {note}" for note in preview.notes)
    yield "Nothing was stored. Images were not decoded."
