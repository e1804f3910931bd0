"""The training steps that `steps` compares, each from sample indices to the optimizer step."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.base import MetaGradient, Network
from mslg_core.configs.methods import MslgConfig
from mslg_core.images.augmentation import Augmentation
from mslg_core.images.batches import Images
from mslg_core.methods.base import Learner, Run, cross_entropy_step
from mslg_core.methods.metalearning.metagradient import entropy, kl_to_labels
from mslg_core.methods.mslg import Mslg
from mslg_core.models.networks import build_network
from mslg_core.models.precision import prepare
from mslg_core.training.cuda_graphs import CapturedStep, run_on

NUM_CLASSES = 10
RATE = 0.01

Step = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Setting:
    """A network on a device. A step takes `batch` noisy and `meta_batch` verified images of `side` pixels."""

    net: str
    batch: int
    meta_batch: int
    side: int
    device: str

    @property
    def title(self) -> str:
        """The setting as tables show it."""
        return (
            f"{self.net}, batch {self.batch}, meta batch {self.meta_batch}, "
            f"{self.side} x {self.side} pixels, {self.device}"
        )


class DoubleBackward(Mslg):
    """The baseline: MSLG as usually implemented, with the label gradient by double backward."""

    def step(self, index: Tensor) -> Tensor:
        """Equations 5 to 7. Both stages share one forward pass on the noisy images, as in `Mslg`."""
        model = self.run.model
        logits = self.run.forward(index)
        labels = self.labels.logits[index].requires_grad_()
        params = dict(model.named_parameters())
        gradients = torch.autograd.grad(
            kl_to_labels(logits, labels).mean(), list(params.values()), create_graph=True
        )
        ahead = {name: p - self._alpha * g for (name, p), g in zip(params.items(), gradients, strict=True)}
        meta = self.run.draw_meta_batch(self.config.meta_batch_size, augment=self.config.augment_meta)
        buffers = {name: b.clone() for name, b in model.named_buffers()}
        meta_loss = F.cross_entropy(functional_call(model, (ahead, buffers), (meta.images,)), meta.labels)
        (gradient,) = torch.autograd.grad(meta_loss, labels, retain_graph=True)
        self.labels.move(index, self._move(gradient))
        loss = (kl_to_labels(logits, self.labels.logits[index]) + entropy(logits)).mean()
        self.run.optimizer_step(loss)
        return loss.detach()


def make_step(kind: str, setting: Setting) -> Step:
    """A step of `kind` in `KINDS`, on a new network."""
    return KINDS[kind](make_run(setting), setting)


def make_captured_step(kind: str, setting: Setting) -> Step:
    """The same as a CUDA graph, on a new network."""
    run = make_run(setting)
    step = KINDS[kind](run, setting)
    index = torch.arange(setting.batch, device=setting.device)
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    for _ in range(3):
        run_on(stream, step, index)
    return CapturedStep(step, setting.batch, run.generator, stream, torch.cuda.graph_pool_handle()).replay


def _mslg(method: type[Mslg], mode: MetaGradient, run: Run, meta_batch: int) -> Step:
    config = MslgConfig(meta_batch_size=meta_batch, meta_gradient=mode)
    return method(run, config).step


KINDS: dict[str, Callable[[Run, Setting], Step]] = {
    "sgd": lambda run, _: lambda index: cross_entropy_step(run, index),
    "double_backward": lambda run, s: _mslg(DoubleBackward, MetaGradient.EXACT, run, s.meta_batch),
    "exact": lambda run, s: _mslg(Mslg, MetaGradient.EXACT, run, s.meta_batch),
    "exact_full_meta_batch": lambda run, s: _mslg(Mslg, MetaGradient.EXACT, run, s.batch),
    "last_layer": lambda run, s: _mslg(Mslg, MetaGradient.LAST_LAYER, run, s.meta_batch),
}


def make_run(setting: Setting) -> Run:
    """A run on random images: one batch of noisy and one of verified ones."""
    rng = np.random.default_rng(0)
    device = torch.device(setting.device)
    pixels = rng.integers(0, 256, (2 * setting.batch, setting.side, setting.side, 3), dtype=np.uint8)
    labels = torch.from_numpy(rng.integers(0, NUM_CLASSES, 2 * setting.batch)).to(device)
    learner = _make_learner(setting)
    return Run(
        model=learner.model,
        optimizer=learner.optimizer,
        images=Images(pixels, device, Augmentation(shift=setting.side // 8, horizontal_flip=True)),
        given=labels,
        num_classes=NUM_CLASSES,
        meta_index=torch.arange(setting.batch, 2 * setting.batch, device=device),
        meta_labels=labels[setting.batch :],
        random_meta=torch.ones(setting.batch, dtype=torch.bool, device=device),
        labelled_meta=torch.ones(setting.batch, dtype=torch.bool, device=device),
        batch_size=setting.batch,
        learning_rate=RATE,
        method_epochs=1,
        generator=torch.Generator(device).manual_seed(0),
        make_learner=lambda: _make_learner(setting),
    )


def _make_learner(setting: Setting) -> Learner:
    torch.manual_seed(0)
    network = build_network(Network(setting.net), NUM_CLASSES, setting.side)
    model = prepare(network, torch.device(setting.device)).train()
    return Learner(model, torch.optim.SGD(model.parameters(), RATE, 0.9, weight_decay=1e-4))
