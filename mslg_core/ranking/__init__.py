"""From predictions to a result: calibration, label scores, ranking, error budget, metrics.
May import: `images.training_set`. Importable without torch.
Start reading: `result`.
"""
