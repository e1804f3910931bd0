"""Checkpoints that cannot be loaded. tests/golden tests those of earlier versions."""

import io

import pytest
import torch

from mslg_core.configs.job import parse_config
from mslg_core.errors import CheckpointError
from mslg_core.training.checkpoint import FORMAT, dump_checkpoint, load_checkpoint
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set


@pytest.mark.parametrize("version", [None, 1, FORMAT + 1])
def test_an_unknown_format_is_refused(version: int | None) -> None:
    trainer = Trainer(make_training_set(30)[0], parse_config({"backbone": "patches"}), "cpu")
    state = torch.load(io.BytesIO(dump_checkpoint(trainer)), weights_only=True) | {"format": version}
    buffer = io.BytesIO()
    torch.save(state, buffer)
    with pytest.raises(CheckpointError, match="another version"):
        load_checkpoint(trainer, buffer.getvalue())
