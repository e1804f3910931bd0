"""Files with the corrected dataset."""
