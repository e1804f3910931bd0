"""What one step costs: plain SGD, MSLG by double backward, MSLG by the exact forward-mode gradient.

    python -m benchmarks.step_cost --side 32 --batch 128

The three are timed in turns, so that other load on the machine meets all of them; prints one line of JSON.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F  # noqa: N812

from mslg_core.metagrad import MetaBatch, NoisyBatch, entropy, kl_to_labels, meta_gradient
from mslg_core.models import Cnn8

ALPHA = 0.5
Params = dict[str, Tensor]


class Steps:
    """The three steps on random data: B images of `side` pixels, as many verified ones, 10 classes."""

    def __init__(self, side: int, batch: int, device: torch.device) -> None:
        generator = torch.Generator().manual_seed(0)

        def draw() -> Tensor:
            return torch.randn(batch, 3, side, side, generator=generator).to(device)

        self.model: nn.Module = Cnn8(10, side).to(device).to(memory_format=torch.channels_last)
        self.images = draw()
        self.labels = torch.randn(batch, 10, generator=generator).to(device)
        classes = torch.randint(0, 10, (batch,), generator=generator).to(device)
        self.meta = MetaBatch(draw(), classes)

    def plain(self) -> None:
        """Forward and backward."""
        kl_to_labels(self.model(self.images), self.labels).mean().backward()  # type: ignore[no-untyped-call]

    def exact(self) -> None:
        """The step of `mslg_core.methods.mslg`, without the update itself."""
        logits = self.model(self.images)
        move = meta_gradient(
            self.model, NoisyBatch(self.images, logits, self.labels), self.meta, ALPHA
        ).labels
        self._train(logits, move)

    def double_backward(self) -> None:
        """The same through a graph of a graph."""
        labels = self.labels.clone().requires_grad_()
        params: Params = dict(self.model.named_parameters())
        buffers = {name: buffer.clone() for name, buffer in self.model.named_buffers()}
        loss = kl_to_labels(functional_call(self.model, (params, buffers), (self.images,)), labels).mean()
        gradients = torch.autograd.grad(loss, list(params.values()), create_graph=True)
        ahead = {n: p - ALPHA * g for (n, p), g in zip(params.items(), gradients, strict=True)}
        meta_logits = functional_call(self.model, (ahead, buffers), (self.meta.images,))
        (move,) = torch.autograd.grad(F.cross_entropy(meta_logits, self.meta.labels), labels)
        self._train(self.model(self.images), move)

    def _train(self, logits: Tensor, move: Tensor) -> None:
        loss = (kl_to_labels(logits, self.labels - move) + entropy(logits)).mean()
        loss.backward()  # type: ignore[no-untyped-call]


def seconds(step: Callable[[], None], device: torch.device) -> float:
    """Duration of one call."""
    started = time.perf_counter()
    step()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - started


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    device = torch.device(args.device)
    torch.manual_seed(0)
    steps = Steps(args.side, args.batch, device)
    kinds = {"plain": steps.plain, "double_backward": steps.double_backward, "exact": steps.exact}
    for step in kinds.values():
        seconds(step, device)
    times = {name: [] for name in kinds}  # type: dict[str, list[float]]
    for _ in range(args.rounds):
        for name, step in kinds.items():
            times[name].append(seconds(step, device))
    medians = {name: statistics.median(values) for name, values in times.items()}
    ratios = {name: round(value / medians["plain"], 2) for name, value in medians.items()}
    print(
        json.dumps(
            {
                "side": args.side,
                "batch": args.batch,
                "device": args.device,
                "threads": torch.get_num_threads(),
            }
            | {"seconds": {name: round(value, 4) for name, value in medians.items()}, "ratios": ratios}
        )
    )


if __name__ == "__main__":
    main()
