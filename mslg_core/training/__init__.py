"""Trains a method epoch by epoch: checkpoints, warm start, prediction history, model selection.
May import: `errors`, `configs`, `reports`, `images`, `models`, `features`, `ranking` and `methods`.
Start reading: `trainer`, which also ends a diverging run early. `model_selection` compares methods.
"""
