"""Networks, and how their forward, backward and tangent passes are computed.
May import: `errors`, `configs` and `reports`.
Start reading: `networks`. `batch_norm` and `forward_mode` make the meta-gradient's tangent pass fast.
"""
