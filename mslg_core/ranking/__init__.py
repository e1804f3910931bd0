"""Turns a run's predictions into its result: calibrated label scores, ranking, suggestions, measurements. No
torch.
May import: `errors`, `configs`, `reports` and `images.training_set`.
Start reading: `result`. `calibration` computes label scores, `auto_accept` decides whether suggestions are
applied, `error_budget` how many are accepted, and `fallback` returns to the warm-up's predictions if the
method made them worse.
"""
