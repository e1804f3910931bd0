"""Images as arrays: decoding, buffers, augmentation, the training set and its batches.
May import: `configs`. Only `augmentation` and `batches` need torch.
Start reading: `training_set`.
"""
