"""A trainer of methods that the product does not have, for measuring what it would gain or lose by them."""

from typing import Any, ClassVar

from mslg_core.methods.base import BaseMethod
from mslg_core.training.epoch_loop import EpochLoop
from mslg_core.training.trainer import Trainer


class MethodTrainer(Trainer):
    """Trains with the class `method` in place of the one that the config names."""

    method: ClassVar[type[BaseMethod[Any]]]

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._method = self.method(self._run, self.config)
        self._loop = EpochLoop(self._method, self.plan, self._tensor(self.training_set.noisy_index))
