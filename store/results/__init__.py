"""Results of a job: its ranking, suspected label errors, corrected labels, accepted suggestions.
May import: `database`, `models` and `tasks`.
Start reading: `corrected_label`.
"""
