"""How fast requests, pages and training steps are, as ratios measured in one run.
May import: `common` and `mslg_core`; the service is measured from outside, as processes and over HTTP.
Start reading: `requests`.
"""
