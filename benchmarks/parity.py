"""Whether a device computes the meta-gradient that a CPU computes in float64."""

from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from benchmarks.results import Record
from mslg_core.configs import MetaGradient, Network
from mslg_core.lookahead import LOOKAHEADS
from mslg_core.metagrad import MetaBatch, kl_to_labels, label_gradient
from mslg_core.models import build_network

ALPHA = 0.05
CLASSES = 10


class Precision(NamedTuple):
    """How a device computes; `autocast` to bfloat16."""

    device: str
    dtype: torch.dtype
    autocast: bool = False
    tf32: bool = False

    @property
    def title(self) -> str:
        """In words."""
        kind = "bfloat16 autocast" if self.autocast else str(self.dtype).removeprefix("torch.")
        return f"{self.device}, {kind}{', TF32' if self.tf32 else ''}"

    def context(self) -> AbstractContextManager[object]:
        """What a computation runs in."""
        return torch.autocast(self.device, torch.bfloat16) if self.autocast else nullcontext()


REFERENCE = Precision("cpu", torch.float64)


def measure(device: str, batch: int, side: int = 32) -> list[Record]:
    """Relative errors of the paper's network's meta-gradient, exact and of the last layer, on the CPU and
    on `device`.
    """
    precisions = [Precision("cpu", torch.float32), Precision("cpu", torch.float32, autocast=True)]
    if device == "cuda":
        precisions += [Precision("cuda", torch.float64), Precision("cuda", torch.float32)]
        precisions += [Precision("cuda", torch.float32, tf32=True)]
        precisions += [Precision("cuda", torch.float32, autocast=True)]
    return [
        {
            "mode": mode.value,
            "precision": precision.title,
            **compare(mode, precision, batch, side),
            "batch": batch,
            "side": side,
        }
        for mode in MetaGradient
        for precision in precisions
    ]


def compare(mode: MetaGradient, precision: Precision, batch: int, side: int) -> dict[str, float]:
    """|g - g64| / |g64| over a whole batch of labels, and the cosine of the two."""
    expected = _gradient(mode, REFERENCE, batch, side)
    found = _gradient(mode, precision, batch, side)
    error = float((found - expected).norm() / expected.norm())
    cosine = float(F.cosine_similarity(found.flatten(), expected.flatten(), dim=0))
    return {"relative_error": float(f"{error:.3g}"), "cosine": round(cosine, 4)}


def _gradient(mode: MetaGradient, precision: Precision, batch: int, side: int) -> Tensor:
    """The meta-gradient [B, C] of one and the same problem, as float64 on the CPU."""
    torch.manual_seed(0)
    model = build_network(Network.CNN8, CLASSES, side)
    images, meta_images = (torch.randn(batch, 3, side, side) for _ in range(2))
    labels, meta_labels = (torch.randint(CLASSES, (batch,)) for _ in range(2))
    label_logits = 3 * F.one_hot(labels, CLASSES) + torch.randn(batch, CLASSES)

    def place(tensor: Tensor) -> Tensor:
        return tensor.to(precision.device, precision.dtype)

    model = model.to(precision.device, precision.dtype).to(memory_format=torch.channels_last)
    torch.backends.cudnn.allow_tf32 = precision.tf32
    lookahead = LOOKAHEADS[mode](model)
    meta = MetaBatch(place(meta_images), meta_labels.to(precision.device))
    with precision.context():
        noisy = lookahead.forward(place(images))
        losses = kl_to_labels(noisy.logits.to(precision.dtype), place(label_logits))
        tangent = lookahead.tangent(noisy, losses, meta, ALPHA)
        gradient = label_gradient(noisy.logits, tangent.logits, ALPHA)
    return gradient.detach().cpu().double()
