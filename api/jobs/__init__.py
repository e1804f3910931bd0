"""Training runs: start, watch, cancel."""
