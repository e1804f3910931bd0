"""Forward mode that reuses the outputs of a recorded pass: convolutions are not computed again.

A tangent pass normally computes every layer's output again before its tangent. With the weights and images of
a recorded pass, a convolution y = w * x + b needs only dy = w * dx + dw * x + db: two convolutions instead of
three. The recording takes no extra memory, because batch norm keeps these outputs for its backward pass
anyway.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.overrides import TorchFunctionMode


class Recording(TorchFunctionMode):
    """Records the outputs of the 2-d convolutions inside the block, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.outputs: list[tuple[Tensor, int]] = []  # the version tells whether the output was changed

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Run `func`."""
        output = func(*args, **(kwargs or {}))
        if func is torch.conv2d:
            self.outputs.append((output.detach(), output._version))
        return output


class Replay(TorchFunctionMode):
    """Takes the outputs of the block's convolutions from a recording and computes only their tangents.

    The block must run the recorded network on the same images with the same weights.
    """

    def __init__(self, recording: Recording) -> None:
        super().__init__()
        self._outputs = iter(recording.outputs)

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Run `func`, or replay the next recorded output."""
        if func is not torch.conv2d:
            return func(*args, **(kwargs or {}))
        output, version = next(self._outputs)
        if output._version != version:  # an in-place activation has overwritten it
            return func(*args, **(kwargs or {}))
        return _dual_convolution(output, *args, **(kwargs or {}))


def _dual_convolution(
    output: Tensor,
    input: Tensor,  # noqa: A002 - PyTorch's name for it
    weight: Tensor,
    bias: Tensor | None = None,
    *how: Any,
    **named: Any,
) -> Tensor:
    """The convolution's `output`, with its tangent if an input has one."""
    x, dx = unpack(input)
    w, dw = unpack(weight)
    db = None if bias is None else unpack(bias)[1]
    tangents = []
    if dw is not None:
        tangents.append(torch.conv2d(x, dw, db, *how, **named))
    elif db is not None:
        tangents.append(db.view(-1, 1, 1).expand_as(output))
    if dx is not None:
        tangents.append(torch.conv2d(dx, w, None, *how, **named))
    if not tangents:
        return output
    dual: Tensor = forward_ad.make_dual(output, sum(tangents[1:], tangents[0]))  # type: ignore[no-untyped-call]
    return dual


def unpack(value: Tensor) -> tuple[Tensor, Tensor | None]:
    """Primal and tangent; None without a tangent."""
    primal, tangent = forward_ad.unpack_dual(value)  # type: ignore[no-untyped-call]
    return primal, tangent
