"""`mslg bench`: options of the measurements; what they do is in `benchmarks/`, which only checkouts have."""

import importlib.util
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.errors import CommandError
from mslg_core.configs.job import parse_config

app = typer.Typer(
    help="Measure: the paper's table, cleanlab beside us, the grid without tuning, a reviewer, step times.",
    no_args_is_help=True,
)

Data = Annotated[
    Path | None,
    typer.Option(help="CIFAR-10 as Parquet, see docs/how-to/reproduce-figures.md.", envvar="MSLG_CIFAR10"),
]
Device = Annotated[str, typer.Option(help="cpu, cuda or auto.")]
Folder = Annotated[Path, typer.Option(help="Folder of the files that results are appended to.")]
Images = Annotated[int | None, typer.Option(help="Images to train on, drawn at random.")]
Jobs = Annotated[int, typer.Option(help="Runs at once, each in a process of its own.", min=1)]
Labels = Annotated[
    Path | None,
    typer.Option(
        help="Labels of all 50,000 images for --noise file: .npy, a number a line, or people's, as "
        "CIFAR-10_human.pt:worse_label."
    ),
]
Noise = Annotated[str, typer.Option(help="none, uniform, feature, annotator or file.")]
Rate = Annotated[float, typer.Option(help="Share of the labels that are made wrong.", min=0, max=1)]
Seeds = Annotated[int, typer.Option(help="Repetitions, each on other noise.", min=1)]
Settings = Annotated[str, typer.Option(help="Further settings of the runs, as JSON.")]
Side = Annotated[int | None, typer.Option(help="Side of the images in pixels, a multiple of 8.")]
Verified = Annotated[int | None, typer.Option(help="Verified samples.")]

RESULTS = Path("benchmarks/results")


@app.command()
def cifar10(  # noqa: PLR0913, PLR0917 - one parameter per option
    data: Data = None,
    noise: Noise = "uniform",
    rate: Rate = 0.4,
    method: Annotated[str, typer.Option(help="A method, or `all` of the paper's table.")] = "mslg",
    seeds: Seeds = 4,
    preset: Annotated[str | None, typer.Option(help="`paper`: its numbers instead of our defaults.")] = None,
    images: Images = None,
    verified: Verified = None,
    side: Side = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the data, warm-up included.")] = None,
    network: Annotated[str | None, typer.Option(help="Network, such as cnn8.")] = None,
    settings: Settings = "{}",
    labels: Labels = None,
    reduced: Annotated[
        bool, typer.Option("--reduced", help="A small table for a CPU: clean, uniform 40 %, feature 40 %.")
    ] = False,
    jobs: Jobs = 1,
    device: Device = "auto",
    results: Folder = RESULTS,
) -> None:
    """Cells of the paper's table I: CIFAR-10, 50,000 noisy images, 5,000 verified ones, 5,000 to test on."""
    _require_benchmarks()
    from benchmarks.cifar10.cells import Cell
    from benchmarks.cifar10.paper import TABLE_1
    from benchmarks.cifar10.tables import reduced_cells, results_file, run_cells
    from benchmarks.common.results import choose_device

    methods = list(TABLE_1) if method == "all" else [parse_config({"method": method}).method]
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
    device = choose_device(device)
    out = results_file(results, "reduced" if reduced else "cifar10", device)
    _print_cells(run_cells(cells, _existing(data), out, device, jobs))


