"""Runs a method epoch by epoch: checkpoints, warm start, prediction history, model selection.
May import: every package above it in this list: `methods`, `ranking`, `features`, `images`, `models`.
Start reading: `trainer`.
"""
