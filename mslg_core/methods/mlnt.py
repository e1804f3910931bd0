"""Meta-learning based noise-tolerant training."""

import copy
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.methods import MlntConfig
from mslg_core.images.batches import permutation
from mslg_core.methods.base import LossMethod, Run
from mslg_core.methods.metalearning.lookahead import inputs_of
from mslg_core.methods.metalearning.metagradient import (
    Params,
    call,
    gradient_through_step,
    step_ahead,
    trainable,
)
from mslg_core.models.networks import last_linear


class Mlnt(LossMethod[MlntConfig]):
    """Trains the network so that a step on noisier labels would not change its predictions.

    Some samples of a batch take the label of a near neighbour in the last layer's features. After a step on
    such labels, θ' = θ - α ∇ CE(θ, ŷ'), the network should still agree with its mean teacher θ*:

        J = KL(f(x; θ*) ‖ f(x; θ')), averaged over M sets of labels.

    The weights step along ∇ J, with the exact gradient through θ', plus the gradient of plain training: the
    paper takes one after the other, this takes both at once. The method needs no verified samples. Soft
    labels are the teacher's predictions.

    Source: Li et al., "Learning to Learn from Noisy Labeled Data", CVPR 2019, arXiv 1812.05214, algorithm 1.
    """

    def __init__(self, run: Run, config: MlntConfig) -> None:
        super().__init__(run, config)
        self._alpha = config.alpha or run.learning_rate
        self._head = last_linear(run.model)
        self.teacher = copy.deepcopy(run.model).requires_grad_(False)
        # A tensor in float64, so that a captured step counts on and the decay is as exact as Python's.
        self._steps = torch.zeros((), dtype=torch.float64, device=run.given.device)

    def losses(self, logits: Tensor, given: Tensor) -> Tensor:
        """Cross entropy per sample [B]."""
        return F.cross_entropy(logits, given, reduction="none")

    def step(self, index: Tensor) -> Tensor:
        """Add the gradients of plain training and of J, step the optimizer, step the teacher."""
        run = self.run
        images, given = run.images.augmented(index, run.generator), run.given[index]
        with inputs_of(self._head) as features:
            logits = run.model(images)
        with torch.no_grad():
            target = self.teacher(images).softmax(dim=1)
        meta = [
            self.consistency_gradient(images, logits, self.perturb(given, features[0]), target)
            for _ in range(self.config.synthetic_batches)
        ]
        loss = self.losses(logits, given).mean()
        run.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._add_gradients(meta)
        run.optimizer.step()
        self._teach()
        self.predictions[index] = target.float()
        return loss.detach()

    def begin_epoch(self, epoch: int) -> None:
        """Initialise the teacher with the network after the warm-up."""
        if epoch == 0:
            self.teacher.load_state_dict(self.run.model.state_dict())
            self.teacher.train()

    def perturb(self, given: Tensor, features: Tensor) -> Tensor:
        """Labels int64 [B]: `given` [B], except that some random samples take the label of a near neighbour.

        Distances are measured between features [B, D].
        """
        generator, size = self.run.generator, len(given)
        count = max(1, round(self.config.perturbed_share * size))
        near = min(self.config.neighbours, size - 1)
        chosen = permutation(size, generator)[:count]
        nth = torch.randint(0, near, (count, 1), generator=generator, device=generator.device)
        wide = features.flatten(1).float()
        distances = torch.cdist(wide[chosen], wide)  # [count, B]
        # No sample is its own neighbour.
        distances.scatter_(1, chosen.unsqueeze(1), torch.inf)
        neighbours = distances.topk(near, largest=False).indices.gather(1, nth).squeeze(1)
        return given.index_copy(0, chosen, given[neighbours])

    def consistency_gradient(self, images: Tensor, logits: Tensor, labels: Tensor, target: Tensor) -> Params:
        """∇_θ J for one set of labels int64 [B].

        Args: logits [B, C], whose graph is retained; target [B, C], the teacher's predictions.
        """
        model = self.run.model
        ahead = step_ahead(trainable(model), F.cross_entropy(logits, labels), self._alpha)
        log_f = call(model, ahead, images).log_softmax(dim=1)
        gradients = torch.autograd.grad(F.kl_div(log_f, target, reduction="batchmean"), list(ahead.values()))
        direction = dict(zip(ahead, gradients, strict=True))
        return gradient_through_step(model, images, labels, direction, self._alpha)

    def state_dict(self) -> dict[str, Any]:
        """The teacher, its predictions, and the number of its steps."""
        return {**super().state_dict(), "teacher": self.teacher.state_dict(), "steps": int(self._steps)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the teacher, its predictions, and the number of its steps."""
        super().load_state_dict(state)
        self.teacher.load_state_dict(state["teacher"])
        self._steps.fill_(state["steps"])

    def _add_gradients(self, meta: list[Params]) -> None:
        """Add the mean of `meta` to the network's gradients."""
        for name, parameter in trainable(self.run.model).items():
            if parameter.grad is not None:
                parameter.grad += sum(gradient[name] for gradient in meta) / len(meta)

    @torch.no_grad()
    def _teach(self) -> None:
        """θ* ← γ θ* + (1 - γ) θ. The decay grows towards γ, so that short runs forget the first weights."""
        self._steps += 1
        decay = (1 - 1 / (self._steps + 1)).clamp_max(self.config.teacher_decay)
        for mean, parameter in zip(self.teacher.parameters(), self.run.model.parameters(), strict=True):
            mean.lerp_(parameter, (1 - decay).to(mean.dtype))
