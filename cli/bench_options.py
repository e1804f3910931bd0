"""Options that several benchmarks share."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option(help="CIFAR-10 as Parquet, see docs/how-to/reproduce-figures.md.", envvar="MSLG_CIFAR10"),
]
Device = Annotated[str, typer.Option(help="cpu, cuda or auto.")]
Folder = Annotated[Path, typer.Option(help="Folder of the result files.")]
Images = Annotated[int | None, typer.Option(help="Number of training images, drawn at random.")]
Jobs = Annotated[int, typer.Option(help="Parallel runs, each in its own process.", min=1)]
Json = Annotated[bool, typer.Option("--json", help="Print the result as a line of JSON.")]
Labels = Annotated[
    Path | None,
    typer.Option(
        help="Labels of all 50,000 images for --noise file: .npy, text with a number per line, or labels "
        "of CIFAR-10N, such as CIFAR-10_human.pt:worse_label."
    ),
]
Noise = Annotated[
    str,
    typer.Option(
        help="none, uniform, feature, authors (the labels of the paper's table), annotator, similar (only "
        "between similar kinds of clothing) or file."
    ),
]
Rate = Annotated[float, typer.Option(help="Share of wrong labels.", min=0, max=1)]
Seeds = Annotated[int, typer.Option(help="Repetitions, each with different noise.", min=1)]
Settings = Annotated[str, typer.Option(help="Further settings of the runs, as a JSON object.")]
Side = Annotated[int | None, typer.Option(help="Side of the images in pixels, a multiple of 8.")]
SourceName = Annotated[str, typer.Option("--source", help="digits, cifar10 or photos.")]
Verified = Annotated[int | None, typer.Option(help="Number of verified samples.")]
