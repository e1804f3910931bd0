"""What a job found: its ranking, the corrected labels and the suggestions accepted without a person.
May import: `models`, `database`, `tasks` and `verification`.
Start reading: `corrected_label`.
"""
