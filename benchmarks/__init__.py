"""What is measured, and how: the paper's table, cleanlab beside us, the grid without tuning, step times."""
