"""Trainers that do what the MSLG authors' code does and no setting of ours does. For measuring only."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from benchmarks.problems.method_trainer import MethodTrainer
from mslg_core.configs.methods import MslgConfig
from mslg_core.methods.base import Run
from mslg_core.methods.metalearning.lookahead import ExactLookahead, NoisyPass
from mslg_core.methods.metalearning.metagradient import MetaBatch, Tangent, step_ahead, trainable
from mslg_core.methods.mslg import Mslg
from mslg_core.training.trainer import Trainer


class KaimingTrainer(Trainer):
    """Convolutions start from Kaiming's normal distribution (fan-out), with biases."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        convolutions = [m for m in self._run.model.modules() if isinstance(m, nn.Conv2d)]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.config.seed)
            for layer in convolutions:
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
                layer.bias = nn.Parameter(layer.weight.new_zeros(layer.out_channels))
        self._run.optimizer.add_param_group({"params": [layer.bias for layer in convolutions]})


class _MovingLookahead(ExactLookahead):
    def tangent(self, noisy: NoisyPass, losses: Tensor, meta: MetaBatch, alpha: float) -> Tangent:
        """Also a pass on the meta batch with the lookahead's weights and the network's own buffers."""
        ahead: dict[str, Any] = step_ahead(trainable(self._model), losses.mean(), alpha)
        with torch.no_grad():
            functional_call(self._model, ahead, (meta.images,))
        return super().tangent(noisy, losses, meta, alpha)


class _MetaStatistics(Mslg):
    def __init__(self, run: Run, config: MslgConfig) -> None:
        super().__init__(run, config)
        self._lookahead = _MovingLookahead(run.model)


class MetaStatisticsTrainer(MethodTrainer):
    """MSLG, with batch norm's running statistics that also move with the meta batch."""

    method = _MetaStatistics
