"""`mslg bench`: options of the benchmarks. The code is in `benchmarks/`, which only a checkout has."""

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cli.bench_options import (
    Data,
    Device,
    Folder,
    Images,
    Jobs,
    Json,
    Labels,
    Noise,
    Rate,
    Seeds,
    Settings,
    Side,
    SourceName,
    Verified,
)
from cli.errors import CommandError
from mslg_core.configs.job import parse_config

if TYPE_CHECKING:
    from benchmarks.compare.compare import Case, Source

C = TypeVar("C", bound="Case")

app = typer.Typer(
    help="Run benchmarks: the paper's table, cleanlab, a grid without tuning, reviews, training steps.",
    no_args_is_help=True,
)

RESULTS = Path("benchmarks/results")


@app.command()
def cifar10(  # noqa: PLR0913, PLR0917 - one parameter per option
    data: Data = None,
    noise: Noise = "uniform",
    rate: Rate = 0.4,
    method: Annotated[str, typer.Option(help="A method, or `all` methods of the paper's table.")] = "mslg",
    seeds: Seeds = 4,
    preset: Annotated[
        str | None, typer.Option(help="`paper` replaces the defaults by the paper's settings.")
    ] = None,
    images: Images = None,
    verified: Verified = None,
    side: Side = None,
    epochs: Annotated[int | None, typer.Option(help="Epochs, including the warm-up.")] = None,
    network: Annotated[str | None, typer.Option(help="Network, such as cnn8.")] = None,
    settings: Settings = "{}",
    labels: Labels = None,
    reduced: Annotated[
        bool, typer.Option("--reduced", help="A small table for CPUs: clean, uniform 40 %, feature 40 %.")
    ] = False,
    replica: Annotated[
        bool,
        typer.Option("--replica", help="A replica of the whole table for CPUs: fewer and smaller images."),
    ] = False,
    figure_2: Annotated[
        bool, typer.Option("--figure2", help="On the replica: MSLG by the number of verified samples.")
    ] = False,
    jobs: Jobs = 1,
    device: Device = "auto",
    results: Folder = RESULTS,
) -> None:
    """Reproduce cells of the paper's table I: CIFAR-10, 50,000 noisy images, 5,000 verified samples.

    With `--preset paper` the verified samples are separate clean images, otherwise some of the noisy ones.
    """
    _require_benchmarks()
    from benchmarks.cifar10.cells import Cell
    from benchmarks.cifar10.paper import TABLE_1
    from benchmarks.cifar10.replica import figure_2_cells, replica_cells, run_replica
    from benchmarks.cifar10.replica_report import summary as replica_summary
    from benchmarks.cifar10.report import summary
    from benchmarks.cifar10.tables import reduced_cells, run_cells
    from benchmarks.common.results import choose_device, results_file

    methods = list(TABLE_1) if method == "all" else [parse_config({"method": method}).method]
    device = choose_device(device)
    if replica or figure_2:
        cells = figure_2_cells(range(seeds)) if figure_2 else replica_cells(methods, range(seeds))
        out = results_file(results, "replica", device)
        for record in run_replica(cells, _existing(data), out, device, jobs):
            _print(replica_summary(record))
        return
    if reduced:
        cells = reduced_cells(methods, range(seeds))
    else:
        own = _settings(settings, epochs=epochs, network=network)
        fields = {"noise": noise, "rate": rate, "preset": preset, "settings": own, "labels": labels}
        sizes = _given(images=images, verified=verified, side=side)
        cells = [
            Cell.model_validate({**fields, **sizes, "method": name, "seed": seed})
            for seed in range(seeds)
            for name in methods
        ]
    out = results_file(results, "reduced" if reduced else "cifar10", device)
    for record in run_cells(cells, _existing(data), out, device, jobs):
        _print(summary(record))


@app.command()
def compare(  # noqa: PLR0913, PLR0917 - one parameter per option
    source: SourceName = "digits",
    data: Data = None,
    noise: Noise = "uniform",
    rate: Rate = 0.4,
    seeds: Seeds = 1,
    images: Images = None,
    verified: Verified = None,
    side: Side = None,
    settings: Settings = "{}",
    labels: Labels = None,
    jobs: Jobs = 1,
    device: Device = "auto",
    results: Folder = RESULTS,
) -> None:
    """Compare MSLG, cleanlab, loss ranking and a vote of neighbours on the same data, features and budget."""
    _require_benchmarks()
    from benchmarks.common.results import choose_device, results_file
    from benchmarks.compare.compare import Case, run_cases
    from benchmarks.compare.grid import SIZES
    from benchmarks.compare.report import summary

    fields = {"source": source, "noise": noise, "rate": rate, "settings": _settings(settings)}
    sizes = _given(images=images, verified=verified, side=side)
    cases = _repeat(Case.model_validate({**fields, "labels": labels}), SIZES, sizes, seeds)
    device = choose_device(device)
    out = results_file(results, "compare", device)
    for record in run_cases(cases, data and _existing(data), out, device, jobs):
        _print(summary(record))


