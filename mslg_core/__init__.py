"""The trainer: reads a dataset, learns a soft label for every image, ranks the labels that look wrong.
May import: numpy, torch, torchvision, pydantic and `mslg_rules`; never `store`, `api` or `worker`.
Start reading: `mslg_core.cleaning.clean`, which does all of this with local files.
"""
