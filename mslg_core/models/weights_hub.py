"""Downloads weights of timm's models from their hub, when a person asks for it."""

import os
import re
import tempfile
from pathlib import Path

import timm
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

from mslg_core.configs.backbones import PATTERN, weights_folder
from mslg_core.errors import WeightsError

DEFAULT_FILE = "model.safetensors"
ENDPOINT_VARIABLE = "HF_ENDPOINT"


def fetch_weights(backbone: str) -> Path:
    """Download the weights of `timm/NAME` into the folder of weights and return their file.

    Only files in the format safetensors are downloaded: they hold no code. `HF_ENDPOINT` names a mirror of
    the hub. Raises `WeightsError`.
    """
    name = known_name(backbone)
    repository, file_name = _find(name)
    folder = weights_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as temporary:
        path = _download(repository, file_name, Path(temporary))
        return path.replace(folder / f"{name}.safetensors")


def known_name(backbone: str) -> str:
    """The model's name in timm, with the tag of its weights, of a `timm/NAME`. Raises `WeightsError`."""
    name = backbone.removeprefix("timm/")
    if not re.fullmatch(PATTERN.strip("^$"), f"timm/{name}") or not timm.models.is_model(name):
        raise WeightsError(f"timm has no model {name}. timm.list_models(pretrained=True) lists its names.")
    return name


def _find(name: str) -> tuple[str, str]:
    """(repository, file) of a model's weights. Raises `WeightsError`."""
    config = timm.models.get_pretrained_cfg(name)
    if config is None or not config.hf_hub_id:
        raise WeightsError(
            f"The hub has no weights of {name}: choose a model of timm.list_models(pretrained=True)."
        )
    repository = config.hf_hub_id
    if repository.endswith("/"):
        repository += f"{config.architecture}.{config.tag}"
    given = config.hf_hub_filename or DEFAULT_FILE
    return repository, given if given.endswith(".safetensors") else DEFAULT_FILE


def _download(repository: str, file_name: str, folder: Path) -> Path:
    endpoint = os.environ.get(ENDPOINT_VARIABLE) or None
    try:
        return Path(hf_hub_download(repository, file_name, local_dir=folder, endpoint=endpoint))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        address = f"{endpoint or 'https://huggingface.co'}/{repository}/resolve/main/{file_name}"
        raise WeightsError(
            f"The weights cannot be downloaded: {error} Download {address} elsewhere, and save it in the "
            "folder of weights under the model's name."
        ) from error
