"""Two jobs of one dataset, side by side."""