@app.command()
def compare(  # noqa: PLR0913, PLR0917 - one parameter per option
    source: Annotated[str, typer.Option(help="digits or cifar10.")] = "digits",
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
    """MSLG, cleanlab and loss ranking on the same data, network and budget."""
    _require_benchmarks()
    from benchmarks.cifar10.tables import results_file
    from benchmarks.common.results import choose_device
    from benchmarks.compare.compare import Case, run_cases
    from benchmarks.compare.grid import SIZES

    fields = {"source": source, "noise": noise, "rate": rate, "settings": _settings(settings)}
    case = Case.model_validate({**fields, "labels": labels})
    sizes = SIZES[case.source]._asdict() | _given(images=images, verified=verified, side=side)
    cases = [case.model_copy(update={**sizes, "seed": seed}) for seed in range(seeds)]
    device = choose_device(device)
    out = results_file(results, "compare", device)
    _print_cases(run_cases(cases, data and _existing(data), out, device, jobs))


@app.command()
def grid(  # noqa: PLR0913, PLR0917 - one parameter per option
    data: Data = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Cells with this word: digits, cifar10, uniform, feature, 0.4.")
    ] = None,
    seeds: Seeds = 3,
    images: Annotated[int | None, typer.Option(help="Images of CIFAR-10 to train on.")] = None,
    side: Annotated[int | None, typer.Option(help="Side of CIFAR-10's images in pixels.")] = None,
    annotator: Annotated[bool, typer.Option("--annotator", help="A third kind of noise.")] = False,
    jobs: Jobs = 1,
    device: Device = "auto",
    results: Folder = RESULTS,
) -> None:
    """No setting but `method: mslg` on many kinds of noise, datasets and seeds; goes on where it was left."""
    _require_benchmarks()
    from benchmarks.common.results import choose_device
    from benchmarks.compare.compare import Source, run_cases
    from benchmarks.compare.grid import KINDS, SIZES, grid_cases, named
    from benchmarks.problems.problem import Noise as Kind

    cifar10_size = SIZES[Source.CIFAR10]._replace(**_given(images=images, side=side))
    kinds = [*KINDS, Kind.ANNOTATOR] if annotator else KINDS
    cases = grid_cases(kinds, seeds=seeds, sizes=SIZES | {Source.CIFAR10: cifar10_size})
    wanted = [case for case in cases if named(case, only or [])]
    if not wanted:
        raise CommandError(f"No cell of the grid has all of these words: {', '.join(only or [])}.")
    _print_cases(
        run_cases(wanted, data and _existing(data), results / "grid.json", choose_device(device), jobs)
    )


@app.command()
def steps(  # noqa: PLR0913, PLR0917 - one parameter per option
    net: Annotated[str | None, typer.Option(help="cnn8 or resnet50; both by default.")] = None,
    batch: Annotated[int | None, typer.Option(help="Samples per step.")] = None,
    meta_batch: Annotated[int | None, typer.Option(help="Verified samples per step.")] = None,
    rounds: Annotated[
        int | None, typer.Option(help="Turns in which each kind of step is timed once.")
    ] = None,
    device: Device = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="End with a line of JSON per network.")] = False,
    results: Folder = RESULTS,
) -> None:
    """What a training step costs: plain SGD, MSLG by double backward, and each mode of ours."""
    _require_benchmarks()
    from benchmarks.cifar10.tables import results_file
    from benchmarks.common.results import append, choose_device, provenance
    from benchmarks.speed.steps import run

    device = choose_device(device)
    source = provenance(device)
    for record in run(
        net=net, batch=batch, meta_batch=meta_batch, rounds=rounds, device=device, as_json=as_json
    ):
        append(results_file(results, "steps", device), record | source)


