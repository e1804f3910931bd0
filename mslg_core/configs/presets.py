"""The settings behind each preset. Importable without torch."""

from typing import Any

# Algan and Ulusoy, arXiv 2007.05836, IV-B. Their code averages losses over samples and classes, while
# equations 5 and 7 average over samples only. On CIFAR-10 its α = 0.5 is therefore 0.05, the label step is
# αβ / (BC) = 1.56 times the direction, and the network's loss is a tenth. `average_over_classes` does the
# same. For uniform noise their table II sets β to 2000 at a rate of 60 % and 400 at 80 %, but a preset cannot
# know the noise.
PAPER_TRAINING: dict[str, Any] = {
    "network": "cnn8",
    "epochs": 120,
    "warmup_epochs": 44,
    "batch_size": 128,
    "learning_rate": 1e-2,
    "learning_rate_steps": ((40, 1e-3), (80, 1e-4)),
    "momentum": 0.9,
    "weight_decay": 1e-4,
    "image_size": 32,
    "shift": 4,
    "padding": "zeros",
    "horizontal_flip": True,
    "vertical_flip": True,
}
PAPER_METHODS: dict[str, dict[str, Any]] = {
    "mslg": {
        "alpha": 0.5,
        "beta": 4000.0,
        "label_scale": 10.0,
        "label_step": "paper",
        "meta_batch_size": 128,
        "average_over_classes": True,
    },
    "meta_weight_net": {"meta_batch_size": 128},
}


def paper_settings(method: str) -> dict[str, Any]:
    """The paper's CIFAR-10 settings for one method."""
    return PAPER_TRAINING | PAPER_METHODS.get(method, {})
