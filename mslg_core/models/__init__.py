"""Networks, and how their forward, backward and tangent passes are computed.
May import: `errors`, `configs` and `reports`.
Start reading: `networks`. `batch_norm` and `forward_mode` make tangent passes fast, `onnx_network` features.
"""
