"""Networks, and how their forward, backward and tangent passes are computed.
May import: `configs`.
Start reading: `networks`.
"""
