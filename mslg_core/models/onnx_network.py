"""Runs a frozen convolutional network with ONNX Runtime, in half of PyTorch's time on a CPU.

docs/decisions/0026-onnx-runtime.md also says why torch.onnx does not write the graph.
"""

import importlib.util
import operator
from collections.abc import Sequence
from typing import Any, NoReturn

import torch
from torch import Tensor, fx, nn

# What caches call features that were computed in this way: they differ from PyTorch's in the last digits.
ONNX_RUNTIME = "onnxruntime"
IMAGES, FEATURES = "images", "features"
OPSET, IR_VERSION = 17, 8
# Layers that become a node of the graph, or none.
LAYERS = (nn.Conv2d, nn.ReLU6, nn.Identity)


def uses_onnx_runtime(device: torch.device) -> bool:
    """Whether the packaged network runs in ONNX Runtime: on CPUs, where it is installed."""
    return device.type == "cpu" and all(map(importlib.util.find_spec, ("onnx", ONNX_RUNTIME)))


class OnnxNetwork(nn.Module):
    """A network of convolutions, ReLU6, sums and averages over the image, run by ONNX Runtime.

    Args: network, its batch norms folded into convolutions; side in pixels of its images. Input float32
    [B, 3, side, side] on the CPU, output float32 [B, D]. It computes on as many threads as PyTorch. Raises
    `NotImplementedError` if the network has other layers.
    """

    def __init__(self, network: nn.Module, side: int) -> None:
        super().__init__()
        self._session = _open_session(write_graph(network, side))

    def forward(self, images: Tensor) -> Tensor:
        """The features [B, D] of `images`."""
        (features,) = self._session.run([FEATURES], {IMAGES: images.contiguous().numpy()})
        return torch.from_numpy(features)


def _open_session(graph: bytes) -> Any:
    """An `onnxruntime.InferenceSession`; that package has no types."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    # Threads that spin until the next batch comes would slow down the processes that decode it.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def write_graph(network: nn.Module, side: int) -> bytes:
    """The network and its weights in the format ONNX. See `OnnxNetwork`."""
    from onnx import TensorProto, helper

    writer = _GraphWriter(fx.GraphModule(network, _Tracer().trace(network)))
    writer.run()
    images = helper.make_tensor_value_info(IMAGES, TensorProto.FLOAT, ["B", 3, side, side])
    features = helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["B", "D"])
    graph = helper.make_graph(writer.nodes, "network", [images], [features], writer.constants)
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
    return bytes(model.SerializeToString())


class _Tracer(fx.Tracer):
    """Records what a network does with its input, down to `LAYERS`."""

    def is_leaf_module(self, module: nn.Module, _: str) -> bool:
        return isinstance(module, LAYERS)


class _GraphWriter(fx.Interpreter):
    """Interprets what was recorded with names of ONNX values in place of tensors, and writes nodes."""

    def __init__(self, network: fx.GraphModule) -> None:
        super().__init__(network)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def placeholder(self, *_: Any) -> str:
        """The name of the input."""
        return IMAGES

    def output(self, _target: Any, args: Sequence[Any], _options: Any) -> str:
        """Names the output."""
        return self._write("Identity", args, name=FEATURES)

    def call_module(self, target: Any, args: Sequence[Any], _options: Any) -> str:
        """Write one of `LAYERS`."""
        layer = self.module.get_submodule(target)
        if isinstance(layer, nn.Conv2d):
            return self._write_convolution(layer, *args)
        if isinstance(layer, nn.ReLU6):
            bounds = [self._constant(torch.tensor(bound)) for bound in (0.0, 6.0)]
            return self._write("Clip", [*args, *bounds])
        return str(args[0])

    def call_function(self, target: Any, args: Sequence[Any], options: Any) -> str:
        """Write a sum, or features side by side."""
        if target is operator.add:
            return self._write("Add", args)
        if target is torch.cat:
            return self._write("Concat", args[0], axis=options["dim"])
        return _refuse(target)

    def call_method(self, target: Any, args: Sequence[Any], options: Any) -> str:
        """Write the average over the image."""
        if target == "mean" and options == {"dim": (2, 3)}:
            return self._write("Flatten", [self._write("GlobalAveragePool", args)])
        return _refuse(target)

    def _write_convolution(self, layer: nn.Conv2d, images: str) -> str:
        from timm.layers.conv2d_same import Conv2dSame

        if layer.bias is None or isinstance(layer.padding, str):
            return _refuse(layer)
        # TensorFlow pads the lower right more than the upper left where the sum is odd.
        same = isinstance(layer, Conv2dSame)
        padding = {"auto_pad": "SAME_UPPER"} if same else {"pads": [*layer.padding, *layer.padding]}
        return self._write(
            "Conv",
            [images, self._constant(layer.weight), self._constant(layer.bias)],
            kernel_shape=layer.kernel_size,
            strides=layer.stride,
            dilations=layer.dilation,
            group=layer.groups,
            **padding,
        )

    def _write(self, kind: str, inputs: Sequence[str], name: str | None = None, **attributes: Any) -> str:
        """Add a node; the name of its output."""
        from onnx import helper

        name = name or f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def _constant(self, values: Tensor) -> str:
        """Add a constant; its name."""
        from onnx import numpy_helper

        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values.detach().contiguous().numpy(), name))
        return name


def _refuse(what: object) -> NoReturn:
    raise NotImplementedError(f"{what} cannot be written to a graph of ONNX")
