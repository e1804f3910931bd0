"""Batch norm whose forward-mode derivative costs as much as its backward pass.

PyTorch has no kernel for the tangent of batch norm and composes it of about twenty element-wise operations.
In the meta-gradient of the paper's network these cost as much as all convolutions together. With batch
statistics, however, m = mean(x), s = 1 / sqrt(var(x) + ε), x̂ = (x - m) s and y = γ x̂ + β per channel, the
Jacobian

    ∂y/∂x = γ s (I - 1 1ᵀ / n - x̂ x̂ᵀ / n)

is symmetric. So the fused backward kernel, given dx instead of a gradient, returns the tangent:

    dy = (∂y/∂x)ᵀ dx + dγ x̂ + dβ.
"""

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad
from torch.nn.modules.batchnorm import _BatchNorm

from mslg_core.models.forward_mode import unpack


class _FastTangent(_BatchNorm):
    """PyTorch's batch norm with another forward-mode derivative.

    In training mode and without autograd, the derivative uses the formula above and does not update the
    running statistics.
    """

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - PyTorch's name for it
        """Normalise `input` [B, C, …]."""
        x, dx = unpack(input)
        # With autograd the derivative must be differentiable itself: PyTorch's is.
        if dx is None or torch.is_grad_enabled() or not self.training or not self.affine:
            normalised: Tensor = super().forward(input)
            return normalised
        return self._dual(x, dx)

    def _dual(self, x: Tensor, dx: Tensor) -> Tensor:
        (gamma, dgamma), (beta, dbeta) = unpack(self.weight), unpack(self.bias)
        y, mean, scale = torch.native_batch_norm(x, gamma, beta, None, None, True, 0.0, self.eps)
        dy = torch.ops.aten.native_batch_norm_backward(
            dx, x, gamma, None, None, mean, scale, True, self.eps, [True, False, False]
        )[0]
        if dgamma is not None or dbeta is not None:
            # One fused kernel: per-channel factors in element-wise operations are slow on a GPU.
            dgamma, dbeta = (torch.zeros_like(gamma) if d is None else d for d in (dgamma, dbeta))
            variance = scale.pow(-2) - self.eps
            dy += torch.native_batch_norm(x, dgamma, dbeta, mean, variance, False, 0.0, self.eps)[0]
        dual: Tensor = forward_ad.make_dual(y, dy)  # type: ignore[no-untyped-call]
        return dual


class BatchNorm1d(_FastTangent, nn.BatchNorm1d):
    """`torch.nn.BatchNorm1d` with a fast forward-mode derivative and the same state dict."""


class BatchNorm2d(_FastTangent, nn.BatchNorm2d):
    """`torch.nn.BatchNorm2d` with a fast forward-mode derivative and the same state dict."""
