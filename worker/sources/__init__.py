"""What workers read of sources: archives that stay where they are, checks, and what is new.
May import: `claims`, `resources`, `store`, `mslg_core`.
Start reading: `archives`.
"""
