"""What steps, requests and pages cost, as ratios measured in one run.
May import: `common`.
Start reading: `steps`.
"""
