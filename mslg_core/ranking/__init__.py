"""Turns a run's predictions into its result: label scores, ranking, suggestions, figures. Needs no torch.
May import: `errors`, `configs`, `reports` and `images`.
Start reading: `result`. `calibration` calibrates label scores, `auto_accept` decides whether suggestions are
applied and `error_budget` how many, `fallback` returns to the warm-up's predictions if a run got worse.
"""
