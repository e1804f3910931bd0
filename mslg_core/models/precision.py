"""Mixed precision: layers in bfloat16, weights and losses in float32."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn


class MixedPrecision(nn.Module):
    """Runs `network` under autocast to bfloat16 and returns float32.

    bfloat16 has the range of float32, so no loss scaling is needed. Args: network, already on its device.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self._device_type = next(network.parameters()).device.type
        self.enabled = True

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits [B, C] in float32."""
        # Without a cache of cast weights: each pass casts them once, and a lookahead's must not outlive it.
        with torch.autocast(self._device_type, torch.bfloat16, self.enabled, cache_enabled=False):
            logits: Tensor = self.network(inputs)
        return logits.float()

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """The network's own state, so that a checkpoint fits a device of either kind."""
        return self.network.state_dict(*args, **kwargs)

    def load_state_dict(self, state_dict: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Restore the network's state. Earlier versions put a prefix before its names."""
        plain = {name.removeprefix("network."): value for name, value in state_dict.items()}
        return self.network.load_state_dict(plain, *args, **kwargs)


@contextmanager
def full_precision(model: nn.Module) -> Iterator[None]:
    """Run `model` in float32 inside the block: forward mode over reverse mode refuses autocast."""
    if not isinstance(model, MixedPrecision):
        yield
        return
    model.enabled = False
    try:
        yield
    finally:
        model.enabled = True


def prepare(network: nn.Module, device: torch.device) -> nn.Module:
    """The network on its device, in the fastest layout and precision there.

    Channels last on every device; mixed precision on a GPU with bfloat16.
    """
    network = network.to(device).to(memory_format=torch.channels_last)
    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return MixedPrecision(network)
    return network
