"""Trains a method epoch by epoch: checkpoints, warm start, prediction history, model selection.
May import: `errors`, `configs`, `reports`, `images`, `models`, `features`, `ranking` and `methods`.
Start reading: `trainer`. `epoch_loop` trains one epoch and raises if the loss diverges; `trainer` ends the
run early then (`mslg_core.ranking.fallback` decides whether to return to the warm-up). `model_selection`
compares methods.
"""