@app.command()
def grid(  # noqa: PLR0913, PLR0917 - one parameter per option
    data: Data = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only cells with this source, noise or rate, such as 0.4."),
    ] = None,
    seeds: Seeds = 3,
    images: Annotated[int | None, typer.Option(help="Number of training images of CIFAR-10.")] = None,
    side: Annotated[int | None, typer.Option(help="Side of the images of CIFAR-10 in pixels.")] = None,
    annotator: Annotated[bool, typer.Option("--annotator", help="Add annotator noise.")] = False,
    jobs: Jobs = 1,
    device: Device = "auto",
    results: Folder = RESULTS,
) -> None:
    """Run `method: mslg` without further settings on many noise levels, datasets and seeds. Resumable."""
    _require_benchmarks()
    from benchmarks.common.results import choose_device
    from benchmarks.compare.compare import Source, run_cases
    from benchmarks.compare.grid import KINDS, SIZES, grid_cases, matches
    from benchmarks.compare.report import summary
    from benchmarks.problems.problem import Noise as Kind

    sizes = SIZES | {Source.CIFAR10: SIZES[Source.CIFAR10] | _given(images=images, side=side)}
    kinds = [*KINDS, Kind.ANNOTATOR] if annotator else KINDS
    cases = [case for case in grid_cases(kinds, seeds=seeds, sizes=sizes) if matches(case, only or [])]
    if not cases:
        raise CommandError(f"No cell of the grid matches --only {' --only '.join(only or [])}.")
    out, device = results / "grid.json", choose_device(device)
    for record in run_cases(cases, data and _existing(data), out, device, jobs):
        _print(summary(record))


@app.command()
def noise(
    data: Data = None,
    images: Annotated[int, typer.Option(help="Number of training images, drawn at random.")] = 50_000,
    results: Folder = RESULTS,
) -> None:
    """Show which classes feature-dependent noise confuses: ours and the authors', at the paper's rates."""
    _require_benchmarks()
    from benchmarks.cifar10.flips import FILE, flips, run

    _print(flips(list(run(_existing(data), images, results / FILE))))


@app.command()
def steps(  # noqa: PLR0913, PLR0917 - one parameter per option
    net: Annotated[str | None, typer.Option(help="cnn8 or resnet50; both by default.")] = None,
    batch: Annotated[int | None, typer.Option(help="Noisy samples per step.")] = None,
    meta_batch: Annotated[int | None, typer.Option(help="Verified samples per step.")] = None,
    rounds: Annotated[int | None, typer.Option(help="Rounds; each times every kind of step once.")] = None,
    device: Device = "auto",
    as_json: Json = False,
    results: Folder = RESULTS,
) -> None:
    """Measure the cost of a training step: plain SGD, double backward, and each mode of MSLG."""
    _require_benchmarks()
    from benchmarks.common.results import append, choose_device, provenance, results_file
    from benchmarks.speed.steps import run

    device = choose_device(device)
    source = provenance(device)
    for record in run(
        net=net, batch=batch, meta_batch=meta_batch, rounds=rounds, device=device, as_json=as_json
    ):
        append(results_file(results, "steps", device), record | source)


@app.command()
def review(  # noqa: PLR0913, PLR0917 - one parameter per option
    source: SourceName = "digits",
    data: Data = None,
    noise: Noise = "uniform",
    rate: Rate = 0.3,
    seeds: Seeds = 1,
    images: Images = None,
    side: Side = None,
    settings: Settings = "{}",
    labels: Labels = None,
    as_json: Json = False,
    jobs: Jobs = 1,
    device: Device = "auto",
    results: Folder = RESULTS,
) -> None:
    """Simulate a reviewer and count the decisions until the labels are right."""
    _require_benchmarks()
    from benchmarks.common.results import choose_device
    from benchmarks.review.report import summary
    from benchmarks.review.simulation import FILE, SIZES, ReviewCase, needed, run_reviews

    fields = {"source": source, "noise": noise, "rate": rate, "settings": _settings(settings)}
    sizes = _given(images=images, side=side)
    cases = _repeat(ReviewCase.model_validate({**fields, "labels": labels}), SIZES, sizes, seeds)
    out, device = results / FILE, choose_device(device)
    records = []
    for record in run_reviews(cases, data and _existing(data), out, device, jobs):
        _print(summary(record))
        records.append(record)
    if as_json:
        options = {"source": source, "noise": noise, "rate": rate, "seeds": seeds}
        size = {"images": cases[0].images, "side": cases[0].side}
        _print(json.dumps({**options, **size, "needed": needed(records)}))


@app.command()
def report(
    results: Folder = RESULTS,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("docs/explanation/results.md"),
) -> None:
    """Write the page of all results, with the paper's numbers."""
    _require_benchmarks()
    from benchmarks.report import write_report

    write_report(results, out)
    _print(str(out))


def _require_benchmarks() -> None:
    if importlib.util.find_spec("benchmarks") is None:
        raise CommandError(
            "The installed package has no benchmarks. Run this command in a checkout of the repository."
        )


def _existing(data: Path | None) -> Path:
    from benchmarks.problems.datasets import existing_file

    return existing_file(data)


def _settings(text: str, **options: object) -> dict[str, Any]:
    """Settings from JSON. Options of the command override them."""
    try:
        settings = json.loads(text)
    except ValueError as error:
        raise CommandError(f"--settings is not valid JSON: {error}.") from error
    if not isinstance(settings, dict):
        raise CommandError('--settings must be a JSON object, such as {"epochs": 10}.')
    return settings | _given(**options)


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _repeat(
    case: C, defaults: "Mapping[Source, dict[str, int]]", sizes: dict[str, int], seeds: int
) -> list[C]:
    """The case once per seed. `sizes` override the `defaults` of its source."""
    update = defaults[case.source] | sizes
    return [case.model_copy(update={**update, "seed": seed}) for seed in range(seeds)]


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's output
