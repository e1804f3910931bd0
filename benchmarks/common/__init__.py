"""What all benchmarks share: result files, Markdown tables, process pools and errors.
May import: `mslg_core`.
Start reading: `results`.
"""
