"""Lists the weights of pretrained networks and downloads others."""

from typing import Annotated

import typer

from mslg_core.configs.backbones import list_weights, weights_folder

MEGABYTE = 1_000_000

app = typer.Typer(help="List pretrained networks and download others.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """List the weights that runs can use without a download."""
    for weights in list_weights():
        source = weights.file_name or "installed with this program"
        _print(f"{weights.backbone}  {weights.bytes / MEGABYTE:.0f} MB  {source}")
    _print(f"Folder of weights: {weights_folder()}")


@app.command()
def fetch(
    name: Annotated[
        str, typer.Argument(help="A model of timm, such as timm/vit_small_patch14_dinov2.lvd142m.")
    ],
) -> None:
    """Download the weights of a model into the folder of weights. Needs internet access."""
    from mslg_core.models.weights_hub import fetch_weights

    path = fetch_weights(name)
    _print(f"{path}\nUse it with `backbone: {name}`.")


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's output
