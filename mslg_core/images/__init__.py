"""Images as arrays: decoding of untrusted files, buffers, augmentation, the training set and its batches.
May import: `configs`, `mslg_core.errors` and `mslg_rules`. Only `augmentation` and `batches` need torch.
Start reading: `training_set`, what a run learns from; `decode` is the one place where images are decoded.
"""
