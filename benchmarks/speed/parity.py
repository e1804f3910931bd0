"""Compares the meta-gradient of each device and precision with float64 on a CPU."""

import copy
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from benchmarks.common.results import Record
from mslg_core.configs.base import MetaGradient, Network
from mslg_core.methods.metalearning.lookahead import LOOKAHEADS
from mslg_core.methods.metalearning.metagradient import MetaBatch, kl_to_labels, label_gradient
from mslg_core.models.networks import build_network
from mslg_core.models.precision import MixedPrecision

ALPHA = 0.05
CLASSES = 10
WARM_UP_STEPS = 20


class Precision(NamedTuple):
    """A device and its number format. `mixed`: layers in bfloat16, as the trainer uses on GPUs."""

    device: str
    dtype: torch.dtype
    mixed: bool = False
    tf32: bool = False

    @property
    def title(self) -> str:
        """The precision as tables show it."""
        kind = "bfloat16 mixed precision" if self.mixed else str(self.dtype).removeprefix("torch.")
        return f"{self.device}, {kind}{', TF32' if self.tf32 else ''}"


REFERENCE = Precision("cpu", torch.float64)
CPU = (Precision("cpu", torch.float32), Precision("cpu", torch.float32, mixed=True))
CUDA = (
    Precision("cuda", torch.float64),
    Precision("cuda", torch.float32),
    Precision("cuda", torch.float32, tf32=True),
    Precision("cuda", torch.float32, mixed=True),
)


class Batch(NamedTuple):
    """Images [B, 3, side, side] and classes int64 [B] of a noisy and a verified batch, and the label logits
    [B, C] of the noisy one.
    """

    images: Tensor
    classes: Tensor
    label_logits: Tensor
    meta_images: Tensor
    meta_classes: Tensor


def measure(device: str, batch: int, side: int = 32) -> list[Record]:
    """Errors of the meta-gradient on the CPU and on `device`, in each mode.

    The network is the paper's, after a short warm-up.
    """
    data = _make_batch(batch, side)
    model = _warm_up(build_network(Network.CNN8, CLASSES, side), data)
    records: list[Record] = []
    tf32 = torch.backends.cudnn.allow_tf32
    for mode in MetaGradient:
        expected = _gradient(mode, REFERENCE, model, data)
        for precision in CPU + (CUDA if device == "cuda" else ()):
            found = _gradient(mode, precision, model, data)
            error = float((found - expected).norm() / expected.norm())
            cosine = float(F.cosine_similarity(found.flatten(), expected.flatten(), dim=0))
            records.append(
                {
                    "mode": mode.value,
                    "precision": precision.title,
                    "relative_error": float(f"{error:.3g}"),
                    "cosine": round(cosine, 4),
                    "batch": batch,
                    "side": side,
                }
            )
    torch.backends.cudnn.allow_tf32 = tf32
    return records


def _make_batch(size: int, side: int) -> Batch:
    """One pattern per class plus Gaussian noise. A fifth of the noisy labels is wrong."""
    generator = torch.Generator().manual_seed(0)
    pictures = torch.randn(CLASSES, 3, side, side, generator=generator)
    classes, meta_classes = (torch.randint(CLASSES, (size,), generator=generator) for _ in range(2))
    images, meta_images = (
        pictures[c] + torch.randn(size, 3, side, side, generator=generator) for c in (classes, meta_classes)
    )
    given = (classes + (torch.arange(size) % 5 == 0)) % CLASSES
    return Batch(images, classes, 5.0 * F.one_hot(given, CLASSES), meta_images, meta_classes)


def _warm_up(model: nn.Module, data: Batch) -> nn.Module:
    """Train for some steps. Before that the gradients are arbitrary."""
    optimizer = torch.optim.SGD(model.parameters(), 0.01, 0.9)
    for _ in range(WARM_UP_STEPS):
        optimizer.zero_grad()
        F.cross_entropy(model(data.images), data.classes).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return model


def _gradient(mode: MetaGradient, precision: Precision, model: nn.Module, data: Batch) -> Tensor:
    """The meta-gradient [B, C], as float64 on the CPU."""

    def place(tensor: Tensor) -> Tensor:
        return tensor.to(precision.device, precision.dtype)

    model = copy.deepcopy(model).to(precision.device, precision.dtype)
    model = model.to(memory_format=torch.channels_last)
    if precision.mixed:
        model = MixedPrecision(model)
    torch.backends.cudnn.allow_tf32 = precision.tf32
    lookahead = LOOKAHEADS[mode](model)
    noisy = lookahead.forward(place(data.images))
    losses = kl_to_labels(noisy.logits, place(data.label_logits))
    meta = MetaBatch(place(data.meta_images), data.meta_classes.to(precision.device))
    tangent = lookahead.tangent(noisy, losses, meta, ALPHA)
    return label_gradient(noisy.logits, tangent.logits, ALPHA).cpu().double()