@app.command()
def review(  # noqa: PLR0913, PLR0917 - one parameter per option
    source: Annotated[str, typer.Option(help="digits or cifar10.")] = "digits",
    data: Data = None,
    noise: Noise = "uniform",
    rate: Rate = 0.3,
    seeds: Seeds = 1,
    images: Images = None,
    side: Side = None,
    settings: Settings = "{}",
    labels: Labels = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with a line of the decisions needed.")] = False,
    jobs: Jobs = 1,
    device: Device = "auto",
    results: Folder = RESULTS,
) -> None:
    """Decisions until labels are right, by a reviewer who knows the truth, from an empty verified set."""
    _require_benchmarks()
    from benchmarks.common.results import choose_device
    from benchmarks.review.simulation import FILE, SIZES, ReviewCase, needed, run_reviews

    fields = {"source": source, "noise": noise, "rate": rate, "settings": _settings(settings)}
    case = ReviewCase.model_validate({**fields, "labels": labels})
    sizes = SIZES[case.source] | _given(images=images, side=side)
    cases = [case.model_copy(update={**sizes, "seed": seed}) for seed in range(seeds)]
    out, device = results / FILE, choose_device(device)
    records = []
    for record in run_reviews(cases, data and _existing(data), out, device, jobs):
        _print_decisions(record)
        records.append(record)
    if as_json:
        asked = {"source": source, "noise": noise, "rate": rate, "seeds": seeds, **sizes}
        print(json.dumps({**asked, "needed": needed(records)}))  # noqa: T201 - the command's output


@app.command()
def report(
    results: Folder = RESULTS,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("docs/explanation/results.md"),
) -> None:
    """Write the tables of all results, beside the paper's."""
    _require_benchmarks()
    from benchmarks.report import write_report

    write_report(results, out)
    print(out)  # noqa: T201 - the command's output


def _require_benchmarks() -> None:
    if importlib.util.find_spec("benchmarks") is None:
        raise CommandError(
            "The benchmarks are not part of the installed package: run this in a checkout of the repository."
        )


def _existing(data: Path | None) -> Path:
    if data is None or not data.is_file():
        raise CommandError("CIFAR-10 is needed: name its Parquet file with --data or MSLG_CIFAR10.")
    return data


def _settings(text: str, **options: object) -> dict[str, Any]:
    """The JSON's settings, options that are given winning."""
    try:
        settings = json.loads(text)
    except ValueError as error:
        raise CommandError(f"--settings is not JSON: {error}.") from error
    if not isinstance(settings, dict):
        raise CommandError('--settings must be a JSON object, such as {"epochs": 10}.')
    return settings | _given(**options)


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _print_cells(records: Iterable[dict[str, Any]]) -> None:
    for record in records:
        cell = record["cell"]
        print(  # noqa: T201 - the command's output
            f"{cell['method']}, {cell['noise']} {cell['rate']:.0%}, seed {cell['seed']}: test accuracy "
            f"{record['test_accuracy']:.2%}, labels right {record['label_accuracy_before']:.2%} -> "
            f"{record['label_accuracy_after']:.2%}, AUROC {record['auroc']}, {record['seconds']:.0f} s",
            flush=True,
        )


def _print_cases(records: Iterable[dict[str, Any]]) -> None:
    for record in records:
        case = record["case"]
        print(  # noqa: T201 - the command's output
            f"{case['source']}, {case['noise']} {case['rate']:.0%}, seed {case['seed']}"
            + (": COLLAPSED" if record["collapsed"] else ""),
        )
        for cleaner in ("mslg", "cleanlab", "loss"):
            figures = record[cleaner]
            print(  # noqa: T201 - the command's output
                f"  {cleaner:8}  AUROC {figures['auroc']}, labels right "
                f"{figures['label_accuracy_before']:.2%} -> {figures['label_accuracy_after']:.2%}, "
                f"{figures['seconds']:.0f} s",
                flush=True,
            )


def _print_decisions(record: dict[str, Any]) -> None:
    from benchmarks.review.simulation import TOOLS

    case = record["case"]
    print(  # noqa: T201 - the command's output
        f"{case['source']}, {case['noise']} {case['rate']:.0%}, seed {case['seed']}: "
        f"{record['label_accuracy_before']:.2%} of the labels are right. Decisions until more are, "
        f"measured {record['finished']} at commit {record['commit']}:"
    )
    for tool, name in TOOLS.items():
        reached = [
            f"{goal} %: {'never' if decisions is None else decisions:>5}"
            for goal, decisions in record["tools"][tool]["needed"].items()
        ]
        print(f"  {name:46}{'  '.join(reached)}", flush=True)  # noqa: T201 - the command's output
